"""Which deployments failed, by each of four rules, since no source knows for sure; and when people could go on again.

told      the deployment itself says that it failed or was rolled back
linked    an incident is linked to it as caused by it
after     within a day of it, an incident of the same service began (or of what holds it, or is in it), or the next deployment
          of the same service was a reaction to harm. Only the newest deployment before it is blamed
newest    an incident of the same service began after it, however long after, and it is the newest before of which nobody says
          that it failed: the rule of Apache DevLake, which leaves no incident without a deployment

Each rule has no answer (null) where the facts could not tell: nobody said how the deployment went; no incident of the service
is recorded, or (linked) none anywhere is linked to a deployment; or (after) neither incidents of the service are nor whether
any of its deployments was planned. No answer is never "it went well".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import seconds_between
from wholeservice.derived.deployed import CAUSED_BY, DEPLOYMENT, FAILED, INCIDENT, ROLLED_BACK, incidents, linked

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

DAY_S = 86400.0
AFTER, NEWEST = "after", "newest"
RULES = {"told": "failed_told", "linked": "failed_linked", AFTER: "failed_after", NEWEST: "failed_newest"}
"""The rules, and the column that each has in `deliveries`."""


def with_failures(facts: FactTables, deployments: IbisTable) -> IbisTable:
    """
    Say of each deployment whether it failed.

    Shape    adds failed_told, failed_linked, failed_after, failed_newest, is_failed (told or linked; null where neither could
             tell), n_incidents (that it caused), detected_at (when the first of these was), recovered_at (null: not, or not
             failed)
    """
    d = _next(deployments)
    d = _caused(facts, d)
    d = _judged(facts, d)
    is_told = d.result.isin((FAILED, ROLLED_BACK))
    d = d.mutate(
        failed_told=is_told,
        failed_linked=(d.n_incidents > 0).ifelse(True, (d.is_covered & d.is_linking).ifelse(False, None)),
        failed_after=(d.blamed_after | d.is_mended).ifelse(True, (d.is_covered | d.says_planned).ifelse(False, None)),
        failed_newest=d.blamed_newest.ifelse(True, d.is_covered.ifelse(False, None)),
    )
    d = d.mutate(is_failed=_either(d.failed_told, d.failed_linked))
    recovered_at = (d.n_incidents > 0).ifelse(d.over_at, d.next_good_at)
    return d.mutate(recovered_at=d.is_failed.fill_null(False).ifelse(recovered_at, None)).drop(
        "next_planned", "next_at", "next_good_at", "over_at", "is_covered", "is_linking", "is_mended", "says_planned",
        "blamed_after", "blamed_newest",
    )  # fmt: skip


def _either(one: object, other: object) -> object:
    """True where one of them is, else false where one of them knows."""
    return (one.fill_null(False) | other.fill_null(False)).ifelse(True, one.coalesce(other))  # type: ignore[attr-defined]


def _next(d: IbisTable) -> IbisTable:
    """What came after each deployment of the same service: the next one, and the next that did not fail."""
    import ibis

    order = [d.deployed_at, d.delivery]
    line = ibis.window(group_by=d.entity, order_by=order)
    later = ibis.window(group_by=d.entity, order_by=order, following=(1, None))
    d = d.mutate(
        next_planned=d.planned.lead().over(line),
        next_at=d.deployed_at.lead().over(line),
        next_good_at=_is_good(d).ifelse(d.deployed_at, None).min().over(later),
        says_planned=d.planned.notnull().any().over(ibis.window(group_by=d.entity)),
    )
    is_soon = seconds_between(d.deployed_at, d.next_at) <= DAY_S
    return d.mutate(is_mended=((d.next_planned == False) & is_soon).fill_null(False))  # noqa: E712  (a column)


def _caused(facts: FactTables, d: IbisTable) -> IbisTable:
    """The incidents that each deployment is said to have caused, summed up before they are joined: each counts once."""
    pairs, i = linked(facts, INCIDENT, CAUSED_BY, DEPLOYMENT), incidents(facts)
    told = pairs.join(i, pairs.one_end == i.incident)
    told = told.group_by(caused_by=told.other_end).aggregate(
        n_incidents=told.count(),
        detected_at=told.detected_at.min(),
        over_at=told.restored_at.isnull().any().ifelse(None, told.restored_at.max()),
    )
    found = d.left_join(told, d.deployment == told.caused_by).drop("caused_by")
    return found.mutate(n_incidents=found.n_incidents.fill_null(0), is_linking=(pairs.count() > 0).as_scalar())


def blamed(facts: FactTables, deployments: IbisTable, rule: str) -> IbisTable:
    """
    Return which deployment each incident is blamed on by a rule that goes by time, after or newest; none where there is none.

    Shape    incident, delivery: the newest deployment of the incident's service, of what holds it or of what is in it, before
             it; after: within a day; newest: however long before, and not one that failed
    """
    import ibis

    near, d = _near(facts), deployments
    d = d.filter(_is_good(d)) if rule == NEWEST else d
    before = near.join(d, near["of"] == d.entity).select(near.incident, near.started_at, d.delivery, d.deployed_at)
    before = before.filter(before.deployed_at <= before.started_at)
    if rule == AFTER:
        before = before.filter(seconds_between(before.deployed_at, before.started_at) <= DAY_S)
    newest = ibis.row_number().over(group_by=before.incident, order_by=[before.deployed_at.desc(), before.delivery])
    found = before.mutate(place=newest)
    return found.filter(found.place == 0).select("incident", "delivery")


def _near(facts: FactTables) -> IbisTable:
    """Each incident, and all that may have caused it: what it is of, what holds that, what is in it."""
    h, i = facts.holders, incidents(facts)
    i = i.filter(i.entity.notnull())
    above = i.join(h, i.entity == h.held).select(i.incident, i.started_at, of=h.holder)
    below = i.join(h, i.entity == h.holder).select(i.incident, i.started_at, of=h.held)
    return above.union(below, distinct=True)


def _judged(facts: FactTables, d: IbisTable) -> IbisTable:
    """Say of each deployment whether an incident is blamed on it, by both rules that go by time, and whether any could be."""
    found = d
    for rule in (AFTER, NEWEST):
        guilty = blamed(facts, d, rule).select(blamed_for="delivery").distinct()
        found = found.left_join(guilty, found.delivery == guilty.blamed_for)
        found = found.mutate(**{f"blamed_{rule}": found.blamed_for.notnull()}).drop("blamed_for")
    covered = _near(facts).select(covered="of").distinct()
    found = found.left_join(covered, found.entity == covered.covered)
    return found.mutate(is_covered=found.covered.notnull()).drop("covered")


def _is_good(d: IbisTable) -> BooleanValue:
    """Of each deployment: nobody says that it failed or was rolled back."""
    return ~d.result.isin((FAILED, ROLLED_BACK)).fill_null(False)
