"""Why a loss still lasts: the time since it began, cut into pieces that say what it waited for, with what was lost in each.

The pieces follow on one another without gap or overlap, from the day the loss began until it ended or until now:

    unseen        nobody is recorded to have known
    undecided     it was known, and no work on it had been taken up: until there is an item, until somebody works on it,
                  while a decision on it is pending, and while it waits for an approval to begin
    unfunded      its item waits for a budget
    waiting       its item waits: for another team, service or item (followed to where that wait ends), or for its own team
    approval      an approval or a review is waited for after the work had begun: a late one
    worked on     somebody is at work on it
    released      it waits for a release, is being released, or is done and has not reached anybody yet
    verified      it reached people: looked at is whether the loss goes, for `CHECKED_DAYS` or until a verdict
    nobody        it is known, and no work on it is open
    not recorded  its item has no stay then, or nothing newer was told of it; nothing is told of what it waits for; or it waits
                  after a stretch that nobody recorded, so that nobody knows whether the work had begun

Of several items on one loss the one that is furthest on has each instant: that is the soonest the loss can end. An item that
came up before the loss did is not work on it; where the data begin with the loss, nobody can tell, and it counts. The loss of
a day is spread evenly over its hours; a piece has what was lost while it lasted, so that the pieces add up to all that was
lost.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from wholeservice.findings.waits import Piece, Tile, pieces

UNSEEN, UNDECIDED, UNFUNDED, WAITING, APPROVAL = "unseen", "undecided", "unfunded", "waiting", "late approval"
WORKED_ON, RELEASED, VERIFIED, NOBODY, NOT_RECORDED = "worked on", "being released", "being verified", "nobody", "not recorded"
STATES = (UNSEEN, UNDECIDED, UNFUNDED, WAITING, APPROVAL, WORKED_ON, RELEASED, VERIFIED, NOBODY, NOT_RECORDED)
FURTHEST = (VERIFIED, RELEASED, WORKED_ON, APPROVAL, WAITING, UNFUNDED, NOT_RECORDED, UNDECIDED)
"""Of several items at one instant the first of these counts."""
KNOWN_WAITING = (UNDECIDED, UNFUNDED, WAITING, APPROVAL, NOBODY, NOT_RECORDED)
"""It was known, and nobody was at work on it."""

DECISION, BUDGET, ASKED, REVIEW, RELEASE = "decision", "budget", "approval", "review", "release"
WORK, WAIT, DONE, BLOCKED = "work", "wait", "done", "blocked"
YES, NO, NOBODY_KNOWS = "yes", "no", "nobody knows"
"""Whether the work had begun."""
DAY_US = 86_400_000_000
CHECKED_DAYS = 14
"""After so many days people have met the change on each day of the week twice: if the loss is still there, that was not it."""


@dataclass(frozen=True, slots=True)
class Mender:
    """One item of work on a loss; instants in microseconds. `until_us`: its last stay reaches so far where it is open."""

    item: str
    created_us: int
    done_us: int | None = None
    is_given_up: bool = False
    deployed_us: int | None = None
    verdict_us: int | None = None


@dataclass(frozen=True, slots=True)
class Lives:
    """What is known of items and their pieces: tiles in order; (item, from) -> why it waited, and on which entity."""

    tiles: Mapping[str, Sequence[Tile]]
    causes: Mapping[tuple[str, int], tuple[str, str | None]]
    teams: Mapping[str, str | None]
    queues: Mapping[tuple[str, str], str]  # (item, stage) -> what work that queues before the stage waits for


@dataclass(frozen=True, slots=True)
class Span:
    """One piece of time of one item, or of the loss. `on`: who or what is waited for; `through`: the items on the way there."""

    from_us: int
    to_us: int
    state: str
    on: str | None = None
    item: str | None = None
    through: tuple[str, ...] = ()
    is_circle: bool = False


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss of one place: when it began, was known and ended (None: not yet), and the newest instant there is."""

    began_us: int
    known_us: int | None
    ended_us: int | None
    now_us: int

    @property
    def until_us(self) -> int:
        return self.now_us if self.ended_us is None else self.ended_us


def tile_open_time(loss: Loss, menders: Sequence[Mender], lives: Lives) -> tuple[Span, ...]:
    """
    Return the pieces of the open time of one loss, in order.

    Shape    they begin at `began_us`, end at `until_us`, and follow on one another
    """
    if loss.until_us <= loss.began_us:
        return ()
    spans = [list(spans_of(each, lives, loss)) for each in menders]
    edges = {loss.began_us, loss.until_us, *([loss.known_us] if loss.known_us is not None else [])}
    edges |= {edge for each in spans for span in each for edge in (span.from_us, span.to_us)}
    edges |= {each.created_us for each in menders}
    inside = sorted(edge for edge in edges if loss.began_us <= edge <= loss.until_us)
    return tuple(_joined(_at(loss, menders, spans, first, last) for first, last in pairwise(inside)))


def _at(loss: Loss, menders: Sequence[Mender], spans: Sequence[Sequence[Span]], first: int, last: int) -> Span:
    """Return what was so from one edge to the next."""
    if loss.known_us is None or first < loss.known_us:
        return Span(first, last, UNSEEN)
    covering = [span for each in spans for span in each[_place(each, first) :][:1] if span.from_us <= first < span.to_us]
    if covering:
        best = min(covering, key=lambda span: FURTHEST.index(span.state))
        return replace(best, from_us=first, to_us=last)
    is_first = all(each.created_us >= last for each in menders) and menders
    return Span(first, last, UNDECIDED if is_first else NOBODY)


def _place(spans: Sequence[Span], at: int) -> int:
    return max(0, bisect_right(spans, at, key=lambda span: span.from_us) - 1)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Join neighbours that say the same."""
    before: Span | None = None
    for each in spans:
        if before is not None and replace(each, from_us=before.from_us, to_us=before.to_us) == before:
            before = replace(before, to_us=each.to_us)
            continue
        if before is not None:
            yield before
        before = each
    if before is not None:
        yield before


def spans_of(mender: Mender, lives: Lives, loss: Loss) -> Iterator[Span]:
    """Yield what one item did from when it was created: its tiles, its release, and whether it helped."""
    at, has_begun = mender.created_us, NO
    if mender.item in lives.tiles:
        at = lives.tiles[mender.item][0].from_us
        for piece in pieces(mender.item, lives.tiles):
            span = replace(_span(piece, lives, has_begun), from_us=at, to_us=at + piece.length, item=mender.item)
            if span.state == WORKED_ON:
                has_begun = YES
            elif has_begun == NO and not piece.through and (piece.tile is None or piece.tile.kind not in (WORK, WAIT)):
                has_begun = NOBODY_KNOWS
            yield span
            at = span.to_us
        if mender.done_us is None and at < loss.until_us:  # nothing newer was told of it
            yield Span(at, loss.until_us, NOT_RECORDED, item=mender.item)
    elif mender.done_us is None:
        yield Span(at, loss.until_us, NOT_RECORDED, item=mender.item)
    if mender.done_us is not None and not mender.is_given_up:
        yield from _after(mender, max(at, mender.done_us))


def _after(mender: Mender, done_us: int) -> Iterator[Span]:
    """Yield the time from being done to reaching people, and that in which it shows whether it helped."""
    reached_us = max(done_us, mender.deployed_us or done_us)
    if reached_us > done_us:
        yield Span(done_us, reached_us, RELEASED, item=mender.item)
    looked_us = reached_us + CHECKED_DAYS * DAY_US
    if mender.verdict_us is not None and mender.verdict_us >= reached_us:
        looked_us = mender.verdict_us
    if looked_us > reached_us:
        yield Span(reached_us, looked_us, VERIFIED, item=mender.item)


def _span(piece: Piece, lives: Lives, has_begun: str) -> Span:
    """Say what a piece of the life of an item was; *has_begun*: somebody had worked on it before."""
    tile = piece.tile
    if tile is None or tile.kind not in (WORK, WAIT):
        return Span(0, 0, NOT_RECORDED)
    if piece.through:
        through = (*dict.fromkeys(each for each, _ in piece.through[1:]), piece.item)
        return Span(0, 0, WAITING, _turn(piece, tile, lives), through=through, is_circle=bool(piece.circle))
    queue = lives.queues.get((piece.item, tile.stage or ""))
    if tile.kind == WORK:
        return Span(0, 0, {DECISION: UNDECIDED, RELEASE: RELEASED}.get(queue or "", WORKED_ON))
    cause, on = lives.causes.get((piece.item, tile.from_us), (queue or "", None))
    is_circle = bool(piece.circle)
    state = _waiting(cause, tile, has_begun, is_on=on is not None or is_circle)
    whom = on or tile.waits_on
    if tile.state != BLOCKED:  # what queues waits for its team; by what else work is held up, nobody wrote down
        whom = whom or tile.team or lives.teams.get(piece.item)
    return Span(0, 0, state, whom if state == WAITING else on if state == APPROVAL else None, is_circle=is_circle)


def _turn(piece: Piece, tile: Tile, lives: Lives) -> str | None:
    """Whose turn it is in the item that was waited for; None where it was held up itself, and by what nobody wrote down."""
    if tile.kind == WAIT and tile.state == BLOCKED and not piece.circle:
        return tile.waits_on
    return tile.team or lives.teams.get(piece.item) or piece.item


def _waiting(cause: str, tile: Tile, has_begun: str, *, is_on: bool) -> str:
    if tile.state == DONE or cause == RELEASE:
        return RELEASED
    if cause in (DECISION, BUDGET):
        return UNDECIDED if cause == DECISION else UNFUNDED
    if cause in (ASKED, REVIEW):
        return {YES: APPROVAL, NO: UNDECIDED, NOBODY_KNOWS: NOT_RECORDED}[has_begun]
    return WAITING if is_on else {YES: WAITING, NO: UNDECIDED, NOBODY_KNOWS: NOT_RECORDED}[has_begun]


def split_loss(spans: Sequence[Span], days: Sequence[int], lost: Sequence[float]) -> tuple[float, ...]:
    """
    Return what was lost in each piece.

    Shape    days: the instants at which each civil day begins, and the one at which the last ends; lost: of each day, while the
             pieces lasted. What of a day lies outside of the pieces has lost nothing
    Unit     that of *lost*

    >>> two = (Span(0, 12, UNSEEN), Span(12, 48, UNDECIDED))
    >>> split_loss(two, [0, 24, 48], [10.0, 6.0])
    (5.0, 11.0)
    """
    first, last = (spans[0].from_us, spans[-1].to_us) if spans else (0, 0)
    found = []
    for span in spans:
        total = 0.0
        for at in range(max(0, bisect_right(days, span.from_us) - 1), len(lost)):
            if days[at] >= span.to_us:
                break
            whole = min(days[at + 1], last) - max(days[at], first)
            mine = min(days[at + 1], span.to_us) - max(days[at], span.from_us)
            total += lost[at] * mine / whole if whole > 0 and mine > 0 else 0.0
        found.append(total)
    return tuple(found)


def begun_after(menders: Sequence[tuple[Mender, int]], began_us: int, slack_us: int, *, is_at_least: bool) -> list[bool]:
    """
    Say of each item, given with when its need was known, whether it can be work on a loss that began at *began_us*.

    The day on which a loss began is an estimate, so *slack_us* before it still counts. Where nothing is recorded before the
    loss, any item that was open then counts. One that was done before the loss began never does.
    """
    return [
        (each.done_us is None or each.done_us > began_us) and (is_at_least or known_us >= began_us - slack_us)
        for each, known_us in menders
    ]
