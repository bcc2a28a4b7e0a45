"""Drivers: what is known of each attempt besides its calls, and before it was lost: what a fitted loss may go with.

Who came by which channel, with what, of which kind; whether they had tried before or asked for help; how long they had waited
in the step before and whether they went to and fro on the way; and what a source says of the attempt in so many words: a
judgement about `attempt:ID` whose question is the name of the attribute. Made on asking, for the attempts of one map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wholeservice.derived.base import DONE, whole_seconds
from wholeservice.facts.identity import FactTables

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine
    from wholeservice.periods import Period

ABOUT = "attempt:"  # how a judgement names an attempt
BEFORE_S = 14 * 86400  # an earlier attempt, or a contact, counts for so long
MOST_ATTRIBUTES = 20  # questions that are told of most attempts
ASKED = "asked_attempts"
TOLD = ("attempt", "consumer", "channel", "segment", "device", "at_s", "took_s", "lost_step", "is_again", "has_contacted")


@dataclass(frozen=True, slots=True)
class Drivers:
    """
    What was known of the attempts of one entity in one period, as Arrow tables in a fixed order; instants in seconds.

    attempts    attempt, consumer (null: not known), channel, segment, device, at_s, took_s (until its last event), lost_step
                (null: it reached an end), is_again (tried within 14 days before), has_contacted (asked for help in that time)
    steps       attempt, step, at_s (when it first came there), waited_s (since it first came to the step before; null at the
                first), went_back (it had been somewhere twice on the way there)
    attributes  attempt, question, verdict, value (null: only words)
    """

    attempts: pa.Table
    steps: pa.Table
    attributes: pa.Table


def observe_drivers(engine: Engine, entity: str, period: Period) -> Drivers:
    """Read what is known of the attempts that started in *period* and can be judged by now."""
    a = _attempts(FactTables(engine), entity)
    return _observed(engine, entity, a, a.filter(a.is_matured, a.started_at >= period.from_at, a.started_at < period.to_at))


def observe_drivers_of(engine: Engine, entity: str, attempts: pa.Table) -> Drivers:
    """Read what is known of some attempts: a table with the column attempt."""
    a = _attempts(FactTables(engine), entity)
    engine.add(ASKED, attempts)
    return _observed(engine, entity, a, a.semi_join(engine.table(ASKED), ["attempt"]))


def _attempts(facts: FactTables, entity: str) -> IbisTable:
    a = facts.attempts.filter(facts.attempts.entity == entity)
    lost = (a.outcome == DONE).ifelse(None, a.failed_step.coalesce(a.last_step))
    at_s = whole_seconds(a.started_at)
    return a.mutate(at_s=at_s, took_s=whole_seconds(a.last_at) - at_s, lost_step=lost)


def _observed(engine: Engine, entity: str, a: IbisTable, inside: IbisTable) -> Drivers:
    facts = FactTables(engine)
    attempts = _with_contacts(facts, entity, _with_earlier(a, inside))
    kept = attempts.select(*TOLD)
    return Drivers(
        engine.run(kept.order_by("attempt")),
        engine.run(_steps(facts, entity, inside).order_by("attempt", "step")),
        engine.run(_attributes(facts, inside).order_by("question", "attempt")),
    )


def _with_earlier(attempts: IbisTable, inside: IbisTable) -> IbisTable:
    """Say whether the same person began an attempt shortly before; of nobody who is known, it is not known."""
    import ibis

    a = attempts.filter(attempts.consumer.notnull())
    order = ibis.window(group_by=a.consumer, order_by=[a.at_s, a.attempt])
    a = a.mutate(before_s=a.at_s.lag().over(order))
    again = a.select(again_of=a.attempt, is_again=(a.at_s - a.before_s <= BEFORE_S).fill_null(False))
    return inside.left_join(again, [inside.attempt == again.again_of])


def _with_contacts(facts: FactTables, entity: str, attempts: IbisTable) -> IbisTable:
    import ibis

    c = facts.contacts
    c = c.filter(c.entity == entity, c.consumer.notnull()).select(by=c.consumer, contact_s=whole_seconds(c.happened_at))
    if not facts.run(c.limit(1)).num_rows:
        return attempts.mutate(has_contacted=ibis.null("boolean"))
    a = attempts
    met = a.inner_join(c, [a.consumer == c.by, c.contact_s < a.at_s, c.contact_s >= a.at_s - BEFORE_S])
    met = met.select(contacted=met.attempt).distinct()
    joined = a.left_join(met, [a.attempt == met.contacted])
    return joined.mutate(has_contacted=joined.consumer.notnull().ifelse(joined.contacted.notnull(), None))


def _steps(facts: FactTables, entity: str, attempts: IbisTable) -> IbisTable:
    """When each attempt first came to each step, and what it had been through by then."""
    import ibis

    v = facts.visits
    v = v.filter(v.entity == entity, v.step.notnull()).semi_join(attempts, ["attempt"])
    first = v.group_by(v.attempt, v.step).aggregate(at_s=whole_seconds(v.happened_at).min(), nth=v.nth.min())
    order = ibis.window(group_by=first.attempt, order_by=[first.nth, first.step])
    first = first.mutate(n_before=ibis.row_number().over(order), last_s=first.at_s.lag().over(order))
    return first.select(first.attempt, first.step, first.at_s, waited_s=first.at_s - first.last_s,
                        went_back=first.nth > first.n_before)  # fmt: skip


def _attributes(facts: FactTables, attempts: IbisTable) -> IbisTable:
    """What sources had said of these attempts when they began; of two judgements on one question the newest counts.

    What was said later may be said because of how it ended, so it explains nothing.
    """
    import ibis

    j, a = facts.judgements, attempts
    named = a.select(a.attempt, begun_at=a.started_at, about_it=ibis.literal(ABOUT).concat(a.attempt))
    j = j.inner_join(named, [j.about == named.about_it, j.judged_at <= named.begun_at])
    newest = j.group_by(j.attempt, j.question).aggregate(
        verdict=j.verdict.argmax(j.judged_at), value=j.value.argmax(j.judged_at)
    )
    n = newest.group_by(newest.question).aggregate(n=newest.count())
    most = n.order_by(n.n.desc(), n.question).limit(MOST_ATTRIBUTES)
    return newest.semi_join(most, ["question"]).select("attempt", "question", "verdict", "value")
