"""The files of an event log as declared: those that are there, and what to say of those that are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wholeservice.errors import Place, Problem, suggest
from wholeservice.sources.base import Context, nothing_there
from wholeservice.sources.files import File, find


def found(
    patterns: Sequence[str], context: Context, place: Place, *, is_optional: bool, member: str | None = None
) -> tuple[list[File], list[Problem]]:
    """Return the files of all patterns, and a problem for each pattern without one: a warning where it is optional."""
    files: list[File] = []
    problems: list[Problem] = []
    for pattern in patterns:
        some = [replace(file, member=member) for file in find(pattern, context.folder)]
        files += some
        if not some:
            problems.append(_missing(pattern, context, place, is_optional=is_optional))
    return files, problems


def _missing(pattern: str, context: Context, place: Place, *, is_optional: bool) -> Problem:
    if is_optional:
        return nothing_there(pattern, place)
    folder = (context.folder / pattern).parent
    beside = [each.name for each in folder.iterdir()] if folder.is_dir() else []
    where = "no such file" if folder.is_dir() else f"there is no folder {folder.as_posix()}"
    nearest = suggest(pattern.rpartition("/")[2], beside)
    return Problem(
        "SRC120", f"there is no {pattern}", place, f"a file ({where})", nearest, "correct file:, or say optional: true"
    )
