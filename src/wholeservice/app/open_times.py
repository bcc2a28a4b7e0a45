"""Why each place of each loss map still loses: what is asked of the pinned facts, in the period of the map and before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from wholeservice.app.loss_maps import CALLS, STEP, WHOLE
from wholeservice.findings.daily import Daily, Window, daily
from wholeservice.findings.junction import OpenTime, places_of
from wholeservice.findings.losses import LossMap
from wholeservice.findings.opened import open_times, work_of
from wholeservice.organisation.graph import Organisation, Target
from wholeservice.periods import Period, civil, instant

if TYPE_CHECKING:
    from wholeservice.engines.base import Engine

MOST_DAYS, MOST_UNITS = 182, 400_000
"""So many days, or so many attempts, are looked back from the period of a map: what lasts longer lasts "at least" so long."""

Maps = Mapping[tuple[str, str], LossMap]


def all_open_times(engine: Engine, organisation: Organisation, maps: Maps, zone: str) -> tuple[OpenTime, ...]:
    """
    Return the open time of every place of every map, map by map, the largest place first.

    A map of calls all of whose places lose people in another map is left out.
    """
    from wholeservice.derived.mending import observe_mending

    drawn = [each for each in maps.values() if not each.why_no_map]
    places = sorted({box.about or box.id for each in drawn for box in places_of(each)})
    if not places:
        return ()
    work = work_of(observe_mending(engine, organisation, places))
    found: list[OpenTime] = []
    for each, target in sorted(((each, target_of(organisation, each)) for each in drawn), key=_people_first):
        told = {one.box for one in found} if _measure(target) == CALLS else set()
        if all(box.id in told for box in places_of(each)):
            continue
        days = days_of(engine, organisation, each, target, zone) if target else None
        found += open_times(each, organisation, work, days, zone=zone, measure=_measure(target))
    return tuple(found)


def _people_first(asked: tuple[LossMap, Target | None]) -> bool:
    """Maps of calls come last: of a place where people are lost, they would only tell again what is known."""
    return _measure(asked[1]) == CALLS


def _measure(target: Target | None) -> str | None:
    return target.measure if target else None


def target_of(organisation: Organisation, drawn: LossMap) -> Target | None:
    """Return the target that a map is of; None where it is no longer declared."""
    needs = (each for each in organisation.needs if (each.service, each.id) == (drawn.entity, drawn.need))
    return next((target for need in needs for target in need.targets if target.text == drawn.target), None)


def days_of(engine: Engine, organisation: Organisation, drawn: LossMap, target: Target, zone: str) -> Daily | None:
    """Return what was lost day by day; None where a map is not of attempts or calls, or nothing was seen to be lost."""
    if target.measure not in (WHOLE, STEP, CALLS):
        return None
    windows = list(_windows(engine, drawn, target, zone))
    return daily(drawn, organisation, windows, zone) if windows else None


def _windows(engine: Engine, drawn: LossMap, target: Target, zone: str) -> Iterator[Window]:
    """Yield what was seen before the period of the map, where anything was, and then that period."""
    newest = _window(engine, drawn, target, drawn.period)
    n_a_day = max(newest.observed.units.num_rows, 1) / drawn.period.days
    first_on = civil(drawn.period.from_at, zone)
    since = first_on - dt.timedelta(days=min(MOST_DAYS, int(MOST_UNITS / n_a_day)))
    before = _window(engine, drawn, target, Period(instant(since, zone), drawn.period.from_at))
    if before.observed.units.num_rows:
        began_at = min(before.observed.units["began_at"].to_pylist())
        yield replace(before, period=replace(before.period, from_at=instant(civil(began_at, zone), zone)))
    if newest.observed.units.num_rows:
        yield newest


def _window(engine: Engine, drawn: LossMap, target: Target, period: Period) -> Window:
    from wholeservice.derived.exposures import observe, observe_part
    from wholeservice.derived.faults import observe_hours

    if target.measure == CALLS:
        return Window(period, observe_part(engine, drawn.entity, period))
    observed = observe(engine, drawn.entity, period, step=target.step)
    return Window(period, observed, observe_hours(engine, drawn.entity, period, observed.units))
