"""Both engines under one name. Spark runs on a real cluster of its own; without Java or pyspark it is skipped, never in CI."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from engines.spark_cluster import CLUSTER_SETTINGS, spark_cluster, why_no_cluster
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.engines.spark_engine import SparkEngine, start, stop

IS_CI = os.environ.get("CI", "").lower() == "true"


@pytest.fixture(scope="session")
def spark_session(tmp_path_factory):
    """A session on a cluster of a master and a worker, on loopback; all are gone at the end."""
    reason = why_no_cluster()
    if reason and not IS_CI:
        pytest.skip(reason)
    assert not reason, reason
    with spark_cluster(tmp_path_factory.mktemp("spark")) as url:
        session = start(url, **CLUSTER_SETTINGS)
        yield session
        stop(session)


@pytest.fixture(params=["duckdb", "spark"])
def engine(request) -> Iterator[DuckdbEngine | SparkEngine]:
    """An empty engine, of each kind in turn."""
    is_spark = request.param == "spark"
    made = SparkEngine(request.getfixturevalue("spark_session")) if is_spark else DuckdbEngine()
    yield made
    made.close()
