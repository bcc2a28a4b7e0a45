"""What nobody measures of an entity, and what would fill each hole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from wholeservice.findings.losses import NOT_OBSERVED
from wholeservice.measures.asked import unasked
from wholeservice.organisation.graph import Entity
from wholeservice.organisation.remit import owner_of
from wholeservice.pages.base import Data
from wholeservice.pages.journey_part import VOLUME, JourneyPart, journey_part
from wholeservice.pages.listing import SERVICE
from wholeservice.pages.need_rows import NeedRow, need_rows
from wholeservice.pages.numbers import listed, plural
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
    declared = (*_undeclared(data, entity, needs), *_needs(needs))
    return (*declared, *_ends(data, entity), *_steps(journey), *_channels(data, entity), *_behind(data, entity))


def _undeclared(data: Data, entity: Entity, needs: tuple[NeedRow, ...]) -> Iterator[Unmeasured]:
    if owner_of(data.organisation, entity.id) is None:
        yield Unmeasured("Who answers for it", "Name its value stream, or its team, in the organisation's files.")
    if not needs:
        yield Unmeasured("What people need from it", "Write down at least one need in their own words, with a target.")
    if entity.kind == SERVICE and not entity.journey:
        yield Unmeasured("How people go through it", "List the steps of its journey in order.")


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


def _steps(journey: JourneyPart | None) -> Iterator[Unmeasured]:
    dark = [step.title for step in journey.drawing.steps if step.people is None] if journey else []
    if dark:
        yield Unmeasured(f"How many people reach {listed(dark)}", "Count visits at each step, or ingest them as events.")


def _channels(data: Data, entity: Entity) -> Iterator[Unmeasured]:
    seen = data.results.channels(VOLUME, entity.id) if VOLUME in data.measures else frozenset()
    dark = [channel for channel in entity.channels if channel not in seen]
    if dark:
        yield Unmeasured(
            f"How many come by {listed(dark)}", f"Count use by channel; {plural(len(dark), 'channel')} give no number."
        )


def _behind(data: Data, entity: Entity) -> Iterator[Unmeasured]:
    maps = [each for (owner, _), each in data.loss_maps.items() if owner == entity.id]
    dark = dict.fromkeys(box.title for each in maps for box in each.boxes if box.claim == NOT_OBSERVED)
    if dark:
        yield Unmeasured(f"What happens at {listed(list(dark))}", "Record the calls to it, with the attempt they belong to.")
