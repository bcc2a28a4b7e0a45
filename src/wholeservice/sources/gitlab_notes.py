"""What the notes and events of GitLab say was done; of the words of people only that somebody said something is taken."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from wholeservice.sources import forge_items as forge
from wholeservice.sources.exports_read import Record
from wholeservice.sources.forge_items import SOMEBODY, Act, told_at

_NAMES = re.compile(r"@([\w.-]+)")
_SYSTEM: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"approved this merge request"), forge.APPROVED),
    (re.compile(r"unapproved this merge request|reset approvals"), forge.UNAPPROVED),
    (re.compile(r"requested changes"), forge.CHANGES),
    (re.compile(r"requested review from"), forge.REQUESTED),
    (re.compile(r"removed review request for"), forge.UNREQUESTED),
    (re.compile(r"marked (?:this merge request )?as (?:a )?\*\*(?:draft|work in progress)\*\*", re.IGNORECASE), forge.DRAFT),
    (re.compile(r"(?:marked this merge request as \*\*ready\*\*|unmarked)", re.IGNORECASE), forge.READY),
    (re.compile(r"assigned to"), forge.ASSIGNED),
    (re.compile(r"unassigned"), forge.UNASSIGNED),
    (re.compile(r"closed\b"), forge.CLOSED),
    (re.compile(r"reopened\b"), forge.REOPENED),
)
"""How a note of GitLab itself begins -> what was done."""
_STATES = {"closed": forge.CLOSED, "reopened": forge.REOPENED, "merged": forge.MERGED, "2": forge.CLOSED, "3": forge.MERGED}
_TO_SOMEBODY = (forge.REQUESTED, forge.UNREQUESTED, forge.ASSIGNED, forge.UNASSIGNED)


def of_note(note: Record) -> Iterator[Act]:
    """Yield what a note tells: of GitLab's own notes what was done, of those of people that they looked at it."""
    at, words = told_at(note, "created"), note.text("body") or note.text("note") or ""
    author = person(note, "author")
    if at is None:
        return
    if note.get("system") is not True:
        yield Act(at, forge.COMMENTED, author)
        return
    what = next((what for pattern, what in _SYSTEM if pattern.match(words)), None)
    if what is None:
        return
    names = _NAMES.findall(words) if author is None or not author.isdecimal() else []  # an export knows people by number only
    if what in _TO_SOMEBODY:
        yield from (Act(at, what, name) for name in names or [SOMEBODY])
    else:
        yield Act(at, what, None if what in (forge.CLOSED, forge.REOPENED) else author)


def of_state(event: Record) -> Act | None:
    """Return what an event of the state tells."""
    return _act(told_at(event, "created"), _STATES.get(event.text("state") or ""), None)


def of_label(event: Record) -> Act | None:
    """Return what an event of a label tells; a label that was deleted since has no name."""
    what = {"add": forge.LABELLED, "1": forge.LABELLED, "remove": forge.UNLABELLED, "2": forge.UNLABELLED}
    name = event.text("label.name") or event.text("label.title")
    return _act(told_at(event, "created"), what.get(event.text("action") or "") if name else None, name)


def person(record: Record, path: str) -> str | None:
    """Return who somebody is: a user name, or in an export the number of the user."""
    return record.text(f"{path}.username") or record.text(f"{path}_id") or record.text(f"{path}.id")


def _act(at: dt.datetime | None, what: str | None, who: str | None) -> Act | None:
    return Act(at, what, who) if at is not None and what is not None else None
