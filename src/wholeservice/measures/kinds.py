"""Kinds of people: what a number is broken down by on its own, never crossed with step, channel or one another.

A cell names one of them in `segment`: a kind of consumer as it is declared (`guest`), a device, an hour, a kind of work and a
rule by which something counts with their kind before them (`device:phone`, `hour:19`, `kind:defect`, `rule:told`). An hour is
that in which an attempt began or somebody was asked, by the clocks of the workspace's zone; it is told for months and rolling
windows, and not for weeks, which would multiply the numbers.
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

SEGMENT, DEVICE, HOUR, WORK_KIND, RULE = "segment", "device", "hour", "kind", "rule"
KINDS = (SEGMENT, DEVICE, HOUR)  # of people
MARKED = (DEVICE, HOUR, WORK_KIND, RULE)
MARK = ":"
A_WEEK_S, HOUR_S, HOURS = 8 * 86400, 3600, 24  # the week in which the clocks are turned back is no longer than eight days


def kind_of(segment: str) -> str:
    """
    Return which kind of people the segment of a cell names.

    >>> kind_of("guest"), kind_of("device:phone"), kind_of("hour:19")
    ('segment', 'device', 'hour')
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

    Shape    rows beside the period they count in. A kind of consumer that is called like a device or an hour is left out, so
             that nobody is counted twice
    """
    import ibis

    known = rows.filter(rows[kind].notnull())
    if kind == SEGMENT:
        return known.filter(*(~known.segment.startswith(each + MARK) for each in MARKED))
    if kind == HOUR:
        known = known.filter((known.window != CALENDAR) | (_lasts_s(known.from_at, known.to_at) > A_WEEK_S))
    return known.mutate(segment=ibis.literal(kind + MARK).concat(known[kind]))


def _lasts_s(from_at: TimestampValue, to_at: TimestampValue) -> IbisTable:
    return whole_seconds(to_at) - whole_seconds(from_at)
