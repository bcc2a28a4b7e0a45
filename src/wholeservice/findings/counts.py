"""Counts of one thing over time, as rules read them: only periods in which it has a number; a missing one is not there."""

from __future__ import annotations

from wholeservice.findings.base import Facts
from wholeservice.findings.wording import period_of
from wholeservice.measures.base import Cell
from wholeservice.periods import Period

VOLUME = "volume"


class Counts(dict[Period, float]):
    """Period -> count, oldest first, of one window length. `cells` opens the number of a period."""

    def __init__(self, cells: dict[Period, Cell], values: dict[Period, float]) -> None:
        super().__init__(values)
        self.cells = cells

    @property
    def mean(self) -> float:
        return sum(self.values()) / len(self)

    def cell(self, period: Period) -> Cell:
        """Return where the number of the period was taken."""
        return self.cells[period]


def counts_of(
    facts: Facts, entity: str, *, step: str | None = None, channel: str | None = None, measure: str = VOLUME
) -> Counts:
    """Return the counts of an entity, a step or a channel, of the window length it usually has."""
    by_length: dict[int, dict[Period, Cell]] = {}
    values: dict[Period, float] = {}
    for cell, statistics in facts.results.rows(measure, entity, step=step, channel=channel):
        value = facts.results.measures[measure].finish(statistics).value
        if value is not None:
            by_length.setdefault(round(period_of(cell).days / 7), {})[period_of(cell)] = cell
            values[period_of(cell)] = value
    usual = max(by_length.values(), key=len, default={})
    return Counts(usual, {period: values[period] for period in usual})


def step_channels(facts: Facts, entity: str) -> tuple[str | None, ...]:
    """Return the channels in which steps of an entity are counted; None stands for all channels together."""
    found = {
        channel for step in facts.results.steps(VOLUME, entity) for channel in facts.results.channels(VOLUME, entity, step)
    }
    return (None, *sorted(found))
