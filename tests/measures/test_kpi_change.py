"""A change splits into within, mix and coverage, exactly and the same in both directions."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeservice.measures.base import Statistics
from wholeservice.measures.kpi_change import change, half_range
from wholeservice.uncertainty import Z_95, cluster_standard_error

ratios = st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=6)


def test_nobody_got_worse_but_the_good_one_left():
    """Take-up falls from 50 % to 10 % only because one service stopped reporting: all of it is coverage."""
    found = change({"good": (90, 100), "poor": (10, 100)}, {"poor": (10, 100)})
    assert found
    assert (found.within, found.mix, found.n_left) == (0, 0, 1)
    assert found.coverage == pytest.approx(-0.4)
    assert [part.entity for part in found.parts] == ["good", "poor"]


def test_everybody_got_better_and_the_whole_got_worse():
    """Both rise by 5 points, but the use moves to the poor one: within +5, mix −40."""
    found = change({"good": (90, 100), "poor": (0, 0), "bad": (0, 0.0001)}, {"good": (9.5, 10), "poor": (13.5, 90)})
    moved = change({"good": (81, 90), "poor": (1, 10)}, {"good": (9.5, 10), "poor": (13.5, 90)})
    assert found
    assert moved
    assert moved.within == pytest.approx(0.05)
    assert moved.mix == pytest.approx(-0.64)
    assert found.n_joined == 1


def test_nothing_to_compare_gives_no_change():
    """A period without a denominator has no ratio."""
    assert change({}, {"a": (1, 2)}) is None
    assert change({"a": (1, 0)}, {"a": (1, 2)}) is None


def test_two_periods_with_nobody_in_common_are_all_coverage():
    """Nothing can be said of within or mix."""
    found = change({"a": (1, 2)}, {"b": (3, 4)})
    assert found
    assert (found.within, found.mix, found.coverage) == (0, 0, pytest.approx(0.25))


@given(ratios, ratios)
def test_parts_add_up_and_turn_round(before, after):
    """The parts sum to the change, the entities sum to the parts, and going back changes every sign."""
    found, back = change(before, after), change(after, before)
    if found is None or back is None:
        assert found is back
        return
    assert found.within + found.mix + found.coverage == pytest.approx(found.total, abs=1e-9)
    for name in ("within", "mix", "coverage"):
        assert sum(getattr(part, name) for part in found.parts) == pytest.approx(getattr(found, name), abs=1e-9)
        assert getattr(back, name) == pytest.approx(-getattr(found, name), abs=1e-9)


def came(draw: random.Random, people: float, share: float) -> Statistics:
    """A random number of people, each with one to three attempts that all end alike."""
    found = Statistics()
    for _ in range(round(draw.gauss(people, people**0.5))):
        n, hits = draw.randint(1, 3), draw.random() < share
        done = n * hits
        found += Statistics(
            n=n, numerator=done, denominator=n, clusters=1, cluster_aa=done * done, cluster_ab=done * n, cluster_bb=n * n
        )
    return found


def test_the_range_of_each_part_is_as_wide_as_the_part_varies():
    """300 worlds: web 60 % of 200 people then 50 % of 150, phone 20 % of 100 then of 150. Within and mix vary as is said."""
    draw = random.Random(20260101)
    parts = {"within": lambda found: found.within, "mix": lambda found: found.mix, "total": lambda found: found.total}
    values, halves = {name: [] for name in parts}, {name: [] for name in parts}
    for _ in range(300):
        before = {"web": came(draw, 200, 0.6), "phone": came(draw, 100, 0.2)}
        after = {"web": came(draw, 150, 0.5), "phone": came(draw, 150, 0.2)}
        found = change(*({name: (each.numerator, each.denominator) for name, each in side.items()} for side in (before, after)))
        for name, part in parts.items():
            values[name].append(part(found))
            halves[name].append(half_range(before, after, part))
    for name in parts:
        middle = sum(values[name]) / 300
        spread = (sum((each - middle) ** 2 for each in values[name]) / 299) ** 0.5
        assert sum(halves[name]) / 300 == pytest.approx(Z_95 * spread, rel=0.1)


def test_the_range_of_the_total_is_that_of_two_clustered_shares():
    """Another way to the same: the linearised standard errors of both periods, their squares added up."""
    draw = random.Random(1)
    before, after = came(draw, 300, 0.6), came(draw, 200, 0.5)
    errors = [
        cluster_standard_error(
            each.numerator, each.denominator, clusters=1e9, aa=each.cluster_aa, ab=each.cluster_ab, bb=each.cluster_bb
        )
        for each in (before, after)
    ]
    half = half_range({"web": before}, {"web": after}, lambda found: found.total)
    assert half == pytest.approx(Z_95 * sum(each**2 for each in errors) ** 0.5, rel=1e-6)


def test_counts_that_say_nothing_of_people_have_no_range():
    """Sums of somebody else's counts: how far off is not known, and is not nothing."""
    counts = {"web": Statistics(n=10, numerator=5, denominator=10)}
    assert half_range(counts, counts, lambda found: found.total) is None
