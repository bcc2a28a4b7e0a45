"""Run a world for all its attempts at once: what `run` plays person by person, as columns, some thirty times faster.

Every call is made for all attempts that come to it together, in the order in which each of them would have made it. The truth
(what was planted, where each loss started) stays beside the facts. Only what a tracer is judged on is played: steps that may
be skipped, surveys and devices are not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.simulation.world import BUSY_HOURS, DAY, STARTS_ON, WEEK, SimulatedPart, SimulatedStep, Trouble, World

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

NOTHING, BACKGROUND, PLANTED = 0, 1, 2
"""What makes a part itself fail."""
DONE, FAILED, LEFT = 0, 1, 2
NEVER = -1
SECOND_US, HOUR_US = 1_000_000, 3_600_000_000
BETWEEN_CALLS_US = 5_000
THINKING_S = 90.0  # mean time between two steps


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls as columns of one length, by attempt and then in the order in which they were made. Names are indexes."""

    attempt: Array
    span: Array  # 1 is the first call of its attempt
    parent: Array  # place of the call that made it; NEVER: the step did
    part: Array
    step: Array
    started_us: Array  # since the world began
    failed: Array
    starts_here: Array  # the part itself failed: no fact tells


@dataclass(frozen=True, slots=True)
class Crowd:
    """What happened to all attempts, and the truth: attempts lost, by the part or step where that started."""

    world: World
    parts: tuple[str, ...]  # in the order of their indexes, and of the alphabet
    channels: tuple[str, ...]
    consumer: Array  # by attempt
    channel: Array
    at_us: Array  # attempt by step: when it came there, since the world began; NEVER: it did not
    last: Array  # by attempt: the step it came to last
    outcome: Array  # DONE, FAILED or LEFT
    calls: Calls
    lost_by_cause: Counter[str]
    lost_otherwise: Counter[str]

    @property
    def n_attempts(self) -> int:
        return len(self.consumer)


def play(world: World, seed: int) -> Crowd:
    """Run *world* for its days; the same seed gives the same crowd. Times are in microseconds since it began."""
    import numpy as np

    return _Play(world, np.random.default_rng(seed)).played()


class _Play:
    def __init__(self, world: World, draw: Any) -> None:
        import numpy as np

        self.world, self.draw = world, draw
        self.parts, self.channels = tuple(sorted(world.parts)), tuple(sorted(world.channels))
        self.index = {part: i for i, part in enumerate(self.parts)}
        self.troubles = [*((each, PLANTED) for each in world.causes), *((each, BACKGROUND) for each in world.decoys)]
        self.now_us = self._starts()
        n = len(self.now_us)
        shares = np.array([world.channels[each] for each in self.channels])
        self.channel = draw.choice(len(shares), n, p=shares / shares.sum())
        self.consumer = draw.integers(max(1, int(world.attempts_per_day * world.n_days * 0.7)), size=n)
        self.at_us = np.full((n, len(world.steps)), NEVER, dtype=np.int64)
        self.last, self.outcome = np.zeros(n, dtype=np.int64), np.full(n, DONE)
        self.n_spans = np.zeros(n, dtype=np.int64)
        self.started_by = np.full(n, NEVER)  # the failure felt last and not yet absorbed: part, and whether it was planted
        self.ever_failed: dict[str, Array] = {}  # kept for the parts that another one echoes
        self.echoed = {trouble.after for trouble, _ in self.troubles}
        self.rows: list[tuple[Array, ...]] = []
        self.step = 0
        self.by_cause: Counter[str] = Counter()
        self.otherwise: Counter[str] = Counter()

    def played(self) -> Crowd:
        import numpy as np

        going = np.arange(len(self.now_us))
        for number, step in enumerate(self.world.steps):
            self.step = number
            self.at_us[going, self.step] = self.now_us[going]
            self.last[going] = self.step
            going = self._at_step(step, going)
            think = np.round(self.draw.exponential(THINKING_S, len(going)), 3)
            self.now_us[going] += (think * SECOND_US).astype(np.int64)
        return Crowd(
            self.world, self.parts, self.channels, self.consumer, self.channel, self.at_us, self.last, self.outcome,
            self._calls(), self.by_cause, self.otherwise,
        )  # fmt: skip

    def _starts(self) -> Array:
        import numpy as np

        days = np.arange(self.world.n_days)
        expected = self.world.attempts_per_day * np.array(WEEK)[(STARTS_ON.weekday() + days) % 7]
        n_by_day = np.maximum(0, np.round(self.draw.normal(expected, expected**0.5))).astype(np.int64)
        day = np.repeat(days, n_by_day)
        hour = self.draw.choice(24, len(day), p=np.array(DAY) / sum(DAY))
        second = np.round(self.draw.random(len(day)) * 3600, 3)
        starts: Array = np.sort((day * 24 + hour) * HOUR_US + (second * SECOND_US).astype(np.int64))
        return starts

    def _at_step(self, step: SimulatedStep, going: Array) -> Array:
        """Play one step; return those who go on. What a channel calls beside the rest comes after it."""
        import numpy as np

        self.started_by[going] = NEVER
        works = np.ones(len(going), dtype=bool)
        for channel, parts in sorted(step.calls.items(), key=lambda each: each[0] != ""):
            for part in parts:
                asked = works if not channel else works & (self.channel[going] == self.channels.index(channel))
                works[asked] = self._call(part, going[asked], None)
        self._note_lost(going[~works])
        stays = self.draw.random(len(going)) < step.leave_rate
        left = going[works & stays]
        self.outcome[left] = LEFT
        self.otherwise[f"step:{step.id}"] += len(left)
        on: Array = going[works & ~stays]
        return on

    def _note_lost(self, lost: Array) -> None:
        self.outcome[lost] = FAILED
        for code, n in Counter(self.started_by[lost].tolist()).items():
            sums = self.by_cause if code % 2 else self.otherwise
            sums[self.parts[code // 2]] += n

    def _call(self, name: str, who: Array, parent: Array | None) -> Array:
        """Call a part for some attempts; record it; return which of the calls worked."""
        import numpy as np

        if not len(who):
            return np.ones(0, dtype=bool)
        part = self.world.parts[name]
        self.n_spans[who] += 1
        span = self.n_spans[who]
        fails = self._fails(part, who)
        is_first = (fails > NOTHING) & (self.draw.random(len(who)) < part.fails_first)
        works = ~is_first
        works[works] = self._uses_work(part, who[works], span[works])
        here = is_first | ((fails > NOTHING) & works)
        self.started_by[who[here]] = 2 * self.index[name] + (fails[here] == PLANTED)
        if name in self.echoed:
            self.ever_failed.setdefault(name, np.zeros(len(self.outcome), dtype=bool))[who[here]] = True
        fine: Array = works & (fails == NOTHING)
        by = np.zeros(len(who), dtype=np.int64) if parent is None else parent
        self.rows.append((who, span, by, np.full(len(who), self.index[name]), np.full(len(who), self.step), ~fine, here))
        return fine

    def _fails(self, part: SimulatedPart, who: Array) -> Array:
        """What makes the part itself fail in each call."""
        import numpy as np

        chance, hour = self.draw.random(len(who)), self.now_us[who] // HOUR_US
        rate = part.failure_rate * np.where(np.isin(hour % 24, list(BUSY_HOURS)), 1.5, 1.0)
        found = np.where(chance < rate, BACKGROUND, NOTHING)
        for trouble, kind in self.troubles:
            if trouble.part == part.id:
                rate = rate + trouble.rate * self._applies(trouble, who, hour)
                found = np.where((found == NOTHING) & (chance < rate), kind, found)
        return found

    def _applies(self, trouble: Trouble, who: Array, hour: Array) -> Array:
        import numpy as np

        day = self.at_us[who, 0] // HOUR_US // 24
        applies: Array = (day >= trouble.from_day) & (day < trouble.to_day)
        if trouble.channels:
            applies &= np.isin(self.channel[who], [self.channels.index(each) for each in trouble.channels])
        if trouble.hours:
            applies &= np.isin(hour % 24, list(trouble.hours))
        if trouble.spells:
            applies &= np.logical_or.reduce([(hour >= begin) & (hour < end) for begin, end in trouble.spells])
        if trouble.after is not None:
            before = self.ever_failed.get(trouble.after)
            applies = applies & before[who] if before is not None else np.zeros(len(who), dtype=bool)
        return applies

    def _uses_work(self, part: SimulatedPart, who: Array, span: Array) -> Array:
        """Call what a part uses; where it does not call in parallel it stops at the first failure it cannot stand."""
        import numpy as np

        works = np.ones(len(who), dtype=bool)
        done: set[str] = set()
        for use in part.uses:
            asked = np.ones(len(who), dtype=bool) if part.calls_in_parallel else works.copy()
            members = [use.to]
            if use.how == "any":
                group = use.group or use.to
                if group in done:
                    continue
                done.add(group)
                members = [each.to for each in part.uses if each.how == "any" and (each.group or each.to) == group]
            tries = members * 2 if use.how == "retry" else members
            works[asked] &= self._one_works(tries, who[asked], span[asked], is_optional=use.how == "optional")
        return works

    def _one_works(self, tries: list[str], who: Array, span: Array, *, is_optional: bool) -> Array:
        """Call one after another until one works; a failure that is stood is felt by nobody."""
        import numpy as np

        before = self.started_by[who]
        works = np.zeros(len(who), dtype=bool)
        for name in tries:
            left = ~works
            works[left] = self._call(name, who[left], span[left])
        stood = np.ones(len(who), dtype=bool) if is_optional else works
        self.started_by[who[stood]] = before[stood]
        return stood

    def _calls(self) -> Calls:
        """Put the calls in order, and say of each where the one stands that made it."""
        import numpy as np

        attempt, span, by, part, step, failed, here = (np.concatenate(each) for each in zip(*self.rows, strict=True))
        order = np.lexsort((span, attempt))
        attempt, span, by, part, step, failed, here = (each[order] for each in (attempt, span, by, part, step, failed, here))
        first = np.searchsorted(attempt, np.arange(len(self.outcome)))  # spans are numbered without a hole
        parent = np.where(by > 0, first[attempt] + by - 1, NEVER)
        started_us = self.at_us[attempt, step] + BETWEEN_CALLS_US * span
        return Calls(attempt, span, parent, part, step, started_us, failed, here)
