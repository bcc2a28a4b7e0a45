"""Generated journeys whose answers are known: what each rule makes of visits, from rows of facts to steps reached."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import pytest

from measures.given import at, engine_with, organisation, prepared, service
from wholeservice.derived.funnel_rules import funnel_rules_table, passable, ways_through
from wholeservice.derived.journeys import journeys_table
from wholeservice.organisation.graph import Entity, Step

DAY_S = 86400.0
STRICT, ANY = {"order": "strict"}, {"order": "any"}
BY_CONSUMER = {"by": "consumer", "within": 7 * DAY_S}
FAR = "2026-06-01 12:00"
"""Something happened then, at another service: every earlier entry is old enough to judge."""

CASES: dict[str, tuple[str, dict[str, Any], str, set[str]]] = {
    # what it shows: journey; rule; events as `attempt step moment`, in the order of their records; attempts and steps reached
    "something may lie between two steps": (
        "find pay", {}, "a find 10:00, a elsewhere 10:01, a pay 10:02", {"a find", "a pay"},
    ),
    "strictly nothing may": ("find pay", STRICT, "a find 10:00, a elsewhere 10:01, a pay 10:02", {"a find"}),
    "strictly, the same step again may": ("find pay", STRICT, "a find 10:00, a find 10:01, a pay 10:02", {"a find", "a pay"}),
    "strictly, an optional step between may": (
        "find help? pay", STRICT, "a find 10:00, a help 10:01, a pay 10:02", {"a find", "a help", "a pay"},
    ),
    "strictly, an event at no step may": ("find pay", STRICT, "a find 10:00, a - 10:01, a pay 10:02", {"a find", "a pay"}),
    "strictly, a later step may not": (
        "find choose pay", STRICT, "a find 10:00, a pay 10:01, a choose 10:02, a pay 10:03", {"a find"},
    ),
    "in any order the base may come later": (
        "find choose pay", ANY, "a pay 10:00, a find 10:01, a choose 10:02", {"a find", "a choose", "a pay"},
    ),
    "in any order nothing stands in for a base": ("find choose pay", ANY, "a pay 10:00, a find 10:01", {"a find"}),
    "in any order the window holds all": (
        "find pay", {**ANY, "within": 60.0}, "a pay 10:00, a find 10:02, a pay 10:05, b pay 10:00, b find 10:01",
        {"a find", "b find", "b pay"},
    ),
    "ties follow the journey": ("find pay", {}, "a pay 10:00, a find 10:00", {"a find", "a pay"}),
    "ties follow the journey strictly too": (
        "find choose pay", STRICT, "a pay 10:00, a choose 10:00, a find 10:00", {"a find", "a choose", "a pay"},
    ),
    "two rows that say the same are no detour": (
        "find choose pay", STRICT, "a find 10:00, a find 10:00, a choose 10:01, a choose 10:01, a pay 10:02",
        {"a find", "a choose", "a pay"},
    ),
    "rows that come late stand where they happened": ("find pay", {}, "a pay 10:05, a find 10:00", {"a find", "a pay"}),
    "a later start fills what an earlier one came too soon for": (
        "find pay", {"within": 300.0}, "a find 10:00, a find 10:04, a pay 10:06", {"a find", "a pay"},
    ),
    "one that never ends is cut by the window": (
        "find pay", {"within": DAY_S}, "a find 2026-01-05T10:00, a pay 2026-01-06T10:00:01", {"a find"},
    ),
    "a day of 23 hours is no day of seconds": (  # the clocks turn on 29 March 2026: 24 hours later it is 13:00 there
        "find pay", {"within": DAY_S}, "a find 2026-03-28T12:00, a pay 2026-03-29T12:00, b find 2026-03-28T12:00, "
        "b pay 2026-03-29T12:00:01", {"a find", "a pay", "b find"},
    ),
    "the window may count from the step before": (
        "find choose pay", {"within": 300.0, "per": "step"}, "a find 10:00, a choose 10:05, a pay 10:10",
        {"a find", "a choose", "a pay"},
    ),
    "by attempt, each is for itself": ("find pay", {}, "a:ann find 10:00, b:ann pay 12:00", {"a find"}),
    "by consumer, one goes on with the other": (
        "find pay", BY_CONSUMER, "a:ann find 10:00, b:ann pay 12:00", {"a find", "a pay"},
    ),
    "by consumer, two people stay two": ("find pay", BY_CONSUMER, "a:ann find 10:00, b:bo pay 12:00", {"a find"}),
    "by consumer, nobody is not somebody": ("find pay", BY_CONSUMER, "a find 10:00, b pay 12:00", {"a find"}),
    "by consumer, ties follow the journey across attempts": (
        "find choose pay", BY_CONSUMER, "b:ann choose 10:00, b:ann find 10:01, a:ann choose 10:01", {"b find", "b choose"},
    ),
    "by consumer, who has finished begins anew": (
        "find pay", BY_CONSUMER, "a:ann find 10:00, a:ann pay 10:05, b:ann find 12:00", {"a find", "a pay", "b find"},
    ),
    "by consumer, too late is another try": (
        "find pay", BY_CONSUMER, "a:ann find 2026-01-05T10:00, b:ann find 2026-01-12T10:00:01, b:ann pay 2026-01-12T10:00:02",
        {"a find", "b find", "b pay"},
    ),
    "by consumer, just in time is not": (
        "find pay", BY_CONSUMER, "a:ann find 2026-01-05T10:00, b:ann find 2026-01-12T10:00, b:ann pay 2026-01-12T10:00:02",
        {"a find", "a pay"},
    ),
    "by consumer, an entry too young is not told": (
        "find pay", BY_CONSUMER, "a:ann find 2026-05-25T12:00, b:bo find 2026-05-25T12:00:01, b:bo pay 2026-05-25T12:00:02",
        {"a find"},
    ),
    "by consumer, step by step may take longer": (
        "find choose pay", {"by": "consumer", "within": 2 * DAY_S, "per": "step"},
        "a:ann find 2026-01-05T10:00, b:ann choose 2026-01-07T10:00, c:ann pay 2026-01-09T10:00",
        {"a find", "a choose", "a pay"},
    ),
}  # fmt: skip


def rows_of(number: int, events: str) -> list[dict[str, Any]]:
    """Read the events of a case; attempts and people are called the same in all of them."""
    rows = []
    for place, event in enumerate(events.split(", ")):
        who, step, moment = event.split()
        attempt, _, consumer = who.partition(":")
        moment = moment.replace("T", " ") if "T" in moment else f"2026-01-05 {moment}"
        rows.append(
            {
                "record": f"{number:03}-{place:03}", "service": f"shop{number}", "step": None if step == "-" else step,
                "attempt": attempt, "consumer": consumer or None,
                "happened_at": at(moment),
            }
        )  # fmt: skip
    return rows


def reached(rows: list[dict[str, Any]], shops: list[Entity]) -> dict[str, set[str]]:
    """Return of each service the attempts and the steps they reached."""
    last = {"record": "last", "service": "other", "attempt": "other", "happened_at": at(FAR)}
    engine = prepared(engine_with(interactions=[*rows, last]), organisation(*shops, service("other")), ["reached"])
    found: dict[str, set[str]] = {each.id: set() for each in shops}
    for row in engine.run(engine.table("reached")).to_pylist():
        known = found[row["entity"]]
        said = f"{row['attempt']} {row['step']}"
        assert said not in known
        known.add(said)
    engine.close()
    return found


SHOPS = [service(f"shop{number}", case[0], fields={"funnel": case[1]}) for number, case in enumerate(CASES.values())]
ROWS = [row for number, case in enumerate(CASES.values()) for row in rows_of(number, case[2])]


@pytest.fixture(scope="module")
def found() -> dict[str, set[str]]:
    """The steps reached in all cases at once: to compile the queries is what takes time."""
    return reached(ROWS, SHOPS)


@pytest.mark.parametrize("number", range(len(CASES)), ids=list(CASES))
def test_a_journey_with_a_known_answer(number: int, found: dict[str, set[str]]):
    """What the case says."""
    assert found[f"shop{number}"] == list(CASES.values())[number][3]


def test_the_order_of_rows_does_not_matter(found: dict[str, set[str]]):
    """Facts come as sources give them: in another order, under other records, they reach the same."""
    rows = [{**row, "record": f"{number}"} for number, row in enumerate(Random(1).sample(ROWS, len(ROWS)))]
    assert reached(rows, SHOPS) == found


def test_a_step_is_reached_by_its_own_first_event():
    """In any order a step is reached when the last of what it needs has come; by default by the event that fills it."""
    rows = [row for number in (0, 1) for row in rows_of(number, "a pay 10:00, a find 10:03, a pay 10:05")]
    shops = [service(f"shop{number}", "find pay", fields={"funnel": rule}) for number, rule in enumerate(({}, ANY))]
    engine = prepared(engine_with(interactions=rows), organisation(*shops), ["reached"])
    found = {row["entity"]: row for row in engine.run(engine.table("reached")).to_pylist() if row["step"] == "pay"}
    for shop, minute in (("shop0", 5), ("shop1", 3)):
        expected = ("find", at("2026-01-05 10:00") + dt.timedelta(minutes=minute))
        assert (found[shop]["base"], found[shop]["reached_at"]) == expected


def test_what_may_come_between():
    """A branch walked at the same time may, another way of a choice may not."""
    leaf = {name: Step(name, name) for name in ("order", "check", "pack", "send", "card", "cash", "thank")}
    journey = (
        leaf["order"], Step("parallel#1", "", "parallel", (leaf["check"], leaf["pack"])), leaf["send"],
        Step("choice#2", "", "choice", (leaf["card"], leaf["cash"])), leaf["thank"],
    )  # fmt: skip
    bases = {"order": None, "check": "order", "pack": "order", "send": "pack", "card": "send", "cash": "send", "thank": "send"}
    assert passable("order", bases, {}) == ["order"]
    ways = ways_through(Entity("shop", "service", "Shop", journey=journey))
    between = {step: passable(step, bases, ways) for step in bases}
    assert between["check"] == ["order", "check", "pack"]
    assert between["pack"] == ["order", "check", "pack"]
    assert between["send"] == ["check", "pack", "send"]
    assert between["cash"] == ["send", "cash"]
    assert between["thank"] == ["send", "card", "cash", "thank"]


def test_how_long_the_longest_way_may_take():
    """Three steps are two steps from one another: two days each, or two days in all; one step alone has the time it has."""
    per_step = {"funnel": {"within": 2 * DAY_S, "per": "step"}}
    known = organisation(
        service("long", "find help? choose pay", fields=per_step),
        service("all", "find pay", fields={"funnel": {"within": 60.0}}),
        service("one", "find", fields=per_step),
    )
    table = funnel_rules_table(known, journeys_table(known).to_pylist()).to_pylist()
    assert {row["rule_of"]: row["span_s"] for row in table} == {"long": 4 * DAY_S, "all": 60.0, "one": 2 * DAY_S}
