"""How work flows through a value stream, as it is stored: stages, waits, returns, days, items, and the story of one item.

What stands here is told of what was done in a window of whole days and of what is open at its end. Nobody who works is in it.
Times are in seconds as the clock goes, nights and weekends included. What was not seen is None, never 0.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

NOT_RECORDED = "not recorded"
"""The cause of a wait that nobody wrote down."""

SINCE_WORK, SINCE_ASKED = "first work", "asked for"
"""From when ages and times are counted: the first work, where any source saw work begin; else when it was asked for."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Times of *n* items: the mean, half within, 85 % within; None is not seen. `low` and `high` bound the half, as likely."""

    mean_s: float | None = None
    median_s: float | None = None
    p85_s: float | None = None
    n: int = 0
    low_s: float | None = None
    high_s: float | None = None


@dataclass(frozen=True, slots=True)
class Waited:
    """
    What items waited for before a stage (None: in none that is declared, or in all together): a cause, and what was behind it.

    `mean_s` is over all items that were counted, so that waits add up. `share` is its part of all waiting, with its likely
    range. `n` items waited so, `n_now` open items do now.
    """

    stage: int | None
    cause: str
    on_entity: str | None
    mean_s: float
    share: float
    low: float | None
    high: float | None
    n: int
    n_now: int


@dataclass(frozen=True, slots=True)
class StageTold:
    """
    One stage. `process` is work, `lead` all time in it; their means are over all items counted, half and 85 % over the `n` that
    came through it. `n_wrong` of them went back from here to an earlier stage, or were done again.

    `left_at_s` are the ages at which 50, 70, 85 and 95 of 100 had left it. `visit_s` is how long half of the visits took, from
    the first work of the visit to its last, or from its begin to its end where no work was seen.
    """

    name: str
    kind: str | None
    n: int
    process: Spent
    lead: Spent
    n_wrong: int
    n_inside: int
    n_waiting: int
    left_at_s: tuple[float, ...] | None
    n_visits: int
    visit_s: float | None
    is_wait: bool  # nobody was ever seen at work in it


@dataclass(frozen=True, slots=True)
class WentBack:
    """So many items went from a stage back to an earlier one, or did it again."""

    from_stage: int
    to_stage: int
    n: int


@dataclass(frozen=True, slots=True)
class CameAfter:
    """How often a stage came straight after another, and within what time half of them did."""

    from_stage: int
    to_stage: int
    n: int
    median_s: float | None


@dataclass(frozen=True, slots=True)
class DayTold:
    """How many items of the window have reached each stage, and then the end, by the end of a day."""

    on: dt.date
    reached: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An item that is not done: its stage (None: in none that is declared), its age, and since when what goes on goes on."""

    item: str
    kind: str | None
    stage: int | None
    age_s: float | None  # None: no work on it has begun
    now: str  # work, wait, unknown
    now_s: float


@dataclass(frozen=True, slots=True)
class DoneItem:
    """An item that was done, and how long it took."""

    item: str
    kind: str | None
    on: dt.date
    seconds: float


@dataclass(frozen=True, slots=True)
class Flow:
    """
    The flow of the items that count for an entity, of one kind of work or of all (`work_kind` None), from *from_on* up to
    *after_on* (exclusive).

    `cycle` is counted from `since`, `lead` from when it was asked for. `known` is the share of all that time of which somebody
    wrote down whether it was work or waiting. `n_bare` items have no stays at all; `n_out` of what was done before it began are
    left out, and so are `n_silent` open ones whose source tells of nothing in the window. `done` and `open` are the newest and
    the oldest, up to a number; `n_done` and `n_open` count all.
    """

    entity: str
    work_kind: str | None
    stream: str | None
    from_on: dt.date
    after_on: dt.date
    since: str
    n_done: int
    n_open: int
    n_bare: int
    n_out: int
    known: float | None
    process: Spent
    lead: Spent
    cycle: Spent
    within: tuple[tuple[float, float], ...]
    stages: tuple[StageTold, ...]
    is_declared: bool  # its stages are; else they are those that were seen
    waits: tuple[Waited, ...]  # of each stage apart
    causes: tuple[Waited, ...]  # of all stages together
    backs: tuple[WentBack, ...]
    follows: tuple[CameAfter, ...]
    days: tuple[DayTold, ...]
    open: tuple[OpenItem, ...]
    done: tuple[DoneItem, ...]
    elsewhere: tuple[tuple[str, float], ...]  # stages that are not declared, and their share of all time
    kinds: tuple[tuple[str, int], ...] = ()  # kinds of work that were done, and how many
    n_silent: int = 0


@dataclass(frozen=True, slots=True)
class StoryPiece:
    """One piece of the life of an item. A piece that has several causes says the one that took longest."""

    stage: str | None
    kind: str  # work, wait, unknown
    from_at: dt.datetime
    to_at: dt.datetime
    cause: str | None
    on_item: str | None
    on_entity: str | None


@dataclass(frozen=True, slots=True)
class Tie:
    """A link of an item: `is_from` says that the item itself does what the relation says."""

    relation: str
    is_from: bool
    table: str
    id: str
    at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Story:
    """The life of one item: its pieces in order, and what it is tied to."""

    item: str
    kind: str | None
    entity: str | None
    stream: str | None
    team: str | None
    created_at: dt.datetime
    started_at: dt.datetime | None
    due_at: dt.datetime | None
    done_at: dt.datetime | None
    life_to: dt.datetime
    is_open: bool
    is_backwards: bool
    worked_s: float
    waited_s: float
    unseen_s: float
    pieces: tuple[StoryPiece, ...] = ()
    ties: tuple[Tie, ...] = ()
