"""
Lead indicator: does a change in how people feel show some weeks before a change in what they do?

Formula   r = correlation of the change of the score in week t − lag with the change of the outcome in week t, for each outcome
          by itself. Which lag, from 0 to 8 weeks, is chosen as the largest r in the first two thirds of the weeks; the r that
          is told is that of the last third alone, which had no part in the choice
Unit      −1 to 1; lag in weeks          Grain  one per service and outcome; calendar weeks
Counts    changes from one week to the next, never levels: two things that both grow agree in their levels (about 0.9) without
          the one telling anything of the other. From two years of weeks on, the season of each (two waves a year) is taken out
          first; with fewer it cannot be told from a trend and stays in, which is said
Leaves out  weeks in which either has no number. Under 36 weeks with both, or ten changes in either part, nothing is said
Interval  circular block bootstrap of the weeks tested, and never narrower than the likeness of neighbouring weeks demands. A
          lead is said only where r is surely above 0, all outcomes that were looked at judged together, and the lag is a week
          or more
False alarms  of 200 services at which nothing has to do with anything at most 6 (3 in 100) are said to have a lead, with one
          outcome and with four: chance alone, two trends, two random walks, two wandering levels, a season both share, an
          outcome that moves first; for 36 to 120 weeks
          What moves the score at once and the outcome later makes a lead too: it is no proof that the one causes the other
Source    Granger 1969 (what comes before); Politis & Romano 1992 (circular blocks); Bartlett 1935 (likeness of neighbours);
          Holm 1979 (several outcomes)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import erfc, sqrt
from typing import TYPE_CHECKING, Any

from wholeservice.measures.asked import unasked
from wholeservice.periods import CALENDAR
from wholeservice.uncertainty import BETWEEN_PERIODS, N_DRAWS, Z_95, Interval, surely

if TYPE_CHECKING:
    import numpy as np

    from wholeservice.measures.results import Point, Results

    Array = np.ndarray[Any, np.dtype[np.float64]]

LEADS, NO_LEAD, TOO_FEW = "leads", "no lead seen", "too few weeks"
SCORES = ("satisfaction", "csat", "ease", "nps", "ease-top", "ux-lite", "sus")
OUTCOMES = ("completion", "adoption", "retention", "volume")
LONGEST_LAG = 8  # weeks
LEAST_WEEKS = 36
LEAST_CHANGES = 10  # to choose from, and to test with
SEASON_WEEKS, WEEKS_IN_A_YEAR, N_WAVES = 104, 365.25 / 7, 2
WEEK_S = 7 * 86400
SEED = 20260107  # fixed: the same weeks always give the same range

Weeks = Sequence[float | None]
"""A number per week, oldest first; None where a week has none."""


@dataclass(frozen=True, slots=True)
class Lead:
    """What was found of one outcome. `lag` in weeks, `strength` −1 to 1; `n_weeks` is how many weeks tested them.

    `n_known` is in how many weeks both have a number; `chance` that r is not above 0, before the others are looked at.
    """

    verdict: str
    score: str
    outcome: str
    n_known: int
    lag: int | None = None
    strength: float | None = None
    interval: Interval | None = None
    n_weeks: int = 0
    has_season: bool = True  # the season was not taken out
    chance: float = 1.0
    is_sure: bool = False  # r is above 0, with all outcomes judged together


def leads_of(results: Results, entity: str) -> tuple[Lead, ...]:
    """
    Return of each outcome whether the score of an entity moves before it; nothing where no week has both.

    Shape    of the first of SCORES that has enough weeks, else the one with most; calendar weeks, whatever period was asked for
    """
    found = []
    for score in SCORES:
        felt = _weeks(results, score, entity)
        done = {name: _weeks(results, name, entity) for name in OUTCOMES} if felt else {}
        aligned = {name: _aligned(felt, points) for name, points in done.items() if points}
        if aligned:
            found.append(find_leads(score, aligned))
    told = (each for each in found if any(lead.verdict != TOO_FEW for lead in each))
    return next(told, None) or max(found, key=lambda each: max(lead.n_known for lead in each), default=())


def _weeks(results: Results, measure: str, entity: str) -> list[Point]:
    """The numbers of calendar weeks, oldest first."""
    if measure not in results.measures:
        return []
    points = unasked(results).series(measure, entity, days=7, window=CALENDAR)
    return [each for each in points if each.value.value is not None]


def _aligned(score: list[Point], outcome: list[Point]) -> tuple[Weeks, Weeks]:
    """Put both on one row of weeks, counted from the first of the score: an hour of summer time is no other week."""
    first_at = score[0].cell.to_at
    one, other = (
        {round((each.cell.to_at - first_at).total_seconds() / WEEK_S): each.value.value for each in points}
        for points in (score, outcome)
    )
    weeks = range(max(min(one), min(other)), min(max(one), max(other)) + 1)
    return [one.get(week) for week in weeks], [other.get(week) for week in weeks]


def find_leads(score: str, pairs: Mapping[str, tuple[Weeks, Weeks]]) -> tuple[Lead, ...]:
    """
    Say of each outcome whether a score leads it, by how many weeks and how strongly.

    Shape    pairs: outcome -> (score, outcome), each a number per week of the same weeks. One lag is chosen for each outcome
             and one thing tested of it. The tests are judged together: the more outcomes, the surer each must be
    Unit     lag in weeks; strength −1 to 1
    Source   the docstring of this module
    """
    tried = {name: _tried(score, name, pair) for name, pair in pairs.items()}
    tested = [each for each in tried.values() if each.verdict != TOO_FEW]
    for lead, is_sure in zip(tested, surely([each.chance for each in tested]), strict=True):
        verdict = LEADS if is_sure and lead.lag else NO_LEAD
        tried[lead.outcome] = replace(lead, verdict=verdict, is_sure=is_sure)
    return tuple(tried.values())


def _tried(score: str, outcome: str, pair: tuple[Weeks, Weeks]) -> Lead:
    """Choose the lag by the first weeks, and test it on the last."""
    n_known = sum(a is not None and b is not None for a, b in zip(*pair, strict=True))
    changes = _changes(*pair) if n_known >= LEAST_WEEKS else None
    best: tuple[float, int] | None = None
    for lag in range(LONGEST_LAG + 1) if changes else ():
        chosen = _beside(changes, lag, is_tested=False)
        if len(chosen[0]) >= LEAST_CHANGES and len(_beside(changes, lag, is_tested=True)[0]) >= LEAST_CHANGES:
            strength = _correlation(*chosen)
            best = (strength, lag) if best is None or strength > best[0] else best
    if best is None:
        return Lead(TOO_FEW, score, outcome, n_known)
    before, after = _beside(changes, best[1], is_tested=True)
    strength = _correlation(before, after)
    interval, chance = _range(before, after, strength)
    has_season = len(pair[0]) < SEASON_WEEKS
    return Lead(NO_LEAD, score, outcome, n_known, best[1], strength, interval, len(after), has_season, chance)


def _changes(score: Weeks, outcome: Weeks) -> tuple[Array, Array]:
    """Changes from week to week, NaN where either week has no number; the season taken out where there are two years."""
    import numpy as np

    both = (np.array([np.nan if each is None else each for each in weeks], dtype=float) for weeks in (score, outcome))
    one, other = (_without_season(np.diff(weeks)) for weeks in both)
    return one, other


def _without_season(changes: Array) -> Array:
    """Take out two waves a year: means of single weeks would make a year the mirror of the other, and the test no test."""
    import numpy as np

    if len(changes) < SEASON_WEEKS - 1:
        return changes
    turn = 2 * np.pi * np.arange(len(changes)) / WEEKS_IN_A_YEAR
    waves = [wave(k * turn) for k in range(1, N_WAVES + 1) for wave in (np.sin, np.cos)]
    design, is_known = np.column_stack([np.ones(len(changes)), *waves]), ~np.isnan(changes)
    fitted = np.linalg.lstsq(design[is_known], changes[is_known], rcond=None)[0]
    rest: Array = changes - design @ fitted
    return rest


def _beside(changes: tuple[Array, Array] | None, lag: int, *, is_tested: bool) -> tuple[Array, Array]:
    """The changes of the score and, *lag* weeks later, of the outcome: those to choose by, or those to test with.

    All lags are chosen from the same weeks of the outcome.
    """
    import numpy as np

    one, other = changes or (np.zeros(0), np.zeros(0))
    cut = round(len(other) * 2 / 3)
    first, after = (cut, len(other)) if is_tested else (LONGEST_LAG, cut)
    before, later = one[first - lag : after - lag], other[first:after]
    is_known = ~np.isnan(before) & ~np.isnan(later)
    return before[is_known], later[is_known]


def _correlation(one: Array, other: Array) -> float:
    """Pearson's r; 0 where either never changes otherwise than always."""
    return float(_correlations(one[None], other[None])[0])


def _correlations(ones: Array, others: Array) -> Array:
    import numpy as np

    a, b = (each - each.mean(axis=1, keepdims=True) for each in (ones, others))
    spread = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    found: Array = np.divide((a * b).sum(axis=1), spread, out=np.zeros(len(a)), where=spread > 1e-12)
    return found


def _range(one: Array, other: Array, strength: float) -> tuple[Interval, float]:
    """From the spread of Fisher's z over blocks of neighbouring weeks, 1.96 of it either way; how often chance does as much."""
    import numpy as np

    n, length = len(one), max(2, round(len(one) ** (1 / 3)))
    starts = np.random.default_rng(SEED).integers(0, n, (N_DRAWS, -(-n // length)))
    at = ((starts[:, :, None] + np.arange(length)) % n).reshape(N_DRAWS, -1)[:, :n]
    drawn = np.arctanh(np.clip(_correlations(one[at], other[at]), -0.9999, 0.9999))
    spread = max(float(drawn.std()), 1 / max(1.0, _worth(one, other) - 3) ** 0.5)
    middle, half = float(np.arctanh(np.clip(strength, -0.9999, 0.9999))), Z_95 * spread
    interval = Interval(float(np.tanh(middle - half)), float(np.tanh(middle + half)), "circular blocks", BETWEEN_PERIODS)
    return interval, erfc(middle / spread / sqrt(2)) / 2


def _worth(one: Array, other: Array) -> float:
    """How many independent changes these are worth: neighbours that are alike in both count less (Bartlett 1935)."""
    import numpy as np

    alike = [np.array([_own(each, lag) for lag in range(1, min(5, len(each) // 4 + 1))]) for each in (one, other)]
    return len(one) / max(1.0, 1 + 2 * float((alike[0] * alike[1]).sum()))


def _own(changes: Array, lag: int) -> float:
    about = changes - changes.mean()
    total = float((about * about).sum())
    return float((about[lag:] * about[:-lag]).sum()) / total if total > 1e-12 else 0.0
