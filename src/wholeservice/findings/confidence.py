"""How sure a map may be: which boxes lose something for certain, and which one loses most.

Losses of one consumer are alike, so the consumer is the unit of chance. The covariance of all boxes' losses comes from
sums over consumers; the critical value is that of the largest of them (multiplier bootstrap with normal weights), so that
looking at many boxes at once does not make one of them certain. Which box is the largest is another question: there consumers
are weighted anew at random, with weights that are never negative, and the top is the fewest boxes of which one came out largest
in 95 % of the draws. Of few who were traced, that says more than a distance in standard errors, which only suits many.

Sources: Chernozhukov, Chetverikov & Kato 2013 (multiplier bootstrap of maxima); Rubin 1981 (the Bayesian bootstrap).
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
MIN_CONSUMERS = 8.0  # fewer (in effect) who lost something never name a box: the normal weights need some
MIN_AT_TOP = 4.0  # so many (in effect) at the largest box, or fewer, say nothing of which is the largest
SURE, ALMOST = 0.95, 1e-9
MAX_WEIGHED = 2_000  # kinds of consumers; of more the weights hardly differ from normal ones

Contribution = Mapping[str, float]
"""Box -> what one consumer loses there, in attempts."""
Kinds = Mapping[tuple[tuple[int, float], ...], float]
"""(place of a box, what one consumer loses there) of each box -> how many are like that."""


@dataclass(frozen=True, slots=True)
class Certainty:
    """Per box: standard error in attempts and whether its loss is certain; `top` is one box (named too), a few, or none."""

    standard_error: Mapping[str, float]
    named: frozenset[str]
    top: tuple[str, ...]
    critical: float


def judge(losses: Mapping[str, float], consumers: Iterable[tuple[Contribution, float]]) -> Certainty:
    """
    Say which boxes may be named, and which may be called the largest.

    Shape    losses: box -> loss as estimated; consumers: (contribution of one consumer, how many are like that)
    Unit     attempts
    Source   named: simultaneous lower bound above 0; top: the fewest that hold the largest in 95 % of draws
    """
    boxes = sorted((box for box, loss in losses.items() if loss > 0), key=lambda box: (-losses[box], box))[:MAX_BOXES]
    if not boxes:
        return Certainty({}, frozenset(), (), 0.0)
    kinds = _kinds(boxes, consumers)
    covariance = _covariance(len(boxes), kinds)
    draws = _draws(covariance)
    errors = covariance.diagonal() ** 0.5
    critical = _critical(draws, errors)
    at_least = max(critical, MIN_CONSUMERS**0.5)  # loss² / error² is the number of consumers in effect
    named = {box for box, error in zip(boxes, errors, strict=True) if losses[box] > at_least * error}
    top = _top(boxes, losses, kinds, draws) if losses[boxes[0]] > MIN_AT_TOP**0.5 * errors[0] else ()
    named |= set(top) if len(top) == 1 else set()
    return Certainty({box: float(error) for box, error in zip(boxes, errors, strict=True)}, frozenset(named), top, critical)


def _kinds(boxes: Sequence[str], consumers: Iterable[tuple[Contribution, float]]) -> Kinds:
    """Fold the consumers who lost the same at the same boxes."""
    index = {box: i for i, box in enumerate(boxes)}
    folded: dict[tuple[tuple[int, float], ...], float] = defaultdict(float)
    for contribution, count in consumers:
        entries = tuple(sorted((index[box], loss) for box, loss in contribution.items() if box in index))
        if entries:
            folded[entries] += count
    return folded


def _covariance(n_boxes: int, kinds: Kinds) -> Matrix:
    """Sum the products of what each consumer lost in every two boxes."""
    import numpy as np

    sums = np.zeros((n_boxes, n_boxes))
    products: dict[tuple[int, int], float] = defaultdict(float)
    for entries, count in kinds.items():
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


def _top(boxes: Sequence[str], losses: Mapping[str, float], kinds: Kinds, draws: Matrix) -> tuple[str, ...]:
    """Return the fewest boxes of which one is the largest in 95 % of the draws; nothing when they are too many."""
    import numpy as np

    sizes = np.array([losses[box] for box in boxes]) + (_weighed(len(boxes), kinds) if len(kinds) <= MAX_WEIGHED else draws)
    share = np.bincount(sizes.argmax(axis=1), minlength=len(boxes)) / len(sizes)
    order = sorted(range(len(boxes)), key=lambda i: (-share[i], i))
    n = int(np.searchsorted(share[order].cumsum(), SURE - ALMOST)) + 1
    return tuple(boxes[i] for i in order[:n]) if n <= MAX_NAMED_TOGETHER else ()


def _weighed(n_boxes: int, kinds: Kinds) -> Matrix:
    """Draw what the losses would be with other consumers: each weighs as much as an exponential number, one on average."""
    import numpy as np

    lost, counts = np.zeros((len(kinds), n_boxes)), np.array(list(kinds.values()))
    for row, entries in enumerate(kinds):
        for i, loss in entries:
            lost[row, i] += loss
    weights = np.random.default_rng(SEED).standard_gamma(counts, size=(N_DRAWS, len(counts)))
    draws: Matrix = (weights - counts) @ lost
    return draws
