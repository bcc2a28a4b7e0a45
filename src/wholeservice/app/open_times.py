"""Why each place of each loss map still loses: what is asked of the pinned facts, period by period backwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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

MOST_WINDOWS, MOST_UNITS = 14, 400_000
"""So many periods back, and no further once so many attempts were read: a loss that lasts longer lasts "at least" so long."""

Maps = Mapping[tuple[str, str], LossMap]


def all_open_times(engine: Engine, organisation: Organisation, maps: Maps, zone: str) -> tuple[OpenTime, ...]:
    """Return the open time of every place of every map, map by map, the largest place first."""
    from wholeservice.derived.mending import observe_mending

    drawn = [each for each in maps.values() if not each.why_no_map]
    places = sorted({box.about or box.id for each in drawn for box in places_of(each)})
    if not places:
        return ()
    work = work_of(observe_mending(engine, organisation, places))
    found: list[OpenTime] = []
    for each in drawn:
        target = target_of(organisation, each)
        days = days_of(engine, organisation, each, target, zone) if target and places_of(each) else None
        measure = target.measure if target else None
        found += open_times(each, organisation, work, days, zone=zone, measure=measure)
    return tuple(found)


def target_of(organisation: Organisation, drawn: LossMap) -> Target | None:
    """Return the target that a map is of; None where it is no longer declared."""
    needs = (each for each in organisation.needs if (each.service, each.id) == (drawn.entity, drawn.need))
    return next((target for need in needs for target in need.targets if target.text == drawn.target), None)


def days_of(engine: Engine, organisation: Organisation, drawn: LossMap, target: Target, zone: str) -> Daily | None:
    """Return what was lost day by day; None where a map is not of attempts or calls, or nothing was seen to be lost."""
    if target.measure not in (WHOLE, STEP, CALLS):
        return None
    windows = list(_windows(engine, drawn, target, zone))[::-1]
    return daily(drawn, organisation, windows, zone) if windows else None


def _windows(engine: Engine, drawn: LossMap, target: Target, zone: str) -> Iterator[Window]:
    """Yield the period of the map, then those before it for as long as there are attempts."""
    from wholeservice.derived.exposures import observe, observe_part
    from wholeservice.derived.faults import observe_hours

    n_units = 0
    for period in _backwards(drawn.period, zone):
        if target.measure == CALLS:
            observed, hours = observe_part(engine, drawn.entity, period), None
        else:
            observed = observe(engine, drawn.entity, period, step=target.step)
            hours = observe_hours(engine, drawn.entity, period, observed.units)
        n_units += observed.units.num_rows
        if observed.units.num_rows == 0 or (n_units > MOST_UNITS and period != drawn.period):
            return
        yield Window(period, observed, hours)


def _backwards(period: Period, zone: str) -> Iterator[Period]:
    """Yield periods of as many civil days, each ending where the one after it begins."""
    first, after = civil(period.from_at, zone), civil(period.to_at, zone)
    days, at = after - first, period
    for number in range(1, MOST_WINDOWS + 1):
        yield at
        at = Period(*(instant(day - number * days, zone) for day in (first, after)), period.window)
