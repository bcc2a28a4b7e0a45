"""What the linked and the timed evidence left over of each lost attempt, handed to the fit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from wholeservice.findings.cases import cases_of_steps
from wholeservice.findings.fit_rest import with_fitted
from wholeservice.findings.fitted import fit
from wholeservice.findings.ledger import Pattern
from wholeservice.findings.losses import LossMap, Observations
from wholeservice.findings.propagation import Attempt, Plan, follow
from wholeservice.findings.shapley import split

if TYPE_CHECKING:
    from wholeservice.derived.drivers import Drivers
    from wholeservice.derived.exposures import Observed


def fit_what_is_left(
    drawn: LossMap, observed: Observed, seen: Observations, of_pattern: Mapping[str, int], drivers: Drivers
) -> LossMap:
    """
    Fit what a map could not trace on what is known of the attempts, and put it on the map.

    Shape    of_pattern: lost attempt -> its pattern in `seen`; attempts that others stand for are in none, and lose what those
             lost on average at the same step
    """
    rest = {box.id: box.not_traced for box in drawn.boxes if box.layer == 0 and box.not_traced > 0}
    if drawn.why_no_map or not rest:
        return drawn
    steps = frozenset(box for box, place in seen.places.items() if place.kind == "step")
    plan = Plan(seen.wiring, steps)
    stays = [_stays(pattern, plan) for pattern in seen.patterns]
    lost = {row["attempt"]: row["lost_step"] for row in observed.units.to_pylist()}
    prefix = drawn.entity + "."

    def box_of(step: str) -> str:
        return step if step.startswith(prefix) else prefix + step

    left: dict[tuple[str, str], float] = {}
    for attempt, at in of_pattern.items():
        for box, size in stays[at].items():
            left[attempt, box] = size
    usual = _usual(left)
    for attempt, step in lost.items():
        if step is not None and attempt not in of_pattern:
            left[attempt, box_of(step)] = usual.get(box_of(step), 1.0)
    fitted = fit(cases_of_steps(drivers, dict.fromkeys(lost, 1.0), _to_scale(left, rest, len(lost)), box_of))
    return with_fitted(drawn, fitted, float(len(lost)))


def _stays(pattern: Pattern, plan: Plan) -> dict[str, float]:
    """What stays at each step of one such attempt when all its origins are mended."""
    if not pattern.lost_at:
        return {}
    trail = follow(Attempt(pattern.seen, plan), pattern.lost_at)
    stays = 1.0 - split(trail.still_lost, (1.0,) * len(trail.origins)).together
    return {step: stays / len(trail.untraced) for step in trail.untraced} if stays > 0 else {pattern.lost_at[0][0]: 0.0}


def _usual(left: Mapping[tuple[str, str], float]) -> dict[str, float]:
    sums: dict[str, list[float]] = defaultdict(list)
    for (_, box), size in left.items():
        sums[box].append(size)
    return {box: sum(sizes) / len(sizes) for box, sizes in sums.items()}


def _to_scale(left: Mapping[tuple[str, str], float], rest: Mapping[str, float], n: float) -> dict[tuple[str, str], float]:
    """Bring what is left at each step to what the map says is not traced there: less what was joined by time, or sampled."""
    whole: dict[str, float] = defaultdict(float)
    for (_, box), size in left.items():
        whole[box] += size
    return {
        (attempt, box): size * min(1.0, rest.get(box, 0.0) * n / whole[box]) if whole[box] else 0.0
        for (attempt, box), size in left.items()
    }
