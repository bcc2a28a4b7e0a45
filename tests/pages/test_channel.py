"""A channel: each service in it beside its whole over the same period; not offered is not the same as not measured."""

from __future__ import annotations

import pytest

from pages import sample_asked
from wholeservice.pages import channel


@pytest.fixture(scope="module")
def asked():
    """The hotel with more of everything."""
    return sample_asked.data()


@pytest.fixture(scope="module")
def web(asked):
    """The web."""
    return channel.build(asked, "web")


def test_a_channel_stands_beside_the_whole_of_the_same_period(asked, web):
    """December by web: 12,000 of 30,000 finish; of all 40,000 who came 22,070 do. Each is the stored number."""
    row = next(each for each in web.rows if each.entity == "stay")
    here, whole = row.completion.here, row.completion.whole
    stored = asked.results.latest("completion", "stay")
    assert (here.value, here.n) == (0.4, 30_000)
    assert (whole.value, whole.from_at, whole.to_at) == (stored.value.value, here.from_at, here.to_at)
    assert row.completion.difference == "−15.2 pp"
    assert row.completion.is_better is False


def test_use_is_a_share_of_all_use_and_no_better_or_worse(asked, web):
    """30,000 by web of all of December's use; a count is neither better nor worse."""
    row = next(each for each in web.rows if each.entity == "stay")
    every = asked.results.latest("volume", "stay").value.value
    assert row.use.share == f"{30_000 / every * 100:.1f}%"
    assert (row.use.difference, row.use.is_better) == (None, None)


def test_ranges_that_touch_tell_nothing(web):
    """79.8 % of 990 against 80.0 % of 1,000: the difference is shown and has no side."""
    row = next(each for each in web.rows if each.entity == "stay")
    assert (row.satisfaction.difference, row.satisfaction.is_better) == ("−0.20 pp", None)


def test_not_measured_not_offered_and_not_said_are_three_things(web):
    """The spa offers the web and nobody counts; parking has a desk only; the others do not say."""
    spa = next(each for each in web.rows if each.entity == "spa")
    assert (spa.is_declared, spa.use, spa.completion, spa.satisfaction) == (True, None, None, None)
    assert [each.entity for each in web.not_offered] == ["parking"]
    assert {"night-desk", "cash", "hints"} <= {each.entity for each in web.not_said}
    assert (
        web.title
        == "2 services and parts offer web; 1 of them counts who comes; fewer finish than in the whole of Book and stay"
    )


def test_rows_are_alphabetical_and_an_unknown_channel_is_none(asked, web):
    """No number orders the services."""
    assert [each.title for each in web.rows] == ["Book and stay", "Spa"]
    assert channel.build(asked, "fax") is None
