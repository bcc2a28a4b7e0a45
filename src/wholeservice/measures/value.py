"""Value as people judge it: an outcome, at an experience and a price that the same person accepts.

Four measures are over the same attempts, those of which all three are known: all three together, and each beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures import answered as of
from wholeservice.measures.units import RESPONSES, Units

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables


def judged(facts: FactTables, parts: tuple[str, ...] = of.VALUE) -> tuple[Units, ...]:
    """Return the attempts of which all three are known; those in which *parts* of them are good are hits."""
    a = of.answers_to(facts, (*of.VALUE, *of.SATISFACTION))
    a = a.mutate(word=a.word.isin(of.SATISFACTION).ifelse(of.EXPERIENCE, a.word), response=a.attempt.coalesce(a.response))
    a = a.mutate(is_bad=~of.is_good(a) & a.word.isin(parts))
    r = of.responses_of(a, n_words=a.word.nunique(), is_bad=a.is_bad.any())
    r = r.filter(r.n_words == len(of.VALUE))
    return (Units(RESPONSES, of.units_of(r, r.is_bad.ifelse(0.0, 1.0)), by=of.BY, alone=of.ALONE),)
