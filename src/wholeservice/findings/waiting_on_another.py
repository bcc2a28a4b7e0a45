"""
F170 waiting on another: much of the waiting in a value stream is for something that another team provides.

What it looks at   the items of each value stream that were alive in the newest half year, and what each of their waits was
                   for: an item of another team, a service or policy, or a stage that another team has. What was sent back is
                   done again, and waits for nobody. Why they waited stands beside it, as far as is known: whether those who
                   could take it were busy, or not at work (`waits`). Where the item that is waited for
                   waited in its turn, the wait is followed to where it ends; a circle stops and is named. It speaks of one
                   thing when surely a tenth of all waiting is for it, 20 items or more waited for it, and those five days
                   each or more
Why it matters     such a wait cannot be shortened by those who have it, however fast they work, and where it ends is often
                   two teams further on (Skelton & Pais 2019, Team Topologies; DORA 2024, loosely coupled teams)
False alarms       where two things are waited for at once, the one that was waited for first has the time; items that are
                   still waiting count with what they waited so far. A team that is busy and that nobody waits for is never
                   told
What to do         Those who provide it go through the ten longest waits with those who waited: what could they do
                   themselves, what could be asked for earlier, who could be lent meanwhile? One afternoon, then 4 to 12
                   weeks. Begin where the wait ends, not where it is seen
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.flow_waits import CIRCLE, WAITED_FOR, WaitedFor
from wholeservice.findings.flow_words import (
    DAY_S,
    acting,
    from_to,
    interval,
    long,
    looked_at,
    number,
    percent,
    place,
    rows,
    when,
)
from wholeservice.findings.wording import counted, first_few, listed, title_of
from wholeservice.organisation.graph import team_of
from wholeservice.units import SECONDS

LEAST_SHARE, LEAST_ITEMS, LEAST_DAYS = 0.1, 20, 5.0
LEAST_END = 0.1
WHY = {
    "contention": "all who could take it were busy with what had come before",
    "prioritisation": "all who could take it were busy, some with what had come later",
    "unavailability": "nobody who could take it was at work",
    "batching": "it waited for others that were begun with it",
}
"""What is known of those who were waited for (`derived.waits`); of the other causes only that they were."""


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each thing that a stream waits much for, the longest wait first."""
    for row in rows(facts, WAITED_FOR, WaitedFor):
        is_many = row.n_waited >= LEAST_ITEMS and row.seconds >= LEAST_DAYS * DAY_S * row.n_waited
        if is_many and row.low is not None and row.low >= LEAST_SHARE:
            yield _finding(facts, row)


def _finding(facts: Facts, row: WaitedFor) -> Finding:
    what, end = place(facts, row.entity, row.stage), _end_elsewhere(row)
    further = ""
    if end:
        circle = "goes round in a circle" if end[0] == CIRCLE else f"ends in {title_of(facts, end[0])}"
        further = f"; {percent(end[1])} of that {circle}"
    n = f"(n = {counted(row.n_waited, 'item')}, {when(facts)})"
    return Finding(
        code=RULE.code,
        entity=row.stream,
        title=f"{percent(row.share)} of the waiting in {title_of(facts, row.stream)} is for {what}{further} {n}",
        unit=SECONDS,
        size=row.seconds / row.n_waited,
        interval=interval(row.per_item_low, row.per_item_high),
        period=looked_at(facts),
        who_can_act=acting(facts, row.team, row.entity),
        try_next=_try(facts, row, what, end),
        evidence=first_few(_evidence(facts, row, what)),
    )


def _ends(row: WaitedFor) -> Counter[str | None]:
    found: Counter[str | None] = Counter()
    for entity, _, share in row.ends:
        found[entity] += share  # type: ignore[assignment]
    return found


def _end_elsewhere(row: WaitedFor) -> tuple[str, float] | None:
    """The largest end that is not what was waited for itself."""
    others = [(entity, share) for entity, share in _ends(row).most_common() if entity and entity != row.entity]
    return others[0] if others and others[0][1] >= LEAST_END else None


def _try(facts: Facts, row: WaitedFor, what: str, end: tuple[str, float] | None) -> str:
    if end and end[0] != CIRCLE and end[1] >= 0.5:
        where = title_of(facts, end[0])
        return f"Begin where it ends: go through its waits with those who provide {where}, one afternoon, this week."
    return f"Go through the ten longest waits for {what}, those who provide it with those who waited: one afternoon, this week."


def _evidence(facts: Facts, row: WaitedFor, what: str) -> Iterator[Evidence]:
    each = from_to(row.per_item_low, row.per_item_high)
    of = f"{row.n_waited:,} of {counted(row.n_items, 'item')}"
    waited = f"{of} waited for {what}, {long(row.seconds / row.n_waited)} each on average{each}"
    yield Evidence(says=waited, cell=number(facts, "stage-wait-time", row.stream, row.stage), where_from=row.longest_at)
    if row.low is not None and row.high is not None:
        sums = f"{long(row.seconds)} of {long(row.of_seconds)} waited in all"
        yield Evidence(says=f"{sums}; the share could be from {percent(row.low)} to {percent(row.high)}")
    known = [f"for {percent(share)} {WHY[cause]}" for cause, share in row.causes if cause in WHY and share >= LEAST_END / 2]
    if known:
        yield Evidence(says=f"Meanwhile, {listed(known)}")
    for entity, share in _ends(row).most_common():
        if share >= LEAST_END / 2 and (len(row.ends) > 1 or entity == CIRCLE):
            yield Evidence(says=_end_line(facts, row, entity, share))


def _end_line(facts: Facts, row: WaitedFor, entity: str | None, share: float) -> str:
    at = [(stage, part) for place_of, stage, part in row.ends if place_of == entity and stage and part >= 0.01]
    if entity == CIRCLE:
        return f"{percent(share)} goes round in a circle: {listed([stage for stage, _ in at])}"
    parts = listed([f"{stage} {percent(part)}" for stage, part in at]) if len(at) > 1 else ""
    where = title_of(facts, entity) if entity else "what is not an item of its own"
    who = acting(facts, team_of(facts.organisation, entity), entity) if entity and entity != row.entity else None
    return f"Followed to its end, {percent(share)} is in {where}{f' ({parts})' if parts else ''}" + (
        f"; {title_of(facts, who)} could act there" if who else ""
    )


RULE = Rule(code="F170", name="waiting on another", check=check)
