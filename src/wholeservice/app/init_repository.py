"""A new workspace from a repository: what its tags look like, whose it is, and its history read at once."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from wholeservice.app.map_sources import is_repository
from wholeservice.errors import InputError, Place, Problem


@dataclass(frozen=True, slots=True)
class Repository:
    """A history as a source declares it, relative to a folder; the name of what it is of, and the tags that are releases."""

    history: dict[str, str]
    name: str
    releases: tuple[str, ...]
    n_releases: int
    n_tags: int


def look_at(path: Path, folder: Path) -> Repository:
    """Return what a repository, or an export of its commits with that of its tags beside it, says of itself.

    Errors   InputError or OutsideError where there is no history
    """
    from wholeservice.app.settings import DEFAULT_ZONE
    from wholeservice.organisation.start_repository import release_patterns
    from wholeservice.sources.base import Context
    from wholeservice.sources.git_export import read_export
    from wholeservice.sources.git_options import GitOptions
    from wholeservice.sources.git_repository import read_repository

    path = path.expanduser().resolve()
    options = GitOptions(Place(str(path)), **_history(path, path.parent))  # type: ignore[arg-type]
    context = Context(path.parent, DEFAULT_ZONE)
    reading = read_repository(options, context) if options.repository else read_export(options, context)
    if not reading.commits:
        raise InputError(Problem("SRC185", "it has no commit", Place(str(path)), "a history",
                                 next_step="see whether the clone is complete"))  # fmt: skip
    releases = tuple(release_patterns(reading.tags))
    n_releases = sum(GitOptions(Place(""), releases=releases).is_release(each) for each in reading.tags)
    return Repository(_history(path, folder), _name_of(path), releases, n_releases, len(reading.tags))


def _history(path: Path, folder: Path) -> dict[str, str]:
    if path.is_dir():
        if not is_repository(path):
            raise InputError(Problem("SRC181", f"{path} is no git repository", Place(str(path)),
                                     "a clone, a bare one or a worktree", next_step="name its top folder"))  # fmt: skip
        return {"repository": _relative(path, folder)}
    if not path.is_file():
        raise InputError(Problem("SRC120", f"there is no {path}", expected="a git repository, or an export of its commits",
                                 next_step="correct the path"))  # fmt: skip
    beside = path.with_name(path.name.replace("commits", "tags"))
    has_tags = beside != path and beside.is_file()
    return {"commits": _relative(path, folder), **({"tags": _relative(beside, folder)} if has_tags else {})}


def _relative(path: Path, folder: Path) -> str:
    relative = Path(os.path.relpath(path, folder.resolve())).as_posix()
    return relative if path.is_dir() else re.sub(r"([*?[])", r"[\1]", relative)  # a file's name may be a pattern


def _name_of(path: Path) -> str:
    """Name what a repository is of after its folder, or its export after the file."""
    name = path.name
    return name.removesuffix(".git") if path.is_dir() else name.partition(".")[0]
