"""A change splits into within, mix and coverage, exactly and the same in both directions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholeservice.measures.kpi_change import change

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
