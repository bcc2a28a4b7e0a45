"""Dangerous input is refused, or read, within bounds of memory and time that are measured in a process of its own.

`benchmarks/survive.py bounds` does all of them; docs/survival.md has the table.
"""

from __future__ import annotations

import sys

import pytest

from survival.bounds import DANGERS, Danger, cost_of

IN_EVERY_RUN = (
    "zip in zip in zip ... 16 each",
    "billion laughs (XML)",
    "billion laughs (YAML)",
    "100 000 levels (JSON)",
    "a line of 10 GB (JSON lines)",
    "SQLite file, damaged in the middle",
    "a pipe instead of a file",
)


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is measured as Linux counts it")
@pytest.mark.parametrize("danger", [each for each in DANGERS if each.name in IN_EVERY_RUN], ids=lambda each: each.name)
def test_danger_is_kept_off(danger: Danger, tmp_path):
    """Its own code, no traceback, and not more memory and time than docs/survival.md says."""
    found = cost_of(danger, tmp_path / "w")
    assert "failed" not in found.said, found.said
    assert set(found.said["codes"]) & set(danger.codes), found.said  # type: ignore[call-overload]
    assert found.peak_mb < danger.max_mb
    assert found.seconds < danger.max_s
