"""Trace a crowd as if its records were real: how far the target is missed, and the loss map that a tracer makes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from wholeservice.findings.losses import LossMap
from wholeservice.findings.trace import trace
from wholeservice.periods import Period
from wholeservice.simulation.crowd import DONE, Crowd
from wholeservice.simulation.evidence import Evidence, Record
from wholeservice.simulation.observed import matured, observe, observe_hours
from wholeservice.simulation.world import STARTS_ON, World
from wholeservice.uncertainty import Interval, cluster_standard_error
from wholeservice.units import SHARE

Tracer = Callable[[Crowd, Evidence, Record, float], LossMap]
"""(what happened, kind of evidence, what is left of it, target level) -> map. Of the truth in the crowd it may use nothing."""

Z = 1.959963984540054


def period_of(world: World) -> Period:
    """Return the days that a world lasts."""
    start = dt.datetime.combine(STARTS_ON, dt.time(), dt.UTC)
    return Period(start, start + dt.timedelta(days=world.n_days))


def trace_crowd(crowd: Crowd, evidence: Evidence, record: Record, level: float) -> LossMap:
    """Draw the map of what is recorded of a crowd, for the target that so many finish."""
    asked = ask(crowd, level)
    if asked.why_no_map:
        return asked
    observed = observe(crowd, record, is_linked=evidence.is_linked)
    hours = observe_hours(crowd, record, evidence, observed, asked.period)
    return trace(asked, crowd.world.organisation, observed, hours)


def ask(crowd: Crowd, level: float) -> LossMap:
    """Return the question: how far completion is below *level*, with an interval clustered by consumer."""
    import numpy as np

    who = matured(crowd)
    n_by, done_by = np.bincount(crowd.consumer[who]), np.bincount(crowd.consumer[who], crowd.outcome[who] == DONE)
    n, done = float(n_by.sum()), float(done_by.sum())
    sums = (float((done_by**2).sum()), float((done_by * n_by).sum()), float((n_by**2).sum()))
    half = Z * (cluster_standard_error(done, n, int((n_by > 0).sum()), *sums) or 0.0)
    gap = level - done / n
    interval = Interval(gap - half, gap + half, "clustered by consumer")
    asked = LossMap(
        crowd.world.service, "completion", f"completion >= {level:.4f}", SHARE, 1, level, done / n, gap, interval, n,
        period_of(crowd.world),
    )  # fmt: skip
    return replace(asked, why_no_map="the gap is smaller than its noise") if interval.low <= 0 else asked
