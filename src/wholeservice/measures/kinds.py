"""Kinds of people: what a number is broken down by on its own, not crossed with channel or one another.

A cell names one of them in `segment`: a kind of consumer as it is declared (`guest`), a device, an hour, a kind of work and a
rule by which something counts with their kind before them (`device:phone`, `hour:19`, `kind:defect`, `rule:told`). An hour is
that in which an attempt began or somebody was asked, by the clocks of the workspace's zone; it is told for months and rolling
windows, and not for weeks, which would multiply the numbers. Of a few measures rolling windows also tell the hours of each
channel (`Units.in_windows`). A path (`path:find > pay`) stands there too; it is of one service and never added to another's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wholeservice.derived.base import whole_seconds
from wholeservice.periods import CALENDAR

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable
    from ibis.expr.types import TimestampValue

    from wholeservice.facts.identity import FactTables

SEGMENT, DEVICE, HOUR, PATH, WORK_KIND, RULE = "segment", "device", "hour", "path", "kind", "rule"
KINDS = (SEGMENT, DEVICE, HOUR)  # of people
MARKED = (DEVICE, HOUR, PATH, WORK_KIND, RULE)
TOLD_BY = (*KINDS, PATH, WORK_KIND, RULE)
"""What a cell may name in `segment`: the kinds of people, the path they took (by one measure only), and of work."""
MOST_PATHS, OTHER_PATHS = 20, "(all others)"
"""So many paths are told of a service and period, which is what somebody reads; the rest counts under one name."""
MARK, TO = ":", "-"
A_WEEK_S, HOUR_S, HOURS = 8 * 86400, 3600, 24  # the week in which the clocks are turned back is no longer than eight days
CLOCK = tuple(f"{hour:02}" for hour in range(HOURS))


def kind_of(segment: str) -> str:
    """
    Return which kind of people the segment of a cell names.

    >>> kind_of("guest"), kind_of("device:phone"), kind_of("hour:19"), kind_of("path:find > pay")
    ('segment', 'device', 'hour', 'path')
    """
    kind, mark, _ = segment.partition(MARK)
    return kind if mark and kind in MARKED else SEGMENT


def what_of(segment: str) -> str:
    """
    Return which of its kind the segment of a cell names.

    >>> what_of("guest"), what_of("device:phone")
    ('guest', 'phone')
    """
    return segment if kind_of(segment) == SEGMENT else segment.partition(MARK)[2]


def hours_of(segment: str) -> tuple[str, ...]:
    """
    Return the hours that a segment names: one, or a span of them from its first to its last; none where it names no hour.

    >>> hours_of("hour:19"), hours_of(span_of("22", 4)), hours_of("guest"), hours_of("hour:noon")
    (('19',), ('22', '23', '00', '01'), (), ())
    """
    ends = what_of(segment).partition(TO) if kind_of(segment) == HOUR else ("", "", "")
    known = [int(each) for each in (ends[0], ends[2] or ends[0]) if each in CLOCK]
    return tuple(CLOCK[(known[0] + after) % HOURS] for after in range((known[1] - known[0]) % HOURS + 1)) if known[1:] else ()


def span_of(first: str, n: int) -> str:
    """
    Return the segment that names so many hours in a row; no measure stores it, `Results` adds it up.

    >>> span_of("23", 2), span_of("07", 1)
    ('hour:23-00', 'hour:07')
    """
    return HOUR + MARK + first + (TO + CLOCK[(int(first) + n - 1) % HOURS] if n > 1 else "")


def of_kind(segments: Iterable[str | None], kind: str) -> list[str]:
    """
    Return those segments that name this kind of people, each once, in their natural order.

    >>> of_kind(["hour:19", "guest", None, "hour:07", "device:phone"], "hour")
    ['hour:07', 'hour:19']
    """
    return sorted({each for each in segments if each and kind_of(each) == kind})


def with_hour(facts: FactTables, rows: IbisTable, moment: TimestampValue) -> IbisTable:
    """Add `hour`, two digits: that of *moment*, a column of the rows, by the clocks of the workspace's zone."""
    offsets = facts.offsets
    r = rows.mutate(hour_at_s=whole_seconds(moment))
    r = r.left_join(offsets, [r.hour_at_s >= offsets.from_s, r.hour_at_s < offsets.to_s])
    hour = ((r.hour_at_s + r.offset_s) / HOUR_S).floor() % HOURS
    return r.mutate(hour=hour.cast("int64").cast("string").lpad(2, "0")).drop("hour_at_s", *offsets.columns)


def named(rows: IbisTable, kind: str) -> IbisTable:
    """
    Return the units of which this kind is known, with it in `segment` as a cell names it.

    Shape    rows beside the period they count in. A kind of consumer that is called like a device, an hour or a path is left
             out, so that nobody is counted twice
    """
    import ibis

    known = rows.filter(rows[kind].notnull())
    if kind == SEGMENT:
        return known.filter(*(~known.segment.startswith(each + MARK) for each in MARKED))
    if kind == HOUR:
        known = longer_than_weeks(known)
    return known.mutate(segment=ibis.literal(kind + MARK).concat(known[kind]))


def longer_than_weeks(periods: IbisTable) -> IbisTable:
    """Keep rolling windows and months: weeks would multiply the numbers."""
    return periods.filter((periods.window != CALENDAR) | (_lasts_s(periods.from_at, periods.to_at) > A_WEEK_S))


def _lasts_s(from_at: TimestampValue, to_at: TimestampValue) -> IbisTable:
    return whole_seconds(to_at) - whole_seconds(from_at)
