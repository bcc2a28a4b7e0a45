"""Text tables: CSV and TSV, line by line, so that what is wrong has a line and the rest is kept."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from wholeservice.errors import InputError, Place, Problem
from wholeservice.sources.base import Batch, Header, Raw
from wholeservice.sources.files import File, empty, looks_like, not_as_named, opened, too_large, truncated
from wholeservice.sources.table_options import DEFAULT_ENCODING, TSV, TableOptions

MAX_LINE = 16 * 2**20  # characters of one line; a longer one is not a table
MAX_ROW = 4 * 2**20  # characters of one row over several lines; beyond, a quote was never closed
MAX_OPEN_QUOTES = 100  # rows given up for an open quote before the file is
ROWS_PER_BATCH = 2**16
CHARACTERS_PER_BATCH = 2**24  # so that a batch of long rows is no larger than one of many
MAX_RAW = 2000

csv.field_size_limit(MAX_ROW)


class _Lines:
    """The lines of a text stream, bounded, remembering those of the current row so that they can be read again."""

    def __init__(self, stream: io.TextIOWrapper, file: File) -> None:
        self._stream, self.file = stream, file
        self._again: list[str] = []
        self.current: list[str] = []
        self.n_read = 0  # lines handed out
        self.n_characters = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._stream.readline(MAX_LINE + 1)
        if not line:
            raise StopIteration
        self.n_read += 1
        self.n_characters += len(line)
        self.current.append(line)
        if len(line) > MAX_LINE:
            raise InputError(too_large(self.file, f"the line is longer than {MAX_LINE:,} characters", self.n_read))
        if self.n_characters > MAX_ROW and len(self.current) > 1:
            raise csv.Error("a quote is opened and never closed")
        return line

    def start_row(self) -> int:
        """Forget the last row; return the number of the line the next one starts at."""
        self.current, self.n_characters = [], 0
        return self.n_read + 1

    def give_back(self) -> str:
        """Give up the first line of the current row, return it, and hand the others out again."""
        first, *rest = self.current
        self._again.extend(reversed(rest))
        self.n_read -= len(rest)
        return first


Row = tuple[int, list[str] | Problem, str]
"""(line it starts at, its cells or why there are none, its raw text)"""


def headers(file: File, options: TableOptions) -> Header:
    """Return the header of a text table; reads no further."""
    with _text_lines(file, options) as lines:
        return _header(_rows(lines, options), file, options)[0]


def read(file: File, options: TableOptions) -> Iterator[Raw]:
    """Yield batches of text columns; rows of the wrong length, with a NUL byte or an open quote come as problems."""
    with _text_lines(file, options) as lines:
        header, rows = _header(_rows(lines, options), file, options)
        yield from _batches(header, itertools.islice(rows, options.skip, None))


def _batches(header: Header, rows: Iterator[Row]) -> Iterator[Raw]:
    n_columns = len(header.names)
    waiting: list[list[str]] = []
    numbers: list[int] = []
    n_characters = 0
    for number, cells, raw in rows:
        problem = cells if isinstance(cells, Problem) else _wrong_row(cells, raw, header)
        if problem is not None:
            yield replace(problem, place=Place(header.file, number, text=raw.rstrip("\r\n")[:MAX_RAW]))
            continue
        waiting.append(cells[:n_columns])  # type: ignore[index]
        numbers.append(number)
        n_characters += len(raw)
        if len(waiting) == ROWS_PER_BATCH or n_characters >= CHARACTERS_PER_BATCH:
            yield _batch(header, waiting, numbers)
            waiting, numbers, n_characters = [], [], 0
    if waiting:
        yield _batch(header, waiting, numbers)


def _batch(header: Header, rows: list[list[str]], numbers: list[int]) -> Batch:
    import pyarrow as pa

    columns = tuple(pa.array(cells, pa.string()) for cells in zip(*rows, strict=True))
    return Batch(header, columns, pa.array(numbers, pa.int64()))


def _rows(lines: _Lines, options: TableOptions) -> Iterator[Row]:
    """Yield the rows that are not blank; after an open quote, go on with the line after the one that opened it."""
    delimiter, n_open = options.delimiter or ",", 0
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        number = lines.start_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            n_open += 1
            if n_open > MAX_OPEN_QUOTES:
                raise InputError(
                    not_as_named(lines.file, f"line {number}: {error}; so did {MAX_OPEN_QUOTES} before it")
                ) from None
            raw = lines.give_back()
            yield number, Problem("SRC157", f"quotes do not pair up: {error}", expected="a quote at both ends of a cell"), raw
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        if any(cells):
            yield number, cells, "".join(lines.current)


def _wrong_row(cells: list[str], raw: str, header: Header) -> Problem | None:
    n_columns = len(header.names)
    if "\0" in raw:
        return Problem("SRC153", "the row holds a NUL byte", expected="text")
    if len(cells) < n_columns:
        return Problem("SRC150", f"the row has {len(cells)} cells", expected=f"{n_columns}, as the header has")
    if any(cell for cell in cells[n_columns:]):
        return Problem("SRC151", f"the row has {len(cells)} cells", expected=f"{n_columns}, as the header has")
    if any(header.names) and [cell.strip() for cell in cells[:n_columns]] == list(header.names):
        return Problem("SRC152", "the header stands here again", expected="a row of data")
    return None


def _header(rows: Iterator[Row], file: File, options: TableOptions) -> tuple[Header, Iterator[Row]]:
    for row in rows:
        number, cells, _ = row
        if options.header is not None and number < options.header:
            continue
        if isinstance(cells, Problem):
            raise InputError(replace(cells, place=Place(file.name, number), next_step="mend the header"))
        if options.header is None:
            return Header(file.name, ("",) * len(cells)), itertools.chain([row], rows)
        return Header(file.name, tuple(cell.strip() for cell in cells)), rows
    if options.header in (None, 1):
        raise InputError(empty(file))
    raise InputError(Problem("SRC126", f"there is no line {options.header} to be the header", Place(file.name),
                             next_step="correct header:"))  # fmt: skip


@contextmanager
def _text_lines(file: File, options: TableOptions) -> Iterator[_Lines]:
    """Open the lines of a text file. Raises InputError where the bytes are no text in the declared encoding."""
    with opened(file) as stream:
        beginning = stream.peek(512)[:512]
        if (found := looks_like(beginning)) is not None:
            raise InputError(not_as_named(file, f"the content is {found}, not text"))
        if (guess := _wide(beginning)) is not None and not options.encoding.lower().startswith("utf-16"):
            raise InputError(_bad_encoding(file, options.encoding, 0, 1, guess))
        text = io.TextIOWrapper(stream, options.encoding, newline="")
        try:
            yield _Lines(text, file)
        except UnicodeDecodeError:
            raise InputError(wrong_encoding(file, options.encoding)) from None
        finally:
            text.detach()


def delimiter_of(file: File, options: TableOptions) -> str:
    """Return the declared delimiter, or the one that the header line shows: a comma unless it has none but others."""
    if options.delimiter:
        return options.delimiter
    if options.format == TSV or file.bare_suffix in (".tsv", ".tab"):
        return "\t"
    with _text_lines(file, options) as lines:
        line = next(itertools.islice(lines, (options.header or 1) - 1, None), "")
    return "," if "," in line else max(",;\t|", key=line.count)


def wrong_encoding(file: File, encoding: str) -> Problem:
    """Find the first byte that is not text in *encoding*, its line, and an encoding in which it is."""
    decoder = codecs.getincrementaldecoder(encoding)()
    n_before, n_lines, chunk = 0, 1, b""
    with opened(file) as stream:
        while chunk := stream.read(2**20):
            n_pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                at = max(0, error.start - n_pending)
                guess = _guess(chunk[max(0, at - 500) : at + 500])
                return _bad_encoding(file, encoding, n_before + at, n_lines + chunk[:at].count(b"\n"), guess)
            n_before, n_lines = n_before + len(chunk), n_lines + chunk.count(b"\n")
    return truncated(file, f"it stops in the middle of a character of {encoding}", n_lines)


def _bad_encoding(file: File, encoding: str, byte: int, line: int, guess: str) -> Problem:
    name = "utf-8" if encoding == DEFAULT_ENCODING else encoding
    return Problem("SRC123", f"byte {byte:,} is not {name} text", Place(file.name, line), f"text in {name}", guess,
                   f"save it as UTF-8, or say encoding: {guess}")  # fmt: skip


def _wide(beginning: bytes) -> str | None:
    """Name the two-byte encoding that the first bytes are in, None for others."""
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    halves = beginning[0:200:2].count(0), beginning[1:200:2].count(0)
    if max(halves) < 0.4 * len(beginning[:200]) / 2 or not beginning:
        return None
    return "utf-16-le" if halves[1] > halves[0] else "utf-16-be"


def _guess(sample: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"
