"""What changed: each measure's newest period against the one before that it does not overlap, and what new data came."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from wholeservice.draw.axes import signed
from wholeservice.measures.base import Measure
from wholeservice.measures.results import Point
from wholeservice.pages.base import Data
from wholeservice.pages.listing import measures_of
from wholeservice.pages.numbers import Number, listed, number_of, plural, possible, unit_of
from wholeservice.pages.series import latest_apart
from wholeservice.pages.sources_part import moment
from wholeservice.uncertainty import Interval
from wholeservice.units import COUNT, Unit, write

BETTER, WORSE, MORE, LESS, SAME = "better", "worse", "more", "less", "cannot tell"
METHOD = "from both likely ranges"
ALIKE = 0.02  # the same parts report in both periods, give or take 2 %


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One measure then and now. `verdict` is sure only where the whole range of the change lies on one side of nothing."""

    title: str
    before: Number
    now: Number
    change: str
    range_written: str | None
    verdict: str
    remark: str | None


@dataclass(frozen=True, slots=True)
class NewData:
    """What the newest reading of a source brought."""

    source: str
    read: str  # when
    kept: int
    refused: int


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """The changes, those that are sure first, and what new data came with the newest reading of each source."""

    title: str
    rows: tuple[ChangeRow, ...]
    came: tuple[NewData, ...]
    came_says: str


def changed_part(data: Data, entity: str, near: Collection[str]) -> ChangedPart:
    """Return what changed of an entity; *near* are the entities whose sources are its sources."""
    rows = sorted(_rows(data, entity), key=lambda row: row.verdict == SAME)
    came = _came(data, near)
    return ChangedPart(_title(rows), tuple(rows), came, _came_says(came))


def _rows(data: Data, entity: str) -> Iterator[ChangeRow]:
    for measure in measures_of(data, entity):
        apart = latest_apart(data.results.series(measure.name, entity))
        if apart:
            yield _row(data, measure, *apart)


def _row(data: Data, measure: Measure, before: Point, now: Point) -> ChangeRow:
    unit = unit_of(measure, now)
    change, spread = (now.value.value or 0.0) - (before.value.value or 0.0), change_range(before, now, unit)
    written = f"{signed(spread.low, unit)} to {signed(spread.high, unit)}" if spread else None
    remark = None if _is_same_reporting(before, now) else "others report now than then; part of the change may be theirs"
    return ChangeRow(
        measure.title, number_of(data, measure, before), number_of(data, measure, now), signed(change, unit), written,
        _verdict(measure, change, spread), remark,
    )  # fmt: skip


def change_range(before: Point, now: Point, unit: Unit) -> Interval | None:
    """Return how far the change could be from what was measured; None where either number has no likely range.

    Shape    two periods that do not overlap. Who is in both makes the two alike: the range is then wider than need be
    Source   Zou and Donner 2008, equation 7: the squares of the distances to the near ends add up
    """
    one, other = possible(before.value.interval, unit), possible(now.value.interval, unit)
    old, new = before.value.value, now.value.value
    if one is None or other is None or old is None or new is None:
        return None
    down = ((new - other.low) ** 2 + (one.high - old) ** 2) ** 0.5
    up = ((other.high - new) ** 2 + (old - one.low) ** 2) ** 0.5
    return Interval(new - old - down, new - old + up, METHOD, other.of)


def _verdict(measure: Measure, change: float, spread: Interval | None) -> str:
    if spread is None or spread.low <= 0 <= spread.high:
        return SAME
    if measure.better == "neither":
        return MORE if change > 0 else LESS
    return BETTER if (change > 0) == (measure.better == "higher") else WORSE


def _is_same_reporting(before: Point, now: Point) -> bool:
    one, other = before.statistics, now.statistics
    if not one.expected or not other.expected:
        return True
    return abs(one.reporting / one.expected - other.reporting / other.expected) <= ALIKE


def _title(rows: list[ChangeRow]) -> str:
    sure = [row for row in rows if row.verdict != SAME]
    if not rows:
        return "Nothing can be compared yet: no measure has two periods apart from each other"
    if not sure:
        return f"Nothing surely changed: of {plural(len(rows), 'measure')}, each could have stayed as it was"
    first = next((row for row in sure if row.verdict == WORSE), sure[0])
    words = f"{first.title}: {first.change}, {first.verdict} than the period before"
    return words + (f"; {len(sure) - 1} more changed" if len(sure) > 1 else "")


def _came(data: Data, near: Collection[str]) -> tuple[NewData, ...]:
    """The newest reading of each source whose facts are about *near*."""
    ours = (each for each in data.sources if each.readings and any(rests.entity in near for rests in each.rests))
    return tuple(
        NewData(each.source, moment(data, each.readings[0].committed_at), each.readings[0].kept, each.readings[0].refused)
        for each in ours
    )


def _came_says(came: tuple[NewData, ...]) -> str:
    if not came:
        return "No source has given anything about it yet."
    parts = []
    for read in dict.fromkeys(each.read for each in came):
        new = [f"{write(each.kept, COUNT)} from {each.source}" for each in came if each.kept and each.read == read]
        parts.append(f"Read {read}: {f'new facts, {listed(new)}' if new else 'nothing new'}.")
    return " ".join(parts)
