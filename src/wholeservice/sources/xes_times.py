"""The instants of events: ISO 8601 with any offset; a time without one is civil time in the zone of the source."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_BLANK_BEFORE_OFFSET = re.compile(r"\s+(?=[zZ+-]\S*$)")
_FIRST_YEAR = 1000  # as everywhere in facts: what is earlier is a mistake


def instants(texts: pa.Array, zone: str) -> pa.Array:
    """
    Read texts as instants.

    Shape    as many as texts, in UTC; null where there is none, or no instant

    >>> import pyarrow as pa
    >>> found = instants(pa.array(["2010-12-30T14:32:00.5+05:30", "2011-07-01 12:00", "soon"]), "Europe/Paris")
    >>> [each and each.isoformat() for each in found.to_pylist()]
    ['2010-12-30T09:02:00.500000+00:00', '2011-07-01T10:00:00+00:00', None]
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    utc = pa.timestamp("us", "UTC")
    try:
        found = texts.cast(utc)  # the usual case: every text has an offset
    except (pa.ArrowInvalid, OverflowError):
        parsed = [_parsed(text) for text in texts.to_pylist()]
        civil = pa.array([each if each and each.tzinfo is None else None for each in parsed], pa.timestamp("us"))
        aware = pa.array([each.astimezone(dt.UTC) if each and each.tzinfo else None for each in parsed], utc)
        # Of an hour that comes twice the first is meant, of one that is left out its end: as everywhere in facts.
        placed = pc.assume_timezone(civil, zone, ambiguous="earliest", nonexistent="latest").cast(utc)
        found = pc.coalesce(aware, placed)
    first = pa.scalar(dt.datetime(_FIRST_YEAR, 1, 1, tzinfo=dt.UTC), utc)
    return pc.if_else(pc.greater_equal(found, first), found, pa.scalar(None, utc))


def _parsed(text: str | None) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(_BLANK_BEFORE_OFFSET.sub("", (text or "").strip()).upper())
        return found if _FIRST_YEAR < found.year < dt.MAXYEAR else None  # so that no zone can take it out of range
    except ValueError:
        return None
