"""Work that comes back: sent back by a later stage, thrown between two teams, put down for something else."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wholeservice.findings.flow import SECOND_US, WORK, Flow, Life, ratio, stage_no, waits_of, week_of
from wholeservice.findings.waits import WAIT, Tile

SENT_BACK, THROWN, PUT_DOWN = "flow_sent_back", "flow_thrown", "flow_put_down"
RETURNED = "returned"
MOST_PAIRS, LEAST_LIKE = 3, 5
Run = tuple[tuple[str, str], int, int]  # two teams, from when the second had it to the last hand-over
PRIORITIES = (
    ("urgent", "blocker", "critical", "immediate", "highest", "p0", "sev1"),
    ("high", "major", "p1", "1", "sev2"),
    ("normal", "medium", "default", "p2", "2", "sev3"),
    ("low", "minor", "p3", "3", "sev4"),
    ("lowest", "trivial", "p4", "4", "p5", "5"),
)
"""Words for priorities, the highest first; an item whose word is none of them goes before nothing."""


@dataclass(frozen=True, slots=True)
class SentBack:
    """
    Items of one stream that a stage sent back over at least one stage between: what it found is found late.

    *n_reached*, *n_back*  items that came to the stage, and those that it sent back
    *n_open*               of these, still on their way; their cost is what it was so far
    *seconds*, *worked_s*  from being sent back to having passed the stage again, and what of it was work
    *per_item_low*, *per_item_high*  how far the mean of `seconds` could be off
    """

    stream: str
    stage: str
    back_to: str
    between: tuple[str, ...]
    n_reached: int
    n_back: int
    n_open: int
    seconds: float
    worked_s: float
    per_item_low: float | None
    per_item_high: float | None
    team: str | None  # that the later stage is declared to have
    longest_at: str | None = None  # where the item that took longest to pass again was read


@dataclass(frozen=True, slots=True)
class Thrown:
    """
    Items of one stream that two teams gave each other three times or more in a row, at one stage or at none declared.

    *seconds*, *waited_s*  from the first time that the second team had it to the last hand-over, and what of it was waiting
    *low*, *high*          how far the share could be off that this is of all waiting (`of_waited_s`); None: too few weeks
    *n_like*, *like_s*     of those to and fro that have five like items which were handed over otherwise, how much longer they
                           waited than these, each on average
    """

    stream: str
    n_items: int
    n_thrown: int
    seconds: float
    pairs: tuple[tuple[str, str, int], ...]  # teams, and items that went to and fro between them; most first
    waited_s: float = 0.0
    of_waited_s: float = 0.0
    low: float | None = None
    high: float | None = None
    n_like: int = 0
    like_s: float | None = None
    thrown_at: str | None = None  # where the one that went to and fro longest was read


@dataclass(frozen=True, slots=True)
class PutDown:
    """Items of one team that it began and put down when it took up a later one of a higher priority."""

    stream: str
    team: str
    n_items: int
    n_put_down: int
    seconds: float  # from being put down to being taken up again
    n_urgent: int  # of the items, those that were later and went before one that was begun
    longest_at: str | None = None  # where the item that lay longest was read


def sent_back(flow: Flow) -> Iterator[SentBack]:
    """Yield each pair of stages of which the later sends back to the earlier, over at least one stage between."""
    for stream, lives in flow.by_stream.items():
        stages, titles = flow.stages(stream), flow.stage_titles(stream)
        reached: Counter[int] = Counter()
        backs: dict[tuple[int, int], list[tuple[Life, int, int, bool]]] = defaultdict(list)
        for life in lives if stages else ():
            places = [stage_no(stages, tile) for tile in life.tiles]
            reached.update({place for place in places if place is not None})
            for pair, cost in _backs(life, places).items():
                backs[pair].append((life, *cost))
        for (late, early), found in sorted(backs.items()):
            if late - early > 1:
                pairs = [(week_of(life), length / SECOND_US, 1.0) for life, length, _, _ in found]
                _, spread = ratio(pairs)
                yield SentBack(
                    stream, titles[late], titles[early], tuple(titles[early + 1 : late]), reached[late], len(found),
                    sum(is_open for *_, is_open in found), sum(each for _, each, _ in pairs),
                    sum(worked for _, _, worked, _ in found) / SECOND_US,
                    spread.low if spread else None, spread.high if spread else None, flow.stage_team(stream, late),
                    max(found, key=lambda each: (each[1], each[0].item))[0].where_from,
                )  # fmt: skip


def _backs(life: Life, places: Sequence[int | None]) -> dict[tuple[int, int], tuple[int, int, bool]]:
    """Return (later, earlier stage) -> how long until it passed the later again, what of it was work, is it open."""
    found: dict[tuple[int, int], tuple[int, int, bool]] = {}
    furthest, at = -1, 0
    while at < len(places):
        place = places[at]
        if place is not None and place < furthest:
            after = next((i for i in range(at, len(places)) if (places[i] or 0) > furthest), len(places))
            again = life.tiles[at:after]
            length, worked = (sum(t.to_us - t.from_us for t in again if kind in (None, t.kind)) for kind in (None, WORK))
            old = found.get((furthest, place), (0, 0, False))
            found[furthest, place] = (old[0] + length, old[1] + worked, life.is_open and after == len(places))
            at = after
            continue
        furthest = furthest if place is None else max(furthest, place)
        at += 1
    return found


def thrown(flow: Flow) -> Iterator[Thrown]:
    """Yield each stream in which items went to and fro between two teams."""
    for stream, lives in flow.by_stream.items():
        stages = flow.stages(stream)
        found = {life.item: runs for life in lives if (runs := list(_to_and_fro(flow, life, stages)))}
        if found:
            yield _thrown(flow, stream, lives, found)


def _thrown(flow: Flow, stream: str, lives: Sequence[Life], found: Mapping[str, Sequence[Run]]) -> Thrown:
    pairs = Counter(pair for runs in found.values() for pair in {pair for pair, *_ in runs})
    most = tuple((one, other, n) for (one, other), n in pairs.most_common(MOST_PAIRS))
    lengths = {item: sum(to_us - from_us for _, from_us, to_us in runs) for item, runs in found.items()}
    lost = {item: sum(_waited(flow.lives[item], *span) for _, *span in runs) for item, runs in found.items()}
    waited = {life.item: life.spent(WAIT) for life in lives}
    _, spread = ratio([(week_of(life), float(lost.get(life.item, 0)), float(waited[life.item])) for life in lives])
    longer = _longer_than_like(flow, lives, waited, found)
    return Thrown(
        stream, len(lives), len(found), sum(lengths.values()) / SECOND_US, most,
        waited_s=sum(lost.values()) / SECOND_US, of_waited_s=sum(waited.values()) / SECOND_US,
        low=spread.low if spread else None, high=min(1.0, spread.high) if spread else None,
        n_like=len(longer), like_s=sum(longer) / len(longer) / SECOND_US if longer else None,
        thrown_at=flow.lives[max(lengths, key=lambda item: (lengths[item], item))].where_from,
    )  # fmt: skip


def _waited(life: Life, from_us: int, to_us: int) -> int:
    """How long an item waited between two instants."""
    return sum(max(0, min(t.to_us, to_us) - max(t.from_us, from_us)) for t in waits_of(life))


def _longer_than_like(
    flow: Flow, lives: Sequence[Life], waited: Mapping[str, int], found: Mapping[str, Sequence[Run]]
) -> list[float]:
    """Of each that went to and fro, how much longer it waited than like items that two teams or more had otherwise."""
    others: dict[tuple[str | None, str | None, str | None], list[int]] = defaultdict(list)
    for life in lives:
        if life.item not in found and len({flow.team(t.team) or t.team for t in life.tiles if t.team}) > 1:
            others[life.entity, life.kind, life.priority].append(waited[life.item])
    pairs = [(waited[item], others[life.entity, life.kind, life.priority]) for item in found for life in [flow.lives[item]]]
    return [mine - sum(like) / len(like) for mine, like in pairs if len(like) >= LEAST_LIKE]


def _to_and_fro(flow: Flow, life: Life, stages: dict[str, int]) -> Iterator[Run]:
    """Yield pairs of teams that gave an item to each other at least three times in a row, from when to when.

    A hand-over from one declared stage to another is the way that was meant, or sent back, and is no part of it.
    """
    hands: list[tuple[str, int]] = []  # team, since when
    last: Tile | None = None
    for tile in life.tiles:
        team = flow.team(tile.team) or tile.team
        if team is None:
            continue
        if last is not None and None not in (ends := (stage_no(stages, last), stage_no(stages, tile))) and ends[0] != ends[1]:
            yield from _runs(hands)
            hands = []
        if not hands or hands[-1][0] != team:
            hands.append((team, tile.from_us))
        last = tile
    yield from _runs(hands)


def _runs(hands: Sequence[tuple[str, int]]) -> Iterator[Run]:
    start = 0
    for at in range(1, len(hands) + 1):
        is_over = at == len(hands) or (at - start >= 2 and hands[at][0] != hands[at - 2][0])
        if is_over:
            if at - start >= 4:
                one, other = sorted((hands[start][0], hands[start + 1][0]))
                yield (one, other), hands[start + 1][1], hands[at - 1][1]
            start = at - 1


def put_down(flow: Flow) -> Iterator[PutDown]:
    """Yield each team, stream by stream, that put down what it had begun for something later of a higher priority."""
    for stream, lives in flow.by_stream.items():
        by_team: dict[str, list[Life]] = defaultdict(list)
        for life in lives:
            if life.team and _rank(life) is not None:
                by_team[life.team].append(life)
        for team, mine in by_team.items():
            found = _put_down(mine)
            n_down, urgent = len({each for each, _, _ in found}), {other for _, other, _ in found}
            if found:
                length = sum(each for *_, each in found) / SECOND_US
                longest = max(found, key=lambda each: (each[2], each[0]))[0]
                yield PutDown(stream, team, len(mine), n_down, length, len(urgent), flow.lives[longest].where_from)


def _put_down(lives: Sequence[Life]) -> list[tuple[str, str, int]]:
    """Return (item that was put down, the later and more urgent one that was taken up meanwhile, for how long)."""
    begun = sorted((t.from_us, life.item, life) for life in lives for t in life.tiles if t.kind == WORK)
    found = []
    for life in lives:
        for pause, (from_us, to_us) in _pauses(life):
            other = next((each for at, _, each in _within(begun, from_us, to_us) if _goes_before(each, life, at)), None)
            if other:
                found.append((life.item, other.item, pause))
    return found


def _pauses(life: Life) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield waits between two pieces of work at one stage in its own queue: neither sent back nor held up."""
    for one, wait, other in zip(life.tiles, life.tiles[1:], life.tiles[2:], strict=False):
        is_work = one.kind == other.kind == WORK and wait.state == "queued" and wait.waits_on is None
        if is_work and one.stage == wait.stage == other.stage:
            yield wait.to_us - wait.from_us, (wait.from_us, wait.to_us)


def _within(begun: Sequence[tuple[int, str, Life]], from_us: int, to_us: int) -> Iterator[tuple[int, str, Life]]:
    for at in range(bisect_left(begun, (from_us,)), len(begun)):
        if begun[at][0] >= to_us:
            return
        yield begun[at]


def _goes_before(one: Life, other: Life, at: int) -> bool:
    mine, its = _rank(one), _rank(other)
    is_first = not any(t.kind == WORK and t.from_us < at for t in one.tiles)
    return (
        one.item != other.item
        and is_first
        and mine is not None
        and its is not None
        and mine < its
        and one.created_us > other.created_us
    )


def _rank(life: Life) -> int | None:
    word = (life.priority or "").strip().lower()
    return next((rank for rank, words in enumerate(PRIORITIES) if word in words), None)
