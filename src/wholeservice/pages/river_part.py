"""The drop-out: how many leave before each step everybody passes, and whether they need have; unknown stays so."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.drop_out import River, RiverStep
from wholeservice.draw.journey import JourneyStep
from wholeservice.pages.journey_part import JourneyPart
from wholeservice.pages.numbers import listed, plural
from wholeservice.units import COUNT, SHARE, write

FEWEST = 2  # steps that are needed to see anybody leave


@dataclass(frozen=True, slots=True)
class RiverPart:
    """The drawing, a sentence that states what it shows, what it leaves out, and what would tell the reasons apart."""

    drawing: River
    title: str
    reading: str
    fill: str


def river_part(entity: str, journey: JourneyPart | None) -> RiverPart | None:
    """Return the drop-out over a journey; None where fewer than two steps in it have a number that can be true."""
    if journey is None:
        return None
    through = [each for each in journey.drawing.steps if not each.is_detour and not each.why_impossible]
    if sum(each.people is not None for each in through) < FEWEST:
        return None
    steps = tuple(RiverStep(each.title, each.people) for each in through)
    drawing = River(f"river-{svg.id_of(entity)}", "", journey.drawing.who, steps)
    titled = River(drawing.id, _title(drawing), drawing.who, steps)
    fill = (
        "Whether those who left could have been kept is not known at any step. Record why people leave, or that there was "
        "nothing for them to do, at the step where it happens; the river then parts into those who could be kept and the rest."
    )
    return RiverPart(titled, titled.title, _reading(journey, through), fill)


def _title(river: River) -> str:
    """How many of those who start get to the last step that is measured."""
    measured = [each for each in river.steps if each.people is not None]
    first, last = measured[0], measured[-1]
    gone = (first.people or 0.0) - (last.people or 0.0)
    share = f" ({write(gone / first.people, SHARE)})" if first.people else ""
    if gone <= 0:
        return f"Nobody is lost between “{first.title}” and “{last.title}”"
    of = f"{write(gone, COUNT)} of {write(first.people, COUNT)} {river.who}{share}"
    return f"{of} leave between “{first.title}” and “{last.title}”; why is not known"


def _reading(journey: JourneyPart, through: list[JourneyStep]) -> str:
    steps = journey.drawing.steps
    detours = [f"“{each.title}”" for each in steps if each.is_detour]
    wrong = [f"“{each.title}”" for each in steps if each.why_impossible and not each.is_detour]
    words = f"{journey.period}. " if journey.period else ""
    words += f"Of {plural(len(steps), 'step')}, {len(through)} are shown."
    words += f" Going past {listed(detours)} is no loss." if detours else ""
    return words + (f" The number at {listed(wrong)} cannot be true and is left out." if wrong else "")
