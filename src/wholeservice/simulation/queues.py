"""Teams with queues before them, on one heap of events: the engine of `flow`. Plain Python; time is seconds of working time.

What happens to an item is a generator that yields what it needs next: `Work` by a team, `Until` a day, `Hold` by nobody in
particular, `After` other items. Each becomes stays of the item without a gap, so that working and waiting are its whole life.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

QUEUED, ACTIVE, BLOCKED, RETURNED, DONE = "queued", "active", "blocked", "returned", "done"
WORDS_OF_PRIORITY = ("urgent", "high", "normal")  # the lower number goes first


@dataclass(slots=True)
class Stay:
    """One stay of an item in one state; `cause` is the planted trouble that it is due to, which no fact tells."""

    stage: str
    state: str
    from_s: float
    to_s: float | None = None
    team: str | None = None
    worker: str | None = None
    waits_on: str | None = None
    cause: str | None = None


@dataclass(slots=True)
class Ticket:
    """One item of work and its stays; `after_done` is called when it is done."""

    id: str
    kind: str
    stream: str
    team: str
    created_s: float
    part: str | None = None
    service: str | None = None
    priority: int = 2
    size: float | None = None
    known_before_s: float = 0.0  # seconds of the calendar between the need becoming known and the item
    due_after_days: int | None = None
    belongs_to: str | None = None  # the item that this one is a piece of
    is_paired: bool = False  # a second person joins in, when one is free
    done_s: float | None = None
    stays: list[Stay] = field(default_factory=list)
    after_done: list[Callable[[], None]] = field(default_factory=list, repr=False)


@dataclass(frozen=True, slots=True)
class Work:
    """Somebody of the team works on it, as soon as one is free; until then it is `before`."""

    team: str
    stage: str
    seconds: float
    before: str = QUEUED
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Until:
    """It waits for an instant."""

    stage: str
    at_s: float
    cause: str | None = None
    state: str = QUEUED
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """It is worked on by nobody of the teams: a meeting, somebody outside."""

    stage: str
    seconds: float


@dataclass(frozen=True, slots=True)
class After:
    """It waits until all these items are done."""

    stage: str
    tickets: tuple[Ticket, ...]
    cause: str | None = None


Steps = Iterator[Work | Until | Hold | After]


@dataclass(slots=True)
class Team:
    """People who take the next item when they are free. `short` says from when to when, and what that waits for."""

    id: str
    free: list[int]
    n_ever: int
    queue: list[tuple[int, int, Ticket, Steps, Work, Stay]] = field(default_factory=list)
    n_leaving: int = 0
    short: list[tuple[float, Ticket]] = field(default_factory=list)


class Queues:
    """The heap, the clock and the teams."""

    def __init__(self, workers: dict[str, int]) -> None:
        self.now, self._number = 0.0, 0
        self._heap: list[tuple[float, int, Callable[[], object]]] = []
        self.teams = {team: Team(team, list(range(1, n + 1)), n) for team, n in workers.items()}
        self.tickets: list[Ticket] = []

    def run(self, end_s: float) -> None:
        """Let happen what happens before *end_s*; stays that last then have no end."""
        while self._heap and self._heap[0][0] < end_s:
            self.now, _, happen = heapq.heappop(self._heap)
            happen()

    def at(self, when_s: float, happen: Callable[[], object]) -> None:
        heapq.heappush(self._heap, (when_s, self._next(), happen))

    def begin(self, ticket: Ticket, steps: Steps) -> Ticket:
        """Take in an item; what it needs first is asked for now."""
        self.tickets.append(ticket)
        self.go_on(ticket, steps)
        return ticket

    def go_on(self, ticket: Ticket, steps: Steps) -> None:
        """Ask for the next thing an item needs; without one it is done."""
        step = next(steps, None)
        if isinstance(step, Work):
            self._ask(ticket, steps, step)
        elif isinstance(step, Until):
            stay = Stay(step.stage, step.state, self.now, team=step.team, cause=step.cause)
            self._stay_until(ticket, steps, stay, max(self.now, step.at_s))
        elif isinstance(step, Hold):
            self._stay_until(ticket, steps, Stay(step.stage, ACTIVE, self.now), self.now + step.seconds)
        elif isinstance(step, After):
            self._wait(ticket, steps, step)
        else:
            ticket.done_s = self.now
            for happen in ticket.after_done:
                happen()

    def leave(self, team: Team) -> None:
        """Somebody leaves the team: one who is free now, else the next one who is."""
        if team.free:
            team.free.pop()
        else:
            team.n_leaving += 1

    def join(self, team: Team) -> None:
        """Somebody new is there."""
        team.n_ever += 1
        heapq.heappush(team.free, team.n_ever)
        self._serve(team)

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _stay_until(self, ticket: Ticket, steps: Steps, stay: Stay, to_s: float) -> None:
        ticket.stays.append(stay)
        self.at(to_s, partial(self._end_stay, ticket, steps, stay))

    def _end_stay(self, ticket: Ticket, steps: Steps, stay: Stay) -> None:
        stay.to_s = self.now
        self.go_on(ticket, steps)

    def _wait(self, ticket: Ticket, steps: Steps, step: After) -> None:
        open_ones = [each for each in step.tickets if each.done_s is None]
        if not open_ones:
            self.go_on(ticket, steps)
        for each in open_ones:
            stay = Stay(step.stage, BLOCKED, self.now, team=ticket.team, waits_on=each.id, cause=step.cause)
            ticket.stays.append(stay)
            each.after_done.append(partial(self._one_is_done, ticket, steps, stay, open_ones))

    def _one_is_done(self, ticket: Ticket, steps: Steps, stay: Stay, needed: list[Ticket]) -> None:
        stay.to_s = self.now
        if all(each.done_s is not None for each in needed):
            self.go_on(ticket, steps)

    def _ask(self, ticket: Ticket, steps: Steps, step: Work) -> None:
        team = self.teams[step.team]
        stay = Stay(step.stage, step.before, self.now, team=team.id, cause=step.cause)
        ticket.stays.append(stay)
        heapq.heappush(team.queue, (ticket.priority, self._next(), ticket, steps, step, stay))
        self._serve(team)

    def _serve(self, team: Team) -> None:
        while team.free and team.queue:
            _, _, ticket, steps, step, waited = heapq.heappop(team.queue)
            waited.to_s = self.now
            self._start(team, ticket, step, partial(self.go_on, ticket, steps), step.seconds)
            if ticket.is_paired and team.free and not team.queue:
                self._start(team, ticket, step, lambda: None, 0.6 * step.seconds)

    def _start(self, team: Team, ticket: Ticket, step: Work, then: Callable[[], None], seconds: float) -> None:
        number = heapq.heappop(team.free)
        stay = Stay(step.stage, ACTIVE, self.now, team=team.id, worker=f"{team.id}-{number}", cause=step.cause)
        ticket.stays.append(stay)
        self.at(self.now + seconds, partial(self._release, team, number, stay, then))

    def _release(self, team: Team, number: int, stay: Stay, then: Callable[[], None]) -> None:
        stay.to_s = self.now
        if team.n_leaving:
            team.n_leaving -= 1
        else:
            heapq.heappush(team.free, number)
        then()
        self._serve(team)
