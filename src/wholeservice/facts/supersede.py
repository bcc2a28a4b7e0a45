"""Supersession: what a source says now against what it said before, record by record. Pure.

A record is replaced as a whole. It is a repeat when its rows, taken together, have the fingerprints they had; a record
that now has no rows is deleted. A raw row belongs to one record and is counted once:

    kept         its record was not there before
    known        it changes nothing: its record says what it said, or it says nothing and never did
    superseded   its record says something else now; the earlier rows are replaced
    refused      it could not be read; it is in quarantine
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wholeservice.mapping.fingerprints import hash_texts, lanes, scramble
from wholeservice.tables import DIGEST, RECORD

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Change:
    """What one source says now.

    rows           fact table name -> its rows, with every column of the table
    records        the record of each raw row that could be read, whether it gave facts or not; one entry per raw row
    quarantine     what was refused, with the columns of `quarantine.SCHEMA`
    n_refused      raw rows that gave no fact because they could not be read
    n_empty        raw rows among `records` that gave no fact because what they need is missing
    is_all         nothing else is true: records that are not among `records` are deleted
    """

    source: str
    rows: Mapping[str, pa.Table]
    records: pa.ChunkedArray
    quarantine: pa.Table
    n_refused: int = 0
    n_empty: int = 0
    is_all: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a change does: counts of raw rows, the records whose new rows go in (None: all of them), and those whose old rows
    come out."""

    kept: int
    known: int
    superseded: int
    deleted: int  # records taken out because the source no longer has them
    enter: pa.Array | None = field(repr=False)
    leave: pa.Array = field(repr=False)


def weigh(change: Change, before: list[pa.Table]) -> Weighed:
    """
    Compare what a source says now with what the store holds of it.

    Shape    *before*: record and digest of the source's rows, one table per fact table
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not change.n_empty and not any(part.num_rows for part in before):
        return Weighed(len(change.records), 0, 0, 0, enter=None, leave=pa.array([], pa.string()))
    if imprint(_keys(before)) == imprint(_keys(change.rows.values())):
        nothing = pa.array([], pa.string())
        return Weighed(0, len(change.records), 0, 0, enter=nothing, leave=nothing)
    old, old_sums = _sums(before)
    new, new_sums = _sums(list(change.rows.values()))
    said = pc.unique(pa.chunked_array([*change.records.chunks, *new.chunks], pa.string()))
    was, now = _look_up(said, old, old_sums), _look_up(said, new, new_sums)
    same = pc.fill_null(pc.equal(was, now), pc.and_(pc.is_null(was), pc.is_null(now)))
    entering = pc.and_(pc.invert(same), pc.is_null(was))
    leaving = pc.and_(pc.invert(same), pc.is_valid(was))
    n_kept, n_superseded = (_n_raw(change.records, said.filter(mask)) for mask in (entering, leaving))
    gone = pc.unique(old).filter(pc.invert(pc.is_in(pc.unique(old), said))) if change.is_all else said.slice(0, 0)
    return Weighed(
        kept=n_kept,
        known=len(change.records) - n_kept - n_superseded,
        superseded=n_superseded,
        deleted=len(gone),
        enter=said.filter(pc.invert(same)),
        leave=pa.concat_arrays([said.filter(leaving), gone]),
    )


def with_records(rows: pa.Table, records: pa.Array | None, *, keep: bool) -> pa.Table:
    """Return the rows whose record is (or, with keep=False, is not) one of *records*; None stands for all records."""
    import pyarrow.compute as pc

    if records is None:
        return rows if keep else rows.slice(0, 0)
    inside = pc.is_in(rows[RECORD], records)
    return rows.filter(inside if keep else pc.invert(inside))


def imprint(batches: Iterable[pa.RecordBatch]) -> tuple[int, int, int]:
    """Return a mark of all rows together, whatever their order: the usual case, that nothing changed, is seen at a glance.

    Each row is mixed once more: sums of sums would not tell two records that swapped what they say.
    """
    import numpy as np

    n_rows, first, second = 0, np.uint64(0), np.uint64(0)
    for batch in batches:
        n_rows += batch.num_rows
        one, other = lanes(dict(zip(batch.schema.names, batch.columns, strict=True)), "", "'")
        with np.errstate(over="ignore"):
            first += scramble(one).sum(dtype=np.uint64)
            second += scramble(other).sum(dtype=np.uint64)
    return n_rows, int(first), int(second)


def _keys(parts: Iterable[pa.Table]) -> Iterator[pa.RecordBatch]:
    for part in parts:
        yield from part.select([RECORD, DIGEST]).to_batches()


def _sums(parts: list[pa.Table]) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """Return each record once with the sum of its rows' fingerprints; a sum, so that the order of rows does not matter."""
    import numpy as np
    import pyarrow as pa

    columns = [part.select([RECORD, DIGEST]) for part in parts if part.num_rows]
    if not columns:
        return pa.chunked_array([], pa.string()), pa.chunked_array([], pa.int64())
    both = pa.concat_tables([each.cast(pa.schema([(RECORD, pa.string()), (DIGEST, pa.string())])) for each in columns])
    # halves of 32 bits, so that a sum over billions of rows cannot overflow
    hashes = np.concatenate([hash_texts(chunk) for chunk in both[DIGEST].chunks])
    low, high = (hashes & np.uint64(0xFFFFFFFF)).astype(np.int64), (hashes >> np.uint64(32)).astype(np.int64)
    grouped = pa.table({RECORD: both[RECORD], "low": low, "high": high}).group_by(RECORD)
    summed = grouped.aggregate([("low", "sum"), ("high", "sum")])
    with np.errstate(over="ignore"):
        total = summed["low_sum"].to_numpy() + summed["high_sum"].to_numpy() * np.int64(0x100000001)
    return summed[RECORD], pa.chunked_array([total])


def _look_up(wanted: pa.Array, records: pa.ChunkedArray, sums: pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(records):
        return pa.nulls(len(wanted), pa.int64())
    found = pc.index_in(wanted, records.combine_chunks())
    return sums.combine_chunks().take(found)


def _n_raw(records: pa.ChunkedArray, of_these: pa.Array) -> int:
    import pyarrow.compute as pc

    return int(pc.sum(pc.is_in(records, of_these)).as_py() or 0) if len(of_these) else 0
