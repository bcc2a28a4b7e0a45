"""The page of one item of work: its life true to scale, what it waited for, what it is tied to. Nobody who worked is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from wholeservice.draw.life import Life, LifePiece
from wholeservice.measures.flow_told import NOT_RECORDED, Story, StoryPiece
from wholeservice.organisation.graph import resolve
from wholeservice.organisation.remit import owner_of
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.entries import address_of
from wholeservice.pages.holdings_part import Thing
from wholeservice.pages.stream_map_part import cause_words, what_of
from wholeservice.units import SECONDS, SHARE, write

ITEM = "item"
RELATIONS = {
    ("part-of", True): "It is part of", ("part-of", False): "Its parts", ("blocks", True): "It holds up",
    ("blocks", False): "It was held up by", ("fixes", True): "It mends", ("fixes", False): "Mended by",
    ("improves", True): "It improves", ("improves", False): "Improved by", ("caused-by", True): "Caused by",
    ("caused-by", False): "It caused", ("delivers", True): "It delivers", ("delivers", False): "Deployments that delivered it",
    ("for", True): "It is for", ("for", False): "For it", ("same-as", True): "The same as", ("same-as", False): "The same as",
}  # fmt: skip
MOST_TIES = 12


@dataclass(frozen=True, slots=True)
class WaitStep:
    """One thing it waited for, as long as it did in all; an item has a page of its own, which says what that waited for."""

    what: str
    address: str | None
    cause: str
    stages: str
    time: str
    owner: str | None
    now: bool


@dataclass(frozen=True, slots=True)
class TieGroup:
    """What an item is tied to in one way; `n` counts those that are not shown, too."""

    title: str
    things: tuple[Thing, ...]
    n: int


@dataclass(frozen=True, slots=True)
class ItemPage:
    """The life of one item."""

    item: str
    title: str
    says: str
    kind: str | None
    about: Thing | None
    stream: Thing | None
    team: Thing | None
    created: str
    started: str | None
    due: str | None
    done: str | None
    is_late: bool
    is_backwards: bool
    life: Life
    work: str
    wait: str
    unseen: str | None
    waits: tuple[WaitStep, ...]
    ties: tuple[TieGroup, ...]
    snapshot: str


def build(data: Data, item: str) -> ItemPage | None:
    """Return the page of an item; None where no story of it is kept."""
    story = data.stories.get(item)
    if story is None:
        return None
    whole = story.worked_s + story.waited_s + story.unseen_s
    times = [f"{write(each, SECONDS)} ({write(each / whole, SHARE)})" if whole else write(each, SECONDS)
             for each in (story.worked_s, story.waited_s, story.unseen_s)]  # fmt: skip
    ended = story.done_at or story.life_to
    return ItemPage(
        item, item, _says(data, story), story.kind, _thing(data, story.entity), _thing(data, story.stream),
        _thing(data, story.team), _day(data, story.created_at) or "", _day(data, story.started_at), _day(data, story.due_at),
        _day(data, story.done_at), bool(story.due_at and ended > story.due_at), story.is_backwards, _life(data, story),
        times[0], times[1], times[2] if story.unseen_s else None, tuple(_waits(data, story)), tuple(_ties(data, story)),
        data.snapshot,
    )  # fmt: skip


def _says(data: Data, story: Story) -> str:
    whole = story.worked_s + story.waited_s + story.unseen_s
    if story.is_backwards or not story.pieces or not whole:
        return "What happened to it is not recorded"
    begun = f"It has been open for {write(whole, SECONDS)}" if story.is_open else f"It took {write(whole, SECONDS)}"
    if story.unseen_s > whole / 2:
        return f"{begun}; what most of that was, nobody wrote down"
    longest = max(_spent(story).items(), key=lambda pair: (pair[1], pair[0]), default=None)
    words = f"{begun}, {write(story.worked_s, SECONDS)} of it work"
    if longest is None or longest[1] < whole / 10:
        return words
    (cause, on_item, on_entity), seconds = longest
    return f"{words}; it waited {write(seconds, SECONDS)} for {_for(data, cause, on_item, on_entity)}"


Behind = tuple[str, str, str]  # cause, item, entity; "" is none


def _spent(story: Story) -> dict[Behind, float]:
    found: dict[Behind, float] = {}
    for each in story.pieces:
        if each.kind == "wait":
            found[_behind(each)] = found.get(_behind(each), 0.0) + (each.to_at - each.from_at).total_seconds()
    return found


def _behind(piece: StoryPiece) -> Behind:
    return piece.cause or NOT_RECORDED, piece.on_item or "", piece.on_entity or ""


def _for(data: Data, cause: str, on_item: str, on_entity: str) -> str:
    if cause == NOT_RECORDED and not on_item and not on_entity:
        return "something that nobody wrote down"
    what = what_of(data.organisation, on_entity or None, cause)
    return f"{on_item} ({what.lower()})" if on_item else what


def _life(data: Data, story: Story) -> Life:
    zone = ZoneInfo(data.zone)
    pieces = tuple(
        LifePiece(
            (each.stage or "in no stage").replace("-", " "), each.kind, each.from_at.astimezone(zone),
            each.to_at.astimezone(zone), _cause(data, each), _item_address(data, each.on_item),
        )
        for each in story.pieces
    )  # fmt: skip
    return Life("life", f"The life of {story.item}", pieces, story.is_open)


def _cause(data: Data, piece: StoryPiece) -> str:
    if piece.cause is None or (piece.cause == NOT_RECORDED and not piece.on_entity):
        return ""
    return what_of(data.organisation, piece.on_entity, piece.cause)


def _waits(data: Data, story: Story) -> Iterator[WaitStep]:
    last = story.pieces[-1] if story.is_open and story.pieces else None
    for (cause, on_item, on_entity), seconds in sorted(_spent(story).items(), key=lambda pair: (-pair[1], pair[0])):
        mine = [each for each in story.pieces if each.kind == "wait" and _behind(each) == (cause, on_item, on_entity)]
        stages = ", ".join(dict.fromkeys((each.stage or "no stage").replace("-", " ") for each in mine))
        on = data.organisation.entities.get(on_entity)
        what = on_item or what_of(data.organisation, on_entity or None, cause)
        to = _item_address(data, on_item) or (address_of(on) if on else None)
        owner = owner_of(data.organisation, on.id if on else story.stream or "")
        yield WaitStep(what, to, on.title if on and on_item else cause_words(cause), stages, write(seconds, SECONDS), owner,
                       last is not None and last in mine)  # fmt: skip


def _ties(data: Data, story: Story) -> Iterator[TieGroup]:
    groups: dict[str, list[Thing]] = {}
    for tie in story.ties:
        title = RELATIONS.get((tie.relation, tie.is_from), tie.relation.capitalize())
        groups.setdefault(title, []).append(_tied(data, tie.table, tie.id, tie.at))
    for title, things in groups.items():
        yield TieGroup(title, tuple(things[:MOST_TIES]), len(things))


def _tied(data: Data, table: str, name: str, at: dt.datetime | None) -> Thing:
    day = _day(data, at)
    if table == ITEM:
        return Thing(ITEM, name, _item_address(data, name) or "", day)
    found = data.organisation.entities.get(resolve(data.organisation, name) or "")
    return Thing(table, found.title, address_of(found), day) if found and table != "deployment" else Thing(table, name, "", day)


def _thing(data: Data, entity: str | None) -> Thing | None:
    found = data.organisation.entities.get(entity or "")
    return Thing(found.kind, found.title, address_of(found), None) if found else None


def _item_address(data: Data, item: str | None) -> str | None:
    return address("items", item) if item and item in data.stories else None


def _day(data: Data, moment: dt.datetime | None) -> str | None:
    if moment is None:
        return None
    local = moment.astimezone(ZoneInfo(data.zone))
    return f"{local.day} {local:%b %Y}, {local:%H:%M}"


def _sheet(_: Data, page: ItemPage) -> Sheet:
    header = ("stage", "what it was", "for", "from", "to", "time (s)")
    return Sheet(header, tuple(
        (each.stage, each.kind, each.cause or None, each.from_at.astimezone(dt.UTC), each.to_at.astimezone(dt.UTC),
         each.seconds)
        for each in page.life.pieces
    ))  # fmt: skip


PAGE = Page(path="/items/{item}", name="item", template="item.html", build=build, sheet=_sheet)
