"""Attempts: what belongs together, how it ended, and whether that can be known yet."""

from __future__ import annotations

import datetime as dt
from typing import Any

from measures.given import at, engine_with, organisation, prepared, service
from wholeservice.organisation.graph import Entity

SHOP = service("shop", "find help? pay", ends=("not-eligible",))


def attempts(*events: dict[str, Any], known: tuple[Entity, ...] = (SHOP,)) -> list[dict[str, Any]]:
    """Return the attempts of some events, oldest first."""
    engine = engine_with(interactions=[{"service": "shop", **event} for event in events])
    prepared(engine, organisation(*known), ["attempts"])
    return sorted(engine.run(engine.table("attempts")).to_pylist(), key=lambda row: (row["started_at"], row["attempt"]))


def at_minute(minute: int, **event: Any) -> dict[str, Any]:
    return {"happened_at": at("2026-01-05") + dt.timedelta(minutes=minute), "consumer": "ann", **event}


def test_a_pause_of_30_minutes_is_one_attempt_and_longer_is_two():
    """Inactivity splits only when it is longer than 30 minutes."""
    found = attempts(at_minute(0), at_minute(30), at_minute(61))
    assert [row["n_events"] for row in found] == [2, 1]


def test_the_pause_begins_when_an_event_ended():
    """An event that lasted an hour is not inactivity."""
    long = at_minute(0, ended_at=at("2026-01-05 01:00"))
    assert len(attempts(long, at_minute(90))) == 1


def test_an_attempt_named_by_its_source_is_never_split():
    """Two days between find and pay are one attempt when the source says so."""
    found = attempts(at_minute(0, attempt="x", step="find"), at_minute(2880, attempt="x", step="pay"))
    assert [(row["attempt"], row["outcome"]) for row in found] == [("x", "done")]


def test_a_visit_stands_in_for_a_consumer_who_is_not_known():
    """Without consumer and attempt the visit holds events together; with none of the three there is no attempt."""
    found = attempts(
        at_minute(0, consumer=None, visit="v"), at_minute(5, consumer=None, visit="v"), at_minute(6, consumer=None)
    )
    assert [row["n_events"] for row in found] == [2]


def test_a_failure_that_was_mended_is_none():
    """Failing at pay and then passing it is done; failing last is failed at that step; going back first is left."""
    failed = at_minute(1, step="pay", outcome="failed")
    assert attempts(failed, at_minute(2, step="pay"))[0]["outcome"] == "done"
    assert (attempts(failed)[0]["outcome"], attempts(failed)[0]["failed_step"]) == ("failed", "pay")
    assert (attempts(failed, at_minute(2, step="find"))[0]["outcome"]) == "left"
    assert (attempts(failed, at_minute(2, step="find", outcome="left"))[0]["outcome"]) == "failed"


def test_being_told_you_are_not_eligible_is_an_end():
    """A legitimate end counts as done, as an outcome or as a step, in any case of its letters."""
    assert attempts(at_minute(0, step="find", outcome="Not-Eligible"))[0]["outcome"] == "done"
    assert attempts(at_minute(0, step="not-eligible"))[0]["outcome"] == "done"


def test_ties_in_time_follow_the_journey():
    """Find and pay in the same instant begin with find, whatever order the rows come in."""
    tied = [at_minute(0, step="pay", channel="app"), at_minute(0, step="find", channel="web")]
    for rows in (tied, tied[::-1]):
        found = attempts(*rows)[0]
        assert (found["first_step"], found["last_step"], found["channel"], found["channels_used"]) == ("find", "pay", "web", 2)


def test_other_environments_are_not_mixed_in():
    """What happens in acceptance is no attempt of a consumer."""
    found = attempts(at_minute(0, environment="acceptance"), at_minute(0, consumer="bo", environment="Production"))
    assert [row["consumer"] for row in found] == ["bo"]


def test_a_young_attempt_has_no_outcome_yet():
    """The finished ones took an hour, so one that began 59 minutes before the newest event cannot be judged."""
    finished = [at_minute(0, attempt="f", step="find"), at_minute(60, attempt="f", step="pay")]
    young, old, newest = at_minute(141, attempt="young"), at_minute(140, attempt="old"), at_minute(200, attempt="newest")
    matured = {row["attempt"]: row["is_matured"] for row in attempts(*finished, young, old, newest)}
    assert matured == {"f": True, "old": True, "young": False, "newest": False}
