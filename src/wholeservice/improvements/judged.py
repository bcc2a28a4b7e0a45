"""What a verdict says: of one number, by how much it moved since a change reached people, and what else could explain that."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wholeservice.improvements.base import Number
from wholeservice.units import Unit

PROMISED_NUMBER, JUDGED_BY_NUMBER, ALSO_WORSE = "promised", "judged by", "also worse"
RELEASE, INCIDENT, IMPROVEMENT, LOSS = "release", "incident", "improvement", "loss"


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to an entity: a release, an incident or a loss that began, with the id its source gives it."""

    kind: str
    entity: str
    at: dt.datetime
    id: str
    until: dt.datetime | None = None  # of an incident: when it ended; None: it is still open, as far as anybody wrote down


@dataclass(frozen=True, slots=True)
class Rival:
    """
    What else could have moved the number: so many releases, incidents or losses of an entity near the start, or an improvement.

    `is_coincident`: it came within a period of the start and touches the very number or place, so that only something beside it
    could tell the two apart. `until` is when the last of its incidents ended; None where one has not, and of all else.
    """

    kind: str
    of: str  # the entity; of an improvement its id
    n: int
    first_at: dt.datetime
    is_coincident: bool = False
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """One period as it is drawn: the value with its likely range, and what it would have been without the change."""

    from_at: dt.datetime
    to_at: dt.datetime
    value: float
    low: float
    high: float
    n: float
    is_after: bool
    expected: float | None = None
    expected_low: float | None = None
    expected_high: float | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """
    A verdict on one number of one improvement.

    `effect`, `low` and `high` are positive for the better, in `unit`; `value` is what was measured since the start, `expected`
    what trend and season would have had it be. `worth` is the smallest effect worth having, `worth_from` says who says so.
    `n_alarms` of `n_dates` earlier dates, at which nothing was changed, would have been called a change (the widening is in the
    interval). `why` says why there is no verdict yet, or why it is unclear.
    """

    improvement: str
    number: Number
    role: str
    verdict: str
    why: str | None
    unit: Unit
    started_at: dt.datetime | None
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    chance: float | None = None
    value: float | None = None
    expected: float | None = None
    n_before: int = 0  # periods
    n_after: int = 0
    n: float = 0.0  # units counted since the start
    n_units_before: float = 0.0
    from_at: dt.datetime | None = None  # of what was counted since the start
    to_at: dt.datetime | None = None
    days: int = 0  # of a period
    promised: float | None = None
    worth: float | None = None
    worth_from: str = ""
    n_dates: int = 0
    n_alarms: int = 0
    widened: float = 1.0
    compared_with: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()  # why a service that was named is not compared with
    n_young: int = 0
    has_year: bool = False  # a season of the year is in the model
    rivals: tuple[Rival, ...] = ()
    n_left_out: int = 0  # periods of incidents that are over, which are in neither side
    points: tuple[SeriesPoint, ...] = ()
