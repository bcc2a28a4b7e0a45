"""`ingest --every`: one visible loop. Round after round in this process, one line each, until it is told to stop.

A round never overlaps the next, and the clock of the wall may jump: only the monotonic one is waited by. A round that
fails is told, and the next one comes; after several in a row it waits longer. SIGINT and SIGTERM stop the reading at once,
and let a commit that has begun be finished.
"""

from __future__ import annotations

import contextlib
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from wholeservice.app.failures import outside
from wholeservice.errors import InputError, OutsideError, Problem, WholeserviceError

LOCK = "every.lock"
MAX_BACK_OFF_S = 3600.0  # after failures; a longer interval is not made longer
SHORTEST_S = 1
_INTERVAL = re.compile(r"^(\d+)\s*(s|m|min|h|d)$")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}

CODES = {
    "ING001": "Another `ingest --every` is reading into this workspace. One loop is enough; the message names its process. When"
    " it stops, the lock is free at once, also when it was killed.",
    "ING002": "An interval is a whole number with its unit: 30s, 15m, 1h or 1d.",
    "ING003": "--known-on names the day on which the files were known, so that a history can be put in afterwards. Days go"
    " forward: oldest first, none before the newest run of the store, and none in the future.",
    "ING004": "These options do not go together.",
}


class Stopped(BaseException):
    """The process was asked to stop. No failure, hence not caught with the failures of a round."""

    def __init__(self, signal_number: int) -> None:
        self.exit_code = 128 + signal_number
        super().__init__(signal_number)


@dataclass(slots=True)
class Clock:
    """What the loop asks of time; tests give another."""

    monotonic: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class Signals:
    """Turns SIGINT and SIGTERM into `Stopped`: at once, or, while something must be finished, after it."""

    asked: int | None = None
    _is_finishing: bool = field(default=False)

    @contextlib.contextmanager
    def watched(self) -> Iterator[Signals]:
        """Watch for both signals; put back what was there before at the end."""
        before = {each: signal.signal(each, self._asked) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def finish(self) -> None:
        """From here on what is being done is finished first."""
        self._is_finishing = True

    def may_stop(self) -> None:
        """Stop here, if that was asked for."""
        self._is_finishing = False
        if self.asked is not None:
            raise Stopped(self.asked)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        is_second = self.asked is not None
        self.asked = number
        if is_second or not self._is_finishing:  # who asks twice does not want to wait; a commit survives that too
            raise Stopped(number)


def parse_interval(words: str) -> float:
    """Return an interval in seconds. Raises InputError with ING002.

    >>> parse_interval("30s"), parse_interval("15m"), parse_interval("1h"), parse_interval("1d")
    (30.0, 900.0, 3600.0, 86400.0)
    """
    match = _INTERVAL.match(words.strip())
    seconds = float(match[1]) * _SECONDS[match[2]] if match else 0.0
    if seconds < SHORTEST_S:
        raise InputError(
            Problem("ING002", f"'{words}' is no interval", expected="30s, 15m, 1h or 1d", next_step="write one so")
        )
    return seconds


def repeat(
    every_s: float, work: Callable[[], bool], told: Callable[[int, float, WholeserviceError | None], None],
    *, clock: Clock, signals: Signals,
) -> None:  # fmt: skip
    """
    Work, tell, wait; for ever.

    *work*     does one round and says whether it succeeded; a WholeserviceError or OSError is told, and is a failure
    *told*     (number of the round, seconds until the next, what was raised) is called after each round
    Errors     Stopped, when a signal asked for it; InputError of the first round
    """
    n_failed = number = 0
    while True:
        number += 1
        began = clock.monotonic()
        error: WholeserviceError | None = None
        try:
            is_well = work()
        except WholeserviceError as failure:
            if number == 1 and isinstance(failure, InputError):
                raise  # what was asked for cannot be done, and waiting will not change that
            is_well, error = False, failure
        except OSError as failure:  # a full disk is no reason to stop either
            is_well, error = False, OutsideError(outside(failure))
        n_failed = 0 if is_well else n_failed + 1
        due = began + pause(every_s, n_failed)
        wait_s = max(0.0, due - clock.monotonic())
        told(number, wait_s, error)
        signals.may_stop()
        clock.wait(wait_s)


def pause(every_s: float, n_failed: int) -> float:
    """Return how long after its beginning a round is followed by the next: after failures in a row, twice as long each time.

    >>> [pause(900, n) for n in (0, 1, 2, 3, 9)], pause(86400, 3)
    ([900.0, 900.0, 1800.0, 3600.0, 3600.0], 86400)
    """
    return min(every_s * float(2 ** min(max(0, n_failed - 1), 20)), max(every_s, MAX_BACK_OFF_S))


@contextlib.contextmanager
def alone(state: Path) -> Iterator[None]:
    """Hold the loop's lock of a workspace. Raises OutsideError with ING001 and who holds it."""
    from wholeservice.facts.lock import Held, held

    state.mkdir(parents=True, exist_ok=True)
    try:
        with held(state / LOCK, 0.0, lambda line: None):
            yield
    except Held as taken:
        raise OutsideError(Problem("ING001", f"{taken.holder} is already ingesting into {state.parent} again and again",
                                   expected="one loop in a workspace", next_step=f"stop {taken.holder}, or leave it to it")
                           ) from None  # fmt: skip
