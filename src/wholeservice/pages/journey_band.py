"""The journey of a service in one picture: under one row of steps how it feels, who goes on, how it goes in each channel."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wholeservice.draw.emotion import low_point
from wholeservice.draw.journey import Journey
from wholeservice.organisation.graph import Entity
from wholeservice.pages.base import Data
from wholeservice.pages.feeling_part import FeelingPart, feeling_part
from wholeservice.pages.journey_part import JourneyPart, drop_between
from wholeservice.pages.matrix_part import ALL_THE_WAY, MatrixPart, matrix_part
from wholeservice.pages.paths_part import PathsPart, paths_part


@dataclass(frozen=True, slots=True)
class JourneyBand:
    """The heads, what stands under them, and a sentence that states what all of it shows. None is not measured."""

    title: str
    heads: Journey
    journey: JourneyPart
    feeling: FeelingPart | None
    matrix: MatrixPart | None
    paths: PathsPart | None = None


def journey_band(data: Data, entity: Entity, journey: JourneyPart | None) -> JourneyBand | None:
    """Return everything about the journey of an entity; None when it declares none."""
    if journey is None:
        return None
    feeling, matrix = feeling_part(data, entity), matrix_part(data, entity)
    is_whole = matrix is not None and ALL_THE_WAY in matrix.drawing.steps
    heads = replace(_marked(journey.heads, feeling), whole=ALL_THE_WAY if is_whole else None)
    return JourneyBand(_title(journey, feeling), heads, journey, feeling, matrix, paths_part(data, entity))


def _marked(heads: Journey, feeling: FeelingPart | None) -> Journey:
    """Mark the step that surely feels furthest from what was promised."""
    low = low_point(feeling.drawing) if feeling and feeling.worst else None
    steps = tuple(replace(each, is_low=at == low) for at, each in enumerate(heads.steps))
    return replace(heads, steps=steps)


def _title(journey: JourneyPart, feeling: FeelingPart | None) -> str:
    drop = drop_between(journey)
    if feeling is None or feeling.worst is None:
        return journey.title
    words = f"“{feeling.worst}” feels furthest from what was promised"
    return f"{words}; most leave between “{drop[0]}” and “{drop[1]}”" if drop else words
