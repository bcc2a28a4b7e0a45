"""JSON: a list of objects, a list somewhere inside, or one object a line; objects inside become columns `a.b`."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wholeservice.errors import InputError, Place, Problem
from wholeservice.sources.base import LINE, ROW, Batch, Header, Raw
from wholeservice.sources.files import File, empty, looks_like, not_as_named, opened, too_large, whole
from wholeservice.sources.table_options import DEFAULT_ENCODING, TableOptions

if TYPE_CHECKING:
    import pyarrow as pa

MAX_LINE = 16 * 2**20
ROWS_PER_BATCH = 2**16
BYTES_PER_BATCH = 2**24  # so that a batch of long lines is no larger than one of many
MAX_RAW = 2000
MAX_DEPTH = 50

Object = dict[str, Any]


def read_whole(file: File, options: TableOptions) -> Iterator[Raw]:
    """Yield the rows of a JSON document: the objects that `rows` leads to, with the plain fields of those around them."""
    document = _parse(decoded(whole(file), file, options), file)
    objects = [row for _, row in explode(document, _path(document, options, file), file)]
    yield from in_batches(objects, file, None, ROW)


def read_lines(file: File, options: TableOptions) -> Iterator[Raw]:
    """Yield the objects of a JSON lines file; a line that is none comes as a problem."""
    objects: list[Object] = []
    numbers: list[int] = []
    is_empty, n_bytes = True, 0
    with opened(file) as stream:
        for number, line in _lines(stream, file):
            if not line.strip():
                continue
            is_empty = False
            found = _object(line, options)
            if isinstance(found, Problem):
                raw = line.decode("utf-8", "replace").strip()[:MAX_RAW]
                yield Problem(found.code, found.what, Place(file.name, number, text=raw), found.expected)
                continue
            objects.append(found)
            numbers.append(number)
            n_bytes += len(line)
            if len(objects) == ROWS_PER_BATCH or n_bytes >= BYTES_PER_BATCH:
                yield from in_batches(objects, file, numbers, LINE)
                objects, numbers, n_bytes = [], [], 0
    if is_empty:
        raise InputError(empty(file))
    yield from in_batches(objects, file, numbers, LINE)


def columns_of(rows: list[Object]) -> dict[str, pa.Array]:
    """Return one Arrow array per key: numbers, flags and instants stay what they are, mixed columns become text."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: column([row.get(name) for row in rows]) for name in names}


def column(values: list[Any]) -> pa.Array:
    """Return cells of one column as an Arrow array that keeps their type where all agree.

    >>> column([1, None, 2]).type, column([1, "-"]).to_pylist(), column([1.0, 2.5]).type
    (DataType(int64), ['1', '-'], DataType(double))
    """
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float} and float in kinds:
        return pa.array([None if value is None or math.isnan(value) else float(value) for value in values], pa.float64())
    if len(kinds) == 1 and not kinds & {dict, list}:
        try:
            return pa.array(values)
        except (pa.ArrowInvalid, OverflowError, pa.ArrowNotImplementedError):
            pass  # a whole number beyond 64 bits, or a type Arrow lacks: its text is exact
    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)


def in_batches(objects: list[Object], file: File, numbers: list[int] | None, counts_in: str) -> Iterator[Batch]:
    """Yield rows as batches of columns; *numbers* are their lines, else they are counted."""
    import pyarrow as pa

    for first in range(0, len(objects), ROWS_PER_BATCH):
        some = objects[first : first + ROWS_PER_BATCH]
        columns = columns_of(some)
        counted = numbers[first : first + len(some)] if numbers else range(first + 1, first + len(some) + 1)
        yield Batch(
            Header(file.name, tuple(columns), is_open=True), tuple(columns.values()), pa.array(counted, pa.int64()), counts_in
        )


def _lines(stream: io.BufferedReader, file: File) -> Iterator[tuple[int, bytes]]:
    if (found := looks_like(stream.peek(512)[:512])) is not None:
        raise InputError(not_as_named(file, f"the content is {found}, not JSON lines"))
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise InputError(too_large(file, f"the line is longer than {MAX_LINE:,} bytes", number))
        yield number, line


def _object(line: bytes, options: TableOptions) -> Object | Problem:
    try:
        found = json.loads(line.decode(options.encoding))
    except UnicodeDecodeError as error:
        return Problem("SRC156", f"byte {error.start} of the line is not {options.encoding} text", expected="a JSON object")
    except json.JSONDecodeError as error:
        return Problem("SRC156", f"the line is not JSON: {error.msg} at column {error.colno}", expected="a JSON object")
    except ValueError:
        return Problem("SRC156", "a number in the line has more digits than can be read", expected="a JSON object")
    except RecursionError:
        return Problem("SRC156", "the line nests too deep", expected=f"at most {MAX_DEPTH} levels")
    if has_half_character(line, found):
        return Problem("SRC156", "a text in the line is half a character", expected="Unicode text")
    if not isinstance(found, dict):
        return Problem("SRC156", "the line is JSON, but not an object", expected="{...}")
    return _flat(found)


def decoded(content: bytes, file: File, options: TableOptions) -> str:
    """Return a whole file as text. Raises InputError where it is of another kind, or in another encoding."""
    if (found := looks_like(content[:512])) is not None:
        raise InputError(not_as_named(file, f"the content is {found}, and no text"))
    try:
        return content.decode(options.encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        name = "utf-8" if options.encoding == DEFAULT_ENCODING else options.encoding
        what, next_step = f"byte {error.start:,} is not {name} text", "save it as UTF-8, or say encoding: cp1252"
        raise InputError(Problem("SRC123", what, Place(file.name, line), f"text in {name}", "cp1252", next_step)) from None


def _parse(text: str, file: File) -> Any:
    try:
        found = json.loads(text)
        if has_half_character(text.encode(), found):
            raise InputError(Problem("SRC122", "a text in it is half a character (\\ud800 to \\udfff alone)", Place(file.name),
                                     "Unicode text", next_step="see the program that writes it"))  # fmt: skip
        return found
    except RecursionError:
        raise InputError(too_large(file, "it nests too deep")) from None
    except json.JSONDecodeError as error:
        is_cut_off = not text[error.pos :].strip()
        lines = text.splitlines()
        source = lines[error.lineno - 1][:MAX_RAW] if error.lineno <= len(lines) else None
        place = Place(file.name, error.lineno, error.colno, text=source)
        if is_cut_off:
            raise InputError(Problem("SRC124", "the JSON ends before it is complete", place, "a closing bracket",
                                     next_step="copy or export it again")) from None  # fmt: skip
        raise InputError(Problem("SRC122", f"this is not JSON: {error.msg}", place, "JSON",
                                 next_step="mend it here, or say format: in the declaration")) from None  # fmt: skip
    except ValueError:
        raise InputError(not_as_named(file, "a number in the JSON has more digits than can be read")) from None


def has_half_character(written: bytes, found: Any) -> bool:
    """Say whether a text in JSON is no Unicode: JSON may write one half of a character without the other.

    >>> [has_half_character(each, json.loads(each)) for each in (b'["\\\\ud83d"]', b'["\\\\ud83d\\\\ude00"]', b'["x"]')]
    [True, False, False]
    """
    if b"\\ud" not in written and b"\\uD" not in written:
        return False
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _path(document: Any, options: TableOptions, file: File) -> list[str]:
    if options.rows is not None:
        return options.rows.split(".")
    if isinstance(document, list):
        return ["[]"]
    lists = [name for name, value in document.items() if isinstance(value, list)] if isinstance(document, dict) else []
    nearest = f"{lists[0]}[]" if lists else None
    raise InputError(Problem("SRC127", "the document is not a list of rows", Place(file.name), "a path to the rows in rows:",
                             nearest, f"say rows: {nearest or 'PATH[]'}"))  # fmt: skip


def explode(document: Any, path: list[str], file: File) -> Iterator[tuple[Object, Object]]:
    """Yield each object that is a row, as it stands and flat; a field of an outer object has its plain name where no inner
    one has it too."""
    yield from _descend(document, path, [], {}, file)


def _descend(value: Any, path: list[str], walked: list[str], outer: Object, file: File) -> Iterator[tuple[Object, Object]]:
    if not path:
        if not isinstance(value, dict):
            raise InputError(_no_rows(file, walked, "what is there is not an object"))
        yield value, _joined(outer, _flat(value), walked)
        return
    name, is_list = path[0].removesuffix("[]"), path[0].endswith("[]")
    if name and (not isinstance(value, dict) or name not in value):
        known = ", ".join(value) if isinstance(value, dict) else type(value).__name__
        raise InputError(_no_rows(file, [*walked, path[0]], f"there is no '{name}' but: {known[:200]}"))
    around = outer
    if name:
        around = _joined(
            outer, _flat({key: each for key, each in value.items() if key != name and not isinstance(each, list)}), walked
        )
        value = value[name]
    if is_list != isinstance(value, list):
        raise InputError(_no_rows(file, [*walked, path[0]], "a list needs [] behind its name, and only a list has it"))
    for each in value if is_list else [value]:
        yield from _descend(each, path[1:], [*walked, name], around, file)


def _joined(outer: Object, inner: Object, walked: list[str]) -> Object:
    """Put inner fields over outer ones; an outer field of the same name stays as `path.name`."""
    path = ".".join(name for name in walked[:-1] if name) or "outer"
    hidden = {f"{path}.{name}" if walked else name: value for name, value in outer.items() if name in inner}
    return {**{name: value for name, value in outer.items() if name not in inner}, **inner, **hidden}


def _flat(value: Object, prefix: str = "", depth: int = 0) -> Object:
    if depth > MAX_DEPTH:
        return {prefix.rstrip("."): json.dumps(value)[:MAX_RAW]}
    flat: Object = {}
    for name, each in value.items():
        flat.update(_flat(each, f"{prefix}{name}.", depth + 1) if isinstance(each, dict) else {prefix + name: each})
    return flat


def _no_rows(file: File, walked: list[str], why: str) -> Problem:
    return Problem("SRC127", f"rows: {'.'.join(walked)} leads nowhere: {why}", Place(file.name), "a path to objects",
                   next_step="correct rows:")  # fmt: skip
