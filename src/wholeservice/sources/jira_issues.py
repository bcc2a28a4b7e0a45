"""What stands in the files of Jira: issues, their changes, and its statuses; each issue once, the newest copy of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wholeservice.errors import Problem
from wholeservice.sources.exports_read import Record, instant, since_epoch
from wholeservice.sources.work_rows import Origin, WorkReading, no_export
from wholeservice.sources.work_statuses import lowered

_OF_ISSUE = re.compile(r"/issue/([^/?]+)/changelog")
_CUT_AT = frozenset(("status", "assignee", "Flagged", "Key", "Link"))  # and fields of the site's own, such as its team
_NUMBER = re.compile(r"\d{1,18}")
EXPECTED = "an issue with id, key and fields, or its changelog"


@dataclass(frozen=True, slots=True)
class Moved:
    """One field that a person changed. `old` and `new` are ids, the others what people read; blank is None."""

    field: str
    field_id: str | None
    old: str | None
    old_name: str | None
    new: str | None
    new_name: str | None


@dataclass(frozen=True, slots=True)
class History:
    """What was changed at once."""

    at: dt.datetime
    order: int
    items: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """A link of an issue to another, as it stands now: *name* is the type; `is_from`: this issue is the one that acts."""

    name: str
    key: str
    is_from: bool


@dataclass(slots=True)
class Issue:
    """One issue as it stands now, and its changes."""

    id: str
    key: str
    origin: Origin
    created: dt.datetime
    updated: dt.datetime | None
    project: str | None
    type: str | None
    status: str | None
    status_id: str | None
    assignee: str | None
    priority: str | None
    part: str | None
    due_on: str | None
    resolution: str | None
    resolved: dt.datetime | None
    parent: str | None
    ties: tuple[Tie, ...]
    custom: Mapping[str, str | None]
    histories: dict[str, History]
    n_histories: int | None  # as Jira counts them; None: the issue came without its changelog

    def in_order(self) -> list[History]:
        """Return the changes from the first to the last: Jira Cloud gives the last first."""
        return sorted(self.histories.values(), key=lambda each: (each.at, each.order))

    @property
    def is_cut_off(self) -> bool:
        return self.n_histories is not None and len(self.histories) < self.n_histories


@dataclass(slots=True)
class Export:
    """All that the files hold."""

    fields: Mapping[str, str]
    issues: dict[str, Issue] = field(default_factory=dict)
    older: list[tuple[str, Origin]] = field(default_factory=list)
    lone: dict[str, dict[str, History]] = field(default_factory=dict)  # changelogs on their own, by id or key of the issue
    categories: dict[str, str] = field(default_factory=dict)  # status -> new, indeterminate or done
    names: dict[str, str] = field(default_factory=dict)  # id of a status -> what it is called now
    keys: dict[str, str] = field(default_factory=dict)  # a key that an issue ever had -> its id

    def take(self, record: Record, reading: WorkReading) -> Problem | None:
        """Take a record in; return why it cannot be taken."""
        if isinstance(record.get("changeHistories"), list):
            return self._changes(record.text("issueId"), record.get("changeHistories"), record)
        if isinstance(record.get("values"), list):
            match = _OF_ISSUE.search(record.text("self") or "")
            return self._changes(match and match[1], record.get("values"), record)
        if isinstance(record.get("fields"), dict):
            return self._issue(record, reading)
        if record.text("statusCategory.key") and record.text("name"):
            self._status(record, "")
            return None
        said = record.get("errorMessages")
        what = f"Jira answered with an error: {str(said)[:200]}" if said else "this is no issue"
        return no_export(what, record, EXPECTED)

    def _status(self, record: Record, path: str) -> None:
        name, category, key = (record.text(path + each) for each in ("name", "statusCategory.key", "id"))
        if name and category:
            self.categories[lowered(name)] = category
        if name and key:
            self.names[key] = name

    def _changes(self, key: str | None, values: Any, record: Record) -> Problem | None:
        if not key:
            return no_export("this changelog does not say of which issue it is", record, EXPECTED)
        self.lone.setdefault(key, {}).update(_histories(values))
        return None

    def _issue(self, record: Record, reading: WorkReading) -> Problem | None:
        issue = _issue(record, self.fields, reading.origin(record))
        if isinstance(issue, Problem):
            return issue
        self._status(record, "fields.status.")
        known = self.issues.get(issue.id)
        if known is not None:
            new, old = (
                (issue, known) if (issue.updated or issue.created) >= (known.updated or known.created) else (known, issue)
            )
            new.histories = {**old.histories, **new.histories}
            self.older.append((old.id, old.origin))
            issue = new
        self.issues[issue.id] = issue
        return None

    def completed(self) -> None:
        """Give each issue the changes that came on their own, and note each key that it ever had."""
        for issue in self.issues.values():
            more = {**self.lone.get(issue.id, {}), **self.lone.get(issue.key, {})}
            if more:
                issue.histories = {**more, **issue.histories}
                issue.n_histories = max(issue.n_histories or 0, len(issue.histories))
            self.keys[issue.key] = issue.id
        for issue in self.issues.values():
            for moved in (each for history in issue.in_order() for each in history.items if each.field == "Key"):
                self.keys.setdefault(moved.old_name or "", issue.id)

    def called(self, key: str) -> str:
        """Return what an issue is called now that was once called *key*."""
        return self.issues[self.keys[key]].key if key in self.keys else key


def _issue(record: Record, fields: Mapping[str, str], origin: Origin) -> Issue | Problem:
    key, created = record.text("key"), instant(record.get("fields.created"))
    if key is None or created is None:
        return no_export("the issue has no key, or does not say when it was created", record, EXPECTED)
    parts = [each for each in _names(record.get("fields.components")) if each]
    custom = {name: _shown(record.get(f"fields.{each}")) for name, each in fields.items()}
    log = record.get("changelog")
    histories = log.get("histories") if isinstance(log, dict) else None
    total = log.get("total") if isinstance(log, dict) else None
    found = _histories(histories)
    return Issue(
        id=record.text("id") or key, key=key, origin=origin, created=created, updated=instant(record.get("fields.updated")),
        project=record.text("fields.project.key") or key.rpartition("-")[0] or None, type=record.text("fields.issuetype.name"),
        status=record.text("fields.status.name"), status_id=record.text("fields.status.id"),
        assignee=_person(record, "fields.assignee"), priority=record.text("fields.priority.name"),
        part=custom.get("part") or next(iter(parts), None), due_on=record.text("fields.duedate"),
        resolution=record.text("fields.resolution.name"), resolved=instant(record.get("fields.resolutiondate")),
        parent=custom.get("parent") or record.text("fields.parent.key"), ties=tuple(_ties(record.get("fields.issuelinks"))),
        custom=custom, histories=found,
        n_histories=None if histories is None else total if isinstance(total, int) else len(found),
    )  # fmt: skip


def _person(record: Record, path: str) -> str | None:
    """Return the id of a person: of the account, or on a server the key that stays when the user is renamed."""
    return next((found for each in ("accountId", "key", "name") if (found := record.text(f"{path}.{each}"))), None)


def _histories(values: Any) -> dict[str, History]:
    """Return changes by their id; what is no change, or has no instant, says nothing."""
    found: dict[str, History] = {}
    for number, each in enumerate(values if isinstance(values, list) else []):
        if not isinstance(each, dict):
            continue
        at = instant(each.get("created")) or since_epoch(each.get("created"), 1000)
        if at is None:
            continue
        key = str(each.get("id") or f"{at}#{number}")
        order = int(key) if _NUMBER.fullmatch(key) else number
        found[key] = History(at, order, tuple(_items(each.get("items"))))
    return found


def _items(values: Any) -> Iterator[Moved]:
    for each in values if isinstance(values, list) else []:
        if isinstance(each, dict) and (str(each.get("field")) in _CUT_AT or "customfield" in str(each.get("fieldId"))):
            words = (_text(each.get(name)) for name in ("fieldId", "from", "fromString", "to", "toString"))
            yield Moved(str(each.get("field") or ""), *words)


def _ties(values: Any) -> Iterator[Tie]:
    for each in values if isinstance(values, list) else []:
        link = Record(each if isinstance(each, dict) else {}, "", 0)
        name = link.text("type.name")
        for end, is_from in (("inwardIssue", False), ("outwardIssue", True)):
            key = link.text(f"{end}.key")
            if name and key:
                yield Tie(name, key, is_from)


def _names(values: Any) -> list[str | None]:
    return [_shown(each) for each in values] if isinstance(values, list) else []


def _shown(value: Any) -> str | None:
    """Return what a field says: a text or number, the name of an object, or of the first of a list.

    >>> _shown({"value": "Web"}), _shown([{"name": "Pay"}, {"name": "Find"}]), _shown(3.0), _shown([])
    ('Web', 'Pay', '3.0', None)
    """
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = next((value[name] for name in ("value", "name", "title", "key") if value.get(name)), None)
    return _text(value)


def _text(value: Any) -> str | None:
    return None if value is None or isinstance(value, dict | list) else str(value).strip() or None
