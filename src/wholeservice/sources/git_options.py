"""What may be said of a git history: where it is, whose it is, and which of its tags are releases."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem

OPTIONS: dict[str, str] = {
    "repository": "path of a repository: a clone, a bare one, or a worktree; read with the git that is installed",
    "commits": "instead: path of an export of commits, a table with sha, parents, author_date, commit_date ...",
    "tags": "path of the export of its tags, a table with tag, type, object, target, created",
    "service": "whose repository it is; without it the name of its folder or file",
    "releases": "pattern of the tags that are releases, such as v*; a list, where ! takes out; without it none is",
    "environment": "what a release reaches; without it production",
    "branch": "the main line: a branch, tag or commit; without it HEAD",
    "since": "a day: what was committed, landed or tagged before is left out",
    "issues": "what stands before the number in `fixes #12`; without it SERVICE#",
    "trusted": "true: read the repository although it belongs to another user",
}


@dataclass(frozen=True, slots=True)
class GitOptions:
    """A history as declared: either a repository, or an export of its commits and tags."""

    place: Place
    repository: str | None = None
    commits: str | None = None
    tags: str | None = None
    service: str = ""
    releases: tuple[str, ...] = ()
    environment: str = "production"
    branch: str | None = None
    since: dt.date | None = None
    issues: str = ""
    is_trusted: bool = False

    def is_release(self, tag: str) -> bool:
        """Say whether a tag is a release.

        >>> options = GitOptions(Place("x"), releases=("release_*", "!release_*_*"))
        >>> options.is_release("release_12"), options.is_release("release_12_hotfix"), options.is_release("old")
        (True, False, False)
        """
        taken_out = [each[1:] for each in self.releases if each.startswith("!")]
        wanted = [each for each in self.releases if not each.startswith("!")]
        return any(fnmatchcase(tag, each) for each in wanted) and not any(fnmatchcase(tag, each) for each in taken_out)


def load(node: Node) -> tuple[GitOptions, list[Problem]]:
    """Load the options from a declaration; keys that are not options are left to the mapping."""
    texts = {key: node.mapping[key].text for key in OPTIONS if key in node.mapping}
    problems = _which(node, texts)
    since, since_problems = _day(node.mapping.get("since"))
    trusted = node.mapping.get("trusted")
    if trusted is not None and trusted.text not in ("true", "false"):
        problems.append(Problem("SRC113", "trusted: is true or false", trusted.place, "true or false", next_step="write one"))
    service = texts.get("service") or _name_of(texts.get("repository") or texts.get("commits") or "")
    if not service and not problems:
        problems.append(Problem("SRC103", "it is not said whose repository this is", node.place, "service: NAME",
                                next_step="add service:"))  # fmt: skip
    options = GitOptions(
        place=node.place,
        repository=texts.get("repository"),
        commits=texts.get("commits"),
        tags=texts.get("tags"),
        service=service,
        releases=tuple(each.text for each in node.mapping["releases"].items if each.text) if "releases" in texts else (),
        environment=texts.get("environment") or "production",
        branch=texts.get("branch"),
        since=since,
        issues=f"{service}#" if texts.get("issues") is None else str(texts["issues"]),
        is_trusted=trusted is not None and trusted.text == "true",
    )
    return options, problems + since_problems


def _which(node: Node, texts: dict[str, str | None]) -> list[Problem]:
    if bool(texts.get("repository")) == bool(texts.get("commits")):
        what = "this source names both a repository and an export" if texts.get("commits") else "this source names no history"
        return [Problem("SRC103", what, node.place, "repository: PATH, or commits: FILE", next_step="say one of the two")]
    if texts.get("repository") and texts.get("tags"):
        return [Problem("SRC103", "a repository has its own tags", node.mapping["tags"].place, "tags: with commits: only",
                        next_step="take tags: out")]  # fmt: skip
    return []


def _day(node: Node | None) -> tuple[dt.date | None, list[Problem]]:
    if node is None:
        return None, []
    try:
        return dt.date.fromisoformat(node.text or ""), []
    except ValueError:
        return None, [Problem("SRC113", f"'{node.text}' is no day", node.place, "a day such as 2026-01-31",
                              next_step="write the day, or take since: out")]  # fmt: skip


def _name_of(path: str) -> str:
    """Name the service after its folder or file.

    >>> _name_of("../spotlight.git"), _name_of("exports/spotlight.commits.csv.gz"), _name_of("../my.shop/")
    ('spotlight', 'spotlight', 'my.shop')
    """
    name = PurePosixPath(path).name.removesuffix(".git")
    return re.sub(r"([.]commits)?[.](csv|tsv)([.](gz|zip))?$", "", name)
