"""Steps reached: in order, in the window from the first step, and never two by one event."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.given import at, engine_with, organisation, prepared, service
from wholeservice.derived.walk import Journey, Rows, reach

DATA = Path(os.environ.get("WHOLESERVICE_TEST_DATA") or Path(__file__).parents[2] / "../shared/data")
EXPERIENCE = DATA.parent / "peers/experience.json"
FUNNELS = json.loads(EXPERIENCE.read_text())["posthog_funnels"]["cases"] if EXPERIENCE.exists() else []
ORDERED = [case for case in FUNNELS if case["order"] == "ordered" and "*" not in case["steps"]]


def counts(people: dict[str, list[tuple[str, float]]], steps: list[str], window_s: float) -> list[int]:
    """Return how many people reached each step."""
    rows = [
        (number, steps.index(step), int(second))
        for number, events in enumerate(people.values()) for step, second in events if step in steps
    ]  # fmt: skip
    columns = [np.array([row[column] for row in rows], np.int64) for column in range(3)]
    _, found = reach(Rows(*columns), Journey({place: place - 1 for place in range(len(steps))}, within_s=window_s))
    return [int((found == place).sum()) for place in range(len(steps))]


@pytest.mark.real_data
@pytest.mark.skipif(not ORDERED, reason=f"figures of other tools are not here: {EXPERIENCE.name}")
@pytest.mark.parametrize("case", ORDERED, ids=[case["name"] for case in ORDERED])
def test_ordered_funnels_agree_with_posthog(case):
    """The counts of PostHog's own tests: order, skipped steps, windows, several starts."""
    timed = case.get("timed") or {
        name: [(step, place) for place, step in enumerate(word)] for name, word in case["people"].items()
    }
    assert counts(timed, case["steps"], case["window"]) == case["expected_counts"]


def test_the_end_of_the_window_is_inside():
    """300 seconds after the first step is in a window of 300, 301 is not."""
    people = {"in": [("a", 0), ("b", 300)], "out": [("a", 0), ("b", 301)]}
    assert counts(people, ["a", "b"], 300) == [2, 1]


def test_the_window_counts_from_the_first_step():
    """Each step follows the last within the window, but the third is too late after the first."""
    assert counts({"ann": [("a", 0), ("b", 200), ("c", 400)]}, ["a", "b", "c"], 300) == [1, 1, 0]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40)), max_size=12), st.integers(0, 40))
def test_reaching_agrees_with_trying_every_way(events: list[tuple[int, int]], window: int):
    """The walk finds a step exactly when some choice of events in order, within the window, leads to it."""
    walk = sorted(events, key=lambda event: event[1])
    found = counts({"ann": [(str(step), second) for step, second in walk]}, ["0", "1", "2", "3"], window)
    assert found == [int(can_reach(walk, step, window)) for step in range(4)]


def can_reach(walk: list[tuple[int, int]], last: int, window: int) -> bool:
    def from_here(index: int, step: int, start: int) -> bool:
        rest = enumerate(walk[index:], index)
        return step > last or any(
            each == step and second - start <= window and from_here(place + 1, step + 1, start)
            for place, (each, second) in rest
        )

    return any(step == 0 and from_here(place + 1, 1, second) for place, (step, second) in enumerate(walk))


def test_a_step_is_reached_only_after_its_base():
    """Help comes after find, pay before it: only help is reached by the second attempt."""
    rows = [
        {"happened_at": at(f"2026-01-05 10:0{minute}"), "service": "shop", "attempt": attempt, "step": step}
        for attempt, steps in (("in-order", "find pay"), ("backwards", "pay find help"))
        for minute, step in enumerate(steps.split())
    ]
    engine = engine_with(interactions=rows)
    prepared(engine, organisation(service("shop", "find help? pay")), ["reached"])
    found = {(row["attempt"], row["step"], row["base"]) for row in engine.run(engine.table("reached")).to_pylist()}
    assert found == {
        ("in-order", "find", None),
        ("in-order", "pay", "find"),
        ("backwards", "find", None),
        ("backwards", "help", "find"),
    }
