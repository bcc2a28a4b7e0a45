"""Whose work items wait for, and where those waits end when each is followed into what it waits for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from wholeservice.derived.waits import REWORK
from wholeservice.findings.flow import SECOND_US, WORK, Flow, Life, ratio, stage_no, week_of
from wholeservice.findings.waits import WAIT, Piece, Tile, pieces
from wholeservice.organisation.graph import resolve

WAITED_FOR, SPLIT = "flow_waited_for", "flow_split"
CIRCLE = "a circle"

Provider = tuple[str | None, str | None, str | None]  # what it is of (a service or part), the stage, the team
End = tuple[str | None, str | None]  # a service and a stage


@dataclass(frozen=True, slots=True)
class WaitedFor:
    """
    What items of one stream waited for something that another team provides: a service, or a stage that the team has.

    *seconds*, *of_seconds*  that they waited for it, and for anything
    *n_waited*, *n_items*    items that waited for it, and all that were alive in the time looked at
    *low*, *high*            how far the share of all waiting could be off; None: too few weeks to say
    *per_item_low*, *per_item_high*  how far the mean of those that waited could be off, in seconds
    *causes*                 why they waited, of its causes (`derived.waits`) each with its share of `seconds`, largest first
    *longest_at*             where the item that waited longest for it was read
    *ends*                   where the wait ends when it is followed: (service, stage, share of `seconds`), largest first; no
                             service where it is not followed into another item
    """

    stream: str
    entity: str | None
    stage: str | None
    team: str | None
    seconds: float
    of_seconds: float
    n_waited: int
    n_items: int
    low: float | None
    high: float | None
    per_item_low: float | None
    per_item_high: float | None
    ends: tuple[tuple[str | None, str | None, float], ...]
    causes: tuple[tuple[str, float], ...] = ()
    longest_at: str | None = None

    @property
    def share(self) -> float:
        """Of all that items of the stream waited."""
        return self.seconds / self.of_seconds


@dataclass(frozen=True, slots=True)
class Split:
    """
    Items of one stream that were cut into pieces for three teams or more, and waited for them to come together.

    *seconds*   that they waited for their pieces, all together; *worked_s* of it the piece waited for was worked on
    *last*      what the last piece to be done was about, the one that was it most often first, and for how many items
    """

    stream: str
    n_split: int
    n_items: int
    seconds: float
    worked_s: float
    per_item_low: float | None
    per_item_high: float | None
    last: tuple[tuple[str, int], ...]
    longest_at: str | None = None  # where the one that waited longest was read


def waited_for(flow: Flow) -> Iterator[WaitedFor]:
    """Yield what each stream waits for of other teams, the longest wait first."""
    for stream, lives in flow.by_stream.items():
        sums = _Sums()
        for life in lives:
            sums.week[life.item] = week_of(life)
            sums.waited[week_of(life)] += life.spent(WAIT)
            for piece in pieces(life.item, flow.tiles) if life.tiles else ():
                outer = piece.through[0][1] if piece.through else piece.tile
                provider = _provider(flow, life, outer) if outer and outer.kind == "wait" else None
                if provider:
                    sums.by_item[provider][life.item] += piece.length
                    sums.ends[provider][_end(flow, piece)] += piece.length
                    for cause, share in _causes(flow, life, outer):
                        sums.causes[provider][cause] += piece.length * share
        found = [_waited_for(flow, stream, provider, sums) for provider in sums.by_item]
        yield from sorted(found, key=lambda each: (-each.seconds, each.entity or "", each.stage or "", each.team or ""))


class _Sums:
    def __init__(self) -> None:
        self.week: dict[str, int] = {}
        self.waited: Counter[int] = Counter()  # in all, by the week in which items were created
        self.by_item: dict[Provider, Counter[str]] = defaultdict(Counter)
        self.ends: dict[Provider, Counter[End]] = defaultdict(Counter)
        self.causes: dict[Provider, dict[str, float]] = defaultdict(lambda: defaultdict(float))


def _causes(flow: Flow, life: Life, tile: Tile | None) -> list[tuple[str, float]]:
    """Why it waited, each cause with its share of the wait; nothing where nobody asked."""
    told = flow.causes.get((life.item, tile.from_us), ()) if tile else ()
    whole = sum(seconds for _, seconds in told)
    return [(cause, seconds / whole) for cause, seconds in told] if whole else []


def _waited_for(flow: Flow, stream: str, provider: Provider, sums: _Sums) -> WaitedFor:
    mine, ends = sums.by_item[provider], sums.ends[provider]
    weeks = [(week, 0.0, float(length)) for week, length in sums.waited.items()]
    share = ratio([*weeks, *((sums.week[item], float(length), 0.0) for item, length in mine.items())])[1]
    each = ratio([(sums.week[item], length / SECOND_US, 1.0) for item, length in mine.items()])[1]
    total = sum(mine.values())
    return WaitedFor(
        stream, *provider, total / SECOND_US, sums.waited.total() / SECOND_US, len(mine), len(sums.week),
        share.low if share else None, min(1.0, share.high) if share else None,
        each.low if each else None, each.high if each else None,
        tuple((*end, length / total) for end, length in sorted(ends.items(), key=lambda row: (-row[1], str(row[0])))),
        tuple((cause, length / total) for cause, length in sorted(sums.causes[provider].items(), key=lambda row: -row[1])),
        flow.lives[max(mine, key=lambda item: (mine[item], item))].where_from,
    )  # fmt: skip


def _provider(flow: Flow, life: Life, tile: Tile) -> Provider | None:
    """
    What a wait is for: the item or thing it names, else the team it queues before; None where that is its own team, where it is
    not known whose item it is, and where it was sent back: that is done again, and not waited for (`derived.waits`).
    """
    other = flow.lives.get(tile.waits_on) if tile.waits_on else None
    if other:
        is_own = other.team == life.team and other.stream == life.stream
        return None if is_own else (other.entity, None, other.team)
    if tile.waits_on:
        named = resolve(flow.organisation, tile.waits_on)
        return (named, None, flow.organisation.entities[named].team) if named else None
    if life.team is None or any(cause == REWORK for cause, _ in _causes(flow, life, tile)):
        return None
    team = flow.team(tile.team) or flow.stage_team(life.stream or "", stage_no(flow.stages(life.stream or ""), tile))
    return (None, tile.stage, team) if team and team != life.team else None


def _end(flow: Flow, piece: Piece) -> End:
    """Where a piece of waiting ends: the thing that the last item waited for is about, and the stage it is at there."""
    if piece.circle:
        return CIRCLE, ", ".join(sorted({flow.lives[each].entity or each for each in piece.circle}))
    life = flow.lives.get(piece.item)
    return life.entity if piece.through and life else None, piece.tile.stage if piece.tile else None


def splits(flow: Flow) -> Iterator[Split]:
    """Yield each stream in which items were cut into pieces for three teams or more."""
    cut: dict[str, list[Life]] = defaultdict(list)
    for item, whole in flow.pieces.items():
        if item in flow.lives:
            cut[whole].append(flow.lives[item])
    for stream, lives in flow.by_stream.items():
        layered = [life for life in lives if _is_split(life, cut[life.item])]
        if layered:
            last = Counter(_last(cut[life.item]) for life in layered if not any(each.is_open for each in cut[life.item]))
            yield _split(
                flow, layered, Split(stream, len(layered), len(lives), 0.0, 0.0, None, None, tuple(last.most_common()))
            )


def _is_split(life: Life, parts: list[Life]) -> bool:
    """Whether three teams or more had a piece, two of them at once, and the whole waited for one."""
    names = {each.item for each in parts}
    spans = sorted((each.from_us, each.to_us) for each in parts)
    is_parallel = any(one[1] > other[0] for one, other in pairwise(spans))
    return len({each.team for each in parts if each.team}) >= 3 and is_parallel and any(t.waits_on in names for t in life.tiles)


def _last(parts: list[Life]) -> str:
    last = max(parts, key=lambda each: (each.to_us, each.item))
    return last.entity or last.team or ""


def _split(flow: Flow, layered: list[Life], split: Split) -> Split:
    """Add how long they waited for their pieces, and for how much of that somebody worked on the piece."""
    worked, pairs, longest = 0, [], (-1, "")
    for life in layered:
        waited = 0
        for piece in pieces(life.item, flow.tiles):
            if piece.through and flow.pieces.get(piece.through[0][1].waits_on or "") == life.item:
                waited += piece.length
                worked += piece.length if piece.tile and piece.tile.kind == WORK else 0
        pairs.append((week_of(life), waited / SECOND_US, 1.0))
        longest = max(longest, (waited, life.item))
    _, spread = ratio(pairs)
    low, high = (spread.low, spread.high) if spread else (None, None)
    seconds = sum(each for _, each, _ in pairs)
    return replace(
        split, seconds=seconds, worked_s=worked / SECOND_US, per_item_low=low, per_item_high=high,
        longest_at=flow.lives[longest[1]].where_from,
    )  # fmt: skip
