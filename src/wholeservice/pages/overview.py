"""What moved since last time, and where most people can be won back: over all entities, worked out once a snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from wholeservice.draw.axes import signed
from wholeservice.draw.spark import Spark
from wholeservice.findings.base import Finding
from wholeservice.measures.base import Measure
from wholeservice.measures.results import Point
from wholeservice.pages.base import Data
from wholeservice.pages.listing import SERVICE
from wholeservice.pages.loss_part import basis_of, loss_title, people_words
from wholeservice.pages.numbers import Number, number_of, unit_of, when
from wholeservice.pages.remembered import Kept, remembered
from wholeservice.pages.series import compared, measured_points, spark_of
from wholeservice.units import COUNT, difference_unit, write

N_MOVED, N_WON = 8, 6
ALIKE = 0.02  # the same parts report in both periods, give or take 2 %


@dataclass(frozen=True, slots=True)
class Move:
    """A measure of an entity that surely changed between the last two like periods. `is_better` None: neither."""

    entity: str
    title: str
    measure: str
    measure_title: str
    before: Number
    now: Number
    change: str
    is_better: bool | None
    people: float | None  # how many people the change is about, in the newest period
    people_written: str | None
    spark: Spark


@dataclass(frozen=True, slots=True)
class WinBack:
    """A missed need whose loss is traced, or a finding: how many people a day could be won back there. `basis` says of when
    and of how many that is, and how sure."""

    entity: str
    title: str
    says: str
    gap: str
    people: str | None
    finding: int | None
    basis: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Moves, largest first; how many comparisons there were; how many moved only because others report now. `since` is
    what the numbers are compared with, in words."""

    moves: tuple[Move, ...]
    n_moved: int
    n_compared: int
    n_reporting_changed: int
    won_back: tuple[WinBack, ...]
    since: str = "last time"


_KEPT: Kept[Overview] = WeakKeyDictionary()


def overview(data: Data) -> Overview:
    """Return the overview of a snapshot and the periods asked for; it is kept, since every home page asks for it."""
    return remembered(_KEPT, data, _overview)


def _overview(data: Data) -> Overview:
    pairs = [pair for measure in data.measures.values() for pair in _pairs(data, measure)]
    moved = [pair for pair in pairs if _separates(*pair[2:])]
    alike = [pair for pair in moved if _same_reporting(*pair[2:])]
    largest = sorted(alike, key=lambda pair: _size(pair[0], *pair[2:]), reverse=True)[:N_MOVED]
    moves = tuple(_move(data, *pair) for pair in largest)
    against = data.results.against
    since = when(data, against) if against else "the period before" if data.results.period else "last time"
    return Overview(moves, len(alike), len(pairs), len(moved) - len(alike), tuple(_won_back(data))[:N_WON], since)


Pair = tuple[Measure, str, Point, Point]


def _pairs(data: Data, measure: Measure) -> Iterator[Pair]:
    """Yield each service with its last two like periods that do not overlap."""
    entities = data.organisation.entities
    for entity in sorted(data.results.entities(measure.name)):
        known = entities.get(entity)
        if known is None or known.kind != SERVICE:
            continue
        apart = compared(data.results, measure.name, entity)
        if apart:
            yield measure, entity, *apart


def _separates(before: Point, now: Point) -> bool:
    """Both ranges are known and do not touch."""
    one, other = before.value.interval, now.value.interval
    return one is not None and other is not None and (one.high < other.low or other.high < one.low)


def _same_reporting(before: Point, now: Point) -> bool:
    if not before.statistics.expected or not now.statistics.expected:
        return True
    earlier = before.statistics.reporting / before.statistics.expected
    return abs(now.statistics.reporting / now.statistics.expected - earlier) <= ALIKE


def _size(measure: Measure, before: Point, now: Point) -> tuple[bool, float]:
    """People first: how many the change is about; else how many times the usual spread it is."""
    people = _people(measure, before, now)
    if people is not None:
        return True, people
    spread = sum(each.value.interval.high - each.value.interval.low for each in (before, now) if each.value.interval)
    return False, abs(_change(before, now)) / spread if spread else 0.0


def _change(before: Point, now: Point) -> float:
    return (now.value.value or 0.0) - (before.value.value or 0.0)


def _people(measure: Measure, before: Point, now: Point) -> float | None:
    if measure.unit.kind == "share":
        return abs(_change(before, now)) * now.value.n
    return abs(_change(before, now)) if measure.unit.kind == "count" else None


def _move(data: Data, measure: Measure, entity: str, before: Point, now: Point) -> Move:
    change = _change(before, now)
    people = _people(measure, before, now)
    better = None if measure.better == "neither" else (change > 0) == (measure.better == "higher")
    return Move(
        entity, data.organisation.entities[entity].title, measure.name, measure.title, number_of(data, measure, before),
        number_of(data, measure, now), signed(change, unit_of(measure, now)), better, people,
        None if people is None else f"{write(round(people), COUNT)} people" if measure.unit.kind == "share" else None,
        spark_of(data, measure, measured_points(data.results, measure.name, entity)),
    )  # fmt: skip


def _won_back(data: Data) -> Iterator[WinBack]:
    """Open loss maps by people a day, then findings about services by people in their period."""
    maps = [each for each in data.loss_maps.values() if not each.why_no_map]
    for each in sorted(maps, key=lambda each: (-(each.people_per_day or 0.0), -each.gap)):
        entity = data.organisation.entities.get(each.entity)
        yield WinBack(
            each.entity,
            entity.title if entity else each.entity,
            loss_title(each),
            signed(-each.gap, each.unit),
            people_words(each),
            None,
            basis_of(data, each),
        )
    mapped = {(each.entity, each.need) for each in maps}
    for number, finding in enumerate(data.findings, 1):
        is_sized = finding.people is not None or (finding.size is not None and finding.need is not None)
        if is_sized and not finding.about_data and (finding.entity, finding.need) not in mapped:
            yield _of_finding(data, number, finding)


def _of_finding(data: Data, number: int, finding: Finding) -> WinBack:
    entity, spread = data.organisation.entities.get(finding.entity), finding.interval
    unit = None if finding.unit is None else difference_unit(finding.unit)
    people = None if finding.people is None else f"{write(finding.people, COUNT)} people"
    size = "" if finding.size is None or unit is None else write(finding.size, unit)
    likely = [f"likely {write(spread.low, unit)} to {write(spread.high, unit)}"] if spread and unit else []
    basis = "; ".join([*likely, when(data, finding.period)] if finding.period else likely)
    return WinBack(finding.entity, entity.title if entity else finding.entity, finding.title, size, people, number, basis)
