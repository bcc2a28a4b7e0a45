"""Which engine a workspace computes on: DuckDB on this machine, or the Spark cluster that its settings name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wholeservice.engines.base import Engine

DUCKDB, SPARK = "duckdb", "spark"
SPARK_HERE = "local[*]"  # what `spark` alone means: every core of this machine, no cluster


@contextmanager
def engine_of(name: str) -> Iterator[Engine]:
    """
    Yield an empty engine, and give back what it holds afterwards.

    *name*   `duckdb`, `spark`, or the address of a cluster as Spark writes it (spark://host:7077, local[2], k8s://...)
    Errors   OutsideError with ENG101 or ENG102 when there is no Spark to be had
    """
    if name == DUCKDB:
        from wholeservice.engines.duckdb_engine import DuckdbEngine

        engine = DuckdbEngine()
        try:
            yield engine
        finally:
            engine.close()
        return
    from wholeservice.engines.spark_engine import SparkEngine, start, stop

    session = start(SPARK_HERE if name == SPARK else name)
    try:
        yield SparkEngine(session)
    finally:
        stop(session)
