"""Random organisations whose losses no call explains: attempts with attributes, one of which is planted, and decoys.

A source says of each attempt its plan, place, lead and form. Where something is planted, attempts with one level of one of
these are lost more often. Another goes with it in most attempts and is harmless; the evening, two days of each week and days
of their own lose more whatever the attempt was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

STEPS = ("find", "pay", "sleep")
ATTRIBUTES = ("plan", "place", "lead", "form")
N_ATTEMPTS, N_DAYS, DAY_S, HOUR_S = 3000, 28, 86400, 3600
EVENING = 18  # the hour from which more is lost


@dataclass(frozen=True, slots=True)
class Driven:
    """One organisation as columns over its attempts, and the truth: the planted attribute (None: none) and what it lost."""

    attributes: dict[str, Array]  # name -> level of each attempt
    consumer: Array
    at_s: Array  # since the first day
    is_lost: Array  # at the second step
    planted: str | None
    n_lost_by_it: int


def random_driven(seed: int, *, follows: float) -> Driven:
    """Return a random organisation. *follows*: the share of attempts in which the decoy is what the planted one says."""
    import numpy as np

    draw = np.random.default_rng([seed, 7])
    n = N_ATTEMPTS
    levels = {name: int(draw.integers(2, 5)) for name in ATTRIBUTES}
    said = {name: draw.choice(k, n, p=draw.dirichlet(np.full(k, 8.0))) for name, k in levels.items()}
    name, decoy = draw.permutation(ATTRIBUTES)[:2].tolist()
    guilty = int(draw.integers(levels[name]))
    said[decoy] = np.where(draw.random(n) < follows, (said[name] == guilty).astype(int), said[decoy])
    effect = float(draw.uniform(0.05, 0.25)) if draw.random() < 0.7 else 0.0
    day, hour = draw.integers(0, N_DAYS, n), draw.integers(0, 24, n)
    usual = 0.1 + 0.06 * (hour >= EVENING) + 0.05 * (day % 7 >= 5) + draw.normal(0, 0.02, N_DAYS)[day]
    luck = draw.random(n)
    without = luck < usual
    lost = luck < usual + effect * (said[name] == guilty)
    at_s = day * DAY_S + hour * HOUR_S + draw.integers(0, HOUR_S, n)
    n_by_it = int((lost & ~without).sum())
    return Driven(said, draw.integers(0, n // 2, n), at_s, lost, name if effect else None, n_by_it)
