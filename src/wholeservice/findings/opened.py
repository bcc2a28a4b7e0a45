"""From what was seen to the junction: for each place of a loss map since when it loses, and what was done about it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.facts.identity import loose_name
from wholeservice.findings import junction as at
from wholeservice.findings.began import Began, began
from wholeservice.findings.junction import OpenPiece, OpenTime, Usual
from wholeservice.findings.open_time import DAY_US, Lives, Loss, Mender, Span, begun_after, split_loss, tile_open_time
from wholeservice.findings.waits import Tile
from wholeservice.measures.durations import still_without
from wholeservice.organisation.graph import Organisation, team_of
from wholeservice.periods import civil, instant

if TYPE_CHECKING:
    from wholeservice.derived.mending import Mending
    from wholeservice.findings.daily import Daily
    from wholeservice.findings.losses import Box, LossMap

SLACK_DAYS = 7
"""The day on which a loss began is an estimate: what became known so much sooner may be about it."""
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
HOUR_US = 3_600_000_000
HALF, P85 = 0.5, 0.15
ALMOST = 1e-9


@dataclass(frozen=True, slots=True)
class Work:
    """What `derived.mending` saw, as these functions read it."""

    lives: Lives
    on: Mapping[str, tuple[str, ...]]  # place -> items
    items: Mapping[str, Mapping[str, Any]]
    signs: Mapping[str, tuple[Mapping[str, Any], ...]]
    usual: Mapping[str, Usual]


@dataclass(frozen=True, slots=True)
class _Days:
    """The loss of one place in civil days: the instants they begin at and end, what was lost on each, and when it began."""

    edges: tuple[int, ...]
    lost: tuple[float, ...]
    is_at_least: bool
    is_ended: bool
    before: tuple[dt.datetime, dt.datetime] | None
    basis: str


def work_of(seen: Mending) -> Work:
    """Return what was seen of work in the order in which it is looked up."""
    items = {row["item"]: row for row in seen.items.to_pylist()}
    tiles: dict[str, list[Tile]] = defaultdict(list)
    for row in seen.tiles.to_pylist():
        tiles[row["item"]].append(
            Tile(row["from_us"], row["to_us"], row["kind"], row["state"], row["stage"], row["team"], row["waits"])
        )
    queue_of = {(row["stage_of"], row["stage_name"]): row["queue"] for row in seen.queues.to_pylist()}
    stages = {(item, tile.stage) for item, each in tiles.items() for tile in each if tile.stage and item in items}
    queues = {(item, stage): queue_of.get((items[item]["stream"], loose_name(stage))) for item, stage in stages}
    on: dict[str, list[str]] = defaultdict(list)
    for row in seen.on.to_pylist():
        on[row["place"]].append(row["item"])
    signs: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in seen.signs.to_pylist():
        signs[row["place"]].append(row)
    lives = Lives(tiles, _causes(seen), {item: row["team"] for item, row in items.items()},
                  {key: queue for key, queue in queues.items() if queue})  # fmt: skip
    return Work(lives, _tuples(on), items, _tuples(signs), usual_of(seen))


def _tuples(lists: Mapping[str, list[Any]]) -> dict[str, tuple[Any, ...]]:
    return {key: tuple(each) for key, each in lists.items()}


def _causes(seen: Mending) -> dict[tuple[str, int], tuple[str, str | None]]:
    """Return why each piece of waiting was one; where it had several causes, the longest."""
    longest: dict[tuple[str, int], tuple[float, str, str | None]] = {}
    for row in seen.causes.to_pylist():
        key, found = (row["item"], row["from_us"]), (row["seconds"], row["cause"], row["on_entity"])
        if key not in longest or found[0] > longest[key][0]:
            longest[key] = found
    return {key: (cause, on) for key, (_, cause, on) in longest.items()}


def usual_of(seen: Mending) -> dict[str, Usual]:
    """
    Return how long each stream takes from knowing to having changed, open items counted for as long as they were seen.

    Source   Kaplan & Meier 1958, in whole hours; the first time by which half (85 of 100) were changed
    """
    by_stream: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
    for row in seen.usual.to_pylist():
        by_stream[row["stream"]][row["took_us"] // HOUR_US][bool(row["is_open"])] += 1
    found = {}
    for stream, hours in by_stream.items():
        durations = [(hour, *counts) for hour, counts in sorted(hours.items())]
        curve = list(still_without(durations))  # type: ignore[arg-type]
        half, most = (next((hour / 24 for hour, left, _ in curve if left <= share + ALMOST), None) for share in (HALF, P85))
        changed, lasting = (round(sum(each[at_] for each in durations)) for at_ in (1, 2))
        found[stream] = Usual(stream, half, most, changed, lasting)
    return found


def open_times(
    drawn: LossMap, organisation: Organisation, work: Work, days: Daily | None, *, zone: str, measure: str | None
) -> tuple[OpenTime, ...]:
    """
    Return why each place of a loss map still loses, the largest first.

    Shape    days: what was lost day by day (None, or a place it lacks: the rate of the map's period is taken for each of its
             days, and the loss began at the latest when that did)
    """
    boxes, suppliers = at.places_of(drawn), at.suppliers_of(organisation)
    return tuple(_open_time(_Asked(drawn, organisation, work, days, zone, measure, suppliers), box) for box in boxes)


@dataclass(frozen=True, slots=True)
class _Asked:
    drawn: LossMap
    organisation: Organisation
    work: Work
    days: Daily | None
    zone: str
    measure: str | None
    suppliers: Mapping[str, str]


def _open_time(asked: _Asked, box: Box) -> OpenTime:
    drawn, org, work = asked.drawn, asked.organisation, asked.work
    place, days = box.about or box.id, _days_of(asked, box)
    menders, n_older = _menders(work, place, days)
    known_us, known_by = _known(work, place, days, menders)
    loss = Loss(days.edges[0], known_us, days.edges[-1] if days.is_ended else None, days.edges[-1])
    spans = tile_open_time(loss, menders, work.lives)
    pieces = tuple(map(_piece, spans, split_loss(spans, days.edges, days.lost)))
    stream, owner = at.acting_stream(org, place), at.owner_who_acts(org, place)
    streams = (stream, *(work.items[each.item]["stream"] for each in menders))
    size, n = box.starts_here + box.not_traced, drawn.n
    return OpenTime(
        entity=drawn.entity, need=drawn.need, box=box.id, title=box.title, kind=box.kind, claim=box.claim,
        is_named=box.is_named, of=at.counted_in(drawn, asked.measure), share=size,
        share_range=(box.interval.low, box.interval.high) if box.interval else None, alone=box.alone,
        per_day=size * n / drawn.period.days, began_at=_at(days.edges[0]), is_at_least=days.is_at_least,
        ended_at=_at(days.edges[-1]) if days.is_ended else None, known_at=None if known_us is None else _at(known_us),
        known_by=known_by, until=_at(days.edges[-1]), lost=sum(days.lost), basis=days.basis, pieces=pieces,
        items=tuple(each.item for each in menders), n_older=n_older, stream=stream, owner=owner, team=team_of(org, place),
        actors=at.actors_of(org, place, owner, pieces, asked.suppliers),
        usual=next((work.usual[each] for each in streams if each in work.usual), None), before=days.before,
    )  # fmt: skip


def _piece(span: Span, lost: float) -> OpenPiece:
    return OpenPiece(span.state, _at(span.from_us), _at(span.to_us), lost, span.on, span.item, span.through, span.is_circle)


def _at(us: int) -> dt.datetime:
    return EPOCH + dt.timedelta(microseconds=us)


def _us(moment: dt.datetime) -> int:
    return (moment - EPOCH) // dt.timedelta(microseconds=1)


def _days_of(asked: _Asked, box: Box) -> _Days:
    """Return the days of the newest spell of one place."""
    series = asked.days.losses.get(box.id) if asked.days else None
    if asked.days is None or series is None or sum(series) <= ALMOST:
        return _by_rate(asked, box)
    first_seen = asked.days.is_seen.index(True) if any(asked.days.is_seen) else 0
    lost, n = [max(0.0, each) for each in series[first_seen:]], asked.days.n[first_seen:]
    spell = began(lost, n)
    last = len(lost) if spell.ended is None else spell.ended
    first_on = asked.days.first_on + dt.timedelta(days=first_seen)
    edges = tuple(_us(instant(first_on + dt.timedelta(days=day), asked.zone)) for day in range(spell.first, last + 1))
    return _Days(edges, tuple(lost[spell.first : last]), spell.is_at_least, spell.ended is not None,
                 _before(spell, first_on, asked.zone), at.BY_DAY)  # fmt: skip


def _before(spell: Began, first_on: dt.date, zone: str) -> tuple[dt.datetime, dt.datetime] | None:
    if spell.earlier is None:
        return None
    first, ended = (instant(first_on + dt.timedelta(days=day), zone) for day in spell.earlier)
    return first, ended


def _by_rate(asked: _Asked, box: Box) -> _Days:
    """Return the days of the map's period, each with the same loss: no more is known."""
    period, drawn = asked.drawn.period, asked.drawn
    first, last = (civil(each, asked.zone) for each in (period.from_at, period.to_at - dt.timedelta(microseconds=1)))
    n_days = (last - first).days + 1
    edges = tuple(_us(instant(first + dt.timedelta(days=day), asked.zone)) for day in range(n_days + 1))
    each = (box.starts_here + box.not_traced) * drawn.n / n_days
    return _Days(edges, (each,) * n_days, True, False, None, at.BY_RATE)


def _menders(work: Work, place: str, days: _Days) -> tuple[list[Mender], int]:
    """Return the work on a loss, and how many items about the place came up before it did."""
    rows = [work.items[item] for item in work.on.get(place, ()) if item in work.items]
    rows = [row for row in rows if row["created_us"] is not None and row["created_us"] < days.edges[-1]]
    menders = [
        Mender(row["item"], row["created_us"], row["done_us"], bool(row["is_given_up"]), row["deployed_us"], row["verdict_us"])
        for row in rows
    ]
    known = [(mender, row["known_us"]) for mender, row in zip(menders, rows, strict=True)]
    are_after = begun_after(known, days.edges[0], SLACK_DAYS * DAY_US, is_at_least=days.is_at_least)
    n_older = sum(
        not is_after and (mender.done_us is None or mender.done_us > days.edges[0])
        for mender, is_after in zip(menders, are_after, strict=True)
    )
    kept = [mender for mender, is_after in zip(menders, are_after, strict=True) if is_after]
    return sorted(kept, key=lambda each: (each.created_us, each.item)), n_older


def _known(work: Work, place: str, days: _Days, menders: Sequence[Mender]) -> tuple[int | None, str | None]:
    """Return when somebody is first recorded to have known of a loss, not before it began, and what tells so."""
    signs = [*_told(work, place, days), *((work.items[each.item]["known_us"], "item", each.item) for each in menders)]
    if not signs:
        return None, None
    at_us, what, name = min(signs)
    return max(at_us, days.edges[0]), f"{what} {name}".strip()


def _told(work: Work, place: str, days: _Days) -> Iterator[tuple[int, str, str]]:
    """Yield what told of a loss besides work; an incident that was over within a day was another harm."""
    for row in work.signs.get(place, ()):
        until = row["until_us"] if row["until_us"] is not None else days.edges[-1]
        is_long = row["what"] != "incident" or min(until, days.edges[-1]) - max(row["at_us"], days.edges[0]) >= DAY_US
        if is_long and days.edges[0] - SLACK_DAYS * DAY_US <= row["at_us"] < days.edges[-1]:
            yield row["at_us"], row["what"], ""
