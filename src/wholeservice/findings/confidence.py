"""How sure a map may be: which boxes lose something for certain, and which one loses most.

Losses of one consumer are alike, so the consumer is the unit of chance. The covariance of all boxes' losses comes from
sums over consumers; the critical value is that of the largest of them (multiplier bootstrap with normal weights), so that
looking at many boxes at once does not make one of them certain.

Source: Chernozhukov, Chetverikov & Kato 2013 (multiplier bootstrap of maxima).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Matrix = np.ndarray[Any, np.dtype[np.float64]]

N_DRAWS = 2000
SEED = 20260102  # fixed: the same facts always give the same map
MAX_BOXES = 300  # the smallest of more cannot be the top; they keep their own standard error
MAX_NAMED_TOGETHER = 3
MIN_CONSUMERS = 8.0  # fewer (in effect) who lost something never make a claim: the normal weights need some

Contribution = Mapping[str, float]
"""Box -> what one consumer loses there, in attempts."""


@dataclass(frozen=True, slots=True)
class Certainty:
    """Per box: standard error in attempts and whether its loss is certain; `top` is one box, a few, or none."""

    standard_error: Mapping[str, float]
    named: frozenset[str]
    top: tuple[str, ...]
    critical: float


def judge(losses: Mapping[str, float], consumers: Iterable[tuple[Contribution, float]]) -> Certainty:
    """
    Say which boxes may be named, and which may be called the largest.

    Shape    losses: box -> loss as estimated; consumers: (contribution of one consumer, how many are like that)
    Unit     attempts
    Source   named: simultaneous lower bound above 0; top: named and separated from every other at the same level
    """
    boxes = sorted((box for box, loss in losses.items() if loss > 0), key=lambda box: (-losses[box], box))[:MAX_BOXES]
    if not boxes:
        return Certainty({}, frozenset(), (), 0.0)
    covariance = _covariance(boxes, consumers)
    draws = _draws(covariance)
    errors = covariance.diagonal() ** 0.5
    critical = _critical(draws, errors)
    at_least = max(critical, MIN_CONSUMERS**0.5)  # loss² / error² is the number of consumers in effect
    named = frozenset(box for box, error in zip(boxes, errors, strict=True) if losses[box] > at_least * error)
    top = _top(boxes, losses, covariance, draws) if boxes[0] in named else ()
    return Certainty({box: float(error) for box, error in zip(boxes, errors, strict=True)}, named, top, critical)


def _covariance(boxes: Sequence[str], consumers: Iterable[tuple[Contribution, float]]) -> Matrix:
    """Sum the products of what each consumer lost in every two boxes."""
    import numpy as np

    index = {box: i for i, box in enumerate(boxes)}
    sums = np.zeros((len(boxes), len(boxes)))
    products: dict[tuple[int, int], float] = defaultdict(float)
    for contribution, count in consumers:
        entries = [(index[box], loss) for box, loss in contribution.items() if box in index]
        for i, left in entries:
            for j, right in entries:
                products[i, j] += count * left * right
    for place, total in products.items():
        sums[place] = total
    return sums


def _draws(covariance: Matrix) -> Matrix:
    import numpy as np

    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.clip(values, 0, None))
    draws: Matrix = np.random.default_rng(SEED).standard_normal((N_DRAWS, len(values))) @ root.T
    return draws


def _critical(draws: Matrix, errors: Matrix) -> float:
    import numpy as np

    scaled = draws / np.where(errors > 0, errors, np.inf)
    return float(np.quantile(scaled.max(axis=1), 0.95))


def _top(boxes: Sequence[str], losses: Mapping[str, float], covariance: Matrix, draws: Matrix) -> tuple[str, ...]:
    """Return the first box and all that its lead over them does not exceed chance; nothing when they are too many."""
    import numpy as np

    if len(boxes) == 1:
        return (boxes[0],)
    variance = covariance.diagonal()
    error = np.sqrt(np.clip(variance[0] + variance - 2 * covariance[0], 0, None))
    error[0] = np.inf
    lead = np.array([losses[boxes[0]] - losses[box] for box in boxes])
    behind = (draws[:, :1] - draws) / np.where(error > 0, error, np.inf)
    critical = float(np.quantile(behind.max(axis=1), 0.95))
    together = [box for i, box in enumerate(boxes) if i == 0 or lead[i] <= critical * error[i]]
    return tuple(together) if len(together) <= MAX_NAMED_TOGETHER else ()
