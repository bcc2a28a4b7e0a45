"""
F102 coverage change posing as performance: a number of many services moved because others report, not because they changed.

What it looks at   each measure of each unit and of the whole, from one period to the next of like length, split into three
                   parts that add up: the same services got better or worse (within), more went to some than to others
                   (mix), and services stopped or began to report (coverage). It speaks of the newest year, when coverage is
                   more than half of the change, more than the other two together, eight times what is usual for it, and the
                   change is at least 1 pp or 5%
Why it matters     a total is only as comparable as the list of those in it; read as performance, such a change is praised
                   or punished for nothing. The split: Bennet 1920, with coverage kept apart. Not reported is never zero
False alarms       services that really ended: the sum of all did fall, though nobody got worse. By chance, where thirty like
                   services each miss one period in twenty, 3 in 100 histories of twenty periods
What to do         compare only the services that report in both periods; then ask the largest that stopped
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.scope import services_by_unit
from wholeservice.findings.wording import counted, exactly, first_few, period_of, title_of, when
from wholeservice.measures.base import Cell, Measure
from wholeservice.measures.kpi_change import Change, EntityChange, Ratio, change
from wholeservice.organisation.graph import ancestors
from wholeservice.units import COUNT, Unit, difference_unit, money

USUAL_TIMES = 8  # times the median: by chance alone under 5 histories in 100, see tests/findings/test_noise.py
MIN_PAIRS = 5  # under this many changes there is nothing usual
LEAST_POINTS, LEAST_SHARE = 0.01, 0.05
MIN_MATCHED = 2  # a period that a single service has is nobody's total
RECENT = dt.timedelta(days=366)
N_NAMED = 3

Reports = dict[str, tuple[Cell, Ratio]]  # service -> where its number was taken, and its two halves
Series = dict[tuple[int, str | None], dict[Cell, Reports]]  # (weeks, currency) -> period -> reports


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two like periods of one measure, and why the number differs between them."""

    before: Reports
    after: Reports
    change: Change

    @property
    def stopped(self) -> list[str]:
        """Services that report before and not after, the largest first."""
        gone = [each for each in self.before if each not in self.after]
        return sorted(gone, key=lambda each: (-self.before[each][1][1], -self.before[each][1][0], each))

    @property
    def period_keys(self) -> tuple[Cell, Cell]:
        before, after = self.cells
        return _same_period(before), _same_period(after)

    @property
    def cells(self) -> tuple[Cell, Cell]:
        return next(iter(self.before.values()))[0], next(iter(self.after.values()))[0]


def check(facts: Facts) -> Iterator[Finding]:
    """Yield at most one finding for each unit and measure: the largest of the newest year, with the others as evidence.

    A unit inside another is left out where the outer one says the same of the same periods.
    """
    units = services_by_unit(facts)
    outer_first = sorted(units, key=lambda unit: len(ancestors(facts.organisation, unit)))
    for measure in facts.results.measures.values():
        for (_, currency), periods in _reports(facts, measure).items():
            told: dict[str, tuple[Cell, Cell]] = {}
            for unit in outer_first:
                posing = _posing(periods, frozenset(units[unit]), measure)
                if not posing:
                    continue
                told[unit] = posing[0].period_keys
                if not any(told.get(each) == told[unit] for each in ancestors(facts.organisation, unit)):
                    yield _finding(facts, unit, (measure, _unit(measure, currency)), posing)


def _posing(periods: Mapping[Cell, Reports], below: frozenset[str], measure: Measure) -> list[_Pair]:
    """Changes that are mostly coverage: first the largest of the newest year, then the others, newest first."""
    pairs = list(_pairs(periods, below, measure))
    posing = [pair for pair in pairs if _poses(pair, pairs, measure)][::-1]
    since_at = max(period.to_at for period in periods) - RECENT
    recent = [pair for pair in posing if pair.cells[1].to_at > since_at]
    if not recent:
        return []
    largest = max(recent, key=lambda pair: abs(pair.change.coverage))
    return [largest, *(pair for pair in posing if pair is not largest)]


def _unit(measure: Measure, currency: str | None) -> Unit:
    return money(currency) if currency and measure.unit.kind == "money" else measure.unit


def _reports(facts: Facts, measure: Measure) -> Series:
    """Numbers of single services, all channels together, by length of period and currency."""
    found: Series = {}
    single = {service for below in services_by_unit(facts).values() for service in below}
    for cell, sums in facts.results.every(measure.name):
        halves = (sums.numerator, 1.0) if measure.unit.kind == COUNT.kind else (sums.numerator, sums.denominator)
        is_whole = cell.entity in single and not (cell.step or cell.channel or cell.segment)
        if is_whole and measure.finish(sums).value is not None:
            lengths = found.setdefault((round(period_of(cell).days / 7), cell.currency), {})
            lengths.setdefault(_same_period(cell), {})[cell.entity] = (cell, halves)
    return found


def _same_period(cell: Cell) -> Cell:
    """What cells of one period have in common."""
    return Cell(cell.measure, "", cell.from_at, cell.to_at, cell.window, currency=cell.currency)


def _pairs(periods: Mapping[Cell, Reports], below: frozenset[str], measure: Measure) -> Iterator[_Pair]:
    known = [
        {each: report for each, report in periods[period].items() if each in below}
        for period in sorted(periods, key=lambda cell: (cell.to_at, cell.from_at))
    ]
    for before, after in pairwise(each for each in known if len(each) >= MIN_MATCHED):
        halves = [{each: ratio for each, (_, ratio) in reports.items()} for reports in (before, after)]
        found = _sum_change(*halves) if measure.unit.kind == COUNT.kind else change(*halves)
        if found is not None and found.n_matched >= MIN_MATCHED:
            yield _Pair(before, after, found)


def _sum_change(before: Mapping[str, Ratio], after: Mapping[str, Ratio]) -> Change:
    """The same split for a sum: the same services changed, or others report; there is no mix."""
    matched = [each for each in before if each in after]
    parts = [EntityChange(each, within=after[each][0] - before[each][0]) for each in matched]
    parts += [EntityChange(each, coverage=-before[each][0]) for each in before if each not in after]
    parts += [EntityChange(each, coverage=after[each][0]) for each in after if each not in before]
    return Change(
        before=sum(a for a, _ in before.values()), after=sum(a for a, _ in after.values()),
        within=sum(each.within for each in parts), mix=0.0, coverage=sum(each.coverage for each in parts),
        n_matched=len(matched), n_left=len(before) - len(matched), n_joined=len(after) - len(matched),
        parts=tuple(sorted(parts, key=lambda each: (-abs(each.total), each.entity))),
    )  # fmt: skip


def _poses(pair: _Pair, pairs: list[_Pair], measure: Measure) -> bool:
    found = pair.change
    least = LEAST_POINTS if measure.unit.kind == "share" else LEAST_SHARE * abs(found.before)
    others = [abs(each.change.coverage) for each in pairs if each is not pair]
    usual = median(others) if len(others) >= MIN_PAIRS else 0.0
    is_mostly_coverage = abs(found.coverage) > abs(found.total) / 2 and abs(found.coverage) > abs(found.within + found.mix)
    return is_mostly_coverage and abs(found.total) >= least and abs(found.coverage) > USUAL_TIMES * usual


def _finding(facts: Facts, unit: str, what: tuple[Measure, Unit], pairs: list[_Pair]) -> Finding:
    largest, *others = pairs
    also = [Evidence(says=f"Also: {_says(facts, what, each)}", cell=_of(unit, each.cells[1])) for each in others]
    return Finding(
        code=RULE.code,
        entity=unit,
        title=f"{title_of(facts, unit)}: {_says(facts, what, largest)}",
        unit=difference_unit(what[1]),
        size=abs(largest.change.coverage),
        period=period_of(largest.cells[1]),
        try_next="Compare only the services that report in both periods; then ask the largest that stopped why.",
        evidence=first_few([*_parts(facts, unit, what[1], largest), *also]),
        about_data=True,
    )


def _of(unit: str, cell: Cell) -> Cell:
    """The same number of the unit as a whole."""
    return replace(cell, entity=unit)


def _says(facts: Facts, what: tuple[Measure, Unit], pair: _Pair) -> str:
    measure, unit = what
    found, points = pair.change, difference_unit(unit)
    values = zip((found.before, found.after), pair.cells, strict=True)
    before, after = (f"{exactly(value, unit)} ({when(cell, facts)})" for value, cell in values)
    parts = [("within the same services", found.within), ("mix", found.mix), ("coverage, who reports", found.coverage)]
    kept = [f"{name} {exactly(size, points, signed=True)}" for name, size in parts if name != "mix" or measure.unit != COUNT]
    verb = "fell" if found.total < 0 else "rose"
    return f"{measure.title} {verb} from {before} to {after}: {exactly(found.total, points, signed=True)} = {', '.join(kept)}"


def _parts(facts: Facts, entity: str, unit: Unit, pair: _Pair) -> Iterator[Evidence]:
    found = pair.change
    for reports, value, cell in zip((pair.before, pair.after), (found.before, found.after), pair.cells, strict=True):
        services = counted(len(reports), "service")
        yield Evidence(says=f"{exactly(value, unit)} in {when(cell, facts)}, of {services}", cell=_of(entity, cell))
    counts = (
        f"{counted(found.n_left, 'service')} stopped reporting, {found.n_joined:,} began, {found.n_matched:,} report in both"
    )
    yield Evidence(says=counts)
    for service in pair.stopped[:N_NAMED]:
        cell, (numerator, denominator) = pair.before[service]
        share = exactly(numerator / denominator, unit)
        of = "" if unit == COUNT else f" of {exactly(denominator, COUNT)}"
        yield Evidence(says=f"Stopped: {title_of(facts, service)}, {share}{of} in {when(cell, facts)}", cell=cell)


RULE = Rule(code="F102", name="coverage change posing as performance", check=check)
