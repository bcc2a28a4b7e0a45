"""
F179 gate that could be a control: an approval lets nearly everything pass, and all of it waits for that.

What it looks at   stages of value streams that meet a policy, and the items that came there in the newest half year: how
                   many went on the first time, and how long they waited. It speaks when of 60 items or more surely 95 in 100
                   went on, and half of them surely waited a day or more
Why it matters     a gate that never closes protects nobody and costs everyone its queue; the same rule, evaluated by a
                   machine on each change, protects always (Forsgren and others 2018, Accelerate: approval by outsiders does
                   not help)
False alarms       a gate that works because it is there: what would not pass is never brought. What an approver talks out of
                   somebody before is not seen. Stages that declare no policy under `meets` are not looked at
What to do         Write what the approver looks at as checks that run with each change, and let what passes them go; the
                   approver looks at one in ten afterwards. The owner of the policy with one team, 4 to 8 weeks
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.flow_pace import GATED, Gated
from wholeservice.findings.flow_words import DAY_S, acting, from_to, interval, long, looked_at, number, percent, rows, when
from wholeservice.findings.wording import counted, title_of
from wholeservice.uncertainty import wilson
from wholeservice.units import SECONDS, SHARE, write

LEAST_ITEMS, LEAST_PASSED, LEAST_DAYS = 60, 0.95, 1.0


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each gate that surely lets nearly everything pass after a wait."""
    for row in rows(facts, GATED, Gated):
        spread = wilson(row.n_passed, row.n)
        is_open_gate = row.n >= LEAST_ITEMS and spread is not None and spread.low >= LEAST_PASSED
        if is_open_gate and row.low is not None and row.low >= LEAST_DAYS * DAY_S:
            yield _finding(facts, row)


def _finding(facts: Facts, row: Gated) -> Finding:
    n = f"(n = {counted(row.n, 'item')}, {when(facts)})"
    passed = f"lets {write(row.n_passed / row.n, SHARE)} pass after {long(row.wait_s)} or longer in half of them"
    return Finding(
        code=RULE.code,
        entity=row.stream,
        title=f"{title_of(facts, row.stream)}: ‘{row.stage}’ {passed} {n}",
        unit=SECONDS,
        size=row.wait_s,
        interval=interval(row.low, row.high, "order statistics"),
        period=looked_at(facts),
        who_can_act=acting(facts, None, row.policy) or acting(facts, None, row.stream),
        try_next="Write what is looked at as checks that run with each change: its owner with one team, 4 to 8 weeks.",
        evidence=tuple(_evidence(facts, row)),
    )


def _evidence(facts: Facts, row: Gated) -> Iterator[Evidence]:
    spread = wilson(row.n_passed, row.n)
    likely = f"; it could be from {percent(spread.low)} to {percent(spread.high)}" if spread else ""
    yield Evidence(
        says=f"{row.n_passed:,} of {counted(row.n, 'item')} went on the first time{likely}",
        cell=number(facts, "stage-wait-time", row.stream, row.stage),
        where_from=row.longest_at,
    )
    yield Evidence(
        says=f"Waited {long(row.wait_s)} or longer in half of them{from_to(row.low, row.high)}; {long(row.seconds)} in all"
    )
    yield Evidence(says=f"The stage meets the policy {title_of(facts, row.policy)}")


RULE = Rule(code="F179", name="gate that could be a control", check=check)
