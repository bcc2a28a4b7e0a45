"""Which rows are meant: the conditions under `where:`, tested on whole columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.mapping.base import FROM, MISSING, Length, Reading
from wholeservice.mapping.cells import Cells
from wholeservice.mapping.pieces import matches
from wholeservice.mapping.plan import Cell, Test
from wholeservice.mapping.read import Read, any_of
from wholeservice.mapping.values import as_text, read, trimmed

if TYPE_CHECKING:
    import pyarrow as pa

AFTER, BEFORE = "after", "before"
NUMBER = tables.Column("a number", tables.NUMBER, required=False, meaning="compared with another")
MOMENT = tables.Column("a moment", tables.INSTANT, required=False, meaning="compared with another")
JSON = tables.Column("a text", tables.TEXT, required=False, meaning="compared with texts")
_NAMES = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", FROM: "greater_equal",
          AFTER: "greater", BEFORE: "less"}  # fmt: skip
_DAY_LENGTH = len("2026-03-31")


def chosen(tests: tuple[Test, ...], cells: Cells) -> tuple[pa.Array | None, list[tuple[Cell, tables.Column, pa.Array]]]:
    """
    Say which rows pass every test.

    Shape    (a mask, None when there is no test; the cells that cannot be compared, in rows that pass all other tests)
    """
    import pyarrow.compute as pc

    passing, unclear = None, []
    for test in tests:
        one = _passes(test, cells)
        if any_of(one.refused):
            unclear.append((Cell((test.column,), test.condition.reading), _column(test.condition.kind), one.refused))
        may = pc.or_(one.values, one.refused)
        passing = may if passing is None else pc.and_(passing, may)
    if passing is None:
        return None, []
    return passing, [(cell, column, pc.and_(passing, refused)) for cell, column, refused in unclear]


def _passes(test: Test, cells: Cells) -> Read:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind, texts = test.condition.kind, test.condition.texts
    found = cells.part(test.column, test.missing)
    if kind in _NAMES:
        compared = _compared(read(found.values, _column(kind), test.condition.reading), kind, texts[0], test.condition.reading)
        return Read(compared.values, pc.or_(compared.refused, found.refused))
    text = as_text(trimmed(found.values, test.missing))
    if kind in ("present", MISSING):
        is_met = pc.is_valid(text) if kind == "present" else pc.is_null(text)
    elif kind == "matches":
        is_met = matches(text, texts[0])
    else:
        is_in = pc.is_in(text, pa.array([each.strip() for each in texts], pa.string()))
        is_met = is_in if kind == "in" else pc.invert(is_in)
    return Read(is_met, found.refused)


def _column(kind: str) -> tables.Column:
    return MOMENT if kind in (FROM, AFTER, BEFORE) else NUMBER if kind in _NAMES else JSON


def _compared(found: Read, kind: str, text: str, reading: Reading) -> Read:
    """Compare with a number or a moment; a missing cell passes no comparison. After a day is from the next day on."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_day_after = kind == AFTER and len(text.strip()) == _DAY_LENGTH
    plain = Reading(zone=reading.zone, plus=Length(days=1) if is_day_after else Length())
    other: Any = read(pa.array([text.strip()]), _column(kind), plain).values[0]
    compare = pc.greater_equal if is_day_after else getattr(pc, _NAMES[kind])
    return Read(pc.fill_null(compare(found.values, other), False), found.refused)
