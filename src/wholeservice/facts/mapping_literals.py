"""Fixed texts of a mapping: can this text be the number, date, instant or flag that its field needs? No library needed."""

from __future__ import annotations

import datetime as dt
import re

from wholeservice.facts.mapping import EPOCH, EPOCH_MS, ISO, Reading
from wholeservice.tables import DATE, FLAG, INSTANT, NUMBER, NUMBERS, Column

TRUE, FALSE = ("true", "yes", "y", "1", "t"), ("false", "no", "n", "0", "f")
_NUMBER = re.compile(r"[-+]?(\d[\d,.'  ]*|\.\d+)([eE][-+]?\d+)?%?$")


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
        return not _NUMBER.match(given)
    if column.type == FLAG:
        return given.lower() not in TRUE + FALSE
    if column.type in (DATE, INSTANT):
        return not any(_is_moment(given, each) for each in reading.formats)
    return False


def _is_moment(text: str, format_: str) -> bool:
    try:
        if format_ in (EPOCH, EPOCH_MS):
            float(text)
        elif format_ == ISO:
            dt.datetime.fromisoformat(text)
        else:
            dt.datetime.strptime(text, format_)  # noqa: DTZ007  (only whether it can be read)
    except ValueError:
        return False
    return True
