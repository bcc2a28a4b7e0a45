"""What is read of the items behind a target: those that were due, their tiles, and those of all that they waited for."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from findings.lives_made import HOUR_US
from measures.given import at, engine_with, organisation, prepared, service
from wholeservice.derived.lived import Lived, observe_items
from wholeservice.periods import Period

JANUARY = Period(at("2026-01-01"), at("2026-02-01"))


def moment(day: int, hour: int = 0) -> dt.datetime:
    return at("2026-01-01") + dt.timedelta(days=day - 1, hours=hour)


def due(item: str, created: int, by: int | None, done: int | None, **more: str) -> dict[str, Any]:
    days = {"created_at": created, "due_at": by, "done_at": done}
    said = {"item": item, "service": "permit", "channel": "web", **more}
    return said | {name: moment(day) for name, day in days.items() if day is not None}


@lru_cache
def observed(channel: str | None = None) -> Lived:
    """A waits for X, X for Y; B was due later, C came by post, D is open and late, and E is of another service."""
    items = [
        due("A", 2, 10, 12, channel="Web"), due("B", 2, 33, 5), due("C", 2, 9, 9, channel="post"), due("D", 20, 22, None),
        due("E", 2, 9, 9, service="advice"), due("X", 3, None, 11, service="Advice "),
        due("Y", 4, None, 6, service="not declared"),
    ]  # fmt: skip
    work = [
        {"item": "A", "state": "blocked", "stage": "hold", "from_at": moment(3), "to_at": moment(11), "waits_on": "X"},
        {"item": "X", "state": "blocked", "from_at": moment(4), "to_at": moment(7), "waits_on": "Y"},
        {"item": "Y", "state": "active", "from_at": moment(4), "to_at": moment(6), "team": "measurers"},
        {"item": "Y", "state": "active", "from_at": moment(6), "to_at": moment(35)},
    ]
    known = organisation(service("permit"), service("advice"))
    return observe_items(prepared(engine_with(items=items, work=work), known, ["tiles"]), "permit", JANUARY, channel)


def test_items_that_were_due_are_read_with_how_long_they_were_allowed():
    """A took 10 days of 8, C took 7 of 7, and D is open for 15 of 2, until the newest instant of its source."""
    rows = {row["item"]: row for row in observed().units.to_pylist()}
    days = {item: (row["took_us"] / 24 / HOUR_US, row["allowed_us"] / 24 / HOUR_US) for item, row in rows.items()}
    assert days == {"A": (10, 8), "C": (7, 7), "D": (15, 2)}
    assert {item: row["is_late"] for item, row in rows.items()} == {"A": True, "C": False, "D": True}
    assert [row["item"] for row in observed("web").units.to_pylist()] == ["A", "D"]


def test_tiles_add_up_to_what_each_item_took():
    """So an item is late exactly when its tiles are longer than it was allowed to take."""
    seen = observed()
    for row in seen.units.to_pylist():
        mine = [each["to_us"] - each["from_us"] for each in seen.tiles.to_pylist() if each["item"] == row["item"]]
        assert sum(mine) == row["took_us"]
        assert (row["took_us"] > row["allowed_us"]) == row["is_late"]


def test_what_an_item_waits_for_is_read_and_what_that_waits_for():
    """X is known by the service it is about, and Y by the name that nobody declared; B and E are not read."""
    seen = observed()
    assert sorted(set(seen.tiles["item"].to_pylist())) == ["A", "C", "D", "X", "Y"]
    assert {row["item"]: row["place"] for row in seen.places.to_pylist()} == {
        "A": "permit", "C": "permit", "D": "permit", "X": "advice", "Y": "not declared"
    }  # fmt: skip
