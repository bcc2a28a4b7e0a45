"""
F106 misplaced or missing owner: nobody answers for the whole service, or who does cannot change both its ends.

What it looks at   who owns each service, as derived from its value stream, team and unit; and whether what that owner commands
                   (teams, parts, policies, money) serves both the first and the last step of the journey
Why it matters     a service whose owner commands only a part of it is changed only in that part; what lies outside stays lost
                   (GOV.UK Service Standard, point 2: solve a whole problem for users; one owner from start to finish)
False alarms       services that were seen in data but not declared yet; a first or last step that no part is declared for says
                   nothing and stays silent
What to do         give the service a value stream with an owner; move the owner, or the teams at both ends, under one remit
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.scope import meeting_point, services, top_unit, who_can_act
from wholeservice.findings.wording import counted, first_few, title_of
from wholeservice.organisation.graph import DECLARED, parts_at, steps
from wholeservice.organisation.remit import misplaced_owners, owner_of, remit


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each service whose owner reaches too little, and one for each unit with services nobody owns."""
    for service in misplaced_owners(facts.organisation):
        yield _misplaced(facts, service)
    nobody = [each for each in services(facts) if owner_of(facts.organisation, each) is None]
    declared: dict[str, list[str]] = {}
    for service in nobody:
        if facts.organisation.entities[service].basis == DECLARED:
            declared.setdefault(top_unit(facts, service), []).append(service)
    for below in declared.values():
        yield _missing(facts, below, [title_of(facts, each) for each in below if len(below) > 1])
    seen = [each for each in nobody if facts.organisation.entities[each].basis != DECLARED]
    if seen:
        by_unit = Counter(top_unit(facts, each) for each in seen).most_common()
        yield _missing(facts, seen, [f"{title_of(facts, unit)}: {counted(n, 'service')}" for unit, n in by_unit])


def _misplaced(facts: Facts, service: str) -> Finding:
    owner = owner_of(facts.organisation, service) or ""
    journey = steps(facts.organisation, service)
    ends = f"{journey[0].title} and {journey[-1].title}"
    return Finding(
        code=RULE.code,
        entity=service,
        title=f"{owner} owns {title_of(facts, service)} but does not command both its ends, {ends}",
        who_can_act=owner,
        try_next="Who could answer for it from the first step to the last? Move the owner, or the teams at both ends.",
        evidence=tuple(_end(facts, service, owner, step.id) for step in (journey[0], journey[-1])),
    )


def _end(facts: Facts, service: str, owner: str, step: str) -> Evidence:
    serving = parts_at(facts.organisation, service, step)
    within = remit(facts.organisation, owner)
    parts = [f"{title_of(facts, each)} ({'theirs' if each in within else 'not theirs'})" for each in serving]
    return Evidence(says=f"Step {step} is served by " + (", ".join(parts) or "nothing that is declared"))


def _missing(facts: Facts, below: list[str], lines: list[str]) -> Finding:
    entity = meeting_point(facts, below)
    title = f"Nobody is known to own {title_of(facts, entity)}"
    if len(below) > 1:
        title = f"Nobody is known to own {counted(len(below), 'service')} of {title_of(facts, entity)}"
    return Finding(
        code=RULE.code,
        entity=entity,
        title=title,
        who_can_act=who_can_act(facts, entity),
        try_next="Give each a value stream with an owner, or a team whose stream has one.",
        evidence=first_few(map(Evidence, lines)),
    )


RULE = Rule(code="F106", name="misplaced or missing owner", check=check)
