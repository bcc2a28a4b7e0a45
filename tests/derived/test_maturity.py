"""How long attempts usually take is read off counts, and is the quantile of the attempts themselves."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.given import at
from wholeservice.derived import maturity
from wholeservice.engines.duckdb_engine import DuckdbEngine

START = at("2026-01-05 09:00")
INSTANT = pa.timestamp("us", tz="UTC")


@settings(max_examples=30)
@given(st.lists(st.one_of(st.none(), st.integers(0, 5000)), min_size=1, max_size=300))
def test_the_usual_time_is_the_quantile_of_those_that_finished(took: list[int | None]):
    """Ties, one attempt only, none finished: as numpy has it of the single attempts; without any finished there is none."""
    engine = DuckdbEngine()
    ends = [None if each is None else START + dt.timedelta(seconds=each) for each in took]
    columns = {"entity": pa.array(["shop"] * len(took)), "started_at": pa.array([START] * len(took), INSTANT)}
    engine.add("attempts", pa.table({**columns, "finished_at": pa.array(ends, INSTANT)}))
    found = engine.run(maturity.usual(maturity.took(engine.table("attempts")))).to_pylist()
    finished = [each for each in took if each is not None]
    assert [each["usual_of"] for each in found] == (["shop"] if finished else [])
    if finished:
        assert np.isclose(found[0]["usual_s"], np.quantile(finished, maturity.PATIENCE_QUANTILE), rtol=1e-12, atol=1e-9)
