"""Add a source to wholeservice.yaml: everything else in the file stays as it is, byte for byte."""

from __future__ import annotations

from pathlib import Path

from wholeservice.app.settings import FILE_NAME
from wholeservice.documents import Node, Plain, parse, plain
from wholeservice.errors import InputError, Place, Problem

SOURCES = "sources"
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_MARK = "\ufeff"


def check_name(folder: Path, name: str) -> None:
    """Raise InputError where a source cannot be called so, or where one is called so already."""
    if not name[:1].isalpha() or set(name) - _LETTERS:
        raise InputError(Problem("SRC117", f"'{name}' cannot be a source's name", None, "small letters, digits and hyphens",
                                 next_step="take another name"))  # fmt: skip
    root, problems = parse(_read(folder).lstrip(_MARK), FILE_NAME)
    if any(each.severity == "error" for each in problems):
        raise InputError(*problems)
    declared = root.mapping.get(SOURCES) if root is not None else None
    if declared is not None and name in declared.mapping:
        place = (declared.key_places or {}).get(name)
        raise InputError(Problem("MAP002", f"there is a source '{name}' already", place, "a name of its own",
                                 next_step=f"--write {name}-2, or take the old one out"))  # fmt: skip


def write(folder: Path, name: str, text: str) -> None:
    """Add the declaration *text*, `NAME:` and what stands below it, to the sources. Errors: InputError MAP003."""
    from wholeservice.facts import durable

    before = _read(folder)
    after = added(before, text)
    if after is None or not _is_only_more(before, after, name):
        raise InputError(_no_place())
    durable.publish((folder / FILE_NAME).resolve(), after.encode("utf-8"))


def added(before: str, text: str) -> str | None:
    """
    Return a file with a declaration added to its sources; None where they are written in another way than one per line.

    >>> print(added("name: x\\nsources:\\n  a:\\n    file: a.csv\\nzone: UTC\\n", "b:\\n  file: b.csv\\n"), end="")
    name: x
    sources:
      a:
        file: a.csv
    <BLANKLINE>
      b:
        file: b.csv
    zone: UTC
    """
    mark = _MARK if before.startswith(_MARK) else ""
    root, problems = parse(before.removeprefix(_MARK), FILE_NAME)
    if any(each.severity == "error" for each in problems) or (root is not None and not root.mapping and root.value is not None):
        return None
    end = "\r\n" if "\r\n" in before else "\n"
    lines = before.removeprefix(_MARK).splitlines(keepends=True)
    declared = root.mapping.get(SOURCES) if root is not None else None
    if declared is None:
        blank = "\n" if before.strip() else ""
        made = _with_end(lines, end) + _block(f"{blank}{SOURCES}:\n" + _indented(text, "  "), end)
        return mark + made if root is None or not _is_closed(lines) else None
    indent = _indent(declared)
    at = _end_of(lines, root, declared) if root is not None else None
    if indent is None or at is None:
        return None
    blank = "\n" if declared.mapping else ""
    return mark + _with_end(lines[:at], end) + _block(blank + _indented(text, indent), end) + "".join(lines[at:])


def _read(folder: Path) -> str:
    """Return the file with its ends of lines as they are."""
    try:
        return (folder / FILE_NAME).read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise InputError(Problem("SET006", "it is not UTF-8 text", Place(FILE_NAME), "text in UTF-8",
                                 next_step="save the file as UTF-8")) from None  # fmt: skip


def _block(text: str, end: str) -> str:
    return text.replace("\n", end)


def _indented(text: str, indent: str) -> str:
    return "".join(f"{indent}{line}" if line.strip() else line for line in text.splitlines(keepends=True))


def _with_end(lines: list[str], end: str) -> str:
    """Return lines, the last of them with an end."""
    text = "".join(lines)
    return text if not text or text.endswith("\n") else text + end


def _is_closed(lines: list[str]) -> bool:
    return any(line.startswith(("...", "---")) for line in lines[1:])


def _indent(declared: Node) -> str | None:
    """Return how far the sources stand in, None where they are not one per line."""
    if declared.value is None:  # `sources:` with nothing behind it; a `~` there would be in the way
        rest = (declared.place.text or "").partition(":")[2].partition("#")[0].strip()
        return "  " if not rest else None
    places = list((declared.key_places or {}).values())
    if not places or len({each.line for each in places}) < len(places):
        return None
    text = places[0].text or ""
    before = text[: (places[0].column or 1) - 1]
    return before if before and not before.strip(" ") else None


def _end_of(lines: list[str], root: Node, declared: Node) -> int | None:
    """Return after how many lines the last source ends: before the next key, and before blank lines and comments above it."""
    keys = {key: place.line or 0 for key, place in (root.key_places or {}).items()}
    first = keys[SOURCES]
    after = min((line for line in keys.values() if line > first), default=len(lines) + 1)
    last = next((n for n, line in enumerate(lines[first:], first + 1) if line.startswith(("...", "---"))), after)
    at = min(after, last) - 1
    while at > first and (not lines[at - 1].strip() or lines[at - 1].startswith("#")):
        at -= 1
    return at


def _is_only_more(before: str, after: str, name: str) -> bool:
    """Say whether a file says what it said, and one source more."""
    old, _ = parse(before.removeprefix(_MARK), FILE_NAME)
    new, problems = parse(after.removeprefix(_MARK), FILE_NAME)
    if problems or new is None:
        return False
    said: Plain = plain(old) if old is not None else {}
    more = plain(new)
    if not isinstance(said, dict) or not isinstance(more, dict) or not isinstance(more.get(SOURCES), dict):
        return False
    sources = dict(more[SOURCES])  # type: ignore[arg-type]
    is_there = sources.pop(name, None) is not None
    same = {key: value for key, value in more.items() if key != SOURCES} == {
        key: each for key, each in said.items() if key != SOURCES
    }
    return is_there and same and sources == (said.get(SOURCES) or {})


def _no_place() -> Problem:
    return Problem("MAP003", "it cannot be added without touching the rest of the file", Place(FILE_NAME),
                   "sources: with one source per line", next_step="paste it under sources: by hand")  # fmt: skip
