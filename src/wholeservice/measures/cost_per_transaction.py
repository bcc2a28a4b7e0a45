"""
Cost per transaction: what it cost to serve one use, all costs over all uses.

Formula   Σ cost / Σ transactions; a source that gives only a mean is weighted with its transactions, never averaged
Unit      money, per currency          Grain  one row per entity, period, channel and currency
Counts    costs as a source counts them, with the transactions of the same source and window; or money spent over days that
          lie wholly in the period, with the attempts done in it. Billed and effective are two views of one charge and never
          added: per entity and period, effective where there is any, else billed, else money without a kind
Leaves out  costs without transactions, and transactions without costs; another currency is never added; money of any other
          kind (budget, or one not known here); a period of which the money leaves a day out: a day without money is not free
Source    GOV.UK Service Standard, mandatory key performance indicators (cost per transaction)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.measures.base import FULL_COUNT, Measure
from wholeservice.measures.counted import (
    COUNT,
    MEAN,
    TRANSACTIONS,
    UNDER,
    WHERE,
    carried,
    counts,
    first_of,
    gathered,
    ratio,
    totals,
)
from wholeservice.measures.finish import finish_ratio
from wholeservice.measures.units import PERIOD, Units, in_periods, union_all
from wholeservice.units import Unit

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

COSTS = ("costs", "cost", "cost-per-transaction", "cost per transaction")
SPENT = "spent"
KINDS = ("effective", "billed", "")
"""Views of one charge, the best first; money without a kind comes last, any other kind is not what was paid."""


def query(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Set costs against transactions."""
    counted = first_of([_totals(facts), _means(facts)], "channel", "currency")
    is_spent = facts.run(facts.money.limit(1)).num_rows  # without money there is nothing to set all attempts against
    return union_all([*counted, *([_spent(facts, periods)] if is_spent else [])])


def _transactions(facts: FactTables) -> IbisTable:
    amounts = counts(facts, TRANSACTIONS).filter(lambda t: t.step.isnull()).drop("step")
    return union_all([totals(amounts), amounts.filter(amounts.channel.notnull())])


def _costs(facts: FactTables, statistic: str) -> IbisTable:
    t = facts.tallied
    t = t.filter(t.of.isin(COSTS), t.statistic == statistic, t.step.isnull(), t.value.notnull())
    return t.select(*WHERE, t.channel, t.currency, t.denominator, *carried(t), amount=t.value)


def _totals(facts: FactTables) -> IbisTable:
    return ratio(_costs(facts, COUNT).drop("denominator"), _transactions(facts), "channel")


def _means(facts: FactTables) -> IbisTable:
    """Means, each times what it is a mean over: as stated with it, else the transactions of the same source and window."""
    means, beside = _costs(facts, MEAN), _transactions(facts).rename("{name}_under")
    together = [means[name].identical_to(beside[f"{name}_under"]) for name in (*WHERE, "channel")]
    found = means.left_join(beside, together)
    if UNDER in found.columns:
        found = found.mutate(**{UNDER: found.denominator.isnull().ifelse(found[UNDER], None)})
    found = found.mutate(denominator=found.denominator.coalesce(found.amount_under))
    found = found.filter(found.denominator > 0)
    cell = (*WHERE, "channel", "currency", "denominator", *carried(found))
    return found.select(*cell, numerator=found.amount * found.denominator, n=found.denominator)


def _spent(facts: FactTables, periods: IbisTable) -> IbisTable:
    m = _whole(_of_one_kind(_paid(facts, periods)))
    cost = m.group_by(["entity", *PERIOD, "currency"]).aggregate(numerator=m.amount.sum(), **gathered(m))
    (attempts,) = units(facts)
    done = in_periods(attempts.rows.select("entity", "unit_at"), periods)
    uses = done.group_by(["entity", *PERIOD]).aggregate(denominator=done.count().cast("float64"))
    return cost.join(uses, ["entity", *PERIOD]).mutate(n=uses.denominator)


def units(facts: FactTables) -> tuple[Units, ...]:
    """Attempts that were done; what they cost stands in lines of money, which say no attempt."""
    import ibis

    a = facts.attempts
    a = a.filter(a.finished_at.notnull())
    zero, one = ibis.literal(0.0), ibis.literal(1.0)
    return (Units("attempts", a.mutate(unit_at=a.finished_at, cluster=a.consumer.coalesce(a.attempt), hit=zero, weight=one)),)


def _paid(facts: FactTables, periods: IbisTable) -> IbisTable:
    """Money of the kinds that were paid, once for each period it lies in; `rank` is the place of its kind."""
    import ibis

    m = facts.money
    kind = m.kind.fill_null("").strip().lower()
    rank = ibis.cases(*((kind == word, place) for place, word in enumerate(KINDS)))
    m = m.mutate(rank=rank).filter(m.entity.notnull(), m.flow.strip().lower() == SPENT, kind.isin(KINDS))
    return m.join(periods, [m.from_on >= periods.first_on, m.to_on <= periods.after_on])


def _of_one_kind(paid: IbisTable) -> IbisTable:
    import ibis

    together = ibis.window(group_by=[paid[name] for name in ("entity", *PERIOD)])
    paid = paid.mutate(best=paid.rank.min().over(together))
    return paid.filter(paid.rank == paid.best)


def _whole(paid: IbisTable) -> IbisTable:
    """Keep the money of those periods of which it covers every day, per currency."""
    import ibis

    alike = [paid[name] for name in ("entity", *PERIOD, "currency")]
    before = ibis.window(group_by=alike, order_by=[paid.from_on, paid.to_on], preceding=(None, 1))
    paid = paid.mutate(reached_on=paid.to_on.max().over(before).coalesce(paid.first_on))
    together = ibis.window(group_by=[paid[name] for name in ("entity", *PERIOD, "currency")])
    has_gap = (paid.from_on > paid.reached_on).any().over(together)
    paid = paid.mutate(is_covered=~has_gap & (paid.to_on.max().over(together) >= paid.after_on))
    return paid.filter(paid.is_covered)


MEASURE = Measure(
    name="cost-per-transaction", title="What one use costs", unit=Unit("money", "", "money"), better="lower",
    needs=("tallied", "money", "attempts"), own_query=query, units=units, finish=finish_ratio, basis=FULL_COUNT,
    words=("cost", "cost-per-use", "cpt"), version=2, patch=None, only_with=("tallied", "money"),
)  # fmt: skip
