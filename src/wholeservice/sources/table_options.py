"""What may be said of a table: where it is, what format it has, and where in it the rows are."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem, suggest

CSV, TSV, JSON, JSON_LINES, PARQUET, WORKBOOK = "csv", "tsv", "json", "jsonl", "parquet", "excel"
FORMATS = (CSV, TSV, JSON, JSON_LINES, PARQUET, WORKBOOK)
FORMAT_OF_SUFFIX = {
    ".csv": CSV, ".tsv": TSV, ".tab": TSV, ".json": JSON, ".jsonl": JSON_LINES, ".ndjson": JSON_LINES, ".parquet": PARQUET,
    ".xlsx": WORKBOOK, ".xlsm": WORKBOOK, ".xlsb": WORKBOOK, ".xls": WORKBOOK, ".ods": WORKBOOK,
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
    "rows": "in JSON, the path to the rows: data[].values[]",
    "member": "the file inside a zip that holds several",
}


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


def load(node: Node) -> tuple[TableOptions, list[Problem]]:
    """Load the options of a table from its declaration; keys that are not options are left to the mapping."""
    fields, problems = node.mapping, []
    files = tuple(each.text for each in fields["file"].items if each.text) if "file" in fields else ()
    if not files:
        problems.append(Problem("SRC103", "this source names no file", node.place, "file: PATH", next_step="add file:"))
    for key, known in (("format", FORMATS), ("optional", ("true", "false"))):
        problems += _not_one_of(fields.get(key), key, known)
    header, header_problems = _number(fields.get("header"), "header", 1)
    skip, skip_problems = _number(fields.get("skip"), "skip", 0)
    problems += [*header_problems, *skip_problems, *_unknown_encoding(fields.get("encoding"))]
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
    )
    return options, problems


def _text(node: Node | None) -> str | None:
    return node.text if node else None


def _delimiter(text: str | None) -> str | None:
    return {"tab": "\t", "\\t": "\t", None: None}.get(text, text)


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
