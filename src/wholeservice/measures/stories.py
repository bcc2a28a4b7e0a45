"""The story of each item that a page shows: its pieces in order, why it waited and for what, and what it is tied to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from wholeservice.derived.base import UNSEEN, WAITED, WORKED
from wholeservice.measures.flow_read import Life, Piece, Wait, Work
from wholeservice.measures.flow_told import Flow, Story, StoryPiece

MOST = 6_000
"""So many stories are kept at most: those of the items that pages list first, then what these wait for or are tied to."""


def stories_of(work: Work, flows: Sequence[Flow]) -> Mapping[str, Story]:
    """Return the stories of the items in flows, and of what they wait for or are tied to."""
    listed = [each.item for flow in flows for each in flow.open] + [each.item for flow in flows for each in flow.done]
    wanted = [work.lives[item] for item in dict.fromkeys(listed) if item in work.lives][:MOST]
    known = {life.item for life in wanted}
    for life in wanted:  # grows while it is read: what is waited for may wait in its turn
        for item in _others(life):
            if item in work.lives and item not in known and len(wanted) < MOST:
                known.add(item)
                wanted.append(work.lives[item])
    return {life.item: story_of(life) for life in wanted}


def _others(life: Life) -> list[str]:
    tied = [tie.id for tie in life.ties if tie.table == "item"]
    return [*(wait.on_item for wait in life.waits if wait.on_item), *tied]


def story_of(life: Life) -> Story:
    """Return the story of one item."""
    longest: dict[float, Wait] = {}
    for wait in life.waits:
        before = longest.get(wait.from_s)
        if before is None or (wait.seconds, wait.cause) > (before.seconds, before.cause):
            longest[wait.from_s] = wait
    spent = {
        kind: sum(each.to_s - each.from_s for each in life.pieces if each.kind == kind) for kind in (WORKED, WAITED, UNSEEN)
    }
    return Story(
        life.item, life.kind, life.entity, life.stream, life.team, life.created_at, life.started_at, life.due_at, life.done_at,
        _at(life.to_s), life.is_open, life.is_backwards, spent[WORKED], spent[WAITED], spent[UNSEEN],
        tuple(_piece(each, longest.get(each.from_s)) for each in life.pieces if each.to_s > each.from_s), life.ties,
    )  # fmt: skip


def _piece(piece: Piece, wait: Wait | None) -> StoryPiece:
    wait = wait if piece.kind == WAITED else None
    told = (wait.cause, wait.on_item, wait.on_entity) if wait else (None, None, None)
    return StoryPiece(piece.stage, piece.kind, _at(piece.from_s), _at(piece.to_s), *told)


def _at(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
