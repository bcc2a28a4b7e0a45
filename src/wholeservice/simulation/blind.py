"""Judge a tracer blind: random organisations with hidden causes, evidence degraded, and how often it is wrong and confident.

The tracer sees facts and the declared organisation; the truth stays here. A claim is the top of a map:

    right           names a planted cause
    right group     "A, B or C" or "at or below A", and a planted cause is among them
    unnamed         says nothing for certain
    wrong           wrong and confident: names something else
    false alarm     draws a map with a certain top where nothing was planted

Sizes are planted loss in standard errors: the square root of the attempts that the largest cause lost.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from wholeservice.findings.losses import LossMap
from wholeservice.findings.propagation import AT_OR_BELOW
from wholeservice.simulation.organisations import darken, random_world
from wholeservice.simulation.run import Simulated, recorded, simulate
from wholeservice.simulation.traced import tracer_of
from wholeservice.simulation.world import World
from wholeservice.tables import Interaction

RIGHT, GROUP, UNNAMED, WRONG, FALSE_ALARM, QUIET = "right", "right group", "unnamed", "wrong", "false alarm", "quiet"


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much of what happened was recorded: a row of the truth table."""

    name: str
    dark: float = 0.0
    linked: float = 1.0
    silent: float = 0.0
    is_linked: bool = True
    has_calls: bool = True
    has_incidents: bool = False


EVIDENCE: tuple[Evidence, ...] = (
    Evidence("everything seen"),
    Evidence("20 % of parts dark", dark=0.2),
    Evidence("40 % of parts dark", dark=0.4),
    Evidence("20 % dark, 30 % silent when they fail", dark=0.2, silent=0.3),
    Evidence("10 % of attempts traced", linked=0.1),
)
IN_SPELLS: tuple[Evidence, ...] = (
    Evidence("calls without their attempt", is_linked=False),
    Evidence("calls without their attempt, 20 % of parts dark, and incidents", dark=0.2, is_linked=False, has_incidents=True),
    Evidence("incidents only", has_calls=False, has_incidents=True),
    Evidence("10 % of attempts traced, and incidents", linked=0.1, has_incidents=True),
)
"""Evidence that only time joins to attempts: for organisations whose troubles come and go (`random_world`, in_spells)."""
SIZES: tuple[tuple[str, float], ...] = (("below 2", 0.0), ("2 to 4", 2.0), ("4 to 6", 4.0), ("6 and more", 6.0))

Tracer = Callable[[World, Sequence[Interaction]], Callable[[Simulated, float], LossMap]]
"""(world, interactions) -> (recorded facts, target level) -> map. Of the world it may use the declared organisation only."""


@dataclass(frozen=True, slots=True)
class Case:
    """One organisation seen with one kind of evidence, and what each way of looking said of it."""

    seed: int
    evidence: str
    size: float  # of the largest planted cause, in standard errors
    n_causes: int
    verdict: str
    naive: Mapping[str, str]  # baseline -> verdict
    said: str
    n_covered: int = 0  # parts that the claim leaves in question; 1 is a name


def judge_in_spells(seed: int) -> list[Case]:
    """Judge an organisation whose troubles come and go by evidence that only time joins to attempts."""
    return judge_organisation(seed, levels=IN_SPELLS, in_spells=True)


def judge_organisation(
    seed: int, tracer: Tracer = tracer_of, levels: Sequence[Evidence] = EVIDENCE, *, in_spells: bool = False
) -> list[Case]:
    """Simulate one organisation once, then trace it with each kind of evidence."""
    world = random_world(seed, in_spells=in_spells)
    happened = simulate(world, seed)
    planted = {part: n for part, n in happened.lost_by_cause.items() if n}
    # The target is what the service reaches without its planted causes, so that only they make it miss.
    level = 1 - sum(happened.lost_otherwise.values()) / happened.n_attempts
    size = max(planted.values(), default=0) ** 0.5
    look = tracer(world, happened.interactions)
    cases = []
    for each in levels:
        seen_world = darken(world, seed, dark=each.dark, linked=each.linked, silent=each.silent)
        facts = recorded(happened, replace(seen_world, is_linked=each.is_linked, has_calls=each.has_calls), seed)
        facts = facts if each.has_incidents else replace(facts, incidents=[])
        drawn = look(facts, level)
        naive = {name: _naive_verdict(pick(facts, seed), planted) for name, pick in BASELINES.items()}
        said = ", ".join(drawn.top) or drawn.why_no_map or "nothing for certain"
        n_covered = len(covered(drawn, world) & set(world.parts))
        cases.append(Case(seed, each.name, size, len(planted), verdict(drawn, world, planted), naive, said, n_covered))
    return cases


def verdict(drawn: LossMap, world: World, planted: Mapping[str, int]) -> str:
    """Compare the top of a map with the truth."""
    if not planted:
        return FALSE_ALARM if drawn.top else QUIET
    if not drawn.top:
        return UNNAMED
    named = covered(drawn, world)
    if len(named) == 1:
        return RIGHT if named & set(planted) else WRONG
    return GROUP if named & set(planted) else WRONG


def covered(drawn: LossMap, world: World) -> set[str]:
    """Return the boxes that the top of a map leaves in question: those it names, and all behind one that is "at or below"."""
    claims = {box.id: box.claim for box in drawn.boxes}
    named = set(drawn.top)
    for box in drawn.top:
        if claims[box] == AT_OR_BELOW:
            named |= _behind(world, box)
    return named


def _behind(world: World, box: str) -> set[str]:
    found: set[str] = set()
    at_step = {f"{world.service}.{step.id}": {each for parts in step.calls.values() for each in parts} for step in world.steps}
    frontier = [box]
    while frontier:
        box = frontier.pop()
        used = at_step.get(box) or {use.to for use in world.parts[box].uses}
        frontier += sorted(used - found)
        found |= used
    return found


def _naive_verdict(named: str | None, planted: Mapping[str, int]) -> str:
    if named is None:
        return UNNAMED if planted else QUIET
    return (RIGHT if named in planted else WRONG) if planted else FALSE_ALARM


def _highest_error_rate(facts: Simulated, _seed: int) -> str | None:
    calls, failed = _counts(facts)
    return max(sorted(failed), key=lambda part: failed[part] / calls[part], default=None)


def _most_errors(facts: Simulated, _seed: int) -> str | None:
    _, failed = _counts(facts)
    return max(sorted(failed), key=lambda part: failed[part], default=None)


def _at_random(facts: Simulated, seed: int) -> str | None:
    _, failed = _counts(facts)
    return random.Random(seed).choice(sorted(failed)) if failed else None  # noqa: S311 - a baseline, not security


def _counts(facts: Simulated) -> tuple[Counter[str], Counter[str]]:
    return Counter(c.service for c in facts.calls), Counter(c.service for c in facts.calls if c.failed)


BASELINES: Mapping[str, Callable[[Simulated, int], str | None]] = {
    "highest error rate": _highest_error_rate,
    "volume × error": _most_errors,
    "random": _at_random,
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the truth table: counts of verdicts."""

    evidence: str
    size: str
    verdicts: Mapping[str, int]

    @property
    def n(self) -> int:
        return sum(self.verdicts.values())

    def share(self, *names: str) -> float | None:
        """Return the share of the cell with one of these verdicts; None when the cell is empty."""
        return sum(self.verdicts.get(name, 0) for name in names) / self.n if self.n else None


def truth_table(cases: Sequence[Case], by: Callable[[Case], str] = lambda case: case.verdict) -> list[Cell]:
    """Count verdicts by evidence and size; organisations with nothing planted have a row of their own."""
    cells = []
    for evidence in dict.fromkeys(case.evidence for case in cases):
        mine = [case for case in cases if case.evidence == evidence]
        cells.append(Cell(evidence, "nothing planted", Counter(by(case) for case in mine if not case.n_causes)))
        for (name, low), high in zip(SIZES, [low for _, low in SIZES[1:]] + [float("inf")], strict=True):
            inside = [case for case in mine if case.n_causes and low <= case.size < high]
            cells.append(Cell(evidence, name, Counter(by(case) for case in inside)))
    return cells
