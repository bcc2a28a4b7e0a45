"""Parquet and workbooks: formats that keep numbers, instants and flags as they are."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from wholeservice.errors import InputError, Place, Problem, suggest
from wholeservice.sources.base import ROW, Batch, Header, Raw
from wholeservice.sources.files import (
    MAX_FREE,
    MAX_RATIO,
    MAX_WHOLE,
    File,
    empty,
    looks_like,
    not_as_named,
    start,
    too_large,
    truncated,
    whole,
)
from wholeservice.sources.nested import column
from wholeservice.sources.table_options import TableOptions

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_PER_BATCH = 2**17


def parquet_header(file: File) -> Header:
    """Return the columns of a Parquet file, objects inside opened to `a.b`."""
    import pyarrow as pa

    with _parquet(file) as parquet:
        return Header(file.name, tuple(_flat(pa.Table.from_batches([], parquet.schema_arrow)).column_names))


def read_parquet(file: File) -> Iterator[Raw]:
    """Yield the row groups of a Parquet file in batches."""
    import pyarrow as pa
    import pyarrow.compute as pc

    with _parquet(file) as parquet:
        first = 1
        for batch in _intact(parquet, file):
            rows = _flat(pa.Table.from_batches([batch]))
            columns = tuple(_plain(each.combine_chunks()) for each in rows.columns)
            numbers = pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), rows.num_rows), start=first - 1)
            yield Batch(Header(file.name, tuple(rows.column_names)), columns, numbers, ROW)
            first += rows.num_rows


def read_workbook(file: File, options: TableOptions) -> Iterator[Raw]:
    """Yield the rows of one sheet; the header row is text, the cells keep their types where a column has one type."""
    import pyarrow as pa

    cells = _sheet(file, options)
    first_row = (options.header or 0) + options.skip
    if options.header and len(cells) < options.header:
        raise InputError(Problem("SRC126", f"there is no row {options.header} to be the header", Place(file.name),
                                 next_step="correct header: or sheet:"))  # fmt: skip
    width = max((len(row) for row in cells), default=0)
    names = tuple(str(name).strip() for name in cells[options.header - 1]) if options.header else ("",) * width
    rows = [(number, row) for number, row in enumerate(cells[first_row:], first_row + 1) if any(cell != "" for cell in row)]
    if rows:
        columns = tuple(
            column([None if cell == "" else cell for cell in each]) for each in zip(*(row for _, row in rows), strict=True)
        )
        yield Batch(Header(file.name, names), columns, pa.array([number for number, _ in rows], pa.int64()), ROW)


def workbook_header(file: File, options: TableOptions) -> Header:
    """Return the header of a sheet."""
    cells = _sheet(file, options)
    names = cells[options.header - 1] if options.header and len(cells) >= options.header else []
    return Header(file.name, tuple(str(name).strip() for name in names))


def _parquet(file: File) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    beginning = start(file)
    if not beginning.startswith(b"PAR1"):
        raise InputError(not_as_named(file, f"the content is {looks_like(beginning) or 'text or unknown'}, not Parquet"))
    try:
        # pre_buffer would keep every byte of the file in memory until its end
        return pq.ParquetFile(io.BytesIO(whole(file)) if file.packing else file.path, pre_buffer=False)
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(truncated(file, str(error).partition("\n")[0])) from None


def _intact(parquet: Any, file: File) -> Iterator[Any]:
    import pyarrow as pa

    try:
        yield from _one_ahead(parquet.iter_batches(batch_size=ROWS_PER_BATCH))
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(truncated(file, str(error).partition("\n")[0])) from None


def _one_ahead(batches: Iterator[Any]) -> Iterator[Any]:
    """Yield batches, the next one being decoded meanwhile."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch


def _flat(rows: pa.Table) -> pa.Table:
    import pyarrow as pa

    while any(pa.types.is_struct(field.type) for field in rows.schema):
        rows = rows.flatten()
    return rows


def _plain(values: pa.Array) -> pa.Array:
    import pyarrow as pa

    if pa.types.is_dictionary(values.type):
        return _plain(values.dictionary_decode())
    if pa.types.is_large_string(values.type) or pa.types.is_string_view(values.type):
        return values.cast(pa.string())
    return values


def _sheet(file: File, options: TableOptions) -> list[list[Any]]:
    import python_calamine

    content = whole(file)
    if (found := looks_like(content[:512])) not in ("zip or a workbook", "an old workbook"):
        raise InputError(not_as_named(file, f"the content is {found or 'text or unknown'}, not a workbook"))
    _check_unfolded(content, file)
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        names = book.sheet_names
        name = options.sheet or names[0]
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False) if name in names else None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(truncated(file, str(error).partition("\n")[0])) from None
    if cells is None:
        raise InputError(Problem("SRC131", f"there is no sheet '{name}'", Place(file.name), f"one of: {', '.join(names)}",
                                 suggest(name, names), "correct sheet:"))  # fmt: skip
    if not cells:
        raise InputError(empty(file))
    return cells  # type: ignore[no-any-return]


def _check_unfolded(content: bytes, file: File) -> None:
    """Refuse a workbook that says that it unfolds into too much: it is read as a whole, by others, into many times its size."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            n_bytes = sum(each.file_size for each in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return  # an old workbook, or one whose reader will say what is wrong with it
    limit = min(MAX_WHOLE, MAX_FREE + MAX_RATIO * len(content))
    if n_bytes > limit:
        raise InputError(too_large(file, f"it unfolds into {n_bytes:,} bytes, more than {limit:,}"))
