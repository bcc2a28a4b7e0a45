"""Personal data in public files: no id, version, timestamp or number of an order is taken for it."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pyarrow as pa
import pytest

from wholeservice.mapping.personal import kind_of, may_be

FOUND = {
    "govuk": ["35.135.135.1"],  # numbers of a spreadsheet that somebody joined: the one false alarm
    "git-flow": [],
    "waiting-time": [],
    "process-small": [],
    "focus": [],
}


def cells(path: Path) -> set[str]:
    """Every different cell of a CSV, zipped or not."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = content.decode("utf-8", errors="replace")
    return {cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row}


@pytest.mark.real_data
@pytest.mark.parametrize("folder", FOUND)
def test_cells_of_public_tables_are_no_false_alarms(real_data, folder):
    """Commit hashes, tags, timestamps, product codes, names of services: none of them is withheld."""
    found: set[str] = set()
    paths = [path for path in (real_data / folder).rglob("*.csv*") if path.stat().st_size < 2**24]
    assert paths
    for path in paths:
        column = pa.array(sorted(cells(path)), pa.string())
        mask = may_be(column, is_free=False)
        found |= {each for each in (column.filter(mask).to_pylist() if mask is not None else ()) if kind_of(each)}
    assert sorted(found) == FOUND[folder]
