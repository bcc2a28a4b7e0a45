"""Columns that are periods: by a rule over the header, or as listed, each becomes an entry with its NAME, `from` and `to`."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from wholeservice.errors import Problem, suggest
from wholeservice.mapping.base import FROM, TO, Bound, TableMapping, Wide
from wholeservice.mapping.lengths import DAY, MONTH, YEAR, Days, days_of, later
from wholeservice.sources.base import Header

ABSENT = -1  # a column that an open header does not have in this batch: missing in every row
MAX_HEADER = 200  # characters of a header that is compared with a rule
MAX_NAMES = 4  # names in braces in one pattern
RANGE = re.compile(r"(\d{1,5})\s*\.\.\s*(\d{1,5})(?:\s+by\s+(\d{1,4}))?")
_BRACES = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}|([^{}]+|[{}])")
_LENGTH_OF_CODE = (("dj", DAY), ("bBm", MONTH), ("Yy", YEAR))
_A_YEAR = re.compile(r"(?:19|20)\d\d")
_NEVER = (dt.date.max, dt.date.min)

Entries = tuple[tuple[str, Mapping[str, Bound]], ...]
"""(label of the entry, what its names stand for)"""


def entries_of(mapping: TableMapping, header: Header) -> tuple[Entries, list[Problem]]:
    """Return one entry per period: those that are declared, or those that the rule finds in the header."""
    if mapping.wide is None:
        return tuple((str(number), bound) for number, bound in enumerate(mapping.each, 1)), []
    finder = _Finder(mapping.wide, header)
    entries = finder.in_ranges() if mapping.wide.first_on else finder.in_headers()
    return tuple(entries), finder.problems


def pattern_mistake(pattern: str) -> str | None:
    """Say what is wrong with the pattern of a header, None when nothing is.

    >>> pattern_mistake("{from} visits"), pattern_mistake("visits"), pattern_mistake("{from:%H}")
    (None, 'it names no period: {from} or {to}', "'%H' has no year")
    """
    rule = _Rule.of(pattern)
    if not {FROM, TO} & set(rule.names):
        return "it names no period: {from} or {to}"
    if len(set(rule.names)) < len(rule.names):
        return "a name stands in it twice"
    if len(rule.names) > MAX_NAMES:
        return f"it has more than {MAX_NAMES} names in braces"
    wrong = next((each for each in rule.formats.values() if not re.search("%[Yy]", each)), None)
    return f"'{wrong}' has no year" if wrong else None


def names_in(pattern: str) -> list[str]:
    """Return the names in braces of a pattern, besides the period: what a header says of its column.

    >>> names_in("{from}: {channel}")
    ['channel']
    """
    return [name for name in _Rule.of(pattern).names if name not in (FROM, TO)]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A pattern of whole headers; a name in braces stands for as little as can be."""

    names: tuple[str, ...]
    formats: Mapping[str, str]
    regex: re.Pattern[str]

    @property
    def has_words(self) -> bool:
        """Say whether anything but names stands in it."""
        return re.search(r"\w", self.regex.pattern.replace("(.+?)", "")) is not None

    @classmethod
    def of(cls, pattern: str) -> _Rule:
        parts = list(_BRACES.finditer(" ".join(pattern.split())))
        regex = "".join("(.+?)" if each[1] else re.escape(each[3]) for each in parts)
        names = tuple(each[1].strip() for each in parts if each[1])
        formats = {each[1].strip(): each[2] for each in parts if each[2]}
        return cls(names, formats, re.compile(regex, re.IGNORECASE))

    def read(self, label: str) -> dict[str, str] | None:
        """Return what a header says for each name, None when it is not like the pattern."""
        match = self.regex.fullmatch(" ".join(label.split())) if len(label) <= MAX_HEADER else None
        return dict(zip(self.names, match.groups(), strict=True)) if match else None


@dataclass
class _Teller:
    """Collects what is odd about a header, each thing once."""

    wide: Wide
    header: Header
    problems: list[Problem] = field(default_factory=list)

    def lacking(self, found: list[dict[str, int]]) -> None:
        """Say once for each name in how many periods there is no column of it."""
        for name, bound in self.wide.columns.items():
            without = [columns for columns in found if name not in columns]
            if without:
                label = " ".join(self.header.names[next(iter(without[0].values()))].split())
                what = (
                    f"{len(without)} of {len(found)} periods of {self.header.file} have no '{name}', such as that of '{label}'"
                )
                self.wrong("SRC142", what, bound, "every name for each period", severity="warning",
                           next_step="nothing if the file has none; it is missing")  # fmt: skip

    def odd(self, found: Mapping[Days, dict[str, int]]) -> None:
        """Say once which windows are not as long as most: a total of the year beside its months would be counted twice."""
        lengths = {days: _length(days) for days in found}
        ((usual, _),) = Counter(lengths.values()).most_common(1) if found else ((None, 0),)
        strange = [days for days, length in lengths.items() if length != usual]
        if strange:
            (first, after), position = strange[0], next(iter(found[strange[0]].values()))
            label = " ".join(self.header.names[position].split())
            what = f"{len(strange)} of {len(found)} periods of {self.header.file} are not as long as the others, such as"
            self.wrong("SRC115", f"{what} '{label}', {first} to {after - dt.timedelta(days=1)}",
                       next(iter(self.wide.columns.values())), "periods of one length", severity="warning",
                       next_step="make the pattern narrower, or say lasts:, if it counts others again")  # fmt: skip

    def beyond_calendar(self, number: int) -> None:
        self.wrong("SRC140", f"the window of column {number + 1} of the range lies beyond the calendar",
                   next(iter(self.wide.columns.values())), "days of the years 1 to 9999",
                   next_step="correct every: or the range")  # fmt: skip

    def not_understood(self, strange: Mapping[str, list[int]]) -> None:
        """Say once for each name which columns are like its pattern, and name no period."""
        for name, positions in strange.items():
            bound, first = self.wide.columns[name], positions[0]
            label = " ".join(self.header.names[first].split())
            what = f"{len(positions)} columns of {self.header.file} are like '{bound.text}' and name no period; left out"
            self.wrong("SRC143", f"{what}, such as column {first + 1}, '{label}'", bound,
                       "a period: 2026-03, Mar 2026, 2026-Q1, 2026-W03 or 2026", severity="warning",
                       next_step="correct the header, or say its format: {from:%m/%Y}")  # fmt: skip

    def twice(self, name: str, first: int, second: int, bound: Bound) -> None:
        what = f"columns {first + 1} and {second + 1} of {self.header.file} are both '{name}' of one period"
        self.wrong("SRC109", what, bound, "one column for each period",
                   next_step="make the pattern narrower, or list the periods")  # fmt: skip

    def none_found(self) -> None:
        for bound in self.wide.columns.values():
            like = _BRACES.sub(lambda each: "2026" if each[1] else each[3], bound.text)
            self.wrong("SRC108", f"{self.header.file} has no column like '{bound.text}'", bound,
                       f"one of its {len(self.header.names)} columns with a period in its header",
                       suggest(like, self.header.names), next_step="correct the pattern")  # fmt: skip

    def wrong(self, code: str, what: str, at: Bound, expected: str, nearest: str | None = None, **more: str) -> None:
        self.problems.append(Problem(code, what, at.place, expected, nearest, **more))


class _Finder(_Teller):
    """Finds the entries of a rule in a header."""

    # by where the columns stand -------------------------------------------------------------------------------------------

    def in_ranges(self) -> Iterator[tuple[str, Mapping[str, Bound]]]:
        """Yield an entry for each column of the ranges: the first starts on the declared day, each next one a window later."""
        ranges = {name: _positions(bound.text) for name, bound in self.wide.columns.items()}
        for name, positions in ranges.items():
            if positions and positions[-1] > len(self.header.names):
                self.wrong("SRC110", f"{self.header.file} has no column {positions[-1]}", self.wide.columns[name],
                           f"a range within 1..{len(self.header.names)}", next_step="correct the range")  # fmt: skip
        if self.problems or self.wide.first_on is None or self.wide.lasts is None:
            return
        for number, row in enumerate(zip(*ranges.values(), strict=True)):
            try:
                start = later(self.wide.first_on, self.wide.every or self.wide.lasts, number)
                ends = self.ends(start, later(start, self.wide.lasts))
            except OverflowError:
                self.beyond_calendar(number)
                return
            columns = {name: self.column(name, at - 1) for name, at in zip(ranges, row, strict=True)}
            yield start.isoformat(), columns | ends

    # by what their headers say --------------------------------------------------------------------------------------------

    def in_headers(self) -> Iterator[tuple[str, Mapping[str, Bound]]]:
        """Yield an entry for each window, with the columns and the texts that the headers name."""
        found: dict[tuple[Days, tuple[tuple[str, str], ...]], dict[str, int]] = {}
        strange: dict[str, list[int]] = {}
        rules = {name: _Rule.of(bound.text) for name, bound in self.wide.columns.items()}
        for position, label in enumerate(self.header.names):
            for name, rule in rules.items():
                said = rule.read(label)
                if said is None:
                    continue
                bound, days = self.wide.columns[name], self.days(said, rule)
                if days is None:
                    if rule.has_words or _A_YEAR.search(label):  # any other column is like `{from}`
                        strange.setdefault(name, []).append(position)
                    continue
                texts = tuple(sorted((key, text) for key, text in said.items() if key not in (FROM, TO)))
                columns = found.setdefault((days, texts), {})
                if columns.setdefault(name, position) != position:
                    self.twice(name, columns[name], position, bound)
        if not found and not self.header.is_open:
            self.none_found()
        self.not_understood(strange)
        self.lacking(list(found.values()))
        self.odd({days: columns for (days, _), columns in found.items()})
        for (days, texts), columns in sorted(found.items()):
            yield self.entry(days, texts, columns)

    def entry(self, days: Days, texts: tuple[tuple[str, str], ...], columns: dict[str, int]) -> tuple[str, Mapping[str, Bound]]:
        bound = {name: self.column(name, columns.get(name, ABSENT)) for name in self.wide.columns}
        bound |= {name: Bound(text, self.wide.place, is_text=True) for name, text in texts}
        label = ".".join(["/".join(map(str, days)), *(text for _, text in texts)])
        return label, bound | self.ends(*days)

    def days(self, said: Mapping[str, str], rule: _Rule) -> Days | None:
        """Return the window that a header names, as long as `lasts:` says or else as the header itself."""
        named = {name: _named(said[name], rule.formats.get(name)) for name in (FROM, TO) if name in said}
        if any(days is None for days in named.values()):
            return None
        ends = {name: days for name, days in named.items() if days is not None}
        try:
            first, after = ends.get(FROM, ends.get(TO, _NEVER))[0], ends.get(TO, ends.get(FROM, _NEVER))[1]
            if first >= after or self.wide.lasts is None:
                return (first, after) if first < after else None
            return (first, later(first, self.wide.lasts)) if FROM in ends else (later(after, self.wide.lasts, -1), after)
        except OverflowError:
            return None

    # what an entry binds -------------------------------------------------------------------------------------------------

    def column(self, name: str, position: int) -> Bound:
        return Bound("", self.wide.columns[name].place, position)

    def ends(self, first: dt.date, after: dt.date) -> dict[str, Bound]:
        return {name: Bound(day.isoformat(), self.wide.place, is_text=True) for name, day in ((FROM, first), (TO, after))}


def _positions(text: str) -> list[int]:
    match = RANGE.fullmatch(text.strip())
    return list(range(int(match[1]), int(match[2]) + 1, int(match[3] or 1))) if match and int(match[3] or 1) else []


def _length(days: Days) -> tuple[int, int]:
    """Return the months and days from the first day to the day after the last."""
    first, after = days
    return (after.year - first.year) * 12 + after.month - first.month, after.day - first.day


def _named(text: str, format_: str | None) -> Days | None:
    """Return the days that a part of a header names, in any usual spelling or in the declared one."""
    if not format_:
        return days_of(text)
    length = next(length for codes, length in _LENGTH_OF_CODE if any(f"%{code}" in format_ for code in codes))
    try:
        first = dt.datetime.strptime(text.strip(), format_).date()  # noqa: DTZ007  (a civil day has no zone)
    except ValueError:
        return None
    return first, later(first, length)
