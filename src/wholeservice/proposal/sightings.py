"""Catalogues: tables in which one row is a thing that exists, with its owner, what it belongs to and what it uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wholeservice import tables
from wholeservice.proposal.columns import IDENTITY, JSON, LIST, LONG, NAME, WORD, Column
from wholeservice.proposal.entries import Entry, Setting, moment_line
from wholeservice.proposal.scores import Fit, name_of
from wholeservice.proposal.spelling import Line, about, braces, flow, is_called, scalar

_t: Any = tables  # the checker of types does not know that a slot can be named
_KINDS = {
    "component": "service", "service": "service", "api": "service", "system": "service", "application": "service",
    "app": "service",
    "group": "team", "team": "team", "squad": "team", "domain": "unit", "department": "unit", "unit": "unit", "part": "part",
    "supplier": "supplier", "vendor": "supplier", "policy": "policy", "library": "part", "website": "service",
    "resource": "part"
}  # fmt: skip
_BY_NAME = (
    (("repo", "repository", "host", "hostname", "server", "component", "library", "module", "asset"), "part"),
    (("team", "squad", "group"), "team"), (("department", "agency", "unit", "division"), "unit"),
    (("supplier", "vendor"), "supplier"), (("service", "application", "app", "product", "system"), "service")
)  # fmt: skip
_RELATIONS: tuple[tuple[str, str, str | None, tuple[str, ...]], ...] = (
    ("owned-by", "team", None, ("owner", "team", "squad", "owned by", "maintainer", "owning team", "support group", "eigenaar",
                                "managed by", "responsible team", "technical owner", "service owner")),
    ("uses", "service", None, ("depends on", "uses", "dependency", "dependencies", "consumes", "upstream", "target service",
                               "relies on", "calls", "target")),
    ("part-of", "unit", None, ("parent", "department", "agency", "part of", "belongs to", "division", "domain", "system")),
    ("provides", "service", None, ("provides",))
)  # fmt: skip
_LAST_PIECE = "[^/:]+$"  # of group:default/team-a
ALIAS = "alias"
MAX_RELATIONS = 4
MAX_CODE = 12  # letters of a key that is short


def sightings(fit: Fit, setting: Setting) -> list[Entry]:
    """Return an entry that says that the thing exists, and one for each thing that it relates to."""
    name = name_column(fit, setting)
    if name is None:
        return []
    kind, kind_column = _kind(fit, name)
    code, is_same = _code(name, setting), name is fit.column(_t.Sighting.name)
    is_sure = is_same and fit.points_of(_t.Sighting.name) >= 0.9
    named = Line(name_of(_t.Sighting.name), braces(name), about(name), is_sure=is_sure)
    title = None if is_same else fit.column(_t.Sighting.name)
    titled = [Line(name_of(_t.Sighting.title), braces(title), about(title))] if title else []
    thing = Entry("sighting", [kind, named, *titled, *_more(fit, setting, has_title=title is not None)], used=[name])
    thing.used += [title] if title else []
    thing.used += [column for slot in (_t.Sighting.title, _t.Sighting.version, _t.Sighting.environment, _t.Sighting.seen_at)
                   if (column := fit.column(slot)) is not None]  # fmt: skip
    if kind_column is not None:
        thing.used.append(kind_column)
    plain = Line(kind.key, kind.value)
    related = [_related(plain, named, *each) for each in _relations(setting, name, kind_column)]
    return [thing, *([_alias(plain, named, code)] if code else []), *related[:MAX_RELATIONS]]


def name_column(fit: Fit, setting: Setting) -> Column | None:
    """Return the column that names the things: by its name, else the first of text that is different in every row."""
    named = fit.column(_t.Sighting.name)
    if named is not None and named.is_personal:
        return None  # people are no things
    if named is not None and (named.is_unique or not named.is_whole or named.kind == LIST):
        return named
    texts = [each for each in setting.free if each.kind in (WORD, NAME, IDENTITY) and not each.is_personal]
    first = texts[0] if texts and texts[0].is_unique else None
    if first is not None and named is None:
        return first if first.kind == IDENTITY else None
    return first if first is not None and named is not None and named.n_distinct >= 0.9 * named.n_filled else named


def _code(name: Column, setting: Setting) -> Column | None:
    """Return the column of short keys by which other files name the same things, None when there is none."""
    keys = [each for each in setting.free if each is not name and each.is_unique and each.kind in (WORD, NAME, IDENTITY)
            and not each.is_personal and all(len(text) <= MAX_CODE and " " not in text for text in each.texts)]  # fmt: skip
    return keys[0] if keys and name.is_unique and sum(map(len, name.texts)) > sum(map(len, keys[0].texts)) else None


def notes_of(name: str, file: str, entries: list[Entry]) -> list[str]:
    """Say that a table of keys and names may be joined to another file instead."""
    keys = [entry.used[0].ref for entry in entries if any(line.value == ALIAS for line in entry.lines)]
    return [f"or join it to another file, there: with: {{ {name}: {{ file: {file}, key: {keys[0]} }} }}"] if keys else []


def _alias(kind: Line, name: Line, code: Column) -> Entry:
    """Return the entry that says that a thing goes by a key too."""
    why = f"{about(code)}; other files may say it instead of the name"
    lines = [
        kind, Line(name.key, name.value), Line(name_of(_t.Sighting.relation), ALIAS, why, is_sure=False),
        Line(name_of(_t.Sighting.to_kind), kind.value), Line(name_of(_t.Sighting.to_name), braces(code), about(code))
    ]  # fmt: skip
    return Entry("sighting", lines, used=[code])


def lists_of(entries: list[Entry], setting: Setting) -> dict[str, str]:
    """Return what stands under `each-of:`: name of a value -> the column that is a list."""
    found: dict[str, str] = {}
    for each in setting.free:
        is_used = any(each is column for entry in entries for column in entry.used)
        if is_used and (each.kind == LIST or each.separator):
            split = {"split": scalar(each.separator)} if each.separator and each.kind != LIST else {}
            found[_one(each)] = flow({"column": scalar(str(each.ref)), **split})
    return found


def has_relations(entries: list[Entry]) -> bool:
    """Say whether things relate to others, and do not only go by another name."""
    name = name_of(_t.Sighting.relation)
    return any(line.key == name and line.value != ALIAS for entry in entries for line in entry.lines)


def _one(column: Column) -> str:
    """Return the name of one value of a list."""
    return "one-" + "-".join(column.words[-2:])


def _kind(fit: Fit, name: Column) -> tuple[Line, Column | None]:
    key, column = name_of(_t.Sighting.kind), fit.column(_t.Sighting.kind)
    by_name = next((kind for words, kind in _BY_NAME if set(words) & set(name.words)), None)
    if column is not None and column.kind == WORD:
        texts = [each for each in column.texts if each.lower() in _KINDS]
        if len(texts) >= 0.5 * len(column.texts):
            pairs = {scalar(each): _KINDS[each.lower()] for each in texts}
            rest = {} if len(texts) == len(column.texts) else {"otherwise": "keep"}
            why = f"{about(column)}; or part, unit, team, supplier"
            return Line(
                key, flow({"column": scalar(str(column.ref)), "map": flow(pairs), **rest}), why, is_sure=not rest
            ), column
    return Line(key, by_name or "service", "or service, part, unit, team, supplier", is_sure=by_name == "team"), None


def _more(fit: Fit, setting: Setting, *, has_title: bool) -> list[Line]:
    lines = []
    for slot in (_t.Sighting.title, _t.Sighting.version, _t.Sighting.environment, _t.Sighting.seen_at):
        column = fit.column(slot)
        if has_title and slot is _t.Sighting.title:
            continue
        if column is None or fit.points_of(slot) < 0.9:
            continue
        wanted = next(each for each in fit.table.columns if each.name == name_of(slot))
        is_moment = slot is _t.Sighting.seen_at
        lines.append(moment_line(wanted, column, setting) if is_moment else Line(wanted.name, braces(column), about(column)))
    return lines


def _relations(setting: Setting, name: Column, kind: Column | None) -> Iterator[tuple[str, str, Column]]:
    """Yield (relation, kind of the other end, its column), one column for each relation, the best named."""
    for relation, to_kind, _, phrases in _RELATIONS:
        fitting = [
            (order, number, each) for number, each in enumerate(setting.free) for order, phrase in enumerate(phrases)
            if each is not name and each is not kind and each.kind not in (JSON, LONG) and is_called(each, phrase)
            and (each.kind in (WORD, NAME, LIST, IDENTITY))
        ]  # fmt: skip
        if fitting:
            yield relation, to_kind, min(fitting, key=lambda found: (found[0], found[1]))[2]


def _related(kind: Line, name: Line, relation: str, to_kind: str, column: Column) -> Entry:
    """Return the entry of a relation. Where cells are lists, or name more than the thing, that is said."""
    if column.kind == LIST or column.separator:
        value = scalar(f"{{{_one(column)}}}")
        if _has_path(column):
            value = flow({"column": _one(column), "extract": scalar(_LAST_PIECE)})
    else:
        is_path = _has_path(column)
        value = flow({"column": scalar(str(column.ref)), "extract": scalar(_LAST_PIECE)}) if is_path else braces(column)
    is_person = relation == "owned-by" and not {"team", "squad", "group"} & set(column.words)
    why = "by its name; only for a team, never for a person" if is_person else "by its name"
    lines = [
        kind, Line(name.key, name.value), Line(name_of(_t.Sighting.relation), relation, why, is_sure=not is_person),
        Line(name_of(_t.Sighting.to_kind), to_kind),
        Line(name_of(_t.Sighting.to_name), value, about(column))
    ]  # fmt: skip
    return Entry("sighting", lines, used=[column])


def _has_path(column: Column) -> bool:
    """Say whether values are like group:default/team-a."""
    sample = column.texts[:100]
    return sum(":" in each and " " not in each and "//" not in each for each in sample) > 0.5 * len(sample)
