"""Stretches of the calendar: `1m` is a month, however many days it has; and the periods that a label names."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from wholeservice.mapping.base import Length

Days = tuple[dt.date, dt.date]
"""The first day, and the day after the last."""

DAY, WEEK, MONTH, QUARTER, YEAR = Length(days=1), Length(days=7), Length(months=1), Length(months=3), Length(months=12)
_UNITS = {"d": DAY, "w": WEEK, "m": MONTH, "q": QUARTER, "y": YEAR}
_LENGTH = re.compile(r"(\d{1,4})([dwmqy])")

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_WORD = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_Y, _B = r"(?P<year>(?:1[6-9]|20|21)\d{2})", rf"(?P<name>{MONTH_WORD})"
_Q, _W, _M, _D = r"Q(?P<quarter>[1-4])", r"W(?P<week>\d{2})", r"(?P<month>\d{2})", r"(?P<day>\d{2})"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        _Y, rf"{_Y}[- ]?{_Q}", rf"{_Q}[- /]?{_Y}", rf"{_Y}-?{_W}", rf"{_Y}-{_M}", rf"{_Y}-{_M}-{_D}",
        rf"{_B}[- ,/']*{_Y}", rf"{_Y}[- ]{_B}",
    )
)  # fmt: skip


def parse_length(words: str) -> Length | None:
    """Read a stretch of the calendar, None when it is none.

    >>> parse_length("1q"), parse_length("28d"), parse_length("0m"), parse_length("soon")
    (Length(months=3, days=0), Length(months=0, days=28), None, None)
    """
    match = _LENGTH.fullmatch(words.strip())
    if match is None or int(match[1]) == 0:
        return None
    unit = _UNITS[match[2]]
    return Length(unit.months * int(match[1]), unit.days * int(match[1]))


def later(day: dt.date, length: Length, times: int = 1) -> dt.date:
    """
    Return the day that is a stretch later (earlier for negative *times*); a month after the 31st is the month's last day.

    Errors   OverflowError beyond the years 1 to 9999

    >>> later(dt.date(2026, 1, 31), MONTH), later(dt.date(2026, 3, 1), YEAR, -1), later(dt.date(2026, 3, 1), WEEK)
    (datetime.date(2026, 2, 28), datetime.date(2025, 3, 1), datetime.date(2026, 3, 8))
    """
    months = day.year * 12 + day.month - 1 + length.months * times
    year, month = divmod(months, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise OverflowError(f"the year {year} is out of range")
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last)) + dt.timedelta(days=length.days * times)


def days_of(words: str) -> Days | None:
    """
    Return the days of a period as people write it, and nothing else in the text; None when it is no period.

    >>> days_of("2026-Q3") == days_of("Q3 2026") == (dt.date(2026, 7, 1), dt.date(2026, 10, 1))
    True
    >>> days_of("Mar 2026"), days_of("2026-W03")[0], days_of("2026-13"), days_of("March")
    ((datetime.date(2026, 3, 1), datetime.date(2026, 4, 1)), datetime.date(2026, 1, 12), None, None)
    """
    text = " ".join(words.split())
    match = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    try:
        return _days(match.groupdict()) if match else None
    except ValueError:
        return None


def month_number(word: str) -> int:
    """Return the number of a month from its English name, shortened or not."""
    return MONTHS.index(word[:3].lower()) + 1


def _days(said: dict[str, str | None]) -> Days:
    year = int(said["year"] or 0)
    if week := said.get("week"):
        first, length = dt.date.fromisocalendar(year, int(week), 1), WEEK
    elif quarter := said.get("quarter"):
        first, length = dt.date(year, 3 * int(quarter) - 2, 1), QUARTER
    elif name := said.get("name"):
        first, length = dt.date(year, month_number(name), 1), MONTH
    else:
        first = dt.date(year, int(said.get("month") or 1), int(said.get("day") or 1))
        length = DAY if said.get("day") else MONTH if said.get("month") else YEAR
    return first, later(first, length)
