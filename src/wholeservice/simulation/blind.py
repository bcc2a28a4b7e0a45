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

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wholeservice.findings.interfaces import BETWEEN
from wholeservice.findings.losses import LossMap
from wholeservice.findings.propagation import AT_OR_BELOW
from wholeservice.simulation.crowd import Crowd, play
from wholeservice.simulation.evidence import EVIDENCE, IN_SPELLS, Evidence, Record, recorded
from wholeservice.simulation.organisations import random_world
from wholeservice.simulation.traced import Tracer, trace_crowd
from wholeservice.simulation.verdicts import FALSE_ALARM, GROUP, QUIET, RIGHT, UNNAMED, WRONG, Cell
from wholeservice.simulation.world import World

IN_CIRCLE = " + "  # between the names of parts that use each other, which are one box
SIZES: tuple[tuple[str, float], ...] = (("below 2", 0.0), ("2 to 4", 2.0), ("4 to 6", 4.0), ("6 and more", 6.0))


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
    seed: int, tracer: Tracer = trace_crowd, levels: Sequence[Evidence] = EVIDENCE, *, in_spells: bool = False
) -> list[Case]:
    """Simulate one organisation once, then trace it with each kind of evidence."""
    world = random_world(seed, in_spells=in_spells)
    crowd = play(world, seed)
    planted = {part: n for part, n in crowd.lost_by_cause.items() if n}
    # The target is what the service reaches without its planted causes, so that only they make it miss.
    level = 1 - sum(crowd.lost_otherwise.values()) / crowd.n_attempts
    size = max(planted.values(), default=0) ** 0.5
    cases = []
    for each in levels:
        record = recorded(crowd, each, seed)
        drawn = tracer(crowd, each, record, level)
        naive = {name: _naive_verdict(pick, planted) for name, pick in _naive_picks(crowd, record, seed).items()}
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
    """Return the boxes that the top of a map leaves in question: those it names, all of a circle, all behind "at or below"."""
    claims = {box.id: box.claim for box in drawn.boxes}
    named: set[str] = set()
    for box in drawn.top:
        members = {side for each in box.split(IN_CIRCLE) for side in each.split(BETWEEN)}  # an interface is between two
        named |= members
        if claims[box] == AT_OR_BELOW:
            named = named.union(*(_behind(world, each) for each in members))
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


def _naive_picks(crowd: Crowd, record: Record, seed: int) -> dict[str, str | None]:
    """Return what naive ways of looking at the same records would name; None where no call failed."""
    import numpy as np

    named, n_parts = record.named, len(crowd.parts)
    n = np.bincount(record.part[named], minlength=n_parts)
    failed = np.bincount(record.part[named & crowd.calls.failed], minlength=n_parts)
    if not failed.any():
        return dict.fromkeys(BASELINES)
    rate = failed / np.maximum(n, 1)
    by_lot = int(np.random.default_rng(seed).choice(np.flatnonzero(failed)))
    picks = (int(rate.argmax()), int(failed.argmax()), by_lot)
    return {name: crowd.parts[pick] for name, pick in zip(BASELINES, picks, strict=True)}


BASELINES = ("highest error rate", "volume × error", "random")


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
