"""The junction: each place once, beside who could change it, and the sentence that says why it lasts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from pages import sample
from wholeservice.app.web import render
from wholeservice.draw import open_time
from wholeservice.findings.junction import Actor, OpenPiece, OpenTime, Usual
from wholeservice.pages import junction, service

START = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def piece(state: str, first: int, last: int, lost: float, on: str | None = None) -> OpenPiece:
    return OpenPiece(state, START + first * DAY, START + last * DAY, lost, on)


def lasting(box: str = "prices", **more) -> OpenTime:
    """Forty days: 60 lost unseen, 300 while it waited for the Booking team, 40 in work."""
    pieces = (piece("unseen", 0, 6, 60), piece("waiting", 6, 36, 300, "booking"), piece("worked on", 36, 40, 40))
    actors = (
        Actor("pricing", "team", "Ada", True, "runs it"),
        Actor("booking", "team", "Maya Okafor", False, "was waited for"),
    )
    made = OpenTime(
        "stay", "sure-of-price", box, "Price build-up", "part", "starts here", True, "attempts", 0.02, (0.009, 0.031), 0.018,
        10.0, START, False, None, START + 6 * DAY, "item X-1", START + 40 * DAY, 400.0, "by day", pieces, ("X-1",), 0,
        "look-to-stay", "Ada", "pricing", actors, Usual("look-to-stay", 12.0, 21.0, 136, 7),
    )  # fmt: skip
    return replace(made, **more)


def data_with(*found: OpenTime):
    return replace(sample.data(), open_times=found)


def test_a_place_that_several_needs_feel_stands_there_once():
    """Felt by two needs; the one in which more is lost a day stands for both, so that nothing counts twice."""
    page = junction.build(data_with(lasting(), lasting(need="easy", per_day=3.0, lost=120.0)))
    assert [row.title for row in page.people.rows] == ["Price build-up"]
    assert page.people.drawing.sum_lost == "400"


def test_the_title_says_in_which_way_most_was_lost():
    """300 of 400 were lost waiting: three quarters."""
    page = junction.build(data_with(lasting()))
    assert page.title == "It lasts because it waits: 75% was lost after it was known, with nobody at work on it"
    late = lasting(pieces=(piece("unseen", 0, 39, 390), piece("nobody", 39, 40, 10)), known_at=START + 39 * DAY, items=())
    assert junction.build(data_with(late)).title.startswith("It lasts because nobody saw it: 98%")


def test_where_nobody_wrote_anything_down_it_is_not_said_that_nobody_saw_it():
    """No item, no incident, no word about it: that nobody noticed is not known, and is not said."""
    untold = lasting(pieces=(piece("unseen", 0, 40, 400),), known_at=None, items=())
    assert junction.build(data_with(untold)).title.startswith("Why it lasts cannot be told")


def test_a_loss_that_takes_several_stands_with_everybody_who_must_act():
    """Ada commands one of the two who must act; both are named with who answers for them."""
    page = junction.build(data_with(lasting()))
    (row,) = page.people.together
    assert [(each.title, each.owner, each.is_within) for each in row.actors] == [
        ("Pricing team", "Ada", True), ("Booking team", "Maya Okafor", False),
    ]  # fmt: skip
    assert row.reach == "1 of 2 who must act"
    alone = lasting(actors=(Actor("pricing", "team", "Ada", True, "runs it"),))
    assert junction.build(data_with(alone)).people.together == ()


def test_what_may_be_chance_stands_nowhere_at_the_junction():
    """Nobody is sent after noise."""
    page = junction.build(data_with(lasting(is_named=False)))
    assert (page.people, page.fill is None) == (None, False)


def test_calls_stand_apart_from_people():
    """What is counted otherwise is never added to people."""
    page = junction.build(data_with(lasting(), lasting("feed", title="Room status feed", of="calls")))
    assert [row.title for row in page.people.rows] == ["Price build-up"]
    assert [row.title for row in page.others.rows] == ["Room status feed"]


def test_band_4_of_a_service_shows_why_its_losses_last():
    """The picture, the places in words and a link to all losses; without open times the band says what would tell."""
    page = service.build(data_with(lasting()), "stay")
    html = render(service.PAGE, page, path="/service/stay")
    assert page.junction.open.rows[0].since == "1 Nov 2026"
    assert open_time.draw(page.junction.open.drawing) in html
    assert 'href="/junction"' in html
    assert "known since 7 Nov 2026, by item X-1" in html
    assert service.build(sample.data(), "stay").junction.open is None


def test_the_sheet_adds_up_to_what_was_lost():
    """One row a piece: 60, 300 and 40 of 400."""
    data = data_with(lasting())
    sheet = junction.PAGE.sheet(data, junction.build(data))
    lost = sheet.header.index("lost meanwhile"), sheet.header.index("lost so far")
    assert [row[lost[0]] for row in sheet.rows] == [60, 300, 40]
    assert sum(row[lost[0]] for row in sheet.rows) == pytest.approx(sheet.rows[0][lost[1]])


def test_the_page_can_be_rendered_with_and_without_losses():
    """It names what would fill it, and never breaks."""
    for data in (data_with(lasting()), sample.data()):
        html = render(junction.PAGE, junction.build(data), path="/junction")
        assert "The junction" in html
