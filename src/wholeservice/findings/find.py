"""Run every rule over the facts and order what they found: data findings last, most people first, then size."""

from __future__ import annotations

from collections.abc import Sequence

from wholeservice.findings import RULES
from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.organisation.graph import whole_of

RULE_FAILED = "F100"
CODES = {
    RULE_FAILED: "A rule could not finish. What it found before is kept and all other rules were run; only what it would still"
    " have said is missing. This is our mistake: please report the line below the finding.",
}


def find(facts: Facts, rules: Sequence[Rule] = RULES) -> tuple[Finding, ...]:
    """Return what all rules find. A rule that fails becomes a finding about the rule and never stops the others.

    Shape    findings about services first, about data after; within each by people touched a day, then size, then name
    """
    return tuple(sorted((finding for rule in rules for finding in _run(rule, facts)), key=_order))


def _run(rule: Rule, facts: Facts) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(rule.check(facts))
    except Exception as error:  # whatever it is, the other rules still speak
        found.append(_failed(rule, facts, error))
    return found


def _failed(rule: Rule, facts: Facts, error: Exception) -> Finding:
    return Finding(
        code=RULE_FAILED,
        entity=whole_of(facts.organisation),
        title=f"The rule {rule.code} ({rule.name}) could not finish; what it would have said is missing here",
        try_next="This is our mistake, not yours: please report the line below.",
        evidence=(Evidence(says=f"{type(error).__name__}: {error}"),),
        about_data=True,
    )


def _order(finding: Finding) -> tuple[bool, float, float, str, str, str, str, str]:
    days = finding.period.days if finding.period else 1.0
    people = (finding.people or 0.0) / max(days, 1.0)
    names = (finding.code, finding.entity, finding.step or "", finding.need or "", finding.title)
    return (finding.about_data, -people, -(finding.size or 0.0), *names)
