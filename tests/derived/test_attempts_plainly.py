"""Attempts agree with plain loops over any events: ties, people without a name, days of 23 and 25 hours, several sources."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from derived.plain_attempts import Shop, plain_attempts, plain_persons
from measures.given import at, engine_with, organisation, prepared, service

MANY = 24  # services in one engine: compiling the queries is what takes time
ZONE = "Europe/London"
RULES: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (  # as the organisation says it, as the oracle does
    ({}, {}),
    ({"idle": 3600.0}, {"idle_s": 3600}),
    ({"idle": 600.0, "until": "end"}, {"idle_s": 600, "until_end": True}),
    ({"until": "end"}, {"until_end": True}),
    ({"per": "day"}, {"idle_s": None, "per_day": True}),
    ({"per": "day", "until": "end"}, {"idle_s": None, "per_day": True, "until_end": True}),
)
STARTS = ("2026-01-05 23:20", "2026-03-28 23:20", "2026-10-24 22:20")  # winter; the night before the clocks turn, twice
seconds = st.sampled_from([0, 0, 0.4, 0.6, 599, 600, 600.7, 1800, 1800.9, 1801, 3600, 3601, 5400, 86_000, 88_000, 176_000])
events = st.fixed_dictionaries(
    {
        "happened_at": seconds,
        "ended_at": st.one_of(st.none(), st.none(), seconds),
        "consumer": st.sampled_from(["ann", "ann", "bo", "cookie", None]),
        "visit": st.sampled_from(["v", None]),
        "attempt": st.sampled_from(["x", None, None, None]),
        "service": st.sampled_from(["shop", "shop", "Shop ", "elsewhere"]),
        "step": st.sampled_from(["find", "help", "Pay", "unheard-of", "Not-Eligible", None]),
        "channel": st.sampled_from(["web", "App", None]),
        "segment": st.sampled_from(["guest", "hotelier", None]),
        "device": st.sampled_from(["Phone", "laptop", None]),
        "outcome": st.sampled_from(["failed", "left", "done", "not-eligible", None, None]),
        "source": st.sampled_from(["web", "till"]),
    }
)
ref = st.sampled_from(["consumer:ann", "consumer:bo", "account:bo", "consumer:cookie", "account:ann", "consumer:other"])
worlds = st.tuples(st.lists(events, min_size=1, max_size=25), st.lists(st.tuples(ref, ref), max_size=2))


@settings(max_examples=8, deadline=None, phases=(Phase.generate,))  # shrinking would compile for minutes
@given(st.lists(worlds, min_size=MANY, max_size=MANY))
def test_attempts_agree_with_the_plain_version(drawn: list[tuple[list[dict[str, Any]], list[tuple[str, str]]]]):
    """Under every rule, with people who are linked, the query says what a plain loop over sorted rows says."""
    shops, rows, links, expected = [], [], [], []
    for number, (some, same) in enumerate(drawn):
        said, rule = RULES[number % len(RULES)]
        start = at(STARTS[number // len(RULES) % len(STARTS)])
        mine = [numbered(row, start, number, place) for place, row in enumerate(some)]
        named = [tuple(f"{each}{number}" for each in link) for link in same]
        shops.append(
            service(f"shop{number}", "find help? pay", ends=("not-eligible", "Not-Eligible"), fields={"attempt": said})
        )
        rows += [{**row, "service": row["service"].replace("hop", f"hop{number}")} for row in mine]
        links += [{"from_ref": one, "relation": "same-as", "to_ref": other} for one, other in named]
        persons, _ = plain_persons(named)
        mine = [{**row, "consumer": persons.get(row["consumer"], row["consumer"])} for row in mine]
        shop = Shop(("find", "help", "pay"), frozenset({"not-eligible", "Not-Eligible"}), zone=ZONE, **rule)
        expected += [{**each, "entity": f"shop{number}"} for each in plain_attempts(mine, shop)]
    found = attempts(rows, links, shops)
    both = {place_of(row): [None, None] for row in (*found, *expected)}
    for side, some in enumerate((found, expected)):
        for row in some:
            both[place_of(row)][side] = row
    assert [pair for pair in both.values() if pair[0] != pair[1]][:1] == []


def numbered(row: dict[str, Any], start: dt.datetime, number: int, place: int) -> dict[str, Any]:
    """Give a drawn row its instants, its place, and people of its own world."""
    instants = {
        end: row[end] if row[end] is None else start + dt.timedelta(seconds=row[end]) for end in ("happened_at", "ended_at")
    }
    return {
        **row,
        **instants,
        "record": f"{number:03}-{place:03}",
        "consumer": row["consumer"] and f"{row['consumer']}{number}",
    }


def attempts(rows: list[dict[str, Any]], links: list[dict[str, Any]], shops: list[Any]) -> list[dict[str, Any]]:
    engine = prepared(engine_with(interactions=rows, links=links), organisation(*shops), ["attempts"], zone=ZONE)
    found = engine.run(engine.table("attempts").drop("is_matured", "last_at")).to_pylist()
    engine.close()
    return found


def place_of(row: dict[str, Any]) -> tuple[str, str]:
    return (row["entity"], row["attempt"])
