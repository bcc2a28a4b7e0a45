"""How far a followed column was read: its greatest value, kept as text together with its type."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wholeservice.errors import InputError, Problem

if TYPE_CHECKING:
    from wholeservice.sources.database_options import DatabaseOptions

INSTANT, CIVIL, DAY, NUMBER, TEXT = "instant", "civil", "day", "number", "text"


@dataclass(frozen=True, slots=True)
class Mark:
    """The greatest value seen, and what it is: an instant, a civil time, a day, a number or a text."""

    kind: str
    value: Any


def mark_of(mark: Mark, declared: str) -> str:
    """Return a mark as the text of a cursor; *declared* says which declaration it belongs to."""
    value = mark.value.isoformat() if isinstance(mark.value, dt.date) else str(mark.value)
    return json.dumps({"declared": declared, "kind": mark.kind, "value": value}, sort_keys=True)


def read_mark(cursor: str, declared: str) -> Mark | None:
    """Return the mark in a cursor, None when it belongs to another declaration: then all is read again."""
    try:
        said = json.loads(cursor)
        if said["declared"] != declared:
            return None
        return Mark(said["kind"], _READERS[said["kind"]](said["value"]))
    except (ValueError, KeyError, TypeError):
        return None  # from a version that wrote it otherwise


def greater(seen: Mark | None, values: Iterable[Any], options: DatabaseOptions) -> Mark | None:
    """Return the mark after these values; missing ones say nothing. Raises InputError for values that have no order."""
    for value in values:
        if value is None:
            continue
        mark = _mark(value)
        if mark is None or (seen is not None and mark.kind != seen.kind):
            what = "holds values of two types" if mark else f"holds {type(value).__name__} values"
            raise InputError(Problem("SRC209", f"the column '{options.follow}' cannot be followed: it {what}", options.place,
                                     "instants, days, numbers or texts", next_step="follow another column"))  # fmt: skip
        if seen is None or mark.value > seen.value:
            seen = mark
    return seen


def condition(since: Mark, options: DatabaseOptions) -> Any:
    """Return the value from which on rows are read: the mark, less the overlap."""
    overlap = dt.timedelta(seconds=options.overlap_s)
    if not overlap:
        return since.value
    if since.kind in (INSTANT, CIVIL):
        return since.value - overlap
    if since.kind == DAY:
        return since.value - dt.timedelta(days=-(-options.overlap_s // 86400))
    if since.kind == TEXT and (earlier := _earlier(since.value, overlap)):
        return earlier
    raise InputError(Problem("SRC209", f"overlap: is a length of time, and '{options.follow}' holds none", options.place,
                             "a column of instants or days", next_step="take overlap: out"))  # fmt: skip


def _mark(value: Any) -> Mark | None:
    if isinstance(value, dt.datetime):
        return Mark(CIVIL, value) if value.tzinfo is None else Mark(INSTANT, value.astimezone(dt.UTC))
    if isinstance(value, dt.date):
        return Mark(DAY, value)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and value == value:
        return Mark(NUMBER, value)
    return Mark(TEXT, value) if isinstance(value, str) else None


def _earlier(text: str, overlap: dt.timedelta) -> str | None:
    """Return an ISO instant that is text, earlier: to the second and without a zone, so that it sorts before its like."""
    try:
        moment = dt.datetime.fromisoformat(text).replace(tzinfo=None) - overlap
    except ValueError:
        return None
    if len(text) <= len("2026-03-01"):
        return moment.date().isoformat()
    return moment.isoformat(sep="T" if "T" in text else " ", timespec="seconds")


def _number(text: str) -> int | float | Decimal:
    if text.lstrip("-").isdigit():
        return int(text)
    return float(text) if "e" in text.lower() else Decimal(text)


_READERS: dict[str, Any] = {
    INSTANT: dt.datetime.fromisoformat, CIVIL: dt.datetime.fromisoformat, DAY: dt.date.fromisoformat,
    NUMBER: _number, TEXT: str,
}  # fmt: skip
