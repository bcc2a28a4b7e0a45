"""The mean form of a number: the single units behind it, what was measured of each, and how much it weighs.

A rate, a score and a net score are means of their units as they stand; of a quantile, a unit says whether it lasted longer than
the limit. What is no mean of single units (a sum over services, a ratio of two counts) has no such form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wholeservice.derived.base import whole_seconds
from wholeservice.facts.identity import FactTables
from wholeservice.measures.base import Cell, Measure
from wholeservice.measures.kinds import kind_of, what_of

if TYPE_CHECKING:
    import pyarrow as pa

    from wholeservice.engines.base import Engine
    from wholeservice.measures.units import Units

KEPT = ("attempt", "step", "channel", "segment", "device", "trace", "span")
"""What is told of a unit beside its number, where its rows have it."""


def mean_units(engine: Engine, measure: Measure, cell: Cell) -> pa.Table | None:
    """
    Return the units behind one number; None where the measure is not summed up from units of that kind.

    Shape    hit, weight, cluster, unit_s (second since 1970), lasted_s (null: no duration); and attempt, step, channel,
             segment, device, trace, span (null: not known). In a fixed order
    """
    named = _named(cell)
    kind = next((each for each in measure.units(FactTables(engine)) if _is_of(each, set(named))), None)
    if kind is None or "counts" in kind.rows.columns:
        return None
    rows = kind.rows
    rows = rows.filter(rows.entity == cell.entity, rows.unit_at >= cell.from_at, rows.unit_at < cell.to_at)
    for name, value in sorted(named.items()):
        if name not in kind.beside:
            rows = rows.filter(rows[name] == value)
    return engine.run(_told(rows).order_by("unit_s", "cluster", "attempt", "hit", "span"))


def units_word(engine: Engine, measure: Measure, cell: Cell) -> str:
    """Say what the units are: answers, attempts, calls."""
    kinds = (each.of for each in measure.units(FactTables(engine)) if _is_of(each, set(_named(cell))))
    return next(kinds, "units")


def _named(cell: Cell) -> dict[str, str]:
    named = {name: value for name in ("step", "channel") if (value := getattr(cell, name)) is not None}
    return named if cell.segment is None else named | {kind_of(cell.segment): what_of(cell.segment)}


def _is_of(units: Units, named: set[str]) -> bool:
    by = named - set(units.always)
    return set(units.always) <= named and (by <= {*units.by, *units.beside} or by in [{kind} for kind in units.alone])


def _told(rows: Any) -> Any:
    import ibis

    kept = {name: rows[name] if name in rows.columns else ibis.null("string") for name in KEPT}
    lasted = rows.lasted_s.cast("float64") if "lasted_s" in rows.columns else ibis.null("float64")
    numbers = {name: rows[name].cast("float64") for name in ("hit", "weight")}
    told = {"cluster": rows.cluster.cast("string"), "unit_s": whole_seconds(rows.unit_at), "lasted_s": lasted}
    return rows.select(**numbers, **told, **kept)
