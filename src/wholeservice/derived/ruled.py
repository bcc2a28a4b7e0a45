"""Which attempts ended because of a policy: by an outcome that the policy declares, or by a judgement of their cause.

Shape    one row per attempt and policy: attempt, policy (id), in a fixed order. An outcome counts where the newest event of the
         attempt has it and the attempt is not done; a judgement where it is about `attempts:ID`, asks for the `cause`, and its
         verdict names a policy
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import DONE
from wholeservice.facts.identity import FactTables
from wholeservice.organisation.graph import Organisation, ancestors, edges_out, resolve
from wholeservice.organisation.kinds import POLICY

if TYPE_CHECKING:
    from wholeservice.engines.base import Engine
    from wholeservice.periods import Period

ABOUT, CAUSE = "attempts:", "cause"


def observe_policies(engine: Engine, organisation: Organisation, entity: str, period: Period) -> dict[str, tuple[str, ...]]:
    """
    Return attempt -> the policies that ended it, of the attempts of *entity* that began in *period* and are not done.

    Errors   none: a word that no policy has is no policy's
    """
    policies = {each.id: each for each in organisation.entities.values() if each.kind == POLICY}
    if not policies:
        return {}
    facts = FactTables(engine)
    a = facts.attempts
    mine = (a.entity == entity) & (a.started_at >= period.from_at) & (a.started_at < period.to_at)
    a = a.filter(mine, a.is_matured, a.outcome != DONE).select(a.entity, a.attempt)
    found: dict[str, set[str]] = {}
    ends = {
        word: each.id for each in policies.values() if binds(organisation, each.id, entity) for word in words_of(each.fields)
    }
    if ends:
        v = facts.visits
        last = v.filter(v.entity == entity).group_by(v.attempt).aggregate(outcome=v.outcome.argmax(v.nth))
        last = last.filter(last.outcome.isin(sorted(ends))).semi_join(a, ["attempt"]).order_by("attempt")
        for row in engine.run(last).to_pylist():
            found.setdefault(row["attempt"], set()).add(ends[row["outcome"]])
    j = facts.judgements
    j = j.filter(j.question.strip().lower() == CAUSE, j.about.startswith(ABOUT))
    j = j.select(attempt=j.about.substr(len(ABOUT)), verdict=j.verdict).semi_join(a, ["attempt"])
    for row in engine.run(j.distinct().order_by("attempt", "verdict")).to_pylist():
        policy = resolve(organisation, row["verdict"], POLICY)
        if policy:
            found.setdefault(row["attempt"], set()).add(policy)
    return {attempt: tuple(sorted(each)) for attempt, each in found.items()}


def words_of(fields: object) -> tuple[str, ...]:
    """Return the outcomes that a policy declares to be its doing, as facts have them."""
    said = fields.get("outcomes") if hasattr(fields, "get") else None
    return tuple(each.strip().lower() for each in said or ())


def binds(organisation: Organisation, policy: str, entity: str) -> bool:
    """Return whether a policy binds an entity, a step of it, or a part of it."""
    bound = [edge.to_id for edge in edges_out(organisation, policy, "binds")]
    return any(each == entity or each.startswith(f"{entity}.") or entity in ancestors(organisation, each) for each in bound)
