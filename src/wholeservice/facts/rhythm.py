"""How regularly rows come: on which civil days, how far apart, and where they are lacking against their own habit.

Plain Python over days. No yardstick is fixed: a source that reports once a week is not late on a Tuesday, and one that never
reports on Sundays has no gap on Sundays. All thresholds are chosen so that chance alone speaks in fewer than 5 of 100
histories; tests/facts/test_rhythm.py counts that.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median, variance

from wholeservice.uncertainty import wilson

DAY = dt.timedelta(days=1)
BY_CHANCE = 0.05  # what would come about by chance in a whole history more often than this is no gap
MARGIN, GRACE = 1.5, 2  # how much longer than its longest usual silence a silence must be; and how many days at the least
MIN_REGULAR = 5  # days between reports that come regularly; of more frequent ones the counts of their weekdays say more
MANY, FEW = 10, 3  # distances that must be known: of any rhythm, of one that is regular
N_WEEKS, MIN_WEEKS = 16, 4  # like weekdays looked at on either side of a silence, and how many there must be
NEARLY_SURE = 0.05  # a day is expected to have rows when having none is no more likely than this


@dataclass(frozen=True, slots=True)
class Span:
    """Civil days in a row: from `first_on`, before `after_on`."""

    first_on: dt.date
    after_on: dt.date

    @property
    def n_days(self) -> int:
        return (self.after_on - self.first_on).days


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a source's rows come: the civil days that have any, and how far they lie apart.

    usual_days   median distance between days with rows; `long_days`: what 99 of 100 distances do not exceed
    late_after   days of silence after which it is late; None when too few distances are known to say
    """

    first_on: dt.date
    newest_on: dt.date
    n_days: int
    usual_days: float | None = None
    long_days: int | None = None
    late_after: float | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """Civil days without a row although rows usually come: from `first_on`, before `after_on`.

    n_expected   days among them on which rows are to be expected (of a source that never reports on Sundays: no Sundays)
    chance       how often such a silence would come about by chance somewhere in a history as long as this one; None where
                 chance has no part in it: counts over periods, and reports that come regularly
    """

    first_on: dt.date
    after_on: dt.date
    n_expected: int
    chance: float | None = None


def rhythm(days: Collection[dt.date]) -> Rhythm | None:
    """
    Return how far apart the days with rows lie; None without a day.

    A source is late after one and a half times its longest usual distance, and two days more than that at the least. Three
    distances suffice when they are alike, else ten: of fewer the longest says little.

    >>> monday = dt.date(2026, 1, 5)
    >>> weekly = rhythm({monday + dt.timedelta(weeks=week) for week in range(4)})
    >>> weekly.usual_days, weekly.long_days, weekly.late_after
    (7, 7, 10.5)
    """
    ordered = sorted(set(days))
    if not ordered:
        return None
    apart = sorted((after - before).days for before, after in pairwise(ordered))
    if not apart:
        return Rhythm(ordered[0], ordered[-1], len(ordered))
    usual, long = median(apart), apart[-(-len(apart) * 99 // 100) - 1]
    is_known = len(apart) >= MANY or (len(apart) >= FEW and long <= MARGIN * usual)
    late_after = max(MARGIN * long, long + GRACE) if is_known else None
    return Rhythm(ordered[0], ordered[-1], len(ordered), usual, long, late_after)


def gaps(counts: Mapping[dt.date, int]) -> tuple[Gap, ...]:
    """
    Return the gaps between the first and the last day with rows, longest first; *counts*: day -> its rows.

    A silence is a gap in two cases. Rows come by chance, and so long a silence hardly ever would: each day of it is held
    against the same weekday in the weeks around, of the side with fewer rows, as counts that vary more than chance do
    (negative binomial). Or reports come regularly, and one and a half distances went by.

    Source   chance of no event of a negative binomial with mean m and variance m * d: d ** (-m / (d - 1))
    """
    ordered = sorted(counts)
    n_days = (ordered[-1] - ordered[0]).days + 1 if ordered else 0
    regular = _regular(ordered)
    found = []
    for before, after in pairwise(ordered):
        if after - before == DAY:
            continue
        silence = Span(before + DAY, after)
        by_weekday = {weekday: _chance_of_none(counts, silence, weekday) for weekday in range(7)}
        days = list(days_of(silence))
        chance = min(1.0, math.prod(by_weekday[day.weekday()] for day in days) * n_days)
        if chance <= BY_CHANCE:
            sure = [day for day in days if by_weekday[day.weekday()] <= NEARLY_SURE] or days
            found.append(Gap(sure[0], sure[-1] + DAY, len(sure), chance))
        elif regular and (after - before).days > MARGIN * regular:
            found.append(Gap(silence.first_on, after, max(1, round((after - before).days / regular) - 1)))
    return _longest_first(found)


def holes(covered: Iterable[Span]) -> tuple[Gap, ...]:
    """Return the days between periods that no period covers, longest first."""
    merged = spans(covered)
    return _longest_first(
        Gap(before.after_on, after.first_on, (after.first_on - before.after_on).days) for before, after in pairwise(merged)
    )


def spans(parts: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans as few as can be, oldest first: those that touch or overlap are one.

    >>> day = dt.date(2026, 1, 1)
    >>> len(spans([Span(day, day + DAY), Span(day + DAY, day + 2 * DAY), Span(day + 3 * DAY, day + 4 * DAY)]))
    2
    """
    found: list[Span] = []
    for each in sorted(parts, key=lambda span: (span.first_on, span.after_on)):
        if found and each.first_on <= found[-1].after_on:
            found[-1] = Span(found[-1].first_on, max(found[-1].after_on, each.after_on))
        else:
            found.append(each)
    return tuple(found)


def days_of(span: Span) -> Iterator[dt.date]:
    """Yield the days of a span."""
    return (span.first_on + number * DAY for number in range(span.n_days))


def _regular(ordered: list[dt.date]) -> float | None:
    """Return the distance of reports that come regularly; None when they come at random or often."""
    apart = sorted((after - before).days for before, after in pairwise(ordered))
    if len(apart) <= FEW:
        return None
    usual, long = median(apart), apart[-(-len(apart) * 9 // 10) - 1]
    return long if usual >= MIN_REGULAR and long <= MARGIN * usual else None


def _chance_of_none(counts: Mapping[dt.date, int], silence: Span, weekday: int) -> float:
    """How likely a day like those of the silence has no row."""
    first, last = min(counts), max(counts)
    ahead, behind = (weekday - silence.after_on.weekday()) % 7, (silence.first_on.weekday() - 1 - weekday) % 7
    before = [silence.first_on - (1 + behind + 7 * week) * DAY for week in range(N_WEEKS)]
    after = [silence.after_on + (ahead + 7 * week) * DAY for week in range(N_WEEKS)]
    sides = [[counts.get(day, 0) for day in side if first <= day <= last] for side in (before, after)]
    sides = [side for side in sides if len(side) >= MIN_WEEKS]
    mean = min((fmean(side) for side in sides), default=0.0)
    is_known = len(sides) == 2 or silence.n_days < MIN_WEEKS * 7  # a single row of long ago is no habit
    if not mean or not is_known:
        return 1.0
    spread = max(variance(side) / fmean(side) for side in sides)
    fitted = math.exp(-mean * (math.log(spread) / (spread - 1) if spread > 1.001 else 1.0))
    n_none = sum(side.count(0) for side in sides)  # seen to be empty; once may be one outage more
    seen = wilson(n_none, sum(map(len, sides))) if n_none > 1 else None
    return max(fitted, seen.high if seen else 0.0)


def _longest_first(found: Iterable[Gap]) -> tuple[Gap, ...]:
    return tuple(sorted(found, key=lambda gap: (-gap.n_expected, gap.first_on)))
