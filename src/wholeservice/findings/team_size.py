"""
F180 team above two-pizza size: more people than can know what each of the others is doing.

What it looks at   how many people each team is declared to have. It speaks above ten
Why it matters     the pairs who must agree grow with the square of the people: 45 for ten, 190 for twenty; large teams hand
                   over inside, and what is handed over waits (Hackman 2002, Leading Teams; Skelton & Pais 2019: five to
                   nine)
False alarms       a number that counts those who are lent or on leave; people who work in shifts and are never together
What to do         Ask which two things the team does that could go out one without the other, and let two teams form around
                   them: the team itself with its owner, two afternoons, then 4 to 12 weeks
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.scope import meeting_point, who_can_act
from wholeservice.findings.wording import counted, first_few, title_of
from wholeservice.organisation.graph import Entity
from wholeservice.organisation.kinds import TEAM
from wholeservice.units import Unit, write

MOST_PEOPLE = 10
PEOPLE = Unit("people", "people", "count")


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for all teams that are too large, if there are any."""
    teams = [each for each in facts.organisation.entities.values() if each.kind == TEAM and _people(each) > MOST_PEOPLE]
    if teams:
        yield _finding(facts, sorted(teams, key=lambda each: (-_people(each), each.id)))


def _people(team: Entity) -> float:
    people = team.fields.get("people")
    return float(people) if isinstance(people, int | float) else 0.0


def _finding(facts: Facts, teams: list[Entity]) -> Finding:
    entity = meeting_point(facts, [each.id for each in teams])
    largest = _people(teams[0])
    many = f"{counted(len(teams), 'team')} of {title_of(facts, entity)} have" if len(teams) > 1 else "A team has"
    upto = "up to " if len(teams) > 1 else ""
    return Finding(
        code=RULE.code,
        entity=entity,
        title=f"{many} {upto}{write(largest, PEOPLE)} people, as declared; ten are many",
        unit=PEOPLE,
        size=largest - MOST_PEOPLE,
        who_can_act=teams[0].id if len(teams) == 1 else who_can_act(facts, entity),
        try_next="Which two things could go out alone? The team with its owner, two afternoons, then 4 to 12 weeks.",
        evidence=first_few(Evidence(says=_line(facts, each)) for each in teams),
    )


def _line(facts: Facts, team: Entity) -> str:
    people = _people(team)
    return (
        f"{title_of(facts, team.id)} could act: {people:.0f} people, so {people * (people - 1) / 2:,.0f} pairs who must agree"
    )


RULE = Rule(code="F180", name="team above two-pizza size", check=check)
