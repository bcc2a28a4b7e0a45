"""
Cost per transaction: what it cost to serve one use, all costs over all uses.

Formula   Σ cost / Σ transactions; a source that gives only a mean is weighted with its transactions, never averaged
Unit      money, per currency          Grain  one row per entity, period, channel and currency
Counts    costs as a source counts them, with the transactions of the same source and window; or money spent (billed or
          effective, not budgeted) over days that lie wholly in the period, with the attempts done in it
Leaves out  costs without transactions, and transactions without costs; another currency is never added
Source    GOV.UK Service Standard, mandatory key performance indicators (cost per transaction)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.base import FULL_COUNT, Measure
from wholeservice.measures.counted import COUNT, MEAN, TRANSACTIONS, WHERE, counts, first_of, ratio, totals
from wholeservice.measures.finish import finish_ratio
from wholeservice.measures.units import PERIOD, in_periods, union_all
from wholeservice.units import Unit

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

COSTS = ("costs", "cost", "cost-per-transaction", "cost per transaction")
SPENT, PLANNED = "spent", "budget"


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Set costs against transactions."""
    return union_all([*first_of([_totals(facts), _means(facts)], "channel", "currency"), _spent(facts, periods)])


def _transactions(facts: FactTables) -> IbisTable:
    amounts = counts(facts, TRANSACTIONS).filter(lambda t: t.step.isnull()).drop("step")
    return union_all([totals(amounts), amounts.filter(amounts.channel.notnull())])


def _costs(facts: FactTables, statistic: str) -> IbisTable:
    t = facts.tallied
    t = t.filter(t.of.isin(COSTS), t.statistic == statistic, t.step.isnull(), t.value.notnull())
    return t.select(*WHERE, t.channel, t.currency, t.denominator, amount=t.value)


def _totals(facts: FactTables) -> IbisTable:
    return ratio(_costs(facts, COUNT).drop("denominator"), _transactions(facts), "channel")


def _means(facts: FactTables) -> IbisTable:
    """Means, each times what it is a mean over: as stated with it, else the transactions of the same source and window."""
    means, beside = _costs(facts, MEAN), _transactions(facts).rename("{name}_under")
    together = [means[name].identical_to(beside[f"{name}_under"]) for name in (*WHERE, "channel")]
    found = means.left_join(beside, together)
    found = found.mutate(denominator=found.denominator.coalesce(found.amount_under))
    found = found.filter(found.denominator > 0)
    cell = (*WHERE, "channel", "currency", "denominator")
    return found.select(*cell, numerator=found.amount * found.denominator, n=found.denominator)


def _spent(facts: FactTables, periods: IbisTable) -> IbisTable:
    m, a = facts.money, facts.attempts
    m = m.filter(m.entity.notnull(), m.flow.strip().lower() == SPENT, m.kind.fill_null("").strip().lower() != PLANNED)
    m = m.join(periods, [m.from_on >= periods.first_on, m.to_on <= periods.after_on])
    cost = m.group_by(["entity", *PERIOD, "currency"]).aggregate(numerator=m.amount.sum())
    done = in_periods(a.filter(a.finished_at.notnull()).mutate(unit_at=a.finished_at), periods)
    uses = done.group_by(["entity", *PERIOD]).aggregate(denominator=done.count().cast("float64"))
    return cost.join(uses, ["entity", *PERIOD]).mutate(n=uses.denominator)


MEASURE = Measure(
    name="cost-per-transaction", title="What one use costs", unit=Unit("money", "", "money"), better="lower",
    needs=("tallied", "money", "attempts"), query=query, finish=finish_ratio, basis=FULL_COUNT,
    words=("cost", "cost-per-use", "cpt"),
)  # fmt: skip
