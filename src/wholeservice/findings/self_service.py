"""
F173 self-service candidate: many small requests to one service wait far longer than they take.

What it looks at   requests to each service in the newest half year that are done: of kind `request`, or waited for by the
                   items of other teams. It speaks from 30 requests, where half of them took three days of work at most,
                   nights in it, and half of them surely waited a day or more and twice as long as they were worked on
Why it matters     many like requests through one door queue there, and each asker waits for all before it; where askers help
                   themselves nobody waits (Skelton & Pais 2019, Team Topologies: x-as-a-service)
False alarms       requests that look alike and are not; a short time in which people were missing. Where only the end of
                   work is recorded, it looks longer than it was, and the rule stays silent
What to do         Take the one kind of request that comes most and let askers do it themselves, by a form or a script: two
                   people of the team that provides it and one who asks, 2 to 6 weeks for the first kind
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.flow_pace import REQUESTED, Requested
from wholeservice.findings.flow_words import DAY_S, acting, from_to, interval, long, looked_at, number, rows, when
from wholeservice.findings.wording import counted, title_of
from wholeservice.units import SECONDS

LEAST_REQUESTS, MOST_WORK_DAYS, LEAST_WAIT_DAYS, TIMES = 30, 3.0, 1.0, 2.0


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each service that is asked for much, works little on each and lets them wait."""
    for row in rows(facts, REQUESTED, Requested):
        is_small = row.n >= LEAST_REQUESTS and row.work_s <= MOST_WORK_DAYS * DAY_S
        is_long = row.low is not None and row.low >= LEAST_WAIT_DAYS * DAY_S and row.wait_s >= TIMES * row.work_s
        if is_small and is_long:
            yield _finding(facts, row)


def _finding(facts: Facts, row: Requested) -> Finding:
    what = title_of(facts, row.entity)
    n = f"(n = {counted(row.n, 'request')}, {when(facts)})"
    return Finding(
        code=RULE.code,
        entity=row.entity,
        title=f"{what}: a request takes {long(row.work_s)} of work and waits {long(row.wait_s)}, in half of them or more {n}",
        unit=SECONDS,
        size=row.wait_s,
        interval=interval(row.low, row.high, "order statistics"),
        period=looked_at(facts),
        who_can_act=acting(facts, row.team, row.entity),
        try_next="Let askers do the commonest kind themselves: two who provide it and one who asks, 2 to 6 weeks.",
        evidence=tuple(_evidence(facts, row)),
    )


def _evidence(facts: Facts, row: Requested) -> Iterator[Evidence]:
    askers = f", of {counted(row.n_askers, 'other team')}" if row.n_askers else ""
    yield Evidence(says=f"{counted(row.n, 'request')} that are done{askers}")
    yield Evidence(says=f"Worked on for {long(row.work_s)} at most in half of them, {long(row.work_p85_s)} in 85 of 100")
    yield Evidence(
        says=f"Waited {long(row.wait_s)} or longer in half of them{from_to(row.low, row.high)}",
        cell=number(facts, "lead-time", row.entity),
        where_from=row.longest_at,
    )


RULE = Rule(code="F173", name="self-service candidate", check=check)
