"""When a part was worse than it usually is: its failures hour by hour, as excess over its own usual rate.

Rates differ from part to part and few calls fall into one hour, so hours are taken together until about thirty calls do, and a
stretch counts only where chance does not explain it. What a part passes on from what it uses is taken off: it is not its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.findings.propagation import Wiring

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, np.dtype[Any]]

HOUR_S = 3600
MIN_CALLS, LENGTHS = 30.0, (1, 2, 3, 4, 6, 12, 24)  # calls wanted in a stretch; hours a stretch may have
CHANCE = 0.001  # a stretch is worse than usual when its failures are so rare at the usual rate
N_ROUNDS = 5
COVERED = 0.5  # a part whose calls are seen in this share of the hours is judged by its calls, not by its incidents


@dataclass(frozen=True, slots=True)
class Worse:
    """Hour by hour, from 0 to 1. `own`: how much worse a part was by itself; `whole`: with what it passed on.

    `by_calls` are the parts judged by their calls; the others are judged by incidents, whose absence proves nothing.
    """

    own: Mapping[str, Array]
    whole: Mapping[str, Array]
    by_calls: frozenset[str]


def worse_hours(parts: pa.Table, harm: pa.Table, wiring: Wiring, first_s: int, n_hours: int) -> Worse:
    """
    Say when each part was worse than it usually is.

    Shape    parts and harm as `derived.faults.Hours` has them; arrays of *n_hours* from *first_s* on
    """
    calls, failed = (_grid(parts, name, first_s, n_hours) for name in ("n_calls", "n_failed"))
    open_s = _grid(harm, "harm_s", first_s, n_hours)
    by_calls = {part for part, n in calls.items() if (n > 0).mean() >= COVERED or part not in open_s}
    failing = {part: excess(failed[part], calls[part]) for part in sorted(by_calls)}
    harmed = {part: seconds / HOUR_S for part, seconds in sorted(open_s.items()) if part not in by_calls}
    # Two incidents at once may be one that was written down twice, or two: neither is taken for the cause of the other.
    own = harmed | {part: _own(part, failing, wiring) for part in failing}
    return Worse({part: each for part, each in own.items() if each.any()}, failing | harmed, frozenset(by_calls))


def _grid(rows: pa.Table, name: str, first_s: int, n_hours: int) -> dict[str, Array]:
    import numpy as np

    found: dict[str, Array] = {}
    for part, hour_s, number in zip(*(rows[each].to_pylist() for each in ("part", "hour_s", name)), strict=True):
        at = (hour_s - first_s) // HOUR_S
        if 0 <= at < n_hours:
            found.setdefault(part, np.zeros(n_hours))[at] += number
    return found


def excess(failed: Array, calls: Array) -> Array:
    """
    Return how far the failures of each hour exceed the usual rate, as a share of what usually works; 0 where chance may do.

    Shape    arrays over hours, in order
    Source   Poisson tail of the failures of a stretch at the usual rate, which is that of the stretches that are not worse
    """
    import numpy as np

    length = next((each for each in LENGTHS if calls.sum() / max(1, len(calls)) * each >= MIN_CALLS), LENGTHS[-1])
    block = np.arange(len(calls)) // length
    n, k = np.bincount(block, calls), np.bincount(block, failed)
    is_worse = np.zeros(len(n), dtype=bool)
    is_low = k * n[n > 0].sum() <= np.median(k[n > 0] / n[n > 0]) * n * n[n > 0].sum() if (n > 0).any() else is_worse
    usual = _rate(k[is_low], n[is_low])
    for _ in range(N_ROUNDS):
        is_worse = (k >= 2) & (_poisson_tail(k, usual * n) < CHANCE)
        usual = _rate(k[~is_worse], n[~is_worse])
    share = np.divide(k, n, out=np.zeros(len(n)), where=n > 0)
    dose = np.where(is_worse, np.clip((share - usual) / max(1e-9, 1 - usual), 0, 1), 0.0)
    result: Array = dose[block]
    return result


def _rate(failed: Array, calls: Array) -> float:
    """The share that fails, half a failure added: a part that never failed is not taken for one that never can."""
    return float((failed.sum() + 0.5) / (calls.sum() + 1.0))


def _poisson_tail(k: Array, mean: Array) -> Array:
    """Return the chance of *k* or more at each mean."""
    import numpy as np
    from scipy.special import gammainc

    tail: Array = np.where(k > 0, gammainc(np.maximum(k, 1e-9), mean), 1.0)
    return tail


def _own(part: str, whole: Mapping[str, Array], wiring: Wiring) -> Array:
    """Take off what comes from below: the worst of what it must have, and of each group the best."""
    import numpy as np

    below = [whole[each.to] for each in wiring.get(part, ()) if each.how not in ("any", "optional") and each.to in whole]
    groups: dict[str, list[Array]] = {}
    for each in wiring.get(part, ()):
        if each.how == "any":
            groups.setdefault(each.group or each.to, []).append(whole.get(each.to, np.zeros_like(whole[part])))
    below += [np.minimum.reduce(members) for members in groups.values()]
    passed_on = np.maximum.reduce(below) if below else 0.0
    rest: Array = np.clip(whole[part] - 1.5 * passed_on, 0.0, None)
    return np.where(rest > 0.25 * whole[part], whole[part] - passed_on, 0.0)
