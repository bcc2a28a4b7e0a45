"""
F103 impossible numbers: what was counted cannot be true, whatever happened to people.

What it looks at   shares above 100%; counts below zero; a total smaller than one of its channels, or than all of them; a step
                   everybody must pass that more people reached than the step before it, in the periods both were counted
Why it matters     every conclusion drawn from such a number is wrong, and the mistake often sits in its neighbours too: two
                   columns swapped, a unit of measure changed, one event counted twice
False alarms       people who enter in the middle of the journey, or who reach a step in the week after the one before it;
                   so a step speaks only beyond three standard deviations of its count (about 1 in 700 by chance)
What to do         look at the raw rows with whoever supplies them; until then leave these numbers out of every conclusion
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.counts import VOLUME, counts_of, step_channels
from wholeservice.findings.scope import kind_of, meeting_point, required_steps, services, top_unit
from wholeservice.findings.wording import counted, exactly, first_few, name_of, period_of, title_of, when
from wholeservice.measures.base import Cell, Measure
from wholeservice.measures.counted import DIGITAL, DIGITAL_CHANNELS
from wholeservice.organisation.kinds import UNIT
from wholeservice.periods import Period, label
from wholeservice.units import COUNT, SHARE, Unit, difference_unit, write

ROUNDING = 1e-9
DEVIATIONS = 3.0
NEVER_NEGATIVE = frozenset({"count", "share", "seconds"})


@dataclass(frozen=True, slots=True)
class _Impossible:
    """One number that cannot be: how far beyond the possible, and the words for it."""

    kind: str  # completes "<n> numbers of <entity> are impossible: ..."
    cell: Cell
    size: float
    unit: Unit
    says: str


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each kind of impossible number and unit, with a line for each number."""
    groups: dict[tuple[str, str], list[_Impossible]] = {}
    for each in _impossible(facts):
        groups.setdefault((each.kind, top_unit(facts, each.cell.entity)), []).append(each)
    for group in groups.values():
        yield _finding(facts, sorted(group, key=lambda each: (-each.size, each.cell)))


def _impossible(facts: Facts) -> Iterator[_Impossible]:
    told: dict[tuple[str, str, Period], _Impossible] = {}
    for measure in facts.results.measures.values():
        for found in _of_measure(facts, measure):
            told.setdefault((found.kind, found.cell.entity, period_of(found.cell)), found)
    yield from told.values()
    known = {(entity, period) for _, entity, period in told}
    for service in services(facts):
        yield from (each for each in _totals(facts, service) if (service, period_of(each.cell)) not in known)
        for channel in step_channels(facts, service):
            yield from _steps(facts, service, channel)


def _of_measure(facts: Facts, measure: Measure) -> Iterator[_Impossible]:
    for cell, statistics in facts.results.every(measure.name):
        if cell.step or kind_of(facts, cell.entity) in (UNIT, None):
            continue  # steps are judged together below; a sum of services is told where the mistake was made
        where = f"{name_of(facts, cell)}, {when(cell, facts)}"
        value = measure.finish(statistics).value
        if value is None:
            continue
        if measure.unit.kind == SHARE.kind and value > 1 + ROUNDING:
            parts = f"{write(statistics.numerator, COUNT)} of {write(statistics.denominator, COUNT)}"
            says = f"{where}: {measure.title} {exactly(value, SHARE)}, {parts}"
            yield _Impossible(f"{measure.title} above 100%", cell, value - 1, difference_unit(measure.unit), says)
        elif measure.unit.kind in NEVER_NEGATIVE and min(value, statistics.n) < 0:
            size = -min(value, statistics.n)
            says = f"{where}: {measure.title} {write(-size, measure.unit)}"
            yield _Impossible(f"{measure.title} below zero", cell, size, measure.unit, says)


def _totals(facts: Facts, service: str) -> Iterator[_Impossible]:
    whole = counts_of(facts, service)
    channels = [counts_of(facts, service, channel=each) for each in _apart(facts.results.channels(VOLUME, service))]
    for period, total in whole.items():
        parts = sum(each[period] for each in channels if period in each)
        if parts > total * (1 + ROUNDING) and total >= 0:
            cell = whole.cell(period)
            sums = f"{write(parts, COUNT)} in its channels, {write(total, COUNT)} in all"
            says = f"{name_of(facts, cell)}, {when(cell, facts)}: {sums}"
            yield _Impossible("a total smaller than its channels", cell, parts - total, COUNT, says)


def _apart(channels: frozenset[str]) -> list[str]:
    """Channels that hold nobody twice: where all digital ones are counted together, web and app are inside that."""
    return sorted(channels - (frozenset(DIGITAL_CHANNELS) - {DIGITAL} if DIGITAL in channels else frozenset()))


def _steps(facts: Facts, service: str, channel: str | None) -> Iterator[_Impossible]:
    """Sums over the periods both steps have, so that a step that is counted since later is not held against the others."""
    known = facts.organisation.entities[service]
    counts = {step: counts_of(facts, service, step=step, channel=channel) for step in required_steps(known.journey)}
    for before, after in pairwise(step for step in counts if counts[step]):
        common = [period for period in counts[before] if period in counts[after]]
        reached = sum(counts[before][period] for period in common)
        excess = sum(counts[after][period] for period in common) - reached
        if common and excess > DEVIATIONS * (2 * reached + excess) ** 0.5:
            numbers = f"{write(reached + excess, COUNT)} against {write(reached, COUNT)} at the step before it, {before}"
            cell = counts[after].cell(common[-1])
            span = label(Period(common[0].from_at, common[-1].to_at), facts.zone)
            says = f"{name_of(facts, cell)}, {span}: {numbers}"
            yield _Impossible("a step above the one before it", cell, excess, COUNT, says)


def _finding(facts: Facts, group: list[_Impossible]) -> Finding:
    entity = meeting_point(facts, (each.cell.entity for each in group))
    worst = group[0]
    steps = {each.cell.step for each in group}
    number = counted(len(group), "number")
    return Finding(
        code=RULE.code,
        entity=entity,
        title=f"{number} of {title_of(facts, entity)} cannot be true: {worst.kind}",
        unit=worst.unit,
        size=worst.size,
        period=period_of(worst.cell),
        step=worst.cell.step if len(steps) == 1 else None,
        try_next="Look at the raw rows with whoever supplies them; until then, draw no conclusion from these numbers.",
        evidence=first_few(Evidence(says=each.says, cell=each.cell) for each in group),
        about_data=True,
    )


RULE = Rule(code="F103", name="impossible numbers", check=check)
