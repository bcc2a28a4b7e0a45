"""A history as it was read, from a repository or an export; and how its texts become commits and tags."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache

from wholeservice.errors import Place, Problem
from wholeservice.sources.base import LINE
from wholeservice.sources.git_history import Commit, Tag

MAX_COMMITS = 5_000_000
MAX_SUBJECT = 1000
_SHA = re.compile(r"[0-9a-f]{7,64}$")
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)\s*(Z|[+-]\d{2}:?\d{2})$")


@dataclass(slots=True)
class Reading:
    """What was read. `tip` ends the main line; None where that must be found. `is_shallow`: the clone says so itself."""

    name: str  # of the repository or the file of commits, for places
    tags_name: str
    counts_in: str = LINE
    commits: dict[str, Commit] = field(default_factory=dict)
    tags: dict[str, Tag] = field(default_factory=dict)
    tip: str | None = None
    is_shallow: bool = False
    refused: list[Problem] = field(default_factory=list)

    def refuse(self, file: str, number: int, what: str, expected: str) -> None:
        """Note a row that is no commit or tag. Its text is not kept: it holds names of people."""
        place = Place(f"{file}#{number}") if self.counts_in != LINE else Place(file, number)
        self.refused.append(Problem("SRC188", what, place, expected))

    def add_commit(self, cells: tuple[str, ...], number: int) -> None:
        """Add (sha, parents, author date, commit date, author, committer, subject), or refuse it."""
        sha, parents, authored, committed, author, committer, subject = cells
        authored_at, committed_at = instant_of(authored), instant_of(committed)
        if not _SHA.match(sha) or not all(_SHA.match(each) for each in parents.split()):
            self.refuse(self.name, number, f"'{sha[:60]}' or one of its parents is no hash", "letters a to f and digits")
        elif sha in self.commits:
            self.refuse(self.name, number, f"commit {sha[:12]} stands here again", "each commit once")
        elif authored_at is None or committed_at is None:
            bad = authored if authored_at is None else committed
            self.refuse(
                self.name, number, f"'{bad[:40]}' is no date of a commit", "a date with an offset: 2026-01-31T10:15:00Z"
            )
        else:
            people = alias(author), alias(committer)
            self.commits[sha] = Commit(sha, tuple(parents.split()), authored_at, committed_at, *people, subject[:MAX_SUBJECT],
                                       number)  # fmt: skip

    def add_tag(self, cells: tuple[str, str, str, str], number: int) -> None:
        """Add (name, type, commit, date), or refuse it."""
        name, type_, sha, created = cells
        tagged_at = instant_of(created) if created else None
        if not name or not _SHA.match(sha):
            self.refuse(self.tags_name, number, f"tag '{name[:60]}' names no hash", "a name, and the hash of its commit")
        elif created and tagged_at is None:
            self.refuse(self.tags_name, number, f"'{created[:40]}' is no date of a tag", "a date with an offset")
        elif name in self.tags:
            self.refuse(self.tags_name, number, f"tag '{name[:60]}' stands here again", "each tag once")
        else:
            self.tags[name] = Tag(name, type_, sha, tagged_at, number)


@lru_cache(maxsize=2**16)
def alias(who: str) -> str | None:
    """Return a hash of who it was; one that is a hash already, as in an export, stays.

    >>> alias("Ann@Example.org") == alias("ann@example.org ") != alias("bob@example.org")
    True
    >>> alias("3e564ac26052"), alias("")
    ('3e564ac26052', None)
    """
    plain = who.strip().lower()
    if not plain or re.fullmatch(r"[0-9a-f]{8,64}", plain):
        return plain or None
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def instant_of(text: str) -> dt.datetime | None:
    """Read a date as git writes it, None where it is none.

    >>> instant_of("2026-03-01T10:15:00+01:00").isoformat(), instant_of("2026-03-01 10:15:00 +0100") is not None
    ('2026-03-01T09:15:00+00:00', True)
    >>> instant_of("2026-03-01"), instant_of("99999-01-01T00:00:00Z")
    (None, None)
    """
    match = _ISO.match(text.strip())
    if match is None:
        return None
    try:
        return dt.datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3]}").astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
