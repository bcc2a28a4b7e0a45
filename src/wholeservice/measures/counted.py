"""From tallies (what somebody else counted) to rows of numbers: the words sources use, totals over channels, ratios.

A ratio takes both halves from one source and one window. A number that is not there is never a 0.

When the tallies have a column `behind` (a list of what names each row), every row of numbers says in it which of them it is
made of, and in `behind_under` which stand under the line of a ratio. So the rows somebody asks for are those that were counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wholeservice.measures.units import union_all

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

COUNT, SHARE, MEAN, HISTOGRAM = "count", "share", "mean", "histogram"
TRANSACTIONS = ("transactions", "completions", "volume")
STEP_COUNTS = ("visits", "attempts", "consumers", "visitors", "sessions")

DIGITAL = "digital"
DIGITAL_CHANNELS = (DIGITAL, "online", "web", "app", "api", "chat")
"""Channels that are digital; `digital` is all of them together, as some sources count."""
OTHER_CHANNELS = (
    "phone", "telephone", "call", "call centre", "call center", "post", "letter", "paper", "fax", "desk", "counter", "shop",
    "store", "branch", "in person", "in-person", "walk-in", "face to face", "home visit", "clerical"
)  # fmt: skip
"""Channels that are not; words that are in neither, such as `email`, `partner` or `organic`, may be anything."""

WHERE = ("source", "entity", "from_at", "to_at", "window", "segment")
"""What two numbers must share to belong together."""


BEHIND, UNDER = "behind", "behind_under"


def carried(rows: IbisTable) -> list[str]:
    """Return the columns that say which rows a number is made of, where there are any."""
    return [name for name in (BEHIND, UNDER) if name in rows.columns]


def gathered(rows: IbisTable, *, of: Any = None) -> dict[str, Any]:
    """Return the same for rows that are added up: what any of them, or those for which *of* holds, is made of."""
    return {name: rows[name].collect(where=of).flatten() for name in carried(rows)}


def counts(facts: FactTables, words: tuple[str, ...]) -> IbisTable:
    """Return the counts of one thing, by the first of *words* that a source uses for it; a missing value is left out.

    Shape    the columns WHERE, step, channel (null: all), amount
    """
    import ibis

    t = facts.tallied
    t = t.filter(t.statistic == COUNT, t.of.isin(words), t.value.notnull())
    rank = ibis.cases(*((t.of == word, place) for place, word in enumerate(words)), else_=len(words))
    t = t.mutate(rank=rank)
    t = t.mutate(first=t.rank.min().over(ibis.window(group_by=[t[name] for name in WHERE])))
    return t.filter(t.rank == t.first).select(*WHERE, t.step, t.channel, *carried(t), amount=t.value)


def totals(amounts: IbisTable) -> IbisTable:
    """Return the amount of all channels together: as the source gives it, else the sum of the channels it gives.

    Shape    WHERE, amount. One channel alone is no total; `digital` and one of its channels are not added to each other
    """
    given = amounts.filter(amounts.channel.isnull()).select(*WHERE, "amount", *carried(amounts))
    parts = _apart(amounts)
    summed = parts.group_by(list(WHERE)).aggregate(amount=parts.amount.sum(), n_channels=parts.count(), **gathered(parts))
    return union_all(first_of([given, summed.filter(summed.n_channels > 1).drop("n_channels")]))


def with_all_channels(rows: IbisTable, *more: str) -> IbisTable:
    """Add rows for all channels that were counted together, where the source gives none: of a ratio, not of how many there are.

    Shape    as given; *more* names what rows must share besides WHERE. The new rows are one per channel: compute adds them up
    """
    import ibis

    given = rows.filter(rows.channel.isnull())
    parts = _apart(rows, *more)
    lacking = parts.anti_join(given, same(parts, given, *more))
    return union_all([rows, lacking.mutate(channel=ibis.null("string"))])


def _apart(rows: IbisTable, *more: str) -> IbisTable:
    """Rows of single channels that hold nothing twice: without those that `digital` already holds."""
    import ibis

    parts = rows.filter(rows.channel.notnull())
    together = ibis.window(group_by=[parts[name] for name in (*WHERE, *more)])
    parts = parts.mutate(has_whole=(parts.channel == DIGITAL).any().over(together))
    is_inside = parts.has_whole & parts.channel.isin([each for each in DIGITAL_CHANNELS if each != DIGITAL])
    return parts.filter(~is_inside).drop("has_whole")


def digital(amounts: IbisTable) -> IbisTable:
    """Return the amount of the digital channels: as the source gives it, else the sum of those it gives."""
    given = amounts.filter(amounts.channel == DIGITAL).select(*WHERE, "amount", *carried(amounts))
    parts = amounts.filter(amounts.channel.isin(DIGITAL_CHANNELS), amounts.channel != DIGITAL)
    summed = parts.group_by(list(WHERE)).aggregate(amount=parts.amount.sum(), **gathered(parts))
    return union_all(first_of([given, summed]))


def same(left: IbisTable, right: IbisTable, *more: str) -> list[Any]:
    """Return the predicates that two rows belong together; two missing values are the same."""
    return [left[name].identical_to(right[name]) for name in (*WHERE, *more)]


def ratio(over: IbisTable, under: IbisTable, *more: str) -> IbisTable:
    """Return what is over divided by what is under, where both are known and the latter is above 0.

    Shape    the columns of *over* less amount; numerator, denominator, n (the denominator)
    """
    beside = under.rename("{name}_under")
    together = [over[name].identical_to(beside[f"{name}_under"]) for name in (*WHERE, *more)]
    joined = over.join(beside, together)
    joined = joined.filter(joined.amount_under > 0)
    kept = dict.fromkeys([*(name for name in over.columns if name != "amount"), *carried(joined)])
    return joined.select(*kept, numerator=joined.amount, denominator=joined.amount_under, n=joined.amount_under)


def stated(facts: FactTables, words: tuple[str, ...]) -> IbisTable:
    """Return a ratio that a source states by itself, with what it is a share of; without that it cannot be added.

    Shape    WHERE, step, channel, currency, numerator, denominator, n
    """
    t = facts.tallied
    t = t.filter(t.of.isin(words), t.statistic.isin([SHARE, MEAN]))
    t = t.mutate(numerator=t.numerator.coalesce(t.value * t.denominator))
    t = t.filter(t.numerator.notnull(), t.denominator > 0)
    return t.select(*WHERE, t.step, t.channel, t.currency, t.numerator, t.denominator, *carried(t), n=t.denominator)


def first_of(parts: list[IbisTable], *more: str) -> list[IbisTable]:
    """Return the parts, each without what an earlier one already says, so that nothing is added to itself."""
    kept: list[IbisTable] = []
    for part in parts:
        for earlier in kept:
            part = part.anti_join(earlier, same(part, earlier, *more))
        kept.append(part)
    return kept
