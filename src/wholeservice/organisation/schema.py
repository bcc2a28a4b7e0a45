"""The editor's schema (JSON Schema draft-07) and the field tables of the docs, both made from `kinds.py`.

With `# yaml-language-server: $schema=...` on top of a file, editors complete fields and the ids that are declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wholeservice.organisation import kinds
from wholeservice.organisation.graph import Organisation, leaves
from wholeservice.organisation.kinds import Field, Kind
from wholeservice.organisation.targets import GRAMMAR

Schema = dict[str, Any]

_ID_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"
_DAY_PATTERN = r"^\d{4}-\d{2}-\d{2}$"
_WRITTEN: Mapping[str, str] = {
    kinds.TEXT: "text", kinds.TEXTS: "list of words", kinds.NUMBER: "number", kinds.AMOUNT: "amount with its unit",
    kinds.DATE: "day, such as 2026-05-12", kinds.FLAG: "true or false", kinds.STAGES: "list of stages",
    kinds.JOURNEY: "list of steps or groups of steps", kinds.NEEDS: "needs, each under its id",
    kinds.AIMS: "targets, each under its id", kinds.TARGETS: "list of targets", kinds.EVIDENCE: "text, or {research, dated}",
    kinds.ASSUMED: "{at, share, because, dated}, or a list of them",
    kinds.ALIASES: "list of names, or {tool: name}", kinds.USES: "list of ids, {any: [a, b]}, {optional: a}, {retry: a}",
    kinds.AT: "list of steps", kinds.PROVIDES: "list of names", kinds.DURATION: "time, such as 30m, 8h or 7d",
}  # fmt: skip


def editor_schema(org: Organisation) -> Schema:
    """Return a draft-07 schema of an organisation file; references offer the ids present in *org*."""
    sections = {str(kind.section): _under_ids(f"#/definitions/{kind.name}") for kind in kinds.KINDS}
    named = {kind.name: _kind(org, kind) for kind in kinds.ALL_KINDS if kind is not kinds.HEADER}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Wholeservice organisation",
        "type": "object",
        "additionalProperties": False,
        "properties": {kinds.ORG: _kind(org, kinds.HEADER), **sections},
        "definitions": {**named, "journey": _journey(), "aims": _aims()},
    }


def _under_ids(reference: str) -> Schema:
    inner = {"anyOf": [{"$ref": reference}, {"type": "null"}]}
    return {"type": ["object", "null"], "additionalProperties": False, "patternProperties": {_ID_PATTERN: inner}}


def _kind(org: Organisation, kind: Kind) -> Schema:
    properties = {each.name: {**_field(org, each), "description": each.meaning} for each in kind.fields}
    required = [each.name for each in kind.fields if each.required]
    found: Schema = {"description": kind.meaning, "type": "object", "additionalProperties": False, "properties": properties}
    return {**found, "required": required} if required else found


def _field(org: Organisation, each: Field) -> Schema:
    if each.type in (kinds.REF, kinds.REFS, kinds.USES, kinds.AT):
        return _references(org, each)
    if each.type == kinds.REF_TO_CHOICES:
        roles = _one_or_many({"enum": list(each.choices)})
        return {"anyOf": [_one_or_many(_id_of(org, each)), {"type": "object", "additionalProperties": roles}]}
    if each.type == kinds.NESTED:
        return _under_ids(f"#/definitions/{each.kinds[0]}")
    if each.type in (kinds.RECORD, kinds.EVIDENCE, kinds.ASSUMED):
        record = {"type": "object", "additionalProperties": False,
                  "properties": {inner.name: _field(org, inner) for inner in each.fields}}  # fmt: skip
        others = {kinds.EVIDENCE: {"type": "string"}, kinds.ASSUMED: {"type": "array", "items": record}}
        return {"anyOf": [others[each.type], record]} if each.type in others else record
    return _plain(each)


def _plain(each: Field) -> Schema:
    text = {"type": ["string", "number"]}
    words = _one_or_many(text)
    by_type: dict[str, Schema] = {
        kinds.CHOICE: {"enum": list(each.choices)},
        kinds.DATE: {"type": "string", "pattern": _DAY_PATTERN},
        kinds.FLAG: {"type": "boolean"},
        kinds.NUMBER: {"type": "number"},
        kinds.TEXTS: words,
        kinds.PROVIDES: words,
        kinds.TARGETS: words,
        kinds.ALIASES: {"anyOf": [words, {"type": "object", "additionalProperties": words}]},
        kinds.NEEDS: _under_ids(f"#/definitions/{kinds.NEED}"),
        kinds.AIMS: {"$ref": "#/definitions/aims"},
        kinds.JOURNEY: {"$ref": "#/definitions/journey"},
        kinds.STAGES: {"type": "array", "items": {"anyOf": [{"type": "string"}, {"$ref": "#/definitions/stage"}]}},
    }
    return by_type.get(each.type, text)


def _one_or_many(one: Schema) -> Schema:
    return {"anyOf": [one, {"type": "array", "items": one}]}


def _references(org: Organisation, each: Field) -> Schema:
    one = _id_of(org, each)
    if each.type == kinds.REF:
        return one
    if each.type == kinds.USES:
        word = {"type": "object", "additionalProperties": False, "minProperties": 1, "maxProperties": 1,
                "properties": {how: _one_or_many(one) for how in ("any", "optional", "retry")}}  # fmt: skip
        return _one_or_many({"anyOf": [one, word]})
    return _one_or_many(one)


def _id_of(org: Organisation, each: Field) -> Schema:
    """The ids that may stand here; steps also bare where the field says so. Without any, every text goes."""
    known = [entity.id for entity in org.entities.values() if entity.kind in each.kinds]
    if kinds.STEP in each.kinds:
        for entity in org.entities.values():
            for leaf in leaves(entity.journey):
                known.append(f"{entity.id}.{leaf.id}")
                if each.type == kinds.AT:
                    known.append(leaf.id)
    return {"enum": sorted(set(known))} if known else {"type": "string"}


def _journey() -> Schema:
    nested = {"$ref": "#/definitions/journey"}
    more = {"title": {"type": "string"}, kinds.STEP_STAGE.name: _plain(kinds.STEP_STAGE)}
    titled = {"type": "object", "additionalProperties": False, "required": ["step"],
              "properties": {"step": {"type": "string"}, **more}}  # fmt: skip
    groups = [{"type": "object", "additionalProperties": False, "required": [word],
               "properties": {word: nested, **more}} for word in kinds.NESTING]  # fmt: skip
    return _one_or_many({"anyOf": [{"type": "string", "pattern": _ID_PATTERN}, titled, *groups]})


def _aims() -> Schema:
    targets = _one_or_many({"type": "string"})
    inner = {"anyOf": [targets, {"$ref": "#/definitions/need"}]}
    return {"type": ["object", "null"], "additionalProperties": False, "patternProperties": {_ID_PATTERN: inner}}


def field_tables() -> str:
    """Return the field tables of `docs/kinds.md` as Markdown: one table per kind, from `kinds.py`."""
    tables = [_table(kind) for kind in kinds.ALL_KINDS]
    return "\n".join(tables) + f"\nA target is written `{GRAMMAR}`.\n"


def _table(kind: Kind) -> str:
    where = f"`{kind.section}:`" if kind.section else "inside others"
    lines = [f"### {kind.name}", "", f"{kind.meaning[:1].upper()}{kind.meaning[1:]}. Stands under {where}.", "",
             "| field | holds | means |", "|---|---|---|"]  # fmt: skip
    lines += [
        f"| `{each.name}` | {_holds(each)} | {each.meaning}{' (required)' if each.required else ''} |" for each in kind.fields
    ]
    for name, why in kind.refused.items():
        lines.append(f"| ~~`{name}`~~ | cannot be typed | {why} |")
    return "\n".join(lines) + "\n"


def _holds(each: Field) -> str:
    names = " or ".join(each.kinds)
    if each.type == kinds.CHOICE:
        return "one of " + ", ".join(each.choices)
    if each.type == kinds.REF:
        return f"id of a {names}"
    if each.type == kinds.REFS:
        return f"ids: {names}"
    if each.type == kinds.REF_TO_CHOICES:
        return f"ids: {names}, each with some of {', '.join(each.choices)}"
    if each.type == kinds.NESTED:
        return f"{kinds.PLURALS[each.kinds[0]]}, each under its id"
    if each.type == kinds.RECORD:
        return "; ".join(f"`{inner.name}`: {_holds(inner)}" for inner in each.fields)
    return _WRITTEN[each.type]
