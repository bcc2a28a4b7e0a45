"""
F105 a need nobody measures: consumers want something, and no number says whether they get it.

What it looks at   every declared need: its targets, whether each target's measure exists, and whether it has a result
Why it matters     what nobody measures is lost without anybody noticing; a target is the measurable stand-in of a need
                   (Goodhart in Strathern 1997: keep the need beside the number). The organisation's own aims are left out.
False alarms       a service that has only just begun; data that is on its way but was not ingested yet
What to do         give the need one target, or connect a source that has the facts its measure needs
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.coverage import is_measured
from wholeservice.findings.scope import who_can_act
from wholeservice.findings.target_result import measure_of
from wholeservice.findings.wording import listed, title_of
from wholeservice.organisation.graph import Need, Target


def check(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each need without one target that has a result."""
    for need in facts.organisation.needs:
        if need.is_aim or is_measured(facts.results, need):
            continue
        yield Finding(
            code=RULE.code,
            entity=need.service,
            need=need.id,
            title=f"Nobody measures “{need.says}” ({title_of(facts, need.service)})",
            who_can_act=who_can_act(facts, need.service),
            try_next=_try_next(need),
            evidence=tuple(_why(facts, need)),
        )


def _why(facts: Facts, need: Need) -> Iterator[Evidence]:
    if not need.targets:
        yield Evidence(says="The need has no target")
    for target in need.targets:
        yield Evidence(says=f"Target “{target.text}”: {_reason(facts, need.service, target)}")


def _reason(facts: Facts, service: str, target: Target) -> str:
    measure = measure_of(facts.results, target)
    if measure is None:
        return f"nothing measures “{target.measure}” here"
    if target.quantile is not None and measure.at is None:
        return f"nothing measures how “{measure.title}” is spread, only its total"
    elsewhere = _measured_elsewhere(facts, measure.name, service)
    return f"“{measure.title}” has no number for it" + (f", only {listed(elsewhere)}" if elsewhere else "")


def _measured_elsewhere(facts: Facts, measure: str, service: str) -> list[str]:
    """The steps and channels of the service that do have a number: perhaps the target means one of them."""
    cells = [cell for cell, _ in facts.results.every(measure) if cell.entity == service]
    parts = ((cell.step and f"at {cell.step}", cell.channel and f"in {cell.channel}") for cell in cells)
    where = {" ".join(word for word in words if word) for words in parts}
    return sorted(where - {""})


def _try_next(need: Need) -> str:
    if not need.targets:
        return "Give the need a target: which number would show that people get it?"
    return "Connect a source with the facts this needs, or measure something you already have."


RULE = Rule(code="F105", name="a need nobody measures", check=check)
