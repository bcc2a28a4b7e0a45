"""What pages say of a source: how new its facts are and whether that is late by its own rhythm, in words with their dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from wholeservice.facts.quality import Reading, SourceQuality
from wholeservice.findings.sources import day, every
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import plural


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One reading of a source: when, and what became of its rows; they add up to `read`."""

    when: str
    run: str
    read: int
    kept: int
    known: int
    superseded: int
    refused: int
    deleted: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source in a list. `is_late` None: too little is known of its rhythm; `newest` None: no fact of it has a day."""

    name: str
    kind: str | None
    n_facts: int
    first: str | None
    newest: str | None
    freshness: str
    is_late: bool | None
    reading: ReadingRow | None
    n_names: int
    n_known: int
    n_waiting: int
    n_with_name: int
    days_missing: int | None
    days_expected: int
    quarantined: int


def source_row(data: Data, source: SourceQuality) -> SourceRow:
    """Return the row of a source."""
    rhythm, declared = source.rhythm, data.declarations.get(source.source)
    first_on = source.spans[0].first_on if source.spans else None
    there = sum(each.n_days for each in source.spans)
    newest = source.readings[0] if source.readings else None
    return SourceRow(
        source.source, declared.kind if declared else None, source.n_rows, day(first_on) if first_on else None,
        day(rhythm.newest_on) if rhythm else None, freshness(source), source.is_late,
        reading_row(data, newest) if newest else None, source.names.of, source.names.n, source.waiting.n, source.waiting.of,
        source.missing_days if rhythm else None, there + source.missing_days, newest.quarantined if newest else 0,
    )  # fmt: skip


def reading_row(data: Data, reading: Reading) -> ReadingRow:
    """Return the row of a reading."""
    return ReadingRow(
        moment(data, reading.committed_at), reading.run, reading.read, reading.kept, reading.known, reading.superseded,
        reading.refused, reading.deleted, reading.quarantined,
    )  # fmt: skip


def freshness(source: SourceQuality) -> str:
    """Say whether a source is late by its own rhythm, and against which day."""
    rhythm = source.rhythm
    if not source.n_rows:
        return "nothing has come from it yet"
    if rhythm is None:
        return "what it says holds until it says otherwise"
    if rhythm.usual_days is None:
        return "facts of a single day: it has no rhythm yet"
    usual = f"usually {every(rhythm.usual_days)}"
    if source.is_late is None:
        return f"{usual}, on {plural(rhythm.n_days, 'day')} so far: too few to say what is late"
    if not source.is_late:
        return f"{usual}: not late"
    return f"late: silent for {plural(source.silent_days or 0, 'day')} up to {day(source.compared_on)}, {usual}"


@dataclass(frozen=True, slots=True)
class LateSource:
    """A source that is late by its own rhythm, and in words how late."""

    name: str
    says: str


def late_sources(data: Data, entities: Collection[str]) -> tuple[LateSource, ...]:
    """Return the late sources on which numbers of some entities rest."""
    late = (each for each in data.sources if each.is_late)
    return tuple(
        LateSource(each.source, freshness(each)) for each in late if any(rests.entity in entities for rests in each.rests)
    )


def days(first_on: dt.date, after_on: dt.date) -> str:
    """Write days in a row; the end is exclusive.

    >>> days(dt.date(2026, 7, 3), dt.date(2026, 7, 15)), days(dt.date(2026, 7, 3), dt.date(2026, 7, 4))
    ('3 Jul 2026 to 14 Jul 2026', '3 Jul 2026')
    """
    last_on = after_on - dt.timedelta(days=1)
    return day(first_on) if last_on <= first_on else f"{day(first_on)} to {day(last_on)}"


def moment(data: Data, at: dt.datetime) -> str:
    """Write an instant in the zone of the workspace."""
    local = at.astimezone(ZoneInfo(data.zone))
    return f"{local.day} {local:%b %Y, %H:%M}"
