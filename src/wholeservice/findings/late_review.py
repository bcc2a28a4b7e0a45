"""
F171 late review: a stage sends back much of what comes to it, over stages that could have found it.

What it looks at   the items of each value stream with declared stages that went back to an earlier stage, with at least one
                   stage between. It speaks when, of 30 items or more that came to the later stage in the newest half year,
                   surely a tenth was sent back. The cost is from being sent back to having passed the stage again
Why it matters     what is found late is built, tested and waited for twice, and by then those who built it are at something
                   else (Martin & Osterling 2014, Value Stream Mapping: work that the next stage can use as it is)
False alarms       a stage whose task is to try things out, where coming back is the way it is meant; stages that are
                   declared in another order than work goes through them. Streams without declared stages are not looked at
What to do         Bring the look forward: those who review sit beside those who build for one hour at the start, and write
                   what they always find into a check that runs with each change. The reviewing team and one team that
                   builds, 2 to 4 weeks; count what is sent back, before and after
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.flow_returns import SENT_BACK, SentBack
from wholeservice.findings.flow_words import acting, from_to, interval, long, looked_at, number, percent, rows, when
from wholeservice.findings.wording import counted, listed, title_of
from wholeservice.uncertainty import wilson
from wholeservice.units import SECONDS

LEAST_REACHED, LEAST_SHARE = 30, 0.1


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each stage that sends back much over others."""
    for row in rows(facts, SENT_BACK, SentBack):
        spread = wilson(row.n_back, row.n_reached)
        if row.n_reached >= LEAST_REACHED and spread and spread.low >= LEAST_SHARE:
            yield _finding(facts, row)


def _finding(facts: Facts, row: SentBack) -> Finding:
    share = row.n_back / row.n_reached
    n = f"(n = {counted(row.n_reached, 'item')}, {when(facts)})"
    back = f"‘{row.stage}’ sends {percent(share)} back to ‘{row.back_to}’"
    return Finding(
        code=RULE.code,
        entity=row.stream,
        title=f"{title_of(facts, row.stream)}: {back}, after {listed([f'‘{each}’' for each in row.between])} {n}",
        unit=SECONDS,
        size=row.seconds / row.n_back,
        interval=interval(row.per_item_low, row.per_item_high),
        period=looked_at(facts),
        who_can_act=acting(facts, row.team, row.stream),
        try_next=f"Let those who do ‘{row.stage}’ look for an hour while it is in ‘{row.back_to}’: both teams, 2 to 4 weeks.",
        evidence=tuple(_evidence(facts, row)),
    )


def _evidence(facts: Facts, row: SentBack) -> Iterator[Evidence]:
    spread = wilson(row.n_back, row.n_reached)
    likely = f"; it could be from {percent(spread.low)} to {percent(spread.high)}" if spread else ""
    yield Evidence(
        says=f"{row.n_back:,} of {counted(row.n_reached, 'item')} came back from ‘{row.stage}’{likely}",
        cell=number(facts, "first-pass", row.stream, row.back_to),
        where_from=row.longest_at,
    )
    still = f"; {row.n_open:,} are still on their way, and cost more" if row.n_open else ""
    each = from_to(row.per_item_low, row.per_item_high)
    yield Evidence(says=f"Each took {long(row.seconds / row.n_back)} until it had passed again{each}{still}")
    wait_s = row.seconds - row.worked_s
    yield Evidence(
        says=f"In all {long(row.worked_s)} of work done again, nights and weekends in it, and {long(wait_s)} of waiting"
    )


RULE = Rule(code="F171", name="late review", check=check)
