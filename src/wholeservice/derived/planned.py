"""What a typed journey allows: which step may come next, whatever came before.

A journey is read as a set of ways through it, and a step leaves of it the ways that may follow (Brzozowski 1964, derivatives of
regular expressions). An attempt keeps to the journey as long as some way is left: who stops on the way has kept to it.

    sequence, and the journey itself   its steps one after the other
    choice     one of them          parallel   all of them, in any order, one within another
    retry      once or again        optional   or not at all
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from wholeservice.facts.identity import leaf_steps

if TYPE_CHECKING:
    from wholeservice.organisation.graph import Step

SEQUENCE, CHOICE, PARALLEL, RETRY, LEAF = "sequence", "choice", "parallel", "retry", "step"


@dataclass(frozen=True, slots=True)
class Ways:
    """What may still come: a step, or a group of such. An empty sequence: nothing more."""

    kind: str
    inside: tuple[Ways, ...] = ()
    step: str = ""


NOTHING_MORE = Ways(SEQUENCE)
Left = frozenset[Ways]
"""The ways that are left; when none is, the journey was not kept."""


def planned(journey: tuple[Step, ...]) -> Left:
    """Return the ways through a journey before its first step."""
    return frozenset({Ways(SEQUENCE, tuple(_read(node) for node in journey))})


def after(left: Left, step: str) -> Left:
    """
    Return the ways that are left after a step.

    >>> from wholeservice.organisation.graph import Step
    >>> start = planned((Step("a", "A"), Step("b", "B", "optional"), Step("c", "C")))
    >>> bool(after(after(start, "a"), "c")), bool(after(after(start, "a"), "a"))
    (True, False)
    """
    return frozenset(each for ways in left for each in _after(ways, step))


def _read(node: Step) -> Ways:
    inside = tuple(_read(child) for child in node.children)
    if node.kind == "optional":
        return Ways(CHOICE, (NOTHING_MORE, Ways(SEQUENCE, inside) if inside else Ways(LEAF, step=node.id)))
    if not inside:
        return Ways(LEAF, step=node.id)
    return Ways(RETRY, (Ways(SEQUENCE, inside),)) if node.kind == "retry" else Ways(node.kind, inside)


@cache
def _after(ways: Ways, step: str) -> Left:
    return frozenset(_left(ways, step))


def _left(ways: Ways, step: str) -> Iterator[Ways]:
    if ways.kind == LEAF and ways.step == step:
        yield NOTHING_MORE
    elif ways.kind == CHOICE:
        yield from (each for way in ways.inside for each in _after(way, step))
    elif ways.kind == RETRY:
        (again,) = ways.inside
        yield from (_in_turn(each, (Ways(CHOICE, (NOTHING_MORE, ways)),)) for each in _after(again, step))
    elif ways.kind == PARALLEL:
        for place, way in enumerate(ways.inside):
            others = ways.inside[:place], ways.inside[place + 1 :]
            yield from (Ways(PARALLEL, (*others[0], each, *others[1])) for each in _after(way, step))
    elif ways.kind == SEQUENCE:
        for place, way in enumerate(ways.inside):
            yield from (_in_turn(each, ways.inside[place + 1 :]) for each in _after(way, step))
            if not _may_be_left_out(way):
                break


def _in_turn(first: Ways, rest: tuple[Ways, ...]) -> Ways:
    return Ways(SEQUENCE, (*first.inside, *rest) if first.kind == SEQUENCE else (first, *rest))


@cache
def _may_be_left_out(ways: Ways) -> bool:
    if ways.kind == LEAF:
        return False
    found = [_may_be_left_out(each) for each in ways.inside]
    return any(found) if ways.kind == CHOICE else all(found)


def is_foreseen(journey: tuple[Step, ...], path: Iterable[str]) -> bool | None:
    """
    Say whether a journey allows a path, given by the ids of its steps; None where it is too free to say.

    >>> from wholeservice.organisation.graph import Step
    >>> [is_foreseen((Step("a", "A"), Step("b", "B")), path) for path in ("a", "ab", "b")]
    [True, True, False]
    """
    if _is_too_free(journey):
        return None
    left = planned(journey)
    for step in path:
        left = after(left, step)
    return bool(left)


@cache
def _is_too_free(journey: tuple[Step, ...]) -> bool:
    return plan(journey) is None


MOST_STATES = 1_000
"""A journey of which more can be left, such as ten steps in parallel, is too free to say whether it is kept."""


def plan(journey: tuple[Step, ...]) -> list[tuple[int, str, int]] | None:
    """Return every (what is left, step, what is then left), numbered from 0, the start; None where it is too free."""
    steps = [leaf.id for leaf in leaf_steps(journey)]
    numbers: dict[Left, int] = {planned(journey): 0}
    moves = []
    for left in (waiting := [*numbers]):  # grows while it is walked
        for step in steps:
            if not (then := after(left, step)):
                continue
            if then not in numbers:
                numbers[then] = len(numbers)
                waiting.append(then)
            moves.append((numbers[left], step, numbers[then]))
        if len(numbers) > MOST_STATES:
            return None
    return moves
