"""What a simulated organisation is made of: steps, parts that use one another, what fails and when.

A world is data. `run.simulate` turns it and a seed into facts, so that every measure, rule and page works on simulated
data unchanged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from wholeservice.organisation.graph import Organisation
from wholeservice.simulation.flow_world import Flow

STARTS_ON = dt.date(2026, 6, 1)  # a Monday

# Share of a day's attempts in each hour: quiet nights, a lunch peak and a higher evening one.
DAY = (1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 7, 8, 7, 6, 6, 6, 7, 9, 10, 9, 7, 4, 2)
BUSY_HOURS = frozenset({12, 18, 19, 20})
WEEK = (1.0, 0.95, 0.95, 1.0, 1.1, 1.3, 1.2)  # Monday first


@dataclass(frozen=True, slots=True)
class Use:
    """One thing a part calls. `how`: all, any (first of the group that works), optional, retry (tried twice)."""

    to: str
    how: str = "all"
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A part fails more than usual: planted cause or decoy. Rates are chances per call, 0 to 1."""

    part: str
    rate: float
    from_day: int = 0
    to_day: int = 10**6
    channels: frozenset[str] = frozenset()  # empty: all
    hours: frozenset[int] = frozenset()  # empty: all
    after: str | None = None  # fails with this rate only once that part has failed in the attempt
    spells: tuple[tuple[int, int], ...] = ()  # (from, to) in hours since the start; empty: all the time


@dataclass(frozen=True, slots=True)
class SimulatedPart:
    """A part as it behaves: background failure rate per call, what it calls, and its usual duration in seconds."""

    id: str
    uses: tuple[Use, ...] = ()
    failure_rate: float = 0.0
    duration_s: float = 0.1
    calls_in_parallel: bool = False  # False: stops at the first failure it cannot stand
    fails_first: float = 0.5  # chance that it fails before it calls anything


@dataclass(frozen=True, slots=True)
class SimulatedStep:
    """A step: the parts it calls by channel ("" for any), and the chance that a person gives up here unprompted."""

    id: str
    calls: Mapping[str, tuple[str, ...]]
    leave_rate: float = 0.01
    is_optional: float = 0.0  # chance that a person skips it

    def parts(self, channel: str) -> tuple[str, ...]:
        return self.calls.get("", ()) + self.calls.get(channel, ())


@dataclass(frozen=True, slots=True)
class Outage:
    """Somebody writes down an incident of a part: hours since the start. It may be harmless, or of the wrong part."""

    part: str
    from_hour: float
    to_hour: float


@dataclass(frozen=True, slots=True)
class Release:
    """A deployment on a day; decoys are releases of innocent parts on the day a trouble starts."""

    part: str
    on_day: int


@dataclass(frozen=True, slots=True)
class Question:
    """One question on a scale: scores lie about `mood`, lower where something failed; `expects` is what people had expected."""

    instrument: str
    words: str
    scale: tuple[int, int] = (1, 5)
    mood: float = 4.4
    after_failure: float = 2.6
    expects: float | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """Who is asked what, once they have been at a step: those of one survey answer all of its questions or none."""

    name: str
    step: str
    asked_share: float
    answered_share: float
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class World:
    """A whole simulated organisation. `causes` are planted; `decoys` only look like causes."""

    service: str
    organisation: Organisation
    steps: tuple[SimulatedStep, ...]
    parts: Mapping[str, SimulatedPart]
    channels: Mapping[str, float]  # channel -> share of attempts
    causes: tuple[Trouble, ...] = ()
    decoys: tuple[Trouble, ...] = ()
    releases: tuple[Release, ...] = ()
    outages: tuple[Outage, ...] = ()
    surveys: tuple[Survey, ...] = ()
    devices: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # channel -> device -> share; not said: none
    n_days: int = 28
    attempts_per_day: float = 150.0
    dark: frozenset[str] = frozenset()  # parts whose calls are not recorded
    silent_when_failing: frozenset[str] = frozenset()  # parts that record nothing when they themselves fail
    linked_share: float = 1.0  # share of attempts whose calls are recorded (sampled, with weights)
    flow: Flow | None = None  # how it changes what it offers; None: nothing is told of that
