"""How a finding says things: every number with its unit, period and n, in plain words; no name of a method."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from wholeservice.findings.base import Evidence, Facts, Finding
from wholeservice.measures.base import Cell
from wholeservice.measures.results import Point
from wholeservice.periods import Period, label
from wholeservice.units import COUNT, Unit, write

MOST_ROWS = 12  # lines of evidence before "and 12 more"
BILLION, MILLION = 10**9, 10**6


def title_of(facts: Facts, entity: str) -> str:
    """Return an entity's name for people; its id when it has none."""
    known = facts.organisation.entities.get(entity)
    return known.title if known and known.title else entity


def name_of(facts: Facts, cell: Cell) -> str:
    """Say whose number it is: `Carer's Allowance, step thank-you, phone`."""
    words = [title_of(facts, cell.entity)]
    words += [f"step {cell.step}"] if cell.step else []
    words += [each for each in (cell.channel, cell.segment) if each]
    return ", ".join(words)


def period_of(cell: Cell) -> Period:
    """Return the period of a cell."""
    return Period(cell.from_at, cell.to_at, cell.window)


def when(cell: Cell, facts: Facts) -> str:
    """Write a cell's period in the workspace's zone: `Apr 2016 to Mar 2017`."""
    return label(period_of(cell), facts.zone)


def measured(point: Point, unit: Unit, facts: Facts) -> str:
    """Write a measured number with unit, period and n: `82.4% (May 2026, n = 1,204)`."""
    value = write(point.value.value, unit)
    return f"{value} ({when(point.cell, facts)}, n = {write(point.value.n, COUNT)})"


def exactly(number: float, unit: Unit, *, signed: bool = False) -> str:
    """Write a number with two decimals for shares, so that parts are seen to add up; large counts in millions.

    >>> from wholeservice.units import SHARE, SHARE_POINTS
    >>> exactly(0.907524, SHARE), exactly(-0.1128123, SHARE_POINTS, signed=True), exactly(3309852525, COUNT)
    ('90.75%', '−11.28 pp', '3.31 billion')
    """
    sign = "−" if number < 0 else "+" if signed and number > 0 else ""
    if unit.kind in ("share", "share-change"):
        return f"{sign}{abs(number) * 100:.2f}{'%' if unit.kind == 'share' else ' pp'}"
    if unit.kind == "count" and abs(number) >= MILLION:
        size, word = (BILLION, "billion") if abs(number) >= BILLION else (MILLION, "million")
        return f"{sign}{abs(number) / size:.2f} {word}"
    return write(number, unit, signed=signed)


def describe(finding: Finding) -> str:
    """Write a finding as text: what is wrong, its size, who can act, the evidence, what to try.

    >>> print(describe(Finding("F105", "stay", "Nobody measures “Let me sleep”", try_next="Give the need a target.")))
    F105  stay  Nobody measures “Let me sleep”
      try next   Give the need a target.
    """
    rows = [("size", _size(finding)), ("can act", finding.who_can_act)]
    rows += [("because" if index == 0 else "", each.says) for index, each in enumerate(finding.evidence)]
    rows += [("try next", finding.try_next)]
    head = f"{finding.code}  {finding.entity}  {finding.title}"
    return "\n".join([head, *(f"  {name:<10} {words}" for name, words in rows if words)])


def _size(finding: Finding) -> str | None:
    if finding.size is None or finding.unit is None:
        return None
    people = f"; about {write(finding.people, COUNT)} people in the period" if finding.people is not None else ""
    return exactly(finding.size, finding.unit) + people


def counted(n: int, one: str, many: str | None = None) -> str:
    """Write a count of things: `1 service`, `12 services`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """Join names for people: `a`, `a and b`, `a, b and c`."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else ""


def first_few(lines: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Keep the first lines of evidence and count the rest, so that a finding over hundreds of services stays readable."""
    kept = tuple(lines)
    if len(kept) <= MOST_ROWS:
        return kept
    return (*kept[:MOST_ROWS], Evidence(says=f"and {len(kept) - MOST_ROWS:,} more"))


def length_word(period: Period) -> str:
    """Name the length of a period: day, week, month, quarter, year; else "period"."""
    days = period.days
    for low, high, word in ((0.9, 1.1, "day"), (6.9, 7.1, "week"), (27.9, 31.1, "month"), (88.9, 92.1, "quarter")):
        if low <= days <= high:
            return word
    return "year" if 364.9 <= days <= 366.1 else "period"


def ago(then: dt.date, now: dt.date) -> str:
    """Write how long ago, in whole years and months: `1 year 3 months`.

    >>> ago(dt.date(2025, 2, 10), dt.date(2026, 5, 9))
    '1 year 2 months'
    """
    months = (now.year - then.year) * 12 + now.month - then.month - (now.day < then.day)
    parts = [counted(n, word) for n, word in ((months // 12, "year"), (months % 12, "month")) if n]
    return " ".join(parts) or "less than a month"
