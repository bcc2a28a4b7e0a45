"""What changed: each measure's newest period against the one before that it does not overlap, and what new data came.

Asked to compare two periods, it also compares what each need is held against and every step, over these two.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from wholeservice.draw.axes import signed
from wholeservice.findings.target_result import measure_of
from wholeservice.measures.asked import unasked
from wholeservice.measures.base import Measure
from wholeservice.measures.results import Point
from wholeservice.organisation import graph
from wholeservice.pages.base import Data
from wholeservice.pages.listing import measures_of, needs_of
from wholeservice.pages.need_rows import target_words
from wholeservice.pages.numbers import Number, listed, number_of, plural, possible, unit_of, when
from wholeservice.pages.series import compared
from wholeservice.pages.sources_part import moment
from wholeservice.pages.split_part import Split, splits_of
from wholeservice.periods import Period
from wholeservice.uncertainty import Interval
from wholeservice.units import COUNT, Unit, difference_unit, write, write_range

BETTER, WORSE, MORE, LESS, SAME = "better", "worse", "more", "less", "cannot tell"
LEAST_ROWS = 5
METHOD = "from both likely ranges"
NEWEST = "The newest period beside the last one before it that it does not overlap."
UNEQUAL = 0.05  # a month is about as long as another, a week is not
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
    detail: str | None = None  # the target of a need, the measure at a step


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Rows of one sort: what needs are held against, or the steps."""

    title: str
    rows: tuple[ChangeRow, ...]


@dataclass(frozen=True, slots=True)
class _Where:
    """What is compared, and how its row is called."""

    measure: Measure
    title: str
    detail: str | None = None
    step: str | None = None
    channel: str | None = None
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class NewData:
    """What the newest reading of a source brought."""

    source: str
    read: str  # when
    kept: int
    refused: int


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """The changes, those that are sure first, and what new data came with the newest reading of each source.

    Of two periods that were asked for: `groups` are needs and steps, `without` what one of the two has no number for.
    """

    title: str
    rows: tuple[ChangeRow, ...]
    came: tuple[NewData, ...]
    came_says: str
    reading: str = NEWEST
    groups: tuple[ChangeGroup, ...] = field(default=())
    without: tuple[str, ...] = ()
    splits: tuple[Split, ...] = ()  # why the whole changed

    @property
    def first(self) -> tuple[ChangeRow, ...]:
        """The rows that surely changed, and so many of the others as make a table."""
        return self.rows[: max(LEAST_ROWS, sum(row.verdict != SAME for row in self.rows))]

    @property
    def others(self) -> tuple[ChangeRow, ...]:
        """The rest, of which nothing surely changed."""
        return self.rows[len(self.first) :]


def changed_part(data: Data, entity: str, near: Collection[str]) -> ChangedPart:
    """Return what changed of an entity; *near* are the entities whose sources are its sources."""
    whole = [_Where(each, each.title) for each in measures_of(_of_all(data), entity)]
    rows = sorted(_rows(data, entity, whole), key=lambda row: row.verdict == SAME)
    came, splits = _came(data, near), splits_of(data, entity)
    if data.results.against is None:
        return ChangedPart(_title(rows), tuple(rows), came, _came_says(came), _reading(data), splits=splits)
    needs, steps = list(_of_needs(data, entity)), list(_of_steps(data, entity))
    groups = (
        ChangeGroup("What each need is held against", tuple(_rows(data, entity, needs))),
        ChangeGroup("Step by step", tuple(_rows(data, entity, steps))),
    )
    return ChangedPart(
        _title(rows, _than(data)), tuple(rows), came, _came_says(came), _reading(data),
        tuple(each for each in groups if each.rows), tuple(_without(data, entity, (*whole, *needs, *steps))), splits,
    )  # fmt: skip


def _of_all(data: Data) -> Data:
    return replace(data, results=unasked(data.results))


def _rows(data: Data, entity: str, places: Iterable[_Where]) -> Iterator[ChangeRow]:
    for each in places:
        points = _compared(data, entity, each)
        if points:
            yield _row(data, each, *points)


def _compared(data: Data, entity: str, at: _Where) -> tuple[Point, Point] | None:
    return compared(data.results, at.measure.name, entity, step=at.step, channel=at.channel, segment=at.segment)


def _of_needs(data: Data, entity: str) -> Iterator[_Where]:
    for need in needs_of(data, entity):
        for target in need.targets:
            measure = measure_of(data.results, target) if target.quantile is None else None
            if measure is not None:
                words = target_words(data, target)
                yield _Where(measure, f"“{need.says}”", words, target.step, target.channel, target.consumer)


def _of_steps(data: Data, entity: str) -> Iterator[_Where]:
    """Yield each step of the journey with each measure that has numbers there."""
    found = data.organisation.entities.get(entity)
    for step in graph.leaves(found.journey) if found else ():
        measured = (each for each in data.measures.values() if step.id in data.results.steps(each.name, entity))
        yield from (_Where(each, step.title, each.title, step.id) for each in measured)


def _than(data: Data) -> str:
    return f"in {when(data, data.results.against)}" if data.results.against else "the period before"


def _reading(data: Data) -> str:
    period, against = data.results.period, data.results.against
    if period and against:
        return f"{when(data, period)} beside {when(data, against)}, as you asked.{_caution(period, against)}"
    if against:
        return f"{when(data, against)} beside the newest period like it, as you asked."
    return f"{when(data, period)} beside the last like period before it that it does not overlap." if period else NEWEST


def _caution(one: Period, other: Period) -> str:
    """What a reader of these two periods must bear in mind."""
    words = ""
    if abs(one.days - other.days) > UNEQUAL * max(one.days, other.days):
        lengths = f"{plural(round(one.days), 'day')} and {plural(round(other.days), 'day')}"
        words += f" They are {lengths} long: counts differ by that."
    if one.from_at < other.to_at and other.from_at < one.to_at:
        words += " They overlap: what happened in both is in both numbers."
    return words


def _without(data: Data, entity: str, places: Iterable[_Where]) -> Iterator[str]:
    """Name what one of the two periods has no number for."""
    for each in places:
        if _compared(data, entity, each) is None:
            yield f"{each.title}, {each.detail}" if each.detail else each.title


def _row(data: Data, at: _Where, before: Point, now: Point) -> ChangeRow:
    measure, unit = at.measure, unit_of(at.measure, now)
    change, spread = (now.value.value or 0.0) - (before.value.value or 0.0), change_range(before, now, unit)
    written = write_range(spread.low, spread.high, difference_unit(unit), signed=True) if spread else None
    remark = None if _is_same_reporting(before, now) else "others report now than then; part of the change may be theirs"
    return ChangeRow(
        at.title, number_of(data, measure, before), number_of(data, measure, now), signed(change, unit), written,
        _verdict(measure, change, spread), remark, at.detail,
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


def _title(rows: list[ChangeRow], than: str = "the period before") -> str:
    sure = [row for row in rows if row.verdict != SAME]
    if not rows and than != "the period before":
        return "No measure of the whole can be compared: none has a number for both periods"
    if not rows:
        return "Nothing can be compared yet: no measure has two periods apart from each other"
    if not sure:
        return f"Nothing surely changed: of {plural(len(rows), 'measure')}, each could have stayed as it was"
    first = next((row for row in sure if row.verdict == WORSE), sure[0])
    words = f"{first.title}: {first.change}, {first.verdict} than {than}"
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
