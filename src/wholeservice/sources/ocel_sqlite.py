"""OCEL 2.0 as SQLite: only plain tables are read, nothing that the file could have us execute.

The file is opened for reading only and as if nobody could change it; functions in its schema are not trusted, and only
reading of tables is allowed. A view or a virtual table is refused, so that no statement of the file ever runs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from wholeservice.errors import InputError, Place, Problem
from wholeservice.sources.files import File, truncated, whole
from wholeservice.sources.ocel_log import OcelEvent, OcelLog, OcelObject, Relation, no_ocel

_NEEDED = ("event", "object", "event_object", "object_object", "event_map_type", "object_map_type")
_ID, _TYPE, _TIME, _CHANGED = "ocel_id", "ocel_type", "ocel_time", "ocel_changed_field"
_ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ)
_MAX_VALUE = 16 * 2**20
_OWN = "ocel_"

Row = dict[str, Any]


def read_sqlite(file: File) -> OcelLog:
    """Read a log. Raises InputError when the file is damaged, or a database of something else."""
    try:
        with closing(_opened(file)) as connection:
            return _read(connection, file)
    except (sqlite3.Error, OverflowError, UnicodeError) as error:
        raise InputError(truncated(file, f"{error}")) from None


def _opened(file: File) -> sqlite3.Connection:
    if file.packing:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(whole(file))
    else:
        log = file.path.with_name(file.path.name + "-wal")
        if log.is_file() and log.stat().st_size:
            raise InputError(Problem("SRC176", "it is still being written", Place(file.name), "a database that nobody has open",
                                     next_step=f"close the program that wrote {log.name}"))  # fmt: skip
        connection = sqlite3.connect(f"file:{quote(str(file.path.absolute()))}?mode=ro&immutable=1", uri=True)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE)
    connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY)
    connection.row_factory = sqlite3.Row
    return connection


@dataclass(frozen=True, slots=True)
class _Database:
    """An open log: `tables` are small name -> name of every plain table, `log` is what was read so far."""

    connection: sqlite3.Connection
    file: File
    tables: dict[str, str]
    log: OcelLog = field(default_factory=OcelLog)

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table that is there."""
        for row in self.connection.execute(f"SELECT * FROM {_quoted(self.tables[table])}"):  # noqa: S608  (a table's name)
            yield {_plain(key): row[key] for key in row.keys()}  # noqa: SIM118  (a row of SQLite is no dict)

    def columns(self, table: str) -> list[str]:
        """Return the names of the columns that are attributes."""
        cursor = self.connection.execute(f"SELECT * FROM {_quoted(self.tables[table])} LIMIT 0")  # noqa: S608
        return [str(name) for name, *_ in cursor.description if not _plain(name).startswith(_OWN)]

    def identified(self, kind: str) -> Iterator[tuple[str, str]]:
        """Yield id and type of every event or object; what lacks one is refused."""
        for row in self.rows(kind):
            name, of = _text(row.get(_ID)), _text(row.get(_TYPE))
            if name and of:
                yield name, of
            else:
                self.log.refuse("SRC174", f"there is no {'type' if name else 'id'}", self.file, dict(row))

    def related(self, table: str, one_end: str, other_end: str) -> dict[str, list[Relation]]:
        """Return what each end relates to; a relation that lacks an end is refused."""
        found: dict[str, list[Relation]] = {}
        for row in self.rows(table):
            one, other = _text(row.get(one_end)), _text(row.get(other_end))
            if one and other:
                found.setdefault(one, []).append((other, _text(row.get("ocel_qualifier"))))
            else:
                self.log.refuse("SRC174", "a relation lacks one of its ends", self.file, dict(row))
        return found

    def refuse_rest(self, related: dict[str, list[Relation]], kind: str) -> None:
        """Refuse the relations of what is not in the log."""
        for name, relations in related.items():
            for other, _ in relations:
                what = f"a relation to '{other}' is of the {kind} '{name}', which is not in the log"
                self.log.refuse("SRC172", what, self.file, name)


def _read(connection: sqlite3.Connection, file: File) -> OcelLog:
    found = _Database(connection, file, _tables(connection))
    lacking = [name for name in _NEEDED if name not in found.tables]
    if lacking:
        raise no_ocel(file, f"the database has no table {', '.join(lacking)}")
    log, tables_of_event, tables_of_object = found.log, _tables_of(found, "event"), _tables_of(found, "object")
    log.event_types = {name: frozenset(found.columns(table)) for name, table in tables_of_event.items()}
    log.object_types = {name: frozenset(found.columns(table)) for name, table in tables_of_object.items()}
    of_event, of_object = _by_id(found, tables_of_event), _by_id(found, tables_of_object)
    related = found.related("event_object", "ocel_event_id", "ocel_object_id")
    for name, kind in found.identified("event"):
        row = next(iter(of_event.get((kind, name), [])), {})
        log.events.append(OcelEvent(name, kind, _text(row.get(_TIME)), dict(_given(row)), related.pop(name, [])))
    found.refuse_rest(related, "event")
    related = found.related("object_object", "ocel_source_id", "ocel_target_id")
    for name, kind in found.identified("object"):
        values = [each for row in of_object.get((kind, name), []) for each in _values(row)]
        log.objects.append(OcelObject(name, kind, values, related.pop(name, [])))
    found.refuse_rest(related, "object")
    return log


def _tables(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
    is_plain = [(str(name), not str(sql).lstrip().lower().startswith("create virtual")) for name, sql in rows]
    return {name.lower(): name for name, plain in is_plain if plain}


def _tables_of(found: _Database, kind: str) -> dict[str, str]:
    """Return type -> the table of its events or objects."""
    tables: dict[str, str] = {}
    for row in found.rows(f"{kind}_map_type"):
        name, mapped = _text(row.get(_TYPE)), _text(row.get("ocel_type_map"))
        table = f"{kind}_{mapped}".lower()
        if not name or table not in found.tables:
            raise no_ocel(found.file, f"the type '{name}' has no table {kind}_{mapped}")
        tables[name] = table
    return tables


def _by_id(found: _Database, tables: dict[str, str]) -> dict[tuple[str, str], list[Row]]:
    """Return (type, id) -> the rows of the type's own table."""
    rows: dict[tuple[str, str], list[Row]] = {}
    for name, table in tables.items():
        for row in found.rows(table):
            rows.setdefault((name, _text(row.get(_ID)) or ""), []).append(row)
    return rows


def _given(row: Row) -> Iterator[tuple[str, Any]]:
    yield from ((key, value) for key, value in row.items() if not key.startswith(_OWN) and value is not None)


def _values(row: Row) -> Iterator[tuple[str, str | None, Any]]:
    """Yield what a row of an object says: all its attributes, or only the one that changed."""
    changed, time = _text(row.get(_CHANGED)), _text(row.get(_TIME))
    yield from ((key, time, value) for key, value in _given(row) if changed in (None, key))


def _plain(column: str) -> str:
    """Return a column's name; those of the standard in small letters, since SQLite does not tell them apart."""
    return column.lower() if column.lower().startswith(_OWN) else column


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return None if value is None else str(value).strip() or None
