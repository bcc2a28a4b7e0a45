"""Late work: how many were late and by which channel, how much of their time nobody recorded, and what to do about it first."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.findings.losses import INTERVAL, ITEMS, UNRECORDED, Box, LossMap
from wholeservice.organisation.remit import owner_of
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import Number, number_of
from wholeservice.pages.won_part import late_items

IN_TIME = "in-time"
MUCH, MOST = 0.1, 0.5
"""So much of the lateness is worth recording first; so much of a place is most of it."""
NOTHING = "Nothing recorded "


@dataclass(frozen=True, slots=True)
class LateRow:
    """The items that came by one channel: how many were late, of how many that were due; `number` is the share in time."""

    channel: str
    late: str
    number: Number


@dataclass(frozen=True, slots=True)
class LatePart:
    """What can be said of the late ones in one line, what to do first, in order, and the late ones of each channel."""

    title: str
    first: tuple[str, ...]
    channels: tuple[LateRow, ...]


def late_part(data: Data, loss_map: LossMap) -> LatePart | None:
    """Return what is known of the late items of a map; None where it is of people or calls, or nothing can be drawn."""
    if loss_map.of != ITEMS or loss_map.why_no_map or not loss_map.boxes:
        return None
    dark, seen = _largest(loss_map, is_dark=True), _largest(loss_map, is_dark=False)
    first = [*_record(loss_map, dark), *_shorten(loss_map, seen), *_name(data, loss_map, seen)]
    return LatePart(_title(loss_map, seen), tuple(first), tuple(_channels(data, loss_map)))


def _size(box: Box) -> float:
    return box.starts_here + box.not_traced


def _largest(loss_map: LossMap, *, is_dark: bool) -> Box | None:
    """The place that mending alone brings most back: of those that nobody recorded, or of the others."""
    places = [box for box in loss_map.boxes if box.alone is not None and (box.kind == UNRECORDED) is is_dark]
    return max(places, key=lambda box: (box.alone or 0.0, box.id), default=None)


def unrecorded_share(loss_map: LossMap) -> float:
    """Return which share of the lateness lies in time of which nothing is recorded."""
    return dict(loss_map.by_rung).get("untraced", 0.0)


def _title(loss_map: LossMap, seen: Box | None) -> str:
    late, dark = late_items(loss_map), unrecorded_share(loss_map)
    words = f"{late:,.0f} of {loss_map.n:,.0f} were late"
    if dark >= MUCH:
        words += f"; {dark:.0%} of that lies in time of which nothing is recorded"
    if seen is None:
        return words
    return f"{words}; {'of the rest ' if dark >= MUCH else ''}most lies in {seen.said}"


def _record(loss_map: LossMap, dark: Box | None) -> list[str]:
    if dark is None or unrecorded_share(loss_map) < MUCH:
        return []
    what = dark.title.removeprefix(NOTHING)
    return [f"Write down what happens {what}, with the day on which each part of it begins and ends. {_won(loss_map, dark)}"]


def _shorten(loss_map: LossMap, seen: Box | None) -> list[str]:
    if seen is None:
        return []
    words = [f"Of what is recorded, look first at {seen.said}. {_won(loss_map, seen)}"]
    if seen.interval:
        low, high = (f"{each * loss_map.n:,.0f}" for each in (seen.interval.low, seen.interval.high))
        words[0] += f" Its part of all that made them late is {_size(seen) * loss_map.n:,.0f}, likely {low} to {high}."
    if seen.kind == INTERVAL:
        words.append("Write down when that begins, too: as only its end is known, nobody can tell there work from waiting.")
    return words


def _won(loss_map: LossMap, box: Box) -> str:
    won = f"{(box.alone or 0.0) * loss_map.n:,.0f} of the {late_items(loss_map):,.0f} would be in time"
    return f"As short there as is usual, {won} ({box.reference})."


def _name(data: Data, loss_map: LossMap, seen: Box | None) -> list[str]:
    """Who could act: whose hands it was in, and who answers for it."""
    told = []
    if seen is not None and seen.by_team:
        nobody = sum(size for team, size in seen.by_team if team is None) / (sum(size for _, size in seen.by_team) or 1.0)
        if nobody >= MOST:
            told.append(f"Write down who has it in hand then: for {nobody:.0%} of the time lost there nobody did.")
        else:
            team, size = max(((team, size) for team, size in seen.by_team if team), key=lambda each: each[1])
            told.append(f"Ask {team}: it has {size / _size(seen):.0%} of that in hand, so that it could act; that is no blame.")
    if owner_of(data.organisation, loss_map.entity) is None:
        told.append("Name who answers for it: nobody is named, so nobody can decide any of this.")
    return told


def _channels(data: Data, loss_map: LossMap) -> list[LateRow]:
    """The channels that the map's period has a number of, most late first."""
    measure = data.measures.get(IN_TIME)
    found = []
    for channel in sorted(data.results.channels(IN_TIME, loss_map.entity)) if measure else ():
        series = data.results.series(IN_TIME, loss_map.entity, channel=channel, days=loss_map.period.days)
        point = next((each for each in series if each.period.to_at == loss_map.period.to_at), None)
        if measure and point and point.value.value is not None:
            late = round((1 - point.value.value) * point.value.n)
            found.append((late, LateRow(channel, f"{late:,} of {point.value.n:,.0f}", number_of(data, measure, point))))
    return [row for _, row in sorted(found, key=lambda each: (-each[0], each[1].channel))]
