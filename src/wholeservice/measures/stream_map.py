"""A value stream map in numbers: how long one item takes, how much of that somebody works on it, and what returns cost.

Each stage has the time it is worked on, the time it waits before it, and the share of items that the next stage can use as they
are (percent complete and accurate, %C&A). Where the others go back to an earlier stage they go through all of it again, maybe
more than once: an absorbing Markov chain, whose expected number of visits to each stage is what its times are multiplied by.

Source   Rother & Shook 1999, Learning to See; Martin & Osterling 2013, Value Stream Mapping; Kemeny & Snell 1960, chapter 3
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod


@dataclass(frozen=True, slots=True)
class Stage:
    """
    One stage of a value stream.

    Unit     seconds, or any one unit of time. `usable` is a share from 0 to 1, None where nobody knows it. `returns_to` is the
             name of the stage, this one or an earlier one, to which what is not usable goes back; None: it is mended on the way
    """

    name: str
    process: float
    wait: float
    usable: float | None = None
    returns_to: str | None = None


@dataclass(frozen=True, slots=True)
class StreamMap:
    """
    The totals of a value stream, in the unit of its stages.

    `activity_ratio` is the share of the lead time that somebody works on it; None where the lead time is 0. `rolled` is the
    share of items that no stage finds wanting: the product of the shares that are known, so at most this where `n_unknown`
    stages do not say theirs; None where none does. `visits` is how often an item comes to each stage, returns included; it and
    the two times are None where a stage lets nothing through.
    """

    lead_time: float
    process_time: float
    activity_ratio: float | None
    rolled: float | None
    n_unknown: int
    visits: tuple[float, ...] | None
    lead_time_with_returns: float | None
    process_time_with_returns: float | None


def stream_map(stages: Sequence[Stage]) -> StreamMap:
    """
    Return the totals of a value stream whose stages follow one another.

    Errors   ValueError where a share lies outside of 0 to 1, or a stage returns to one that is not there or comes later

    >>> found = stream_map([Stage("build", 2, 8), Stage("review", 1, 5, usable=0.5, returns_to="build")])
    >>> found.lead_time, found.activity_ratio, found.visits, found.lead_time_with_returns
    (16, 0.1875, (2.0, 2.0), 32.0)
    """
    process, lead = sum(each.process for each in stages), sum(each.process + each.wait for each in stages)
    known = [each.usable for each in stages if each.usable is not None]
    visits = visits_of(stages)
    of_each = list(zip(stages, visits or (), strict=visits is not None))
    worked = sum(n * each.process for each, n in of_each)
    waited = sum(n * each.wait for each, n in of_each)
    return StreamMap(
        lead_time=lead,
        process_time=process,
        activity_ratio=process / lead if lead else None,
        rolled=prod(known) if known else None,
        n_unknown=len(stages) - len(known),
        visits=visits,
        lead_time_with_returns=None if visits is None else worked + waited,
        process_time_with_returns=None if visits is None else worked,
    )


def visits_of(stages: Sequence[Stage]) -> tuple[float, ...] | None:
    """
    Return how often an item is expected at each stage, from the first until it leaves the last; None if it never does.

    Errors   as `stream_map`

    >>> visits_of([Stage("a", 0, 0), Stage("b", 0, 0, 0.8, "a"), Stage("c", 0, 0)])
    (1.25, 1.25, 1.0)
    """
    import numpy as np

    places = {each.name: place for place, each in enumerate(stages)}
    n = len(stages)
    leaves = np.eye(n)
    for place, each in enumerate(stages):
        back = _return_of(place, each, places)
        goes_on = 1.0 if back is None or each.usable is None else each.usable
        if not goes_on:
            return None
        if back is not None:
            leaves[back, place] -= 1 - goes_on
        if place + 1 < n:
            leaves[place + 1, place] -= goes_on
    begins = np.zeros(n)
    begins[:1] = 1
    return tuple(float(round(each, 12)) for each in np.linalg.solve(leaves, begins))


def _return_of(place: int, stage: Stage, places: dict[str, int]) -> int | None:
    """Where what is not usable goes, after checking what the stage says."""
    if stage.usable is not None and not 0 <= stage.usable <= 1:
        raise ValueError(f"the usable share of {stage.name} is {stage.usable}; a share lies from 0 to 1")
    if stage.returns_to is None:
        return None
    back = places.get(stage.returns_to)
    if back is None or back > place:
        raise ValueError(f"{stage.name} returns to {stage.returns_to}, which is no stage up to it: {', '.join(places)}")
    return back
