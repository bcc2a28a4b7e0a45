"""What rides on a part or service: who uses it, and which whole services, steps and people feel it when it fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from wholeservice.findings.riding import Hit, failing, hits, stops_with
from wholeservice.findings.supplied import contract_words
from wholeservice.organisation import graph, kinds
from wholeservice.organisation.graph import Edge, Organisation
from wholeservice.organisation.remit import has_outside_consumer
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data
from wholeservice.pages.entries import address_of
from wholeservice.pages.numbers import listed, plural
from wholeservice.pages.reach_felt import Felt, a_day_words, felt_through, first_words, plan_words
from wholeservice.units import write

HOW = {"all": "needs it", "retry": "needs it, and tries again", "optional": "goes on without it", "any": "can use another"}
STOPS = {
    kinds.TEAM: "When a team cannot act, what it runs stops as it would by itself.",
    kinds.POLICY: "When a rule stops people, all that it binds stops.",
}


@dataclass(frozen=True, slots=True)
class User:
    """Something that uses it directly, or that it uses. `instead` are those that can be used in place of what is used."""

    entity: str
    title: str
    address: str
    how: str
    instead: tuple[str, ...]
    basis: str  # declared, or seen in facts


@dataclass(frozen=True, slots=True)
class Rider:
    """A whole service, a step or a kind of people that rides on it; `is_hard`: no way around it is declared."""

    kind: str
    title: str
    address: str
    within: str | None
    volume: str | None
    is_hard: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """What rides on an entity. `redundancy` says what is declared to stand in for it."""

    title: str
    users: tuple[User, ...]
    rests_on: tuple[User, ...]  # what it uses itself
    services: tuple[Rider, ...]
    steps: tuple[Rider, ...]
    people: tuple[Rider, ...]
    redundancy: str
    n_between: int  # things of ours between it and those
    a_day: tuple[str, ...] = ()  # which whole services lose steps when it stops, and how many come to them a day
    first: str | None = None  # who feels it first
    plan: str = ""  # what is declared for the day it stops
    contract: str = ""  # of a supplier, or of who provides it
    felt: tuple[Felt, ...] = ()  # losses of other services that pass through it


def reach_of(data: Data, entity: str) -> Reach | None:
    """Return what rides on a part or service; None where nothing uses it, it is in nothing and serves no step."""
    org = data.organisation
    found = org.entities.get(entity)
    if found is None or found.kind not in (kinds.SERVICE, kinds.PART, kinds.SUPPLIER, kinds.POLICY, kinds.TEAM):
        return None
    hit = hits(org, data.results, entity)
    every, hard = _riding(org, stops_with(org, entity)), {each.service for each in hit} | failing(org, entity)
    whole = [
        each for each in {**every, **{each.service: None for each in hit}} if each != entity and has_outside_consumer(org, each)
    ]
    steps = _steps(org, every, hit)
    users = tuple(_user(org, edge, edge.from_id) for edge in _edges(org, entity))
    rests_on = tuple(_user(org, edge, edge.to_id) for edge in graph.uses(org, entity))
    if not users and not whole and not steps:
        return None
    services = tuple(_rider(data, each, hard) for each in whole)
    feeling = [each for each in (entity, *whole) if has_outside_consumer(org, each)]
    people = tuple(_people(data, feeling, hard))
    n_between = len(set(every) - {*stops_with(org, entity), *whole})
    redundancy = _redundancy(users) if found.kind not in (kinds.POLICY, kinds.TEAM) else STOPS[found.kind]
    return Reach(
        _title(services, steps, people, is_rule=found.kind == kinds.POLICY),
        users, rests_on, services, steps, people, redundancy, n_between,
        a_day_words(data, hit), first_words(data, hit), plan_words(data, entity), _contract(org, entity),
        tuple(felt_through(data, entity)),
    )  # fmt: skip


def _contract(org: Organisation, entity: str) -> str:
    """The contract of a supplier, or of whoever provides it."""
    provider = next((edge.from_id for edge in graph.edges_in(org, entity, "provides")), entity)
    words = contract_words(org, org.entities.get(provider))
    return (
        f"{words[:1].upper()}{words[1:]}."
        if words and provider == entity
        else (f"Provided by {org.entities[provider].title}, {words}." if words else "")
    )


def _edges(org: Organisation, entity: str) -> tuple[Edge, ...]:
    """The edges to it; what a supplier provides is used in its name."""
    provided = [edge.to_id for edge in graph.edges_out(org, entity, "provides")]
    return tuple(edge for each in (entity, *provided) for edge in graph.edges_in(org, each, "uses"))


def _riding(org: Organisation, starts: Iterable[str]) -> dict[str, None]:
    """Everything that a failure can reach: what uses it and what that is inside of, at any distance, nearest first."""
    found: dict[str, None] = dict.fromkeys(sorted(each for each in starts if each in org.entities))
    waiting = list(found)
    for each in waiting:  # grows while it is walked
        edges = _edges(org, each)
        above = [org.entities[each].parent]
        inside = [other for other in above if other and org.entities[other].kind in (kinds.SERVICE, kinds.PART)]
        reached = (*(edge.from_id for edge in edges), *inside)
        fresh = [other for other in reached if other in org.entities and other not in found]
        found.update(dict.fromkeys(fresh))
        waiting += dict.fromkeys(fresh)
    return found


def _user(org: Organisation, edge: Edge, shown: str) -> User:
    """One end of an edge: what uses, or what is used."""
    others = (each for each in graph.uses(org, edge.from_id) if edge.group and each.group == edge.group)
    instead = tuple(_title_of(org, each.to_id) for each in others if each.to_id != edge.to_id)
    known = org.entities.get(shown)
    to = address_of(known) if known else address("service", shown)
    return User(shown, _title_of(org, shown), to, HOW.get(edge.how, edge.how), instead, edge.basis)


def _title_of(org: Organisation, entity: str) -> str:
    return org.entities[entity].title if entity in org.entities else entity


def _rider(data: Data, entity: str, hard: Set[str]) -> Rider:
    known = data.organisation.entities[entity]
    return Rider("whole service", known.title, address_of(known), None, None, entity in hard)


def _steps(org: Organisation, every: dict[str, None], hit: tuple[Hit, ...]) -> tuple[Rider, ...]:
    """The steps that something served which rides on it, in the order of their journeys; a whole journey is not counted."""
    found, lost = [], {(each.service, step) for each in hit for step in each.steps}
    for service in org.entities.values():
        for step in graph.leaves(service.journey):
            serving = [each for each in graph.parts_at(org, service.id, step.id) if each in every]
            if serving or (service.id, step.id) in lost:
                to = address("service", service.id, "step", step.id)
                found.append(Rider("step", step.title, to, service.title, None, (service.id, step.id) in lost))
    return tuple(found)


def _people(data: Data, services: list[str], hard: Set[str]) -> Iterator[Rider]:
    """The people outside for whom those whole services are."""
    org = data.organisation
    named: dict[str, bool] = {}
    for service in services:
        for edge in graph.edges_out(org, service, "for"):
            named[edge.to_id] = named.get(edge.to_id, False) or service in hard
    for each, is_hard in named.items():
        known = org.entities.get(each)
        if known is not None and known.fields.get("outside") is True:
            yield Rider("people", known.title, address_of(known), None, volume_words(known.fields.get("volume")), is_hard)


def volume_words(amount: object) -> str | None:
    """Say how many there are of a kind of consumer, where it is declared."""
    if amount is None or not hasattr(amount, "number") or not hasattr(amount, "unit"):
        return None
    per = {"yr": " a year", "q": " a quarter", "mo": " a month", "w": " a week", "d": " a day"}
    return write(amount.number, amount.unit) + per.get(getattr(amount, "per", None) or "", "")


def _title(services: tuple[Rider, ...], steps: tuple[Rider, ...], people: tuple[Rider, ...], *, is_rule: bool) -> str:
    parts = [plural(len(services), "whole service")] if services else []
    parts += [plural(len(steps), "step")] if steps else []
    parts += [plural(len(people), "kind of people", "kinds of people")] if people else []
    if not parts:
        return "It is used, but no whole service is declared to rest on it"
    one = len(parts) == 1 and parts[0].startswith("1 ")
    verb = "meet" if is_rule else "ride"
    return f"{listed(parts)} {verb}{'s' if one else ''} {'it' if is_rule else 'on it'}"


def _redundancy(users: tuple[User, ...]) -> str:
    spared = [each for each in users if each.instead]
    if spared:
        return "; ".join(f"{each.title} can use {listed(list(each.instead))} instead" for each in spared) + "."
    if users and all(each.how == HOW["optional"] for each in users):
        return "All that use it go on without it."
    return "Nothing is declared that could stand in for it."
