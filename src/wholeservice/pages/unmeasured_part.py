"""What nobody measures of an entity, and what would fill each hole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from wholeservice.findings.coverage import not_come_by, not_counted, undescribed
from wholeservice.findings.holes import Hole, Spot
from wholeservice.findings.losses import NOT_OBSERVED, UNRECORDED
from wholeservice.measures.asked import unasked
from wholeservice.organisation.graph import Entity
from wholeservice.pages.base import Data
from wholeservice.pages.journey_part import VOLUME, JourneyPart, journey_part
from wholeservice.pages.listing import SERVICE
from wholeservice.pages.need_rows import NeedRow, need_rows
from wholeservice.pages.numbers import listed
from wholeservice.pages.why_missing import COMPLETION, CORRECT, why_no_number


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """One hole: what is not known, and what would fill it."""

    what: str
    fill: str


def unmeasured_of(
    data: Data, entity: Entity, needs: tuple[NeedRow, ...], journey: JourneyPart | None
) -> tuple[Unmeasured, ...]:
    """Return the holes of an entity, the declaration first, then needs, journey, channels and what stands behind it."""
    if entity.kind not in (SERVICE, "part"):
        return ()
    if data.results.period is not None:  # what is measured of another period is no hole
        data = replace(data, results=unasked(data.results))
        needs, journey = need_rows(data, entity.id), journey_part(data, entity)
    uncounted = (*_steps(entity, journey), *not_come_by(entity, _channels(data, entity)))
    first = map(_told, undescribed(data.organisation, entity))
    return (*first, *_needs(needs), *_ends(data, entity), *map(_told, uncounted), *_behind(data, entity))


def _told(hole: Hole) -> Unmeasured:
    return Unmeasured(hole.what, hole.fill)


def _needs(needs: tuple[NeedRow, ...]) -> Iterator[Unmeasured]:
    for need in needs:
        if not need.targets:
            yield Unmeasured(f"Whether “{need.says}” is met", "Give the need a target that can be measured.")
        for target in need.targets:
            if target.fill:
                yield Unmeasured(target.words, target.fill)


def _ends(data: Data, entity: Entity) -> Iterator[Unmeasured]:
    why = why_no_number(data, COMPLETION, entity.id)
    if why is not None:
        yield Unmeasured(f"How many people get to the end: {why}", CORRECT)


def _steps(entity: Entity, journey: JourneyPart | None) -> Iterator[Hole]:
    """The steps without a number in the picture, which shows one span of time for all of them."""
    steps = journey.drawing.steps if journey else ()
    return not_counted([Spot(entity.id, each.title, each.id) for each in steps if each.people is None], len(steps))


def _channels(data: Data, entity: Entity) -> frozenset[str]:
    return data.results.channels(VOLUME, entity.id) if VOLUME in data.measures else frozenset()


def _behind(data: Data, entity: Entity) -> Iterator[Unmeasured]:
    maps = [each for (owner, _), each in data.loss_maps.items() if owner == entity.id]
    unseen = [box for each in maps for box in each.boxes if box.claim == NOT_OBSERVED]
    for title in dict.fromkeys(box.title for box in unseen if box.kind == UNRECORDED):
        yield Unmeasured(
            f"What happens then: {title[:1].lower()}{title[1:]}", "Write down when each part of it begins and ends."
        )
    dark = dict.fromkeys(box.title for box in unseen if box.kind != UNRECORDED)
    if dark:
        yield Unmeasured(f"What happens at {listed(list(dark))}", "Record the calls to it, with the attempt they belong to.")
