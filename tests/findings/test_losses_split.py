"""Splitting one loss over its origins: Shapley values against hand computation and against every order written out."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeservice.findings import shapley
from wholeservice.findings.shapley import coalitions, split, split_values
from wholeservice.findings.timing import PARALLEL, RETRY, TimedCall, split_time, took_s


def by_every_order(lost, k):
    """The definition: the mean gain of each origin over all orders of mending."""
    shares = [0.0] * k
    orders = list(permutations(range(k)))
    for order in orders:
        healed = 0
        for origin in order:
            shares[origin] += (lost[healed] - lost[healed | 1 << origin]) / len(orders)
            healed |= 1 << origin
    return shares


@given(st.integers(1, 5).flatmap(lambda k: st.lists(st.floats(0, 100), min_size=1 << k, max_size=1 << k)))
def test_shares_equal_the_mean_over_every_order(lost):
    """The share of an origin is its mean gain over all orders in which they could be mended."""
    k = (len(lost) - 1).bit_length()
    assert split_values(lost).share == pytest.approx(by_every_order(lost, k), abs=1e-9)


@given(st.integers(1, 6), st.data())
def test_shares_add_up_to_what_mending_everything_wins(k, data):
    """Nothing is lost or won twice: the shares of an attempt add up, whatever chance each has to mend it."""
    table = data.draw(st.integers(0, (1 << (1 << k)) - 1))
    healing = tuple(data.draw(st.lists(st.floats(0, 1), min_size=k, max_size=k)))
    result = split(table, healing)
    assert sum(result.share) == pytest.approx(result.together, abs=1e-9)


def test_two_slow_calls_side_by_side_as_in_the_design():
    """0.81 s lost, 0.19 won by mending only the first and 0.27 only the second: shares 0.36 and 0.45, not 0.9 and 1.0."""
    result = split_values([0.81, 0.81 - 0.19, 0.81 - 0.27, 0.0])
    assert [round(each, 3) for each in result.share] == [0.365, 0.445]
    assert [round(each, 2) for each in result.alone] == [0.19, 0.27]
    assert [round(each, 2) for each in result.last] == [0.54, 0.62]


def test_alone_is_not_the_share():
    """When two parts both fail an attempt, mending one alone wins nothing, though each has half the share."""
    any_failure_loses = 0b0111
    result = split(any_failure_loses, (1.0, 1.0))
    assert (result.share, result.alone) == ((0.5, 0.5), (0.0, 0.0))


def test_a_reference_above_zero_wins_back_only_what_exceeds_it():
    """A part that fails twice as often as it promised can win back half of what it lost."""
    assert split(0b01, (0.5,)).share == (0.5,)


@settings(max_examples=20)
@given(st.integers(13, 16))
def test_more_than_twelve_origins_are_sampled_and_still_add_up(k):
    """With every origin able to lose the attempt the shares are equal up to sampling, and exact in sum."""
    asked = coalitions(k)
    anything_unmended = 0
    for table in asked.unhealed:
        anything_unmended |= table
    result = split(anything_unmended, (1.0,) * k)
    assert sum(result.share) == pytest.approx(1.0)
    assert max(result.share) < 3.5 / k


def test_sampled_and_exact_agree_where_both_can_be_had(monkeypatch):
    """The sampled split of an attempt with six origins is close to the exact one."""
    exact = split_of_a_mixed_attempt()
    monkeypatch.setattr(shapley, "MAX_EXACT", 5)
    coalitions.cache_clear()
    split.cache_clear()
    sampled = split_of_a_mixed_attempt()
    coalitions.cache_clear()
    split.cache_clear()
    assert sampled.share != exact.share
    assert sampled.share == pytest.approx(exact.share, abs=0.06)


def split_of_a_mixed_attempt():
    """(a and b) or c or (d and e and f)"""
    a, b, c, d, e, f = coalitions(6).unhealed
    return split((a & b) | c | (d & e & f), (1.0,) * 6)


def test_time_in_sequence_adds_and_in_parallel_the_longest_counts():
    """Taking a second off the shorter of two parallel calls wins nothing; a sum would say one second."""
    calls = (TimedCall("a", 2.0, 1.0), TimedCall("b", 3.0, 3.0))
    assert took_s(TimedCall("page", 0.5, 0.5, calls, PARALLEL), frozenset({"a"})) == 3.5
    assert took_s(TimedCall("page", 0.5, 0.5, calls), frozenset({"a"})) == 4.5


def test_every_try_of_a_retry_costs_time_until_the_first_is_mended():
    """Two tries of 2 s cost 4 s; had the first worked it would have been 2 s."""
    tries = TimedCall("page", 0.1, 0.1, (TimedCall("flaky", 2.0, 2.0), TimedCall("flaky", 2.0, 2.0)), RETRY)
    boxes, result = split_time(tries)
    assert boxes == ("flaky",)
    assert result.share == pytest.approx((2.0,))


def test_a_limit_asks_whether_each_attempt_took_longer():
    """Both slow parts are needed to break the limit, so each has half of one lost attempt."""
    page = TimedCall("page", 0.0, 0.0, (TimedCall("a", 0.5, 0.1), TimedCall("b", 0.5, 0.1)))
    _, result = split_time(page, limit_s=0.8)
    assert (result.share, result.alone, result.last) == ((0.5, 0.5), (1.0, 1.0), (0.0, 0.0))


def test_too_many_slow_boxes_are_refused_with_the_number():
    """Thirteen slow parts in one attempt are not split by guesswork."""
    calls = tuple(TimedCall(f"p{i}", 1.0, 0.5) for i in range(13))
    with pytest.raises(ValueError, match="13 slow boxes"):
        split_time(TimedCall("page", 0.0, 0.0, calls))
