"""The ways people really take: the paths most attempts took, how many of those got there and how fast, foreseen or not.

All of one period, and together all attempts that were at a step in it: what is not told by itself is counted as the others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from wholeservice.derived.paths import MORE, THEN
from wholeservice.derived.planned import is_foreseen
from wholeservice.facts.identity import leaf_steps, local_id
from wholeservice.measures.base import Cell, Measure, Statistics
from wholeservice.measures.behind_rows import LEAST_PEOPLE
from wholeservice.measures.finish import finish_ended
from wholeservice.measures.kinds import MOST_PATHS, OTHER_PATHS, PATH, of_kind, what_of
from wholeservice.measures.results import Point
from wholeservice.organisation.graph import Entity
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import Number, number_of, plural, when
from wholeservice.periods import Period
from wholeservice.units import SECONDS, SHARE, write, write_range

MEASURE = "completion-by-path"
A_WEEK = dt.timedelta(days=7)
ARROW, LONG = " › ", 5
AMONG_OTHERS = f"those of fewer than {LEAST_PEOPLE} people each, and those after the first {MOST_PATHS}"
FORESEEN = {True: "foreseen", False: "not foreseen", None: "whether it is foreseen cannot be told"}

Row = tuple[Cell, Statistics]


@dataclass(frozen=True, slots=True)
class PathTaken:
    """One path, or all others together (`steps` is then empty): how many attempts took it, and who of them got there.

    `took_s` is how long half of those who got there took at most, None where nobody did; `is_foreseen` None: nobody can tell.
    """

    path: str
    steps: tuple[str, ...]
    n: float
    share: float
    written: str  # how many, of all
    arrived: Number
    took_s: float | None
    took_written: str | None
    took_range_written: str | None
    is_foreseen: bool | None
    says: str


@dataclass(frozen=True, slots=True)
class PathsPart:
    """The paths of one period, that most attempts took first, the others last; they add up to `n` attempts."""

    title: str
    period: str
    reading: str
    n: float
    rows: tuple[PathTaken, ...]


def paths_part(data: Data, entity: Entity) -> PathsPart | None:
    """Return the paths of an entity; None where none was counted."""
    measure = data.measures.get(MEASURE)
    rows = _of_one_period(data, entity.id)
    if measure is None or not rows:
        return None
    n = sum(sums.n for _, sums in rows)
    in_order = sorted(rows, key=lambda row: (_path(row) == OTHER_PATHS, -row[1].n, _path(row)))
    taken = tuple(_taken(data, entity, measure, row, n) for row in in_order)
    cell = rows[0][0]
    return PathsPart(_title(taken, n), when(data, Period(cell.from_at, cell.to_at, cell.window)), _reading(taken), n, taken)


def _path(row: Row) -> str:
    return what_of(row[0].segment or "")


def _of_one_period(data: Data, entity: str) -> list[Row]:
    """The sums of each path in one period: of those that end within a week of the newest, the one with most attempts."""
    found: dict[tuple[object, ...], list[Row]] = {}
    for segment in of_kind(data.results.segments(MEASURE, entity), PATH):
        for cell, sums in data.results.rows(MEASURE, entity, segment=segment):
            found.setdefault((cell.from_at, cell.to_at, cell.window), []).append((cell, sums))
    newest_at = max((rows[0][0].to_at for rows in found.values()), default=None)
    late = [rows for rows in found.values() if newest_at and newest_at - rows[0][0].to_at <= A_WEEK]
    return max(late, key=_size, default=[])


def _size(rows: Iterable[Row]) -> float:
    return sum(sums.n for _, sums in rows)


def _taken(data: Data, entity: Entity, measure: Measure, row: Row, n: float) -> PathTaken:
    cell, sums = row
    path, took = _path(row), finish_ended(sums)
    spread = took.interval
    steps = {local_id(entity, step): step for step in leaf_steps(entity.journey)}
    words = [] if path == OTHER_PATHS else path.split(THEN)
    known = None if not words else _is_foreseen(entity, words)
    return PathTaken(
        path, tuple(steps[each].title if each in steps else each for each in words), sums.n, sums.n / n,
        f"{sums.n:,.0f} ({write(sums.n / n, SHARE)})", number_of(data, measure, Point(cell, sums, measure.finish(sums))),
        took.value, write(took.value, SECONDS) if took.value is not None else None,
        write_range(spread.low, spread.high, SECONDS) if spread else None,
        known, FORESEEN[known] if words else AMONG_OTHERS,
    )  # fmt: skip


def _is_foreseen(entity: Entity, words: list[str]) -> bool | None:
    """Say whether the journey foresees a path; of one that was cut short only that it does not."""
    ids = {local_id(entity, step): step.id for step in leaf_steps(entity.journey)}
    is_cut = words[-1] == MORE
    found = is_foreseen(entity.journey, [ids.get(each, "") for each in (words[:-1] if is_cut else words)])
    return None if is_cut and found else found


def _title(taken: tuple[PathTaken, ...], n: float) -> str:
    first = taken[0]
    if not first.steps:
        return f"No path was taken by {LEAST_PEOPLE} people or more"
    shown = first.steps if len(first.steps) <= LONG else (*first.steps[:2], MORE, first.steps[-1])
    return f"The way taken most: {ARROW.join(shown)}, {first.n:,.0f} of {n:,.0f} attempts ({write(first.share, SHARE)})"


def _reading(taken: tuple[PathTaken, ...]) -> str:
    """How many of the paths that are told the journey does not foresee."""
    told = [each for each in taken if each.steps]
    strange = [each for each in told if each.is_foreseen is False]
    if not told:
        return ""
    if not strange:
        is_sure = all(each.is_foreseen for each in told)
        return f"{plural(len(told), 'way')} told" + (", each foreseen by the journey" if is_sure else "")
    share = write(sum(each.share for each in strange), SHARE)
    words = f"the journey does not foresee {len(strange)} of them, which {share} of all attempts took"
    return f"{plural(len(told), 'way')} told; {words}"
