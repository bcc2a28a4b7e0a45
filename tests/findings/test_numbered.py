"""Calls numbered once are the calls that were seen, in whichever attempts are picked."""

import numpy as np

from wholeservice.findings.numbered import numbered

ATTEMPTS = [
    frozenset({("step", "a", True), ("a", "b", True)}),
    frozenset(),
    frozenset({("step", "a", True), (None, "b", True)}),
    frozenset({("step", "a", False), (None, "c", False)}),
]


def read(found):
    """Return the calls of each attempt, from the tables of calls."""
    tables = list(found.tables())
    return [frozenset(call for call, table in tables if table >> at & 1) for at in range(len(found))]


def test_tables_say_what_was_seen():
    """Every attempt has its own calls and no others."""
    assert read(numbered(ATTEMPTS)) == ATTEMPTS


def test_some_attempts_keep_their_calls_in_the_order_asked():
    """Attempts that are picked have the calls they had, and calls of others have no table."""
    assert read(numbered(ATTEMPTS).some(np.array([3, 1, 0]))) == [ATTEMPTS[3], ATTEMPTS[1], ATTEMPTS[0]]
    assert {call for call, _ in numbered(ATTEMPTS).some(np.array([3])).tables()} == ATTEMPTS[3]


def test_only_a_failed_call_of_unknown_caller_is_loose():
    """A call of unknown caller that succeeded leaves one way to the failure."""
    assert numbered(ATTEMPTS).with_loose_failures().tolist() == [False, False, True, False]
    assert numbered([]).with_loose_failures().tolist() == []
