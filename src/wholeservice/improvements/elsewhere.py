"""What got worse elsewhere since a change: every measure of what the change reaches, many looks at once held to one standard.

Of all the series looked at, those are named that got worse so surely that looking at so many does not explain it (Holm 1979),
and whose interval is still on the wrong side when earlier dates without a change have widened it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from wholeservice.improvements.base import UNCLEAR, WORSE, Improvement, Number
from wholeservice.improvements.interrupted import can_tell, change_since
from wholeservice.improvements.judged import ALSO_WORSE, Judged
from wholeservice.improvements.looked import Looked
from wholeservice.improvements.reach import entities_reached, numbers_named
from wholeservice.improvements.series import n_season, periods_of, series_of, split_at
from wholeservice.improvements.verify import NEITHER, judge_number
from wholeservice.measures.results import keys_of
from wholeservice.uncertainty import surely


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """How many other series were looked at, and the verdicts on those that got worse, the surest first."""

    n_looked: int
    worse: tuple[Judged, ...]


def elsewhere(looked: Looked, improvement: Improvement) -> Elsewhere:
    """Return what else got worse since an improvement reached people, of all it reaches."""
    chances = dict(_chances(looked, improvement, improvement.started_at)) if improvement.started_at else {}
    sure = [number for number, is_sure in zip(chances, surely(list(chances.values())), strict=True) if is_sure]
    judged = (judge_number(looked, improvement, number, ALSO_WORSE) for number in sorted(sure, key=lambda each: chances[each]))
    worse = (each for each in judged if each.high is not None and each.high < 0)
    return Elsewhere(len(chances), tuple(_named(each) for each in worse))


def _named(judged: Judged) -> Judged:
    """As worse, unless something of the same time could be why: that stays unclear, with the reason."""
    is_apart = judged.verdict != UNCLEAR or not any(each.is_coincident for each in judged.rivals)
    return replace(judged, verdict=WORSE, why=None) if is_apart else judged


def _chances(looked: Looked, improvement: Improvement, started_at: dt.datetime) -> Iterator[tuple[Number, float]]:
    """The chance of each other number to have got so much worse by noise alone."""
    for number in _others(looked, improvement):
        series = series_of(looked.results, number, looked.zone, started_at)
        if series is None:
            continue
        split = split_at(series, started_at)
        if can_tell(len(split.before), len(split.after), n_season(series, split)):
            change = change_since(periods_of(series, split, looked.zone), len(split.before))
            is_worse = (change.by < 0) == (series.measure.better == "higher")
            yield number, change.chance / 2 if is_worse else 1 - change.chance / 2


def _others(looked: Looked, improvement: Improvement) -> Iterator[Number]:
    """Every measure of what is reached as a whole, and at each step of what the improvement's own numbers are of."""
    named = numbers_named(improvement)
    steps_of = {each.entity for each in named}
    for entity in entities_reached(looked.organisation, improvement):
        for measure, _, step, channel, segment in sorted(keys_of(looked.results, entity), key=str):
            number = Number(measure, entity, step)
            is_told = channel is None and segment is None and (step is None or entity in steps_of)
            if is_told and number not in named and looked.results.measures[measure].better != NEITHER:
                yield number
