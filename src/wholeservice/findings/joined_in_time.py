"""The second rung: losses that no call can be linked to, joined by time to the hours in which a part was worse than usual.

All parts jointly: of two that were worse in the same hours one may be harmless, and looked at alone it would be blamed for what
the other did. Only like is set beside like: the same step, channel, hour of the day, and kind of day. How far chance alone
would get is measured, not assumed: the same hours are moved by whole days, through all days of the period, and what is "found"
there is noise. Parts that were always worse together cannot be told apart, and share a claim.

Source   least squares within strata (Frisch-Waugh-Lovell); placebo dates as in Abadie, Diamond & Hainmueller 2010
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wholeservice.findings.propagation import AT_OR_BELOW, STARTS_HERE, Dependency, Wiring
from wholeservice.findings.windows import HOUR_S, Worse, worse_hours

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from wholeservice.derived.faults import Hours
    from wholeservice.periods import Period

    Array = np.ndarray[Any, np.dtype[Any]]

DAY_H = 24
ALIKE = 0.9  # parts whose exposures go together this closely, within strata, are one group
MIN_DAYS = 14  # so many placebo days at least: fewer tell nothing of chance
LEAST = 1e-6  # exposure that varies less than this within every stratum tells nothing

Route = tuple[str, ...]
"""Boxes from a step to a part, both included."""


@dataclass(frozen=True, slots=True)
class TimedLoss:
    """What one part lost at one step, in attempts, with the way it went. `together`: parts that cannot be told from it."""

    step: str
    part: str
    claim: str
    size: float
    route: Route
    together: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timed:
    """All losses joined by time; `chance` holds, for each placebo, what it gave each part, scaled so that squares add up."""

    losses: tuple[TimedLoss, ...] = ()
    as_one: Mapping[str, float] = field(default_factory=dict)  # part -> size of its whole group, for telling which is largest
    chance: tuple[Mapping[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class _Cells:
    """Attempts by step, channel and hour: how many came, how many were lost, which hour and which stratum it is."""

    at_step: Mapping[str, Array]  # step -> the places of its cells
    hour: Array
    n: Array
    lost: Array
    stratum: Array


def join_in_time(hours: Hours, period: Period, wiring: Wiring, boxes: Mapping[str, str]) -> Timed:
    """
    Return what the hours in which parts were worse explain of the losses that no call can be linked to.

    Shape    *boxes*: step -> box of the step
    Unit     attempts
    Errors   none: what cannot be told is not returned
    """
    first_s = int(period.from_at.timestamp()) // HOUR_S * HOUR_S
    n_hours = int(period.to_at.timestamp() - first_s) // HOUR_S
    n_days = n_hours // DAY_H
    worse = worse_hours(hours.parts, hours.harm, wiring, first_s, n_hours)
    cells = _cells(hours.passed, first_s, n_hours)
    if n_days < MIN_DAYS or not worse.own or not len(cells.n):
        return Timed()
    routes = {step: dict(_routes(box, wiring, worse)) for step, box in boxes.items()}
    groups = _groups(cells, worse, routes)
    found = _fit(cells, groups, worse, routes)
    noise = [_fit(cells, groups, worse, routes, moved_h=day * DAY_H) for day in range(1, n_days)]
    claims = {part: _claim(part, group, worse, wiring) for group in groups for part in group}
    return _told(found, noise, claims, groups, routes)


def _cells(passed: pa.Table, first_s: int, n_hours: int) -> _Cells:
    import numpy as np

    hour = (passed["hour_s"].to_numpy() - first_s) // HOUR_S
    inside = (hour >= 0) & (hour < n_hours)
    step, channel = (np.array(passed[name].to_pylist(), dtype=object)[inside] for name in ("step", "channel"))
    hour = hour[inside]
    is_weekend = ((first_s // HOUR_S + hour) // DAY_H + 3) % 7 >= 5  # the first of January 1970 was a Thursday
    keys = [f"{s}|{c}|{h % DAY_H}|{w}" for s, c, h, w in zip(step, channel, hour, is_weekend, strict=True)]
    _, stratum = np.unique(np.array(keys, dtype=str), return_inverse=True) if keys else ([], np.array([], dtype=int))
    n, lost = (passed[name].to_numpy().astype(float)[inside] for name in ("n", "n_lost"))
    at_step = {each: np.flatnonzero(step == each) for each in sorted(set(step))}
    return _Cells(at_step, hour.astype(int), n, lost, stratum)


def _routes(box: str, wiring: Wiring, worse: Worse) -> Iterator[tuple[str, tuple[Route, Array]]]:
    """Yield each part behind a step that was worse at some time, with a way there and how far it is felt, hour by hour.

    What may be left out is never felt; one of several that stand in for each other is felt only while the others fail too.
    """
    import numpy as np

    seen: dict[str, tuple[Route, Array]] = {}
    frontier: list[tuple[str, Route, Array]] = [(box, (box,), np.ones_like(next(iter(worse.whole.values()))))]
    while frontier:
        at, route, felt = frontier.pop()
        for use in wiring.get(at, ()):
            reach = felt * _without_it(use, wiring.get(at, ()), worse)
            if use.how == "optional" or use.to in route or not reach.any() or use.to in seen:
                continue
            seen[use.to] = ((*route, use.to), reach)
            frontier.insert(0, (use.to, (*route, use.to), reach))
    yield from ((part, each) for part, each in seen.items() if part in worse.own and (each[1] * worse.own[part]).any())


def _without_it(use: Dependency, uses: Sequence[Dependency], worse: Worse) -> Any:
    if use.how != "any":
        return 1.0
    others = [each.to for each in uses if each.how == "any" and each.group == use.group and each.to != use.to]
    result: Any = 1.0
    for other in others:
        result = result * worse.whole.get(other, 0.0)
    return result


def _exposure(cells: _Cells, part: str, worse: Worse, routes: Mapping[str, Any], moved_h: int = 0) -> Array:
    """How far each cell met a part while that was worse; with *moved_h* the part's hours lie so many hours later."""
    import numpy as np

    result = np.zeros(len(cells.n))
    for step, parts in routes.items():
        if part in parts and step in cells.at_step:
            mine, dose = cells.at_step[step], worse.own[part] * parts[part][1]
            result[mine] = dose[(cells.hour[mine] - moved_h) % len(dose)]
    return result


def _within(cells: _Cells, numbers: Array) -> Array:
    """Take off the mean of each stratum."""
    import numpy as np

    weight = np.bincount(cells.stratum, cells.n)
    mean = np.bincount(cells.stratum, cells.n * numbers) / np.where(weight > 0, weight, 1.0)
    result: Array = numbers - mean[cells.stratum]
    return result


def _groups(cells: _Cells, worse: Worse, routes: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Parts whose exposures vary, those that always go together as one group."""
    import numpy as np

    exposures = {part: _within(cells, _exposure(cells, part, worse, routes)) for part in sorted(worse.own)}
    sizes = {part: float((cells.n * x * x).sum()) for part, x in exposures.items()}
    groups: list[list[str]] = []
    for part in (part for part, size in sizes.items() if size > LEAST):
        x = exposures[part]
        for group in groups:
            alike = [(cells.n * x * exposures[each]).sum() / np.sqrt(sizes[part] * sizes[each]) for each in group]
            if max(alike) >= ALIKE:
                group.append(part)
                break
        else:
            groups.append([part])
    return [tuple(group) for group in groups]


Fitted = dict[tuple[str, tuple[str, ...]], float]
"""(step, group) -> attempts lost."""


def _fit(
    cells: _Cells, groups: Sequence[tuple[str, ...]], worse: Worse, routes: Mapping[str, Any], *, moved_h: int = 0
) -> Fitted:
    """Fit all groups at once and say what each lost at each step in the hours that it really was worse."""
    import numpy as np

    if not groups:
        return {}
    real = [np.maximum.reduce([_exposure(cells, part, worse, routes) for part in group]) for group in groups]
    moved = real if not moved_h else [
        np.maximum.reduce([_exposure(cells, part, worse, routes, moved_h) for part in group]) for group in groups
    ]  # fmt: skip
    x = np.stack([_within(cells, each) for each in moved], axis=1)
    y = _within(cells, cells.lost / np.where(cells.n > 0, cells.n, 1.0))
    slope, *_ = np.linalg.lstsq(x * np.sqrt(cells.n)[:, None], y * np.sqrt(cells.n), rcond=1e-8)
    found: Fitted = {}
    for at, group in enumerate(groups):
        for step, mine in cells.at_step.items():
            met = float((cells.n[mine] * real[at][mine]).sum())
            if met:
                found[step, group] = float(np.clip(slope[at], -1.0, 1.0)) * met
    return found


def _told(
    found: Fitted, noise: Sequence[Fitted], claims: Mapping[str, str], groups: Sequence[tuple[str, ...]],
    routes: Mapping[str, Any],
) -> Timed:  # fmt: skip
    whole = {group: sum(size for (_, each), size in found.items() if each == group) for group in groups}
    losses = []
    for (step, group), size in sorted(found.items()):
        members = [part for part in group if part in routes[step]]
        if whole[group] > 0 and size > 0:
            share = size / len(members)
            losses += [TimedLoss(step, part, claims[part], share, routes[step][part][0], group) for part in members]
    as_one = {part: whole[group] for group in groups if whole[group] > 0 for part in group}
    scale = len(noise) ** -0.5
    chance = []
    for each in noise:
        by_group = {group: sum(size for (_, other), size in each.items() if other == group) for group in groups}
        chance.append({part: by_group[group] * scale for group in groups for part in group if part in as_one})
    return Timed(tuple(losses), as_one, tuple(chance))


def _claim(part: str, group: tuple[str, ...], worse: Worse, wiring: Wiring) -> str:
    """A part may be called the origin only where everything it uses was seen in those hours, and was not worse."""
    used = [each.to for each in wiring.get(part, ()) if each.how != "optional"]
    is_seen = part in worse.by_calls and all(each in worse.by_calls for each in used)
    return STARTS_HERE if len(group) == 1 and (is_seen or not used) else AT_OR_BELOW
