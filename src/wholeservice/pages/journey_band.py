"""The journey of a service in one picture: under one row of steps how it feels, who goes on, how it goes in each channel."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wholeservice.draw.emotion import low_point
from wholeservice.draw.journey import Journey
from wholeservice.organisation.graph import Entity
from wholeservice.pages.base import Data
from wholeservice.pages.feeling_part import FeelingPart, feeling_part
from wholeservice.pages.flow_numbers_part import flow_numbers
from wholeservice.pages.journey_part import JourneyPart, drop_between
from wholeservice.pages.matrix_part import ALL_THE_WAY, MatrixPart, matrix_part
from wholeservice.pages.paths_part import PathsPart, paths_part

FILL = (
    "Not recorded: how many people come to each step, by which channel, and how it feels to them. Connect what counts them "
    "(web analytics, events, or a table with a row for each visit), give each the name of its step and channel, and ask people "
    "at a step how it was; what they were promised, where they leave and how each channel does then stand here."
)


@dataclass(frozen=True, slots=True)
class JourneyBand:
    """The heads, what stands under them, and a sentence that states what all of it shows. None is not measured."""

    title: str
    heads: Journey
    journey: JourneyPart
    feeling: FeelingPart | None
    matrix: MatrixPart | None
    paths: PathsPart | None = None
    dark: str | None = None  # in place of all that stands under the heads: why nothing does, and what would fill it


def journey_band(data: Data, entity: Entity, journey: JourneyPart | None) -> JourneyBand | None:
    """Return everything about the journey of an entity; None when it declares none."""
    if journey is None:
        return None
    feeling, matrix = feeling_part(data, entity), matrix_part(data, entity)
    is_whole = matrix is not None and ALL_THE_WAY in matrix.drawing.steps
    heads = replace(_marked(journey.heads, feeling), whole=ALL_THE_WAY if is_whole else None)
    band = JourneyBand(_title(journey, feeling), heads, journey, feeling, matrix, paths_part(data, entity))
    return _darkened(data, entity, band) if _is_dark(band) else band


def _darkened(data: Data, entity: Entity, band: JourneyBand) -> JourneyBand:
    """Say in one sentence what is not recorded, under the steps that are declared."""
    title = f"Nobody recorded how people come through {_steps_words(band.journey)}"
    return replace(band, title=title, heads=replace(band.heads, whole=None), dark=_dark_words(data, entity))


def _is_dark(band: JourneyBand) -> bool:
    """Say whether nothing is known under any step: rows of empty pictures would tell no more than one sentence."""
    has_cells = band.matrix is not None and any(
        cell is not None and cell.value is not None for each in band.matrix.drawing.channels for cell in each.cells
    )
    is_counted = any(each.people is not None for each in band.journey.drawing.steps)
    return not (is_counted or has_cells or band.feeling or band.paths)


def _steps_words(journey: JourneyPart) -> str:
    n = len(journey.drawing.steps)
    return "its only step" if n == 1 else f"its {n} steps"


def _dark_words(data: Data, entity: Entity) -> str:
    """Say what is not recorded and what to connect; where only work is recorded, that the pictures are not of work."""
    of_work = "Only items of work are recorded of it, and they say nothing of a step. " if flow_numbers(data, entity.id) else ""
    return of_work + FILL


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
