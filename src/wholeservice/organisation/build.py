"""From YAML documents to one organisation: things, then what they refer to, then what follows from both. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem, suggest
from wholeservice.organisation import kinds
from wholeservice.organisation.assumptions import read_assumptions
from wholeservice.organisation.codes import new_problem
from wholeservice.organisation.graph import (
    Conflict,
    Edge,
    Entity,
    Need,
    Organisation,
    Reference,
    Step,
    Target,
    content_hash,
    leaves,
)
from wholeservice.organisation.kinds import Field, Kind
from wholeservice.organisation.remit import owner_of
from wholeservice.organisation.targets import parse_target
from wholeservice.organisation.values import (
    check_id,
    is_empty,
    plain_title,
    read_journey,
    read_references,
    read_value,
    read_words_per_reference,
    wrong_type,
)

_REFERRING = (kinds.REF, kinds.REFS, kinds.USES, kinds.AT, kinds.PROVIDES, kinds.REF_TO_CHOICES)


@dataclass(slots=True)
class Draft:
    """An entity while it is read."""

    id: str
    kind: str
    place: Place | None
    parent: str | None = None
    journey: tuple[Step, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def entity(self) -> Entity:
        """Return the finished entity, its team and parent as settled by the references."""
        return Entity(
            id=self.id,
            kind=self.kind,
            title=self.fields.get("title") or plain_title(self.id),
            parent=self.parent,
            state=self.fields.get("state") or "live",
            team=self.fields.get("team"),
            channels=self.fields.get("channels") or (),
            journey=self.journey,
            ends=self.fields.get("ends") or (),
            fields=self.fields,
            place=self.place,
            places=self.places,
        )


def build(documents: Iterable[Node], problems: list[Problem]) -> Organisation:
    """Return the organisation of all documents together; what cannot be used is left out and said in *problems*."""
    reader = _Reader(problems)
    for root in documents:
        reader.document(root)
    _declare_provided(reader)
    edges, unresolved = _resolve(reader)
    entities = {draft.id: draft.entity() for draft in reader.drafts.values()}
    header = {name: reader.header.get(name) or "" for name in ("name", "purpose", "north-star")}
    aliases, conflicts = _aliases(reader)
    org = Organisation(
        header["name"],
        header["purpose"],
        header["north-star"],
        entities,
        tuple(edges),
        tuple(reader.needs.values()),
        aliases,
        "",
        tuple(unresolved),
        tuple(conflicts),
    )
    owned = {entity.id: replace(entity, owner=owner_of(org, entity.id)) for entity in entities.values()}
    return replace(org, entities=owned, hash=content_hash(org))


class _Reader:
    """Reads documents into drafts, references and needs. Nothing is looked up until all are read, so order never matters."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.header: dict[str, Any] = {}
        self.drafts: dict[str, Draft] = {}
        self.references: list[Reference] = []
        self.needs: dict[tuple[str, str], Need] = {}

    def document(self, root: Node) -> None:
        for section, node in root.mapping.items():
            place = (root.key_places or {}).get(section, root.place)
            if section == kinds.HEADER.section:
                self.org(node)
            elif kind := kinds.BY_SECTION.get(section):
                self.things(kind, node, section, None)
            else:
                known = [kinds.ORG, *kinds.BY_SECTION]
                self.problems.append(
                    new_problem(
                        "ORG010",
                        f"unknown section '{section[:60]}'",
                        place,
                        "one of " + ", ".join(known),
                        suggest(section, known),
                        fix="fix the word",
                    )
                )

    def org(self, node: Node) -> None:
        for each, value, _ in self.known_fields(kinds.HEADER, node, "org"):
            self.header[each.name] = read_value(each, value, self.problems)

    def things(self, kind: Kind, node: Node, name: str, parent: str | None) -> None:
        if is_empty(node):
            return
        if not isinstance(node.value, dict):
            wrong_type(name, node, f"one {kind.name} under each id: {{an-id: {{...}}}}", self.problems)
            return
        for identity, inner in node.value.items():
            self.thing(kind, identity, inner, (node.key_places or {}).get(identity, node.place), parent)

    def thing(self, kind: Kind, identity: str, node: Node, place: Place, parent: str | None) -> None:
        if problem := check_id(identity, place):
            self.problems.append(problem)
            return
        draft = Draft(identity, kind.name, place, parent)
        if first := self.drafts.get(identity):
            self.problems.append(_declared_twice(f"{kind.name} '{identity}'", first.kind, first.place, place))
            return
        self.drafts[identity] = draft
        for each, value, key_place in self.known_fields(kind, node, identity):
            draft.places[each.name] = value.place if not is_empty(value) else key_place
            self.field(draft, each, value)

    def known_fields(self, kind: Kind, node: Node, name: str) -> list[tuple[Field, Node, Place]]:
        """Return the fields that may stand here; the rest are problems."""
        places = node.key_places or {}
        if not is_empty(node) and not isinstance(node.value, dict):
            wrong_type(name, node, f"fields of a {kind.name}, such as {{{kind.fields[0].name}: ...}}", self.problems)
            return []
        found = []
        for key, value in node.mapping.items():
            if each := kind.field_named(key):
                found.append((each, value, places.get(key, node.place)))
            else:
                self.problems.append(_unknown_field(kind, key, places.get(key, node.place)))
        for each in kind.fields:
            if each.required and (each.name not in node.mapping or is_empty(node.mapping[each.name])):
                self.problems.append(
                    new_problem(
                        "ORG015", f"'{name}' does not say '{each.name}'", node.place, each.meaning, fix=f"add '{each.name}'"
                    )
                )
        return found

    def field(self, draft: Draft, each: Field, node: Node) -> None:
        if each.type == kinds.NESTED:
            kind = next(kind for kind in kinds.KINDS if kind.name == each.kinds[0])
            self.things(kind, node, each.name, draft.id)
        elif each.type in (kinds.NEEDS, kinds.AIMS):
            self._needs_under(draft, each, node)
        elif each.type == kinds.JOURNEY:
            draft.journey = () if is_empty(node) else read_journey(node, self.problems)
        elif each.type == kinds.STAGES:
            draft.fields[each.name] = tuple(stage for item in node.items if (stage := self._stage(draft, item)))
        elif each.type in _REFERRING:
            found = read_references(each, node, draft.id, self.problems)
            self.references.extend(found)
            draft.fields[each.name] = _reference_value(each, node, found, self.problems)
        else:
            value = read_value(each, node, self.problems)
            if value is not None:
                draft.fields[each.name] = value

    def _stage(self, draft: Draft, node: Node) -> dict[str, Any]:
        if node.text and not is_empty(node):
            return {"stage": node.text.strip()}
        found: dict[str, Any] = {}
        for each, value, _ in self.known_fields(kinds.STAGE, node, f"a stage of {draft.id}"):
            if each.relation:
                named = read_references(each, value, draft.id, self.problems)
                self.references.extend(named)
                found[each.name] = _reference_value(each, value, named, self.problems)
            else:
                found[each.name] = read_value(each, value, self.problems)
        return found

    def _needs_under(self, draft: Draft, each: Field, node: Node) -> None:
        if is_empty(node):
            return
        if not isinstance(node.value, dict):
            wrong_type(each.name, node, "one under each id: {quick-find: {says: ..., targets: [...]}}", self.problems)
            return
        for identity, inner in node.value.items():
            place = (node.key_places or {}).get(identity, node.place)
            if problem := check_id(identity, place):
                self.problems.append(problem)
            elif first := self.needs.get((draft.id, identity)):
                self.problems.append(_declared_twice(f"'{identity}'", "need", first.place, place))
            else:
                need = self._need(draft, identity, inner, place, is_aim=each.type == kinds.AIMS)
                self.needs[draft.id, identity] = need

    def _need(self, draft: Draft, identity: str, node: Node, place: Place, *, is_aim: bool) -> Need:
        if is_aim and not isinstance(node.value, dict):  # an aim may be just its targets
            return self._targeted(Need(identity, draft.id, plain_title(identity), is_aim=True, place=place), node)
        given = {each.name: (each, value) for each, value, _ in self.known_fields(kinds.NEED_KIND, node, identity)}
        read = {name: read_value(each, value, self.problems) for name, (each, value) in given.items() if name != kinds.TARGETS}
        because = read.get("because") or {}
        says = read.get("says") or plain_title(identity)
        assumes = read_assumptions(read.get("assumes") or (), self.problems)
        need = Need(identity, draft.id, says, because.get("research"), because.get("dated"), (), is_aim, place, assumes)
        return self._targeted(need, given[kinds.TARGETS][1] if kinds.TARGETS in given else None)

    def _targeted(self, need: Need, node: Node | None) -> Need:
        """Return the need with its targets; none written is worth a word, since nobody can say then whether it is met."""
        if node is not None and not is_empty(node) and node.items:
            return replace(need, targets=self._targets(node))
        what = f"{'aim' if need.is_aim else 'need'} '{need.id}' of '{need.service}' has no target"
        fix = "add what would show that it is met"
        self.problems.append(new_problem("ORG036", what, need.place, "targets: [ completion >= 90% over 28d ]", fix=fix))
        return need

    def _targets(self, node: Node) -> tuple[Target, ...]:
        found: list[Target] = []
        for item in node.items:
            if item.text is None:
                wrong_type("targets", item, "one target a line, such as completion >= 90% over 28d", self.problems)
                continue
            target = parse_target(item.text, item.place)
            if isinstance(target, Problem):
                self.problems.append(target)
            else:
                found.append(target)
        return tuple(found)


def _reference_value(each: Field, node: Node, found: list[Reference], problems: list[Problem]) -> Any:
    if each.type == kinds.REF_TO_CHOICES:
        return read_words_per_reference(each, node, problems)
    words = tuple(reference.word for reference in found)
    return (words[0] if words else None) if each.type == kinds.REF else words


def _unknown_field(kind: Kind, key: str, place: Place) -> Problem:
    if why := kind.refused.get(key):
        return new_problem("ORG019", f"'{key}' of a {kind.name} cannot be typed: {why}", place, fix=f"remove '{key}'")
    known = [each.name for each in kind.fields]
    return new_problem(
        "ORG011",
        f"unknown field '{key[:60]}' of a {kind.name}",
        place,
        "one of " + ", ".join(known),
        suggest(key, known),
        fix="fix the word or remove it",
    )


def _declared_twice(what: str, first_kind: str, first: Place | None, place: Place) -> Problem:
    return new_problem(
        "ORG018",
        f"{what} is declared twice; first as a {first_kind} at {first}",
        place,
        "each id once, whatever its kind",
        fix="rename one, or merge the two",
    )


def _declare_provided(reader: _Reader) -> None:
    """Declare what suppliers provide and nobody declared elsewhere, as services."""
    for reference in reader.references:
        if reference.relation == "provides" and reference.word not in reader.drafts:
            if problem := check_id(reference.word, reference.place):
                reader.problems.append(problem)
            else:
                reader.drafts[reference.word] = Draft(reference.word, kinds.SERVICE, reference.place)


def _resolve(reader: _Reader) -> tuple[list[Edge], list[Reference]]:
    """Turn references into edges; parents first, since a bare step is looked up in what its part is inside of."""
    edges: list[Edge] = []
    unresolved: list[Reference] = []
    for reference in sorted(reader.references, key=lambda each: each.relation != "part-of"):
        to_id = _find(reader.drafts, reference)
        if to_id is None or (reference.relation == "part-of" and not _put_inside(reader, reference)):
            unresolved.append(reference)
            _forget(reader.drafts[reference.from_id], reference)
        else:
            edges.append(
                Edge(
                    reference.from_id,
                    reference.relation,
                    to_id,
                    how=reference.how,
                    group=reference.group,
                    place=reference.place,
                )
            )
    return edges, unresolved


def _find(drafts: Mapping[str, Draft], reference: Reference) -> str | None:
    found = drafts.get(reference.word)
    if found is not None and found.kind in reference.kinds:
        return found.id
    if kinds.STEP not in reference.kinds:
        return None
    service, _, step = reference.word.rpartition(".")
    within = drafts.get(service or drafts[reference.from_id].parent or "")
    while within is not None:
        if any(leaf.id == step for leaf in leaves(within.journey)):
            return f"{within.id}.{step}"
        within = None if service else drafts.get(within.parent or "")
    return None


def _put_inside(reader: _Reader, reference: Reference) -> bool:
    """Set the parent; False when that would close a circle. What is nested stays there; a service goes before a unit."""
    drafts = reader.drafts
    draft, outer = drafts[reference.from_id], drafts[reference.word]
    above: Draft | None = outer
    while above is not None:
        if above is draft:
            return False
        above = drafts.get(above.parent or "")
    inside = drafts.get(draft.parent or "")
    is_second_home = draft.kind == kinds.SERVICE and outer.kind == kinds.UNIT  # of a service that is inside another
    if inside is None or (inside.kind == kinds.UNIT and outer.kind == kinds.SERVICE):
        draft.parent = outer.id
    elif inside is not outer and not is_second_home:
        reader.problems.append(_inside_two(draft, reference))
    return True


def _inside_two(draft: Draft, reference: Reference) -> Problem:
    return new_problem(
        "ORG022",
        f"'{draft.id}' is inside '{draft.parent}' and 'part-of' says '{reference.word}'",
        reference.place,
        "one place for each thing",
        fix="remove 'part-of' or move it",
    )


def _forget(draft: Draft, reference: Reference) -> None:
    """A team nobody declared is no team: leave it to `unresolved`."""
    if reference.relation == "owned-by":
        draft.fields.pop("team", None)


def _aliases(reader: _Reader) -> tuple[dict[str, str], list[Conflict]]:
    """Return who each other name stands for. A name that two things have as an alias stands for neither: nothing is guessed."""
    claims: dict[str, list[Draft]] = {}
    for draft in reader.drafts.values():
        for name in (*(draft.fields.get("aliases") or ()), *(draft.fields.get("was") or ())):
            holder = reader.drafts.get(name.lower())
            holders = claims.setdefault(name.lower(), [holder] if holder else [])
            if draft not in holders:
                holders.append(draft)
    conflicts: list[Conflict] = []
    for name, holders in claims.items():
        first, *others = sorted(holders, key=lambda draft: (draft.id != name, draft.id))
        if others:
            said = tuple(draft.id for draft in (first, *others))
            conflicts.append(Conflict(name, "alias", said, first.id if first.id == name else None, is_declared=True))
        reader.problems.extend(_two_named(name, first, draft) for draft in others)
    return {name: holders[0].id for name, holders in claims.items() if len(holders) == 1 or holders[0].id == name}, conflicts


def _two_named(name: str, first: Draft, second: Draft) -> Problem:
    place = second.places.get("aliases") or second.places.get("was") or second.place
    what = f"'{name}' names both '{first.id}' and '{second.id}'"
    return new_problem("ORG025", what, place, "each name for one thing", fix="remove it from one")
