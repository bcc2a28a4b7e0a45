"""A proposal as text that can be pasted under `sources:`, with a comment per line that says why and how sure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from wholeservice.proposal.entries import Entry
from wholeservice.proposal.propose import Proposal
from wholeservice.proposal.spelling import Line, flow, scalar

WIDTH = 120
MOSTLY_NEW = 0.7  # share of an entry's lines that no entry before it has; then it is spelled out like the first
MIN_COMMENT = 24  # columns that a comment which is cut must have
MAX_ALIGNED = 56  # columns from which on comments do not line up any more
_FIELD, _ENTRY, _KEY = " " * 8, " " * 4, " " * 2


def text_of(proposal: Proposal, width: int = WIDTH) -> str:
    """Return the declaration: `NAME:` and what stands below it."""
    rows = [(f"{proposal.name}:", _headline(proposal))]
    rows += [_row(line, _KEY) for line in proposal.options]
    if proposal.each:
        rows += [(f"{_KEY}each:", ""), *(row for line in proposal.each for row in _period_rows(line))]
    if proposal.each_of:
        rows += [(f"{_KEY}each-of: {flow(proposal.each_of)}", "one fact per value of the list")]
    if not proposal.entries:
        return "\n".join([*_lined_up(rows, width), *_no_facts(proposal)]) + "\n"
    rows.append((f"{_KEY}facts:", ""))
    said: set[tuple[str, str]] = set()
    for entry in proposal.entries:
        rows += list(_entry(entry, said, width))
        said |= {(line.key, line.value) for line in entry.lines}
    rows += [("", f"# {each}") for each in proposal.notes]
    return "\n".join(_lined_up(rows, width)) + "\n"


def _headline(proposal: Proposal) -> str:
    if not proposal.entries:
        return "unsure what one row is"
    if proposal.is_sure:
        return ""
    others = " or ".join(f"--as {kind}" for kind, _ in proposal.alternatives[:2])
    return f"unsure what one row is{f'; else {others}' if others else ''}"


def _no_facts(proposal: Proposal) -> list[str]:
    lacking = f" ({', '.join(proposal.lacking)} could not be found)" if proposal.lacking else ""
    return [f"{_KEY}# facts:{' ' * 4}say what a row is{lacking}: docs/map_a_table.md"]


def _row(line: Line, indent: str) -> tuple[str, str]:
    if not line.is_active:
        return f"{indent}# {line.key}: {line.value}", f"maybe: {line.why}" if line.why else "maybe"
    return f"{indent}{line.key}: {line.value}", line.why if line.is_sure else f"unsure: {line.why}"


def _period_rows(line: Line) -> Iterator[tuple[str, str]]:
    """Yield a line under `each:`; a mapping of several names stands on a line per name."""
    if line.parts:
        yield f"{_ENTRY}{line.key}:", line.why
        yield from ((f"{_ENTRY}  {key}: {value}", "") for key, value in line.parts)
    else:
        yield _row(line, _ENTRY)


def _entry(entry: Entry, said: set[tuple[str, str]], width: int) -> Iterator[tuple[str, str]]:
    """Yield the rows of an entry: a field per line, on few lines where the entry before it said most of it."""
    is_new = sum((line.key, line.value) not in said for line in entry.lines) > len(entry.lines) * MOSTLY_NEW
    if is_new or not said:
        yield f"{_ENTRY}- {entry.kind}:", ""
        for line in entry.lines:
            yield _row(line, _FIELD)
    else:
        yield from _short(entry, said, width)


def _short(entry: Entry, said: set[tuple[str, str]], width: int) -> Iterator[tuple[str, str]]:
    """Yield an entry in braces; what is new in it and not sure is told above."""
    active = [line for line in entry.lines if line.is_active]
    for line in active:
        if not line.is_sure and (line.key, line.value) not in said:
            yield "", f"# unsure, {line.key}: {line.why}"
    yield f"{_ENTRY}- {entry.kind}:", ""
    pieces = [f"{line.key}: {line.value}" for line in active]
    rows, row = [], "{ "
    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        text = piece + (" }" if last else ",")
        if len(_FIELD) + len(row) + len(text) > width and row.strip("{ "):
            rows.append(row.rstrip())
            row = "  "
        row += text + " "
    rows.append(row.rstrip())
    for each in rows:
        yield f"{_FIELD}{each}", ""


def _lined_up(rows: list[tuple[str, str]], width: int) -> Iterator[str]:
    """Yield lines with their comments in one column. One that does not fit is cut; an unsure one stands above its line."""
    at = min(MAX_ALIGNED, max((len(text) for text, why in rows if why and text and len(text) <= MAX_ALIGNED), default=0)) + 2
    for text, why in rows:
        plain = "".join(letter if letter.isprintable() else " " for letter in " ".join(why.split()))
        if not plain:
            yield text
        elif not text:
            yield from _above(plain.removeprefix("# "), _ENTRY, width)
        elif len(text) + 2 <= at and at + len(plain) + 2 <= width:
            yield f"{text.ljust(at)}# {plain}"
        elif len(text) + len(plain) + 4 <= width:
            yield f"{text}  # {plain}"
        elif not plain.startswith(("unsure", "maybe")) and width - len(text) > MIN_COMMENT:
            yield f"{text}  # {plain[: width - len(text) - 5].rstrip(' ,')}…"
        elif not plain.startswith(("unsure", "maybe")):
            yield text
        else:
            indent = text[: len(text) - len(text.lstrip())]
            yield from _above(plain, indent, width)
            yield text


def _above(plain: str, indent: str, width: int) -> Iterator[str]:
    yield from textwrap.wrap(plain, max(40, width - 1), initial_indent=f"{indent}# ", subsequent_indent=f"{indent}#   ",
                             break_long_words=False, break_on_hyphens=False)  # fmt: skip


def option(key: str, text: str, why: str = "") -> Line:
    """Return one option of a source with a text as its value."""
    return Line(key, scalar(text), why)
