"""What makes one attempt is said per service: a pause, an end, or the civil day."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from measures.given import at, engine_with, organisation, prepared, service
from wholeservice.derived.attempt_rules import offsets_table
from wholeservice.derived.base import whole_seconds
from wholeservice.organisation.graph import Entity

START = at("2026-01-05 10:00")


def event(seconds: float, step: str | None = None, **more: Any) -> dict[str, Any]:
    return {"service": "shop", "happened_at": START + dt.timedelta(seconds=seconds), "consumer": "ann", "step": step, **more}


def counts(*events: dict[str, Any], known: tuple[Entity, ...] = (), zone: str = "UTC", **rule: Any) -> list[int]:
    """Return how many events each attempt has, oldest first."""
    shop = service("shop", "find pay", ends=("not-eligible",), fields={"attempt": rule})
    engine = prepared(engine_with(interactions=events), organisation(shop, *known), ["attempts"], zone=zone)
    found = engine.run(engine.table("attempts")).to_pylist()
    return [row["n_events"] for row in sorted(found, key=lambda row: row["started_at"])]


HOUR, WEEK = 3600.0, 7 * 86400.0


def test_a_service_says_how_long_a_pause_may_be():
    """Two hours is one attempt where a service says so, and two where it says nothing."""
    assert counts(event(0), event(2 * HOUR), idle=2 * HOUR) == [2]
    assert counts(event(0), event(2 * HOUR)) == [1, 1]


def test_what_is_inside_follows_the_nearest_rule_above():
    """A part has the rule of its service; another one says its own."""
    part, own = (service(name, kind="part", parent="shop") for name in ("till", "desk"))
    own = Entity(own.id, own.kind, own.title, parent="shop", fields={"attempt": {"idle": 60.0}})
    inside = [event(0, service="till"), event(HOUR, service="till"), event(9, service="desk"), event(HOUR, service="desk")]
    assert counts(*inside, known=(part, own), idle=2 * HOUR) == [2, 1, 1]


@pytest.mark.parametrize("end", [event(0, "pay"), event(0, "find", outcome="not-eligible"), event(0, outcome=" Done ")])
def test_reaching_an_end_ends_an_attempt(end: dict[str, Any]):
    """The last step, a legitimate end, or the source's own word; what comes later begins another, at once."""
    assert counts(end, event(5, "find"), event(9, "find"), idle=WEEK, until="end") == [1, 2]
    assert counts(end, event(5, "find"), event(9, "find"), idle=WEEK) == [3]


def test_a_failure_at_the_end_does_not_end_an_attempt():
    """Paying failed, and then worked: one attempt; the visit after it is the next."""
    tries = [event(0, "pay", outcome="failed"), event(5, "pay"), event(9, "find")]
    assert counts(*tries, idle=WEEK, until="end") == [2, 1]


def test_a_double_click_does_not_make_two_attempts():
    """Twice in the same second, from two sources or by two clicks: one attempt of two events; a second later it is another."""
    twice = [event(0, "find"), event(5, "pay", source="web"), event(5.9, "pay", source="till")]
    assert counts(*twice, idle=WEEK, until="end") == [3]
    assert counts(*twice, event(6, "pay"), idle=WEEK, until="end") == [3, 1]


def test_an_end_does_not_outlive_its_second():
    """Only the second of the end itself still belongs to it: the event after the next one does not end anything again."""
    assert counts(event(0, "pay"), event(5, "find"), event(6, "find"), idle=WEEK, until="end") == [1, 2]


def test_per_day_counts_civil_days_of_the_zone():
    """23:50 and 00:10 in London in summer are 22:50 and 23:10 in UTC: two days there, one here; a pause of 9 hours is none."""
    night = [event(0, happened_at=at(text)) for text in ("2026-07-01 13:00", "2026-07-01 22:50", "2026-07-01 23:10")]
    assert counts(*night, zone="Europe/London", per="day") == [2, 1]
    assert counts(*night, zone="UTC", per="day") == [3]


@pytest.mark.parametrize(("turn", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_on_which_the_clocks_turn_is_one_day(turn: str, hours: int):
    """The last second of a day of 23 or 25 hours belongs to it, and the next one to the day after."""
    day = dt.date.fromisoformat(turn)
    first = at("2026-03-29 00:00") if day.month == 3 else at("2026-10-24 23:00")
    edge = [first, first + dt.timedelta(hours=hours, seconds=-1), first + dt.timedelta(hours=hours)]
    assert counts(*(event(0, happened_at=each) for each in edge), zone="Europe/London", per="day") == [2, 1]


def test_the_offsets_of_a_zone_have_no_gap():
    """Each stretch begins where the last one ended, from always to always; a zone that never turns has one."""
    rows = offsets_table("Europe/London").to_pylist()
    assert [row["to_s"] for row in rows[:-1]] == [row["from_s"] for row in rows[1:]]
    assert rows[0]["from_s"] < -(10**11) < 10**11 < rows[-1]["to_s"]
    summer = next(row for row in rows if row["from_s"] == at("2026-03-29 01:00").timestamp())
    assert (summer["offset_s"], summer["to_s"]) == (3600, at("2026-10-25 01:00").timestamp())
    assert [row["offset_s"] for row in offsets_table("Asia/Kolkata").to_pylist()] == [19_800]


def test_an_event_at_the_turn_of_the_clocks_counts_once():
    """At 01:00 UTC in London's spring, not before and not after it: the same civil day as the evening, another than the eve."""
    eve, turn, evening = (event(0, happened_at=at(f"2026-03-{text}")) for text in ("28 23:59", "29 01:00", "29 22:59"))
    assert counts(eve, turn, evening, zone="Europe/London", per="day") == [1, 2]


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_clocks_turn_in_the_second_in_which_they_turn(zone: str):
    """Each offset holds in the first and the last second of its stretch, and is another than the one before."""
    rows = offsets_table(zone).to_pylist()
    assert len(rows) > 20
    for one, other in itertools.pairwise(rows):
        turn = dt.datetime.fromtimestamp(other["from_s"], ZoneInfo(zone))
        before = dt.datetime.fromtimestamp(other["from_s"] - 1, ZoneInfo(zone))
        assert [each.utcoffset() for each in (before, turn)] == [dt.timedelta(seconds=row["offset_s"]) for row in (one, other)]
        assert one["offset_s"] != other["offset_s"]


def test_an_event_that_lasts_is_no_pause_however_many_come_in_it():
    """A call of two hours with a click in it: what comes right after the call still belongs to it."""
    call = event(0, ended_at=START + dt.timedelta(hours=2))
    assert counts(call, event(600), event(2 * HOUR + 60)) == [3]


def test_fractions_of_a_second_are_cut_off():
    """An attempt that began at 10:00:00.6 is named after 10:00:00 on every engine, also before 1970."""
    engine = prepared(engine_with(interactions=[event(0.6)]), organisation(service("shop")), ["attempts"])
    assert engine.run(engine.table("attempts")).column("attempt").to_pylist() == [f"ann@{int(START.timestamp())}"]
    moments = engine_with(interactions=[event(0, happened_at=at("1969-12-31 23:59") + dt.timedelta(seconds=58.6))])
    table = moments.table("interactions")
    assert moments.run(table.select(s=whole_seconds(table.happened_at))).to_pylist() == [{"s": -2}]


def test_places_are_counted_within_the_attempt():
    """The first event of each attempt has place 0, also of somebody's second one."""
    later = [event(number * HOUR + second) for number in range(2) for second in range(3)]
    engine = prepared(engine_with(interactions=later), organisation(service("shop", "pay")), ["visits"])
    found = [(row["attempt"], row["nth"]) for row in engine.run(engine.table("visits")).to_pylist()]
    begun = int(START.timestamp())
    assert sorted(found) == [(f"ann@{begun + hour}", nth) for hour in (0, 3600) for nth in range(3)]


def test_equal_rows_are_all_kept():
    """Two rows that say the same are two visits: an attempt of two events, in the order of their records."""
    engine = prepared(
        engine_with(interactions=[event(0, "pay"), event(0, "pay")]), organisation(service("shop", "pay")), ["visits"]
    )
    assert sorted(row["nth"] for row in engine.run(engine.table("visits")).to_pylist()) == [0, 1]
