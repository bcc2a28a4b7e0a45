"""Timed calls: every call of the traces in which a part was called, with when it began and how long it took.

It is the evidence for where a slow call lost its time. Made on asking, for the calls of one map; of very many traces every so
many-th is read, always the same ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import in_production
from wholeservice.derived.lived import microseconds
from wholeservice.facts.identity import FactTables

if TYPE_CHECKING:
    import pyarrow as pa

    from wholeservice.engines.base import Engine

ASKED = "asked_traces"


def observe_timed_calls(engine: Engine, traces: pa.Table) -> pa.Table:
    """
    Read the calls of some traces (a table with the column trace).

    Shape    trace, span, parent (null: made by the step), part (null: no entity of that name), name (as the source has it),
             from_us (since 1970), lasted_s (null: not known), failed. Ordered by trace and by when they began
    """
    engine.add(ASKED, traces)
    c = in_production(FactTables(engine).calls).semi_join(engine.table(ASKED), ["trace"])
    c = c.select(c.trace, c.span, c.parent, c.failed, part=c.entity, name=c.service, lasted_s=c.duration_s.cast("float64"),
                 begun=c.started_at)  # fmt: skip
    read = engine.run(c.order_by("trace", "begun", "span"))
    return read.drop_columns(["begun"]).append_column("from_us", microseconds(read["begun"]))
