"""Tallies that can be used: each number said once per source.

Of one record only the newest reading counts. Several records of one source that say the same of the very same thing count
once; where they say different things nobody can know whether they are parts or revisions, so there is no number for it, and
`disagreements` tells it. A mean that contradicts its own numerator and denominator is no number either. A missing value
contradicts nothing. Which source wins is decided per measure and cell, so that both halves of a ratio come from the same one.

Shape    the columns of `tallies`; `of`, `statistic` and `window` in lower case; only rows whose entity is known
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wholeservice.derived.base import RECORD_KEYS, ROUNDING, TALLY_OF, Derived, is_contrary, newest_tallies

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, NumericValue
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def build(facts: FactTables) -> IbisTable:
    """Keep one row of each source about each thing, and none where its rows contradict each other or themselves."""
    import ibis

    t = newest_tallies(facts)
    given_first = [t.value.isnull(), t.known_at.desc(), *(t[key].desc() for key in RECORD_KEYS)]
    t = t.mutate(
        nth=ibis.row_number().over(ibis.window(group_by=[t[name] for name in TALLY_OF], order_by=given_first)),
        points=t.histogram.cast("string"),
        contrary=is_contrary(t),
    )
    of_one = ibis.window(group_by=[t[name] for name in TALLY_OF])
    differs = _is_apart(t.value, of_one) | _is_apart(t.numerator, of_one) | _is_apart(t.denominator, of_one)
    differs |= (t.points.min().over(of_one) != t.points.max().over(of_one)).fill_null(False)
    t = t.mutate(is_unsure=differs | t.contrary.any().over(of_one))
    return t.filter(t.nth == 0, ~t.is_unsure).drop("nth", "points", "contrary", "is_unsure")


def _is_apart(number: NumericValue, of_one: Any) -> BooleanValue:
    least, most = number.min().over(of_one), number.max().over(of_one)
    return (most - least > ROUNDING * number.abs().max().over(of_one)).fill_null(False)


TALLIED = Derived(name="tallied", needs=("tallies",), build=build, key=("source", "entity"))
