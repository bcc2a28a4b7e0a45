"""
Value realised: the share of attempts in which people got what they came for, found it good and accepted the price, all three.

Formula   attempts in which all three answers are above the middle of their scale / attempts in which all three are known.
          Beside it, over the same attempts, the share of each: `value-outcome`, `value-experience`, `value-price`
Unit      share          Grain  one row per entity, period, step and channel, and per kind of consumer, device and hour
Counts    answers of one person about one attempt (where no attempt is named, those asked together) to the instruments
          `outcome`, `experience` (or one of satisfaction) and `price`, which is money and time; clustered by consumer. Of
          several answers to one, all must be good
Leaves out  attempts that lack one of the three. The product or the least of three shares is another number: it need not be
          the same people who are content with each
Interval  Wilson, clustered by consumer
Source    Tedder (value is an outcome, at an experience and a price that the same person accepts)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures import answered as of
from wholeservice.measures.base import Measure
from wholeservice.measures.finish import finish_share
from wholeservice.measures.units import RESPONSES, Units
from wholeservice.units import SHARE

if TYPE_CHECKING:
    from wholeservice.facts.identity import FactTables

PART = """
{name}: of the attempts of which outcome, experience and price are known, the share that {says}.

Formula   attempts whose answer to {asked} is above the middle of its scale / attempts in which all three are known
Unit      share          Grain  one row per entity, period, step and channel, and per kind of consumer, device and hour
Counts    what `value-realised` counts: the same attempts, of which it is one of three parts; clustered by consumer
Leaves out  attempts that lack one of the three
Interval  Wilson, clustered by consumer
Source    Tedder (output, outcome and value)
"""


def units(facts: FactTables, parts: tuple[str, ...] = of.VALUE) -> tuple[Units, ...]:
    """Attempts of which all three are known; those in which *parts* of them are good are hits."""
    a = of.answers_to(facts, (*of.VALUE, *of.SATISFACTION))
    a = a.mutate(word=a.word.isin(of.SATISFACTION).ifelse(of.EXPERIENCE, a.word), response=a.attempt.coalesce(a.response))
    a = a.mutate(is_bad=~of.is_good(a) & a.word.isin(parts))
    r = of.responses_of(a, n_words=a.word.nunique(), is_bad=a.is_bad.any())
    r = r.filter(r.n_words == len(of.VALUE))
    return (Units(RESPONSES, of.units_of(r, r.is_bad.ifelse(0.0, 1.0)), by=of.BY, alone=of.ALONE),)


MEASURE = Measure(
    name="value-realised", title="People for whom it was worth it", unit=SHARE, better="higher", needs=("answers",),
    units=units, finish=finish_share, words=("value",), version=2, patch=None,
)  # fmt: skip
OUTCOME_ALONE = Measure(
    name="value-outcome", title="Of those asked all three: got what they came for", unit=SHARE, better="higher",
    needs=("answers",), units=lambda facts: units(facts, (of.OUTCOME,)), finish=finish_share, version=2, patch=None,
    own_help=PART.format(name="Value outcome", says="got what they came for", asked="`outcome`"),
)  # fmt: skip
EXPERIENCE_ALONE = Measure(
    name="value-experience", title="Of those asked all three: found it good", unit=SHARE, better="higher",
    needs=("answers",), units=lambda facts: units(facts, (of.EXPERIENCE,)), finish=finish_share, version=2, patch=None,
    own_help=PART.format(name="Value experience", says="found it good", asked="`experience`, or one of satisfaction,"),
)  # fmt: skip
PRICE_ALONE = Measure(
    name="value-price", title="Of those asked all three: accepted the price", unit=SHARE, better="higher",
    needs=("answers",), units=lambda facts: units(facts, (of.PRICE,)), finish=finish_share, version=2, patch=None,
    own_help=PART.format(name="Value price", says="accepted the price", asked="`price` (money and time)"),
)  # fmt: skip
