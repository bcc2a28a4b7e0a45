"""Headers that name periods, `2024-Q1 visits` or `January 2014 to December 2014: volume`, and the patterns they make."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from wholeservice.mapping.base import FROM, TO, Length
from wholeservice.mapping.lengths import DAY, MONTH, MONTH_WORD, QUARTER, WEEK, YEAR, Days, days_of, later
from wholeservice.mapping.wide import MAX_HEADER
from wholeservice.proposal.words import words_of

MIN_PERIODS = 3
_Y = r"(?:19|20)\d\d"
_PERIOD = re.compile(
    rf"(?<![A-Za-z0-9])(?:{_Y}-?W\d\d|{_Y}[- ]?Q[1-4]|Q[1-4][- /]?{_Y}|{_Y}-\d\d-\d\d|{_Y}-(?:0[1-9]|1[0-2])(?!\d)"
    rf"|{MONTH_WORD}[- ,/']*{_Y}|{_Y}[- ]{MONTH_WORD}|{_Y})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_FORMATS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(rf"(?<!\d)\d{{1,2}}/\d{{1,2}}/{_Y}(?!\d)"), ("%d/%m/%Y", "%m/%d/%Y")),
    (re.compile(rf"(?<!\d)\d{{1,2}}\.\d{{1,2}}\.{_Y}(?!\d)"), ("%d.%m.%Y",)),
    (re.compile(rf"(?<![\d/])\d{{1,2}}/{_Y}(?!\d)"), ("%m/%Y",)),
    (re.compile(rf"(?<![\d.])\d{{1,2}}\.{_Y}(?!\d)"), ("%m.%Y",)),
    (re.compile(rf"(?<!\d){_Y}/\d{{1,2}}(?![\d/])"), ("%Y/%m",)),
    (re.compile(rf"(?<!\d){_Y}_\d{{2}}(?!\d)"), ("%Y_%m",)),
    (re.compile(rf"(?<!\d){_Y}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d)"), ("%Y%m%d",)),
    (re.compile(rf"(?<!\d){_Y}(?:0[1-9]|1[0-2])(?!\d)"), ("%Y%m",)),
    (re.compile(rf"(?<![A-Za-z]){MONTH_WORD}-\d\d(?!\d)", re.IGNORECASE), ("%b-%y", "%B-%y")),
    (re.compile(rf"(?<![A-Za-z]){MONTH_WORD} '?\d\d(?!\d)", re.IGNORECASE), ("%b %y", "%B %y", "%b '%y"))
)  # fmt: skip
_MONTHS = (
    "jan january januar januari janvier enero", "feb february februar februari fevrier febrero",
    "mar march marz maart mars marzo mrt", "apr april avril abril", "may mai mei mayo", "jun june juni juin junio",
    "jul july juli juillet julio", "aug august augustus aout agosto",
    "sep sept september septembre septiembre", "oct okt october oktober octobre octubre", "nov november novembre noviembre",
    "dec dez december dezember decembre diciembre"
)  # fmt: skip
MONTH_OF = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}


@dataclass(frozen=True, slots=True)
class Group:
    """Columns whose headers are one pattern: `rest` is what they say besides the period."""

    pattern: str
    rest: str
    positions: tuple[int, ...]
    days: tuple[Days, ...]

    @property
    def lengths(self) -> Counter[Length]:
        """How often the windows are how long."""
        return Counter(_length(each) for each in self.days)

    @property
    def overlaps(self) -> bool:
        """Say whether a window begins before an earlier one of the usual length has ended."""
        usual = self.lengths.most_common(1)[0][0]
        firsts = sorted(first for first, _ in self.days)
        return any(after < later(first, usual) for first, after in pairwise(firsts))


def groups_of(headers: Sequence[str]) -> list[Group]:
    """
    Return the patterns under which columns are one period each.

    >>> [each.pattern for each in groups_of(["site", "2024-Q1 visits", "2024-Q2 visits", "2024-Q3 visits"])]
    ['{from} visits']
    """
    found: dict[str, list[tuple[int, Days]]] = {}
    rests: dict[str, str] = {}
    for position, header in enumerate(headers):
        label = " ".join(header.split())
        if not label or len(label) > MAX_HEADER or "{" in label or "}" in label:
            continue
        if (read := _read(label)) is not None:
            pattern, rest, days = read
            found.setdefault(pattern, []).append((position, days))
            rests[pattern] = rest
    for label_format in _by_format(headers):
        pattern, rest, columns = label_format
        found.setdefault(pattern, columns)
        rests.setdefault(pattern, rest)
    return [
        Group(pattern, rests[pattern], tuple(position for position, _ in columns), tuple(days for _, days in columns))
        for pattern, columns in found.items()
        if len(columns) >= MIN_PERIODS and len({days for _, days in columns}) == len(columns)
    ]  # fmt: skip


def months_in(headers: Sequence[str]) -> tuple[int, int] | None:
    """
    Return the position of the first and last of a run of months without a year: Jan, Feb, Mar ... ; None when there is none.

    >>> months_in(["team", "Januar", "Februar", "März", "total"])
    (1, 3)
    """
    numbers = [MONTH_OF.get("".join(words_of(each)), 0) for each in headers]
    starts = [at for at, number in enumerate(numbers) if number and (at == 0 or not _follows(numbers[at - 1], number))]
    for start in starts:
        end = start
        while end + 1 < len(numbers) and _follows(numbers[end], numbers[end + 1]):
            end += 1
        if end - start + 1 >= MIN_PERIODS:
            return start, end
    return None


def first_month(header: str) -> int:
    """Return the number of a month from its name in one of several languages."""
    return MONTH_OF["".join(words_of(header))]


def _follows(number: int, after: int) -> bool:
    return bool(number) and after == number % 12 + 1


def _read(label: str) -> tuple[str, str, Days] | None:
    """Return the pattern of a label, what it says besides, and its days."""
    matches = [match for match in _PERIOD.finditer(label) if days_of(match[0]) is not None]
    if not matches or len(matches) > 2 or _is_part(label, matches):
        return None
    days = [found for match in matches if (found := days_of(match[0])) is not None]
    if len(matches) == 2 and not days[0][0] < days[1][1]:
        return None
    names = [f"{{{FROM}}}", f"{{{TO}}}"][: len(matches)]
    pattern, rest, at = "", "", 0
    for match, name in zip(matches, names, strict=True):
        pattern += label[at : match.start()] + name
        rest += label[at : match.start()] + " "
        at = match.end()
    if len(matches) == 2:
        rest = re.sub(r"(?:\b(?:to|until|bis|tot)\b|[-–])\s*$", "", rest.strip())
    return pattern + label[at:], (rest + label[at:]).strip(" :-_/"), (days[0][0], days[-1][1])


def _is_part(label: str, matches: list[re.Match[str]]) -> bool:
    """Say whether what is left of a label names part of a period too: the `Jul -` of `Jul - Sep 2012`."""
    left = label
    for match in reversed(matches):
        left = left[: match.start()] + " " + left[match.end() :]
    return (
        any(word in MONTH_OF for word in words_of(left))
        or re.search(r"\bQ[1-4]\b|\bW\d\d?\b|(?<!\d)\d\d(?!\d)", left) is not None
    )


def _by_format(headers: Sequence[str]) -> list[tuple[str, str, list[tuple[int, Days]]]]:
    """Return patterns with a format of their own, for periods that are written in no usual way."""
    made = []
    for regex, formats in _FORMATS:
        by_rest: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for position, header in enumerate(headers):
            label = " ".join(header.split())
            match = regex.search(label) if len(label) <= MAX_HEADER and "{" not in label and "}" not in label else None
            if match is not None:
                by_rest.setdefault((label[: match.start()], label[match.end() :]), []).append((position, match[0]))
        for (before, after), columns in by_rest.items():
            format_ = next((each for each in formats if all(_day(text, each) for _, text in columns)), None)
            if format_ is None or len(columns) < MIN_PERIODS:
                continue
            days = [(position, _days(text, format_)) for position, text in columns]
            made.append((f"{before}{{{FROM}:{format_}}}{after}", f"{before} {after}".strip(" :-_/"), days))
    return made


def _day(text: str, format_: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, format_).date()  # noqa: DTZ007  (a civil day has no zone)
    except ValueError:
        return None


def _days(text: str, format_: str) -> Days:
    first = dt.datetime.strptime(text, format_).date()  # noqa: DTZ007  (a civil day has no zone)
    return first, later(first, DAY if "%d" in format_ else MONTH)


def _length(days: Days) -> Length:
    first, after = days
    months = (after.year - first.year) * 12 + after.month - first.month
    if first.day == after.day == 1 and months:
        return {1: MONTH, 3: QUARTER, 12: YEAR}.get(months, Length(months=months))
    n = (after - first).days
    return WEEK if n == 7 else Length(days=n)
