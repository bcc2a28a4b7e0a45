"""Blind cases for verdicts: series in which something was changed, or nothing, and what else moves a number at the same time.

A case is results as measured, weeks or days of a share, and an improvement with a date; the truth is kept apart. Judged by
`improvements.verify`, beside the naive look: the share after against the share before, as if all attempts were independent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.improvements.base import IMPROVED, NO_EFFECT, PROMISED, WORSE, Improvement, Number, Promise
from wholeservice.improvements.judged import INCIDENT, PROMISED_NUMBER, RELEASE, Happened, Judged
from wholeservice.improvements.looked import Looked
from wholeservice.improvements.verify import judge_number
from wholeservice.measures.base import Cell, Measure, Statistics
from wholeservice.measures.finish import finish_share
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Edge, Entity, Organisation
from wholeservice.periods import CALENDAR
from wholeservice.uncertainty import Z_95
from wholeservice.units import SHARE

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]

MONDAY = dt.datetime(2023, 1, 2, tzinfo=dt.UTC)
WORTH = 0.02  # the smallest effect worth having, as the log of every case says
EFFECTS = (0.0, 0.02, 0.04, 0.08)
HERE, BESIDE, BELOW = "here", "beside", "below"  # both use what is below


@dataclass(frozen=True, slots=True)
class Situation:
    """What a series is like: how long, of how many attempts a period, and what moves it besides the change."""

    name: str
    n_before: int = 26
    n_after: int = 8
    days: int = 7
    n: int = 400
    between: float = 0.01  # standard deviation of what periods differ by beyond sampling
    persistence: float = 0.0
    trend: float = 0.0  # over the whole of it
    week: float = 0.0  # how much lower weekends are
    year: float = 0.0  # how far the season of the year swings
    shock: float = 0.0  # on the day of the change, here and at the service beside
    shock_over: bool = False  # after the first period; the incident then has an end
    released: bool = False  # what both use is released in every period
    is_compared: bool = False
    after_worst: bool = False  # the change came right after the worst period


SITUATIONS = (
    Situation("steady"),
    Situation("short", n_before=8, n_after=4),
    Situation("trend", trend=0.10),
    Situation("one bad week brings the next", between=0.02, persistence=0.7),
    Situation("days, with a season of the week", n_before=56, n_after=28, days=1, n=120, week=0.08),
    Situation("season of the year", n_before=110, n_after=12, year=0.06),
    Situation("a shock at the same date, beside a service that had it too", shock=-0.06, is_compared=True),
    Situation("begun right after the worst week", between=0.02, after_worst=True),
    Situation("an incident at the same date, over after a week", shock=-0.15, shock_over=True),
    Situation("what it uses is released every week", released=True),
)
ALONE = Situation("a shock at the same date, and nothing to compare with", shock=-0.06)
"""Nothing can tell this one: an incident is known of the same day, and is not over."""


@dataclass(frozen=True, slots=True)
class Case:
    """One series: what is judged, and the true effect."""

    looked: Looked
    improvement: Improvement
    effect: float


def make_case(situation: Situation, effect: float, seed: int) -> Case:
    """Make one series. Shares lie around 70 %; the improvement promises twice the smallest effect worth having."""
    import numpy as np

    generator = np.random.default_rng([seed, SITUATIONS.index(situation) if situation in SITUATIONS else 99])
    n = situation.n_before + situation.n_after
    noise = {entity: _noise(situation, n, generator) for entity in (HERE, BESIDE)}
    start = situation.n_before
    if situation.after_worst:
        low = max(8, start - 10)
        start = low + int(np.argmin(noise[HERE][low:start])) + 1
    level = 0.7 + _moves(situation, n, start)
    levels = {HERE: level + noise[HERE] + effect * (np.arange(n) >= start), BESIDE: level + noise[BESIDE]}
    rows = [row for entity in levels for row in _rows(situation, entity, levels[entity], generator)]
    started_at = MONDAY + dt.timedelta(days=situation.days * start)
    number = Number(MEASURE.name, HERE)
    improvement = Improvement(
        "I-1", PROMISED, "a change", started_at, where=(f"service:{HERE}",), promises=(Promise(number, 4.0, "pp", "typed in"),),
        worth=((number, WORTH * 100, "pp"),), compared_with=(BESIDE,) if situation.is_compared else (), started_at=started_at,
    )  # fmt: skip
    happened = tuple(_happened(situation, n, started_at))
    return Case(Looked(_organisation(), Results((MEASURE,), rows), "UTC", (improvement,), happened), improvement, effect)


def _organisation() -> Organisation:
    entities = {each: Entity(each, "service", each) for each in (HERE, BESIDE, BELOW)}
    return Organisation("Blind", "", "", entities, tuple(Edge(each, "uses", BELOW) for each in (HERE, BESIDE)), (), {}, "0")


def _happened(situation: Situation, n: int, started_at: dt.datetime) -> Iterator[Happened]:
    """What is written down: the incident behind a shock, and releases on the day a period begins."""
    a_period = dt.timedelta(days=situation.days)
    if situation.shock:
        yield Happened(INCIDENT, BELOW, started_at, "INC-1", started_at + a_period if situation.shock_over else None)
    if situation.released:
        yield from (Happened(RELEASE, BELOW, MONDAY + at * a_period, f"d-{at}") for at in range(n))


def _noise(situation: Situation, n: int, generator: np.random.Generator) -> Array:
    import numpy as np

    drawn, found = generator.normal(0, situation.between, n), np.zeros(n)
    for at in range(n):
        before = found[at - 1] if at else drawn[0] / max(1e-9, (1 - situation.persistence**2) ** 0.5)
        found[at] = situation.persistence * before + drawn[at] * (1 - situation.persistence**2) ** 0.5
    return found


def _moves(situation: Situation, n: int, start: int) -> Array:
    """Everything that moves both services alike: the trend, the seasons, the shock."""
    import numpy as np

    at = np.arange(n)
    level: Array = situation.trend * (at / n - 0.5)
    level += situation.shock * (at == start if situation.shock_over else at >= start)
    level -= situation.week * (at % 7 >= 5) * (situation.days == 1)
    level += situation.year * np.sin(2 * np.pi * at * situation.days / 365.25)
    return level


def _rows(
    situation: Situation, entity: str, levels: Array, generator: np.random.Generator
) -> Iterator[tuple[Cell, Statistics]]:
    for at, level in enumerate(levels):
        hits = float(generator.binomial(situation.n, min(0.99, max(0.01, level))))
        from_at, n = MONDAY + dt.timedelta(days=situation.days * at), float(situation.n)
        cell = Cell(MEASURE.name, entity, from_at, from_at + dt.timedelta(days=situation.days), CALENDAR)
        yield cell, Statistics(n, hits, n, hits, n, hits, hits, n, 1.0, 1.0)


def _no_units(_: object) -> Any:
    raise NotImplementedError("a blind case has sums only")


MEASURE = Measure("completion", "People who finish", SHARE, "higher", ("tallied",), _no_units, finish_share)

Judge = Callable[[Case], str]


def verified(case: Case) -> str:
    """Return the verdict of `improvements.verify`."""
    return judged(case).verdict


def judged(case: Case) -> Judged:
    """Return all that `improvements.verify` says of a case."""
    return judge_number(case.looked, case.improvement, case.improvement.promises[0].number, PROMISED_NUMBER)


def naive(case: Case) -> str:
    """Return the verdict of the share after against the share before, by a z-test over all attempts."""
    started_at = case.improvement.started_at
    sides: dict[bool, list[float]] = {False: [0.0, 0.0], True: [0.0, 0.0]}
    for cell, sums in case.looked.results.rows(MEASURE.name, HERE):
        side = sides[started_at is not None and cell.from_at >= started_at]
        side[0], side[1] = side[0] + sums.numerator, side[1] + sums.denominator
    (a, n), (b, m) = sides[False], sides[True]
    difference = b / m - a / n
    half = Z_95 * (a / n * (1 - a / n) / n + b / m * (1 - b / m) / m) ** 0.5
    if difference - half >= -WORTH and difference + half <= WORTH:
        return NO_EFFECT
    return IMPROVED if difference > half else WORSE if difference < -half else "unclear"


def is_wrong(verdict: str, effect: float) -> bool:
    """Say whether a verdict is wrong and confident: a change where there is none, the wrong way, or none."""
    if verdict == NO_EFFECT:
        return abs(effect) > WORTH
    return (verdict == IMPROVED and effect <= 0) or (verdict == WORSE and effect >= 0)


@dataclass(frozen=True, slots=True)
class Rates:
    """How often of *n* cases of one situation and effect: found improved, wrong and confident; and the naive look."""

    situation: str
    effect: float
    n: int
    improved: float
    wrong: float
    naive_improved: float
    naive_wrong: float


def rates(situation: Situation, effect: float, seeds: range) -> Rates:
    """Judge one cell of the truth table."""
    cases = [make_case(situation, effect, seed) for seed in seeds]
    ours, theirs = [verified(each) for each in cases], [naive(each) for each in cases]
    n = len(cases)
    return Rates(
        situation.name, effect, n, ours.count(IMPROVED) / n, sum(is_wrong(each, effect) for each in ours) / n,
        theirs.count(IMPROVED) / n, sum(is_wrong(each, effect) for each in theirs) / n,
    )  # fmt: skip
