"""Measures of people against plain Python over the rows of attempts: person by person, with no joins and no sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import pairwise
from random import Random
from statistics import median_low
from typing import Any

import pytest

from measures.given import START, at, engine_with, organisation, prepared, service
from wholeservice.measures import MEASURES
from wholeservice.measures.compute import compute
from wholeservice.measures.finish import finish_durations

WEEK = dt.timedelta(days=7)
MONTHS = (at("2026-01-01"), at("2026-02-01")), (at("2026-02-01"), at("2026-03-01")), (at("2026-03-01"), at("2026-04-01"))
PEOPLE = ("ann", "bo", "cy", "di", "ed", "fay", None)
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def world() -> Iterator[dict[str, Any]]:
    """Some four hundred events of six people at two services in three months, and their calls for help."""
    chance = Random(11)
    days = [0, *(chance.uniform(0, 90) for _ in range(400)), 89.99]
    events = [
        {"happened_at": START + dt.timedelta(days=day), "service": chance.choice(("shop", "desk")),
         "consumer": chance.choice(PEOPLE), "visit": f"v{number}", "attempt": chance.choice((f"x{number % 90}", None)),
         "step": chance.choice(("find", "pay")), "channel": chance.choice(("web", "phone")),
         "outcome": chance.choice(("failed", None, None))}
        for number, day in enumerate(days)
    ]  # fmt: skip
    asked = [
        {"happened_at": START + dt.timedelta(days=chance.uniform(0, 90)), "service": "shop", "consumer": chance.choice(PEOPLE)}
        for _ in range(12)
    ]
    known = organisation(service("shop", "find pay"), service("desk", "find pay"))
    needs = ("attempts", "visits", "reached")
    engine = prepared(engine_with(interactions=events, contacts=asked), known, needs)
    rows = {name: engine.run(engine.table(name)).to_pylist() for name in ("attempts", "visits", "reached", "resolved_contacts")}
    yield {**rows, "engine": engine, "known": known}
    engine.close()


def measured(world: dict[str, Any], name: str) -> dict[Any, tuple[float, float]]:
    """Return n and numerator per entity and month."""
    (measure,) = (each for each in MEASURES if each.name == name)
    rows = compute(world["engine"], world["known"], zone="UTC", source_order=[], targets=(), measures=[measure])
    return {
        (cell.entity, cell.from_at): (sums.n, sums.numerator)
        for cell, sums in rows
        if cell.entity in ("shop", "desk")
        and (cell.from_at, cell.to_at) in MONTHS
        and not (cell.channel or cell.step or cell.segment)
    }


def by_month(attempts: Rows, hit: Callable[[dict[str, Any]], bool]) -> dict[Any, tuple[float, float]]:
    found: dict[Any, tuple[float, float]] = {}
    for each in attempts:
        key = each["entity"], each["started_at"].replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        n, hits = found.get(key, (0.0, 0.0))
        found[key] = n + 1, hits + hit(each)
    return found


def test_first_time_right(world):
    """Each finished attempt is asked in turn: did its person come again, call, or fail on the way?"""
    attempts, visits, calls = world["attempts"], world["visits"], world["resolved_contacts"]
    newest = max(each["last_at"] for each in attempts)
    calls = [each for each in calls if each["consumer"] and each["entity"]]
    first = {each["entity"]: min(one["happened_at"] for one in calls if one["entity"] == each["entity"]) for each in calls}

    def is_right(one: dict[str, Any]) -> bool:
        until, same = one["finished_at"] + WEEK, (one["entity"], one["consumer"])
        again = [each for each in attempts if (each["entity"], each["consumer"]) == same and each is not one]
        called = [each for each in calls if (each["entity"], each["consumer"]) == same]
        failed = [each for each in visits if (each["entity"], each["attempt"]) == (one["entity"], one["attempt"])]
        return not (
            any(one["finished_at"] <= each["started_at"].replace(microsecond=0) <= until for each in again)
            or any(one["started_at"] <= each["happened_at"] <= until for each in called)
            or any(each["outcome"] == "failed" and each["happened_at"] <= one["finished_at"] for each in failed)
        )

    done = [each for each in attempts if each["consumer"] and each["finished_at"] and newest - each["finished_at"] >= WEEK]
    done = [each for each in done if each["entity"] in first and each["started_at"] >= first[each["entity"]]]
    expected = by_month(done, is_right)
    assert measured(world, "first-time-right") == expected
    assert 0 < sum(hits for _, hits in expected.values()) < sum(n for n, _ in expected.values())


def test_retention(world):
    """The people of January who are among those of February, and those of February who are among those of March, as sets."""
    people = {
        (entity, from_at): {
            each["consumer"]
            for each in world["attempts"]
            if each["entity"] == entity and each["consumer"] and from_at <= each["started_at"] < to_at
        }
        for entity in ("shop", "desk")
        for from_at, to_at in MONTHS
    }
    starts = [from_at for from_at, _ in MONTHS]
    expected = {
        (entity, one): (len(people[entity, one]), len(people[entity, one] & people[entity, after]))
        for entity in ("shop", "desk")
        for one, after in pairwise(starts)
    }
    assert measured(world, "retention") == expected


def test_told_once(world):
    """Each attempt in two channels is asked in turn: which steps were done in both?"""
    done: dict[Any, set[str]] = {}
    for each in world["visits"]:
        if each["outcome"] not in ("failed", "left"):
            done.setdefault((each["entity"], each["attempt"], each["step"]), set()).add(each["channel"])
    both = [each for each in world["attempts"] if each["is_matured"] and each["channels_used"] > 1]
    again = {key[:2] for key, channels in done.items() if len(channels) > 1}
    expected = by_month(both, lambda each: (each["entity"], each["attempt"]) not in again)
    assert measured(world, "told-once") == expected
    assert 0 < sum(hits for _, hits in expected.values()) < sum(n for n, _ in expected.values())


def test_time_to_first_success_knows_everybody_once(world):
    """Each person counts in the month of their very first attempt, there once any of theirs got to an end."""
    first: dict[Any, dict[str, Any]] = {}
    for each in sorted(world["attempts"], key=lambda each: each["started_at"]):
        if each["consumer"]:
            first.setdefault((each["entity"], each["consumer"]), each)
    there = {(each["entity"], each["consumer"]) for each in world["attempts"] if each["finished_at"]}
    expected = by_month(list(first.values()), lambda each: (each["entity"], each["consumer"]) in there)
    assert measured(world, "time-to-first-success") == expected


def test_time_to_convert(world):
    """The lower median of each step's seconds, sorted by hand, is in the bucket that was found."""
    (measure,) = (each for each in MEASURES if each.name == "time-to-convert")
    rows = compute(world["engine"], world["known"], zone="UTC", source_order=[], targets=(), measures=[measure])
    matured = {(each["entity"], each["attempt"]): each for each in world["attempts"] if each["is_matured"]}
    at_find = {(each["entity"], each["attempt"]): each["reached_at"] for each in world["reached"] if each["step"] == "find"}
    n_compared = 0
    for cell, sums in rows:
        if cell.step != "pay" or cell.channel or cell.segment or (cell.from_at, cell.to_at) not in MONTHS:
            continue
        took = [
            each["reached_at"].timestamp() // 1 - at_find[each["entity"], each["attempt"]].timestamp() // 1
            for each in world["reached"]
            if each["step"] == "pay" and each["entity"] == cell.entity
            and (one := matured.get((each["entity"], each["attempt"]))) and cell.from_at <= one["started_at"] < cell.to_at
        ]  # fmt: skip
        assert finish_durations(sums).value == pytest.approx(median_low(took), rel=0.0157)
        assert sums.n == len(took)
        n_compared += len(took) > 3
    assert n_compared >= 2
