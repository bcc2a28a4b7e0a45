"""
F109 stopped reporting: services whose numbers end while those beside them go on.

What it looks at   the volume of each service; the newest period any of them reported, and who is missing in it, by unit.
                   Weeks are only held against weeks, years against years
Why it matters     a total over fewer services looks like a fall, and a service nobody counts any more can fail unseen.
                   A period that was not reported is missing here, never zero
False alarms       services that were closed or merged: declare them retired, and they are left out; numbers that come late
What to do         ask the largest first whether it still runs; then mend its reporting or retire it in the organisation
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.scope import services, top_unit
from wholeservice.findings.wording import counted, exactly, first_few, period_of, title_of, when
from wholeservice.measures.base import Cell
from wholeservice.units import COUNT, write

VOLUME = "volume"
CLOSED = frozenset({"idea", "building", "retiring", "retired"})
Newest = dict[int, tuple[Cell, float]]  # length in weeks -> the newest cell that has a number, and the number


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each unit in which services stopped reporting."""
    by_unit: dict[str, list[Newest]] = {}
    for service in services(facts):
        by_length = _newest_by_length(facts, service)
        if by_length and facts.organisation.entities[service].state not in CLOSED:
            by_unit.setdefault(top_unit(facts, service), []).append(by_length)
    last = _newest_of_all([each for below in by_unit.values() for each in below])
    for unit, siblings in by_unit.items():
        stopped = [each for each in siblings if all(each[length][0].to_at < last[length].to_at for length in each)]
        if stopped:
            newest = max((last[length] for each in stopped for length in each), key=lambda cell: cell.to_at)
            yield _finding(facts, unit, stopped, (len(siblings), newest))


def _newest_of_all(siblings: list[Newest]) -> dict[int, Cell]:
    newest: dict[int, Cell] = {}
    for each in siblings:
        for length, (cell, _) in each.items():
            newest[length] = max(newest.get(length, cell), cell, key=lambda one: one.to_at)
    return newest


def _newest_by_length(facts: Facts, service: str) -> Newest:
    newest: Newest = {}
    for cell, statistics in facts.results.rows(VOLUME, service):
        value = facts.results.measures[VOLUME].finish(statistics).value
        if value is not None:
            newest[round(period_of(cell).days / 7)] = (cell, value)
    return newest


def _finding(facts: Facts, unit: str, stopped: list[Newest], siblings: tuple[int, Cell]) -> Finding:
    n_services, newest = siblings
    last_said = [max(each.values(), key=lambda one: one[0].to_at) for each in stopped]
    largest_first = sorted(last_said, key=lambda one: (-one[1], one[0].entity))
    cell, volume = largest_first[0]
    return Finding(
        code=RULE.code,
        entity=unit,
        title=f"{len(stopped)} of {counted(n_services, 'service')} of {title_of(facts, unit)} report no volume for "
        f"{when(newest, facts)}; the largest is {title_of(facts, cell.entity)} with {exactly(volume, COUNT)} "
        f"in {when(cell, facts)}",
        unit=COUNT,
        size=float(len(stopped)),
        period=period_of(newest),
        try_next="Ask the largest first whether it still runs; then mend its reporting, or declare it retired.",
        evidence=first_few(_line(facts, cell, volume) for cell, volume in largest_first),
        about_data=True,
    )


def _line(facts: Facts, cell: Cell, volume: float) -> Evidence:
    says = f"{title_of(facts, cell.entity)}: last reported {write(volume, COUNT)} for {when(cell, facts)}"
    return Evidence(says=says, cell=cell)


RULE = Rule(code="F109", name="stopped reporting", check=check)
