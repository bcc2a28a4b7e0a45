"""Which period a page shows, what it compares it with, and which periods it offers instead."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from pages import sample, sample_asked
from wholeservice.measures.asked import over
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.results import Results
from wholeservice.pages import home, runs, service, step
from wholeservice.pages.periods_part import MOST_CHOICES, among, choices_of, near_to, periods_shown
from wholeservice.periods import ROLLING, Period, parse_period, period_word


def seen(period: str | None, against: str | None = None):
    """The hotel as somebody asked to see it."""
    data = sample_asked.data()
    asked = (parse_period(each) if each else None for each in (period, against))
    return replace(data, results=over(data.results, *asked))


def test_the_page_of_a_service_shows_the_period_asked_for():
    """May 2026 (month 16) is missing in the sample, April (15) too; June has 20,000 + 90 × 17 of 40,000."""
    page = service.build(seen("2026-06"), "stay")
    finish = next(each.number for each in page.series if each.number.measure == "completion")
    assert (finish.period, finish.value) == ("Jun 2026", 21_530 / 40_000)
    assert page.changed.rows[0].now.period == "Jun 2026"
    assert {row.before.period for row in page.changed.rows} == {"Mar 2026"}
    assert "Jun 2026" in page.changed.reading


def test_two_periods_are_compared_as_asked():
    """Each measure of the whole, with the change and its range; the earlier one may be the one that is shown."""
    page = service.build(seen("2026-01", "2026-12"), "stay").changed
    rows = {row.title: row for row in page.rows}
    before, now = (20_000 + 90 * 23) / 40_000, (20_000 + 90 * 12) / 40_000
    row = rows["People who finish"]
    assert (row.before.value, row.now.value) == (before, now)
    assert (row.change, row.verdict) == ("−2.5 pp", "worse")
    near = (now - row.now.low) ** 2 + (row.before.high - before) ** 2
    assert row.range_written.startswith(f"−{(before - now + near**0.5) * 100:.1f} pp")
    assert page.title.startswith("People who finish: −2.5 pp, worse than in Dec 2026")


def test_needs_and_steps_are_compared_too_and_what_is_missing_is_named():
    """November against December at Pay: 6,170 of 7,880 in both; satisfaction has December alone."""
    page = service.build(seen("2026-12", "2026-11"), "stay").changed
    needs, steps = page.groups
    assert [row.detail for row in needs.rows if row.title == "“Let me pay at once”"] == [
        "People who go on: at least 70.0%, over 30 days, at step pay"
    ]
    pay = next(row for row in steps.rows if (row.title, row.detail) == ("Pay", "People who go on"))
    assert (pay.before.value, pay.now.value, pay.change) == (6170 / 7880, 6170 / 7880, "±0 pp")
    assert "Pay, How satisfied people are" in page.without
    assert "How satisfied people are" in page.without


@pytest.mark.parametrize(
    ("period", "against", "words"),
    [("2026-12", "2026-11", "as you asked. "), ("2026-12-01..2026-12-08", "2026-11", "7 days and 30 days long"),
     ("2026-12", "2026-12-20..2027-01-20", "They overlap")],
)  # fmt: skip
def test_what_cannot_be_compared_evenly_is_said(period, against, words):
    """A month and another are alike; a week and a month, and two that share days, come with a caution."""
    reading = service.build(seen(period, against), "stay").changed.reading + " "
    assert words in reading
    assert ("long" in reading, "overlap" in reading) == ("long" in words, "overlap" in words)


def test_only_a_period_to_compare_with_takes_the_newest_like_it():
    """Beside January 2025 stands December 2026."""
    changed = service.build(seen(None, "2025-01"), "stay").changed
    assert {(row.before.period, row.now.period) for row in changed.rows} == {("Jan 2025", "Dec 2026")}


def test_a_step_is_counted_in_the_period_asked_for():
    """One month of 4,400 by web, not the quarter of all three."""
    page = step.build(seen("2026-12"), "stay", "pay")
    assert page.period == "Dec 2026, 1 period"
    assert page.flows[0].written == "6,170"
    assert step.build(seen(None), "stay", "pay").flows[0].written == "18,510"


def test_a_hole_of_one_period_is_no_hole_in_what_is_measured():
    """June 2026 has no number for any step; still somebody measures them, and the page does not say nobody does."""
    asked, newest = (service.build(seen(each), "stay") for each in ("2026-06", None))
    assert asked.unmeasured == newest.unmeasured
    pay = next(each for each in asked.needs if each.id == "fast")
    assert pay.targets[0].fill == "No number for Jun 2026; the newest is of Dec 2026."


def test_the_home_page_compares_the_periods_asked_for():
    """Parking moved in December alone, and not between October and November."""
    assert any(each.entity == "parking" for each in home.build(seen("2026-12", "2026-11")).overview.moves)
    page = home.build(seen("2026-11", "2026-10"))
    assert page.overview.moves == ()
    assert page.moved_title.startswith("Nothing surely moved since Oct 2026")


class TestChoices:
    """What a reader may choose from."""

    def data(self):
        """Sixty months, and 28 days that end on three Sundays."""
        day = dt.timedelta(days=1)
        periods = [parse_period(f"{2020 + n // 12}-{n % 12 + 1:02}") for n in range(60)]
        ends = [dt.datetime(2024, 12, n, tzinfo=dt.UTC) for n in (1, 15, 29)]
        rolling = [Period(end - 28 * day, end, ROLLING) for end in ends]
        hours = [Period(ends[0], ends[0] + dt.timedelta(hours=7))]
        rows = [
            (Cell("volume", "stay", each.from_at, each.to_at, each.window), Statistics(1, 1))
            for each in (*periods, *rolling, *hours)
        ]
        return replace(sample.data(), results=Results(sample.MEASURES.values(), rows))

    def test_the_newest_of_each_kind_and_always_what_was_asked_for(self):
        """36 of 60 months, and January 2020 because somebody sees it; what begins within a day has no word and is no choice."""
        data = self.data()
        periods = periods_shown(data, ("stay", None))
        rolling, months = choices_of(data, periods, [parse_period("2020-01")])
        assert [each.title for each in rolling.choices] == [
            "newest 28 days, 1 Dec to 28 Dec 2024", "17 Nov to 14 Dec 2024", "3 Nov to 30 Nov 2024"
        ]  # fmt: skip
        assert len(months.choices) == MOST_CHOICES
        assert [months.choices[0].word, months.choices[-1].word] == ["2024-12", "2020-01"]

    def test_for_a_quarter_without_a_number_its_months_are_named(self):
        """Those that share a day with it, the newest month first; for a year far away the newest there are."""
        data = self.data()
        periods = periods_shown(data, ("stay", None))
        assert [each.word for each in near_to(data, parse_period("2022-Q3"), periods)] == ["2022-09", "2022-08", "2022-07"]
        assert near_to(data, parse_period("1990"), periods)[0].word == "2024-12"

    def test_a_unit_offers_the_periods_of_what_is_inside_it(self):
        """It shows their numbers; a policy, or a step of which nothing is counted, shows none and offers none."""
        data = self.data()
        assert periods_shown(data, ("kestrel", None)) == periods_shown(data, ("stay", None)) != ()
        assert periods_shown(data, ("guest", None)) == periods_shown(data, ("stay", "pay")) == ()

    def test_a_calendar_period_goes_before_one_that_rolls(self):
        """February 2026 is also 28 days."""
        calendar = parse_period("2026-02")
        rolling = replace(calendar, window=ROLLING)
        assert among(calendar, [rolling, calendar]) is calendar
        assert among(parse_period("2026-03"), [rolling, calendar]) is None


@pytest.mark.parametrize("word", ["2026", "2026-Q1", "2026-11", "2026-03-29..2026-04-05", "2026-02-01..2026-04-01"])
def test_a_period_is_written_as_it_is_read(word):
    """Also over a change of the clock; what begins at noon has no word."""
    assert period_word(parse_period(word, "Europe/Amsterdam"), "Europe/Amsterdam") == word
    noon = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    assert period_word(Period(noon, noon + dt.timedelta(days=7)), "UTC") is None


@pytest.mark.parametrize("back", ["//evil.example/x", "https://evil.example", "/\\evil.example", "javascript:1", "/a\nb"])
def test_the_list_of_runs_leads_nowhere_else(back):
    """What is no address of ours is the first page."""
    assert runs.build(sample.data(), back=back).back == "/"
