"""
F108 old evidence for a need: why we believe people want this was written down over a year ago, or never.

What it looks at   the evidence and its date beside each declared need, against the newest facts (never today's clock)
Why it matters     needs change while their targets stay; research has a shelf life, and a target built on an old belief can be
                   met while people leave (GOV.UK Service Manual: keep researching in every phase)
False alarms       needs that hardly change, such as a legal duty: date the day somebody last looked, and it is quiet
What to do         watch or ask some of the people concerned; then write down what was seen and when
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.coverage import is_weak
from wholeservice.findings.scope import who_can_act
from wholeservice.findings.wording import ago, counted, title_of
from wholeservice.organisation.graph import Need
from wholeservice.periods import civil


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each service that has needs with old or no evidence."""
    if facts.as_of is None:  # no facts yet: nothing says what day it is
        return
    today = civil(facts.as_of, facts.zone)
    by_service: dict[str, list[Need]] = {}
    for need in facts.organisation.needs:
        if not need.is_aim:
            by_service.setdefault(need.service, []).append(need)
    for service, needs in by_service.items():
        weak = [need for need in needs if is_weak(need, today)]
        if weak:
            yield _finding(facts, service, weak, len(needs), today)


def _finding(facts: Facts, service: str, weak: list[Need], n_needs: int, today: dt.date) -> Finding:
    subject = f"{len(weak)} of {counted(n_needs, 'need')}" if n_needs > 1 else "The only need"
    verb = "rest" if len(weak) > 1 else "rests"
    return Finding(
        code=RULE.code,
        entity=service,
        need=weak[0].id if len(weak) == 1 else None,
        title=f"{subject} of {title_of(facts, service)} {verb} on evidence that is missing or over a year old",
        who_can_act=who_can_act(facts, service),
        try_next="Watch or ask some of the people concerned, and write down what was seen and when.",
        evidence=tuple(Evidence(says=f"“{need.says}”: {_age(need, today)}") for need in weak),
    )


def _age(need: Need, today: dt.date) -> str:
    if need.evidence_on is not None:
        return f"evidence from {need.evidence_on.isoformat()}, {ago(need.evidence_on, today)} before the newest data"
    return "no evidence given" if need.because is None else f"evidence without a date ({need.because})"


RULE = Rule(code="F108", name="old evidence for a need", check=check)
