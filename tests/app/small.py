"""A small set of results to ask questions of: one service, two steps, two channels, numbers that can be checked by hand."""

from __future__ import annotations

import datetime as dt

from wholeservice.findings.base import Finding
from wholeservice.findings.losses import Box, LossMap, MissingData
from wholeservice.measures import MEASURES
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Entity, Need, Organisation, Step
from wholeservice.pages.base import Data
from wholeservice.periods import CALENDAR, ROLLING, Period
from wholeservice.uncertainty import Interval
from wholeservice.units import SHARE

DAY_0 = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
JOURNEY = (Step("sleep", "Sleep"), Step("arrive", "Arrive"))  # not in the order of the alphabet


def row(
    measure: str, hits: float, n: float, *, entity: str = "stay", days: tuple[int, int] = (0, 28), window: str = ROLLING,
    step: str | None = None, channel: str | None = None, segment: str | None = None,
) -> tuple[Cell, Statistics]:  # fmt: skip
    """Return the sums of *hits* of *n* units, each of a person of their own."""
    from_at, to_at = (DAY_0 + dt.timedelta(days=day) for day in days)
    sums = Statistics(
        n=n, numerator=hits, denominator=n, squares=hits, clusters=n, cluster_aa=hits, cluster_ab=hits, cluster_bb=n,
        reporting=1, expected=2,
    )  # fmt: skip
    return Cell(measure, entity, from_at, to_at, window, step, channel, segment), sums


ROWS = (
    row("completion", 80, 100),
    row("completion", 1, 4, days=(28, 35), window=CALENDAR),  # a week that has only begun
    row("completion", 30, 60, channel="web"),
    row("completion", 50, 40, channel="app"),
    row("step-conversion", 9, 10, step="arrive"),
    row("step-conversion", 8, 10, step="sleep"),
    row("satisfaction", 3, 4, channel="web"),
    row("completion", 90, 120, entity="Small"),
)


def drawn() -> LossMap:
    """Return a map of a gap of 10 points with ten boxes: one named origin, nine small ones."""
    small = tuple(Box(f"part-{n}", "part", f"Part {n}", 1, 0.002, 0.0, 0.002, "at or below") for n in range(9))
    bank = Box(
        "bank", "supplier", "The bank", 2, 0.08, 0.08, 0.0, "starts here", Interval(0.06, 0.1, "x"), 0.07, 0.09, is_named=True
    )
    period = Period(DAY_0, DAY_0 + dt.timedelta(days=28), ROLLING)
    return LossMap(
        "stay", "easy", "completion >= 90% over 28d", SHARE, 1, 0.9, 0.8, 0.1, Interval(0.02, 0.18, "Wilson"), 100.0, period,
        boxes=(*small, bank), unexplained=0.002, by_rung=(("linked", 0.98), ("untraced", 0.02)), top=("bank",),
        missing=(MissingData("calls of rooms", 0.01),),
    )  # fmt: skip


def data(rows: tuple[tuple[Cell, Statistics], ...] = ROWS) -> Data:
    """Return these results as pages and commands get them."""
    organisation = Organisation(
        "Small", "", "", {"stay": Entity("stay", "service", "A good night", journey=JOURNEY)}, (),
        (Need("easy", "stay", "Do not make me work for it"),), {"night": "stay"}, "0",
    )  # fmt: skip
    measures = {measure.name: measure for measure in MEASURES}
    return Data(organisation, Results(MEASURES, rows), (Finding("F101", "stay", "Too few finish"),),
                {("stay", "easy"): drawn()}, measures, ({"id": "0001-a", "counts": []},), "0001-a.0.1", "UTC")  # fmt: skip
