"""How good the facts of each source are: fresh, without gaps, told once, named, read, filled in; and what changed last.

Every yardstick is the source's own: what is late or lacking is said against how the source usually reports. What stands
here is plain data that pages and findings read; `assessment` computes it from the facts of one run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wholeservice.facts.rhythm import Gap, Rhythm, Span
from wholeservice.mapping.quarantine import Reason

if TYPE_CHECKING:
    from wholeservice.facts.runs import Run

MAX_READINGS = 30  # that are remembered of a source, the newest


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many. `value` is None where there is nothing it could be a share of.

    >>> Share(1, 4).value, Share(0, 0).value
    (0.25, None)
    """

    n: int
    of: int

    @property
    def value(self) -> float | None:
        return self.n / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Declaration:
    """Where a source is declared: the kind of source, and file and line."""

    kind: str
    place: str


@dataclass(frozen=True, slots=True)
class TableRows:
    """The facts of a source in one table: those that stand, and those of them that its newest reading brought."""

    table: str
    n_rows: int
    n_new: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """Facts that stand under two records, or in two sources (`other` is then the other one): they may count twice.

    n_rows     facts that say nothing new; `of`: the facts that were compared, of this source in that table
    is_sample  not all were compared: a share of all facts, the same for every source
    one, two   two of the records, as an example; `two` is the other source's where there is one
    """

    table: str
    other: str
    n_rows: int
    of: int
    is_sample: bool
    one: str
    two: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that stands for nothing in the organisation, the rows that wait for it, and the known name that is nearest.
    `step_of`: it is the name of a step, and the journey of this entity has none of it; `nearest` is one of its steps."""

    name: str
    n_rows: int
    nearest: str | None = None
    step_of: str | None = None


@dataclass(frozen=True, slots=True)
class Rests:
    """An entity whose numbers rest on a source, on how many of its rows, and the steps of its journey that these name."""

    entity: str
    n_rows: int
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Emptied:
    """A column that the newest reading hardly fills any more: cells filled of rows, in it and in the readings before."""

    table: str
    column: str
    newest: Share
    before: Share


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of the rows at one reading, as its run noted it; read = kept + known + superseded + refused."""

    run: str
    committed_at: dt.datetime
    read: int
    kept: int
    known: int
    superseded: int
    refused: int
    deleted: int
    quarantined: int  # cells and rows


@dataclass(frozen=True, slots=True)
class SourceQuality:
    """The quality of one source's facts as of a run.

    run, as_of    the run, and when it was committed; `as_of_on` its civil day
    compared_on   the day up to which silence is counted. For a source that was seen to follow the calendar it is the day of
                  the run; for one that was read once or twice, the newest day any source speaks of: a history is not late
    lag_days      how old its newest facts usually are when they come; not counted as silence. Known, as is
                  `follows_calendar`, once three readings brought newer facts
    spans         days with facts, or that its periods cover, oldest first
    gaps          longest first
    names         names its facts use that stand for an entity, or for a step of a journey, of all names; `waiting`: rows
                  with a name that stands for none
    unknown       most rows first, a few of them; `rests`: most rows first, all of them
    readings      newest first; `reasons`: why cells and rows stand in quarantine, commonest first, counted in `n_looked`
                  of them
    """

    source: str
    run: str
    as_of: dt.datetime
    as_of_on: dt.date
    compared_on: dt.date
    lag_days: int = 0
    follows_calendar: bool = False
    tables: tuple[TableRows, ...] = ()
    rhythm: Rhythm | None = None
    spans: tuple[Span, ...] = ()
    gaps: tuple[Gap, ...] = ()
    repeated: tuple[Repeated, ...] = ()
    names: Share = Share(0, 0)
    waiting: Share = Share(0, 0)
    unknown: tuple[Unknown, ...] = ()
    rests: tuple[Rests, ...] = ()
    emptied: tuple[Emptied, ...] = ()
    readings: tuple[Reading, ...] = ()
    reasons: tuple[Reason, ...] = ()
    n_looked: int = 0

    def on(self, today: dt.date) -> SourceQuality:
        """Return the same as judged on a later day; a source that does not follow the calendar is judged as before."""
        return replace(self, compared_on=max(today, self.compared_on)) if self.follows_calendar else self

    @property
    def n_rows(self) -> int:
        return sum(each.n_rows for each in self.tables)

    @property
    def n_new(self) -> int:
        return sum(each.n_new for each in self.tables)

    @property
    def silent_days(self) -> int | None:
        """For how many days there was nothing, beyond what it always takes; None when no fact has a day."""
        return None if self.rhythm is None else max(0, (self.compared_on - self.rhythm.newest_on).days - self.lag_days)

    @property
    def is_late(self) -> bool | None:
        """Say whether it has been silent for longer than it ever usually is; None when too little is known of its rhythm."""
        if self.rhythm is None or self.rhythm.late_after is None or self.silent_days is None:
            return None
        return self.silent_days > self.rhythm.late_after

    @property
    def missing_days(self) -> int:
        """Days inside its extent on which facts usually come, and none did."""
        return sum(each.n_expected for each in self.gaps)


def readings_of(runs: Sequence[Run]) -> dict[str, tuple[Reading, ...]]:
    """Return source -> its readings, newest first; *runs* are oldest first. A reading that changed nothing made no run."""
    found: dict[str, list[Reading]] = {}
    for run in reversed(runs):
        for counts in run.counts:
            readings = found.setdefault(str(counts["source"]), [])
            if len(readings) < MAX_READINGS:
                readings.append(_reading(run, counts))
    return {source: tuple(readings) for source, readings in found.items()}


def _reading(run: Run, counts: Mapping[str, object]) -> Reading:
    names = ("read", "kept", "known", "superseded", "refused", "deleted", "quarantined")
    numbers = (counts.get(name) for name in names)
    return Reading(run.id, run.committed_at, *(each if isinstance(each, int) else 0 for each in numbers))
