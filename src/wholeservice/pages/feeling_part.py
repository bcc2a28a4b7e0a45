"""How the journey feels: at each step what was promised and what people say they got; where nobody asks, hatched."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.derived.journeys import flatten
from wholeservice.draw import svg
from wholeservice.draw.axes import signed
from wholeservice.draw.emotion import Emotion, EmotionStep
from wholeservice.draw.gap import Gap
from wholeservice.measures.base import Measure
from wholeservice.measures.results import Point
from wholeservice.organisation import graph
from wholeservice.organisation.graph import Entity
from wholeservice.pages.base import Data
from wholeservice.pages.held_part import Promise, Where, periods_words, point_at, promises
from wholeservice.pages.numbers import listed, possible, when

FEELINGS = ("satisfaction",)  # measures of what people say, the first that is asked at a step
EXPECTED = "expectation-gap"  # what they got less what they had expected, in the same unit


@dataclass(frozen=True, slots=True)
class FeelingPart:
    """The curve, a sentence that states what it shows, over which periods, and what would fill its hatched steps.

    `worst` is the step that surely falls furthest short of what was promised; None where none surely does.
    """

    drawing: Emotion
    title: str
    reading: str
    fill: str | None
    worst: str | None


def feeling_part(data: Data, entity: Entity) -> FeelingPart | None:
    """Return how the journey of an entity feels; None where nobody is asked at any of its steps."""
    measure = next((data.measures[name] for name in FEELINGS if name in data.measures and _steps(data, entity, name)), None)
    if measure is None:
        return None
    held, titles = promises(data, entity.id, measure), {each.id: each.title for each in graph.leaves(entity.journey)}
    stops = [stop.step for stop in flatten(entity.journey)]
    steps = tuple(_step(data, entity, measure, (stop, titles.get(stop, stop)), held) for stop in stops)
    found = (point_at(data, entity.id, measure, (stop, None), held) for stop in stops)
    period = periods_words([when(data, point.period) for point in found if point])
    dark = [each.title for each in steps if each.delivered is None]
    id_ = f"feeling-{svg.id_of(entity.id)}"
    worst = _worst(steps, measure)
    drawing = Emotion(id_, _title(steps, worst, measure), measure.unit, steps, direction=_direction(measure))
    reading = f"{measure.title}, as they say themselves: {period}. The tick, or the dashed line, is what a need promises there"
    reading += "; else what people say that they had expected." if _says_expected(data, entity) else "."
    fill = f"Ask people right after {listed(dark)}, with the name of the step, to fill what is hatched." if dark else None
    return FeelingPart(drawing, drawing.title, reading, fill, worst.title if worst else None)


def _steps(data: Data, entity: Entity, measure: str) -> bool:
    return bool(data.results.steps(measure, entity.id) & {stop.step for stop in flatten(entity.journey)})


def _step(data: Data, entity: Entity, measure: Measure, named: tuple[str, str], held: dict[Where, Promise]) -> EmotionStep:
    """One step, against what a need promises there; else against what those who answered had expected. None is guessed."""
    step, title = named
    point, own = point_at(data, entity.id, measure, (step, None), held), held.get((step, None))
    spread = possible(point.value.interval, measure.unit) if point else None
    return EmotionStep(
        title, own.level if own else _expected(data, entity, step, point), point.value.value if point else None,
        spread.low if spread else None,
        spread.high if spread else None, is_few=bool(point and point.value.is_few),
    )  # fmt: skip


def _says_expected(data: Data, entity: Entity) -> bool:
    return EXPECTED in data.measures and bool(data.results.steps(EXPECTED, entity.id))


def _expected(data: Data, entity: Entity, step: str, point: Point | None) -> float | None:
    """What people say they got, less how far that is from what they had expected, over the same period."""
    if point is None or point.value.value is None or EXPECTED not in data.measures:
        return None
    gaps = data.results.series(EXPECTED, entity.id, step=step, days=point.period.days, window=point.period.window)
    gap = next((each.value.value for each in gaps if each.period == point.period), None)
    return None if gap is None else point.value.value - gap


def _direction(measure: Measure) -> int:
    return -1 if measure.better == "lower" else 1


def _worst(steps: tuple[EmotionStep, ...], measure: Measure) -> EmotionStep | None:
    """The step that surely falls furthest short; one that few were asked at is not named."""
    gaps = []
    for each in steps:
        if each.difference is not None and not each.is_few:
            gap = Gap(measure.unit, _direction(measure), each.expected or 0.0, each.delivered, each.low, each.high)
            gaps += [(_direction(measure) * each.difference, each)] if gap.verdict == "below" else []
    return min(gaps, key=lambda gap: gap[0])[1] if gaps else None


def _title(steps: tuple[EmotionStep, ...], worst: EmotionStep | None, measure: Measure) -> str:
    asked = [each for each in steps if each.delivered is not None]
    words = f"ow it feels is known at {len(asked)} of {len(steps)} steps"
    if worst is None:
        return f"H{words}; none of them surely falls short of what was promised"
    far = f"“{worst.title}” ({signed(worst.difference or 0.0, measure.unit)})"
    return f"It feels furthest from what was promised at {far}; h{words}"
