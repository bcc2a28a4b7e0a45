"""What runs in parallel and what enables what: hand-made cases, and plain loops over one stay at a time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeservice.derived.concurrency import NEVER, Parallel, Stays, by_order, by_overlap, enabled

Row = tuple[int, int, int, int]
rows_of = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 12), st.integers(0, 5)), max_size=16).map(
    lambda rows: [(case, activity, start, start + lasted) for case, activity, start, lasted in rows]
)


def stays(rows: list[Row]) -> Stays:
    return Stays(*(np.array([row[column] for row in rows], np.int64) for column in range(4)))


def traces(*words: str) -> Stays:
    """One case for each word, one activity for each letter, each an hour long and right after the one before."""
    return stays(
        [(case, "abcdef".index(letter), hour, hour + 1) for case, word in enumerate(words) for hour, letter in enumerate(word)]
    )


def named(parallel: Parallel) -> set[str]:
    n = parallel.n_activities
    return {"abcdef"[pair // n] + "abcdef"[pair % n] for pair in parallel.pairs.tolist()}


def test_what_comes_in_either_order_is_parallel():
    """b and c come both ways between a and d; a always comes before b."""
    assert named(by_order(traces("abcd", "acbd"))) == {"bc", "cb"}
    assert named(by_order(traces("abcd", "abcd"))) == set()


def test_one_order_that_surely_outweighs_is_no_parallel_work():
    """Once the other way round in 28 is a slip: 26 / 29 < 0.9 is parallel, 27 / 30 is not."""
    assert named(by_order(traces(*["ab"] * 27, "ba"))) == {"ab", "ba"}
    assert named(by_order(traces(*["ab"] * 28, "ba"))) == set()


def test_work_that_goes_back_and_forth_is_a_loop():
    """Nine turns of a and b are a loop (9 / 10), eight are not sure yet; what often follows on itself is in no loop."""
    assert named(by_order(traces("ababababab", "aba"))) == set()
    assert named(by_order(traces("ababababab"))) == {"ab", "ba"}
    assert named(by_order(traces("aaaaaaaaaa", "ababababab", "aba"))) == {"ab", "ba"}


def test_what_is_under_way_at_once_is_parallel():
    """b overlaps c in one of two cases; b after a touches and does not overlap."""
    half = stays([(0, 0, 0, 2), (0, 1, 2, 6), (0, 2, 3, 5), (1, 0, 0, 2), (1, 1, 2, 4), (1, 2, 4, 5)])
    assert named(by_overlap(half)) == {"bc", "cb"}
    assert named(by_overlap(half, share=0.6)) == set()


def test_parallel_work_enables_nothing():
    """d waits for both b and c; c, parallel to b, could begin when a ended although b had ended since."""
    rows = [(0, 0, 0, 2), (0, 1, 3, 6), (0, 2, 8, 9), (0, 3, 10, 11)]
    both = by_order(traces("abcd", "acbd"))
    found = enabled(stays(rows), both)
    assert (found.at.tolist(), found.by.tolist()) == ([0, 2, 2, 9], [-1, 0, 0, 2])
    assert enabled(stays(rows), NEVER).at.tolist() == [0, 2, 6, 9]


def test_what_was_under_way_is_not_waited_for():
    """The second starts while the first is under way: it did not wait for it, and the third waits for the later end."""
    found = enabled(stays([(0, 0, 0, 9), (0, 1, 4, 6), (0, 2, 9, 12)]))
    assert (found.at.tolist(), found.by.tolist()) == ([0, 4, 9], [-1, -1, 0])


def test_stays_of_no_length_enable_each_other_one_way_only():
    """Three at one instant: the first began, the others follow it in turn, and nobody waits for itself."""
    found = enabled(stays([(0, 0, 5, 5), (0, 1, 5, 5), (0, 2, 5, 5)]))
    assert (found.at.tolist(), found.by.tolist()) == ([5, 5, 5], [-1, 0, 1])


def plain_enabled(rows: list[Row], parallel: set[tuple[int, int]]) -> list[int]:
    order = sorted(range(len(rows)), key=lambda row: (rows[row][0], rows[row][3], rows[row][2]))
    found = []
    for row, (case, activity, start, _) in enumerate(rows):
        before = [other for other in order[: order.index(row)] if rows[other][0] == case and rows[other][3] <= start]
        before = [other for other in before if (activity, rows[other][1]) not in parallel]
        found.append(before[-1] if before else -1)
    return found


@settings(max_examples=150)
@given(rows_of, st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(lambda pair: pair[0] < pair[1])))
def test_enablement_agrees_with_looking_at_all_that_came_before(rows: list[Row], some: set[tuple[int, int]]):
    """With any pairs parallel, ties and stays of no length."""
    both = some | {(other, one) for one, other in some}
    pairs = Parallel(np.array(sorted(one * 4 + other for one, other in both), np.int64), 4)
    found = enabled(stays(rows), pairs)
    expected = plain_enabled(rows, both)
    assert found.by.tolist() == expected
    assert found.at.tolist() == [rows[row][2] if by < 0 else rows[by][3] for row, by in enumerate(expected)]


@settings(max_examples=150)
@given(rows_of)
def test_pairs_agree_with_counting_them_one_by_one(rows: list[Row]):
    """Directly follows, loops of two and repetitions, each counted in a loop over the cases."""
    order = sorted(rows, key=lambda row: (row[0], row[2], row[3]))
    by_case = [[row for row in order if row[0] == case] for case in range(3)]
    follows = [(one, other) for each in by_case for one, other in pairwise(each)]
    letters = [[row[1] for row in each] for each in by_case]
    loops = [(a, b) for each in letters for a, b, c in zip(each, each[1:], each[2:], strict=False) if a == c]
    counted = [(one[1], other[1]) for one, other in follows]
    expected, overlapping = set(), set()
    for a in range(4):
        for b in range(4):
            ab, ba, aba, repeats = counted.count((a, b)), counted.count((b, a)), loops.count((a, b)) + loops.count((b, a)), [
                counted.count((x, x)) for x in (a, b)]  # fmt: skip
            is_loop = aba / (aba + 1) >= 0.9 and all(n / (n + 1) < 0.9 for n in repeats)
            if a != b and ab and ba and not is_loop and abs(ab - ba) / (ab + ba + 1) < 0.9:
                expected.add("abcd"[a] + "abcd"[b])
            meet = [other[2] < one[3] for one, other in follows if {one[1], other[1]} == {a, b}]
            if a != b and meet and sum(meet) / len(meet) >= 0.5:
                overlapping.add("abcd"[a] + "abcd"[b])
    assert named(by_order(stays(rows))) == expected
    assert named(by_overlap(stays(rows))) == overlapping
