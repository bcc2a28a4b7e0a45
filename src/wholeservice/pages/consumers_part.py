"""Whom something is for: what they do with it, how many they are, and what they say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wholeservice.organisation import graph
from wholeservice.organisation.graph import Entity
from wholeservice.pages.base import Data
from wholeservice.pages.feeling_part import FEELINGS
from wholeservice.pages.held_part import point_at, promises
from wholeservice.pages.numbers import Number, number_of
from wholeservice.pages.reach_part import volume_words
from wholeservice.pages.series import newest_of


@dataclass(frozen=True, slots=True)
class Consumer:
    """Whom a service is for, and what they do with it (use, pay, judge). `score` None is not measured."""

    entity: str
    title: str
    does: str
    volume: str | None
    is_inside: bool  # something of ours that uses it
    score: Number | None = None
    is_of_all: bool = False  # the score is of everybody, not of these alone


def consumers_of(data: Data, entity: Entity) -> tuple[Consumer, ...]:
    """Return whom an entity is for, those it names first."""
    named = {edge.to_id: edge.how for edge in graph.edges_out(data.organisation, entity.id, "for")}
    ids = graph.consumers_of(data.organisation, entity.id)
    known = [data.organisation.entities[each] for each in ids if each in data.organisation.entities]
    return tuple(_consumer(data, entity, each, is_named=each.id in named, is_only=len(named) == 1) for each in known)


def _consumer(data: Data, entity: Entity, who: Entity, *, is_named: bool, is_only: bool) -> Consumer:
    volume = volume_words(who.fields.get("volume"))
    if not is_named:
        return Consumer(who.id, who.title, "uses it", volume, is_inside=True)
    own = _score(data, entity.id, who.id)
    every = _score(data, entity.id, None) if own is None and is_only else None
    return Consumer(who.id, who.title, _roles(entity, who.id), volume, False, own or every, own is None and every is not None)


def _score(data: Data, entity: str, segment: str | None) -> Number | None:
    """What they say of it, newest: of these alone, or (None) of everybody who was asked."""
    for measure in (data.measures[name] for name in FEELINGS if name in data.measures):
        if segment is None:
            point = point_at(data, entity, measure, (None, None), promises(data, entity, measure))
        else:
            points = data.results.series(measure.name, entity, segment=segment)
            measured = tuple(each for each in points if each.value.value is not None)
            point = newest_of(measured) if measured else None
        if point is not None:
            return number_of(data, measure, point)
    return None


def _roles(entity: Entity, consumer: str) -> str:
    declared = entity.fields.get("for")
    words = declared.get(consumer) if isinstance(declared, Mapping) else None
    return ", ".join(map(str, words)) if isinstance(words, list | tuple) and words else "uses it"
