"""How much was lost where, day by day: the shares of a loss map, each on the day on which the attempt began.

A map adds up over attempts, so it adds up over days too: the days of its period give the map, box by box. Days before are held
against the same: where a part has a target of its own, what exceeds it is taken as in the period of the map. What time joins
to a part is spread over the days as what it was taken from, the loss that no call is linked to at its step.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wholeservice.findings.losses import LossMap, Observations, ledger_of, rates_of
from wholeservice.findings.trace import observations
from wholeservice.periods import Period, civil

if TYPE_CHECKING:
    from wholeservice.derived.exposures import Observed
    from wholeservice.derived.faults import Hours
    from wholeservice.organisation.graph import Organisation

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Daily:
    """
    Civil days in a row.

    n          attempts that began on each day
    is_seen    of any of them a call was recorded: without, nobody can say behind which step the loss of that day lay
    losses     box -> what was lost there on each day, in attempts
    """

    first_on: dt.date
    n: tuple[float, ...]
    is_seen: tuple[bool, ...]
    losses: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Window:
    """One period, and what was seen of the attempts that began in it."""

    period: Period
    observed: Observed
    hours: Hours | None = None


def daily(asked: LossMap, organisation: Organisation, windows: Sequence[Window], zone: str) -> Daily:
    """
    Return what was lost at each box of the map of *asked*, day by day, over periods that follow on one another.

    Shape    windows: the oldest first; the last is that of the map
    Unit     attempts
    """
    seen = [_seen(asked, organisation, each) for each in windows]
    rates = rates_of(seen[-1]) if seen[-1] else None
    found = [_of_window(window, each, rates, zone) for window, each in zip(windows, seen, strict=True)]
    boxes = dict.fromkeys(box for each in found for box in each.losses)
    return Daily(
        found[0].first_on,
        tuple(n for each in found for n in each.n),
        tuple(seen for each in found for seen in each.is_seen),
        {box: tuple(lost for each in found for lost in each.losses.get(box, (0.0,) * len(each.n))) for box in boxes},
    )


def _seen(asked: LossMap, organisation: Organisation, window: Window) -> Observations | None:
    """Return what was seen of a period; None where nothing was lost in it."""
    units = window.observed.units
    if units["lost_step"].null_count == units.num_rows:
        return None
    return observations(asked, organisation, window.observed, window.hours)


def _of_window(window: Window, seen: Observations | None, rates: Mapping[str, float] | None, zone: str) -> Daily:
    first, last = (civil(at, zone) for at in (window.period.from_at, window.period.to_at - dt.timedelta(microseconds=1)))
    n_days = (last - first).days + 1
    units = window.observed.units
    day_of = {
        attempt: (civil(at, zone) - first).days
        for attempt, at in zip(units["attempt"].to_pylist(), units["began_at"].to_pylist(), strict=True)
    }
    n, n_linked = [0.0] * n_days, [0] * n_days
    for attempt, weight in zip(units["attempt"].to_pylist(), units["weight"].to_pylist(), strict=True):
        n[day_of[attempt]] += 1
        n_linked[day_of[attempt]] += weight is not None
    losses = _spread(seen, rates, day_of, n_days) if seen else {}
    kept = {box: tuple(each) for box, each in losses.items()}
    return Daily(first, tuple(n), tuple(each > 0 for each in n_linked), kept)


def _spread(
    seen: Observations, rates: Mapping[str, float] | None, day_of: Mapping[str, int], n_days: int
) -> Mapping[str, list[float]]:
    """Put what each lost attempt lost at each box on its day, then move what time joins from its step to its part."""
    pattern_of, weight_of = seen.pattern_of, [each.weight for each in seen.patterns]
    _, ledger = ledger_of(seen, rates)
    losses: dict[str, list[float]] = defaultdict(lambda: [0.0] * n_days)
    for attempt, pattern in pattern_of.items():
        for box, lost in ledger.per_attempt[pattern].items():
            losses[box][day_of[attempt]] += lost * weight_of[pattern]
    at_step = {step: tuple(losses[step]) for step, _ in ledger.moved}
    for (step, part), size in ledger.moved.items():
        whole = sum(at_step[step])
        for day, lost in enumerate(at_step[step]):
            losses[part][day] += size * lost / whole
            losses[step][day] -= size * lost / whole
    return losses
