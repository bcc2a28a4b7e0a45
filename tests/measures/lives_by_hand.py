"""Four items of a value stream with three stages, in hours since 2 March 2026: every number can be worked out on paper."""

from __future__ import annotations

import datetime as dt

from wholeservice.measures.flow_made import Seen, flows_of
from wholeservice.measures.flow_read import Declared, Life, Piece, Wait, Work
from wholeservice.measures.flow_told import Flow, Tie

STREAM, MONDAY = "look-to-stay", dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
H = 3600.0


def at(hours: float) -> dt.datetime:
    """Return an instant."""
    return MONDAY + dt.timedelta(hours=hours)


def piece(stage: str | None, state: str, from_h: float, to_h: float) -> Piece:
    """Return a piece of a life."""
    kind = {"active": "work", "unknown": "unknown"}.get(state, "wait")
    return Piece(stage, state, kind, at(from_h).timestamp(), at(to_h).timestamp(), None)


def wait(cause: str, from_h: float, to_h: float, on: tuple[str | None, str | None] = (None, None)) -> Wait:
    """Return a piece of waiting with its cause."""
    return Wait(at(from_h).timestamp(), at(to_h).timestamp(), (to_h - from_h) * H, cause, *on)


def life(item: str, pieces: tuple[Piece, ...], waits: tuple[Wait, ...] = (), *, created: float = 0, is_open: bool = False,
         stream: str | None = STREAM) -> Life:  # fmt: skip
    """Return an item that was there from its creation to the end of its last piece."""
    ended = pieces[-1].to_s
    worked = [each.from_s for each in pieces if each.kind == "work"]
    started = dt.datetime.fromtimestamp(min(worked), dt.UTC) if worked else None
    done = None if is_open else dt.datetime.fromtimestamp(ended, dt.UTC)
    ties = (Tie("blocks", is_from=False, table="item", id="E-1", at=None),) if any(each.on_item for each in waits) else ()
    return Life(item, "feature", "stay", stream, None, at(created), started, None, done, at(created).timestamp(), ended,
                is_open, False, len(pieces), pieces, waits, ties)  # fmt: skip


ON_PRICES = ("E-1", "prices")
A = life("A", (piece("decide", "queued", 0, 10), piece("build", "active", 10, 16), piece("Check_it", "active", 16, 18)),
         (wait("decision", 0, 10),))  # fmt: skip
B = life(
    "B",
    (piece("decide", "queued", 0, 4), piece("build", "active", 4, 8), piece("check-it", "active", 8, 9),
     piece("build", "returned", 9, 11), piece("build", "active", 11, 13), piece("check-it", "blocked", 13, 23),
     piece("check-it", "active", 23, 24)),
    (wait("decision", 0, 4), wait("rework", 9, 11), wait("dependency", 13, 23, ON_PRICES)),
)  # fmt: skip
C = life("C", (piece("build", "active", 25, 30), piece("check-it", "blocked", 30, 60)),
         (wait("dependency", 30, 60, ON_PRICES),), created=25, is_open=True)  # fmt: skip
E = life("E-1", (piece("set-up", "unknown", 5, 60),), created=5, is_open=True, stream=None)
STAGES = (
    Declared("decide", "necessary", "decision"),
    Declared("build", "value-adding", None),
    Declared("check-it", None, None),
)
NAMED = {"decide": 0, "build": 1, "check-it": 2}


def work(*lives: Life) -> Work:
    """Return what was read of some items, which all count for the stream they run in."""
    held = {STREAM: tuple(each.item for each in lives if each.stream == STREAM)}
    return Work({each.item: each for each in lives}, held, {STREAM: STAGES}, {STREAM: NAMED})


def flow(*lives: Life) -> Flow:
    """Return the flow of the stream in the two days 2 and 3 March."""
    seen = Seen(work(*lives), MONDAY.date(), dt.date(2026, 3, 4), "UTC")
    return flows_of(seen, {STREAM: "value-stream"})[0]
