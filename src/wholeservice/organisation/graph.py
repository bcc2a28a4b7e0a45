"""The organisation as one typed graph: entities, edges, needs and targets, declared in YAML or seen in facts.

Plain functions over frozen data. Ids are unique over services, parts, teams, policies, suppliers, units, consumers and
value streams. A step's id is unique within its service, as facts name it; from elsewhere it is written `service.step`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wholeservice.errors import Place
from wholeservice.organisation import kinds
from wholeservice.organisation.assumptions import Assumption
from wholeservice.units import Amount

DECLARED, SEEN, DERIVED = "declared", "seen", "derived"


@dataclass(frozen=True, slots=True)
class Step:
    """One node of a journey. A leaf is a step; `kind` sequence, choice, parallel, retry or optional nests others."""

    id: str
    title: str
    kind: str = "step"
    children: tuple[Step, ...] = ()
    stage: str | None = None  # before, during, after, ending or return; None: nobody has said


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing of the organisation. `parent` is composition: part -> service, service -> service or unit."""

    id: str
    kind: str  # service, part, team, policy, supplier, unit, consumer, value-stream
    title: str
    parent: str | None = None
    basis: str = DECLARED
    state: str = "live"
    team: str | None = None
    owner: str | None = None  # as derived: the stream's owner for what an outside consumer uses
    channels: tuple[str, ...] = ()
    journey: tuple[Step, ...] = ()
    ends: tuple[str, ...] = ()  # legitimate ends besides the last step
    fields: Mapping[str, Any] = field(default_factory=dict)  # everything declared, as typed
    place: Place | None = None
    places: Mapping[str, Place] = field(default_factory=dict)  # where each field's value stands


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation. For `uses`, `how` is all, any, optional or retry; edges of one `group` belong together (any of)."""

    from_id: str
    relation: str  # uses, at, part-of, serves, owned-by, binds, provides, for, runs-in, staffed-by, meets
    to_id: str
    basis: str = DECLARED
    how: str = "all"
    group: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class AttemptRule:
    """What makes one attempt of a service where its sources do not say. `idle_s` is None where no pause ends it."""

    idle_s: float | None = 1800.0
    until_end: bool = False  # it is over when an end is reached
    per_day: bool = False  # it is over at the end of the civil day


@dataclass(frozen=True, slots=True)
class Reference:
    """A declared reference that names nothing known: `check` says so, and a sighting may yet bring what it names."""

    from_id: str
    relation: str
    word: str
    kinds: tuple[str, ...]
    how: str = "all"
    group: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Things said of one entity or name that cannot all be so. `kept` counts until it is settled; None: none of them does.

    `relation` is owned-by, part-of, alias (*about* is then the name) or id (*about* is then what a source calls the thing).
    """

    about: str
    relation: str
    said: tuple[str, ...]  # the ids, what is kept first
    kept: str | None
    is_declared: bool  # what is kept was declared
    where_from: tuple[str, ...] = ()  # the raw rows that say otherwise, where they were seen


@dataclass(frozen=True, slots=True)
class Target:
    """A measurable stand-in for a need: `completion >= 90% over 28d @ pay in app for guest from 2026-01-01`."""

    text: str
    measure: str  # the measure word as typed
    op: str  # >=, >, <=, <
    level: Amount
    window_days: int
    quantile: float | None = None
    step: str | None = None
    channel: str | None = None
    consumer: str | None = None
    from_on: dt.date | None = None
    place: Place | None = None

    @property
    def direction(self) -> int:
        """+1 when more is better, -1 when less is."""
        return 1 if self.op.startswith(">") else -1


@dataclass(frozen=True, slots=True)
class Need:
    """What a consumer wants, in their words. `is_aim` marks the organisation's own wish, which is not a need."""

    id: str  # unique within its service
    service: str
    says: str
    because: str | None = None
    evidence_on: dt.date | None = None
    targets: tuple[Target, ...] = ()
    is_aim: bool = False
    place: Place | None = None
    assumes: tuple[Assumption, ...] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    """The whole graph. `hash` names its content, so that a result can say which organisation it was made with."""

    name: str
    purpose: str
    north_star: str
    entities: Mapping[str, Entity]
    edges: tuple[Edge, ...]
    needs: tuple[Need, ...]
    aliases: Mapping[str, str]  # foreign name (lower case) -> entity id
    hash: str
    unresolved: tuple[Reference, ...] = ()
    conflicts: tuple[Conflict, ...] = ()  # neither side wins in silence


# How the graph is walked. Each function takes the organisation and an id; an unknown id gives the empty answer.


@dataclass(slots=True)
class Index:
    """Lookups over one organisation, built once. `memo` holds what costlier functions worked out for it."""

    children: dict[str, tuple[str, ...]]
    out: dict[str, list[Edge]]
    into: dict[str, list[Edge]]
    needs: dict[str, list[Need]]
    memo: dict[str, Any] = field(default_factory=dict)


_RECENT: dict[int, tuple[Organisation, Index]] = {}
_N_RECENT = 16


def index_of(org: Organisation) -> Index:
    """Return the index of *org*; built once per organisation object and kept for the most recent ones."""
    kept = _RECENT.get(id(org))
    if kept is not None and kept[0] is org:
        return kept[1]
    index = _build_index(org)
    for oldest in list(_RECENT)[: len(_RECENT) - _N_RECENT + 1]:  # a copy: pages are built in several threads
        _RECENT.pop(oldest, None)
    _RECENT[id(org)] = (org, index)
    return index


def _build_index(org: Organisation) -> Index:
    inside: dict[str, list[str]] = {}
    for entity in org.entities.values():
        if entity.parent is not None:
            inside.setdefault(entity.parent, []).append(entity.id)
    index = Index({parent: tuple(ids) for parent, ids in inside.items()}, {}, {}, {})
    for edge in org.edges:
        index.out.setdefault(edge.from_id, []).append(edge)
        index.into.setdefault(edge.to_id, []).append(edge)
    for need in org.needs:
        index.needs.setdefault(need.service, []).append(need)
    return index


def whole_of(org: Organisation) -> str:
    """Return the name under which numbers of the whole organisation stand: its own, unless something in it is called that.

    >>> whole_of(Organisation("Stayline", "", "", {}, (), (), {}, ""))
    'Stayline'
    """
    return f"{org.name} (all of it)" if org.name in org.entities else org.name


def children(org: Organisation, entity_id: str) -> tuple[str, ...]:
    """Return the ids directly inside an entity, as declared."""
    return index_of(org).children.get(entity_id, ())


def descendants(org: Organisation, entity_id: str) -> tuple[str, ...]:
    """Return the ids inside an entity at any depth, nearest first."""
    index, found = index_of(org), list(children(org, entity_id))
    for inner in found:  # grows while it is walked
        found.extend(index.children.get(inner, ()))
    return tuple(found)


def ancestors(org: Organisation, entity_id: str) -> tuple[str, ...]:
    """Return the ids an entity is inside of, nearest first."""
    found: list[str] = []
    entity = org.entities.get(entity_id)
    while entity is not None and entity.parent is not None:
        found.append(entity.parent)
        entity = org.entities.get(entity.parent)
    return tuple(found)


def leaves(steps_of: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the steps of a typed journey in order, without the nodes that group them."""
    return tuple(leaf for step in steps_of for leaf in ((step,) if step.kind == "step" else leaves(step.children)))


def steps(org: Organisation, service_id: str) -> tuple[Step, ...]:
    """Return the steps of a service's journey in order; () when it has none of its own."""
    entity = org.entities.get(service_id)
    return leaves(entity.journey) if entity else ()


def edges_out(org: Organisation, entity_id: str, relation: str) -> tuple[Edge, ...]:
    """Return the edges of one relation that start at an entity, as declared."""
    return tuple(edge for edge in index_of(org).out.get(entity_id, ()) if edge.relation == relation)


def edges_in(org: Organisation, to_id: str, relation: str) -> tuple[Edge, ...]:
    """Return the edges of one relation that end at an entity or step (`service.step`)."""
    return tuple(edge for edge in index_of(org).into.get(to_id, ()) if edge.relation == relation)


def uses(org: Organisation, entity_id: str) -> tuple[Edge, ...]:
    """Return the dependencies of an entity: edges to what it uses."""
    return edges_out(org, entity_id, "uses")


def used_by(org: Organisation, entity_id: str) -> tuple[str, ...]:
    """Return the ids of what uses an entity, each once."""
    return tuple(dict.fromkeys(edge.from_id for edge in edges_in(org, entity_id, "uses")))


def needs_of(org: Organisation, entity_id: str) -> tuple[Need, ...]:
    """Return the needs and aims of a service or part, as declared."""
    return tuple(index_of(org).needs.get(entity_id, ()))


def consumers_of(org: Organisation, entity_id: str) -> tuple[str, ...]:
    """Return who a service or part is for: the consumers it names, then what uses it."""
    named = (edge.to_id for edge in edges_out(org, entity_id, "for"))
    return tuple(dict.fromkeys((*named, *used_by(org, entity_id))))


def parts_at(org: Organisation, service_id: str, step_id: str) -> tuple[str, ...]:
    """Return the ids of the parts and services that serve a step.

    What is inside one of them serves it too, unless it says otherwise.
    """
    memo = index_of(org).memo
    if "parts_at" not in memo:
        memo["parts_at"] = _all_parts_at(org)
    word = step_id if "." in step_id else f"{service_id}.{step_id}"
    return tuple(memo["parts_at"].get(word, ()))


def _all_parts_at(org: Organisation) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entity_id in org.entities:
        for step in _steps_served(org, entity_id):
            found.setdefault(step, []).append(entity_id)
    return found


def _steps_served(org: Organisation, entity_id: str) -> tuple[str, ...]:
    for each in (entity_id, *ancestors(org, entity_id)):
        if own := tuple(dict.fromkeys(edge.to_id for edge in edges_out(org, each, "at"))):
            return own
    return ()


def team_of(org: Organisation, entity_id: str) -> str | None:
    """Return the team that runs an entity: its own, else that of what it is inside of."""
    for each in (entity_id, *ancestors(org, entity_id)):
        entity = org.entities.get(each)
        if entity is not None and entity.team is not None:
            return entity.team
    return None


def attempt_rule(org: Organisation, entity_id: str) -> AttemptRule:
    """Return what makes one attempt of an entity: as it says itself, else what it is inside of, nearest first."""
    for each in (entity_id, *ancestors(org, entity_id)):
        said = org.entities[each].fields.get("attempt") if each in org.entities else None
        if said and any(said.values()):
            per_day, default = said.get("per") == "day", AttemptRule()
            idle_s = None if per_day else said.get("idle") or default.idle_s
            return AttemptRule(idle_s, said.get("until") == "end", per_day)
    return AttemptRule()


def normalise(name: str) -> str:
    """Return a foreign name without case and space, so that spellings of one name meet."""
    return "".join(name.split()).casefold()


def resolve(org: Organisation, foreign_name: str, kind: str | None = None) -> str | None:
    """Return the id of what a source calls *foreign_name*: by id, alias, then title; None when unknown or ambiguous.

    *kind* helps where a service and a unit carry the same name.
    """
    memo = index_of(org).memo
    if "names" not in memo:
        memo["names"] = _all_names(org)
    word = normalise(foreign_name)
    names: dict[str, str | None] = memo["names"]
    if kind is None:
        return names.get(word)
    found = names.get(f"{kind}:{word}") or names.get(word)
    return found if found and org.entities[found].kind == kind else None


def _all_names(org: Organisation) -> dict[str, str | None]:
    names: dict[str, str | None] = {}
    for entity in org.entities.values():
        for word in (normalise(entity.title), f"{entity.kind}:{normalise(entity.title)}"):
            names[word] = entity.id if names.get(word, entity.id) == entity.id else None
    names.update({normalise(alias): entity_id for alias, entity_id in org.aliases.items()})
    for entity in org.entities.values():
        names[normalise(entity.id)] = names[f"{entity.kind}:{normalise(entity.id)}"] = entity.id
    return names


def content_hash(org: Organisation) -> str:
    """Return 16 hex digits that name what is declared, whatever the order of keys and the files it stands in."""
    related = {each.name for kind in kinds.KINDS for each in kind.fields if each.relation and each.type != kinds.REF_TO_CHOICES}
    content = {
        "header": [org.name, org.purpose, org.north_star],
        "entities": {
            each.id: [
                each.kind,
                each.title,
                each.parent,
                each.state,
                _canonical(each.journey),
                {name: _canonical(value) for name, value in each.fields.items() if name not in related},
            ]
            for each in org.entities.values()
        },
        "edges": sorted([e.from_id, e.relation, e.to_id, e.how, e.group or ""] for e in org.edges),
        "unresolved": sorted([r.from_id, r.relation, r.word, r.how, r.group or ""] for r in org.unresolved),
        "needs": {f"{n.service}.{n.id}": [n.says, n.because, _canonical(n.evidence_on), n.is_aim] for n in org.needs},
        "targets": sorted([need.service, need.id, target.text] for need in org.needs for target in need.targets),
        "aliases": dict(org.aliases),
    }
    if assumed := [[need.service, need.id, _canonical(each)] for need in org.needs for each in need.assumes]:
        content["assumes"] = assumed  # where nobody assumes anything the hash is what it was
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()[:16]


def _canonical(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        found = {each.name: _canonical(getattr(value, each.name)) for each in dataclasses.fields(value) if each.name != "place"}
        if isinstance(value, Step) and value.stage is None:
            del found["stage"]  # what is not said has no part in the hash: it stays what it was before there were stages
        return found
    if isinstance(value, Mapping):
        return {key: _canonical(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value
