"""Spark, through Ibis: for facts that one machine cannot hold. The same expressions, the same rows as on DuckDB.

Sessions run in UTC and by Spark's strict rules: what cannot be computed stops with an error and is never a silent null.
Needs the extra `wholeservice[spark]` and Java 17; docs/engines.md says what to expect.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from wholeservice.engines.spark_sql import to_sql
from wholeservice.errors import OutsideError, Problem

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable
    from pyspark.sql import DataFrame, SparkSession

SETTINGS = {
    "spark.app.name": "wholeservice",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.mergeSchema": "true",  # a table gains columns: files of two versions are one table
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
HERE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
ONE_MACHINE = {"spark.sql.shuffle.partitions": "8"}  # Spark cuts into 200 pieces unless told otherwise, whatever there is
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def start(master: str, **settings: str) -> SparkSession:
    """
    Start a session on the cluster at *master*: `local[2]`, `spark://host:port`. Whoever starts it stops it.

    Settings of Spark's own files (`SPARK_CONF_DIR`) hold unless one of ours or of *settings* says otherwise.

    Errors   OutsideError with ENG101 (no pyspark), ENG102 (no Java) or ENG103 (no cluster)
    """
    try:
        from pyspark.logger import PySparkLogger
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        raise OutsideError(_no_pyspark()) from None
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise OutsideError(_no_java())
    PySparkLogger.getLogger("SQLQueryContextLogger").disabled = True  # it prints what the exception says anyway
    try:
        builder = SparkSession.builder.master(master)
        for name, value in {**SETTINGS, **_by_place(master), **settings}.items():
            builder = builder.config(name, value)
        return builder.getOrCreate()
    except Exception as error:  # of py4j, of Spark or of Java, by what is wrong: all mean that there is no session
        problem = _no_cluster(master, error)  # its text is asked of Java, so before that ends
        _end_java()
        raise OutsideError(problem) from None


def _by_place(master: str) -> dict[str, str]:
    """Return what depends on where the work is done."""
    if master.startswith("local"):
        return {**HERE, **ONE_MACHINE}
    return HERE if urlsplit(master).hostname in LOOPBACK else {}


def stop(session: SparkSession) -> None:
    """Leave the cluster, and end the Java process that stands between it and this one."""
    session.stop()
    _end_java()


def _end_java() -> None:
    from pyspark import SparkContext

    half_started = SparkContext._active_spark_context
    if half_started is not None:
        with contextlib.suppress(Exception):  # it may have lost its cluster already
            half_started.stop()
    gateway, SparkContext._gateway, SparkContext._jvm = SparkContext._gateway, None, None
    if gateway is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()  # it ends when nobody can tell it anything any more
        gateway.proc.wait()


def _no_pyspark() -> Problem:
    return Problem("ENG101", "pyspark is not installed", expected="the extra wholeservice[spark]",
                   next_step="install wholeservice[spark], or use engine: duckdb")  # fmt: skip


def _no_java() -> Problem:
    return Problem("ENG102", "no Java was found, and Spark runs on it", expected="Java 17 or newer",
                   next_step="install openjdk-17-jre-headless, or set JAVA_HOME")  # fmt: skip


def _no_cluster(master: str, error: Exception) -> Problem:
    said = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)[:300]
    return Problem("ENG103", f"Spark at {master} cannot be used: {said}",
                   expected="duckdb, spark, spark://host:port or local[2]",
                   next_step="see whether the address is right and the cluster up, or use engine: duckdb")  # fmt: skip


class SparkEngine:
    """Tables of one snapshot in a Spark session. See `engines.base.Engine`.

    Errors   KeyError with the name, for a table that was never added
    """

    def __init__(self, session: SparkSession) -> None:
        self._session = session.newSession()  # names of its own, on the same cluster
        for name, value in SETTINGS.items():
            if name.startswith("spark.sql."):
                self._session.conf.set(name, value)
        self._tables: dict[str, DataFrame] = {}

    def table(self, name: str) -> IbisTable:
        """Return the named table."""
        import ibis

        return ibis.table(_schema(self._tables[name]), name=name)

    def names(self) -> frozenset[str]:
        """Return the names of the tables it holds."""
        return frozenset(self._tables)

    def add(self, name: str, rows: Any) -> None:
        """Add or replace a table: a list of Parquet paths (read in place), an Arrow table, or an expression to compute once.

        An empty list adds nothing: no file says what the columns would be.
        """
        # An expression may read the table it replaces, so it is computed in full before anything is dropped.
        content = self._content(rows)
        self._drop(name)
        if content is not None:
            content.createOrReplaceTempView(name)
            self._tables[name] = content

    def run(self, expression: IbisTable) -> pa.Table:
        """Compute the expression; order is undefined unless the expression sorts."""
        from ibis.formats.pyarrow import PyArrowData

        found = self._session.sql(to_sql(expression)).toArrow()
        return expression.as_table().__pyarrow_result__(found, data_mapper=PyArrowData)

    def close(self) -> None:
        """Give back the memory; the session stays with whoever started it."""
        for name in self.names():
            self._drop(name)

    def _content(self, rows: Any) -> DataFrame | None:
        if hasattr(rows, "to_pyarrow"):
            # Computed once, kept on the workers: later queries need not plan all that led here.
            return _typed(self._session.sql(to_sql(rows)), rows).localCheckpoint(eager=True)
        if isinstance(rows, Sequence):
            return self._files([str(path) for path in rows])
        return self._session.createDataFrame(rows)

    def _files(self, paths: list[str]) -> DataFrame | None:
        if not paths:
            return None
        found = self._session.read.parquet(*map(_exactly, paths))
        if len(paths) == 1:
            return found
        first = self._session.read.parquet(_exactly(paths[0])).columns  # in which order Spark joins the rest is its own affair
        return found.select(*first, *(name for name in found.columns if name not in first))

    def _drop(self, name: str) -> None:
        if self._tables.pop(name, None) is not None:
            self._session.catalog.dropTempView(name)


def _schema(rows: DataFrame) -> Any:
    """Return the columns as Ibis knows them. Nothing is promised about nulls: files do not."""
    import ibis
    from pyspark.sql.pandas.types import to_arrow_schema

    arrow = to_arrow_schema(rows.schema, timezone="UTC", prefers_large_types=False)
    return ibis.Schema({name: kind.copy(nullable=True) for name, kind in ibis.Schema.from_pyarrow(arrow).items()})


def _typed(found: DataFrame, expression: IbisTable) -> DataFrame:
    """Give each column the type that the expression says it has."""
    from pyspark.sql.pandas.types import from_arrow_schema

    wanted = from_arrow_schema(expression.schema().to_pyarrow())
    return found.select(*(found[each.name].cast(each.dataType).alias(each.name) for each in wanted))


def _exactly(path: str) -> str:
    """Return a path that means one file: what Spark takes for a pattern is written as a plain letter."""
    return "".join(f"\\{letter}" if letter in "\\*?[]{}" else letter for letter in path)
