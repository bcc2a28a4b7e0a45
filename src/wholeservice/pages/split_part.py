"""Why a measure of the whole changed: within its channels (or kinds of people), by how many come by each, by who is counted.

The three add up to the change exactly (`measures.kpi_change`). Nothing is said where channels do not add up to the whole: then
somebody is counted in two of them, or a source counts the whole by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose

from wholeservice.draw.axes import signed
from wholeservice.measures.asked import unasked
from wholeservice.measures.base import Cell, Measure, Statistics
from wholeservice.measures.kpi_change import Change, Ratio, change, half_range
from wholeservice.measures.results import Point
from wholeservice.organisation.kinds import CONSUMER
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import listed, unit_of
from wholeservice.pages.series import compared
from wholeservice.units import Unit

MEASURES = {"completion": "come", "satisfaction": "answer"}  # what people do who are counted
SMALLEST = 1e-9  # what is left of a sum that should be nothing
Sums = dict[str, Statistics]
Words = tuple[str, str]
"""What a part is, and why or where most of it; the latter is said only where chance does not explain the part."""


@dataclass(frozen=True, slots=True)
class SplitPart:
    """One part of a change; `range_written` None: how far off it could be is not known."""

    title: str
    value: float
    written: str
    says: str
    range_written: str | None


@dataclass(frozen=True, slots=True)
class Split:
    """A change of the whole in parts that add up to `total` exactly; `words` say it in one sentence."""

    title: str
    total: float
    words: str
    parts: tuple[SplitPart, ...]


@dataclass(frozen=True, slots=True)
class _By:
    """How a whole is cut: its words, and how one piece of it is named."""

    title: str
    within: str  # the pieces together
    mix: str  # how many are in each
    coverage: str  # which of them are counted
    among: str  # before the name of one piece
    nothing: str  # the piece of whom it is not known
    more: tuple[str, str]  # more, and fewer, are in a piece; {does} is what they do there


CHANNEL = _By(
    "by channel", "within channels", "by how many {does} by each", "by which channels are counted", "in", "no known channel",
    ("more {does} by", "fewer {does} by"),
)  # fmt: skip
SEGMENT = _By(
    "by kind of people", "within kinds of people", "by how many of each {does}", "by which kinds are counted", "among",
    "those of no known kind", ("more of them are", "fewer of them are"),
)  # fmt: skip


def splits_of(data: Data, entity: str) -> tuple[Split, ...]:
    """Return the change of completion and of satisfaction, each by channel and by kind of people, as far as facts tell."""
    measures = [data.measures[name] for name in MEASURES if name in data.measures]
    found = (_split(data, entity, measure, by) for measure in measures for by in (CHANNEL, SEGMENT))
    return tuple(each for each in found if each)


def _split(data: Data, entity: str, measure: Measure, by: _By) -> Split | None:
    points = compared(data.results, measure.name, entity)
    before, after = (_pieces(data, measure, each, by) for each in points) if points else (None, None)
    found = change(_ratios(before), _ratios(after)) if before and after else None
    if points is None or before is None or after is None or found is None or found.n_matched < 2:
        return None
    whole = (points[1].value.value or 0.0) - (points[0].value.value or 0.0)
    if not isclose(found.total, whole, abs_tol=SMALLEST):
        return None
    unit = unit_of(measure, points[1])
    parts = tuple(_parts(measure, found, (before, after), by, unit))
    words = "; ".join(f"{each.written} {each.says}" for each in parts)
    return Split(f"{measure.title}, {by.title}", found.total, f"Of {signed(found.total, unit)}: {words}.", parts)


def _pieces(data: Data, measure: Measure, whole: Point, by: _By) -> Sums | None:
    """The sums of each channel in the period of the whole, and of what is left; None where they are more than the whole."""
    cell, found, left = whole.cell, dict[str, Statistics](), whole.statistics
    results = unasked(data.results)
    for title, channel, segment in _names(data, measure, cell.entity, by):
        for each, sums in results.rows(measure.name, cell.entity, channel=channel, segment=segment):
            if sums.denominator > 0 and _when(each) == _when(cell):
                found[title], left = sums, left - sums
    slack = SMALLEST * max(1.0, whole.statistics.denominator)
    if min(left.denominator, left.numerator, left.denominator - left.numerator) < -slack:
        return None
    return found | ({by.nothing: left} if left.denominator > slack else {})


def _names(data: Data, measure: Measure, entity: str, by: _By) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield each piece there could be: its title, and the channel or the kind of consumer by which it is looked up."""
    if by is CHANNEL:
        yield from ((name, name, None) for name in sorted(unasked(data.results).channels(measure.name, entity)))
    else:
        everything = data.organisation.entities.values()
        yield from ((each.title, None, each.id) for each in everything if each.kind == CONSUMER)


def _when(cell: Cell) -> tuple[object, ...]:
    return (cell.from_at, cell.to_at, cell.window)


def _ratios(sums: Sums) -> dict[str, Ratio]:
    return {name: (each.numerator, each.denominator) for name, each in sums.items()}


def _parts(measure: Measure, found: Change, sides: tuple[Sums, Sums], by: _By, unit: Unit) -> Iterator[SplitPart]:
    """Within and mix always; who is counted only where that is not the same."""
    halves = [half_range(*sides, part) for part in (_within, _mix, _coverage)]
    says = (_within_words(found, by), _mix_words(measure, found, sides, by), _coverage_words(sides, by))
    for value, words, half in zip((found.within, found.mix, found.coverage), says, halves, strict=True):
        if words:
            value = 0.0 if abs(value) < SMALLEST else value
            is_chance = half is not None and abs(value) <= half
            spread = None if half is None else f"{signed(value - half, unit)} to {signed(value + half, unit)}"
            said = f"{words[0]} (could be chance)" if is_chance else _said(*words)
            yield SplitPart(words[0], value, signed(value, unit), said, spread)


def _said(what: str, why: str) -> str:
    """Say why where it is known; who comes, and who is counted, is then said by it: `because more come by phone`."""
    return why if why.startswith("because") else f"{what}, {why}" if why else what


def _within(found: Change) -> float:
    return found.within


def _mix(found: Change) -> float:
    return found.mix


def _coverage(found: Change) -> float:
    return found.coverage


def _within_words(found: Change, by: _By) -> Words:
    most = max(found.parts, key=lambda each: each.within * (1 if found.within >= 0 else -1))
    return by.within, f"most {by.among} {most.entity}" if abs(found.within) > SMALLEST else ""


def _mix_words(measure: Measure, found: Change, sides: tuple[Sums, Sums], by: _By) -> Words:
    """Name the piece that moved most the way the whole was moved; more of a low one, or fewer of a high one, is a fall."""
    plain = by.mix.format(does=MEASURES[measure.name])
    if abs(found.mix) <= SMALLEST:
        return plain, ""
    most = max(found.parts, key=lambda each: each.mix * (1 if found.mix >= 0 else -1)).entity
    before, after = (_share(side, most, sides) for side in sides)
    words = by.more[0 if after > before else 1].format(does=MEASURES[measure.name])
    return plain, f"because {words} {most}"


def _share(side: Sums, name: str, sides: tuple[Sums, Sums]) -> float:
    both = sides[0].keys() & sides[1].keys()
    return side[name].denominator / sum(side[each].denominator for each in both)


def _coverage_words(sides: tuple[Sums, Sums], by: _By) -> Words | None:
    before, after = sides
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    words = [f"nobody is counted {by.among} {listed(gone)} any more"] if gone else []
    words += [f"{listed(come)} {'is' if len(come) == 1 else 'are'} counted only now"] if come else []
    return (by.coverage, "because " + " and ".join(words)) if words else None
