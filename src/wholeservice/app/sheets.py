"""Sheets as CSV (RFC 4180, UTF-8): what a spreadsheet would take for a formula gets a quote before it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

from wholeservice.pages.base import Sheet

FORMULA = ("=", "+", "-", "@", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}", "\N{FULLWIDTH HYPHEN-MINUS}",
           "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip


def as_csv(sheet: Sheet) -> str:
    """Return a sheet as CSV: a header, a line for each row, each ended by CR LF.

    >>> print(as_csv(Sheet(("name", "share (0 to 1)"), (("=1+1", -0.5), ("Zürich, Ost", None)))).replace("\\r", ""), end="")
    name,share (0 to 1)
    '=1+1,-0.5
    "Zürich, Ost",
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(map(_cell, sheet.header))
    writer.writerows(map(_cell, row) for row in sheet.rows)
    return written.getvalue()


def _cell(value: Any) -> str:
    """Numbers are ours and stay numbers; text came from others: blanks before a sign do not hide it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    words = str(value)
    is_text = isinstance(value, str)
    return f"'{words}" if is_text and (words.lstrip().startswith(FORMULA) or words[:1] in ("\t", "\r", "\n")) else words
