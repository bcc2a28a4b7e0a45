"""What may be said of a database: where it is, what to read of it, and which column tells what is new."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wholeservice.documents import Node, plain
from wholeservice.errors import Place, Problem

DEFAULT_BATCH = 20_000
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
OPTIONS: dict[str, str] = {
    "url": "where it is, as SQLAlchemy writes it: postgresql://reader@db.example/shop, sqlite:///shop.db (relative to "
    "wholeservice.yaml)",
    "password": "the password, as ${name}: a setting that comes from the environment; it is never shown",
    "table": "the table or view to read, SCHEMA.TABLE where it needs one",
    "query": "instead of table: one SELECT; `:name` in it stands for a value under parameters:",
    "parameters": "{name: value} for the query; values are bound, never pasted in",
    "follow": "a column that only grows (changed_at, id): a reading starts at the greatest value of the last one",
    "overlap": "with follow: how much further back to start, as 30s, 15m, 1h or 1d, for rows that are committed late",
    "batch": f"how many rows are fetched at a time; without it {DEFAULT_BATCH:,}",
}

_PASSWORD = re.compile(r"^[\w+]+://[^:/@]*:(?P<password>[^@]*)@")
_LENGTH = re.compile(r"^(\d+)(s|m|h|d)$")
_LITERAL = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_SELECT = re.compile(r"^\s*[(\s]*(?:select|with|values|table)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DatabaseOptions:
    """A database as declared. `declared` changes whenever the declaration does, its secrets apart."""

    url: str = field(repr=False)
    place: Place = field(repr=False)
    declared: str = ""
    password: str | None = field(default=None, repr=False)
    table: tuple[str, ...] | None = None
    query: str | None = None
    parameters: Mapping[str, str | int] = field(default_factory=dict)
    follow: str | None = None
    overlap_s: int = 0
    batch: int = DEFAULT_BATCH


def load(node: Node) -> tuple[DatabaseOptions, list[Problem]]:
    """Load the options of a database from its declaration; keys that are not options are left to the mapping."""
    fields, problems = node.mapping, []
    text = {key: fields[key].text for key in OPTIONS if key in fields}
    url = text.get("url")
    place = replace(fields["url"].place if "url" in fields else node.place, text=None)  # the line may hold a password
    if not url:
        problems.append(Problem("SRC103", "this database has no url", place, "url: DIALECT://USER@HOST/DATABASE",
                                next_step="add url:"))  # fmt: skip
    elif "://" not in url:
        problems.append(Problem("SRC203", "this is no URL of a database", place, "DIALECT://USER@HOST/DATABASE",
                                next_step="write it as SQLAlchemy does: sqlite:///shop.db"))  # fmt: skip
    overlap, overlap_problems = _overlap(fields)
    batch, batch_problems = _batch(fields.get("batch"))
    parameters = {name: _bound(each.text) for name, each in _mapping(fields, "parameters").items() if each.text is not None}
    problems += [*_what_to_read(node), *_literal_password(node), *_follow(node), *overlap_problems, *batch_problems]
    query = (text.get("query") or "").strip().rstrip(";").rstrip()
    options = DatabaseOptions(
        url=url or "",
        place=place,
        declared=_fingerprint(node),
        password=text.get("password"),
        table=tuple((text["table"] or "").split(".", 1)) if text.get("table") else None,
        query=query or None,
        parameters=parameters,
        follow=text.get("follow"),
        overlap_s=overlap,
        batch=batch,
    )
    return options, problems


def password_in(url: str) -> str | None:
    """Return the password that stands in a URL, as it stands there.

    >>> password_in("postgresql://reader:s3cret@db/shop"), password_in("sqlite:///shop.db")
    ('s3cret', None)
    """
    match = _PASSWORD.match(url)
    return match["password"] if match and match["password"] else None


def is_select(query: str) -> bool:
    """Say whether a text is one statement that begins as a reading one does. What it does beyond that, the database refuses.

    >>> is_select("select 1 -- ; drop"), is_select("delete from t"), is_select("select 1; delete from t")
    (True, False, False)
    """
    bare = _LITERAL.sub(" ", query).strip().rstrip(";").rstrip()
    return _SELECT.match(bare) is not None and ";" not in bare


def _mapping(fields: Mapping[str, Node], key: str) -> Mapping[str, Node]:
    return fields[key].mapping if key in fields else {}


def _what_to_read(node: Node) -> list[Problem]:
    table, query = (node.mapping.get(key) for key in ("table", "query"))
    if (table is None) == (query is None):
        what = "both table: and query: stand here" if table else "neither table: nor query: stands here"
        return [Problem("SRC103", what, node.place and replace(node.place, text=None), "one of the two",
                        next_step="say table: NAME or query: SELECT ...")]  # fmt: skip
    if query is not None and not is_select(query.text or ""):
        return [Problem("SRC205", "the query is not one SELECT", query.place, "one statement, SELECT ... or WITH ... SELECT",
                        next_step="write only the SELECT: a source never writes")]  # fmt: skip
    return []


def _literal_password(node: Node) -> list[Problem]:
    found = []
    for key in ("url", "password"):
        given = node.mapping.get(key)
        secret = (password_in(given.text or "") if key == "url" else given.text) if given else None
        if given and secret and secret in (given.place.text or ""):
            found.append(Problem("SRC204", f"the password stands in {given.place.file} itself", replace(given.place, text=None),
                                 "password: ${NAME}, a setting whose value the environment holds",
                                 next_step=f"take it out of {key}:, and change it where others could read it",
                                 severity="warning"))  # fmt: skip
    return found


def _follow(node: Node) -> list[Problem]:
    fields = node.mapping
    if "follow" not in fields:
        extra = fields.get("overlap")
        return [Problem("SRC209", "overlap: says how far back, but nothing is followed", extra.place, "follow: COLUMN",
                        next_step="add follow:, or take overlap: out")] if extra else []  # fmt: skip
    place = fields["follow"].place
    found = []
    if "absent" in fields and fields["absent"].text == "delete":
        found.append(Problem("SRC209", "follow: reads only what is new, and absent: delete would delete all the rest", place,
                             "one of the two", next_step="take follow: or absent: out"))  # fmt: skip
    if "record" not in fields:
        found.append(Problem("SRC209", "without record: a changed row stands beside what it was, and is counted twice", place,
                             "record: with the columns of the key", next_step="add record:", severity="warning"))  # fmt: skip
    return found


def _overlap(fields: Mapping[str, Node]) -> tuple[int, list[Problem]]:
    node = fields.get("overlap")
    match = _LENGTH.match(node.text or "") if node else None
    if node and match is None:
        return 0, [Problem("SRC209", f"'{node.text}' is no length of time", node.place, "30s, 15m, 1h or 1d",
                           next_step="write it so")]  # fmt: skip
    return (int(match[1]) * SECONDS[match[2]], []) if match else (0, [])


def _batch(node: Node | None) -> tuple[int, list[Problem]]:
    if node is None:
        return DEFAULT_BATCH, []
    if (node.text or "").isdecimal() and 0 < int(node.text or "") <= 1_000_000:
        return int(node.text or ""), []
    return DEFAULT_BATCH, [Problem("SRC113", f"'{node.text}' is no number of rows for batch", node.place, "1 to 1000000",
                                   next_step="write a number")]  # fmt: skip


def _bound(text: str | None) -> str | int:
    """A whole number is bound as one, so that it compares with a column of numbers; 007 and 1.10 stay text."""
    return int(text or "") if re.fullmatch(r"0|-?[1-9]\d{0,17}", text or "") else text or ""


def _fingerprint(node: Node) -> str:
    """Return a mark of the declaration: what was read by another mapping, or of another table, is read again."""
    said = {key: plain(each) for key, each in node.mapping.items() if key not in ("url", "password", "overlap", "batch")}
    where = re.sub(r"//[^@/]*@", "//", node.mapping["url"].text or "") if "url" in node.mapping else ""
    return hashlib.sha256(json.dumps([where, said], sort_keys=True).encode()).hexdigest()[:16]
