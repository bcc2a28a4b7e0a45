"""A source is late, and lacks days, by its own habit: weekends, sparse sources, outages. Chance is rarely a gap."""

from __future__ import annotations

import datetime as dt
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeservice.facts.rhythm import DAY, Gap, Span, days_of, gaps, holes, rhythm, spans

MONDAY = dt.date(2026, 1, 5)
SEED = 20260101


def daily(n_days: int, rows: int = 100, *, without: range = range(0), weekends: bool = True) -> dict[dt.date, int]:
    """So many rows on every day from a Monday on, but for the days that are left out."""
    days = [MONDAY + number * DAY for number in range(n_days) if number not in without]
    return {day: rows for day in days if weekends or day.weekday() < 5}


def test_a_source_without_weekends_is_late_on_a_friday_and_not_on_a_monday():
    """Its longest usual distance is three days: late after five, so not on Wednesday, but on Thursday."""
    found = rhythm(daily(54, weekends=False))
    assert (found.usual_days, found.long_days, found.late_after) == (1, 3, 5)
    assert found.newest_on.weekday() == 4


def test_little_is_said_of_little():
    """Two distances say nothing; three that are alike do; nine that are not alike do not, ten do."""
    assert rhythm([]) is None
    assert rhythm([MONDAY]).usual_days is None
    assert rhythm([MONDAY + 7 * DAY * week for week in range(3)]).late_after is None
    assert rhythm([MONDAY + 7 * DAY * week for week in range(4)]).late_after == 10.5
    uneven = [MONDAY + number * DAY for number in (0, 1, 5, 6, 9, 20, 22, 23, 30, 31, 35)]
    assert rhythm(uneven[:10]).late_after is None
    assert rhythm(uneven).late_after == 16.5  # 1.5 times the eleven days between the 9th and the 20th


def test_one_outage_in_a_long_history_does_not_make_every_outage_usual():
    """Of two hundred distances one is sixty days; 99 of 100 are one day, and that is what counts."""
    found = rhythm(daily(260, without=range(100, 160)))
    assert (found.long_days, found.late_after) == (1, 3)


@pytest.mark.parametrize(("rows", "is_gap"), [(100, True), (1, False)])
def test_one_day_is_a_gap_where_a_day_never_has_so_few_rows(rows, is_gap):
    """A day without any where every other has a hundred is no chance; where days have one row each it may be."""
    found = gaps(daily(200, rows, without=range(100, 101)))
    assert bool(found) == is_gap
    if is_gap:
        assert [(each.first_on, each.after_on, each.n_expected) for each in found] == [
            (MONDAY + 100 * DAY, MONDAY + 101 * DAY, 1)
        ]


def test_days_on_which_nothing_ever_comes_are_no_gap():
    """No weekend is a gap; of a week from Wednesday to Tuesday five days are missing, from the Wednesday to the Tuesday."""
    assert gaps(daily(200, weekends=False)) == ()
    (found,) = gaps(daily(200, without=range(100, 107), weekends=False))
    assert (found.first_on, found.after_on, found.n_expected) == (MONDAY + 100 * DAY, MONDAY + 107 * DAY, 5)


def test_a_silence_that_ends_in_a_weekend_is_as_long_as_its_working_days():
    """From Thursday to Sunday only Thursday and Friday are missing."""
    (found,) = gaps(daily(200, without=range(101, 105), weekends=False))
    assert (found.first_on, found.after_on, found.n_expected) == (MONDAY + 101 * DAY, MONDAY + 103 * DAY, 2)


def test_a_month_that_a_regular_report_left_out_is_a_gap():
    """Reports on the first of each month but June: one is missing, and chance has no part in it."""
    days = [dt.date(2025, month, 1) for month in range(1, 13) if month != 6]
    (found,) = gaps(dict.fromkeys(days, 3))
    assert found == Gap(dt.date(2025, 5, 2), dt.date(2025, 7, 1), 1)


def test_one_row_of_long_ago_is_no_habit():
    """A typing error dated 1900 does not make a gap of a hundred years."""
    assert gaps({dt.date(1900, 1, 1): 1, **daily(100)}) == ()


def test_periods_cover_their_days():
    """January, March and a week of February: the rest of February is not covered."""
    covered = [Span(dt.date(2026, 1, 1), dt.date(2026, 2, 1)), Span(dt.date(2026, 3, 1), dt.date(2026, 4, 1)),
               Span(dt.date(2026, 1, 29), dt.date(2026, 2, 8))]  # fmt: skip
    assert holes(covered) == (Gap(dt.date(2026, 2, 8), dt.date(2026, 3, 1), 21),)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=12))
def test_spans_hold_the_same_days(pairs):
    """Merged spans hold exactly the days of their parts, in order, and no two touch."""
    parts = [Span(MONDAY + start * DAY, MONDAY + (start + length) * DAY) for start, length in pairs]
    merged = spans(parts)
    assert [day for each in merged for day in days_of(each)] == sorted({day for each in parts for day in days_of(each)})
    assert all(one.after_on < other.first_on for one, other in pairwise(merged))


def poisson(chance: random.Random, mean: float) -> int:
    """A draw by exponential distances."""
    total, n = chance.expovariate(1.0), 0
    while total < mean:
        total, n = total + chance.expovariate(1.0), n + 1
    return n


def history(chance: random.Random, mean: float, spread: float, n_days: int = 200) -> dict[dt.date, int]:
    """Days with so many rows on average; *spread* 0 is pure chance, more varies from day to day besides. Sundays have few."""
    found = {}
    for number in range(n_days):
        day = MONDAY + number * DAY
        level = mean * (0.2 if day.weekday() == 6 else 1.0) * (chance.gammavariate(1 / spread, spread) if spread else 1.0)
        if n := poisson(chance, level):
            found[day] = n
    return found


@pytest.mark.parametrize("spread", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("mean", [0.1, 0.5, 2.0, 8.0, 30.0])
def test_chance_is_rarely_called_a_gap_or_late(mean, spread):
    """Rows that come at random, evenly or in bursts: at most 5 of 100 histories have a gap, or are late on their last day."""
    chance, n_histories = random.Random(SEED), 100
    n_gaps = n_late = 0
    for _ in range(n_histories):
        counts = history(chance, mean, spread)
        known = rhythm(counts)
        n_gaps += bool(gaps(counts))
        if known and known.late_after is not None:
            last = MONDAY + 199 * DAY
            n_late += (last - known.newest_on).days > known.late_after
    assert n_gaps <= 5
    assert n_late <= 5


@pytest.mark.parametrize("mean", [8.0, 30.0])
def test_a_week_that_is_taken_out_is_found(mean):
    """The same histories with a week taken out: it is found in nearly all of them, and nothing else is."""
    chance, n_found = random.Random(SEED), 0
    for _ in range(50):
        counts = history(chance, mean, 0.3)
        for number in range(100, 107):
            counts.pop(MONDAY + number * DAY, None)
        n_found += len(gaps(counts)) == 1
    assert n_found >= 47
