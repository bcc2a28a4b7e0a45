"""Whatever lies in a file or stands in a declaration: problems for people or facts, no traceback, and no row goes missing.

WHOLESERVICE_FUZZ=20 tries twenty times as much.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survival.fuzzing import MUTATIONS, TREES, changed, hold
from survival.seeds import Seed, seeds
from wholeservice.sources import SOURCES

TIMES = int(os.environ.get("WHOLESERVICE_FUZZ", "1"))
SLOW = dt.timedelta(seconds=20)  # nothing here is large: whoever takes longer hangs
every_seed = pytest.mark.parametrize("seed", seeds(), ids=str)


def few(n: int) -> settings:
    return settings(
        max_examples=n * TIMES, deadline=SLOW, derandomize=TIMES == 1, suppress_health_check=list(HealthCheck), database=None
    )


def test_every_kind_of_source_is_fuzzed():
    """Whoever adds a source adds sound files of its kind to tests/survival/seeds.py."""
    assert {each.kind for each in seeds()} == {each.name for each in SOURCES}


@every_seed
def test_sound_files_are_read(seed: Seed, tmp_path):
    """Else what is fuzzed would only be how a broken file is refused."""
    report = hold(tmp_path, seed.declaration, seed.files)
    assert report is not None
    assert report.is_read, report.problems
    assert report.facts > 0 or seed.declaration.get("follow")


@every_seed
def test_bytes_that_are_changed(seed: Seed):
    """Flipped, cut, doubled, with NULs, half characters, huge numbers and deep nesting in between."""

    @few(2 if seed.name == "repository" else 4)
    @given(MUTATIONS, st.floats(0, 1, exclude_max=True), st.booleans())
    def holds(changes: Any, which: float, inside: bool) -> None:
        with tempfile.TemporaryDirectory() as folder:
            hold(Path(folder), seed.declaration, changed(seed, changes, which=which, inside=inside))

    holds()


@every_seed
def test_declarations_that_are_made_up(seed: Seed):
    """Any option of the source, or none, with any value of any shape."""
    (source,) = (each for each in SOURCES if each.name == seed.kind)
    keys = sorted({*source.options, *seed.declaration, "where", "record", "absent", "zone", "wide", "facts"} - {"kind", "url"})

    @few(4)
    @given(st.dictionaries(st.sampled_from(keys), TREES, min_size=1, max_size=3), st.sets(st.sampled_from(keys), max_size=1))
    def holds(more: dict[str, Any], less: set[str]) -> None:
        declaration = {key: value for key, value in {**seed.declaration, **more}.items() if key not in less}
        with tempfile.TemporaryDirectory() as folder:
            hold(Path(folder), declaration, seed.files)

    holds()
