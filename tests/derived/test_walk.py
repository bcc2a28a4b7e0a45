"""The walk along a journey agrees with trying every way, under every rule, and with the figures of another tool."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derived.plain_steps import Event, loop_in_order, plainly_reached
from wholeservice.derived import walk
from wholeservice.derived.walk import NOWHERE, Journey, Rows, reach

N_STEPS = 4
ORDERED, STRICT, ANY = "ordered", "strict", "any"
ones = st.sampled_from([frozenset({step}) for step in range(N_STEPS)] + [frozenset({NOWHERE})])
several = st.frozensets(st.integers(0, N_STEPS - 1), min_size=1)
some_steps = st.frozensets(st.integers(0, N_STEPS - 1))
within = st.sampled_from([0, 2, 5, 8, 12, 40])


def people_of(filled: Any) -> Any:
    return st.lists(st.lists(st.tuples(filled, st.integers(0, 20)), max_size=8), min_size=1, max_size=4)


@st.composite
def journeys(draw: Any, orders: tuple[str, ...]) -> Journey:
    bases = {step: draw(st.sampled_from([step - 1] * 3 + list(range(NOWHERE, step)))) for step in range(N_STEPS)}
    passable = {step: draw(some_steps) | {step, max(0, bases[step])} for step in range(N_STEPS)}
    order = draw(st.sampled_from(orders))
    per_step = order != ANY and draw(st.booleans())
    return Journey(bases, order, draw(within), per_step, passable)


def walked(people: list[list[Event]], journey: Journey, factor: int = 1) -> list[dict[int, int]]:
    """Return of each person step -> the place of the event that reaches it."""
    events = [(number, place, *event) for number, each in enumerate(people) for place, event in enumerate(each)]
    rows = [(each[0], step, each[3] * factor, n) for n, each in enumerate(events) for step in sorted(each[2])]
    columns = [np.array([row[column] for row in rows], np.int64) for column in range(4)]
    is_single = all(len(each[2]) == 1 for each in events)
    found: list[dict[int, int]] = [{} for _ in people]
    for row, step in zip(*reach(Rows(*columns[:3], None if is_single else columns[3]), journey), strict=True):
        number, place, *_ = events[columns[3][row]]
        assert step not in found[number]
        found[number][int(step)] = place
    return found


def in_time(people: list[list[Event]]) -> list[list[Event]]:
    """Sort by time; at the same time by the journey, steps that none has last."""
    return [sorted(each, key=lambda event: (event[1], min(event[0]) % 99)) for each in people]


@settings(max_examples=250)
@given(people_of(ones), journeys((ORDERED, STRICT, ANY)))
def test_the_walk_agrees_with_trying_every_way(people: list[list[Event]], journey: Journey):
    """Every step is reached exactly by the event that the best choice of events ends with."""
    people = in_time(people)
    assert walked(people, journey) == [plainly_reached(each, journey) for each in people]


@given(st.integers(0, 2**32), st.sampled_from([0, 3, 9, 30]))
@settings(max_examples=20)
def test_the_walk_agrees_with_a_loop_over_rows(seed: int, within_s: int):
    """Long attempts, of more events than every way could be tried of: 3,000 rows of 40 people, with many ties."""
    chance = np.random.default_rng(seed)
    attempts, steps = np.sort(chance.integers(0, 40, 3000)), chance.integers(0, 5, 3000)
    seconds = chance.integers(0, 400, 3000)
    order = np.lexsort((steps, seconds, attempts))
    rows = Rows(attempts, steps[order], seconds[order])
    bases = {0: NOWHERE, 1: 0, 2: 0, 3: 1, 4: 3}
    at, _ = reach(rows, Journey(bases, within_s=within_s))
    assert sorted(at.tolist()) == list(loop_in_order(rows, bases, within_s))


@settings(max_examples=150)
@given(people_of(several), journeys((ORDERED, STRICT)))
def test_one_event_never_fills_two_steps(people: list[list[Event]], journey: Journey):
    """Also where one event may fill any of several steps, each step needs an event of its own."""
    people = in_time(people)
    assert walked(people, journey) == [plainly_reached(each, journey) for each in people]


@given(people_of(ones), journeys((ORDERED, STRICT, ANY)), st.integers(2, 90))
def test_slower_time_in_a_wider_window_changes_nothing(people: list[list[Event]], journey: Journey, factor: int):
    """Time and window times the same factor reach the same steps by the same events."""
    people = in_time(people)
    slower = Journey(journey.bases, journey.order, journey.within_s * factor, journey.per_step, journey.passable)
    assert walked(people, slower, factor) == walked(people, journey)


@given(people_of(ones), journeys((ORDERED, STRICT, ANY)))
def test_an_attempt_does_not_depend_on_the_others(people: list[list[Event]], journey: Journey):
    """The steps of each are those it reaches alone: nothing carries over from the attempt before it in the table."""
    people = in_time(people)
    assert walked(people, journey) == [walked([each], journey)[0] for each in people]


@given(st.one_of(people_of(ones), people_of(several)), journeys((ORDERED, STRICT)))
def test_two_halves_at_once_reach_what_one_walk_does(people: list[list[Event]], journey: Journey):
    """However many rows are worth two threads: the cut is where an attempt ends, also where one event fills several steps."""
    whole = walked(people, journey)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "MANY", 1)
        assert walked(people, journey) == whole


@given(people_of(ones), journeys((ORDERED,)))
def test_a_stricter_rule_reaches_no_more(people: list[list[Event]], journey: Journey):
    """What a strict walk reaches an ordered one reaches too, and what that reaches also comes in any order."""
    people = in_time(people)
    rules = [Journey(journey.bases, order, journey.within_s, False, journey.passable) for order in (STRICT, ORDERED, ANY)]
    strict, ordered, any_order = (walked(people, each) for each in rules)
    for number in range(len(people)):
        assert set(strict[number]) <= set(ordered[number]) <= set(any_order[number])


def counts(people: dict[str, list[tuple[str, float]]], steps: list[str], journey: Journey) -> list[int]:
    """Return how many people reached each step; `*` is filled by any event."""
    filled = {
        event: frozenset(place for place, step in enumerate(steps) if step in (event, "*")) or frozenset({NOWHERE})
        for events in people.values() for event, _ in events
    }  # fmt: skip
    found = walked([[(filled[event], int(second)) for event, second in events] for events in people.values()], journey)
    return [sum(place in each for each in found) for place in range(len(steps))]


def mean_times(people: dict[str, list[tuple[str, float]]], steps: list[str], journey: Journey) -> list[float | None]:
    """Return how long people took on average from each step to the next."""
    found = walked([[(frozenset({steps.index(step)}), int(at)) for step, at in each] for each in people.values()], journey)
    took: list[list[float]] = [[] for _ in steps]
    for events, reached in zip(people.values(), found, strict=True):
        for step in reached.keys() - {0}:
            took[step].append(events[reached[step]][1] - events[reached[step - 1]][1])
    return [sum(each) / len(each) if each else None for each in took]


def test_figures_of_another_tool(real_peers: Path):
    """All nine funnels of PostHog's own tests: order, strictness, any event, skipped steps, windows, several starts."""
    cases = json.loads((real_peers / "experience.json").read_text())["posthog_funnels"]["cases"]
    assert len(cases) == 9
    for case in cases:
        n = len(case["steps"])
        passable = {step: frozenset({step - 1, step}) for step in range(n)}
        journey = Journey({step: step - 1 for step in range(n)}, case["order"], case["window"], passable=passable)
        timed = case.get("timed") or {
            name: [(step, place) for place, step in enumerate(word)] for name, word in case["people"].items()
        }
        assert counts(timed, case["steps"], journey) == case["expected_counts"], case["name"]
        if "expected_mean" in case:
            assert mean_times(timed, case["steps"], journey) == case["expected_mean"], case["name"]


@pytest.mark.parametrize(
    ("per_step", "reached"), [(False, [1, 1, 0]), (True, [1, 1, 1])], ids=["from the first step", "from the step before"]
)
def test_where_the_window_counts_from(per_step: bool, reached: list[int]):
    """Each step follows the last by 200 seconds: the third is 400 after the first, and in a window of 300 only per step."""
    journey = Journey({0: NOWHERE, 1: 0, 2: 1}, ORDERED, 300, per_step)
    assert counts({"ann": [("a", 0), ("b", 200), ("c", 400)]}, ["a", "b", "c"], journey) == reached


@pytest.mark.parametrize("order", [ORDERED, ANY])
def test_the_last_second_of_the_window_is_inside(order: str):
    """300 seconds are in a window of 300, 301 are not."""
    journey = Journey({0: NOWHERE, 1: 0}, order, 300)
    assert counts({"in": [("a", 0), ("b", 300)], "out": [("a", 0), ("b", 301)]}, ["a", "b"], journey) == [2, 1]


def test_nothing_happened():
    """Without rows nothing is reached, under any rule."""
    nothing = np.empty(0, np.int64)
    for order in (ORDERED, STRICT, ANY):
        assert [len(each) for each in reach(Rows(nothing, nothing, nothing), Journey({0: NOWHERE, 1: 0}, order))] == [0, 0]
