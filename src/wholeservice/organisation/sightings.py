"""Add what sources saw to what is declared. Declared wins and the clash is said; nothing is overwritten in silence.

Of what one source saw the newest counts. Where two sources, or equally new rows of one, say different things of an entity, the
newest is kept, of those the first by id, and the conflict is said. A name that two things were seen to have as an alias stands
for neither. Two names to which sources give one id are one thing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from wholeservice.errors import Place, Problem, suggest
from wholeservice.organisation import kinds
from wholeservice.organisation.codes import new_problem
from wholeservice.organisation.graph import SEEN, Conflict, Edge, Entity, Organisation, Reference, normalise
from wholeservice.organisation.remit import owner_of
from wholeservice.organisation.values import slug
from wholeservice.tables import Fact, Sighting


class Row(Protocol):
    """What is read of one row of the `sightings` table."""

    kind: str
    name: str
    title: str | None
    relation: str | None
    to_kind: str | None
    to_name: str | None
    attributes: str | None


_Thing = tuple[str, str]  # (kind, normalised foreign name)


def with_sightings(org: Organisation, rows: Iterable[Row]) -> tuple[Organisation, list[Problem]]:
    """Return the organisation with everything that was seen, and the clashes with what is declared.

    Shape    rows of the `sightings` table, in any order
    A new thing gets basis "seen", the id its attributes give (`{"id": ...}`) or its name as an id, and its name as alias.
    The hash stays that of what is declared: the pinned run names the sightings.
    """
    merge = _Merge(org)
    seen_rows = [row for row in rows if merge.notice(row)]
    merge.settle_ids()
    for row in seen_rows:
        if row.relation and row.to_name:
            merge.relate(row)
    merge.settle_claims()
    return merge.finish(), list(merge.problems.values())


@dataclass(slots=True)
class _Seen:
    kind: str
    name: str
    title: str | None = None
    wanted_ids: dict[str, Row] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def wanted_id(self) -> str | None:
        return min(self.wanted_ids, default=None)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one row says of an entity or a name."""

    said: str
    row: Row

    @property
    def source(self) -> str:
        return self.row.source if isinstance(self.row, Sighting) else ""

    @property
    def age(self) -> float:
        """Greater is older; what has no date is oldest."""
        seen_at = self.row.seen_at if isinstance(self.row, Sighting) else None
        return -seen_at.timestamp() if seen_at else math.inf


class _Merge:
    def __init__(self, org: Organisation) -> None:
        self.org = org
        self.entities = dict(org.entities)
        self.aliases = dict(org.aliases)
        self.edges = list(org.edges)
        self.known_edges = {(edge.from_id, edge.relation, edge.to_id) for edge in org.edges}
        self.ids = _declared_names(org)
        self.seen: dict[_Thing, _Seen] = {}
        self.problems: dict[tuple[str, ...], Problem] = {}
        self.claims: dict[tuple[str, str], list[_Claim]] = {}  # (relation, entity or name) -> what rows say of it
        self.conflicts = list(org.conflicts)

    def notice(self, row: Row) -> bool:
        """Take note of the thing a row names and of the other end; False when the row cannot be used."""
        kind = self._kind(row.kind, row)
        if kind is None or not row.name.strip():
            return False
        thing = self.seen.setdefault((kind, normalise(row.name)), _Seen(kind, row.name))
        thing.title = row.title or thing.title
        if row.attributes:
            said = self._attributes(row)
            thing.attributes.update(said)
            if wanted := _text(said.get("id")):
                thing.wanted_ids.setdefault(slug(wanted), row)
        if row.relation and row.relation != "alias" and row.to_name and row.to_name.strip():
            to_kind = self._kind(row.to_kind or _usual_end(kind, row.relation), row)
            if to_kind is None:
                return False
            self.seen.setdefault((to_kind, normalise(row.to_name)), _Seen(to_kind, row.to_name))
        return True

    def _kind(self, word: str, row: Row) -> str | None:
        kind = kinds.kind_named(word)
        if kind is None:
            self._add(
                ("kind", word),
                row,
                "ORG043",
                f"a sighting of an unknown kind '{word[:60]}'",
                expected="one of " + ", ".join(each.name for each in kinds.KINDS),
                nearest=suggest(word, kinds.BY_NAME),
            )
            return None
        return kind.name

    def _attributes(self, row: Row) -> dict[str, Any]:
        try:
            found = json.loads(row.attributes or "{}")
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            return found
        what = f"the attributes of '{row.name[:60]}' are not a JSON object"
        self._add(("attributes", row.kind, row.name), row, "ORG044", what, expected='a JSON object, such as {"id": "search"}')
        return {}

    def settle_ids(self) -> None:
        """Give each thing its id: a declared one it names, else a new one, the same whatever the order of rows."""
        by_given: dict[tuple[str, str], str] = {}
        for key, thing in sorted(self.seen.items(), key=lambda each: (each[1].wanted_id is None, each[0])):
            given = (thing.kind, thing.wanted_id or key[1])
            found = self.ids.get(key) or self._by_id(thing) or by_given.get(given)
            if found is None:
                found = self._free_id(thing.wanted_id or slug(thing.name))
                self.entities[found] = Entity(found, thing.kind, thing.title or thing.name.strip(), basis=SEEN)
            self.ids[key] = found
            if thing.wanted_id:
                by_given[given] = found
            if len(thing.wanted_ids) > 1:
                claims = {wanted: _Claim(wanted, thing.wanted_ids[wanted]) for wanted in sorted(thing.wanted_ids)}
                self._contradict(
                    thing.name.strip(), "id", found, claims, declared=found if found in self.org.entities else None
                )
            entity = self.entities[found]
            if thing.attributes:
                self.entities[found] = replace(entity, fields={**_fitting(thing), **entity.fields})
            self._alias(thing.name, entity)

    def _by_id(self, thing: _Seen) -> str | None:
        for word in (thing.wanted_id, slug(thing.name)):
            entity = self.org.entities.get(word) if word else None
            if entity is not None and entity.kind == thing.kind:
                return entity.id
        return None

    def _free_id(self, wanted: str) -> str:
        if wanted not in self.entities:
            return wanted
        number = 2
        while f"{wanted}-{number}" in self.entities:
            number += 1
        return f"{wanted}-{number}"

    def _alias(self, name: str, entity: Entity) -> None:
        """Let a foreign name find its entity; where kinds share a name, services and parts have it, others `kind:name`."""
        word = name.strip().lower()
        self.aliases.setdefault(f"{entity.kind}:{word}", entity.id)
        holder = self.entities.get(self.aliases.get(word, ""))
        if holder is None or (holder.basis == SEEN and _rank(entity) < _rank(holder)):
            self.aliases[word] = entity.id

    def relate(self, row: Row) -> None:
        """Add the relation a row saw."""
        kind = kinds.kind_named(row.kind)
        if kind is None or not row.relation or not row.to_name:
            return
        entity = self.entities[self.ids[kind.name, normalise(row.name)]]
        if row.relation == "alias":
            self.claims.setdefault(("alias", row.to_name.strip().lower()), []).append(_Claim(entity.id, row))
            return
        to_kind = kinds.kind_named(row.to_kind or _usual_end(kind.name, row.relation))
        to_id = self.ids[to_kind.name, normalise(row.to_name)] if to_kind else entity.id
        if to_id == entity.id:
            return
        if (kind.name, row.relation, self.entities[to_id].kind) not in _PAIRS:
            what = f"a {kind.name} cannot be '{row.relation[:60]}' a {self.entities[to_id].kind}"
            self._add(("pair", kind.name, row.relation), row, "ORG043", what, expected="a relation these kinds can have")
        elif row.relation in ("part-of", "owned-by"):
            self.claims.setdefault((row.relation, entity.id), []).append(_Claim(to_id, row))
        else:
            self._edge(entity.id, row.relation, to_id)

    def settle_claims(self) -> None:
        """Let each claim count, or say which others it contradicts; the same whatever the order of rows."""
        for (relation, about), claims in sorted(self.claims.items(), key=lambda each: each[0]):
            newest = _newest_of_each_source(claims)
            if relation == "alias":
                self._name(about, newest)
            else:
                entity, declared = self.entities[about], self._declared(about, relation)
                said = declared or next(iter(newest))
                self._contradict(about, relation, said, newest, declared=declared)
                if declared is None and relation == "part-of":
                    self._put_inside(entity, said, newest[said].row)
                elif declared is None:
                    self.entities[about] = replace(entity, team=said)

    def _declared(self, about: str, relation: str) -> str | None:
        entity = self.org.entities.get(about)
        return None if entity is None else entity.parent if relation == "part-of" else entity.team

    def _contradict(
        self, about: str, relation: str, kept: str | None, newest: dict[str, _Claim], *, declared: str | None
    ) -> None:
        """Note a conflict where rows say something else than what is kept, each with a problem."""
        others = [said for said in newest if said != kept]
        if not others:
            return
        rows = tuple(where for said in others if (where := _where(newest[said].row)))
        said = (*([kept] if kept else []), *others)
        self.conflicts.append(Conflict(about, relation, said, kept, is_declared=declared is not None, where_from=rows))
        place = self.entities[about].place if about in self.entities else None
        verb = "is declared" if declared else "was seen"
        for other in others[0 if kept else 1 :]:
            what = f"'{about[:60]}' {verb} {relation} '{kept or others[0]}' and was seen {relation} '{other}'"
            expected = "what is declared and what is seen to agree; what is declared is kept"
            expected = expected if declared else "one of them" + ("; the newest is kept" if kept else "; none is taken")
            self._add(("clash", about, relation, other), newest[other].row, "ORG045", what, expected=expected, place=place)

    def _name(self, word: str, newest: dict[str, _Claim]) -> None:
        """Let a name that was seen as an alias find its entity, unless it is the name of another, or of two."""
        holder = self.aliases.get(word) or (word if word in self.entities else None)
        kept = holder or (next(iter(newest)) if len(newest) == 1 else None)
        is_declared = holder in self.org.entities
        self._contradict(word, "alias", kept, newest, declared=holder if is_declared else None)
        if kept is not None and kept in newest:
            self._alias(word, self.entities[kept])

    def _put_inside(self, entity: Entity, parent: str, row: Row) -> None:
        if entity.parent == parent:
            return
        if self._is_inside(parent, entity.id):
            what = f"'{entity.id}' was seen inside '{parent}', which is inside it"
            self._add(("circle", entity.id), row, "ORG045", what, expected="each thing inside at most one other")
            return
        self.entities[entity.id] = replace(entity, parent=parent)

    def _edge(self, from_id: str, relation: str, to_id: str) -> None:
        if (from_id, relation, to_id) not in self.known_edges:
            self.known_edges.add((from_id, relation, to_id))
            self.edges.append(Edge(from_id, relation, to_id, SEEN))

    def _add(
        self,
        key: tuple[str, ...],
        row: Row,
        code: str,
        what: str,
        *,
        expected: str,
        nearest: str | None = None,
        place: Place | None = None,
    ) -> None:
        where = place or Place(_where(row) or "sightings")
        self.problems.setdefault(
            key, new_problem(code, what, where, expected, nearest, fix="correct the source's mapping or what is declared")
        )

    def finish(self) -> Organisation:
        """Return the merged organisation: references that were waiting for a name find it, and owners follow."""
        unresolved = tuple(reference for reference in self.org.unresolved if not self._heals(reference))
        for entity in self.entities.values():
            declared = self.org.entities.get(entity.id)
            for relation, to_id, before in (
                ("part-of", entity.parent, declared and declared.parent),
                ("owned-by", entity.team, declared and declared.team),
            ):
                if to_id is not None and to_id != before:
                    self._edge(entity.id, relation, to_id)
        merged = replace(self.org, entities=self.entities, edges=tuple(self.edges), aliases=self.aliases, unresolved=unresolved,
                         conflicts=tuple(self.conflicts))  # fmt: skip
        owned = {each.id: replace(each, owner=owner_of(merged, each.id)) for each in self.entities.values()}
        return replace(merged, entities=owned)

    def _heals(self, reference: Reference) -> bool:
        """Say whether a sighting brought what a declared reference names; then the reference becomes what it meant."""
        found, entity = self.entities.get(reference.word), self.entities[reference.from_id]
        if found is None or found.basis != SEEN or found.kind not in reference.kinds:
            return False
        if reference.relation == "part-of":
            if entity.parent is None and not self._is_inside(found.id, entity.id):
                self.entities[entity.id] = replace(entity, parent=found.id)
        elif reference.relation == "owned-by":
            self.entities[entity.id] = replace(entity, team=found.id)
        self.edges.append(
            Edge(entity.id, reference.relation, found.id, how=reference.how, group=reference.group, place=reference.place)
        )
        self.known_edges.add((entity.id, reference.relation, found.id))
        return True

    def _is_inside(self, entity_id: str, outer_id: str) -> bool:
        above: str | None = entity_id
        while above is not None and above != outer_id:
            above = self.entities[above].parent
        return above is not None


def _newest_of_each_source(claims: list[_Claim]) -> dict[str, _Claim]:
    """Return what is said by the newest rows of each source, the newest first, then by id."""
    newest: dict[str, float] = {}
    for claim in claims:
        newest[claim.source] = min(newest.get(claim.source, math.inf), claim.age)
    kept = sorted((each for each in claims if each.age == newest[each.source]), key=lambda each: (each.age, each.said))
    found: dict[str, _Claim] = {}
    for claim in kept:
        found.setdefault(claim.said, claim)
    return found


def _where(row: Row) -> str | None:
    return row.where_from if isinstance(row, Fact) else None


def _declared_names(org: Organisation) -> dict[_Thing, str]:
    """Every name a declared thing can be found by: title, then alias, then id, the later ones stronger."""
    names: dict[_Thing, str] = {}
    for entity in org.entities.values():
        names.setdefault((entity.kind, normalise(entity.title)), entity.id)
    for alias, entity_id in org.aliases.items():
        names[org.entities[entity_id].kind, normalise(alias)] = entity_id
    for entity in org.entities.values():
        names[entity.kind, normalise(entity.id)] = entity.id
    return names


def _rank(entity: Entity) -> int:
    return {kinds.SERVICE: 0, kinds.PART: 1}.get(entity.kind, 2)


def _usual_end(kind: str, relation: str) -> str:
    """Return the kind at the other end of a relation, where a source leaves it out."""
    fields = (each for known in kinds.KINDS if known.name == kind for each in known.fields)
    return next((each.kinds[0] for each in fields if each.relation == relation and each.kinds), "")


def _fitting(thing: _Seen) -> dict[str, Any]:
    """Attributes that may stand among the fields: free ones, and those of the type that a field of that name holds."""
    kind = kinds.BY_NAME[thing.kind]
    types: dict[str, type] = {kinds.TEXT: str, kinds.FLAG: bool}
    fields = {name: kind.field_named(name) for name in thing.attributes}
    return {
        name: value
        for name, value in thing.attributes.items()
        if (each := fields[name]) is None or (each.type in types and isinstance(value, types[each.type]))
    }


def _text(value: object) -> str | None:
    return str(value).strip() or None if isinstance(value, str | int) else None


_PAIRS = kinds.relation_pairs()
