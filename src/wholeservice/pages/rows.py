"""The rows behind one number: the number as pages show it, what was counted for it, and where each raw record lies.

What is asked for is a number that the snapshot has; the rows of it are then looked up in the facts that the snapshot pinned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wholeservice.errors import suggest
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.behind_rows import Behind, RowBehind
from wholeservice.measures.results import Point
from wholeservice.organisation.graph import steps
from wholeservice.pages.addresses import rows_address, rows_of
from wholeservice.pages.base import Data, Missing, Page, Sheet
from wholeservice.pages.entries import address_of
from wholeservice.pages.numbers import Number, number_of, plural
from wholeservice.pages.series import added_up
from wholeservice.periods import CALENDAR, ROLLING, instant

PER_PAGE, MOST_IN_SHEET, MOST_DIGITS = 100, 20_000, 6
ALIKE = 0.2  # a month may be so much longer than the one before, as a share of it
NO_FACTS = "The facts are not here: these are results only."
NO_NUMBER = "There is no number for this, so no rows stand behind it."
HEADER = ("kind", "when (UTC)", "until (UTC, not included)", "at", "step", "channel", "what it says", "adds to n",
          "adds to what is measured", "who (first letters)", "source", "raw record")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Near:
    """What may have been meant."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class RowsPage:
    """The rows behind a number. `n` is what they add up to; `why_none` says why none is shown, `differs` what does not fit.

    `cells` are what the number is of: one, or several periods in a row. `newest` leads to the newest number of the same.
    """

    title: str
    cells: tuple[Cell, ...]
    of: str
    of_address: str | None
    step: str | None
    channel: str | None
    segment: str | None
    number: Number | None
    n: float
    n_rows: int
    n_people: int | None
    page: int
    n_pages: int
    rows: tuple[RowBehind, ...]
    why_none: str | None
    differs: str | None
    before: str | None
    after: str | None
    newest: str | None
    snapshot: str


@dataclass(frozen=True, slots=True)
class _Series:
    """All numbers of what was asked for, windows of every length, by their end; each with what it is of."""

    entity: str
    measure: str
    step: str | None
    channel: str | None
    segment: str | None
    rows: tuple[tuple[Cell, Statistics], ...]


def build(
    data: Data, *, entity: str = "", measure: str = "", from_: str = "", to: str = "", window: str = "", step: str = "",
    channel: str = "", segment: str = "", page: str = "1",
) -> RowsPage | Missing:  # fmt: skip
    """Return the rows behind the number of an entity; without *from_* and *to* behind the newest one."""
    if measure not in data.measures:
        return Missing(measure, _near(measure, {name: each.title for name, each in data.measures.items()}, entity=entity))
    titles = {each: _title(data, each) for each in data.results.entities(measure)}
    if entity not in data.organisation.entities and entity not in titles:
        return Missing(entity, _near(entity, titles, measure=measure))
    asked = {"step": step or None, "channel": channel or None, "segment": segment or None}
    series = _Series(entity, measure, **asked, rows=data.results.rows(measure, entity, **asked))
    cells = _cells(data, series, from_, to, window) if from_ or to else _newest(series)
    at = max(1, int(page)) if page.isdecimal() and len(page) <= MOST_DIGITS else 1
    behind = _behind(data, cells, at)
    if (at - 1) * PER_PAGE >= max(1, behind.n_rows):  # past the end
        at = max(1, _n_pages(behind))
        behind = _behind(data, cells, at)
    return _page(data, series, cells, behind, at)


def _page(data: Data, series: _Series, cells: tuple[Cell, ...], behind: Behind, at: int) -> RowsPage:
    point = _point(data, series, cells)
    number = number_of(data, data.measures[series.measure], point, cells) if point else None
    of, known = _title(data, series.entity), data.organisation.entities.get(series.entity)
    step = next((each.title for each in steps(data.organisation, series.entity) if each.id == series.step), series.step)
    last, newest = _n_pages(behind), _newest(series)
    around = {n: f"{number.rows}&page={n}" for n in (at - 1, at + 1) if number and behind.rows and 1 <= n <= last}
    return RowsPage(
        _says(number, behind, of), cells, of, address_of(known) if known else None, step, series.channel, series.segment,
        number, behind.n, behind.n_rows, behind.n_people, at, last, behind.rows, behind.why_hidden, _differs(point, behind),
        around.get(at - 1), around.get(at + 1), rows_address(*newest) if newest and not cells else None, data.snapshot,
    )  # fmt: skip


def _n_pages(behind: Behind) -> int:
    return -(-behind.n_rows // PER_PAGE)


def _title(data: Data, entity: str) -> str:
    known = data.organisation.entities.get(entity)
    return known.title if known else entity


def _near(word: str, names: dict[str, str], **rest: str) -> tuple[Near, ...]:
    """The name that comes near, with the address that has it in the place of the wrong one."""
    near = suggest(word, names) or next((each for each in names if suggest(word, [names[each]])), None)
    if near is None:
        return ()
    return (Near(names[near], rows_of(**rest, **{"measure" if "entity" in rest else "entity": near})),)


# Which number ----------------------------------------------------------------------------------------------------------------


def _newest(series: _Series) -> tuple[Cell, ...]:
    return (max(series.rows, key=lambda row: (row[0].to_at, row[0].from_at))[0],) if series.rows else ()


def _cells(data: Data, series: _Series, from_: str, to: str, window: str) -> tuple[Cell, ...]:
    """Return what the number from one instant to another is of, or of several such spans; nothing where there is none."""
    found: list[Cell] = []
    begins, ends = ([_instant(each, data.zone) for each in words.split(",")] for words in (from_, to))
    kinds = (window,) if window in (CALENDAR, ROLLING) else (CALENDAR, ROLLING)
    among = [cell for cell, _ in series.rows if cell.window in kinds]
    if len(begins) != len(ends):
        return ()
    for begin, end in zip(begins, ends, strict=True):
        span = next(_in_a_row(among, begin, end), ())
        if not span:
            return ()
        found += span
    return tuple(found)


def _in_a_row(cells: list[Cell], begin: dt.datetime | None, end: dt.datetime | None) -> Iterator[tuple[Cell, ...]]:
    """Yield the cell from *begin* to *end*, then calendar periods of about one length that fill it without a gap."""
    yield from ((each,) for each in cells if (each.from_at, each.to_at) == (begin, end))
    calendar = {(each.from_at, each.to_at): each for each in cells if each.window == CALENDAR}
    for first in (each for each in calendar.values() if each.from_at == begin):
        row = [first]
        while following := [each for each in calendar.values() if each.from_at == row[-1].to_at and _is_as_long(each, first)]:
            row.append(following[0])
            if row[-1].to_at == end:
                yield tuple(row)


def _is_as_long(one: Cell, other: Cell) -> bool:
    return abs((one.to_at - one.from_at) / (other.to_at - other.from_at) - 1) <= ALIKE


def _instant(words: str, zone: str) -> dt.datetime | None:
    """Read an instant, or a civil day as the instant at which it begins; None where it is neither."""
    try:
        if len(words) == len("2026-09-01"):
            return instant(dt.date.fromisoformat(words), zone)
        moment = dt.datetime.fromisoformat(words.replace(" ", "+"))  # a plus sign that an address did not write as %2B
        return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        return None


def _point(data: Data, series: _Series, cells: Sequence[Cell]) -> Point | None:
    if len(cells) > 1:
        return added_up(data.measures[series.measure], [row for row in series.rows if row[0] in cells])
    asked = {"step": series.step, "channel": series.channel, "segment": series.segment}
    for cell in cells:
        days = (cell.to_at - cell.from_at).total_seconds() / 86400
        points = data.results.series(series.measure, series.entity, **asked, days=days, window=cell.window)
        return next(point for point in points if point.cell == cell)
    return None


# What stands behind it -------------------------------------------------------------------------------------------------------


def _behind(data: Data, cells: Sequence[Cell], page: int) -> Behind:
    if not cells:
        return Behind(why_hidden=NO_NUMBER)
    return data.rows(cells, (page - 1) * PER_PAGE, PER_PAGE) if data.rows else Behind(why_hidden=NO_FACTS)


def _says(number: Number | None, behind: Behind, of: str) -> str:
    if number is None:
        return f"No rows: {of} has no such number"
    if not behind.n_rows:
        return f"{number.title}: {number.written}"
    return f"{plural(behind.n_rows, 'row')} {'stands' if behind.n_rows == 1 else 'stand'} behind {number.written}"


def _differs(point: Point | None, behind: Behind) -> str | None:
    """Say when the rows do not add up to the number: they should, always."""
    if point is None or not behind.n_rows or abs(point.statistics.n - behind.n) <= 1e-6 * max(1.0, point.statistics.n):
        return None
    return (f"They add up to {behind.n:,.10g} where the number says {point.statistics.n:,.10g}. The order of the sources may"
            " have changed since: measure again with --full. If it stays, the mistake is ours.")  # fmt: skip


def _sheet(data: Data, page: RowsPage) -> Sheet:
    """Every row up to a limit; where it was cut, the last line says so."""
    if not page.cells or data.rows is None or not page.rows:
        return Sheet(HEADER, (_line("none", page.why_none),))
    behind = data.rows(page.cells, 0, MOST_IN_SHEET)
    rows = [_row(each) for each in behind.rows]
    if behind.n_rows > len(rows):
        rows.append(_line("cut", f"cut here: the first {len(rows):,} of {behind.n_rows:,} rows"))
    return Sheet(HEADER, tuple(rows))


def _line(kind: str, words: str | None) -> tuple[Any, ...]:
    says = HEADER.index("what it says")
    return (kind, *(None,) * (says - 1), words, *(None,) * (len(HEADER) - says - 1))


def _row(row: RowBehind) -> tuple[Any, ...]:
    return (row.kind, row.at, row.until, row.entity, row.step, row.channel, row.says, row.counts, row.adds, row.who, row.source,
            row.where_from)  # fmt: skip


PAGE = Page(path="/rows", name="rows", template="rows.html", build=build, sheet=_sheet)
