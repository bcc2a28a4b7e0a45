"""What may be said of a table: where it is, what format it has, and where in it the rows are."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem, suggest
from wholeservice.sources.base import named_files, unknown_keys

CSV, TSV, JSON, JSON_LINES, YAML, PARQUET, WORKBOOK = "csv", "tsv", "json", "jsonl", "yaml", "parquet", "excel"
FORMATS = (CSV, TSV, JSON, JSON_LINES, YAML, PARQUET, WORKBOOK)
FORMAT_OF_SUFFIX = {
    ".csv": CSV, ".tsv": TSV, ".tab": TSV, ".json": JSON, ".jsonl": JSON_LINES, ".ndjson": JSON_LINES, ".parquet": PARQUET,
    ".yaml": YAML, ".yml": YAML, ".xlsx": WORKBOOK, ".xlsm": WORKBOOK, ".xlsb": WORKBOOK, ".xls": WORKBOOK, ".ods": WORKBOOK,
}  # fmt: skip
DEFAULT_ENCODING = "utf-8-sig"  # UTF-8, with or without the mark that some programs put at the start

OPTIONS: dict[str, str] = {
    "file": "path or pattern (or a list of them), relative to wholeservice.yaml; ${name} stands for a setting",
    "format": f"one of {', '.join(FORMATS)}; without it the file's name decides",
    "optional": "true: it is no error when the file is not there",
    "encoding": "how bytes become text, such as cp1252; without it UTF-8",
    "delimiter": "what stands between cells; without it a comma (or ; | tab, when the header has no comma)",
    "header": "the line or row of the header, from 1; `none` when there is none, then columns are positions",
    "skip": "how many rows to leave out after the header, such as a row of units",
    "sheet": "the sheet of a workbook; without it the first",
    "rows": "in JSON and YAML, the path to the rows: data[].values[]",
    "member": "the file inside a zip that holds several",
    "with": "{NAME: a second file}: its columns are added to each row, by a key",
}
JOIN_OPTIONS: dict[str, str] = {
    "key": "the columns of the second file that tell its rows apart",
    "on": "the columns of the first file that name a key; without it they are called as in the second",
}


@dataclass(frozen=True, slots=True)
class Join:
    """A second file, and what says which of its rows belongs to a row of the first."""

    name: str
    options: TableOptions
    key: tuple[str, ...]
    on: tuple[str, ...]
    missing: frozenset[str]
    place: Place


@dataclass(frozen=True, slots=True)
class TableOptions:
    """A table as declared. `header` is None when the file has none."""

    files: tuple[str, ...]
    place: Place
    format: str | None = None
    is_optional: bool = False
    encoding: str = DEFAULT_ENCODING
    delimiter: str | None = None
    header: int | None = 1
    skip: int = 0
    sheet: str | None = None
    rows: str | None = None
    member: str | None = None
    joins: tuple[Join, ...] = ()


def load(node: Node) -> tuple[TableOptions, list[Problem]]:
    """Load the options of a table from its declaration; keys that are not options are left to the mapping."""
    fields = node.mapping
    files, problems = named_files(node)
    for key, known in (("format", FORMATS), ("optional", ("true", "false"))):
        problems += _not_one_of(fields.get(key), key, known)
    header, header_problems = _number(fields.get("header"), "header", 1)
    skip, skip_problems = _number(fields.get("skip"), "skip", 0)
    problems += [
        *_wrong_delimiter(fields.get("delimiter")),
        *header_problems,
        *skip_problems,
        *_unknown_encoding(fields.get("encoding")),
    ]
    text = {key: fields[key].text for key in ("format", "sheet", "rows", "member", "delimiter") if key in fields}
    options = TableOptions(
        files=files,
        place=fields["file"].place if files else node.place,
        format=text.get("format"),
        is_optional=_text(fields.get("optional")) == "true",
        encoding=_text(fields.get("encoding")) or DEFAULT_ENCODING,
        delimiter=_delimiter(text.get("delimiter")),
        header=None if _text(fields.get("header")) == "none" else header,
        skip=skip,
        sheet=text.get("sheet"),
        rows=text.get("rows"),
        member=text.get("member"),
        joins=tuple(_joins(node, problems)),
    )
    return options, problems


def _joins(node: Node, problems: list[Problem]) -> Iterator[Join]:
    """Yield the second files under `with:`; what is wrong with them is added to *problems*."""
    missing = frozenset(
        (each.text or "").strip() for each in (node.mapping["missing"].items if "missing" in node.mapping else ())
    )
    second = node.mapping.get("with")
    if second is not None and not second.mapping:
        problems.append(Problem("SRC140", "with: names no second file", second.place, "{NAME: {file: PATH, key: COLUMN}}",
                                next_step="add one, or take it out"))  # fmt: skip
    for name, each in (second.mapping if second is not None else {}).items():
        known = {**{key: said for key, said in OPTIONS.items() if key != "with"}, **JOIN_OPTIONS}
        problems += unknown_keys(each, known, "a second file")
        options, own = load(Node({key: value for key, value in each.mapping.items() if key != "with"}, each.place))
        problems += own
        key, on = (tuple(item.text.strip() for item in each.mapping[word].items if item.text) if word in each.mapping else ()
                   for word in JOIN_OPTIONS)  # fmt: skip
        if not key or (on and len(on) != len(key)):
            what = f"the second file '{name}' is joined by {len(key)} key columns and {len(on)} of the first"
            problems.append(Problem("SRC140", what, each.place, "key: COLUMN, and on: as many columns of the first file",
                                    next_step="say key:, and on: where they are called otherwise"))  # fmt: skip
        elif options.files:
            yield Join(name, options, key, on or key, missing, each.place)


def _text(node: Node | None) -> str | None:
    return node.text if node else None


def _delimiter(text: str | None) -> str | None:
    return {"tab": "\t", "\\t": "\t", None: None}.get(text, text)


def _wrong_delimiter(node: Node | None) -> list[Problem]:
    found = _delimiter(_text(node)) if node else None
    if node is None or (found is not None and len(found) == 1 and found not in '"\r\n'):
        return []
    return [Problem("SRC113", f"'{node.text}' cannot stand between cells", node.place, "one character, or tab",
                    next_step="write one character, or take it out")]  # fmt: skip


def _not_one_of(node: Node | None, key: str, known: tuple[str, ...]) -> list[Problem]:
    if node is None or node.text in known:
        return []
    return [Problem("SRC128" if key == "format" else "SRC113", f"'{node.text}' is no {key}", node.place,
                    f"one of {', '.join(known)}", suggest(node.text or "", known), "fix it or take it out")]  # fmt: skip


def _number(node: Node | None, key: str, default: int) -> tuple[int, list[Problem]]:
    if node is None or node.text == "none":
        return default, []
    if node.text is not None and node.text.isdecimal() and int(node.text) >= default:
        return int(node.text), []
    return default, [Problem("SRC113", f"'{node.text}' is no row number for {key}", node.place,
                             f"a whole number from {default}", next_step="write a number")]  # fmt: skip


def _unknown_encoding(node: Node | None) -> list[Problem]:
    if node is None:
        return []
    try:
        codecs.lookup(node.text or "")
    except LookupError:
        return [Problem("SRC113", f"'{node.text}' is no encoding", node.place, "a name such as utf-8, cp1252 or utf-16",
                        suggest(node.text or "", ("utf-8", "cp1252", "latin-1", "utf-16")), "fix the name")]  # fmt: skip
    return []
