"""Rows in which nothing stands are rows: facts that are made of words alone are made of them too."""

from __future__ import annotations

import pyarrow as pa

from wholeservice.mapping.cells import Cells, Columns
from wholeservice.mapping.records import Occurrences, records_by_content


def test_two_rows_without_a_column_are_two_records():
    """They say the same, nothing, and each is its own."""
    records = records_by_content((), Cells(Columns(()), 2), Occurrences())
    assert len(set(records.to_pylist())) == 2
    assert records.type == pa.string()
