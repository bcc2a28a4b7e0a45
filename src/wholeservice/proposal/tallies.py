"""Tables of numbers that somebody already counted: which columns are the numbers, and what their windows are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wholeservice import tables
from wholeservice.mapping.base import Length
from wholeservice.mapping.lengths import DAY, MONTH, QUARTER, WEEK, YEAR, later
from wholeservice.periods import CALENDAR, ROLLING
from wholeservice.proposal.columns import NAME, NUMBER, WORD, Column
from wholeservice.proposal.counts import (
    COUNT,
    LEVELS,
    MEAN,
    MEANS,
    SHARE,
    SHARES,
    TRANSACTIONS,
    is_hidden,
    is_number_of,
    names_something,
    of_words,
)  # fmt: skip
from wholeservice.proposal.entries import CHANNEL_WORDS, MIN_CHANNELS, Entry, Setting, channel_line, moment_line
from wholeservice.proposal.scores import Fit, name_of
from wholeservice.proposal.spelling import Line, about, braces, flow_list, is_called, length_text, scalar, value_of
from wholeservice.proposal.words import CHANNELS, share_of, words_of
from wholeservice.tables import Tally

HISTOGRAM = "histogram"
MAX_NUMBERS = 12  # columns of numbers that become entries
_t: Any = tables  # the checker of types does not know that a slot can be named

_LENGTHS = (
    ("week,weekly,woche,wochen,semaine,semana,wk", WEEK), ("month,monthly,monat,maand,mois,mes,yearmonth", MONTH),
    ("quarter,quarterly,quartal,kwartaal,trimestre", QUARTER), ("year,yearly,jahr,jaar,annee,ano,annual", YEAR),
    ("day,daily,tag,dag,jour,dia", DAY)
)  # fmt: skip
_LENGTH_OF = {word: length for words, length in _LENGTHS for word in words.split(",")}
_NO_CURRENCY = ("ALL", "TOP", "MOP", "CUP")  # codes that are words
_SCALE = re.compile(r"^(.*?\D|)(\d{1,2})(\D.*|)$")
_MIN_SCALE = 3


@dataclass(frozen=True, slots=True)
class Counted:
    """A column of numbers: what it counts, as which statistic, in which channel and currency."""

    column: Column
    of: str
    statistic: str
    is_sure: bool
    channel: str | None = None
    is_named: bool = True  # by its name or unit; else it is only a number


def counted(column: Column) -> Counted | None:
    """Say what a column of numbers counts; None when it is hardly a count."""
    words = column.words
    of, how, sure = of_words(words)
    if names_something(words) and (column.is_unique or of is None):
        return None
    if column.kind != NUMBER or column.ref is None or is_hidden(column.name):
        return None
    if how == SHARE and not column.is_percent and (column.high or 0) > 1 and not {"%", "percent"} & {*words, *column.name}:
        how = MEAN
    if column.is_percent and how == COUNT:
        how = SHARE
    channel = next((word for word in words if word in CHANNELS and word not in ("direct", "agent", "store", "call")), None)
    is_named = of is not None or how != COUNT or is_number_of(words)
    is_named = is_named or bool(column.currency) or column.is_percent
    if of is None:
        left = [word for word in words if word not in SHARES | MEANS and word != channel]
        of = " ".join(left) or column.name.lower() or TRANSACTIONS
    return Counted(column, of, how, sure, channel, is_named)


def numbers_of(setting: Setting, used: Sequence[Column]) -> tuple[list[Counted], list[list[Column]]]:
    """Return the columns that count something, and the scales: columns with one count per point."""
    free = [each for each in setting.free if each.kind == NUMBER and not any(each is other for other in used)]
    scales = list(_scales(free))
    single = [each for each in free if not any(each is other for scale in scales for other in scale)]
    inner = [each for each in single if not setting.around or not each.name.startswith(setting.around)]
    every = [made for each in inner if (made := counted(each)) is not None]
    found = [each for each in every if not _is_attribute(each.column, setting)] or every
    likely = [each for each in found if each.is_named or setting.forced == "tally" or _adds_up(each.column, used, setting)]
    return likely[:MAX_NUMBERS], scales


def doubtful_numbers(setting: Setting, entries: list[Entry]) -> list[Column]:
    """Return numbers that no entry has, since nothing says that they are counts."""
    used = [column for entry in entries for column in entry.used]
    free = [each for each in setting.free if each.kind == NUMBER and not any(each is other for other in used)]
    return [each for each in free if each.name and counted(each) is not None]


def _adds_up(column: Column, used: Sequence[Column], setting: Setting) -> bool:
    """Say whether a number whose name says nothing may be a count: whole, and one for each window and what it is about."""
    if not column.is_whole_number or (column.low or 0) < 0 or LEVELS & set(column.words) or column.n_distinct < 2:
        return False
    if len(used) == 1 and used[0].moments and used[0].moments.has_time:
        return False  # one reading of many, and no window
    words = [each for each in setting.free if each.kind in (WORD, NAME)]
    return setting.is_unique([*used, *words])


def _is_attribute(column: Column, setting: Setting) -> bool:
    """Say whether a number says something of the things that rows are about, and nothing of their time: a total beside them."""
    things = [each for each in setting.free if each.kind in (WORD, NAME)]
    n_things, n_rows = setting.n_different(things), setting.n_different([])
    if not things or n_things is None or n_rows is None or n_things < 2 or n_rows < 2 * n_things:
        return False
    return setting.n_different([*things, column]) == n_things and column.n_distinct > 1


def _scales(columns: Sequence[Column]) -> Iterator[list[Column]]:
    """Yield columns that are the points of one scale: rating_1 ... rating_5."""
    groups: dict[tuple[str, str], dict[int, Column]] = {}
    for each in columns:
        match = _SCALE.match(each.name)
        if match and each.is_whole_number:
            groups.setdefault((match[1], match[3]), {})[int(match[2])] = each
    for (before, after), points in groups.items():
        numbers = sorted(points)
        is_run = numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] in (0, 1) and len(numbers) <= 11
        is_rating = {
            "rating",
            "score",
            "star",
            "stars",
            "satisfaction",
            "point",
            "points",
            "answer",
            "answers",
            "nps",
            "r",
            "rated",
        }
        if len(numbers) >= _MIN_SCALE and is_run and is_rating & set(words_of(f"{before} {after}")):
            yield [points[number] for number in numbers]


def window(fit: Fit, slots: tuple[Any, Any], setting: Setting) -> list[Line]:
    """Return the lines of both ends of a window: two columns, or one and how long it lasts."""
    fields = {each.name: each for each in fit.table.columns}
    wanted_from, wanted_to = (fields[name_of(slot)] for slot in slots)
    first, end = (fit.column(slot) for slot in slots)
    if first is None:
        return []
    start = moment_line(wanted_from, first, setting)
    if end is not None and end.moments and first.moments and not setting.same_day and end.moments.high >= first.moments.high:
        is_last = _is_last_day(first, end)
        why = f"{about(end)}; it is the last day, so the end is the next" if is_last else about(end)
        return [start, Line(wanted_to.name, value_of(end, wanted_to, setting.base, plus=DAY if is_last else None), why,
                            is_sure=not end.moments.others)]  # fmt: skip
    length, why, is_sure = length_of(first)
    if setting.same_day and end is not None:
        length, why, is_sure = DAY, "windows within one day: the day after they start", True
    return [start, Line(wanted_to.name, value_of(first, wanted_to, setting.base, plus=length), why, is_sure=is_sure)]


def length_of(column: Column) -> tuple[Length, str, bool]:
    """Return how long the windows are of which a column has the start, why, and whether that is sure."""
    moments = column.moments
    if moments is None:
        return DAY, "", False
    if moments.lasts is not None:
        return moments.lasts, f"each value is a period of {length_text(moments.lasts)}", True
    named = next((_LENGTH_OF[word] for word in column.words if word in _LENGTH_OF), None)
    if named is not None and (moments.rhythm in (named, None) or moments.n_days < 3):
        return named, f"by its name, {length_text(named)}", moments.rhythm == named
    if moments.has_time:
        return DAY, "the shortest window is a day", False
    if moments.rhythm is not None:
        return moments.rhythm, f"the days are {length_text(moments.rhythm)} apart", True
    return DAY, "one day? or 1w, 1m, 1q, 1y", False


def window_kind(fit: Fit) -> Line:
    """Return the line that says whether windows may be added up: those that start before the last one ended may not."""
    name, first, end = name_of(_t.Tally.window), fit.column(_t.Tally.from_at), fit.column(_t.Tally.to_at)
    if first and end and first.moments and end.moments and first.moments.rhythm:
        apart = first.moments.rhythm.months * 30 + first.moments.rhythm.days
        lasts = (end.moments.low - first.moments.low).days
        if lasts > apart * 1.5:
            return Line(name, ROLLING, f"windows of {lasts} days start every {length_text(first.moments.rhythm)}")
    return Line(name, CALENDAR, "windows do not overlap; else rolling")


def _is_last_day(first: Column, end: Column) -> bool:
    """Say whether the end of a window is its last day, and not the day after."""
    if first.moments is None or end.moments is None or end.moments.has_time:
        return False
    days = (end.moments.low.date() - first.moments.low.date()).days
    is_end_of_month = later(end.moments.low.date(), DAY).day == 1
    return days in (0, 6) or (is_end_of_month and first.moments.low.day == 1)


def tallies(fit: Fit, setting: Setting) -> list[Entry]:
    """Return an entry for each column of numbers, all of the same window, entity, step, channel and segment."""
    start = window(fit, (_t.Tally.from_at, _t.Tally.to_at), setting)
    kept = {name: fit.column(slot) for slot in (_t.Tally.entity, _t.Tally.step, _t.Tally.channel, _t.Tally.segment)
            if (name := name_of(slot)) and fit.points_of(slot) >= 0.35}  # fmt: skip
    channel = name_of(_t.Tally.channel)
    if (each := kept.get(channel)) and not set(each.words) & CHANNEL_WORDS and share_of(each.texts, CHANNELS) < MIN_CHANNELS:
        kept.pop(channel)
    used = [each for each in (fit.column(_t.Tally.from_at), fit.column(_t.Tally.to_at), *kept.values()) if each is not None]
    numbers, scales = numbers_of(setting, used)
    if not start or not (numbers or scales):
        return []
    shared, more = _apart(kept, used, setting)
    metric = _metric(fit, setting, numbers)
    if metric is not None:
        shared = [each for each in shared if braces(metric) not in each.value]
    start.append(window_kind(fit))
    entries = [_tally(each, metric, start, shared, setting) for each in numbers]
    entries += [_histogram(each, start, shared) for each in scales]
    for entry in entries:
        entry.used += [*used, *more, *([metric] if metric else [])]
    return entries


def _apart(kept: dict[str, Column | None], used: list[Column], setting: Setting) -> tuple[list[Line], list[Column]]:
    """Return the lines that tell numbers of one window apart; words that are left are the segment where they are needed."""
    fields = {each.name: each for each in tables.TALLIES.columns}
    lines = [Line(name, value_of(each, fields[name], setting.base), about(each)) for name, each in kept.items() if each]
    channel = name_of(_t.Tally.channel)
    if each := kept.get(channel):
        lines = [replace(channel_line(line, each), is_active=True) if line.key == channel else line for line in lines]
    segment = name_of(_t.Tally.segment)
    left = [each for each in setting.free if each.kind in (WORD, NAME) and not each.is_personal
            and not any(each is other for other in used)]  # fmt: skip
    more: list[Column] = []
    if left and not setting.is_unique(used):
        for each in sorted(left, key=lambda each: each.n_distinct):
            more.append(each)
            if setting.is_unique([*used, *more]):
                break
        else:
            more = []
    if more and segment not in kept:
        value = scalar("/".join(f"{{{each.ref}}}" for each in more))
        lines.append(Line(segment, value, "without it rows of one window would be one number", is_sure=False))
    entity = name_of(Tally.entity)  # type: ignore[misc]
    if entity not in kept:
        why = (
            "the only service of this workspace" if setting.is_service_known else "no column names it; write your service here"
        )
        lines.insert(0, Line(entity, scalar(setting.service), why, is_sure=setting.is_service_known))
    return lines, more


def _metric(fit: Fit, setting: Setting, numbers: list[Counted]) -> Column | None:
    """Return the column that says what the one number of a row is."""
    if len(numbers) != 1:
        return None
    named = [each for each in setting.free if is_called(each, "metric", "measure", "kpi", "indicator", "kennzahl")]
    return next((each for each in named if each.kind == WORD), None)


def _tally(each: Counted, metric: Column | None, start: list[Line], shared: list[Line], setting: Setting) -> Entry:
    of, statistic, value, channel = (
        name_of(slot) for slot in (_t.Tally.of, _t.Tally.statistic, _t.Tally.value, _t.Tally.channel)
    )
    wanted = next(column for column in tables.TALLIES.columns if column.name == value)
    lines = [
        *start,
        *(line for line in shared if not (line.key == channel and each.channel)),
        Line(of, braces(metric), about(metric)) if metric else _of_line(of, each),
        Line(statistic, each.statistic),
        _value_line(value_of(each.column, wanted, setting.base), each, start),
        *([Line(channel, scalar(each.channel), "by its name")] if each.channel else []),
        *currency_lines(each.column, is_money=each.of == "costs"),
    ]
    return Entry("tally", lines, used=[each.column])


def _value_line(text: str, each: Counted, start: list[Line]) -> Line:
    """Return the line of a number, which is not sure where nothing says over which time it was counted."""
    name, end = name_of(_t.Tally.value), name_of(_t.Tally.to_at)
    is_window = all(line.is_sure for line in start if line.key == end)
    why = about(each.column) if is_window else f"{about(each.column)}; counted over which time?"
    return Line(name, text, why, is_sure=is_window)


def _of_line(of: str, each: Counted) -> Line:
    said = {True: "by its name", False: "what is counted? or visits, visitors, attempts, costs"}
    if not each.is_sure and each.of != TRANSACTIONS:
        return Line(of, scalar(each.of), "any word; measures know transactions, visits, attempts, costs", is_sure=True)
    return Line(of, scalar(each.of), said[each.is_sure], is_sure=each.is_sure)


def currency_lines(column: Column, *, is_money: bool) -> list[Line]:
    """Return the line of the currency that the header names; none where the cells say it, or nothing does."""
    code = currency_in(column.name) if is_money and not column.currency else None
    return [Line(name_of(_t.Tally.currency), code, "by the header")] if code else []


def currency_in(name: str) -> str | None:
    """
    Return the currency that a header names.

    >>> currency_in("CPT (£)"), currency_in("Amount EUR"), currency_in("Cost")
    ('GBP', 'EUR', None)
    """
    from wholeservice.mapping.currencies import CODES, SIGNS

    for sign, meant in SIGNS.items():
        if len(meant) == 1 and sign in name and not sign.isalpha():
            return meant[0]
    words = [word.upper() for word in words_of(name)]
    return next((word for word in words if word in CODES and word not in _NO_CURRENCY), None)


def _histogram(scale: list[Column], start: list[Line], shared: list[Line]) -> Entry:
    names = [name_of(slot) for slot in (_t.Tally.of, _t.Tally.statistic, _t.Tally.histogram)]
    lines = [
        *start,
        *shared,
        Line(names[0], "answers", "one column per point of a scale"),
        Line(names[1], HISTOGRAM),
        Line(names[2], flow_list([f"{{{each.ref}}}" for each in scale]), "the lowest point first"),
    ]
    return Entry("tally", lines, used=list(scale))
