"""The worst hours of a channel: surely below its own other hours, and below the same hours of the other channels.

So neither an hour that is bad everywhere nor a channel that is bad all day is named here: those are found by themselves.
Trouble does not keep to the strokes of a clock, hence spans of up to four hours are looked at, also over midnight. The worst of
them is that of its channel: its chance is multiplied by how many were looked at (Bonferroni), and judged with all else there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from wholeservice.measures.against_others import Group, chance_of
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.kinds import CLOCK, hours_of, span_of

MOST_HOURS = 4
ByHour = Mapping[str, Mapping[str, Statistics]]


@dataclass(frozen=True, slots=True)
class Span:
    """Some hours of a channel beside its other hours, or beside these hours elsewhere: whichever they are less surely below."""

    channel: str
    segment: str
    group: Group
    chance: float


def worst_hours(cells: Mapping[Cell, Statistics], whole: Statistics, ends: tuple[float, float]) -> Iterator[Span]:
    """Yield of each channel the span of hours that is the most surely worse, few people left out.

    Shape    cells: of a single channel and hour each, over one period; ends: the worst and the best that one unit can be
    """
    by: dict[str, dict[str, Statistics]] = {}
    for cell, sums in cells.items():
        by.setdefault(cell.channel or "", {})[hours_of(cell.segment or "")[0]] = sums
    for channel in sorted(by):
        spans = list(_spans(by, channel, whole, ends))
        if spans:
            worst = min(spans, key=lambda each: each.chance)
            yield replace(worst, chance=min(1.0, worst.chance * len(spans)))


def _spans(by: ByHour, channel: str, whole: Statistics, ends: tuple[float, float]) -> Iterator[Span]:
    here = _sum(by[channel], CLOCK)
    for first in range(len(CLOCK)):
        for n in range(1, MOST_HOURS + 1):
            segment = span_of(CLOCK[first], n)
            hours = hours_of(segment)
            if hours[0] not in by[channel] or hours[-1] not in by[channel]:  # the same people as in a shorter span
                continue
            own = _sum(by[channel], hours)
            elsewhere = reduce(add, (_sum(sums, hours) for other, sums in by.items() if other != channel), Statistics())
            groups = [Group(own, others, whole) for others in (here - own, elsewhere)]
            if not any(each.is_few for each in groups):
                yield _least_sure(channel, segment, groups, ends)


def _least_sure(channel: str, segment: str, groups: list[Group], ends: tuple[float, float]) -> Span:
    """To lie below both, each has to be sure: the greater chance is that of both (an intersection-union test)."""
    chance, at = max((_chance(each, ends), at) for at, each in enumerate(groups))
    return Span(channel, segment, groups[at], chance)


def _chance(group: Group, ends: tuple[float, float]) -> float:
    own, others = group.own, group.others
    is_below = own.numerator * others.denominator < others.numerator * own.denominator
    return chance_of(group, ends) if is_below else 1.0


def _sum(sums: Mapping[str, Statistics], hours: tuple[str, ...]) -> Statistics:
    return reduce(add, (sums[hour] for hour in hours if hour in sums), Statistics())
