"""
Verify: did an improvement move the numbers it names, for the better or the worse, here or elsewhere?

What it looks at   each number that was promised or named as a judge, before and after the change reached people, beside its own
                   trend and season (`interrupted`), and less that of a service that did not change, where one is named and ran
                   parallel before. Then every other measure of the entities named, of what they are in and of what uses them
Verdicts           no effect: the whole interval lies within the smallest effect worth having; improved or worse: it lies on one
                   side of 0; unclear: neither; still measuring: too few periods since the start
False alarms       the same look at every earlier date, at which nothing was changed, says how often this very series would have
                   been called a change; where that is more than 1 in 20, the interval is widened until it is not
It is no cause     an effect is association with a date. Releases and incidents of the same days and other improvements with the
                   same number are named as what else it could be. Where one of them is of the very place or number and nothing
                   it is compared with had it too, the verdict is unclear; the periods of an incident that is over are left out
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf

from wholeservice.improvements.base import (
    IMPROVED,
    NO_EFFECT,
    STILL_MEASURING,
    UNCLEAR,
    VERDICT,
    WORSE,
    Entry,
    Improvement,
    Number,
)
from wholeservice.improvements.interrupted import (
    LEAST_AFTER,
    LEAST_BEFORE,
    Change,
    Expected,
    can_tell,
    change_since,
    dates_to_try,
    expected_without,
    placebo,
    slope_of,
)
from wholeservice.improvements.judged import JUDGED_BY_NUMBER, PROMISED_NUMBER, Judged, SeriesPoint
from wholeservice.improvements.looked import Looked
from wholeservice.improvements.numbers import change_units, number_words
from wholeservice.improvements.rivals import not_taken_off, nothing_tells_apart, rivals_of, without_what_is_over
from wholeservice.improvements.series import Series, Split, less, n_season, periods_of, series_of, split_at
from wholeservice.improvements.worth import promised_of, worth_of
from wholeservice.measures.base import Measure
from wholeservice.measures.results import NEVER_BELOW_0
from wholeservice.uncertainty import Z_95
from wholeservice.units import COUNT, money

NEITHER = "neither"  # what a measure says of itself where more of it is no better than less
NO_DIRECTION = "whether more or less of it is better is not said: name a number of which it is"
WORDS_OF_DAYS = {1: "day", 7: "week", 30: "month", 91: "quarter"}


def judge(looked: Looked, improvement: Improvement) -> tuple[Judged, ...]:
    """Return a verdict on every number that an improvement promises or is judged by, in the order of its log."""
    promised = [each.number for each in improvement.promises]
    others = [number for number in improvement.judged_by if number not in promised]
    roles = dict.fromkeys(promised, PROMISED_NUMBER) | dict.fromkeys(others, JUDGED_BY_NUMBER)
    return tuple(judge_number(looked, improvement, number, role) for number, role in roles.items())


def judge_number(looked: Looked, improvement: Improvement, number: Number, role: str) -> Judged:
    """Return the verdict on one number."""
    measure, started_at = looked.results.measures.get(number.measure), improvement.started_at
    plain = Judged(improvement.id, number, role, UNCLEAR, None, measure.unit if measure else COUNT, started_at)
    if measure is None:
        return replace(plain, why=f"there is no measure “{number.measure}”")
    if measure.better == NEITHER:
        return replace(plain, why=NO_DIRECTION)
    plain = replace(plain, promised=promised_of(improvement, number, measure))
    if started_at is None:
        return replace(plain, verdict=STILL_MEASURING, why="the change has not reached anybody yet")
    series = series_of(looked.results, number, looked.zone, started_at)
    if series is None or not series.periods:
        return replace(plain, why="it is not measured over days, weeks or months that do not overlap")
    series, compared, not_compared = _compared(looked, improvement, series, started_at)
    split = split_at(series, started_at)
    is_tried = bool(dates_to_try(len(split.before), n_season(series, split)))
    rivals = rivals_of(looked, improvement, number, series.days, is_tried=is_tried)
    beside = not_taken_off(looked, rivals, compared)
    apart = without_what_is_over(series, beside)
    split = split_at(apart, started_at)
    found = replace(_counted(plain, apart, split), compared_with=compared, not_compared=not_compared, rivals=rivals,
                    n_left_out=len(series.periods) - len(apart.periods))  # fmt: skip
    measured = _as_measured(looked, improvement, found, (apart, split))
    return _held_back(measured, nothing_tells_apart(looked, beside, measured.verdict))


def _held_back(judged: Judged, why: str | None) -> Judged:
    """A verdict that something of the same time could explain as well is unclear: what was measured stands, with the reason."""
    if why is None or judged.verdict == STILL_MEASURING:
        return judged
    return replace(judged, verdict=UNCLEAR, why=why)


def _as_measured(looked: Looked, improvement: Improvement, found: Judged, seen: tuple[Series, Split]) -> Judged:
    series, split = seen
    count = n_season(series, split)
    if not can_tell(len(split.before), len(split.after), count):
        verdict, why = _too_few(series, split, count)
        return replace(found, verdict=verdict, why=why, points=_points(series.measure, split, ()))
    return _with_effect(looked, improvement, found, (series, split))


def _with_effect(looked: Looked, improvement: Improvement, found: Judged, seen: tuple[Series, Split]) -> Judged:
    series, split = seen
    periods, count = periods_of(series, split, looked.zone), n_season(series, split)
    n_before = len(split.before)
    tried = placebo(periods.part(0, n_before), count)
    change = change_since(periods, n_before).widened(tried.factor)
    expected = expected_without(periods, n_before)
    n = sum(each.n for each in split.after) or 1.0
    theirs = _mean([each.theirs for each in split.after])
    level = possible(theirs + _mean([each.value for each in expected[n_before:]]), series.measure)
    usual = _mean([each.value + each.theirs for each in split.before])
    worth, worth_from = worth_of(improvement, found.number, series.measure, usual)
    value, points = theirs + _mean([each.value for each in split.after]), _points(series.measure, split, expected)
    judged = replace(_signed(found, series.measure, change), worth=worth, worth_from=worth_from, n=n, expected=level,
                     value=value, n_dates=tried.n_dates, n_alarms=tried.n_alarms, widened=tried.factor,
                     has_year=count in (2, 8), points=points)  # fmt: skip
    verdict = verdict_of(judged.low, judged.high, worth)
    return replace(judged, verdict=verdict, why=_why_unclear(judged) if verdict == UNCLEAR else None)


def verdict_of(low: float | None, high: float | None, worth: float) -> str:
    """
    Return the verdict on an effect (positive for the better) that lies between *low* and *high*.

    >>> verdict_of(0.01, 0.05, 0.02), verdict_of(-0.01, 0.01, 0.02), verdict_of(0.001, 0.01, 0.02), verdict_of(-0.1, 0.5, 0.2)
    ('improved', 'no effect', 'no effect', 'unclear')
    """
    if low is None or high is None:
        return UNCLEAR
    if -worth <= low and high <= worth:
        return NO_EFFECT
    return IMPROVED if low > 0 else WORSE if high < 0 else UNCLEAR


def _signed(found: Judged, measure: Measure, change: Change) -> Judged:
    """Put a change as an effect: positive for the better."""
    if measure.better == "lower":
        return replace(found, effect=-change.by, low=-change.high, high=-change.low, chance=change.chance)
    return replace(found, effect=change.by, low=change.low, high=change.high, chance=change.chance)


def _counted(plain: Judged, series: Series, split: Split) -> Judged:
    currency = series.periods[-1].cell.currency if series.periods else None
    unit = money(currency) if plain.unit.kind == "money" and currency else plain.unit
    ends = (split.after[0].cell.from_at, split.after[-1].cell.to_at) if split.after else (None, None)
    return replace(
        plain, unit=unit, n_before=len(split.before), n_after=len(split.after), n=sum(each.n for each in split.after),
        n_units_before=sum(each.n for each in split.before), from_at=ends[0], to_at=ends[1], days=series.days,
        n_young=series.n_young,
    )  # fmt: skip


def _too_few(series: Series, split: Split, count: int) -> tuple[str, str]:
    word = WORDS_OF_DAYS[series.days]
    needed = max(LEAST_AFTER, LEAST_BEFORE + LEAST_AFTER + count - len(split.before))
    if len(split.before) < LEAST_BEFORE:
        return UNCLEAR, f"{_so_many(len(split.before), word)} measured before the start; at least {LEAST_BEFORE} are needed"
    young = f"; {_so_many(series.n_young, word)} more cannot be judged yet, as attempts still run" if series.n_young else ""
    return STILL_MEASURING, f"{_so_many(len(split.after), word)} measured since the start; at least {needed} are needed{young}"


def _so_many(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"


def _why_unclear(judged: Judged) -> str:
    word = WORDS_OF_DAYS[judged.days]
    return f"the likely range holds 0 and more than the smallest effect worth having; each {word} more narrows it"


def _compared(looked: Looked, improvement: Improvement, series: Series, started_at: dt.datetime) -> tuple[
    Series, tuple[str, ...], tuple[str, ...]
]:  # fmt: skip
    """The series less that of the first service named that ran parallel before; itself where none did, and why."""
    why: list[str] = []
    for entity in improvement.compared_with:
        if entity == series.number.entity:
            why.append(f"{entity}: it is the one that is judged here")
            continue
        reason, less_it = _parallel(looked, series, entity, started_at)
        if less_it is not None:
            return less_it, (entity,), tuple(why)
        why.append(f"{entity}: {reason}")
    return series, (), tuple(why)


def _parallel(looked: Looked, series: Series, entity: str, started_at: dt.datetime) -> tuple[str, Series | None]:
    theirs = replace(series.number, entity=entity)
    other = series_of(looked.results, theirs, looked.zone, started_at)
    if other is None or not other.periods or other.days != series.days:
        return "this number is not measured there over the same periods", None
    apart = less(series, other)
    before = split_at(apart, started_at).before
    if len(before) < LEAST_BEFORE:
        return f"{len(before)} periods measured in both before the start; at least {LEAST_BEFORE} are needed", None
    if slope_of(periods_of(apart, Split(before, ()), looked.zone)).is_alarm:
        return "it did not run parallel before the start", None
    return "", apart


def _points(measure: Measure, split: Split, expected: Sequence[Expected]) -> tuple[SeriesPoint, ...]:
    """What is drawn, within what the number can be; what it is compared with is put back, so that it is the number itself."""
    found = []
    for at, each in enumerate(split.every):
        half, value = Z_95 * each.variance**0.5, each.value + each.theirs
        low, high = possible(value - half, measure), possible(value + half, measure)
        point = SeriesPoint(each.cell.from_at, each.cell.to_at, value, low, high, each.n, at >= len(split.before))
        if expected:
            line = expected[at]
            value, low, high = (possible(each.theirs + end, measure) for end in (line.value, line.low, line.high))
            point = replace(point, expected=value, expected_low=low, expected_high=high)
        found.append(point)
    return tuple(found)


def possible(value: float, measure: Measure) -> float:
    """
    Return a number as near as it can be: a line goes on beyond 100 %, a share does not, nor a count below 0.

    >>> from wholeservice.units import SHARE
    >>> possible(1.001, Measure("m", "M", SHARE, "higher", (), lambda _: (), lambda _: None))
    1.0
    """
    lowest = 0.0 if measure.unit.kind in NEVER_BELOW_0 else -inf
    return min(max(value, lowest), 1.0 if measure.unit.kind == "share" else inf)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def entries_of(judged: Sequence[Judged], at: dt.datetime, by: str | None = None) -> Iterator[Entry]:
    """Yield what is written into the log: each verdict on its number, with the effect."""
    for each in judged:
        in_points = each.unit.kind in ("share", "share-change")
        value = each.effect * 100 if each.effect is not None and in_points else each.effect
        unit = "s" if each.unit.kind == "seconds" else change_units(each.unit)[0]
        yield Entry(VERDICT, each.verdict, at, by, value, unit, number_words(each.number))
