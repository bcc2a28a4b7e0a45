"""A change of the whole is parted by channel and by kind of people, adds up exactly, and is said in plain words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pages import sample, sample_asked
from wholeservice.app.web import render
from wholeservice.measures.asked import over
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.results import Results
from wholeservice.pages import service
from wholeservice.pages.split_part import Split, splits_of
from wholeservice.periods import parse_period

THEN, NOW = 22, 23
# Two channels, then and now. Within: mean weight of app .4 x -6 pp = -2.4 pp, of phone .6 x +1 pp = +.6 pp; in all -1.8 pp.
# Mix: 20 of 100 move from app (mean .67) to phone (mean .405): -.2 x .265 = -5.3 pp. In all -7.1 pp: .55 becomes .479.
APP, PHONE = ((3500, 5000), (1920, 3000)), ((2000, 5000), (2870, 7000))


def people(hits: float, n: float) -> Statistics:
    return Statistics(n=n, numerator=hits, denominator=n, clusters=n, cluster_aa=hits, cluster_ab=hits, cluster_bb=n)


def spread(**by: tuple[tuple[float, float], tuple[float, float]]):
    """Completion of the spa by channel, then and now, and the whole they add up to; a piece of nobody is not counted."""
    for at, month in enumerate((THEN, NOW)):
        for name, counts in by.items():
            if counts[at][1]:
                yield cell(month, channel=name), people(*counts[at])
        yield cell(month), people(sum(each[at][0] for each in by.values()), sum(each[at][1] for each in by.values()))


def cell(month: int, channel: str | None = None, segment: str | None = None) -> Cell:
    return replace(sample.cell(sample.COMPLETION, "cash", month), channel=channel, segment=segment)


def data_of(rows) -> sample.Data:
    return replace(sample_asked.data(), results=Results(sample_asked.MEASURES.values(), rows))


def split_of(rows) -> Split:
    (found,) = splits_of(data_of(rows), "cash")
    return found


def test_within_and_mix_are_told_with_the_channel_that_does_most():
    """As worked out above; the share of app alone fell by 6 points, and that is not what it gives to the whole."""
    found = split_of(spread(app=APP, phone=PHONE))
    within, mix = found.parts
    assert found.title == "People who finish, by channel"
    assert (within.value, mix.value) == (pytest.approx(-0.018), pytest.approx(-0.053))
    assert found.total == pytest.approx(0.479 - 0.55) == pytest.approx(within.value + mix.value)
    assert found.words == "Of −7.1 pp: −1.8 pp within channels, most in app; −5.3 pp because fewer come by app."


def test_the_other_way_round_every_part_changes_its_sign():
    """What was now is then: the same parts, gains now."""
    found = split_of(spread(app=APP[::-1], phone=PHONE[::-1]))
    assert [each.value for each in found.parts] == [pytest.approx(0.018), pytest.approx(0.053)]
    assert found.words.endswith("+5.3 pp because more come by app.")


def test_what_chance_explains_names_no_channel():
    """The same shares of a hundredth of the people: within could be nothing, so that app is not blamed."""
    fewer = {name: tuple((a / 100, n / 100) for a, n in each) for name, each in (("app", APP), ("phone", PHONE))}
    words = split_of(spread(**fewer)).words
    assert words.startswith("Of −7.1 pp: −1.8 pp within channels (could be chance);")


def test_a_channel_that_is_counted_only_now_is_coverage():
    """The desk joins with 900 of 1,000: within and mix are those of app and phone alone, the rest is who is counted."""
    found = split_of(spread(app=APP, phone=PHONE, desk=((0, 0), (900, 1000))))
    within, mix, coverage = found.parts
    assert within.value == pytest.approx(-0.018)
    assert coverage.says == "because desk is counted only now"
    assert within.value + mix.value + coverage.value == pytest.approx(found.total) == pytest.approx(5690 / 11_000 - 0.55)


def test_those_of_no_known_channel_are_a_piece_of_their_own():
    """A thousand more in the whole than in its channels, half of whom finish: without them the parts would not add up."""
    rows = dict(spread(app=APP, phone=PHONE))
    rows |= {cell(month): rows[cell(month)] + people(500, 1000) for month in (THEN, NOW)}
    found = split_of(rows.items())
    assert sum(each.value for each in found.parts) == pytest.approx(found.total) == pytest.approx(5290 / 11_000 - 6000 / 11_000)


def test_channels_that_are_more_than_the_whole_are_not_parted():
    """Somebody is counted in two of them: nothing is said, rather than something that does not add up."""
    rows = dict(spread(app=APP, phone=PHONE))
    rows[cell(NOW)] = people(4000, 8000)
    assert splits_of(data_of(rows.items()), "cash") == ()


def test_counts_of_others_are_parted_without_a_range():
    """Sums alone: the parts are exact, and how far off they could be is not known."""
    rows = [
        (each, replace(sums, clusters=0, cluster_aa=0, cluster_ab=0, cluster_bb=0))
        for each, sums in spread(app=APP, phone=PHONE)
    ]
    assert {each.range_written for each in split_of(rows).parts} == {None}


def test_kinds_of_people_are_named_by_their_title():
    """By segment, what `guest` is called stands there."""
    by = {"app": "guest", "phone": "agent"}
    rows = [(replace(each, channel=None, segment=by.get(each.channel)), sums) for each, sums in spread(app=APP, phone=PHONE)]
    found = split_of(rows)
    assert found.title == "People who finish, by kind of people"
    assert (
        found.words
        == "Of −7.1 pp: −1.8 pp within kinds of people, most among Guests; −5.3 pp because fewer of them are Guests."
    )


def test_the_page_parts_the_change_between_the_periods_asked_for():
    """Asked for then beside now, the parts are those of that change, and stand on the page of the service."""
    data = data_of(spread(app=APP, phone=PHONE))
    asked = over(data.results, parse_period("2026-11"), parse_period("2026-12"))
    page = service.build(replace(data, results=asked), "cash")
    assert [each.total for each in page.changed.splits] == [pytest.approx(0.071)]
    assert "within channels, most in app" in render(service.PAGE, page)
