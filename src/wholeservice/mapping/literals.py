"""Fixed texts of a mapping: can this text be the number, date, instant or flag that its field needs? No library needed."""

from __future__ import annotations

import datetime as dt
import re

from wholeservice.mapping.base import EPOCH, EPOCH_MS, EXCEL, ISO, PERIOD, REFUSE, Reading
from wholeservice.mapping.lengths import days_of
from wholeservice.tables import DATE, FLAG, INSTANT, NUMBER, NUMBERS, Column

TRUE, FALSE = ("true", "yes", "y", "1", "t"), ("false", "no", "n", "0", "f")
_NUMBER = re.compile(r"[-+]?(\d[\d,.'  ]*|\.\d+)([eE][-+]?\d+)?%?$")
_DURATION = re.compile(r"(P?T?[\d.,]+\s*[a-zA-Z]+\W*)+|(\d+ days?,? )?\d+:\d\d:\d\d([.,]\d+)?")
_SHOWN = {ISO: "iso (2026-03-31)", PERIOD: "a period (2026-03, Mar 2026, 2026-Q1, 2026-W03 or 2026)",
          EXCEL: "a day of Excel (46112)", EPOCH: "seconds since 1970", EPOCH_MS: "milliseconds since 1970"}  # fmt: skip


def cannot_be(text: str, column: Column, reading: Reading) -> bool:
    """Say whether a fixed text cannot be a value of the column. A missing one can.

    >>> from wholeservice.tables import TALLIES
    >>> columns = {column.name: column for column in TALLIES.columns}
    >>> cannot_be("volume", columns["value"], Reading()), cannot_be("2011-04-01", columns["from_at"], Reading())
    (True, False)
    """
    given = dict(reading.map or ()).get(text.strip(), text.strip())
    if given is None or given == "" or given in reading.missing:
        return False
    if column.type in (NUMBER, NUMBERS):
        return not _NUMBER.match(given) and not (column.unit == "s" and _DURATION.fullmatch(given))
    if column.type == FLAG:
        return given.lower() not in TRUE + FALSE
    if column.type in (DATE, INSTANT):
        return not any(_is_moment(given, each) for each in reading.formats)
    return False


def expected(column: Column, reading: Reading) -> str:
    """Say what a cell must look like to be read as the column.

    >>> from wholeservice.tables import MONEY
    >>> columns = {column.name: column for column in MONEY.columns}
    >>> expected(columns["from_on"], Reading(formats=("%d/%m/%Y", "iso"))), expected(columns["amount"], Reading(decimal=","))
    ('a date as %d/%m/%Y or iso (2026-03-31)', "a number with the decimal mark ','")
    """
    if reading.map is not None and reading.otherwise == REFUSE:
        return f"one of: {', '.join(text for text, _ in reading.map)}"
    if column.type in (NUMBER, NUMBERS):
        number = f"a number with the decimal mark '{reading.decimal}'"
        return f"{number}, or a duration such as 1h 30m, PT1H30M or 01:30:00" if column.unit == "s" else number
    if column.type == FLAG:
        return f"one of: {', '.join(TRUE + FALSE)}"
    if column.type in (DATE, INSTANT):
        shown = " or ".join(_SHOWN.get(each, each) for each in reading.formats)
        return f"{'a' if column.type == DATE else 'an'} {column.type} as {shown}"
    return f"a {column.type}"


def _is_moment(text: str, format_: str) -> bool:
    try:
        if format_ in (EPOCH, EPOCH_MS, EXCEL):
            float(text)
        elif format_ == PERIOD:
            return days_of(text) is not None
        elif format_ == ISO:
            dt.datetime.fromisoformat(text)
        else:
            dt.datetime.strptime(text, format_)  # noqa: DTZ007  (only whether it can be read)
    except ValueError:
        return False
    return True
