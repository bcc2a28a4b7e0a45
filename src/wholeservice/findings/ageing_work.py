"""
F175 ageing work: many open items are older than most ever become.

What it looks at   the open items of each value stream, and how long those took that were done in the newest half year. An
                   item is old when 85 of 100 that were done took less. It speaks when ten or more are old, and surely more
                   than one and a half times as many as would be by the pace of those that were done, and more than 15 in
                   100. Fewer than 30 that were done never speak
Why it matters     what is old already is what nobody promised to be so late; the longer it lies, the less is known of it
                   (Vacanti 2015, Actionable Agile Metrics: age is the one number that can still be changed)
False alarms       items that nobody wants any more and nobody closed; a stream that has only begun, whose long items are not
                   done yet. An item without a creation date is as old as its first stay
What to do         Go through the old ones once a week, oldest first: finish, cut down or close each. The owner of the stream
                   with those who are at it, half an hour a week for 4 weeks; take up nothing new before
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.flow_pace import AGED, Aged
from wholeservice.findings.flow_words import acting, long, looked_at, number, percent, rows, when
from wholeservice.findings.wording import counted, listed, title_of
from wholeservice.uncertainty import wilson
from wholeservice.units import SHARE

LEAST_DONE, LEAST_OLD, LEAST_SHARE, TIMES = 30, 10, 0.15, 1.5


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each stream whose open items are surely too old."""
    for row in rows(facts, AGED, Aged):
        spread = wilson(row.n_old, row.n_open)
        is_enough = row.n_done >= LEAST_DONE and row.n_old >= LEAST_OLD
        if is_enough and spread and spread.low > max(LEAST_SHARE, TIMES * row.usual):
            yield _finding(facts, row)


def _finding(facts: Facts, row: Aged) -> Finding:
    n = f"(n = {counted(row.n_open, 'open item')}, {when(facts)})"
    old = f"{row.n_old:,} of {counted(row.n_open, 'open item')} are older than {long(row.limit_s)}"
    return Finding(
        code=RULE.code,
        entity=row.stream,
        title=f"{title_of(facts, row.stream)}: {old}, which 85 of 100 never reach {n}",
        unit=SHARE,
        size=row.n_old / row.n_open,
        interval=wilson(row.n_old, row.n_open),
        period=looked_at(facts),
        who_can_act=acting(facts, None, row.stream),
        try_next="Finish, cut down or close the oldest first: the owner with those at it, half an hour a week, 4 weeks.",
        evidence=tuple(_evidence(facts, row)),
    )


def _evidence(facts: Facts, row: Aged) -> Iterator[Evidence]:
    spread = wilson(row.n_old, row.n_open)
    likely = f"; it could be from {percent(spread.low)} to {percent(spread.high)}" if spread else ""
    yield Evidence(
        says=f"{percent(row.n_old / row.n_open)} of what is open{likely}", cell=number(facts, "work-item-age", row.stream)
    )
    usual = f"by the pace of the {row.n_done:,} that were done it would be {percent(row.usual)}"
    yield Evidence(says=f"85 of 100 were done within {long(row.limit_s)}; {usual}")
    yield Evidence(says=f"The oldest is {long(row.oldest_s)} old", where_from=row.oldest_at)
    if any(stage for stage, _ in row.stages):
        yield Evidence(says="The old ones are at " + listed([f"‘{stage}’ ({n:,})" for stage, n in row.stages if stage]))


RULE = Rule(code="F175", name="ageing work", check=check)
