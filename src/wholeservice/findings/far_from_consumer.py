"""
F181 far from any consumer: what a team does is handed on twice or more before it is used by somebody outside.

What it looks at   the shortest way from what each team runs to a service that a consumer outside uses, over what is used by
                   what and who serves whom, as declared and seen. It speaks when the way is three steps or longer, the last
                   of them to the person outside
Why it matters     what people outside say reaches such a team last, if at all, and each step in between has a queue and a
                   wish of its own (Tedder 2021, the distance to the consumer; Skelton & Pais 2019, Team Topologies)
False alarms       a service that is used by more than is declared: say who uses it. Teams that run nothing are not looked at
What to do         Let the team watch the people at the other end for half a day each month, and ask those who use its
                   service what they wait for: the team with the team next to it, from next month on
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.distance import ways_out
from wholeservice.findings.scope import meeting_point, who_can_act
from wholeservice.findings.wording import counted, first_few, title_of
from wholeservice.organisation.kinds import TEAM
from wholeservice.units import Unit

MOST_STEPS = 2
STEPS = Unit("steps", "steps", "count")


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for all teams that are far from anybody outside, if there are any."""
    ways = ways_out(facts.organisation)
    teams = [each.id for each in facts.organisation.entities.values() if each.kind == TEAM]
    far = {team: ways[team] for team in teams if team in ways and len(ways[team]) + 1 > MOST_STEPS}
    if far:
        yield _finding(facts, dict(sorted(far.items(), key=lambda each: (-len(each[1]), each[0]))))


def _finding(facts: Facts, far: dict[str, tuple[str, ...]]) -> Finding:
    entity = meeting_point(facts, far)
    steps = len(next(iter(far.values()))) + 1
    who = f"{counted(len(far), 'team')} of {title_of(facts, entity)} are up to" if len(far) > 1 else "A team is"
    return Finding(
        code=RULE.code,
        entity=entity,
        title=f"{who} {steps} steps away from anybody outside, as declared and seen",
        unit=STEPS,
        size=float(steps),
        who_can_act=next(iter(far)) if len(far) == 1 else who_can_act(facts, entity),
        try_next="Let the team watch people at the other end, with the team next to it: half a day a month, from now on.",
        evidence=first_few(Evidence(says=_line(facts, team, way)) for team, way in far.items()),
    )


def _line(facts: Facts, team: str, way: tuple[str, ...]) -> str:
    return f"{title_of(facts, team)} could act: handed on to {' → '.join(title_of(facts, each) for each in way)} → outside"


RULE = Rule(code="F181", name="far from any consumer", check=check)
