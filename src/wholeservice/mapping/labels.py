"""Column labels that name a period, compared with the period that the mapping declares for the column.

The declared period is used, always; a label that says otherwise is reported, since one of the two is wrong.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wholeservice.errors import Place, Problem
from wholeservice.mapping.base import FROM, TO, Bound, Length, Ref, TableMapping, Value, Wide
from wholeservice.mapping.lengths import Days, month_number
from wholeservice.mapping.plan import column_at
from wholeservice.mapping.wide import entries_of
from wholeservice.mapping.words import check_bound
from wholeservice.periods import parse_period
from wholeservice.sources.base import Header
from wholeservice.tables import DATE, INSTANT

_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_YEAR = r"(?:19|20)\d{2}"
_SPAN = re.compile(rf"\b({_MONTH})\s*({_YEAR})?\s*(?:to|-|–|until)\s*({_MONTH})\s*({_YEAR})\b", re.IGNORECASE)
_ONE_MONTH = re.compile(rf"\b({_MONTH})\s*({_YEAR})\b", re.IGNORECASE)
_NAMED = re.compile(rf"(?<!\d)({_YEAR}-(?:Q[1-4]|(?:0[1-9]|1[0-2]))|{_YEAR})(?![\d-])")


@dataclass(frozen=True, slots=True)
class _Clash:
    label: str
    position: int
    says: Days
    declared: Days
    place: Place


def check_labels(mapping: TableMapping, header: Header) -> list[Problem]:
    """Warn where an entry under `each:` declares another period than the label of its column names, or says a word that no
    measure knows.

    Where most entries clash, the labels count in another way; that is said once.
    """
    periods = [bound for _, bound in entries_of(mapping, header)[0]]
    warnings = list(check_bound(mapping, periods, header.names))
    names = (FROM, TO) if mapping.wide else _period_names(mapping)
    if names is None or (mapping.wide and not _is_declared(mapping.wide)):
        return warnings  # the rule takes the labels at their word
    clashes = [clash for bound in periods if (clash := _clash(bound, names, header)) is not None]
    if len(clashes) > len(periods) / 2:
        return [*warnings, _warning(clashes[0], header, f"; {len(clashes)} of {len(periods)} entries differ like this")]
    return warnings + [_warning(clash, header, "") for clash in clashes]


def days_of_label(label: str) -> Days | None:
    """
    Return the first day and the day after the last that a label names; None when it names no period.

    >>> days_of_label("January 2014 to December 2015: volume")
    (datetime.date(2014, 1, 1), datetime.date(2016, 1, 1))
    >>> days_of_label("Jul - Sep 2012"), days_of_label("2012-Q4 Vol.") == days_of_label("Oct-Dec 2012"), days_of_label("Volume")
    ((datetime.date(2012, 7, 1), datetime.date(2012, 10, 1)), True, None)
    """
    text = " ".join(label.split())
    if match := _SPAN.search(text):
        last_year = int(match[4])
        first = dt.date(int(match[2] or last_year), month_number(match[1]), 1)
        return first, _next_month(dt.date(last_year, month_number(match[3]), 1))
    if match := _ONE_MONTH.search(text):
        first = dt.date(int(match[2]), month_number(match[1]), 1)
        return first, _next_month(first)
    if match := _NAMED.search(text):
        period = parse_period(match[1])
        return (period.from_at.date(), period.to_at.date()) if period else None
    return None


def _is_declared(rule: Wide) -> bool:
    """Say whether a rule declares what the labels say too: by positions, or by a length beside both ends."""
    both_ends = all(f"{{{name}" in bound.text for bound in rule.columns.values() for name in (FROM, TO))
    return rule.first_on is not None or (rule.lasts is not None and both_ends)


def _period_names(mapping: TableMapping) -> tuple[str, str] | None:
    """Return the names under each: that the facts use as the start and end of their period."""
    for fact in mapping.facts:
        moments = [
            column.name for column in fact.table.columns if column.type in (DATE, INSTANT) and column.name in fact.fields
        ]
        if any(_is_moved(fact.fields[name][0]) for name in moments):
            continue  # one day and a length declare it: there are no two days to compare
        bound = [part.name for name in moments for part in fact.fields[name][0].parts if isinstance(part, Ref)]
        if len(bound) == 2 and mapping.each and set(bound) <= set(mapping.each[0]):
            return bound[0], bound[1]
    return None


def _is_moved(value: Value) -> bool:
    return value.reading.plus != Length() or value.after is not None or value.before is not None


def _clash(bound: Mapping[str, Bound], names: tuple[str, str], header: Header) -> _Clash | None:
    try:
        first, after = (dt.date.fromisoformat(bound[name].text[:10]) for name in names)
    except ValueError:
        return None
    for position, at in _columns(bound, names, header):
        label = header.names[position]
        says = days_of_label(label)
        if says is not None and says != (first, after):
            return _Clash(label, position + 1, says, (first, after), at.place)
    return None


def _columns(bound: Mapping[str, Bound], names: tuple[str, str], header: Header) -> Iterator[tuple[int, Bound]]:
    for name, value in bound.items():
        position = None if name in names else value.position if value.position is not None else column_at(value.text, header)
        if position is not None and position >= 0:
            yield position, value


def _warning(clash: _Clash, header: Header, more: str) -> Problem:
    says, declared = (f"{first} to {after - dt.timedelta(days=1)}" for first, after in (clash.says, clash.declared))
    label = " ".join(clash.label.split())
    return Problem("SRC115", f"column {clash.position} of {header.file} is labelled '{label}', which is {says};"
                   f" the mapping declares {declared}{more}", clash.place, "a label and a period that agree",
                   next_step="nothing if the label is wrong; the declared period is used", severity="warning")  # fmt: skip


def _next_month(first: dt.date) -> dt.date:
    return dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
