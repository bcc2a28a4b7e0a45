"""Where each item was when: its pieces put into the stages of a stream, its visits to them, and when it had reached each.

Time before an item is in any stage, or between two, belongs to the stage it comes to: it is part of what that stage takes from
the moment the one before handed over. A stage whose name stands for none of the stream is apart (None).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from wholeservice.derived.base import RETURNED, WAITED, WORKED
from wholeservice.facts.identity import loose_name
from wholeservice.measures.flow_read import Life, Piece, Wait

MOST_SEEN = 12
"""Where a stream declares no stages, so many that were seen stand for them, the most frequent."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The stages of a stream: what they are called and what kind they are, and which of them each name stands for."""

    stream: str | None
    names: tuple[str, ...]
    kinds: tuple[str | None, ...]
    named: Mapping[str, int]
    is_declared: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """An unbroken stretch in one stage; `busy_from_s` and `busy_to_s` span the work in it, else all of it."""

    stage: int
    from_s: float
    to_s: float
    busy_from_s: float
    busy_to_s: float
    is_again: bool  # it was sent back here


@dataclass(frozen=True, slots=True)
class Placed:
    """An item with the stage of each of its pieces, its visits, and when it had reached each stage and the end."""

    life: Life
    stages: tuple[int | None, ...]
    visits: tuple[Visit, ...]
    reached: tuple[float | None, ...]
    spent: Mapping[tuple[int | None, str], float]  # in each stage, by what it was

    def of_kind(self, kind: str) -> float:
        """Return how long it was worked on, waited, or was seen by nobody."""
        return sum(seconds for (_, each), seconds in self.spent.items() if each == kind)

    def in_stage(self, stage: int) -> float:
        """Return how long it was in a stage."""
        return sum(seconds for (each, _), seconds in self.spent.items() if each == stage)


def plan_of_seen(stream: str | None, lives: Iterable[Life]) -> Plan:
    """Return the stages that were seen, the most frequent in the order in which items usually come to them."""
    places: dict[str, list[float]] = {}
    titles: dict[str, str] = {}
    for life in lives:
        names = dict.fromkeys(loose_name(piece.stage) for piece in life.pieces if piece.stage)
        titles.update({loose_name(piece.stage): piece.stage for piece in life.pieces if piece.stage})
        for at, name in enumerate(names):
            places.setdefault(name, []).append(at / len(names))
    most = sorted(places, key=lambda name: (-len(places[name]), name))[:MOST_SEEN]
    order = sorted(most, key=lambda name: (sum(places[name]) / len(places[name]), name))
    named = {name: at for at, name in enumerate(order)}
    return Plan(stream, tuple(titles[name] for name in order), (None,) * len(order), named, is_declared=False)


def until(life: Life, end_s: float) -> Life | None:
    """Return an item as it was at an instant; None where it was not there yet."""
    if life.from_s >= end_s:
        return None
    if not life.is_open and life.to_s < end_s:
        return life
    pieces = tuple(replace(each, to_s=min(each.to_s, end_s)) for each in life.pieces if each.from_s < end_s)
    waits = tuple(_cut(each, end_s) for each in life.waits if each.from_s < end_s)
    return replace(life, pieces=pieces, waits=waits, to_s=min(life.to_s, end_s), is_open=True, done_at=None)


def _cut(wait: Wait, end_s: float) -> Wait:
    """What is left of a wait; its causes keep their shares."""
    whole = wait.to_s - wait.from_s
    kept = (min(wait.to_s, end_s) - wait.from_s) / whole if whole > 0 else 1.0
    return replace(wait, to_s=min(wait.to_s, end_s), seconds=wait.seconds * kept)


def placed(life: Life, plan: Plan) -> Placed:
    """Return an item with its pieces in the stages of a plan; those of another stream are in none of them."""
    found = _stages_of(life, plan)
    visits = tuple(_visits(life.pieces, found))
    ends = [None if life.is_open else life.to_s]
    reached: list[float | None] = []
    for stage in range(len(plan.names)):
        at = min((each.from_s for each in visits if each.stage >= stage), default=ends[0])
        reached.append(life.from_s if stage == 0 else at)
    spent: dict[tuple[int | None, str], float] = {}
    for piece, place in zip(life.pieces, found, strict=True):
        spent[place, piece.kind] = spent.get((place, piece.kind), 0.0) + piece.to_s - piece.from_s
    return Placed(life, found, visits, (*reached, *ends), spent)


def _stages_of(life: Life, plan: Plan) -> tuple[int | None, ...]:
    if life.stream != plan.stream:
        return (None,) * len(life.pieces)
    places = [plan.named.get(loose_name(piece.stage)) if piece.stage else None for piece in life.pieces]
    following: list[int | None] = []
    coming = next((at for at, piece in zip(places[::-1], life.pieces[::-1], strict=True) if piece.stage), None)
    for at, piece in zip(places[::-1], life.pieces[::-1], strict=True):
        coming = at if piece.stage else coming
        following.append(coming)
    return tuple(following[::-1])


def _visits(pieces: Sequence[Piece], stages: Sequence[int | None]) -> Iterable[Visit]:
    run: list[Piece] = []
    last: int | None = None
    for piece, stage in [*zip(pieces, stages, strict=True), (None, None)]:
        is_again = piece is not None and piece.state == RETURNED and bool(run) and run[-1].state != RETURNED
        if run and (piece is None or (stage is not None and (stage != last or is_again))):
            yield _visit(run, last or 0)
            run = []
        if piece is not None and stage is not None:
            run.append(piece)
            last = stage


def _visit(run: list[Piece], stage: int) -> Visit:
    work = [each for each in run if each.kind == WORKED] or run
    is_again = any(each.state == RETURNED for each in run)
    return Visit(stage, run[0].from_s, run[-1].to_s, work[0].from_s, work[-1].to_s, is_again)


def is_waiting(life: Life) -> bool:
    """Say whether an open item waits at the end of what was seen of it."""
    return bool(life.pieces) and life.pieces[-1].kind == WAITED
