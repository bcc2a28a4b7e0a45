"""What an item of work is like: drawn once from lots of its own, so that nothing that happens to others changes it."""

from __future__ import annotations

import random
from dataclasses import dataclass

from wholeservice.simulation.flow_world import DEFECT, FEATURE, HOUR, KINDS, RISK

SPREAD = 0.55  # of the logarithm of hours of work
REBUILT, FAILS, ROLLED_BACK = 0.06, 0.07, 0.4
NEEDS_ENVIRONMENT = {FEATURE: 0.7, DEFECT: 0.15, RISK: 0.4}
IS_REVIEWED = {FEATURE: 0.6, RISK: 0.8}


@dataclass(frozen=True, slots=True)
class Lots:
    """Seconds of work at each stage, and what will happen there."""

    notice_s: float
    understand_s: float
    build_s: float
    test_s: float
    set_up_s: float  # of the environment that the test needs
    review_s: float
    layer_s: tuple[float, ...]  # what each layer has to do
    needs_environment: bool
    is_reviewed: bool
    is_sent_back: bool
    is_layered: bool
    is_paired: bool
    is_rebuilt: bool  # what reaches production is not what was tested
    fails: bool
    is_rolled_back: bool
    is_reopened: bool
    unseen_s: float  # seconds of the calendar between the need becoming known and the item
    harm_s: float  # how long its failure lasts
    unnoticed_s: float
    detected_by: str
    priority: int

    @property
    def size(self) -> float:
        """Points, as teams guess them from the work there is."""
        return next((float(each) for each in (1, 2, 3, 5, 8) if self.build_s <= each * 6 * HOUR), 13.0)


def draw_lots(name: str, seed: int, kind: str, n_layers: int, shares: tuple[float, float]) -> Lots:
    """Draw for the item called *name*; *shares* of features are in layers, and of reviews send back."""
    draw = random.Random(f"item {seed} {name}")  # noqa: S311 - a simulation, not security

    def hours(median: float) -> float:
        return max(0.25, median * draw.lognormvariate(0, SPREAD)) * HOUR

    in_layers, sends_back = shares
    return Lots(
        notice_s=hours(0.5),
        understand_s=hours(1.5 if kind == DEFECT else 3.0),
        build_s=hours(KINDS[kind][1]),
        test_s=hours(3.0),
        set_up_s=hours(13.0),
        review_s=hours(10.5),
        layer_s=tuple(hours(14.0) for _ in range(n_layers)),
        needs_environment=draw.random() < NEEDS_ENVIRONMENT.get(kind, 0.3),
        is_reviewed=draw.random() < IS_REVIEWED.get(kind, 0.0),
        is_sent_back=draw.random() < sends_back,
        is_layered=draw.random() < in_layers and kind == FEATURE,
        is_paired=draw.random() < 0.2,
        is_rebuilt=draw.random() < REBUILT,
        fails=draw.random() < FAILS,
        is_rolled_back=draw.random() < ROLLED_BACK,
        is_reopened=draw.random() < 0.02,
        unseen_s=draw.expovariate(1 / (4 * 86400)),
        harm_s=draw.uniform(900, 9000),
        unnoticed_s=draw.uniform(60, 840),
        detected_by=draw.choices(("monitor", "staff", "consumer"), (0.6, 0.15, 0.25))[0],
        priority=draw.choices((0, 1, 2), (0.1, 0.3, 0.6))[0],
    )
