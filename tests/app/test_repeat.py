"""The loop of `ingest --every`, with a clock that the test moves."""

from __future__ import annotations

import signal

import pytest

from wholeservice.app.repeat import Clock, Signals, Stopped, pause, repeat
from wholeservice.errors import InputError, OutsideError, Problem


class Enough(Exception):
    """The test has seen enough rounds."""


class Moved:
    """A clock that moves when somebody works or waits, and at no other time."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def rounds(results, every_s=60.0):
    """Run one round per result: how long it takes, and whether it is well or what it raises."""
    moved, left, began, told = Moved(), list(results), [], []

    def work() -> bool:
        if not left:
            raise Enough
        took, result = left.pop(0)
        began.append(moved.now - 1000)
        moved.now += took
        if isinstance(result, Exception):
            raise result
        return result

    with pytest.raises(Enough):
        repeat(every_s, work, lambda *said: told.append(said), clock=Clock(lambda: moved.now, moved.wait), signals=Signals())
    return began, told, moved.waits


def test_rounds_begin_at_equal_distances():
    """The time that a round takes is part of its interval, and does not push the next one back."""
    began, _, waits = rounds([(10, True), (20, True), (5, True)])
    assert began == [0, 60, 120]
    assert waits == [50, 40, 55]


def test_a_round_that_takes_too_long_is_followed_at_once_and_never_overlapped():
    """A round of 150 s in a loop of 60 s costs the two rounds that it ran through; they are not made up for."""
    began, _, waits = rounds([(150, True), (10, True), (10, True)])
    assert began == [0, 150, 210]
    assert waits[0] == 0


def test_failures_in_a_row_wait_longer_and_a_success_ends_that():
    """60 s after the first failure, then 120 and 240; after a success 60 again."""
    broken = OutsideError(Problem("STO103", "the disk is full"))
    began, told, _ = rounds([(1, broken), (1, broken), (1, False), (1, True), (1, True)])
    assert began == [0, 60, 180, 420, 480]
    assert [error for _, _, error in told] == [broken, broken, None, None, None]


@pytest.mark.parametrize(
    ("every_s", "n_failed", "expected"), [(60, 0, 60), (60, 1, 60), (60, 7, 3600), (60, 5000, 3600), (86400, 9, 86400)]
)
def test_waiting_has_an_upper_bound(every_s, n_failed, expected):
    """At most an hour, or the interval itself when that is longer."""
    assert pause(every_s, n_failed) == expected


def test_a_mistake_in_the_first_round_ends_the_loop():
    """A source that is not declared will not be declared by waiting; later, somebody may just be editing the file."""
    wrong = InputError(Problem("SRC102", "no source 'shop' is declared"))
    with pytest.raises(InputError):
        repeat(
            60, lambda: (_ for _ in ()).throw(wrong), lambda *said: None, clock=Clock(wait=lambda s: None), signals=Signals()
        )
    began, told, _ = rounds([(1, True), (1, wrong), (1, True)])
    assert (len(began), told[1][2]) == (3, wrong)


def test_a_signal_stops_at_once_when_nothing_is_being_committed():
    """Reading may be dropped: nothing of it is kept before the commit."""
    with Signals().watched() as signals, pytest.raises(Stopped) as stopped:
        signal.raise_signal(signal.SIGTERM)
    assert stopped.value.exit_code == 143
    assert signals.asked == signal.SIGTERM


def test_a_signal_during_a_commit_waits_for_its_end():
    """The signal is noted, the commit goes on, and the loop stops after it; the second signal does not wait."""
    with Signals().watched() as signals:
        signals.finish()
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Stopped) as stopped:
            signals.may_stop()
        assert stopped.value.exit_code == 130
        signals.finish()
        with pytest.raises(Stopped):
            signal.raise_signal(signal.SIGINT)


def test_what_was_there_before_is_put_back():
    """After the loop Ctrl-C does what it did."""
    before = signal.getsignal(signal.SIGINT)
    with Signals().watched():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before
