"""Each loss beside who could change it: which work is about it, who must act, how long the stream usually takes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from measures.given import engine_with, prepared
from wholeservice.derived.mending import observe_mending
from wholeservice.findings.daily import Daily
from wholeservice.findings.junction import Actor, Lasting, OpenTime, lasting_rows, once, places_of
from wholeservice.findings.losses import Box, LossMap
from wholeservice.findings.open_time import NOBODY, UNDECIDED, UNSEEN, VERIFIED, WAITING, WORKED_ON
from wholeservice.findings.opened import open_times, work_of
from wholeservice.organisation.load import load_texts
from wholeservice.periods import Period
from wholeservice.units import SHARE

ORGANISATION = """
org: { name: Small }
consumers: { guest: { outside: true } }
value-streams:
  sleep:
    title: Sleep
    owner: ada
    stages: [{ stage: decide, queue: decision }, { stage: build, team: rooms }, { stage: test }]
  ready: { title: Ready, owner: ben }
services:
  stay:
    title: Stay
    for: { guest: [uses] }
    stream: sleep
    journey: [find, sleep]
    parts:
      feed: { title: Room feed, team: rooms, at: sleep }
      bill: { title: The bill, team: rooms, at: sleep }
policies: { sign-off: { title: Sign-off, owner: cora, basis: ours, binds: [bill] } }
teams:
  rooms: { title: Rooms, type: stream-aligned, people: 6, stream: sleep }
  platform: { title: Platform, type: platform, people: 6, stream: ready }
"""
DAY = dt.timedelta(days=1)
START = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)


def on(day: float) -> dt.datetime:
    return START + day * DAY


def item(name: str, kind: str = "defect", part: str | None = "feed", *, known=None, created=12.0, done=None, team="rooms"):
    return {"item": name, "kind": kind, "about_part": part, "service": part, "team": team, "stream": "sleep",
            "known_at_source": None if known is None else on(known), "created_at": on(created),
            "done_at": None if done is None else on(done)}  # fmt: skip


def stay(name: str, stage: str, state: str, first: float, last: float | None, **more):
    return {"item": name, "stage": stage, "state": state, "from_at": on(first),
            "to_at": None if last is None else on(last), **more}  # fmt: skip


def link(first: str, relation: str, second: str):
    return {"from_ref": first, "relation": relation, "to_ref": second, "happened_at": on(1)}


@pytest.fixture(scope="module")
def organisation():
    found, problems = load_texts({"organisation/all.yaml": ORGANISATION})
    assert not [each for each in problems if each.severity == "error"]
    return found


def seen(organisation, places=("feed", "bill"), **facts):
    engine = prepared(engine_with(**facts), organisation, ["lives", "waits", "delivered"])
    return observe_mending(engine, organisation, places)


BOXES = (
    Box("stay.sleep", "step", "Sleep", 0, 0.1, 0.0, 0.02, "here or below"),
    Box("feed", "part", "Room feed", 1, 0.06, 0.06, 0.0, "starts here", is_named=True, alone=0.06),
    Box("bill", "part", "The bill", 1, 0.02, 0.02, 0.0, "starts here", is_named=True, alone=0.02),
)
PERIOD = Period(START + 12 * DAY, START + 40 * DAY)
MAP = LossMap("stay", "rest", "completion >= 90% over 28d", SHARE, 1, 0.9, 0.8, 0.1, None, 2800, PERIOD, boxes=BOXES)
DAYS = Daily(dt.date(2026, 9, 1), (100.0,) * 40, (True,) * 40, {"feed": (0.0,) * 10 + (6.0,) * 30, "bill": (2.0,) * 40})


def opened(organisation, days=DAYS, drawn=MAP, **facts) -> dict[str, OpenTime]:
    work = work_of(seen(organisation, **facts))
    return {each.box: each for each in open_times(drawn, organisation, work, days, zone="UTC", measure="completion")}


def test_a_feature_that_improves_a_place_is_not_work_on_its_loss(organisation):
    """A defect about it, an item that fixes it and an improvement that improves it are; what blocks or is elsewhere is not."""
    items = [item("d1"), item("f1", "feature"), item("f2", "feature", None), item("i1", "improvement", None),
             item("d2", "defect", "bill"), item("r1", "request", None)]  # fmt: skip
    links = [link("item:f1", "improves", "part:feed"), link("item:f2", "fixes", "part:Room feed"),
             link("item:i1", "improves", "part:feed"), link("item:r1", "blocks", "part:feed")]  # fmt: skip
    found = seen(organisation, items=items, links=links).on.to_pylist()
    assert [(row["place"], row["item"]) for row in found] == [("bill", "d2"), ("feed", "d1"), ("feed", "f2"), ("feed", "i1")]


def test_the_pieces_add_up_to_what_was_lost_since_it_began(organisation):
    """It began on day 10 with 6 a day, was known on day 11 and is worked on from day 13: 6, 12 and 162 of 180."""
    found = opened(organisation, items=[item("d1", known=11, created=13)],
                   work=[stay("d1", "build", "active", 13, 40)])["feed"]  # fmt: skip
    assert [(each.state, round(each.lost)) for each in found.pieces] == [(UNSEEN, 6), (UNDECIDED, 12), (WORKED_ON, 162)]
    assert (found.began_at, found.known_at, found.is_at_least) == (on(10), on(11), False)
    assert sum(each.lost for each in found.pieces) == pytest.approx(found.lost) == pytest.approx(180)
    assert found.per_day == pytest.approx(6)


def test_what_was_always_there_began_at_least_with_the_data(organisation):
    """The bill lost 2 on each of 40 days; nobody knew, and nobody is on it."""
    found = opened(organisation)["bill"]
    assert (found.began_at, found.is_at_least, found.lost) == (on(0), True, 80)
    assert [each.state for each in found.pieces] == [UNSEEN]


def test_where_days_are_not_known_the_rate_of_the_period_is_taken_and_said(organisation):
    """A map that cannot be followed day by day: 28 days of the same loss, since at least its first."""
    found = opened(organisation, days=None)["feed"]
    assert (found.basis, found.began_at, found.is_at_least) == ("by rate", on(12), True)
    assert found.lost == pytest.approx(0.06 * 2800)


def test_an_incident_that_lasts_tells_and_one_of_an_hour_does_not(organisation):
    """The hour's harm was another one; the one that is still open was noticed on day 15."""
    short = {"incident": "i1", "service": "feed", "started_at": on(12), "detected_at": on(12), "restored_at": on(12.1)}
    long = {"incident": "i2", "service": "feed", "started_at": on(10), "detected_at": on(15), "restored_at": None}
    assert opened(organisation, incidents=[short])["feed"].known_at is None
    found = opened(organisation, incidents=[short, long])["feed"]
    assert (found.known_at, found.known_by) == (on(15), "incident")
    assert [each.state for each in found.pieces] == [UNSEEN, NOBODY]


def test_people_who_name_the_place_tell_of_it(organisation):
    """Somebody wrote "the room feed is wrong" on day 20; “feed” alone or the day before the loss would not tell."""
    contacts = [{"service": "stay", "happened_at": on(at), "words": words} for at, words in
                ((1, "your room feed is wrong"), (14, "feed"), (20, "The Room Feed is wrong"))]  # fmt: skip
    assert opened(organisation, contacts=contacts)["feed"].known_at == on(20)


def test_work_that_came_up_before_the_loss_is_not_taken_for_it(organisation):
    """Known nine days before it began, and still open: counted apart, and the loss has nobody."""
    found = opened(organisation, items=[item("old", known=1, created=1)], work=[stay("old", "build", "active", 2, 40)])["feed"]
    assert (found.n_older, found.items, [each.state for each in found.pieces]) == (1, (), [UNSEEN])
    always = opened(organisation, items=[item("old", "defect", "bill", known=1, created=1)])["bill"]
    assert (always.n_older, always.items) == (0, ("old",))


def test_who_was_waited_for_must_act_and_lies_outside_of_the_owners_reach(organisation):
    """feed waits for the platform's item: ada commands one of two; the bill is bound by cora's policy."""
    items = [item("d1", known=11), {**item("env", "request", None, created=14, team="platform"), "stream": "ready"}]
    work = [stay("d1", "build", "active", 12, 14), stay("d1", "test", "blocked", 14, 40, waits_on="env"),
            stay("env", "set-up", "active", 16, 40, team="platform")]  # fmt: skip
    found = opened(organisation, items=items, work=work)
    feed, bill = found["feed"], found["bill"]
    assert [(each.entity, each.owner, each.is_within) for each in feed.actors] == [
        ("rooms", "ada", True), ("platform", "ben", False),
    ]  # fmt: skip
    assert (feed.owner, feed.reach, feed.takes_several) == ("ada", 0.5, True)
    assert [(each.entity, each.why) for each in bill.actors] == [("rooms", "runs it"), ("sign-off", "binds it")]
    assert [(each.state, each.on) for each in feed.pieces][-1] == (WAITING, "platform")


def test_a_verdict_ends_the_time_in_which_it_is_looked_at(organisation):
    """Done on day 16, judged on day 20; the loss goes on, and nobody is on it."""
    judged = {"about": "item:d1", "question": "verdict", "verdict": "no effect", "judged_at": on(20)}
    found = opened(organisation, items=[item("d1", known=11, done=16)], work=[stay("d1", "build", "active", 12, 16)],
                   judgements=[judged])["feed"]  # fmt: skip
    assert [(each.state, each.to_at) for each in found.pieces][-2:] == [(VERIFIED, on(20)), (NOBODY, on(40))]


def test_open_items_count_in_how_long_a_stream_usually_takes(organisation):
    """Done after 2, 4 and 30 days, and two open for 40: half within 30 days, where the middle of those done is 4; 85 % is not
    reached."""
    items = [item(f"d{at}", "defect", "bill", known=0, created=0, done=done) for at, done in enumerate((2, 4, 30, None, None))]
    items.append(item("last", "feature", None, created=40, done=40))
    usual = opened(organisation, items=items)["bill"].usual
    assert (usual.stream, usual.median_days, usual.p85_days, usual.n_changed, usual.n_open) == ("sleep", 30, None, 3, 2)


def test_a_place_that_several_needs_feel_counts_once():
    """The map in which it loses most people stands for it; calls never stand before people."""
    one = base()
    most, calls = replace(one, need="more", per_day=9.0), replace(one, entity="feed", of="calls", per_day=99.0)
    other = replace(one, box="bill")
    assert [(each.need, each.box, len(also)) for each, also in once([one, calls, other, most])] == [
        ("more", "feed", 2), ("rest", "bill", 0),
    ]  # fmt: skip


def base() -> OpenTime:
    actors = (Actor("rooms", "team", "ada", True, "runs it"),)
    return OpenTime(
        "stay", "rest", "feed", "Room feed", "part", "starts here", True, "attempts", 0.06, None, None, 6.0, on(10), False,
        None, None, None, on(40), 180.0, "by day", (), (), 0, "sleep", "ada", "rooms", actors, None,
    )  # fmt: skip


def test_rules_get_what_surely_loses_and_still_does():
    """What may be chance, and what is gone, is not told."""
    rows = lasting_rows([base(), replace(base(), box="bill", is_named=False), replace(base(), box="x", ended_at=on(20))])
    assert [Lasting(**row).box for row in rows] == ["feed"]


def test_steps_are_felt_and_nobody_changes_them():
    """Only what somebody could change stands at the junction."""
    assert [box.id for box in places_of(MAP)] == ["feed", "bill"]
