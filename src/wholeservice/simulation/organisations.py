"""Random organisations with hidden causes and things that only look like causes, to judge a tracer blind.

Each has 3 to 5 steps, 12 to 26 parts in up to four layers (redundant, optional and retried ones among them), background
failures everywhere, a daily and weekly season, 0 to 3 planted causes and at least three decoys: a release of an innocent
part on the day a trouble starts, a harmless part that fails whenever the cause does, and one that fails at busy hours behind
a fallback.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

from wholeservice.organisation.graph import Edge, Entity, Organisation, Step
from wholeservice.simulation.world import BUSY_HOURS, Outage, Release, SimulatedPart, SimulatedStep, Trouble, Use, World

SERVICE = "whole-service"


def random_world(seed: int, *, in_spells: bool = False) -> World:
    """Return a random organisation; the same seed gives the same one.

    *in_spells*: its troubles come and go for some hours, and somebody writes down incidents: of what was in trouble, of
    innocent parts at the same hours, and of others at other hours.
    """
    draw = random.Random(f"organisation {seed}")  # noqa: S311 - a simulation, not security
    layers = _layers(draw)
    parts = {part.id: part for part in _wire(draw, layers)}
    steps = _steps(draw, layers[0])
    n_causes = draw.choice((0, 1, 1, 2, 2, 3))
    causes = tuple(_cause(draw, part) for part in draw.sample(sorted(parts), n_causes))
    causes = tuple(_in_spells(draw, each) for each in causes) if in_spells else causes
    parts, decoys, releases = _plant_decoys(draw, parts, layers, causes)
    return World(
        outages=_outages(draw, parts, causes) if in_spells else (),
        service=SERVICE,
        organisation=organisation_of(steps, parts),
        steps=steps,
        parts=parts,
        channels={"web": 0.6, "app": 0.3, "phone": 0.1},
        causes=causes,
        decoys=decoys,
        releases=releases,
        attempts_per_day=draw.choice((50.0, 80.0, 120.0)),
    )


def _layers(draw: random.Random) -> list[list[str]]:
    sizes = [draw.randint(3, 6), draw.randint(4, 8), draw.randint(3, 7), draw.randint(2, 5)]
    return [[f"part-{layer}{chr(97 + i)}" for i in range(size)] for layer, size in enumerate(sizes)]


def _wire(draw: random.Random, layers: list[list[str]]) -> list[SimulatedPart]:
    parts = []
    for depth, layer in enumerate(layers):
        below = [part for deeper in layers[depth + 1 : depth + 2] for part in deeper]
        for part in layer:
            rate = draw.choice((0.0002, 0.0005, 0.001))
            uses = _uses(draw, part, below) if below else ()
            parts.append(SimulatedPart(part, uses, rate, draw.uniform(0.02, 0.4), draw.random() < 0.5, draw.random() * 0.6))
    return parts


def _uses(draw: random.Random, part: str, below: list[str]) -> tuple[Use, ...]:
    chosen = draw.sample(below, min(len(below), draw.choice((1, 1, 1, 1, 2, 3))))
    if len(chosen) == 3:
        group = f"{part}-any"
        return (Use(chosen[0]), Use(chosen[1], "any", group), Use(chosen[2], "any", group))
    return tuple(Use(each, draw.choice(("all", "all", "all", "optional", "retry"))) for each in chosen)


def _steps(draw: random.Random, front: list[str]) -> tuple[SimulatedStep, ...]:
    steps = []
    for number in range(draw.randint(3, 5)):
        calls = {"": tuple(draw.sample(front, draw.choice((1, 1, 1, 2))))}
        others = [part for part in front if part not in calls[""]]
        if others and draw.random() < 0.3:
            calls["app"] = (draw.choice(others),)
        steps.append(SimulatedStep(f"step-{number + 1}", calls, leave_rate=draw.uniform(0.0, 0.02)))
    return tuple(steps)


def _cause(draw: random.Random, part: str) -> Trouble:
    """Plant a cause of random size: the smallest cannot be found by anyone."""
    channels = frozenset({"app"}) if draw.random() < 0.2 else frozenset()
    hours = BUSY_HOURS if draw.random() < 0.2 else frozenset()
    return Trouble(part, 10 ** draw.uniform(-2.5, -0.8), draw.choice((0, 0, 7, 14)), 28, channels, hours)


def _in_spells(draw: random.Random, trouble: Trouble) -> Trouble:
    """The trouble comes for some hours, five to fourteen times in the four weeks, and is worse while it lasts."""
    begins = [draw.uniform(0, 28 * 24 - 12) for _ in range(draw.randint(5, 14))]
    spells = tuple((int(each), int(each) + draw.randint(3, 12)) for each in sorted(begins))
    return replace(trouble, rate=10 ** draw.uniform(-1.5, -0.1), from_day=0, hours=frozenset(), spells=spells)


def _outages(draw: random.Random, parts: Mapping[str, SimulatedPart], causes: tuple[Trouble, ...]) -> tuple[Outage, ...]:
    """Incidents as people write them down: late, of the wrong part now and then, and of harmless things."""
    innocent = [part for part in sorted(parts) if part not in {cause.part for cause in causes}]
    found = [Outage(part, begin, begin + draw.uniform(1, 6)) for part in draw.sample(innocent, 4)
             for begin in (draw.uniform(0, 28 * 24 - 6) for _ in range(draw.randint(1, 6)))]  # fmt: skip
    for cause in causes:
        beside = draw.choice(innocent)
        for begin, end in cause.spells:
            late = draw.uniform(0, 0.5)
            if draw.random() < 0.9:
                found.append(Outage(cause.part, begin + late, end + draw.uniform(-0.5, 0.5)))
            if draw.random() < 0.6:
                found.append(Outage(beside, begin + late, end))
    return tuple(found)


def _plant_decoys(
    draw: random.Random, parts: Mapping[str, SimulatedPart], layers: list[list[str]], causes: tuple[Trouble, ...]
) -> tuple[dict[str, SimulatedPart], tuple[Trouble, ...], tuple[Release, ...]]:
    """Add a noisy optional part, a busy-hour part behind a fallback, and releases of innocent parts."""
    guilty = {cause.part for cause in causes}
    innocent = [part for part in sorted(parts) if part not in guilty]
    callers = draw.sample([part for layer in layers[:2] for part in layer], 2)
    changed = dict(parts)
    changed["part-echo"] = SimulatedPart("part-echo", failure_rate=0.0005)
    changed["part-rush"] = SimulatedPart("part-rush", failure_rate=0.0005)
    changed["part-spare"] = SimulatedPart("part-spare", failure_rate=0.0)
    _add_use(changed, callers[0], Use("part-echo", "optional"))
    _add_use(changed, callers[1], Use("part-rush", "any", "rush"))
    _add_use(changed, callers[1], Use("part-spare", "any", "rush"))
    echo = [Trouble("part-echo", 0.8, after=cause.part) for cause in causes] or [Trouble("part-echo", 0.02)]
    decoys = (*echo, Trouble("part-rush", 0.15, hours=BUSY_HOURS))
    days = sorted({cause.from_day for cause in causes}) or [10]
    releases = tuple(Release(draw.choice(innocent), day) for day in days for _ in range(2))
    return changed, decoys, releases


def _add_use(parts: dict[str, SimulatedPart], caller: str, use: Use) -> None:
    parts[caller] = replace(parts[caller], uses=(*parts[caller].uses, use))


def organisation_of(steps: tuple[SimulatedStep, ...], parts: Mapping[str, SimulatedPart]) -> Organisation:
    """Return the declared organisation of a simulated one: what its people would write down, and no cause."""
    journey = tuple(Step(step.id, step.id) for step in steps)
    channels = ("web", "app", "phone")
    entities = {SERVICE: Entity(SERVICE, "service", "Whole service", journey=journey, channels=channels)}
    entities |= {part: Entity(part, "part", part, parent=SERVICE) for part in parts}
    at = [Edge(part, "at", f"{SERVICE}.{step.id}") for step in steps for part in _all_calls(step)]
    uses = [
        Edge(part.id, "uses", use.to, how=use.how, group=f"{part.id}:{use.group}" if use.group else None)
        for part in parts.values()
        for use in part.uses
    ]
    return Organisation("Random", "to be traced", "", entities, (*at, *uses), (), {}, "simulated")


def _all_calls(step: SimulatedStep) -> list[str]:
    return list(dict.fromkeys(part for parts in step.calls.values() for part in parts))
