"""What a simulated flow waited for, from its own accounts: what findings are held against, and what no fact tells.

Seconds are of the calendar, as tiles have them: nights and weekends are in. What is still waiting counts until the newest
instant that the facts tell of. Only items that somebody asked for count, not the pieces that layers make of them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from wholeservice.simulation.flow import Flowed
from wholeservice.simulation.flow_facts import FlowFacts, stays_of
from wholeservice.simulation.flow_world import TROUBLES, Flow
from wholeservice.simulation.queues import ACTIVE, RETURNED, Stay, Ticket

Span = tuple[float, float]


class End(NamedTuple):
    """Where a wait ends when it is followed into what it waits for; without a team, nobody of a team could shorten it."""

    team: str | None
    stage: str
    state: str


@dataclass(frozen=True, slots=True)
class Waited:
    """What the way that a trouble makes long cost the items of the stream; without the trouble it still costs a little."""

    trouble: str
    wait_s: float
    rework_s: float  # work done again because of it
    by_item: Mapping[str, float]  # item -> its share of wait_s
    ends_in: Mapping[End, float]  # seconds of wait_s


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that was planted. `busy_share` of its time the busy team worked; items waited `busy_waited_s` for it."""

    until: dt.datetime
    waited: Mapping[str, Waited]
    busy: str | None
    busy_share: float
    busy_waited_s: float
    dirt: Mapping[str, str]  # item -> what is wrong with its rows


def truth_of(flowed: Flowed, facts: FlowFacts) -> Truth:
    """Account for every wait that is due to a trouble."""
    told = [each for row in facts.items for each in (row.created_at, row.done_at) if each]
    until = max([*told, *(each for row in facts.work for each in (row.from_at, row.to_at) if each)])
    accounts = _Accounts(flowed, until)
    share, waited_s = accounts.busy()
    waited = {trouble: accounts.of(trouble) for trouble in TROUBLES}
    return Truth(until, waited, flowed.flow.busy, share, waited_s, facts.dirt)


class _Accounts:
    def __init__(self, flowed: Flowed, until: dt.datetime) -> None:
        self.flow: Flow = flowed.flow
        self.until = until
        self.tickets = {each.id: each for each in flowed.tickets}
        self.stays = {each.id: list(stays_of(flowed, each)) for each in flowed.tickets}

    def of(self, trouble: str) -> Waited:
        by_item: dict[str, float] = {}
        ends_in: dict[End, float] = defaultdict(float)
        rework_s = 0.0
        for ticket in self.tickets.values():
            if ticket.stream == self.flow.stream and not ticket.belongs_to:
                mine = [each for each in self.stays[ticket.id] if each.cause == trouble]
                rework_s += sum(seconds for _, seconds in self._followed(_after_return(mine)))
                for end, seconds in self._followed([each for each in mine if each.state != ACTIVE]):
                    ends_in[end] += seconds
                    by_item[ticket.id] = by_item.get(ticket.id, 0.0) + seconds
        return Waited(trouble, sum(by_item.values()), rework_s, by_item, dict(ends_in))

    def busy(self) -> tuple[float, float]:
        """Return the share of its time that the busy team worked, and how long anything waited for it."""
        team = self.flow.busy or ""
        stays = [each for stays in self.stays.values() for each in stays if each.team == team]
        worked_s = sum((self.flow.end_s if each.to_s is None else each.to_s) - each.from_s for each in stays if each.worker)
        waited_s = sum(self._length(self._span(each)) for each in stays if not each.worker)
        return worked_s / (self.flow.workers.get(team, 1) * self.flow.end_s), waited_s

    def _followed(self, waits: list[Stay]) -> Iterator[tuple[End, float]]:
        """Yield what waits end in; of several at once, the one that lasts longest has the instant."""
        covered: list[Span] = []
        for stay in sorted(waits, key=lambda each: -self._span(each)[1]):
            for span in _without(self._span(stay), covered):
                yield from self._leaves(stay, span)
            covered.append(self._span(stay))

    def _leaves(self, stay: Stay, span: Span) -> Iterator[tuple[End, float]]:
        ticket: Ticket | None = self.tickets.get(stay.waits_on or "")
        if ticket is None:
            yield End(stay.team, stay.stage, stay.state), self._length(span)
            return
        for below in self.stays[ticket.id]:
            first, last = max(span[0], self._span(below)[0]), min(span[1], self._span(below)[1])
            if first < last:
                yield from self._leaves(below, (first, last))

    def _span(self, stay: Stay) -> Span:
        return stay.from_s, float("inf") if stay.to_s is None else stay.to_s

    def _length(self, span: Span) -> float:
        first, last = self.flow.instant(span[0]), self.until if span[1] == float("inf") else self.flow.instant(span[1])
        return (last - first).total_seconds()


def _after_return(stays: list[Stay]) -> list[Stay]:
    """Return the work that was done once something had come back."""
    first_s = min((each.from_s for each in stays if each.state == RETURNED), default=float("inf"))
    return [each for each in stays if each.state == ACTIVE and each.from_s >= first_s]


def _without(span: Span, covered: list[Span]) -> Iterator[Span]:
    """Yield what is left of a span.

    >>> list(_without((0, 10), [(2, 3), (5, 20)]))
    [(0, 2), (3, 5)]
    """
    at = span[0]
    for first, last in sorted(covered):
        if first > at and at < span[1]:
            yield at, min(first, span[1])
        at = max(at, last)
    if at < span[1]:
        yield at, span[1]
