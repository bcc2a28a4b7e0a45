"""Completion by path agrees with a plain count over the events, and tells no path that only a few people took."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from itertools import groupby
from statistics import median_low

import pytest

from measures.given import START, engine_with, organisation, prepared, service
from wholeservice.measures.completion_by_path import MEASURE
from wholeservice.measures.compute import compute
from wholeservice.measures.finish import finish_ended
from wholeservice.measures.kinds import MOST_PATHS, OTHER_PATHS, what_of

SHOP = service("shop", "find choose pay")
N_ATTEMPTS, N_PEOPLE = 1500, 300


@pytest.fixture(scope="module")
def attempts() -> dict[str, tuple[str, list[tuple[dt.datetime, str]]]]:
    """Attempt -> who, and when each step was visited: all in January, far more paths than are told, many taken by few."""
    chance, found = random.Random(7), {}
    for number in range(N_ATTEMPTS):
        moment = START + dt.timedelta(seconds=chance.randrange(0, 30 * 86400))
        events = []
        for _ in range(chance.randint(1, 5)):
            events.append((moment, chance.choices(["find", "choose", "pay", "map"], [5, 3, 2, 1])[0]))
            moment += dt.timedelta(seconds=chance.randint(1, 900))
        found[f"a{number}"] = (f"p{min(chance.randrange(N_PEOPLE), chance.randrange(N_PEOPLE))}", events)
    return found


@pytest.fixture(scope="module")
def sums(attempts):
    """What we say of January: path -> sums. An event in March makes every attempt old enough to judge."""
    rows = [
        {"happened_at": at, "service": "shop", "attempt": name, "consumer": who, "step": step}
        for name, (who, events) in attempts.items() for at, step in events
    ]  # fmt: skip
    late = {
        "happened_at": START + dt.timedelta(days=65),
        "service": "shop",
        "attempt": "late",
        "consumer": "late",
        "step": "find",
    }
    known = organisation(SHOP)
    engine = prepared(engine_with(interactions=[*rows, late]), known, MEASURE.needs)
    found = compute(engine, known, zone="UTC", source_order=[], measures=[MEASURE])
    engine.close()
    return {what_of(cell.segment): each for cell, each in found if cell.from_at == START}


def test_every_path_has_the_numbers_of_a_plain_count(attempts, sums):
    """Attempts, people, who got there and how long that took: as a loop over the events has them, the rest together."""
    taken: dict[str, list[tuple[str, int | None]]] = {}
    for who, events in attempts.values():
        path = " > ".join(step for step, _ in groupby(step for _, step in events))
        paid = [(at - events[0][0]).seconds for at, step in events if step == "pay"]
        taken.setdefault(path, []).append((who, paid[0] if paid else None))
    by_many = [path for path, some in taken.items() if len({who for who, _ in some}) >= 5]
    told = sorted(by_many, key=lambda path: (-len(taken[path]), path))[:MOST_PATHS]
    assert len(told) == MOST_PATHS < len(by_many) < len(taken)
    expected = {path: taken[path] for path in told}
    expected[OTHER_PATHS] = [each for path, some in taken.items() if path not in told for each in some]
    assert set(sums) == set(expected)
    for path, some in expected.items():
        times = [took for _, took in some if took is not None]
        each, per_person = sums[path], Counter(who for who, took in some if took is not None)
        assert (each.n, each.numerator, each.clusters) == (len(some), len(times), len({who for who, _ in some})), path
        assert finish_ended(each).value == (pytest.approx(median_low(times), rel=0.016) if times else None), path
        assert each.cluster_aa == sum(n * n for n in per_person.values()), path


def test_paths_add_up_to_all_attempts(attempts, sums):
    """Nobody is lost or counted in two paths."""
    assert sum(each.n for each in sums.values()) == len(attempts)
