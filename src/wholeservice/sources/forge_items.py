"""What a forge such as GitHub or GitLab holds, in words that are the same for all: tickets, changes, commits, deployments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from wholeservice.sources.exports_read import Record, instant
from wholeservice.sources.work_rows import Origin

CLOSED, REOPENED, MERGED = "closed", "reopened", "merged"
LABELLED, UNLABELLED, ASSIGNED, UNASSIGNED = "labelled", "unlabelled", "assigned", "unassigned"
DRAFT, READY, REQUESTED, UNREQUESTED = "draft", "ready", "requested", "unrequested"
COMMENTED, APPROVED, UNAPPROVED, CHANGES = "commented", "approved", "unapproved", "changes"
SOMEBODY = "somebody"  # who was asked, where nobody knows whom
NOBODY = ("ghost",)  # what GitHub calls everybody who deleted their account


@dataclass(frozen=True, slots=True)
class Act:
    """What was done to a ticket or change at an instant: one of the words above, by or to *who*, or which label."""

    at: dt.datetime
    what: str
    who: str | None = None


@dataclass(slots=True)
class Ticket:
    """An issue. `reason`: why it was closed where it was not done."""

    name: str
    repo: str
    origin: Origin
    created: dt.datetime
    updated: dt.datetime | None = None
    closed: dt.datetime | None = None
    reason: str | None = None
    type: str | None = None
    labels: tuple[str, ...] = ()
    due: str | None = None
    size: str | None = None
    assignee: str | None = None
    acts: list[Act] = field(default_factory=list)


@dataclass(slots=True)
class Change(Ticket):
    """A pull or merge request. `merge_shas`: what it became on its branch; `is_draft`: now."""

    author: str | None = None
    is_draft: bool = False
    merged: dt.datetime | None = None
    base: str | None = None
    base_sha: str | None = None
    head_sha: str | None = None
    merge_shas: tuple[str, ...] = ()
    commits: dict[str, dt.datetime | None] = field(default_factory=dict)  # sha -> when it was authored
    fixes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: what it is made on, and when it was written (authored), not when it was last rewritten (committed)."""

    sha: str
    parents: tuple[str, ...]
    authored: dt.datetime | None


@dataclass(slots=True)
class Deployed:
    """A deployment: `at` and `result` are None until it has ended. Production has no environment."""

    name: str
    repo: str
    origin: Origin
    sha: str | None
    ref: str | None
    environment: str | None
    at: dt.datetime | None = None
    result: str | None = None


def told_at(record: Record, what: str) -> dt.datetime | None:
    """Return the instant of something, in the spelling of REST or of GraphQL.

    >>> told_at(Record({"closedAt": "2026-03-01T10:15:00Z"}, "f", 1), "closed").isoformat()
    '2026-03-01T10:15:00+00:00'
    """
    return instant(record.get(f"{what}_at")) or instant(record.get(f"{what}At"))


def commits_of(change: Change, commits: dict[str, Commit], limit: int = 1000) -> dict[str, dt.datetime | None]:
    """Return the commits of a change: from its newest back, without what its branch had already when it was made on that."""
    if change.commits or change.head_sha not in commits:
        return change.commits
    before = _reached(change.base_sha, commits, frozenset(), None) if change.base_sha in commits else frozenset()
    found = _reached(change.head_sha, commits, before, limit)
    return {sha: commits[sha].authored for sha in found}


def _reached(start: str | None, commits: dict[str, Commit], without: Iterable[str], limit: int | None) -> frozenset[str]:
    waiting, found, out = [start], set[str | None](), set(without)
    while waiting and (limit is None or len(found) < limit):
        sha = waiting.pop()
        if sha in commits and sha not in found and sha not in out:
            found.add(sha)
            waiting += commits[sha].parents
    return frozenset(sha for sha in found if sha is not None)
