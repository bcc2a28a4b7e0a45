"""Where the rows of a file are, as options of a table: found from its first bytes, mended by what reading it shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from wholeservice.documents import Node, parse
from wholeservice.errors import InputError, Place
from wholeservice.proposal.spelling import Line, scalar
from wholeservice.sources.files import File, opened
from wholeservice.sources.table_options import CSV, FORMAT_OF_SUFFIX, JSON, TSV, WORKBOOK

if TYPE_CHECKING:
    from wholeservice.proposal.seen import Look
    from wholeservice.sources.base import Batch

MAX_DOCUMENT = 64 * 2**20  # bytes of a JSON document in which the rows are looked for


def laid_out(path: Path, file: str, start: bytes) -> list[Line]:
    """Return the lines that say where the table is and how it is laid out."""
    from wholeservice.proposal.layout import layout_of

    lines = [Line("file", scalar(file))]
    suffix = File(path, path.name).bare_suffix
    kind = FORMAT_OF_SUFFIX.get(suffix)
    if kind is None:
        kind = JSON if start.lstrip()[:1] in (b"[", b"{") else CSV
        lines.append(Line("format", kind, "the name does not say it"))
    if kind not in (CSV, TSV):
        return lines
    layout = layout_of(start, is_tsv=kind == TSV)
    if layout.encoding:
        lines.append(Line("encoding", layout.encoding, layout.note("encoding"), is_sure=layout.encoding.startswith("utf")))
    if kind == CSV and layout.delimiter != _usual_delimiter(start, layout.encoding, layout.header):
        shown = "tab" if layout.delimiter == "\t" else f'"{layout.delimiter}"'
        lines.append(Line("delimiter", shown, "what stands between cells"))
    if layout.header != 1:
        lines.append(Line("header", "none" if layout.header is None else str(layout.header), layout.note("header")))
    if layout.skip:
        lines.append(Line("skip", str(layout.skip), layout.note("skip")))
    return lines


def is_workbook(path: Path) -> bool:
    """Say whether a file is one of sheets, whose header only reading it shows."""
    return FORMAT_OF_SUFFIX.get(File(path, path.name).bare_suffix) == WORKBOOK


def header_lines(first: Batch) -> list[Line]:
    """Return the lines that say where the header of a sheet is; the first rows were read as if it had none."""
    from wholeservice.proposal.layout import N_LOOKED_AT, header_of

    columns = [column[:N_LOOKED_AT].to_pylist() for column in first.columns]
    cells = [["" if cell is None else str(cell) for cell in row] for row in zip(*columns, strict=True)]
    header, skip, notes = header_of(list(zip(first.numbers.to_pylist(), cells, strict=False)))
    why = dict(notes)
    lines = [] if header == 1 else [Line("header", "none" if header is None else str(header), why.get("header", ""))]
    return [*lines, *([Line("skip", str(skip), why.get("skip", ""))] if skip else [])]


def _usual_delimiter(start: bytes, encoding: str | None, header: int | None) -> str:
    """Return the delimiter that is found without being said."""
    lines = start.decode(encoding or "utf-8-sig", "replace").splitlines()
    line = lines[(header or 1) - 1] if len(lines) >= (header or 1) else ""
    return "," if "," in line else max(",;\t|", key=line.count)


def mended(lines: list[Line], error: InputError, path: Path) -> list[Line]:
    """Return the lines with what the error says is lacking: an encoding, or where the rows are. Else the error is raised."""
    problem, keys = error.problems[0], {line.key for line in lines}
    if problem.code == "SRC123" and problem.nearest and ("encoding" not in keys):
        line = f" (line {problem.place.line})" if problem.place and problem.place.line else ""
        why = f"{problem.what}{line}; look at letters with accents"
        return [lines[0], Line("encoding", problem.nearest, why, is_sure=False), *lines[1:]]
    if problem.code == "SRC123" and "latin-1" not in {line.value for line in lines}:
        rest = [line for line in lines if line.key != "encoding"]
        return [rest[0], Line("encoding", "latin-1", "no other encoding reads all of it", is_sure=False), *rest[1:]]
    if problem.code == "SRC127" and "rows" not in keys:
        return [*lines, _rows_line(path, error)]
    raise error


def _rows_line(path: Path, error: InputError) -> Line:
    """Return the path to the rows of a JSON document."""
    from wholeservice.proposal.layout import rows_in

    with opened(File(path, path.name)) as stream:
        content = stream.read(MAX_DOCUMENT + 1)
    try:
        found = rows_in(json.loads(content)) if len(content) <= MAX_DOCUMENT else []
    except (ValueError, RecursionError):
        found = []
    if not found:
        raise error
    (best, n), others = found[0], [f"{each} ({count:,})" for each, count in found[1:4]]
    return Line("rows", scalar(best), f"{n:,} objects{'; or ' + ', '.join(others) if others else ''}", is_sure=not others)


def rows_inside(look: Look, lines: list[Line]) -> Line | None:
    """Return the path to the rows where a document of YAML is one row that holds a list of objects."""
    from wholeservice.proposal.columns import LIST, columns_of

    if look.n_rows != 1 or any(line.key == "rows" for line in lines) or not look.is_open:
        return None
    lists = {}
    for each in columns_of(look):
        if each.kind == LIST and each.ref and each.texts and "." not in each.name:
            found = json.loads(each.texts[0]) if each.texts[0].startswith("[{") and each.texts[0].endswith("]") else []
            lists[each.name] = len(found)
    best = max(lists, key=lambda name: lists[name], default=None)
    return Line("rows", scalar(f"{best}[]"), f"{lists[best]:,} objects") if best and lists[best] > 1 else None


def node_of(name: str, lines: list[Line]) -> Node:
    root, _ = parse(
        "\n".join([f"{name}:", *(f"  {line.key}: {line.value}" for line in lines if line.is_active)]), "the proposal"
    )
    return root.mapping[name] if root is not None else Node({}, Place("the proposal"))
