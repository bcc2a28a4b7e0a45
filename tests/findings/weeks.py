"""Series of weeks made with a known lag, and the measured rows they would be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import numpy as np

from wholeservice.measures.base import Cell, Statistics


def chance(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def led(seed: int, n_weeks: int, lag: int = 3, noise: float = 0.4) -> tuple[list[float], list[float]]:
    """A score that wanders, and an outcome that is the same *lag* weeks later; each is measured with some noise."""
    draw = chance(seed)
    level = draw.normal(size=n_weeks + lag).cumsum()
    score, outcome = level[lag:], level[:n_weeks]
    return list(score + noise * draw.normal(size=n_weeks)), list(outcome + noise * draw.normal(size=n_weeks))


def weekly(measure: str, values: list[float], skipped: int = 0) -> Iterator[tuple[Cell, Statistics]]:
    """Calendar weeks of Amsterdam as shares of 1,000,000; the series wanders around a half."""
    first = dt.datetime(2025, 1, 6, tzinfo=ZoneInfo("Europe/Amsterdam"))
    for week, value in list(enumerate(values))[skipped:]:
        from_at, to_at = ((first + dt.timedelta(days=7 * each)).astimezone(dt.UTC) for each in (week, week + 1))
        hits = float(1e6 * (0.5 + value / 100))
        yield Cell(measure, "stay", from_at, to_at, "calendar"), Statistics(n=1e6, numerator=hits, denominator=1e6)
