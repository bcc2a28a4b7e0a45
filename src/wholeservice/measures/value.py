"""Value as people judge it: an outcome, at an experience and a price that the same person accepts.

Four measures are over the same attempts, those of which all three are known: all three together, and each beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures import answered as of
from wholeservice.measures.units import sum_units

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def judged(facts: FactTables, periods: IbisTable, parts: tuple[str, ...] = of.VALUE) -> IbisTable:
    """Count attempts of which all three are known, and those in which *parts* of them are good."""
    a = of.answers_to(facts, (*of.VALUE, *of.SATISFACTION))
    a = a.mutate(word=a.word.isin(of.SATISFACTION).ifelse(of.EXPERIENCE, a.word), response=a.attempt.coalesce(a.response))
    a = a.mutate(is_bad=~of.is_good(a) & a.word.isin(parts))
    r = of.responses_of(a, n_words=a.word.nunique(), is_bad=a.is_bad.any())
    r = r.filter(r.n_words == len(of.VALUE))
    return sum_units(of.units_of(r, r.is_bad.ifelse(0.0, 1.0)), periods, by=of.BY, alone=of.ALONE)
