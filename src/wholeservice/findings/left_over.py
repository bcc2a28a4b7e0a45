"""What the linked and the timed evidence left over of each lost attempt, handed to the fit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from wholeservice.findings.cases import cases_of_steps
from wholeservice.findings.ends import CHUNK, read_lost
from wholeservice.findings.fit_rest import with_fitted
from wholeservice.findings.fitted import fit
from wholeservice.findings.ledger import Pattern
from wholeservice.findings.losses import LossMap, Observations
from wholeservice.findings.numbered import numbered
from wholeservice.findings.propagation import Plan
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
    stays = _stays(seen.patterns, plan)
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


def _stays(patterns: Sequence[Pattern], plan: Plan) -> list[dict[str, float]]:
    """What stays at each step of one attempt of each pattern when all its origins are mended."""
    found: list[dict[str, float]] = [{} for _ in patterns]
    lost = [(at, pattern) for at, pattern in enumerate(patterns) if pattern.lost_at]
    for first in range(0, len(lost), CHUNK):
        some = lost[first : first + CHUNK]
        seen = numbered([pattern.seen for _, pattern in some])
        ends = read_lost(seen, [pattern.lost_at for _, pattern in some], plan).ends
        for (at, pattern), each in zip(some, ends, strict=True):
            stays = 1.0 - split(each.still_lost, (1.0,) * len(each.origins)).together
            by_step = {step: stays / len(each.untraced) for step in each.untraced}
            found[at] = by_step if stays > 0 else {pattern.lost_at[0][0]: 0.0}
    return found


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
