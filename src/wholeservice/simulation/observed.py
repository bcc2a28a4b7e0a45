"""What a tracer would see of a crowd, straight from its columns: the same tables that `derived` makes of facts.

A test holds both to each other (`tests/simulation/test_as_product.py`), so that thousands of organisations can be judged
without a store and a query each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wholeservice.derived.exposures import Observed
from wholeservice.derived.faults import HOUR_S, Hours
from wholeservice.derived.maturity import PATIENCE_LEAST_S, PATIENCE_QUANTILE
from wholeservice.simulation.crowd import DONE, NEVER, SECOND_US, Crowd
from wholeservice.simulation.evidence import Evidence, Record

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from wholeservice.periods import Period

    Array = np.ndarray[Any, np.dtype[Any]]


def attempt_name(number: int) -> str:
    """Return the name of an attempt; names sort as they happened."""
    return f"a{number:06}"


def matured(crowd: Crowd) -> Array:
    """Say of each attempt whether it can be judged by the newest event, as `derived.maturity` does."""
    import numpy as np

    started_s = crowd.at_us[:, 0] // SECOND_US
    last_s = crowd.at_us[np.arange(crowd.n_attempts), crowd.last] // SECOND_US
    took_s = (last_s - started_s)[crowd.outcome == DONE]
    usual_s = float(np.quantile(took_s, PATIENCE_QUANTILE)) if len(took_s) else 0.0
    result: Array = last_s.max() - started_s >= max(usual_s, PATIENCE_LEAST_S)
    return result


def observe(crowd: Crowd, record: Record, *, is_linked: bool = True) -> Observed:
    """Return what `derived.exposures.observe` sees of the same facts: units, edges at troubled visits, and parts used."""
    import numpy as np

    kept, calls = np.flatnonzero(record.named & is_linked & matured(crowd)[crowd.calls.attempt]), crowd.calls
    visit = calls.attempt[kept] * len(crowd.world.steps) + calls.step[kept]
    is_traced = np.zeros(crowd.n_attempts, dtype=bool)
    is_traced[calls.attempt[kept]] = True
    troubled = np.zeros(crowd.at_us.size, dtype=bool)
    troubled[visit[calls.failed[kept]]] = True
    lost = np.flatnonzero(crowd.outcome != DONE)
    troubled[lost * len(crowd.world.steps) + crowd.last[lost]] = True
    used = np.bincount(np.unique(visit * len(crowd.parts) + record.part[kept]) % len(crowd.parts), minlength=len(crowd.parts))
    return Observed(_units(crowd, record, is_traced), _edges(crowd, record, kept[troubled[visit]]), _used(crowd, used))


def _units(crowd: Crowd, record: Record, is_traced: Array) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    who = np.flatnonzero(matured(crowd))
    is_lost = crowd.outcome[who] != DONE
    columns = {
        "attempt": pa.array([attempt_name(each) for each in who.tolist()], pa.string()),
        "consumer": pa.array([f"c{each}" for each in crowd.consumer[who].tolist()], pa.string()),
        "channel": _names(crowd.channels, crowd.channel[who]),
        "lost_step": _names(_steps(crowd), np.where(is_lost, crowd.last[who], NEVER)),
        "weight": pa.array(np.full(len(who), record.weight or 1.0), mask=~is_traced[who]),
    }
    return pa.table(columns)


def _edges(crowd: Crowd, record: Record, kept: Array) -> pa.Table:
    """Fold the calls of the troubled visits by caller, state of the calling span, and part."""
    import numpy as np
    import pyarrow as pa

    calls, n_parts = crowd.calls, len(crowd.parts)
    parent, n_steps = calls.parent[kept], len(crowd.world.steps)
    is_known = (parent != NEVER) & record.named[parent]
    caller = np.where(is_known, record.part[parent], n_parts + (parent == NEVER))  # no caller known, or the step itself
    caller_failed = np.where(is_known, calls.failed[parent], 2)
    visit = calls.attempt[kept] * n_steps + calls.step[kept]
    key = ((visit * (n_parts + 2) + caller) * n_parts + record.part[kept]) * 3 + caller_failed
    _, first, row = np.unique(key, return_index=True, return_inverse=True)
    failed, n = calls.failed[kept], len(first)
    n_failed = np.bincount(row, failed, n).astype(np.int64)
    pairs = np.unique(np.stack([row, parent])[:, parent != NEVER], axis=1)[0]
    order = np.lexsort((failed, record.started_us[kept], row))
    failed_last = failed[order][np.flatnonzero(np.diff(row[order], append=n))]
    columns = {
        "attempt": pa.array([attempt_name(each) for each in calls.attempt[kept][first].tolist()], pa.string()),
        "step": _names(_steps(crowd), calls.step[kept][first]),
        "caller": _names(crowd.parts, np.where(caller < n_parts, caller, NEVER)[first]),
        "is_root": pa.array(caller[first] == n_parts + 1),
        "part": _names(crowd.parts, record.part[kept][first]),
        "caller_failed": pa.array(caller_failed[first] == 1, mask=caller_failed[first] == 2),
        "failed_any": pa.array(n_failed > 0),
        "failed_last": pa.array(failed_last),
        "n_calls": pa.array(np.bincount(row, minlength=n)),
        "n_failed": pa.array(n_failed),
        "n_callers": pa.array(np.bincount(pairs, minlength=n)),
        "weight": pa.array(np.full(n, record.weight or 1.0)),
    }
    return pa.table(columns)


def _used(crowd: Crowd, n: Array) -> pa.Table:
    import pyarrow as pa

    found = [(part, count) for part, count in zip(crowd.parts, n.tolist(), strict=True) if count]
    return pa.table(
        {"part": pa.array([part for part, _ in found], pa.string()), "n": pa.array([n for _, n in found], pa.int64())}
    )


def observe_hours(crowd: Crowd, record: Record, evidence: Evidence, observed: Observed, period: Period) -> Hours | None:
    """Return what `derived.faults.observe_hours` sees of the same facts."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lone = observed.units.filter(pc.is_null(observed.units["weight"]))
    if lone.num_rows == 0 or lone["lost_step"].null_count == lone.num_rows:
        return None
    first_s = int(period.from_at.timestamp())
    harm: dict[tuple[str, int], float] = {}
    for each in crowd.world.outages if evidence.has_incidents else ():
        begin, end = (int(hour * HOUR_S) for hour in (each.from_hour, min(each.to_hour, crowd.world.n_days * 24)))
        for hour_s in range(begin // HOUR_S * HOUR_S, end, HOUR_S):
            key = each.part, hour_s + first_s
            harm[key] = harm.get(key, 0.0) + min(end, hour_s + HOUR_S) - max(begin, hour_s)
    keys = sorted(harm)
    harmed = {
        "part": pa.array([part for part, _ in keys], pa.string()),
        "hour_s": pa.array([hour_s for _, hour_s in keys], pa.int64()),
        "harm_s": pa.array([min(float(HOUR_S), harm[key]) for key in keys], pa.float64()),
    }
    return Hours(_passed(crowd, lone, first_s), _by_hour(crowd, record, first_s), pa.table(harmed))


def _passed(crowd: Crowd, lone: pa.Table, first_s: int) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    who = np.array([int(name[1:]) for name in lone["attempt"].to_pylist()])
    mine, step = np.nonzero(crowd.at_us[who] != NEVER)
    attempt = who[mine]
    hour = crowd.at_us[attempt, step] // SECOND_US // HOUR_S
    n_hours = int(hour.max()) + 1
    key = (step * len(crowd.channels) + crowd.channel[attempt]) * n_hours + hour
    is_lost = (crowd.last[attempt] == step) & (crowd.outcome[attempt] != DONE)
    found, row, n = np.unique(key, return_inverse=True, return_counts=True)
    columns = {
        "step": _names(_steps(crowd), found // n_hours // len(crowd.channels)),
        "channel": _names(crowd.channels, found // n_hours % len(crowd.channels)),
        "hour_s": pa.array(found % n_hours * HOUR_S + first_s),
        "n": pa.array(n),
        "n_lost": pa.array(np.bincount(row, is_lost).astype(np.int64)),
    }
    return pa.table(columns)


def _by_hour(crowd: Crowd, record: Record, first_s: int) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    n_hours = crowd.world.n_days * 24
    hour = record.started_us // SECOND_US // HOUR_S
    kept = record.named & (record.started_us >= 0) & (hour < n_hours)
    key = record.part[kept] * n_hours + hour[kept]
    size = len(crowd.parts) * n_hours
    n, failed = np.bincount(key, minlength=size), np.bincount(key, crowd.calls.failed[kept], size)
    found = np.flatnonzero(n)
    columns = {
        "part": _names(crowd.parts, found // n_hours),
        "hour_s": pa.array(found % n_hours * HOUR_S + first_s),
        "n_calls": pa.array(n[found]),
        "n_failed": pa.array(failed[found].astype(np.int64)),
    }
    return pa.table(columns)


def _steps(crowd: Crowd) -> list[str]:
    return [step.id for step in crowd.world.steps]


def _names(names: Sequence[str], index: Array) -> pa.Array:
    """Turn indexes into names; NEVER into none."""
    import pyarrow as pa

    return pa.array(names, pa.string()).take(pa.array(index, pa.int64(), mask=index == NEVER))
