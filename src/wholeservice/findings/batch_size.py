"""
F178 batch-size trap: items that are ready wait for the others that are released with them.

What it looks at   what reached people with each deployment of a service in the newest half year, and how long each item had
                   waited just before. It speaks when 30 items or more came in batches of five or more on average, and those
                   in the larger batches surely waited longer than those in the smaller ones, by a day or more
Why it matters     a batch goes when its last item is ready, so the first waits for all others; and what fails in a large
                   batch takes longer to find (Reinertsen 2009, The Principles of Product Development Flow; dora.dev, small
                   batches)
False alarms       releases that a law or a shop ties to days; deployments that name far more items than they bring, such as
                   a whole branch. Without links from deployments to items nothing is said
What to do         Release twice as often with half as much, for 4 weeks: those who release with one team; what made the old
                   rhythm necessary shows by the second time
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.flow_pace import BATCHED, Batched
from wholeservice.findings.flow_words import DAY_S, acting, interval, long, looked_at, number, rows, when
from wholeservice.findings.wording import counted, title_of
from wholeservice.units import SECONDS

LEAST_ITEMS, LEAST_BATCH, LEAST_DEPLOYMENTS, LEAST_DAYS = 30, 5.0, 6, 1.0


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each service whose larger batches surely make items wait longer."""
    for row in rows(facts, BATCHED, Batched):
        is_enough = row.n_items >= LEAST_ITEMS and row.n_deployments >= LEAST_DEPLOYMENTS and row.batch >= LEAST_BATCH
        is_longer = row.low is not None and row.low > 0 and row.large_s - row.small_s >= LEAST_DAYS * DAY_S
        if is_enough and is_longer:
            yield _finding(facts, row)


def _finding(facts: Facts, row: Batched) -> Finding:
    n = f"(n = {counted(row.n_items, 'item')}, {when(facts)})"
    more = long(row.large_s - row.small_s)
    return Finding(
        code=RULE.code,
        entity=row.entity,
        title=f"{title_of(facts, row.entity)}: what goes out in large batches waits {more} longer for it {n}",
        unit=SECONDS,
        size=row.large_s - row.small_s,
        interval=interval(row.low, row.high, "deployments as clusters"),
        period=looked_at(facts),
        who_can_act=acting(facts, None, row.entity),
        try_next="Release twice as often with half as much, for 4 weeks: those who release with one team.",
        evidence=tuple(_evidence(facts, row)),
    )


def _evidence(facts: Facts, row: Batched) -> Iterator[Evidence]:
    size = f"an item comes with {row.batch - 1:.1f} others on average"
    yield Evidence(
        says=f"{counted(row.n_items, 'item')} in {counted(row.n_deployments, 'deployment')}; {size}",
        cell=number(facts, "deployment-frequency", row.entity),
    )
    halves = f"{long(row.small_s)} in the smaller batches and {long(row.large_s)} in the larger"
    span = f"; the difference could be from {long(row.low)} to {long(row.high)}" if row.low is not None and row.high else ""
    yield Evidence(says=f"Just before, they waited {halves}{span}")


RULE = Rule(code="F178", name="batch-size trap", check=check)
