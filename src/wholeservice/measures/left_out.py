"""Answers that were given and that no measure counts, and why: they are kept, and shown, so that nothing is lost in silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wholeservice.measures import answered as of

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

LEFT_OUT = "left_out_answers"
UNKNOWN, NO_SCALE, OFF_SCALE, NOT_WHOLE = "unknown instrument", "no scale", "off the scale", "not whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """One row of the extract: so many answers of one source about one service that no measure counts, for one reason."""

    source: str
    entity: str
    instrument: str | None
    why: str
    n: int
    where_from: str  # the first of them


def left_out(facts: FactTables) -> IbisTable:
    """Return how many scores no measure counts, by source, service, instrument and reason: the columns of `LeftOut`."""
    import ibis

    a = of.asked_of(facts)
    a = a.filter(a.score.notnull())
    is_nps, is_sus = a.word.isin(of.NPS).fill_null(False), a.word.isin(of.SUS_ITEMS).fill_null(False)
    has_scale = (a.scale_min.notnull() & a.scale_max.notnull()) | is_nps
    is_made = (a.word == of.SUS_SCORED).fill_null(False)
    is_good = ibis.cases(
        (is_nps, of.is_net_answer(a)), (is_sus, of.is_on_scale(a) & of.is_sus_scale(a)),
        (is_made, of.is_on_scale(a) & of.is_sus_range(a)), else_=of.is_on_scale(a),
    )  # fmt: skip
    is_known = a.word.isnull() | a.word.isin(of.KNOWN)
    a = a.mutate(why=ibis.cases((~is_known, UNKNOWN), (~has_scale, NO_SCALE), (~is_good.fill_null(False), OFF_SCALE)))
    return _counted(a.filter(a.why.notnull())).union(_counted(_not_whole(a.filter(a.why.isnull()))))


def _not_whole(a: IbisTable) -> IbisTable:
    """Answers to the statements of a scale of which the others, or one too many, were not answered."""
    import ibis

    wanted = ((of.SUS_ITEMS, "sus"), (of.UX_LITE_ITEMS, "ux-lite"))
    a = a.mutate(set=ibis.cases(*((a.word.isin(items), name) for items, name in wanted)))
    a = a.mutate(set_size=ibis.cases(*((a.word.isin(items), len(items)) for items, _ in wanted)))
    a = a.filter(a.set.notnull())
    together = ibis.window(group_by=[a.entity, a.response, a.set])
    a = a.mutate(n_rows=a.count().over(together), width=a.scale_max - a.scale_min)
    sizes = a.group_by(["entity", "response", "set"]).aggregate(n_items=a.word.nunique(), n_scales=a.width.nunique())
    a = a.join(sizes, ["entity", "response", "set"])
    is_whole = (a.n_items == a.set_size) & (a.n_rows == a.set_size) & (a.n_scales == 1)
    return a.filter(~is_whole).mutate(why=ibis.literal(NOT_WHOLE), word=a["set"])


def _counted(a: IbisTable) -> IbisTable:
    return a.group_by(a.source, a.entity, instrument=a.word, why=a.why).aggregate(n=a.count(), where_from=a.where_from.min())
