"""Steps reached once more: by trying every way, for small attempts, and by a loop over rows. The oracles of the walk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise, product

from wholeservice.derived.walk import NOWHERE, Journey, Rows

Event = tuple[frozenset[int], int]
"""The steps that one event may fill, and its second."""


def plainly_reached(events: list[Event], journey: Journey) -> dict[int, int]:
    """Return step -> the event by which it is first reached; *events* of one attempt, in order."""
    found = {step: _first(events, _chain(step, journey), journey) for step in journey.bases}
    return {step: place for step, place in found.items() if place is not None}


def _chain(step: int, journey: Journey) -> list[int]:
    base = journey.bases[step]
    return [*([] if base == NOWHERE else _chain(base, journey)), step]


def _first(events: list[Event], chain: list[int], journey: Journey) -> int | None:
    fits = [[place for place, (steps, _) in enumerate(events) if step in steps] for step in chain]
    if journey.order == "any":
        ways = [way for way in product(*fits) if len(set(way)) == len(way) and _is_in_window(events, sorted(way), journey)]
        return min((max(way) for way in ways), default=None)
    ways = [
        way for way in combinations(range(len(events)), len(chain))
        if all(place in some for place, some in zip(way, fits, strict=True)) and _is_in_window(events, way, journey)
    ]  # fmt: skip
    if journey.order == "strict":
        ways = [way for way in ways if not any(_is_broken(events, link, journey) for link in _links(way, chain))]
    return min((way[-1] for way in ways), default=None)


def _is_in_window(events: list[Event], way: list[int] | tuple[int, ...], journey: Journey) -> bool:
    seconds = [events[place][1] for place in way]
    spans = [after - before for before, after in pairwise(seconds)] if journey.per_step else [seconds[-1] - seconds[0]]
    return all(span <= journey.within_s for span in spans)


def _links(way: tuple[int, ...], chain: list[int]) -> list[tuple[int, int, int]]:
    return [(before, after, step) for (before, after), step in zip(pairwise(way), chain[1:], strict=True)]


def _is_broken(events: list[Event], link: tuple[int, int, int], journey: Journey) -> bool:
    before, after, step = link
    allowed = (journey.passable or {}).get(step, frozenset())
    return any(not steps & allowed for steps, _ in events[before + 1 : after])


def loop_in_order(rows: Rows, bases: Mapping[int, int], within_s: float) -> Iterator[int]:
    """Yield the row of each event that reaches a step for the first time, in the window from the first step."""
    begun: dict[int, int] = {}  # step -> the latest start from which it was reached
    attempt = None
    columns = (column.tolist() for column in (rows.attempts, rows.steps, rows.seconds))
    for row, (now, step, second) in enumerate(zip(*columns, strict=True)):
        if now != attempt:
            attempt, begun = now, {}
        start = second if bases[step] == NOWHERE else begun.get(bases[step])
        if start is None or second - start > within_s:
            continue
        if step not in begun:
            yield row
        begun[step] = max(start, begun.get(step, start))
