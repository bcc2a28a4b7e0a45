"""
A git history: a repository, or an export of its commits and tags.

One raw row is a commit, a merge, a tag, or a reference that a commit says it fixes. Beside what git stores, a row says when the
commit reached the main line (`lands_at`) and which release had it first (`released_in`). Who wrote it is a hash; a mapping
that uses it for a person has it hashed once more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from wholeservice.errors import InputError, Place, Problem
from wholeservice.sources.base import Context, Header, Raw, Source
from wholeservice.sources.git_export import read_export
from wholeservice.sources.git_history import cut_off, guess_tip, skewed
from wholeservice.sources.git_options import OPTIONS, GitOptions, load
from wholeservice.sources.git_reading import Reading
from wholeservice.sources.git_repository import read_repository
from wholeservice.sources.git_rows import COLUMNS, batches


def read(options: GitOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield the rows of the whole history: where a commit landed can change with any new one. Raises InputError or
    OutsideError when there is no history to read."""
    reading = read_repository(options, context) if options.repository else read_export(options, context)
    if not reading.commits:
        raise InputError(*reading.refused or [Problem("SRC185", "it has no commit", Place(reading.name), "a history",
                                                      next_step="see whether the export is complete")])  # fmt: skip
    yield from reading.refused
    tip, is_guess = (reading.tip, False) if reading.tip in reading.commits else guess_tip(reading.commits)
    yield from _warnings(reading)
    if is_guess:
        yield _warning("SRC186", f"several lines end here; the one that ends in {tip[:12]} is taken as the main line", reading,
                       "branch: with a commit or a tag", "say branch: if it is another one")  # fmt: skip
    yield from batches(reading, tip, options, context)


def headers(options: GitOptions, context: Context) -> tuple[list[Header], list[Problem]]:
    """Return the header, which is always the same, and a problem when what is declared is not there."""
    path = options.repository or options.commits or ""
    if not (context.folder / Path(path).expanduser()).exists() and not any(mark in path for mark in "*?["):
        code, key = ("SRC181", "repository:") if options.repository else ("SRC120", "commits:")
        return [], [Problem(code, f"there is no {path}", options.place, "a git history", next_step=f"correct {key}")]
    return [Header(path, tuple(COLUMNS))], []


def usual(options: GitOptions) -> str:
    """Return the usual mapping: commits are changes that wait to land and for a release, releases are deployments."""
    service, environment = _text(options.service), _text(options.environment)
    deployment = options.service.replace("{", "{{").replace("}", "}}")
    return f"""
record: [record]
where: {{ row: [commit, tag, fix] }}
facts:
  - item: {{ item: "{{sha}}", kind: change, service: {service}, created_at: "{{authored_at}}", done_at: "{{lands_at}}" }}
    where: {{ row: commit }}
  - work: {{ item: "{{sha}}", stage: write, state: active, from_at: "{{authored_at}}", to_at: "{{committed_at}}",
             resource: "{{author}}" }}
    where: {{ row: commit, is_written: "true" }}
  - work: {{ item: "{{sha}}", stage: review, state: queued, from_at: "{{committed_at}}", to_at: "{{lands_at}}" }}
    where: {{ row: commit, waits_to_land: "true" }}
  - work: {{ item: "{{sha}}", stage: release, state: queued, from_at: "{{lands_at}}", to_at: "{{released_at}}" }}
    where: {{ row: commit, waits_for_release: "true" }}
  - link: {{ from_ref: {_quoted(f"deployment:{deployment}/{{released_in}}")}, relation: delivers, to_ref: "item:{{sha}}",
             happened_at: "{{released_at}}" }}
    where: {{ row: commit }}
  - deployment: {{ deployment: {_quoted(f"{deployment}/{{tag}}")}, service: {service}, environment: {environment},
                   version: "{{tag}}", deployed_at: "{{tagged_at}}" }}
    where: {{ row: tag, is_release: "true" }}
  - link: {{ from_ref: "item:{{sha}}", relation: fixes, to_ref: "item:{{fixes}}", happened_at: "{{lands_at}}" }}
    where: {{ row: fix }}
"""


def _text(words: str) -> str:
    """Spell a fixed text in a mapping, where a brace means a column."""
    return _quoted(words.replace("{", "{{").replace("}", "}}"))


def _quoted(value: str) -> str:
    return json.dumps(value)


def _warnings(reading: Reading) -> Iterator[Problem]:
    """Tell once, with a count, what is odd in a history."""
    n_cut, n_skewed = len(cut_off(reading.commits)), len(skewed(reading.commits))
    if reading.is_shallow or n_cut:
        what = "the clone is shallow" if reading.is_shallow else f"the parents of {n_cut:,} commits are not there"
        yield _warning("SRC184", f"{what}: the history is cut off", reading, "the whole history", "git fetch --unshallow")
    if n_skewed:
        yield _warning("SRC187", f"{n_skewed:,} commits are dated before their parent", reading, "dates that go forward",
                       "nothing needs doing; the dates are kept as they are")  # fmt: skip
    lost = [tag.name for tag in reading.tags.values() if tag.sha not in reading.commits]
    if lost:
        what = f"{len(lost):,} tags name no commit of this history, such as '{lost[0][:60]}'"
        yield _warning("SRC189", what, reading, "tags of commits", "see whether the history is complete")


def _warning(code: str, what: str, reading: Reading, expected: str, next_step: str) -> Problem:
    return Problem(code, what, Place(reading.name), expected, next_step=next_step, severity="warning")


SOURCE = Source(name="git", options=OPTIONS, load=load, headers=headers, read=read, usual=usual)
