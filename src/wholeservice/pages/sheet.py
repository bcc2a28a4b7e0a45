"""The main table of a page as plain rows, for a spreadsheet: typed values with their unit in the header, nothing rounded."""

from __future__ import annotations

from typing import Any

from wholeservice.pages.base import Data, Sheet
from wholeservice.pages.findings_part import FindingRow
from wholeservice.pages.listing import Row
from wholeservice.pages.numbers import NOT_MEASURED, Number

NUMBER = (
    "measure", "value", "unit (a share is 0 to 1)", "likely from", "likely to", "counted (n)", "from (UTC)",
    "until (UTC, not included)", "reporting", "expected to report", "why there is no value",
)  # fmt: skip
FINDING = (
    "number", "finding", "id", "at", "step", "worse by", "unit", "likely from", "likely to", "people", "from (UTC)",
    "until (UTC, not included)", "who can act", "what to try next", "about the data itself",
)  # fmt: skip
LISTED = ("id", "name", "kind", "inside", *NUMBER)


def number_cells(number: Number | None) -> tuple[Any, ...]:
    """Return the cells under `NUMBER`; what is not measured has a reason and no value."""
    if number is None:
        return (None,) * (len(NUMBER) - 1) + (NOT_MEASURED,)
    return (
        number.measure, number.value, number.unit, number.low, number.high, number.n, number.from_at, number.to_at,
        number.reporting, number.expected, number.why_missing,
    )  # fmt: skip


def listed_sheet(list_: tuple[Row, ...]) -> Sheet:
    """Return a list of services, units or parts."""
    return Sheet(LISTED, tuple((row.entity, row.title, row.kind, row.within, *number_cells(row.number)) for row in list_))


def findings_sheet(data: Data, list_: tuple[FindingRow, ...]) -> Sheet:
    """Return findings with their numbers as the rules gave them."""
    return Sheet(FINDING, tuple(_finding_cells(data, each) for each in list_))


def _finding_cells(data: Data, row: FindingRow) -> tuple[Any, ...]:
    found = data.findings[row.number - 1]
    low, high = (found.interval.low, found.interval.high) if found.interval else (None, None)
    from_at, to_at = (found.period.from_at, found.period.to_at) if found.period else (None, None)
    unit = found.unit.name if found.unit and found.size is not None else None
    return (
        row.number, row.title, row.entity, row.of, found.step, found.size, unit, low, high, found.people, from_at, to_at,
        found.who_can_act, row.try_next, "yes" if row.about_data else "no",
    )  # fmt: skip
