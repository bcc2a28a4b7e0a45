"""Load `organisation/*.yaml` into one typed graph. The only file of this room that touches the disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wholeservice.documents import Node, parse
from wholeservice.errors import Place, Problem
from wholeservice.organisation.build import build
from wholeservice.organisation.codes import new_problem
from wholeservice.organisation.graph import Organisation

FOLDER = "organisation"
MAX_BYTES = 16 * 1024 * 1024


def load(folder: Path) -> tuple[Organisation, list[Problem]]:
    """Read all YAML of a workspace's organisation folder.

    Shape    (organisation of what could be read, problems in order of file and line); `check` finds what does not hold together
    Errors   none: a file that is missing, too large, no text or no YAML is a problem
    """
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    home = folder / FOLDER
    try:
        paths = sorted(path for path in home.iterdir() if path.suffix in (".yaml", ".yml"))
    except OSError as error:
        problems.append(_unreadable(Place(f"{FOLDER}/"), error, "make a workspace with: wholeservice init DIR"))
        paths = []
    for path in paths:
        name = f"{FOLDER}/{path.name}"
        try:
            content = _read(path)
        except OSError as error:
            problems.append(_unreadable(Place(name), error, "see that the file is there and may be read"))
            continue
        decoded = _decode(content, name)
        if isinstance(decoded, Problem):
            problems.append(decoded)
        else:
            texts[name] = decoded
    org, found = load_texts(texts)
    if not paths and not problems:
        problems.append(_nothing_declared())
    return org, sorted((*problems, *found), key=_position)


def load_texts(texts: Mapping[str, str]) -> tuple[Organisation, list[Problem]]:
    """Build the organisation of YAML texts, {file name: text}. Pure; any text gives problems, never an exception."""
    problems: list[Problem] = []
    roots: list[Node] = []
    for file in sorted(texts):
        root = _parse(texts[file], file, problems)
        if root is not None:
            roots.append(root)
    org = build(roots, problems)
    if texts and not org.name and not any(problem.code == "ORG015" for problem in problems):
        problems.append(
            new_problem(
                "ORG015",
                "no file says the organisation's name",
                Place(sorted(texts)[0]),
                "org: { name: ... } in one file",
                fix="add it",
            )
        )
    return org, sorted(problems, key=_position)


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _decode(content: bytes, name: str) -> str | Problem:
    if len(content) > MAX_BYTES:
        return new_problem(
            "ORG007", "this file is too large", Place(name), f"at most {MAX_BYTES // 1024 // 1024} MB", fix="split it"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        return _not_text(Place(name, line, column), f"byte 0x{content[error.start]:02x}")
    return _not_text(Place(name, text.count("\n", 0, text.index("\0")) + 1), "a zero byte") if "\0" in text else text


def _parse(text: str, file: str, problems: list[Problem]) -> Node | None:
    if not text.strip():
        problems.append(
            new_problem(
                "ORG006", "this file is empty", Place(file), "sections such as services: and teams:", fix="fill it or remove it"
            )
        )
        return None
    root, found = parse(text, file)
    problems.extend(found)
    if root is None or isinstance(root.value, dict):
        if root is None and not found:
            problems.append(
                new_problem(
                    "ORG006",
                    "this file holds only comments",
                    Place(file),
                    "sections such as services: and teams:",
                    fix="fill it or remove it",
                )
            )
        return root
    problems.append(
        new_problem(
            "ORG006",
            "this is not an organisation file",
            root.place,
            "sections such as services: and teams:",
            fix="see docs/organisation.md",
        )
    )
    return None


def _not_text(place: Place, what: str) -> Problem:
    return new_problem("ORG005", f"this file is not UTF-8 text: {what}", place, "text in UTF-8", fix="save it as UTF-8")


def _unreadable(place: Place, error: OSError, next_step: str) -> Problem:
    why = error.strerror or type(error).__name__
    return new_problem("ORG004", f"cannot be read: {why.lower()}", place, fix=next_step)


def _nothing_declared() -> Problem:
    return new_problem(
        "ORG008",
        "nothing is declared here",
        Place(f"{FOLDER}/"),
        "at least one .yaml file",
        fix="make one with: wholeservice init DIR",
    )


def _position(problem: Problem) -> tuple[str, int, int, str]:
    place = problem.place or Place("")
    return place.file, place.line or 0, place.column or 0, problem.code
