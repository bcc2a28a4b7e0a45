"""The raw rows of a history: one per commit, merge and tag, and one per `fixes #12` of a subject."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wholeservice.periods import instant
from wholeservice.sources.base import Batch, Context, Header
from wholeservice.sources.git_history import Commit, Landings, Tag, first_releases, landings
from wholeservice.sources.git_options import GitOptions
from wholeservice.sources.git_reading import Reading

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_PER_BATCH = 2**16
TEXT, INSTANT, FLAG = "text", "instant", "flag"
COLUMNS: dict[str, str] = {
    "row": TEXT, "record": TEXT, "sha": TEXT, "parents": TEXT, "first_parent": TEXT, "is_merge": FLAG, "subject": TEXT,
    "author": TEXT, "committer": TEXT, "authored_at": INSTANT, "committed_at": INSTANT,
    "landed_in": TEXT, "lands_at": INSTANT, "released_in": TEXT, "released_at": INSTANT, "tagged": TEXT,
    "is_written": FLAG, "is_rewritten": FLAG, "waits_to_land": FLAG, "waits_for_release": FLAG,
    "fixes": TEXT, "tag": TEXT, "tag_type": TEXT, "tagged_at": INSTANT, "is_release": FLAG,
}  # fmt: skip

_FIXES = re.compile(
    r"\b(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?)\b:?\s+"
    r"((?:(?:[\w.-]+/[\w.-]+)?#\d{1,10}|GH-\d{1,10}|[A-Z][A-Z0-9]{1,15}-\d{1,10})"
    r"(?:\s*(?:,|and|&)\s*(?:(?:[\w.-]+/[\w.-]+)?#\d{1,10}|GH-\d{1,10}|[A-Z][A-Z0-9]{1,15}-\d{1,10}))*)",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"(?:[\w.-]+/[\w.-]+)?#\d+|GH-\d+|[A-Z][A-Z0-9]*-\d+", re.IGNORECASE)

Row = dict[str, Any]


def batches(reading: Reading, tip: str, options: GitOptions, context: Context) -> Iterator[Batch]:
    """Yield the rows of a history, in the order in which it was read, tags last."""
    since = instant(options.since, context.zone) if options.since else None
    waiting: list[Row] = []
    for row in _commit_rows(reading, tip, options):
        if since is None or max(row["committed_at"], row["lands_at"] or row["committed_at"]) >= since:
            waiting.append(row)
        if len(waiting) >= ROWS_PER_BATCH:
            yield _batch(reading.name, waiting, reading.counts_in)
            waiting = []
    if waiting:
        yield _batch(reading.name, waiting, reading.counts_in)
    dated = [tag for tag in reading.tags.values() if since is None or tag.tagged_at is None or tag.tagged_at >= since]
    tags = [_tag_row(tag, options) for tag in dated]
    if tags:
        yield _batch(reading.tags_name, tags, reading.counts_in)


def _commit_rows(reading: Reading, tip: str, options: GitOptions) -> Iterator[Row]:
    landed = landings(reading.commits, tip)
    releases = [tag for tag in reading.tags.values() if options.is_release(tag.name)]
    released = first_releases(reading.commits, releases)
    tagged: dict[str, list[str]] = {}
    for tag in reading.tags.values():
        tagged.setdefault(tag.sha, []).append(tag.name)
    for commit in reading.commits.values():
        row = _commit_row(commit, landed, reading) | {"tagged": " ".join(tagged.get(commit.sha, ())) or None}
        row |= _release(row, released.get(commit.sha), has_releases=bool(releases))
        yield row
        for reference in fixes(commit.subject, options.issues):
            yield row | {"row": "fix", "fixes": reference}


def _commit_row(commit: Commit, landed: Landings, reading: Reading) -> Row:
    landing = reading.commits.get(landed.get(commit.sha, ""))
    is_rewritten = commit.committed_at > commit.authored_at
    waits_to_land = landing is None or landing.committed_at > commit.committed_at
    return {
        "number": commit.number,
        "row": "merge" if commit.is_merge else "commit",
        "record": commit.sha,
        "sha": commit.sha,
        "parents": " ".join(commit.parents) or None,
        "first_parent": commit.first_parent,
        "is_merge": commit.is_merge,
        "subject": commit.subject or None,
        "author": commit.author,
        "committer": commit.committer,
        "authored_at": commit.authored_at,
        "committed_at": commit.committed_at,
        "landed_in": landing.sha if landing else None,
        "lands_at": landing.committed_at if landing else None,
        "is_written": is_rewritten or (waits_to_land and commit.committed_at == commit.authored_at),
        "is_rewritten": is_rewritten,
        "waits_to_land": waits_to_land,
    }


def _release(row: Row, tag: Tag | None, *, has_releases: bool) -> Row:
    """Say when a commit was released; one that landed waits until then, and where nothing is ever released nothing waits."""
    lands_at, released_at = row["lands_at"], tag.tagged_at if tag else None
    waits = has_releases and lands_at is not None and (released_at is None or released_at > lands_at)
    return {"released_in": tag.name if tag else None, "released_at": released_at, "waits_for_release": waits}


def _tag_row(tag: Tag, options: GitOptions) -> Row:
    return {
        "number": tag.number,
        "row": "tag",
        "record": f"tags/{tag.name}",
        "sha": tag.sha,
        "tag": tag.name,
        "tag_type": tag.type or None,
        "tagged_at": tag.tagged_at,
        "is_release": options.is_release(tag.name),
    }


def fixes(subject: str, prefix: str) -> list[str]:
    """Return what a subject says it fixes, each once.

    >>> fixes("Fixes #12, #13 and closes: OPS-7", "shop#")
    ['shop#12', 'shop#13', 'OPS-7']
    >>> fixes("fix acme/pay#4; fix the 5 tests of #6", "shop#")
    ['acme/pay#4']
    """
    found: dict[str, None] = {}
    for match in _FIXES.finditer(subject):
        for reference in _REFERENCE.findall(match[1]):
            number = reference.removeprefix("#") if reference.startswith("#") else reference[3:]
            is_own = reference.startswith("#") or reference.upper().startswith("GH-")
            found[prefix + number if is_own else reference] = None
    return list(found)


def _batch(file: str, rows: list[Row], counts_in: str) -> Batch:
    import pyarrow as pa

    types: dict[str, pa.DataType] = {TEXT: pa.string(), INSTANT: pa.timestamp("us", "UTC"), FLAG: pa.bool_()}
    columns = tuple(pa.array([row.get(name) for row in rows], types[type_]) for name, type_ in COLUMNS.items())
    numbers = pa.array([row["number"] for row in rows], pa.int64())
    return Batch(Header(file, tuple(COLUMNS)), columns, numbers, counts_in)
