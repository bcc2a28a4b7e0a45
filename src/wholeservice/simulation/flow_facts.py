"""What the tools of an organisation would hold of a simulated flow: items, stays, deployments, incidents, links, judgements.

No fact tells what a wait is due to. A handful of rows are as real tools give them (`Dirt`): a status that nobody mapped, an
item closed before it was opened, a stay that never ends.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from wholeservice.simulation.flow import PRODUCTION, Deployed, Flowed, Harm
from wholeservice.simulation.flow_world import DEFECT
from wholeservice.simulation.queues import ACTIVE, BLOCKED, QUEUED, WORDS_OF_PRIORITY, Stay, Ticket
from wholeservice.tables import KEYS, Deployment, Incident, Item, Judgement, Link, Work

UNMAPPED, CLOSED_FIRST, ENDLESS = "a status that nobody mapped", "closed before it was opened", "a stay that never ends"
DIRT = {UNMAPPED: 4, CLOSED_FIRST: 3, ENDLESS: 3}  # how many items of each
PARKED = "Parked"


@dataclass(slots=True)
class FlowFacts:
    """Facts by table, and which items were soiled: item -> how."""

    items: list[Item] = field(default_factory=list)
    work: list[Work] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)
    dirt: dict[str, str] = field(default_factory=dict)


def told(flowed: Flowed) -> FlowFacts:
    """Return the facts of a flow, in a fixed order."""
    facts = FlowFacts(dirt=_soiled(flowed))
    for ticket in flowed.tickets:
        how = facts.dirt.get(ticket.id)
        facts.items.append(_item(flowed, ticket, how))
        facts.work += _work(flowed, ticket, how)
        facts.links += _of_item(flowed, ticket)
    for number, each in enumerate(flowed.deployed, 1):
        facts.deployments.append(_deployment(flowed, each, number))
        facts.links += _delivers(facts.deployments[-1], each)
    for number, harm in enumerate(flowed.harms, 1):
        failed = facts.deployments[flowed.deployed.index(harm.deployed)]
        facts.incidents.append(_incident(harm, failed, number))
        facts.deployments.append(_repair(harm, failed, facts.incidents[-1]))
        facts.links += _of_harm(harm, failed, facts.incidents[-1])
    facts.judgements += _judgements(flowed)
    return facts


def stays_of(flowed: Flowed, ticket: Ticket) -> Iterator[Stay]:
    """Yield the stays of an item that took time; what waits for a team that is short of people waits for the next of them."""
    short = [(from_s, post) for team, from_s, post in flowed.shortages if team == ticket.team]
    posts = sorted(short, key=lambda each: (_end(each[1].done_s), each[1].id))
    for stay in ticket.stays:
        pieces = _cut(stay, posts) if stay.state == QUEUED and stay.team == ticket.team else [stay]
        yield from (each for each in pieces if each.to_s is None or each.to_s > each.from_s)


def _cut(stay: Stay, posts: list[tuple[float, Ticket]]) -> Iterator[Stay]:
    at_s, end_s = stay.from_s, _end(stay.to_s)
    for from_s, post in posts:
        first_s, last_s = max(at_s, from_s), min(end_s, _end(post.done_s))
        if first_s < last_s:
            yield replace(stay, from_s=at_s, to_s=first_s)
            yield replace(stay, state=BLOCKED, waits_on=post.id, from_s=first_s, to_s=_known(last_s))
            at_s = last_s
    if at_s < end_s:
        yield replace(stay, from_s=at_s)


def _end(at_s: float | None) -> float:
    return float("inf") if at_s is None else at_s


def _known(at_s: float) -> float | None:
    return None if at_s == float("inf") else at_s


def _soiled(flowed: Flowed) -> dict[str, str]:
    """Choose the items to soil: of those that are done, at even distances."""
    done = [each for each in flowed.tickets if each.stream == flowed.flow.stream and each.done_s and not each.belongs_to]
    hows = [how for how, n in DIRT.items() for _ in range(n)]
    return {done[(number + 1) * len(done) // (len(hows) + 2)].id: how for number, how in enumerate(hows)} if done else {}


def _item(flowed: Flowed, ticket: Ticket, how: str | None) -> Item:
    instant = flowed.flow.instant
    created_at = instant(ticket.created_s)
    done_at = None if ticket.done_s is None else instant(ticket.done_s)
    if how == CLOSED_FIRST:
        done_at = created_at - dt.timedelta(days=1)
    due = None if ticket.due_after_days is None else created_at + dt.timedelta(days=ticket.due_after_days)
    is_asked = ticket.stream == flowed.flow.stream and not ticket.belongs_to
    known = created_at - dt.timedelta(seconds=round(ticket.known_before_s)) if is_asked else created_at
    return Item(
        **keys(ticket.id, done_at or created_at), item=ticket.id, kind=ticket.kind, service=ticket.service or ticket.part,
        about_part=ticket.part, stream=ticket.stream, team=ticket.team, priority=WORDS_OF_PRIORITY[ticket.priority],
        known_at_source=known, created_at=created_at, due_at=due, done_at=done_at, size=ticket.size,
    )  # fmt: skip


def _work(flowed: Flowed, ticket: Ticket, how: str | None) -> Iterator[Work]:
    instant = flowed.flow.instant
    stays = list(stays_of(flowed, ticket))
    waits, works = ([number for number, each in enumerate(stays) if (each.state == ACTIVE) is kind] for kind in (False, True))
    for number, each in enumerate(stays):
        is_unmapped = how == UNMAPPED and number == waits[-1]
        is_endless = how == ENDLESS and number == works[0]
        yield Work(
            **keys(ticket.id, instant(each.from_s), number), item=ticket.id, stage=PARKED if is_unmapped else each.stage,
            state=PARKED if is_unmapped else each.state, from_at=instant(each.from_s),
            to_at=None if each.to_s is None or is_endless else instant(each.to_s), team=each.team, resource=each.worker,
            waits_on=each.waits_on,
        )  # fmt: skip


def _of_item(flowed: Flowed, ticket: Ticket) -> Iterator[Link]:
    at = flowed.flow.instant(ticket.created_s)
    if ticket.belongs_to:
        yield _link(f"item:{ticket.id}", "part-of", f"item:{ticket.belongs_to}", at)
        yield _link(f"item:{ticket.id}", "blocks", f"item:{ticket.belongs_to}", at)
    elif ticket.part:
        yield _link(f"item:{ticket.id}", "fixes" if ticket.kind == DEFECT else "improves", f"part:{ticket.part}", at)
    for stay in stays_of(flowed, ticket):
        if stay.state == BLOCKED and stay.waits_on and not stay.waits_on.startswith(f"{ticket.id}-"):
            yield _link(f"item:{stay.waits_on}", "blocks", f"item:{ticket.id}", flowed.flow.instant(stay.from_s))


def _deployment(flowed: Flowed, each: Deployed, number: int) -> Deployment:
    at = flowed.flow.instant(each.at_s)
    return Deployment(
        **keys(f"d{number}", at), deployment=f"d{number}", service=each.what, environment=each.environment,
        version=each.ticket.id, artefact=_artefact(each), deployed_at=at, planned=each.planned, method="rolling",
        result=each.result,
    )  # fmt: skip


def _artefact(each: Deployed) -> str:
    return "sha256:" + hashlib.sha256(f"{each.what} {each.ticket.id} {each.build}".encode()).hexdigest()[:24]


def _delivers(deployment: Deployment, each: Deployed) -> Iterator[Link]:
    if each.ticket.stays:  # a renewal delivers nothing that was asked for
        yield _link(f"deployment:{deployment.deployment}", "delivers", f"item:{each.ticket.id}", deployment.deployed_at)


def _incident(harm: Harm, failed: Deployment, number: int) -> Incident:
    lots, started_at = harm.lots, failed.deployed_at
    restored_at = started_at + dt.timedelta(seconds=round(lots.unnoticed_s + lots.harm_s))
    return Incident(
        **keys(f"harm-{number}", restored_at), incident=f"harm-{number}", service=failed.service, environment=PRODUCTION,
        started_at=started_at, detected_at=started_at + dt.timedelta(seconds=round(lots.unnoticed_s)),
        detected_by=lots.detected_by, restored_at=restored_at, severity="minor",
    )  # fmt: skip


def _repair(harm: Harm, failed: Deployment, incident: Incident) -> Deployment:
    """The deployment that ended the harm: the version before, or a mended one."""
    at = incident.restored_at or incident.started_at
    name = f"{failed.deployment}-repair"
    is_back = harm.lots.is_rolled_back
    version = f"before {failed.version}" if is_back else f"{failed.version} mended"
    content = "sha256:" + hashlib.sha256(version.encode()).hexdigest()[:24]
    return Deployment(
        **keys(name, at), deployment=name, service=failed.service, environment=PRODUCTION, version=version, artefact=content,
        deployed_at=at, planned=False, method="rolled back" if is_back else "rolling", result="succeeded",
    )  # fmt: skip


def _of_harm(harm: Harm, failed: Deployment, incident: Incident) -> Iterator[Link]:
    at, name = incident.started_at, f"incident:{incident.incident}"
    yield _link(name, "caused-by", f"deployment:{failed.deployment}", at)
    yield _link(f"item:{harm.fixed_by.id}", "fixes", name, at)


def _judgements(flowed: Flowed) -> Iterator[Judgement]:
    """Whether what a review got could be used as it was."""
    for number, each in enumerate(flowed.reviewed, 1):
        at = flowed.flow.instant(each.at_s)
        yield Judgement(
            **keys(f"review-{number}", at), about=f"item:{each.ticket.id}", question="readiness",
            verdict="sent back" if each.is_sent_back else "accepted", by=flowed.flow.does["review"], judged_at=at,
        )  # fmt: skip


def _link(from_ref: str, relation: str, to_ref: str, at: dt.datetime) -> Link:
    record = f"{from_ref} {relation} {to_ref} {at:%Y-%m-%dT%H:%M:%S}"
    return Link(**keys(record, at), from_ref=from_ref, relation=relation, to_ref=to_ref, happened_at=at)


def keys(record: str, known_at: dt.datetime, part: int = 0) -> dict[str, Any]:
    """Return the keys of a simulated fact."""
    return dict(zip(KEYS, ("simulation", record, str(part), known_at, "simulation", record), strict=True))
