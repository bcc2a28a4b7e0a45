"""An engine is chosen by a setting; what is lacking for it is said in plain words."""

from __future__ import annotations

import sys

import pytest

from wholeservice.app import settings
from wholeservice.app.engines import engine_of
from wholeservice.errors import OutsideError


def chosen(folder, text: str, **environment: str) -> str:
    (folder / "wholeservice.yaml").write_text(text, encoding="utf-8")
    loaded, problems = settings.load(folder, environment=environment)
    assert problems == []
    return loaded.engine


def test_duckdb_unless_the_file_or_the_environment_says_otherwise(tmp_path):
    """The environment wins over the file."""
    assert chosen(tmp_path, "name: Small") == "duckdb"
    assert chosen(tmp_path, "engine: spark://10.0.0.7:7077") == "spark://10.0.0.7:7077"
    assert chosen(tmp_path, "engine: spark://10.0.0.7:7077", WHOLESERVICE_ENGINE="local[2]") == "local[2]"


def test_duckdb_needs_no_cluster():
    """The default engine is empty and ready."""
    with engine_of("duckdb") as engine:
        assert engine.names() == frozenset()


@pytest.mark.parametrize(("lacks", "code"), [("pyspark", "ENG101"), ("java", "ENG102")])
def test_what_spark_lacks_is_named(monkeypatch, lacks, code):
    """Without the package or without Java there is a problem with a next step, and no traceback of Spark."""
    if lacks == "pyspark":
        monkeypatch.setitem(sys.modules, "pyspark.logger", None)
    else:
        pytest.importorskip("pyspark")
        monkeypatch.delenv("JAVA_HOME", raising=False)
        monkeypatch.setenv("PATH", "")
    with pytest.raises(OutsideError) as raised, engine_of("spark"):
        pass
    assert [(each.code, bool(each.next_step)) for each in raised.value.problems] == [(code, True)]
