"""
What stands in the exported files of a tool, record by record: JSON, JSON lines, CSV, TSV or Parquet, each also packed.

A record is what the tool wrote, as a mapping: objects inside of objects in JSON, `a.b` where a format is flat. What could not
be read comes as a problem with its place and **without its text**: lines of these tools are full of names and addresses.
"""

from __future__ import annotations

import codecs
import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wholeservice.errors import Place, Problem
from wholeservice.sources import columnar, delimited
from wholeservice.sources.base import LINE, ROW, Batch, Raw
from wholeservice.sources.cloudevents_read import Found, found_in
from wholeservice.sources.files import File, opened, start
from wholeservice.sources.table_options import CSV, DEFAULT_ENCODING, TSV, TableOptions

TEXTS = {".csv": CSV, ".txt": CSV, ".tsv": TSV, ".tab": TSV}
MAX_FIRST_LINE = 2**20
FIRST_YEAR = 1000  # as everywhere in facts: what is earlier is a mistake
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_FIRST_CELL = re.compile(r'(?:"[^"]*"|[^",;\t|\r\n]*)([,;\t|])')  # of a header, whose other cells may be whole sentences
_LISTS = ("list", "element", "item")  # what Parquet puts around the values of a list


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that a tool exported, and where it stands."""

    values: Mapping[str, Any]
    file: str
    number: int
    counts_in: str = LINE

    @property
    def place(self) -> Place:
        return Place(self.file, self.number)

    def get(self, path: str) -> Any:
        """Return what stands at `a.b`, in nested objects or in a flat name; blank text and what is not there are None.

        >>> Record({"a": {"b.c": 1}, "x.y": " "}, "f", 1).get("a.b.c"), Record({"x.y": " "}, "f", 1).get("x.y")
        (1, None)
        """
        found = _at(self.values, path)
        return None if isinstance(found, str) and not found.strip() else found

    def text(self, path: str) -> str | None:
        """Return what stands there as text, None where it is an object, a list, or nothing."""
        found = self.get(path)
        if found is None or isinstance(found, dict | list):
            return None
        return found.strip() if isinstance(found, str) else str(found)


def records_in(file: File, inside: tuple[str, ...] = (), *, json_in: tuple[str, ...] = ()) -> Iterator[Record | Problem]:
    """
    Yield the records of one file, in its order.

    *inside*   names under which a JSON document may hold the list of its records, such as `results`
    *json_in*  columns that are JSON as text where the format has no objects
    """
    if file.bare_suffix in TEXTS:
        yield from _rows(_delimited(file), json_in)
    elif file.bare_suffix == ".parquet":
        yield from _rows(columnar.read_parquet(file), json_in)
    else:
        for found in found_in(file, as_lines=_is_lines(file)):
            yield from _records(found, file, inside)


def listed(value: Any) -> list[Any]:
    """Return a list as it is, out of JSON text, or out of what Parquet puts around it; of anything else none.

    >>> listed('[1]'), listed({"list": [{"element": {"key": "a"}}]}), listed(7)
    ([1], [{'key': 'a'}], [])
    """
    if isinstance(value, str):
        value = parsed(value)
    while isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _LISTS:
        value = next(iter(value.values()))
    found = value if isinstance(value, list) else []
    return [each[name] if isinstance(each, dict) and len(each) == 1 and (name := next(iter(each))) in _LISTS else each
            for each in found]  # fmt: skip


def parsed(text: str) -> Any:
    """Return what a JSON text says, None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def instant(value: Any) -> dt.datetime | None:
    """
    Read an instant in UTC: ISO 8601, where a time without an offset is UTC, as these tools write it. None where it is none.

    >>> instant("2026-03-01 10:15:00.5"), instant("2026-03-01T10:15:00+01:00").hour, instant("soon")
    (datetime.datetime(2026, 3, 1, 10, 15, 0, 500000, tzinfo=datetime.timezone.utc), 9, None)
    """
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value.strip().removesuffix(" UTC"))
        except ValueError:
            return None
    if not isinstance(value, dt.datetime) or not FIRST_YEAR < value.year < dt.MAXYEAR:
        return None
    return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def civil(text: Any, zone: str) -> dt.datetime | None:
    """
    Read a civil time of a zone as an instant in UTC; a time with an offset is what it says. None where it is none.

    >>> civil("2026-07-01 12:00:00", "Europe/Berlin").hour, civil("2026-07-01T12:00:00Z", "Europe/Berlin").hour
    (10, 12)
    """
    try:
        found = dt.datetime.fromisoformat(text.strip()) if isinstance(text, str) else text
        if isinstance(found, dt.datetime) and found.tzinfo is None and FIRST_YEAR < found.year < dt.MAXYEAR:
            found = found.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return None
    return instant(found)


def since_epoch(value: Any, per_second: int) -> dt.datetime | None:
    """Read a whole number of seconds, or of parts of a second, since 1970, None where it is none or no sensible year.

    >>> since_epoch("1772360100000001", 1_000_000).isoformat(), since_epoch(True, 1)
    ('2026-03-01T10:15:00.000001+00:00', None)
    """
    try:
        n = int(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
        found = None if n is None else _EPOCH + dt.timedelta(microseconds=n * 1_000_000 // per_second)
    except (ValueError, OverflowError):
        return None
    return found if found is not None and FIRST_YEAR < found.year < dt.MAXYEAR else None


def _at(values: Any, path: str) -> Any:
    if not isinstance(values, dict):
        return None
    if path in values:
        return values[path]
    head, point, rest = path.partition(".")
    while point:  # the longest name that leads on: `a.b` may be one name
        if head in values:
            return _at(values[head], rest)
        more, point, rest = rest.partition(".")
        head = f"{head}.{more}"
    return None


def _records(found: Found, file: File, inside: tuple[str, ...]) -> Iterator[Record | Problem]:
    place = Place(file.name, found.number)
    if isinstance(found.value, Problem):
        yield replace(found.value, place=place)
        return
    if not isinstance(found.value, dict):
        yield _no_object(found.value, place)
        return
    several = next((found.value[name] for name in inside if isinstance(found.value.get(name), list)), None)
    if several is None:
        yield Record(found.value, file.name, found.number, found.counts_in)
        return
    for number, each in enumerate(several, 1):
        number = number if found.counts_in == ROW else found.number
        if isinstance(each, dict):
            yield Record(each, file.name, number, found.counts_in)
        else:
            yield _no_object(each, Place(file.name, number))


def _no_object(value: Any, place: Place) -> Problem:
    return Problem("SRC220", f"this is no object but {type(value).__name__}", place, "one record of the export",
                   next_step="see whether the export is complete")  # fmt: skip


def _rows(raws: Iterator[Raw], json_in: tuple[str, ...]) -> Iterator[Record | Problem]:
    """Turn batches of columns back into records; a column that holds JSON becomes what it says.

    Where two columns have one name it says neither, which is told.
    """
    told: set[str] = set()
    for raw in raws:
        if isinstance(raw, Problem):
            yield replace(raw, place=raw.place and replace(raw.place, text=None))
        elif isinstance(raw, Batch):
            names = raw.header.names
            doubled = {name for name, n in Counter(names).items() if n > 1}
            for name in sorted(doubled - told - {""}):
                yield Problem("SRC109", f"several columns are called '{name}', so none of them is read", Place(raw.header.file),
                              "one column of a name", next_step="give them names of their own", severity="warning")  # fmt: skip
            told |= doubled
            columns = [each.to_pylist() for each in raw.columns]
            for number, cells in zip(raw.numbers.to_pylist(), zip(*columns, strict=True), strict=True):
                values = {name: cell for name, cell in zip(names, cells, strict=True) if name not in doubled}
                for name in json_in:
                    if isinstance(values.get(name), str):
                        values[name] = parsed(values[name])
                yield Record(values, raw.header.file, number, raw.counts_in)


def _delimited(file: File) -> Iterator[Raw]:
    """Read a text table: in UTF-16 where its first bytes say so, as some of these tools write for a spreadsheet."""
    beginning = start(file)
    is_wide = beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if is_wide else DEFAULT_ENCODING
    first = _FIRST_CELL.match(beginning.decode(encoding, "replace"))
    options = TableOptions((), Place(file.name), format=TEXTS[file.bare_suffix], encoding=encoding)
    return delimited.read(file, replace(options, delimiter=first[1] if first else delimited.delimiter_of(file, options)))


def _is_lines(file: File) -> bool:
    """Say whether a JSON file holds one object a line: exports to a bucket are called .json and are lines."""
    if file.bare_suffix != ".json":
        return False
    with opened(file) as stream:
        first, more = stream.readline(MAX_FIRST_LINE), stream.readline(MAX_FIRST_LINE)
    return first.lstrip(codecs.BOM_UTF8).startswith(b"{") and more.strip().startswith(b"{") and _is_json(first)


def _is_json(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line.decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        return False
