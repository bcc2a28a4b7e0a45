"""
F176 overload: more comes than leaves, week after week, so that what is open grows.

What it looks at   items that came to each value stream, and to each team of five people or more, and that left it, in the
                   newest twelve weeks. It speaks when 30 or more came, the difference is so large that chance alone would
                   bring it in one of 700 such times (three times its usual spread), and what is open grew by a quarter or
                   more
Why it matters     where more comes than leaves, every item waits longer than the one before it, and no order of doing things
                   helps (Little 1961, L = λW; Reinertsen 2009, The Principles of Product Development Flow)
False alarms       a planned peak that is worked off later; items that are done and that nobody closes. A team that is always
                   busy and lets go as much as it takes up is not overloaded, and never told
What to do         Take up only as much as leaves, from Monday on: the owner of the stream with the team, one hour; what
                   waits is said no to or put in one order. Look again after 4 weeks. More people come later, and first cost
                   time
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.flow_pace import LOADED, Loaded
from wholeservice.findings.flow_words import acting, number, rows
from wholeservice.findings.scope import kind_of
from wholeservice.findings.wording import counted, title_of
from wholeservice.organisation.kinds import TEAM
from wholeservice.periods import Period, label
from wholeservice.uncertainty import Interval
from wholeservice.units import Unit

LEAST_CAME, LEAST_WEEKS, SURE, LEAST_GROWTH = 30, 8, 3.0, 0.25
A_WEEK = Unit("items a week", "a week", "count")
Z_95 = 1.959963984540054
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each stream and team to which surely more comes than leaves; no team with its stream's numbers."""
    told: set[str] = set()
    for row in rows(facts, LOADED, Loaded):
        came, left = sum(row.came), sum(row.left)
        before = row.n_open - (came - left)
        is_sure = came - left >= SURE * (came + left) ** 0.5 and came - left >= LEAST_GROWTH * max(before, 0)
        is_enough = came >= LEAST_CAME and len(row.came) >= LEAST_WEEKS
        if is_enough and is_sure and not (kind_of(facts, row.entity) == TEAM and str((row.came, row.left)) in told):
            told.add(str((row.came, row.left)))
            yield _finding(facts, row, came - left, before)


def _finding(facts: Facts, row: Loaded, more: int, before: int) -> Finding:
    n_weeks = len(row.came)
    period = Period(EPOCH + dt.timedelta(microseconds=row.from_us), EPOCH + dt.timedelta(microseconds=row.to_us))
    n = f"(n = {counted(sum(row.came), 'item')} that came, {label(period, facts.zone)})"
    half = Z_95 * (sum(row.came) + sum(row.left)) ** 0.5
    team = row.entity if kind_of(facts, row.entity) == TEAM else None
    what = f"{counted(sum(row.came), 'item')} came and {sum(row.left):,} left in {n_weeks} weeks"
    name = "What a team has at hand grows" if team else title_of(facts, row.entity)
    return Finding(
        code=RULE.code,
        entity=row.entity,
        title=f"{name}: {what} {n}",
        unit=A_WEEK,
        size=more / n_weeks,
        interval=Interval((more - half) / n_weeks, (more + half) / n_weeks, "counts that come by chance"),
        period=period,
        who_can_act=acting(facts, team, row.entity),
        try_next="Take up only as much as leaves, from Monday on: the owner with the team, one hour; look again after 4 weeks.",
        evidence=tuple(_evidence(facts, row, more, half, before)),
    )


def _evidence(facts: Facts, row: Loaded, more: int, half: float, before: int) -> Iterator[Evidence]:
    n_weeks = len(row.came)
    span = f"it could be from {(more - half) / n_weeks:.1f} to {(more + half) / n_weeks:.1f}"
    yield Evidence(
        says=f"{more / n_weeks:.1f} items more a week came than left; {span}", cell=number(facts, "throughput", row.entity)
    )
    yield Evidence(says=f"Open: {before:,} at the beginning, {row.n_open:,} at the end", cell=number(facts, "wip", row.entity))
    yield Evidence(says=f"Came, week by week: {', '.join(map(str, row.came))}; left: {', '.join(map(str, row.left))}")


RULE = Rule(code="F176", name="overload", check=check)
