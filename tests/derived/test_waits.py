"""Waits: why each piece of waiting waited, and for what; the causes of a piece add up to it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from measures.given import at, engine_with, organisation, prepared
from wholeservice.organisation.graph import Edge, Entity, Organisation

STAGES = (
    {"stage": "build", "kind": "value-adding", "team": "web"},
    {"stage": "test", "queue": "environment", "meets": ("environments",)},
    {"stage": "approve", "named": ("Sign-off",), "queue": "approval", "meets": ("four-eyes",)},
)


def shop(**fields: Any) -> Organisation:
    """A service of the team web in one stream, environments of the team platform in another, and a policy."""
    web = Entity("web", "team", "Web", fields={"people": 5, **fields})
    platform, small = (
        Entity("platform", "team", "Platform", fields={"people": 6}),
        Entity("two", "team", "Two", fields={"people": 2}),
    )
    services = [
        Entity("shop", "service", "Shop", team="web"),
        Entity("environments", "service", "Environments", team="platform"),
    ]
    stream = Entity("flow", "value-stream", "Flow", fields={"stages": STAGES})
    edges = Edge("shop", "runs-in", "flow"), Edge("shop", "owned-by", "web"), Edge("environments", "owned-by", "platform")
    policy = Entity("four-eyes", "policy", "Four eyes")
    return organisation(web, platform, small, *services, stream, policy, edges=edges)


def stay(item: str, state: str, from_at: str, to_at: str | None = None, **more: Any) -> dict[str, Any]:
    instants = {"from_at": at(f"2026-03-{from_at}"), "to_at": at(f"2026-03-{to_at}") if to_at else None}
    return {"item": item, "state": state, **instants, **more}


def item(name: str, service: str = "shop", **more: Any) -> dict[str, Any]:
    return {"item": name, "service": service, "created_at": at("2026-03-01"), "done_at": at("2026-03-31"), **more}


def waits(items: list[dict[str, Any]], work: list[dict[str, Any]], known: Organisation | None = None) -> list[dict[str, Any]]:
    engine = prepared(engine_with(items=items, work=work), known or shop(), ["waits"], "Europe/Amsterdam")
    return sorted(engine.run(engine.table("waits")).to_pylist(), key=lambda row: (row["item"], row["from_at"], row["cause"]))


def told(rows: list[dict[str, Any]], name: str = "A") -> list[tuple[Any, ...]]:
    return [(row["cause"], row["on_entity"], row["seconds"] / 86400) for row in rows if row["item"] == name]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"waits_on": "E1"}, ("team", "environments")),
        ({"waits_on": "B"}, ("dependency", "shop")),
        ({"waits_on": "Four eyes"}, ("approval", "four-eyes")),
        ({"waits_on": "platform"}, ("team", "platform")),
        ({"waits_on": "web"}, ("dependency", "web")),
        ({"waits_on": "E1", "stage": "Test"}, ("environment", "environments")),
        ({"stage": "Sign-off"}, ("approval", "four-eyes")),
        ({"state": "returned"}, ("rework", None)),
        ({"team": "platform"}, ("team", "platform")),
        ({"waits_on": "who knows"}, ("not recorded", None)),
        ({}, ("not recorded", None)),
    ],
)
def test_what_a_stay_says_goes_before_what_is_declared_and_that_before_the_rest(
    more: dict[str, Any], expected: tuple[Any, ...]
):
    """Two days of waiting, once for each thing that may be said of it."""
    work = [stay("A", "blocked", "02", "04") | more, stay("A", "active", "04", "05", team="web")]
    others = [item("E1", "environments"), item("B")]
    assert told(waits([item("A"), *others], work)) == [(*expected, 2)]


def test_a_team_is_busy_only_when_all_of_it_are():
    """Four of five at work leave one free: nothing explains the wait. The fifth begins on the third, after it was ready."""
    busy = [stay(f"B{n}", "active", "02", "04", stage="build", team="web") for n in range(4)]
    fifth = stay("B4", "active", "03", "04", stage="build", team="web")
    mine = [stay("A", "queued", "02 06:00", "04", stage="build"), stay("A", "active", "04", "05", stage="build", team="web")]
    items = [item("A"), *(item(f"B{n}") for n in range(5))]
    assert told(waits(items, busy + mine)) == [("not recorded", None, 1.75)]
    assert told(waits(items, [*busy, fifth, *mine])) == [("not recorded", None, 0.75), ("prioritisation", None, 1)]


def test_of_a_small_team_nobody_says_that_it_was_busy():
    """Two people are fewer than five: whose work took long would be told; how many they are does not matter then."""
    busy = [stay(f"B{n}", "active", "02", "04", team="two") for n in range(2)]
    mine = [stay("A", "queued", "02 06:00", "04", team="two"), stay("A", "active", "04", "05", team="two")]
    found = waits([item("A", team="two"), item("B0", team="two"), item("B1", team="two")], busy + mine)
    assert told(found) == [("not recorded", None, 1.75)]


def test_outside_of_its_hours_a_team_is_unavailable():
    """From Friday evening to Monday morning: 7 March is a Saturday, and the team works from nine to five on weekdays."""
    hours = {"calendar": {"days": ("mon", "tue", "wed", "thu", "fri"), "hours": ("09:00-17:00",)}}
    mine = [stay("A", "queued", "06 15:00", "09 09:00", stage="build"), stay("A", "active", "09 09:00", "09 12:00", team="web")]
    found = told(waits([item("A")], mine, shop(**hours)))
    assert found == [
        ("not recorded", None, 2 / 24),
        ("unavailability", None, 2 + 16 / 24),
    ]  # 16 to 17 h and 8 to 9 h UTC are at work


def test_what_one_person_began_at_the_same_instant_waited_for_the_last_to_come():
    """Of two begun together by one person, the first waited until the second came; one after another is a queue."""

    def pair(second_start: str) -> list[tuple[Any, ...]]:
        work = [
            stay("A", "queued", "02", "05", stage="build"),
            stay("A", "active", "05", "06", stage="build", resource="r", team="web"),
            stay("B", "queued", "04", second_start, stage="build"),
            stay("B", "active", second_start, "07", stage="build", resource="r", team="web"),
        ]  # fmt: skip
        return told(waits([item("A"), item("B")], work))

    assert pair("05") == [("batching", None, 2), ("not recorded", None, 1)]
    assert pair("06") == [("not recorded", None, 3)]


def test_the_causes_of_each_piece_add_up_to_it():
    """However the work of forty items crosses, the rows of a piece are as long as the piece, to the microsecond."""
    work, items = [], []
    for n in range(40):
        day, hour = 2 + n % 20, (n * 7) % 24
        first, second, third = (f"{day + plus:02} {hour:02}:00" for plus in (0, 1 + n % 3, 3 + n % 4))
        items.append(item(f"I{n}", team="web"))
        work += [
            stay(f"I{n}", "queued", first, second, stage="build"),
            stay(f"I{n}", "active", second, third, stage="build", team="web"),
        ]
    lengths, sums = {}, defaultdict(float)
    for row in waits(items, work):
        piece = row["item"], row["from_at"]
        lengths[piece] = (row["to_at"] - row["from_at"]).total_seconds()
        sums[piece] += row["seconds"]
        assert row["seconds"] > 0
    assert len(lengths) == 40
    assert dict(sums) == pytest.approx(lengths, abs=1e-6)
