"""Weekly shares made by hand, and an improvement that began after some of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from wholeservice.improvements.base import PROMISED, Improvement, Number, Promise
from wholeservice.improvements.looked import Looked
from wholeservice.measures.base import Cell, Measure, Statistics
from wholeservice.measures.finish import finish_share
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Edge, Entity, Organisation
from wholeservice.periods import CALENDAR
from wholeservice.units import SHARE

MONDAY = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
PER_WEEK = 400


def measure(name: str, better: str = "higher") -> Measure:
    """A share of independent units."""
    return Measure(name, name, SHARE, better, ("tallied",), lambda _: (), finish_share)


COMPLETION, EASE, LEAVING = measure("completion"), measure("ease"), measure("leaving", "lower")
MEASURES = (COMPLETION, EASE, LEAVING)


def week(at: int) -> dt.datetime:
    """The Monday of a week, counted from 0."""
    return MONDAY + dt.timedelta(days=7 * at)


def sums(share: float, n: float = PER_WEEK) -> Statistics:
    """So many independent units, of which that share are hits."""
    hits = round(share * n)
    return Statistics(n, hits, n, hits, n, hits, hits, n, 1.0, 1.0)


def rows(of: Measure, entity: str, shares: Sequence[float | None], n: float = PER_WEEK) -> Iterator[tuple[Cell, Statistics]]:
    """A row for each week that has a share."""
    for at, share in enumerate(shares):
        if share is not None:
            yield Cell(of.name, entity, week(at), week(at + 1), CALENDAR), sums(share, n)


def wavy(level: float, n_weeks: int, step: float = 0.0, since: int = 0, trend: float = 0.0) -> list[float]:
    """Shares that go up and down by half a point to a point, with a trend a week, and a step since a week."""
    wave = (0.0, 0.01, -0.005, 0.005, -0.01, 0.0075, -0.0075)
    return [level + wave[at % 7] + trend * at + (step if at >= since else 0.0) for at in range(n_weeks)]


def looked(series: Mapping[tuple[Measure, str], Sequence[float | None]], **more: object) -> Looked:
    """What a verdict looks at: the search is a part of the stay, which uses the bank."""
    entities = {each: Entity(each, "service", each) for each in ("stay", "spa", "bank", "far")}
    entities["search"] = Entity("search", "part", "search", parent="stay")
    org = Organisation("Hotel", "", "", entities, (Edge("stay", "uses", "bank"),), (), {}, "0")
    found = [row for (of, entity), shares in series.items() for row in rows(of, entity, shares)]
    return Looked(org, Results(MEASURES, found), "UTC", **more)  # type: ignore[arg-type]


NUMBER = Number("completion", "stay")


def improvement(started: int | None = 12, **more: object) -> Improvement:
    """An improvement of the stay that promises 5 points and reached people at the begin of a week."""
    given = {"where": ("service:stay",), "promises": (Promise(NUMBER, 5.0, "pp", "typed in"),), **more}
    started_at = None if started is None else week(started)
    return Improvement("I-1", PROMISED, "a shorter form", week(0), started_at=started_at, **given)  # type: ignore[arg-type]
