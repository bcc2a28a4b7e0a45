"""The life of an activity: what each transition means, as data, and which events belong to one instance of an activity.

Source   IEEE 1849-2016 (XES), lifecycle extension, the standard transitional model; and statuses as service desks name them
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

QUEUED, ACTIVE, BLOCKED, DONE, RETURNED = "queued", "active", "blocked", "done", "returned"
STATES = (QUEUED, ACTIVE, BLOCKED, DONE, RETURNED)
COMPLETE = "complete"  # what an event without a transition is: the convention of logs that know completions only

STANDARD: dict[str, str] = {
    "schedule": QUEUED,
    "assign": QUEUED,
    "reassign": QUEUED,
    "start": ACTIVE,
    "suspend": BLOCKED,
    "resume": ACTIVE,
    COMPLETE: DONE,
    "autoskip": DONE,
    "manualskip": DONE,
    "withdraw": RETURNED,
    "ate_abort": RETURNED,
    "pi_abort": RETURNED,
}
"""Transition of one activity -> the state that it puts the work into. `returned`: it ended without having been done."""

STATUSES: dict[str, str] = {
    "new": QUEUED,
    "open": QUEUED,
    "queued": QUEUED,
    "awaiting assignment": QUEUED,
    "assigned": QUEUED,
    "reopened": QUEUED,
    "in progress": ACTIVE,
    "in call": ACTIVE,
    "wait": BLOCKED,
    "wait - customer": BLOCKED,
    "wait - implementation": BLOCKED,
    "wait - user": BLOCKED,
    "wait - vendor": BLOCKED,
    "waiting": BLOCKED,
    "pending": BLOCKED,
    "on hold": BLOCKED,
    "resolved": DONE,
    "closed": DONE,
    "cancelled": RETURNED,
    "canceled": RETURNED,
}
"""Status of the whole case -> its state. Some logs write these where the standard has transitions."""

_FINAL = (DONE, RETURNED)
_CONTINUES: dict[str, tuple[str, ...]] = {
    "schedule": (),
    "assign": (QUEUED,),
    "reassign": (QUEUED,),
    "start": (QUEUED,),
    "suspend": (ACTIVE,),
    "resume": (BLOCKED,),
}
"""Transition -> the state of the open instance that it continues, the best first; the ends of one take any."""
_ENDS = (ACTIVE, BLOCKED, QUEUED)


@dataclass(slots=True)
class _Open:
    """An instance of an activity that has not ended: the event that spoke of it last, and where it started."""

    last: int
    state: str
    resource: str | None
    started: int | None


@dataclass(frozen=True, slots=True)
class Lives:
    """For each event the position of the next one of its instance, and of the start of its instance; None: there is none."""

    following: list[int | None]
    started: list[int | None]


def state_of(transition: str, own: Mapping[str, str]) -> str | None:
    """Return the state that a transition or status (small letters) stands for; what the declaration says wins."""
    return own.get(transition) or STANDARD.get(transition) or STATUSES.get(transition)


def is_status(transition: str) -> bool:
    """Say whether a word is a status of the case: every word that is no standard transition of an activity."""
    return transition not in STANDARD


def is_final(state: str | None) -> bool:
    """Say whether nothing of the activity follows a state."""
    return state in _FINAL


def pair(keys: Sequence[object], transitions: Sequence[str], resources: Sequence[str | None]) -> Lives:
    """
    Find the events that belong to one instance of an activity, first in first out.

    *keys*   what tells activities apart: case, activity, and the instance where the log names it

    Of several open instances of an activity the oldest of the same resource is meant, else the oldest.

    >>> pair(["a", "a", "a"], ["start", "start", "complete"], ["Ann", "Bob", "Bob"])
    Lives(following=[None, 2, None], started=[0, 1, 1])
    """
    lives = Lives([None] * len(keys), [None] * len(keys))
    waiting: dict[object, list[_Open]] = {}
    for at, (key, transition, resource) in enumerate(zip(keys, transitions, resources, strict=True)):
        opened = waiting.setdefault(key, [])
        state = STANDARD[transition]
        one = next(_candidates(opened, _CONTINUES.get(transition, _ENDS), resource), None)
        if one is not None:
            lives.following[one.last] = at
        elif not is_final(state):
            one = _Open(at, state, resource, None)
            opened.append(one)
        if one is None:
            continue
        one.last, one.state, one.resource = at, state, resource or one.resource
        if state == ACTIVE and one.started is None:
            one.started = at
        lives.started[at] = one.started
        if is_final(state):
            opened.remove(one)
    return lives


def _candidates(opened: list[_Open], states: Sequence[str], resource: str | None) -> Iterator[_Open]:
    for state in states:
        same_state = [each for each in opened if each.state == state]
        yield from (each for each in same_state if each.resource == resource)
        yield from same_state
