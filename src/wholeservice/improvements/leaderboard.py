"""
Who improved most: services and teams by the rate at which they close the gap to what was wanted at the start of the period.

Rate       of each matched need, the slope of its number over the whole period in points a quarter, positive = better, with
           noise that may last; never the end less the start, which rewards a bad start. Its target is that of the start
Together   the mean over the needs of a service. Their noise may move together, so it is not taken to cancel out
Shrunk     what chance alone would scatter is taken off: each rate is drawn towards that of all by how little it can be told
           (empirical Bayes; Morris 1983, the spread between services by DerSimonian & Laird 1986)
Ranks      shared where the intervals leave no order. A level ranks nobody, and people are never ranked
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from wholeservice.improvements.interrupted import slope_of
from wholeservice.improvements.needs import (
    A_YEAR_DAYS,
    DAYS_OF_A_QUARTER,
    NeedSeries,
    Then,
    need_series,
    newest_end,
)
from wholeservice.improvements.series import Split, periods_of
from wholeservice.measures.results import Results
from wholeservice.organisation import kinds
from wholeservice.organisation.graph import Entity, Organisation, team_of
from wholeservice.uncertainty import Z_95

LEAST_TEAM, LEAST_TO_SHRINK = 5, 3


@dataclass(frozen=True, slots=True)
class Rate:
    """By how many points a quarter, with the likely range; positive is for the better."""

    by: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class NeedRate:
    """The rate of one target of a need."""

    series: NeedSeries
    rate: Rate


@dataclass(frozen=True, slots=True)
class Standing:
    """
    A row: the rate, shrunk, and what it was before that (*plain*, points a quarter); ranks from *best* to *worst* place.

    `why` says why there is no rate; then it has no rank either.
    """

    entity: str
    rates: tuple[NeedRate, ...]
    n: float
    rate: Rate | None = None
    plain: float | None = None
    best: int | None = None
    worst: int | None = None
    why: str | None = None

    @property
    def n_met(self) -> int:
        return sum(each.series.is_met for each in self.rates)


@dataclass(frozen=True, slots=True)
class Board:
    """All rows, those with a rate first, the fastest on top; and the period that they are over."""

    rows: tuple[Standing, ...]
    from_at: dt.datetime
    to_at: dt.datetime


def boards(results: Results, org: Organisation, zone: str, then: Then) -> tuple[Board, Board] | None:
    """Return the boards of services (parts included where they have needs) and of teams; None where nothing was measured."""
    to_at = newest_end(results, org.entities)
    if to_at is None:
        return None
    from_at = to_at - dt.timedelta(days=A_YEAR_DAYS)
    series = tuple(need_series(results, org, zone, then, from_at))
    rates = {id(each): _rate(each, zone) for each in series if each.why_not is None}
    services = {each.id: [one for one in series if one.need.service == each.id] for each in _with_needs(org)}
    teams = {
        each.id: [one for one in series if team_of(org, one.need.service) == each.id]
        for each in org.entities.values() if each.kind == kinds.TEAM
    }  # fmt: skip
    small = {each.id: "fewer than 5 people, or not said how many" for each in org.entities.values() if _is_small(each)}
    return tuple(Board(_ranked(_rows(of, rates, small)), from_at, to_at) for of in (services, teams))  # type: ignore[return-value]


def _with_needs(org: Organisation) -> list[Entity]:
    with_needs = {need.service for need in org.needs}
    return [each for each in org.entities.values() if each.kind in (kinds.SERVICE, kinds.PART) and each.id in with_needs]


def _is_small(entity: Entity) -> bool:
    """A number of a few people would be a number of each of them."""
    people = entity.fields.get("people")
    return entity.kind == kinds.TEAM and not (isinstance(people, int | float) and people >= LEAST_TEAM)


def _rate(series: NeedSeries, zone: str) -> NeedRate:
    slope = slope_of(periods_of(series.series, Split(series.series.periods, ()), zone))
    scale = series.points * DAYS_OF_A_QUARTER / series.series.days
    ends = sorted((scale * slope.low, scale * slope.high))
    return NeedRate(series, Rate(scale * slope.by, ends[0], ends[1]))


def _rows(
    of: Mapping[str, Sequence[NeedSeries]], rates: Mapping[int, NeedRate], small: Mapping[str, str]
) -> list[Standing]:  # fmt: skip
    rows = []
    for entity, series in of.items():
        found = tuple(rates[id(each)] for each in series if id(each) in rates)
        why = small.get(entity) or (None if found else _why_none(series))
        row = Standing(entity, found, sum(each.n for each in series), why=why)
        rows.append(row if why else _together(row))
    return rows


def _why_none(series: Sequence[NeedSeries]) -> str:
    fullest = max(series, key=lambda each: each.n, default=None)
    return (fullest.why_not if fullest else None) or "no need is measured"


def _together(row: Standing) -> Standing:
    by = sum(each.rate.by for each in row.rates) / len(row.rates)
    spread = sum(each.rate.high - each.rate.low for each in row.rates) / len(row.rates) / 2
    return replace(row, rate=Rate(by, by - spread, by + spread), plain=by)


def _ranked(rows: Iterable[Standing]) -> tuple[Standing, ...]:
    rows = list(rows)
    with_rate = [(row, row.rate) for row in rows if row.rate is not None]
    rates = shrunk([rate for _, rate in with_rate])
    told = [(row, rate) for (row, _), rate in zip(with_rate, rates, strict=True)]
    told.sort(key=lambda each: (-each[1].by, each[0].entity))
    return (*(_placed(row, rate, rates) for row, rate in told), *(row for row in rows if row.rate is None))


def shrunk(rates: Sequence[Rate]) -> list[Rate]:
    """Draw each rate towards the mean of all by how little it can be told from it; of fewer than three there is none."""
    if len(rates) < LEAST_TO_SHRINK:
        return list(rates)
    values = [each.by for each in rates]
    variances = [max(1e-12, ((each.high - each.low) / 2 / Z_95) ** 2) for each in rates]
    weights = [1 / each for each in variances]
    mean = _weighed(values, weights)
    excess = sum(w * (x - mean) ** 2 for w, x in zip(weights, values, strict=True)) - (len(rates) - 1)
    between = max(0.0, excess / (sum(weights) - sum(w * w for w in weights) / sum(weights)))
    weights = [1 / (each + between) for each in variances]
    mean, of_mean = _weighed(values, weights), 1 / sum(weights)
    found = []
    for x, variance in zip(values, variances, strict=True):
        kept = between / (between + variance)
        half = Z_95 * (kept * variance + (1 - kept) ** 2 * of_mean) ** 0.5
        by = mean + kept * (x - mean)
        found.append(Rate(by, by - half, by + half))
    return found


def _weighed(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(w * x for w, x in zip(weights, values, strict=True)) / sum(weights)


def _placed(row: Standing, rate: Rate, rates: Sequence[Rate]) -> Standing:
    n_better = sum(each.low > rate.high for each in rates)
    n_worse = sum(each.high < rate.low for each in rates)
    return replace(row, rate=rate, best=n_better + 1, worst=len(rates) - n_worse)
