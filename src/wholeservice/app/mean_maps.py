"""Loss maps of scores, of other means of single units, and of times: the measure itself says what its units are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wholeservice.findings.answered import Answered, trace_answers
from wholeservice.findings.losses import LossMap
from wholeservice.findings.slow import as_share, trace_calls_times, trace_steps_times
from wholeservice.findings.target_result import TargetResult
from wholeservice.findings.trace import met_by
from wholeservice.organisation.graph import Organisation

if TYPE_CHECKING:
    import pyarrow as pa

    from wholeservice.engines.base import Engine

CONVERT, RESPONSE = "time-to-convert", "response-time"
TIMES = (CONVERT, RESPONSE)
MEANS = ("share", "points")
HALF = 0.5  # a time without a quantile is that of half of them
MOST_TRACES = 5_000


def why_no_mean(result: TargetResult) -> str | None:
    """Say why a number has no map: it is neither traced along calls or lives, nor the mean of single units, nor a time."""
    kind, title = result.unit.kind, result.measure.title.lower()
    if kind == "seconds":
        if result.target.direction > 0:
            return "longer is better here, so nothing is lost by taking long"
        return None if result.measure.name in TIMES else f"{title} is a time of which no steps or calls are recorded one by one"
    return None if kind in MEANS else f"{title} is not traced: it is an amount, and no share of single units was lost"


def mean_map(engine: Engine, organisation: Organisation, asked: LossMap, result: TargetResult) -> LossMap:
    """Return the map of a target whose number is the mean of its units, or a quantile of their times."""
    from wholeservice.measures.mean_form import mean_units, units_word

    units = mean_units(engine, result.measure, result.point.cell)
    if units is None or not units.num_rows:
        return replace(asked, why_no_map=f"{result.measure.title.lower()} is no mean of single units, so none can be followed")
    named = replace(asked, of=units_word(engine, result.measure, result.point.cell))
    if result.unit.kind == "seconds":
        return _time_map(engine, organisation, named, (result, units))
    return trace_answers(named, organisation, _answered(engine, organisation, asked.entity, units))


def _answered(engine: Engine, organisation: Organisation, entity: str, units: pa.Table) -> Answered:
    from wholeservice.derived.drivers import observe_drivers_of
    from wholeservice.derived.exposures import observe_attempts

    attempts = _distinct(units, "attempt")
    met = met_by(organisation, entity, observe_attempts(engine, entity, attempts))
    return Answered(units, observe_drivers_of(engine, entity, attempts), met)


def _distinct(units: pa.Table, name: str) -> pa.Table:
    return units.select([name]).filter(units[name].is_valid()).group_by(name).aggregate([]).sort_by(name)


def _time_map(engine: Engine, organisation: Organisation, asked: LossMap, behind: tuple[TargetResult, pa.Table]) -> LossMap:
    result, units = behind
    shared = as_share(asked, units, result.target.quantile or HALF)
    if shared.gap_interval is not None and shared.gap_interval.low <= 0:
        return replace(shared, why_no_map="the gap could be chance: about as many took longer as the target allows")
    if result.measure.name == CONVERT:
        from wholeservice.derived.drivers import observe_drivers_of

        came = observe_drivers_of(engine, asked.entity, _distinct(units, "attempt")).steps
        return trace_steps_times(shared, organisation, units, came, asked.level)
    from wholeservice.derived.timed_calls import observe_timed_calls

    traces = _distinct(units, "trace")
    every = -(-traces.num_rows // MOST_TRACES)
    kept = traces.take(list(range(0, traces.num_rows, every)))
    calls = observe_timed_calls(engine, kept)
    read = set(kept["trace"].to_pylist())
    some = units.filter([trace in read for trace in units["trace"].to_pylist()])
    return trace_calls_times(shared, organisation, some, calls, asked.level)
