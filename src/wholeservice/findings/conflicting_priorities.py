"""
F177 conflicting priorities: what a team has begun is put down for something later and more urgent, again and again.

What it looks at   the items of each team of five people or more that say their priority. An item is put down when it goes
                   back to the queue of its stage, and a later one of a higher priority is begun before it is taken up again.
                   It speaks where that happens to surely more than one item in ten, of 30 or more in the newest half year
Why it matters     what is begun twice takes longer than both its halves, and where much is urgent nothing is; the order of
                   work then says who asked last (Reinertsen 2009, The Principles of Product Development Flow)
False alarms       a team whose task is what is urgent; tools that show a pause of the night as a queue, where something
                   urgent is begun in that night. Words for priorities that are not known say nothing
What to do         One list in one order, made by one person, and a way for what is truly urgent that holds one item at a
                   time: those who ask with the owner of the stream, one hour each week, for 4 weeks
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.flow_returns import PUT_DOWN, PutDown
from wholeservice.findings.flow_words import acting, long, looked_at, number, percent, rows, when
from wholeservice.findings.wording import counted, title_of
from wholeservice.uncertainty import wilson
from wholeservice.units import SHARE

LEAST_ITEMS, LEAST_SHARE = 30, 0.1


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each stream and team that often puts down what it has begun."""
    for row in rows(facts, PUT_DOWN, PutDown):
        spread = wilson(row.n_put_down, row.n_items)
        is_often = row.n_items >= LEAST_ITEMS and spread is not None and spread.low >= LEAST_SHARE
        if is_often and acting(facts, row.team, None):
            yield _finding(facts, row)


def _finding(facts: Facts, row: PutDown) -> Finding:
    share = row.n_put_down / row.n_items
    n = f"(n = {counted(row.n_items, 'item')}, {when(facts)})"
    return Finding(
        code=RULE.code,
        entity=row.stream,
        title=f"{title_of(facts, row.stream)}: {percent(share)} of what is begun is put down for something more urgent {n}",
        unit=SHARE,
        size=share,
        interval=wilson(row.n_put_down, row.n_items),
        period=looked_at(facts),
        who_can_act=acting(facts, row.team, row.stream),
        try_next="One list in one order, made by one person: those who ask with the owner, one hour a week, for 4 weeks.",
        evidence=tuple(_evidence(facts, row)),
    )


def _evidence(facts: Facts, row: PutDown) -> Iterator[Evidence]:
    spread = wilson(row.n_put_down, row.n_items)
    likely = f"; it could be from {percent(spread.low)} to {percent(spread.high)}" if spread else ""
    yield Evidence(
        says=f"{row.n_put_down:,} of {counted(row.n_items, 'item')} that say their priority{likely}",
        cell=number(facts, "flow-efficiency", row.stream),
        where_from=row.longest_at,
    )
    yield Evidence(says=f"They lay for {long(row.seconds / row.n_put_down)} each until they were taken up again")
    yield Evidence(says=f"{counted(row.n_urgent, 'item')} came later and went before them")


RULE = Rule(code="F177", name="conflicting priorities", check=check)
