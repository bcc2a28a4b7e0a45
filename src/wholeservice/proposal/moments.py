"""Which formats the dates of a column may have: found from their shape, then tested with the reader that ingest uses."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from wholeservice.mapping.base import EPOCH, EPOCH_MS, EXCEL, ISO, PERIOD, Length, Reading
from wholeservice.mapping.formats import twins
from wholeservice.mapping.lengths import DAY, MONTH, QUARTER, WEEK, YEAR, days_of
from wholeservice.mapping.moments import read_instant

if TYPE_CHECKING:
    import pyarrow as pa

SHARE_NEEDED = 0.85  # of the cells; the others are told
N_SHAPES = 40  # different values from which formats are made
N_SLOW = 2_000  # different values that are tested with a format that names months
_DATES = (
    "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%Y.%m.%d", "%d/%m/%y", "%m/%d/%y",
    "%d-%m-%y", "%m-%d-%y", "%d.%m.%y", "%Y%m%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y",
    "%d-%b-%Y", "%d-%B-%Y", "%d-%b-%y", "%d/%b/%Y", "%d/%b/%y", "%d %b %y", "%d-%B-%y", "%a, %d %b %Y", "%A, %d %B %Y",
    "%a %d %b %Y", "%a %b %d %Y",
    "%A, %B %d, %Y", "%a, %b %d, %Y", "%d. %B %Y", "%d. %b %Y", "%Y-%m-%d", "%b %d, %y", "%d.%m.%Y.", "%Y-%b-%d"
)  # fmt: skip
_SHAPE = re.compile(
    r"(?P<date>.*?\d[.,]?)(?P<between>(?:T|,\s|\s|:|\s-\s|\sat\s))\s*(?P<time>\d{1,2}(?P<mark>[:.])\d\d(?P<seconds>[:.]\d\d)?(?P<part>[.]\d{1,9})?)"
    r"(?P<half>\s?[AaPp][Mm])?(?P<zone>\s?(?:Z|[+-]\d\d:?\d\d)|\s(?:UTC|GMT))?"
)
_HINT = re.compile(
    r"date|time|stamp|day|month|year|when|created|updated|modified|start|end|began|begin|finish|open|close|due|resolved|^at$"
    r"|_at$| at$|_on$| on$|datum|zeit|tijd|tag|fecha|hora|epoch|unix|\bts\b|period|heure|jour|dato|data|monat|maand|mois|mes"
    r"|jahr|jaar|annee|week|woche|\bat\b",
    re.IGNORECASE,
)
_YEAR_HINT = re.compile(r"year|jahr|jaar|ano|annee|period|\bfy\b", re.IGNORECASE)
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_COMPACT = re.compile(r"(?:19|20)\d{6}(?:\d{6})?")
_NO_DAY = re.compile(r"^(?:0000-|0001-|9999-|1900-01-01|1970-01-01|2999-|2099-12-31|31/12/9999|01/01/1900|12/31/9999|1/1/1900)")
_RANGES = {EPOCH: (9.4e8, 2.2e9), EPOCH_MS: (9.4e11, 2.2e12)}
_LONGER = {"us": (9.4e14, 2.2e15), "ns": (9.4e17, 2.2e18)}
_EXCEL_RANGE = (36_526.0, 58_000.0)  # 2000 to 2058
FIRST_13 = "^[0-9]{13}"  # of micro- or nanoseconds since 1970: the milliseconds


@dataclass(frozen=True, slots=True)
class Moments:
    """How the dates of a column are read: `formats` in turn; `others` fit as well, by another order of day and month."""

    formats: tuple[str, ...]
    share: float  # of the cells that can be read so
    low: dt.datetime
    high: dt.datetime
    has_time: bool
    lasts: Length | None = None  # where a value is a period
    extract: str | None = None
    fillers: tuple[str, ...] = ()  # dates that stand for none, such as 9999-12-31
    n_days: int = 0
    rhythm: Length | None = None  # how far apart the days are, where that is regular
    others: tuple[str, ...] = ()
    is_all: bool = True  # False: not all the different values were read

    @property
    def is_in_order(self) -> bool:
        """Say whether the first and the last text, or number, are the earliest and the latest."""
        (format_, *others) = self.formats
        is_sorted = format_ in (ISO, EPOCH, EPOCH_MS, EXCEL) or format_.startswith("%Y%m")
        return is_sorted and not others and not self.fillers and self.share == 1.0


def moments_of(values: Mapping[str, int], name: str) -> Moments | None:
    """
    Return how the texts of a column are read as dates or instants; None when they are none.

    *values*    text -> how often
    """
    fillers = tuple(each for each in values if _NO_DAY.match(each))
    given = {text: n for text, n in values.items() if text not in fillers} if len(fillers) < len(values) else dict(values)
    if not given:
        return None
    is_digits = all(_DIGITS.fullmatch(each) for each in list(given)[:N_SHAPES])
    found = _of_digits(given, name) if is_digits else _of_texts(given)
    if found is None or len(fillers) == len(values):
        return found
    return replace(found, fillers=fillers)


def moments_as(values: Mapping[str, int], format_: str, otherwise: Moments | None) -> Moments | None:
    """Return how the texts of a column are read in one format."""
    fillers = otherwise.fillers if otherwise else ()
    given = {text: n for text, n in values.items() if text not in fillers}
    found = _tested(given, format_) if given else None
    return replace(_made((format_,), given, found), fillers=fillers) if found else otherwise


def length_of(text: str) -> Length | None:
    """Return how long the period is that a text names.

    >>> length_of("2026-Q1"), length_of("2026-03-01"), length_of("soon")
    (Length(months=3, days=0), Length(months=0, days=1), None)
    """
    days = days_of(text)
    if days is None:
        return None
    n = (days[1] - days[0]).days
    return DAY if n == 1 else WEEK if n == 7 else MONTH if n < 32 else QUARTER if n < 93 else YEAR


def _of_texts(values: Mapping[str, int]) -> Moments | None:
    if (iso := _tested(values, ISO)) is not None and iso[0] >= SHARE_NEEDED:
        return _made((ISO,), values, iso)
    first = next(iter(values))
    if days_of(first) is not None and (period := _tested(values, PERIOD)) is not None and period[0] >= SHARE_NEEDED:
        lengths = {length_of(text) for text in values} - {None}
        return _made((PERIOD,), values, period, lasts=lengths.pop() if len(lengths) == 1 else None)
    formats = dict.fromkeys(each for text in list(values)[:N_SHAPES] for each in _formats_of(text))
    tested = {each: found for each in formats if (found := _tested(values, each)) is not None}
    if iso is not None and tested:
        return _mixed(values, {ISO: iso, **tested})
    good = {each: found for each, found in tested.items() if found[0] >= SHARE_NEEDED}
    if not good:
        return _mixed(values, tested)
    best = max(found[0] for found in good.values())
    fitting = [each for each, found in good.items() if found[0] == best]
    kept = [each for each in fitting if each == fitting[0] or twins((fitting[0], each))]
    chosen = min(kept, key=lambda each: good[each][1][1] - good[each][1][0])  # days that lie close together are likelier
    return replace(_made((chosen,), values, good[chosen]), others=tuple(each for each in kept if each != chosen))


Tested = tuple[float, tuple[dt.datetime, dt.datetime], "pa.Array"]
"""(share of the cells that can be read, the earliest and latest, the instants)"""


def _mixed(values: Mapping[str, int], tested: Mapping[str, Tested]) -> Moments | None:
    """Several formats in turn may read what none reads alone; never two that differ by day and month."""
    chosen: list[str] = []
    for each in sorted(tested, key=lambda each: -tested[each][0]):
        if tested[each][0] >= 0.02 and not twins((*chosen, each)) and len(chosen) < 3:
            chosen.append(each)
    both = _tested(values, *chosen) if len(chosen) > 1 else None
    if both is None or both[0] < SHARE_NEEDED:
        return None
    return _made(tuple(chosen), values, both)


def _of_digits(values: Mapping[str, int], name: str) -> Moments | None:
    """Numbers are moments only where their column is called like one, or where they can hardly be anything else."""
    is_hinted = _HINT.search(name) is not None
    if all(_COMPACT.fullmatch(each) for each in values):
        format_ = "%Y%m%d%H%M%S" if len(next(iter(values))) == 14 else "%Y%m%d"
        found = _tested(values, format_)
        if found is not None and found[0] == 1.0 and (is_hinted or len(values) > 3):
            return _made((format_,), values, found)
    if not is_hinted:
        return None
    numbers = [float(each) for each in values if _DIGITS.fullmatch(each)]
    for format_, (low, high) in _RANGES.items():
        if all(low <= each <= high for each in numbers) and (found := _tested(values, format_)):
            return _made((format_,), values, found)
    for low, high in _LONGER.values():
        if all(low <= each <= high for each in numbers):
            found = _tested({text[:13]: n for text, n in values.items()}, EPOCH_MS)
            return _made((EPOCH_MS,), values, found, extract=FIRST_13) if found else None
    if all(_EXCEL_RANGE[0] <= each <= _EXCEL_RANGE[1] for each in numbers) and (found := _tested(values, EXCEL)):
        return _made((EXCEL,), values, found)
    if all(re.fullmatch(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])", each) for each in values) and (found := _tested(values, "%Y%m")):
        return _made(("%Y%m",), values, found, lasts=MONTH)
    if _YEAR_HINT.search(name) and all(re.fullmatch(r"(?:19|20)\d\d", each) for each in values):
        found = _tested(values, PERIOD)
        return _made((PERIOD,), values, found, lasts=YEAR) if found else None
    return None


def _formats_of(text: str) -> list[str]:
    """Return the formats that one text may be written in.

    >>> _formats_of("3/4/2026 10:15 PM")
    ['%d/%m/%Y %I:%M %p', '%m/%d/%Y %I:%M %p']
    """
    match = _SHAPE.fullmatch(text)
    date, time = (match["date"], _time_format(match)) if match else (text, "")
    return [each + time for each in _DATES if _is_date(date, each)]


def _time_format(match: re.Match[str]) -> str:
    mark, half, zone = match["mark"], match["half"] or "", match["zone"] or ""
    made = f"{'%I' if half else '%H'}{mark}%M{mark + '%S' if match['seconds'] else ''}{'.%f' if match['part'] else ''}"
    made += (" %p" if half.startswith(" ") else "%p") if half else ""
    made += "" if not zone else zone if zone.strip() in ("UTC", "GMT") else " %z" if zone.startswith(" ") else "%z"
    return match["between"] + made


def _is_date(text: str, format_: str) -> bool:
    try:
        return 1600 <= dt.datetime.strptime(text, format_).year <= 2200  # noqa: DTZ007  (only whether it can be read)
    except ValueError:
        return False


def _tested(values: Mapping[str, int], *formats: str) -> Tested | None:
    """Read texts as ingest would."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_slow = any(code in each for each in formats for code in ("%b", "%B", "%a", "%A", "%p", "%f", "%z", "%y", PERIOD))
    texts = list(values)[: N_SLOW if is_slow else None]
    read = read_instant(pa.array(texts, pa.string()), Reading(formats=formats))
    total = sum(values[text] for text in texts)
    counts = pa.array([values[text] for text in texts], pa.int64())
    if not read.values.null_count < len(texts):
        return None
    share = (pc.sum(counts.filter(pc.is_valid(read.values))).as_py() or 0) / total
    ends = pc.min_max(read.values).as_py()
    return share, (ends["min"], ends["max"]), read.values


def _made(
    formats: tuple[str, ...], values: Mapping[str, int], found: Tested, *, lasts: Length | None = None,
    extract: str | None = None
) -> Moments:  # fmt: skip
    share, (low, high), instants = found
    days, has_time = _days(instants, formats[0])
    return Moments(formats, share, low, high, has_time and lasts is None, lasts, extract, n_days=len(days),
                   rhythm=lasts or rhythm_of(days), is_all=len(instants) == len(values))  # fmt: skip


def _days(instants: pa.Array, format_: str) -> tuple[list[dt.date], bool]:
    """Return the different days, sorted, and whether any instant is no midnight."""
    import numpy as np

    micros = instants.drop_null().cast("int64").to_numpy()
    days = np.unique(micros // 86_400_000_000)
    has_time = bool(np.any(micros % 86_400_000_000)) or any(code in format_ for code in ("%H", "%I"))
    epoch = dt.date(1970, 1, 1)
    return [epoch + dt.timedelta(days=int(each)) for each in days[:5000]], has_time


def rhythm_of(days: Sequence[dt.date]) -> Length | None:
    """
    Return how far apart days are where that is regular: days, weeks, months, quarters or years.

    >>> rhythm_of([dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)])
    Length(months=1, days=0)
    """
    if len(days) < 2:
        return None
    gaps = [(after - day).days for day, after in pairwise(days)]
    if all(day.day == 1 for day in days):
        months = [(after.year - day.year) * 12 + after.month - day.month for day, after in pairwise(days)]
        for length in (MONTH, QUARTER, YEAR):
            if min(months) == length.months and all(each % length.months == 0 for each in months):
                return length
    if min(gaps) == 7 and all(gap % 7 == 0 for gap in gaps):
        return WEEK
    return DAY if gaps.count(1) >= len(gaps) / 2 else None
