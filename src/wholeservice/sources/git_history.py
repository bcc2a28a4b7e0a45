"""
What a git history says of each commit: when it landed on the main line, and which release had it first.

Each is found in one walk over the commits, however many tags there are. Pure: commits and tags in, answers out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Landings = Mapping[str, str]
"""commit -> the commit of the main line that brought it in, which is itself for one on the main line"""

_TRIAL = re.compile(r"Merge [0-9a-f]{40} into [0-9a-f]{40}$")


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. `author` and `committer` are hashes; `number` is its line or position, from 1."""

    sha: str
    parents: tuple[str, ...]
    authored_at: dt.datetime
    committed_at: dt.datetime
    author: str | None
    committer: str | None
    subject: str
    number: int

    @property
    def is_merge(self) -> bool:
        return len(self.parents) > 1

    @property
    def is_trial(self) -> bool:
        """A merge that a server made to see whether a pull request fits; it stands on no branch."""
        return self.is_merge and _TRIAL.match(self.subject) is not None

    @property
    def first_parent(self) -> str | None:
        return self.parents[0] if self.parents else None


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag. `type` is tag (with a date of its own) or commit; `sha` what it finally names."""

    name: str
    type: str
    sha: str
    tagged_at: dt.datetime | None
    number: int


Commits = Mapping[str, Commit]


def main_line(commits: Commits, tip: str) -> list[str]:
    """Return the first parents from *tip* back to the root, oldest first."""
    line: dict[str, None] = {}
    sha = tip
    while sha in commits and sha not in line:
        line[sha] = None
        sha = commits[sha].first_parent or ""
    return list(reversed(line))


def landings(commits: Commits, tip: str) -> Landings:
    """Say for each commit which one of the main line brought it in; those that never landed are not there."""
    line = main_line(commits, tip)
    found = {sha: sha for sha in line}
    for sha in line:
        for each in _unseen(commits, commits[sha].parents[1:], found):
            found[each] = sha
    return found


def first_releases(commits: Commits, tags: Iterable[Tag]) -> dict[str, Tag]:
    """Say for each commit which tag had it first: by the date of the tag, not by its number."""
    found: dict[str, Tag] = {}
    dated = [tag for tag in tags if tag.tagged_at is not None]
    for tag in sorted(dated, key=lambda each: (each.tagged_at, each.name)):
        for sha in _unseen(commits, (tag.sha,), found):
            found[sha] = tag
    return found


def _unseen(commits: Commits, start: Sequence[str], seen: Mapping[str, object]) -> Iterator[str]:
    """Yield what can be reached from *start* and is not in *seen*, to which the caller adds each."""
    waiting = list(start)
    while waiting:
        sha = waiting.pop()
        if sha in commits and sha not in seen:
            yield sha
            waiting.extend(commits[sha].parents)


def guess_tip(commits: Commits) -> tuple[str, bool]:
    """
    Return the end of the main line, and whether it is a guess: an export has many heads and names none.

    What a trial merge was tried on ends a branch that takes pull requests, and so does a merge that is no trial. Of those the
    one with most merges behind it is taken, then the longest; where there is none, of all heads.
    """
    parents = {parent for commit in commits.values() for parent in commit.parents}
    heads = [commit for commit in commits.values() if commit.sha not in parents] or list(commits.values())[:1]
    if len(heads) == 1 and not heads[0].is_trial:
        return heads[0].sha, False
    ends = {_tried_on(commits, head.sha) for head in heads if head.is_merge} & commits.keys() or {head.sha for head in heads}
    depth = _depths(commits, ends)
    return max(sorted(ends), key=lambda sha: depth[sha]), True


def _tried_on(commits: Commits, sha: str) -> str:
    seen: set[str] = set()
    while sha in commits and commits[sha].is_trial and sha not in seen:
        seen.add(sha)
        sha = commits[sha].parents[0]
    return sha


def _depths(commits: Commits, ends: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Count merges and commits on the line of first parents of each end; each commit is walked once."""
    depth: dict[str, tuple[int, int]] = {}
    for end in ends:
        line: dict[str, None] = {}
        sha = end
        while sha in commits and sha not in depth and sha not in line:
            line[sha] = None
            sha = commits[sha].first_parent or ""
        merges, length = depth.get(sha, (0, 0))
        for each in reversed(line):
            merges, length = merges + (commits[each].is_merge and not commits[each].is_trial), length + 1
            depth[each] = (merges, length)
    return depth


def skewed(commits: Commits) -> list[str]:
    """Return the commits that are dated before one of their parents."""
    return [
        commit.sha
        for commit in commits.values()
        if any(parent in commits and commit.committed_at < commits[parent].committed_at for parent in commit.parents)
    ]


def cut_off(commits: Commits) -> list[str]:
    """Return the commits that have a parent which is not there."""
    return [commit.sha for commit in commits.values() if any(parent not in commits for parent in commit.parents)]
