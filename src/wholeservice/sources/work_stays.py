"""From the changes of an item to its stays: pure, and the same for every tracker."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Values = Mapping[str, str | None]
"""What is so at an instant, by name: status, assignee ..."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is otherwise from an instant on."""

    at: dt.datetime
    values: Values


@dataclass(frozen=True, slots=True)
class Look:
    """How the item stands there, in our words. `status` is the tool's own word, and tells two visits of a stage apart."""

    status: str
    stage: str | None
    state: str
    team: str | None = None
    resource: str | None = None
    waits_on: str | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay; `to_at` None: it is still so."""

    look: Look
    from_at: dt.datetime
    to_at: dt.datetime | None


def stays(began: Values, from_at: dt.datetime, changes: Iterable[Change], look: Callable[[Values], Look]) -> list[Stay]:
    """
    Cut the life of an item where it looks different: another status, another person, blocked or not.

    *changes* are in order; those before *from_at* only say how things stood then. A status that lasted no time is kept, for the
    item was there; anything else that lasted no time is not.

    >>> at = [dt.datetime(2026, 3, day, tzinfo=dt.UTC) for day in (1, 2, 2, 5)]
    >>> moves = [Change(at[1], {"status": "b"}), Change(at[2], {"status": "c"}), Change(at[3], {"note": "x"})]
    >>> found = stays({"status": "a"}, at[0], moves, lambda now: Look(now["status"], None, "active"))
    >>> [(each.look.status, each.from_at.day, each.to_at and each.to_at.day) for each in found]
    [('a', 1, 2), ('b', 2, 2), ('c', 2, None)]
    """
    now = dict(began)
    since, shown = from_at, look(now)
    found: list[Stay] = []
    for change in changes:
        now.update(change.values)
        seen = look(now)
        if seen == shown:
            continue
        was_entered_now = seen.status != shown.status and (not found or found[-1].look.status != shown.status)
        if change.at > since or was_entered_now:
            found.append(Stay(shown, since, max(change.at, since)))
        since, shown = max(change.at, since), seen
    return [*found, Stay(shown, since, None)]


def until(found: list[Stay], at: dt.datetime | None) -> list[Stay]:
    """Return the stays with the last one ended where nothing more is known."""
    if at is None or not found:
        return found
    last = found[-1]
    return [*found[:-1], Stay(last.look, last.from_at, max(at, last.from_at))]


def ended_at(found: list[Stay], ended: tuple[str, ...]) -> dt.datetime | None:
    """Return since when an item has been in one of the states *ended*, None where it is in none of them now."""
    since = None
    for stay in reversed(found):
        if stay.look.state not in ended:
            break
        since = stay.from_at
    return since
