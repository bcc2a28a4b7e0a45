"""What may be said of an object-centric log: where it is, and what its objects, events and relations become."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem
from wholeservice.sources.base import named_files, not_one_of

WORK, INTERACTIONS = "work", "interactions"
OPTIONS: dict[str, str] = {
    "file": "path or pattern (or a list of them), relative to wholeservice.yaml: OCEL as JSON or SQLite, also .gz or .zip",
    "member": "the file inside a zip that holds several",
    "optional": "true: it is no error when the file is not there",
    "as": "what events become without facts: `work` (default), stays of items, or `interactions` of consumers with a service",
    "service": "the name of the service that the log is about; needed for interactions",
    "case": "the type of object whose events are the attempts; needed for interactions",
    "kinds": "{type of object: feature, defect, debt, risk, request, change or improvement}",
    "relations": "{qualifier between objects: part-of, for, caused-by ...}; one that is not named stays as it is",
    "ends": "the types of event that end the objects they touch",
}


_WORK = """
record: [record]
facts:
  - item: { item: "{object:id}", stream: "{object:type}", created_at: "{object:first}", done_at: "{object:ended}"MORE }
    where: { row: object }
  - work: { item: "{object:id}", stage: "{event:type}", state: done, from_at: "{event:time}", to_at: "{event:time}" }
    where: { row: relation, "relation:again": { is: missing } }
"""
_INTERACTIONS = """
record: [record]
facts:
  - interaction: { service: SERVICE, attempt: "{object:id}", step: "{event:type}", happened_at: "{event:time}" }
    where: { row: relation, "object:type": CASE, "relation:again": { is: missing } }
"""
_LINKS = """
  - link: { from_ref: "items:{object:id}", relation: RELATION, to_ref: "items:{to:id}" }
    where: { row: object-relation }
"""


@dataclass(frozen=True, slots=True)
class OcelOptions:
    """An object-centric log as declared."""

    files: tuple[str, ...]
    place: Place
    member: str | None = None
    is_optional: bool = False
    as_what: str = WORK
    service: str | None = None
    case: str | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    relations: Mapping[str, str] = field(default_factory=dict)
    ends: frozenset[str] = frozenset()
    zone: str | None = None


def load(node: Node) -> tuple[OcelOptions, list[Problem]]:
    """Load the options of a log from its declaration; keys that are not options are left to the mapping."""
    fields = node.mapping
    files, problems = named_files(node)
    problems += not_one_of(fields.get("as"), "as", (WORK, INTERACTIONS))
    problems += not_one_of(fields.get("optional"), "optional", ("true", "false"))
    keys = ("member", "as", "service", "case", "zone", "optional")
    text = {key: fields[key].text for key in keys if key in fields}
    if text.get("as") == INTERACTIONS and "facts" not in fields:
        problems += [
            Problem("SRC103", f"interactions need {key}:", fields["as"].place, f"{key}: NAME", next_step=f"add {key}:")
            for key in ("service", "case") if not text.get(key)
        ]  # fmt: skip
    options = OcelOptions(
        files=files,
        place=fields["file"].place if files else node.place,
        member=text.get("member"),
        is_optional=text.get("optional") == "true",
        as_what=text.get("as") or WORK,
        service=text.get("service"),
        case=text.get("case"),
        kinds=_texts(fields.get("kinds")),
        relations=_texts(fields.get("relations")),
        ends=frozenset(each.text.strip() for each in fields["ends"].items if each.text) if "ends" in fields else frozenset(),
        zone=text.get("zone"),
    )
    return options, problems


def usual(options: OcelOptions) -> str:
    """Return the mapping that rows usually have."""
    service = json.dumps(options.service.replace("{", "{{").replace("}", "}}")) if options.service else ""
    related = json.dumps({"column": "qualifier", "map": dict(options.relations), "otherwise": "keep"})
    links = _LINKS.replace("RELATION", related if options.relations else '"{qualifier}"')
    if options.as_what == INTERACTIONS:
        return _INTERACTIONS.replace("SERVICE", service or "nobody's").replace("CASE", json.dumps(options.case or "")) + links
    kind = json.dumps({"column": "object:type", "map": dict(options.kinds), "otherwise": "missing"})
    more = (f", service: {service}" if service else "") + (f", kind: {kind}" if options.kinds else "")
    return _WORK.replace("MORE", more) + links


def _texts(node: Node | None) -> dict[str, str]:
    return {name: each.text for name, each in (node.mapping if node else {}).items() if each.text}
