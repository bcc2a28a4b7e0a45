"""One loss map per need with a target: what is asked comes from the results, what was seen from the pinned facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from wholeservice.app.mean_maps import MEANS, mean_map, why_no_mean
from wholeservice.findings.assumed import with_assumed
from wholeservice.findings.fulfilment import trace_items
from wholeservice.findings.losses import LossMap
from wholeservice.findings.policies import with_policies
from wholeservice.findings.step_losses import trace_steps
from wholeservice.findings.target_result import TargetResult, result_of
from wholeservice.findings.trace import trace
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Need, Organisation

if TYPE_CHECKING:
    from wholeservice.engines.base import Engine

WHOLE, STEP, CALLS, IN_TIME = "completion", "step-conversion", "success", "in-time"
TRACED_MEASURES = (WHOLE, STEP, CALLS, IN_TIME)  # what is lost can be followed along calls, or along the time of each item


def loss_maps(engine: Engine, organisation: Organisation, results: Results, zone: str) -> dict[tuple[str, str], LossMap]:
    """Return the map of every need that has a measured target, by (service, need)."""
    maps = {}
    for need in organisation.needs:
        held = [each for each in _held_against(results, need, zone) if each.gap is not None]
        if held:
            drawn = _map(engine, organisation, results, min(held, key=_rank), need)
            maps[need.service, need.id] = with_assumed(drawn, organisation, need)
    return maps


def _held_against(results: Results, need: Need, zone: str) -> Iterator[TargetResult]:
    for target in need.targets:
        if result := result_of(results, need, target, zone):
            yield result


def _rank(result: TargetResult) -> tuple[bool, bool, bool, float]:
    """Of several targets, one that can be traced goes first, then one that is missed, then one whose calls, steps or lives tell
    where it is lost rather than answers given afterwards, then the largest gap."""
    is_told_after = result.measure.name not in TRACED_MEASURES
    return (_why_not_traced(result) is not None, not result.is_missed, is_told_after, -(result.gap or 0.0))


def _map(engine: Engine, organisation: Organisation, results: Results, result: TargetResult, need: Need) -> LossMap:
    asked = _asked(need, result)
    if asked.why_no_map is not None:
        return asked
    if not result.point.statistics.clusters:
        return _from_counts(asked, organisation, results, result)
    from wholeservice.derived.drivers import observe_drivers
    from wholeservice.derived.exposures import observe, observe_part
    from wholeservice.derived.faults import observe_hours
    from wholeservice.derived.ruled import observe_policies

    if result.measure.name == IN_TIME:
        from wholeservice.derived.lived import observe_items

        return trace_items(asked, organisation, observe_items(engine, need.service, asked.period, result.target.channel))
    if result.measure.name not in TRACED_MEASURES or _is_of_some(result):
        return mean_map(engine, organisation, asked, result)
    if result.measure.name == CALLS:
        return trace(asked, organisation, observe_part(engine, need.service, asked.period))
    observed = observe(engine, need.service, asked.period, step=result.target.step)
    observed = with_policies(observed, organisation, observe_policies(engine, organisation, need.service, asked.period))
    hours = observe_hours(engine, need.service, asked.period, observed.units)
    return trace(asked, organisation, observed, hours, observe_drivers(engine, need.service, asked.period))


def _is_of_some(result: TargetResult) -> bool:
    """The target is about one channel or kind of people, or about the calls that one step makes."""
    target = result.target
    return bool(target.consumer or target.channel or (result.measure.name == CALLS and target.step))


def _from_counts(asked: LossMap, organisation: Organisation, results: Results, result: TargetResult) -> LossMap:
    """Say at which steps people are lost, where others counted them."""
    cell, journey = result.point.cell, organisation.entities[asked.entity].journey
    conversions = [
        row
        for step in results.steps(STEP, cell.entity)
        for row in results.rows(STEP, cell.entity, step=step, channel=cell.channel)
        if (row[0].from_at, row[0].to_at, row[0].window) == (cell.from_at, cell.to_at, cell.window)
    ]
    return trace_steps(replace(asked, n=result.point.statistics.denominator), journey, conversions)


def _asked(need: Need, result: TargetResult) -> LossMap:
    point, gap = result.point, result.gap or 0.0
    is_of_people = result.measure.name in (WHOLE, STEP)  # a call or an answer is not a person
    return LossMap(
        entity=need.service,
        need=need.id,
        target=result.target.text,
        unit=result.unit,
        direction=result.target.direction,
        level=result.level,
        value=point.value.value or 0.0,
        gap=gap,
        gap_interval=result.gap_interval,
        n=point.value.n,
        period=point.period,
        people_per_day=gap * point.value.n / point.period.days if is_of_people and gap > 0 and point.period.days > 0 else None,
        why_no_map=_why_no_map(result),
    )


def _why_no_map(result: TargetResult) -> str | None:
    if not result.gap or result.gap < 0:
        return "the target is met"
    if result.gap_interval is None and result.point.statistics.clusters:
        return "how much this number varies by chance is not known: it takes three periods of its kind"
    if result.gap_interval is not None and not result.is_missed:  # a full count without a spread is a fact of its period
        return "the gap could be chance: the interval of the number reaches the target"
    return _why_not_traced(result)


def _why_not_traced(result: TargetResult) -> str | None:
    measure = result.measure
    if result.point.statistics.clusters or measure.name == WHOLE:
        return why_no_mean(result) if result.point.statistics.clusters else None
    why = why_no_mean(result) if measure.unit.kind not in MEANS else None
    return why or "only sums are known of this number, and nothing of who or what they are of: there is nothing to follow"
