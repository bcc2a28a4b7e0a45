"""From an issue of Jira and its changes to rows: the item, its stays, what it is tied to, and what was never done."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from wholeservice.sources.jira_issues import Export, History, Issue, Moved
from wholeservice.sources.work_notes import BROKEN, CUT_OFF, DISORDER, NO_HISTORY, NO_KIND
from wholeservice.sources.work_rows import Row, WorkReading, link, never_done
from wholeservice.sources.work_statuses import ENDED, Status, lowered
from wholeservice.sources.work_stays import Change, Look, Stay, Values, ended_at, stays, until
from wholeservice.sources.xes_lifecycle import ACTIVE, BLOCKED, DONE, QUEUED, RETURNED

KINDS = {
    "bug": "defect", "defect": "defect", "story": "feature", "user story": "feature", "feature": "feature",
    "new feature": "feature", "improvement": "improvement", "technical debt": "debt", "tech debt": "debt", "debt": "debt",
    "risk": "risk", "change": "change", "[system] change": "change", "service request": "request", "request": "request",
    "[system] service request": "request", "support": "request", "incident": "incident", "[system] incident": "incident",
}  # fmt: skip
_STATE_OF = {"new": QUEUED, "indeterminate": ACTIVE, "done": DONE}  # the categories of a status
_NOT_DONE = frozenset((
    "won't do", "won't fix", "wont do", "wont fix", "declined", "duplicate", "cannot reproduce", "incomplete", "invalid",
    "rejected", "abandoned", "not a bug", "obsolete", "cancelled", "canceled", "withdrawn",
))  # fmt: skip
_BLOCKED_BY = re.compile(r"is blocked by", re.IGNORECASE)
_RELATIONS = {"blocks": ("blocks", False), "problem/incident": ("caused-by", True), "causes": ("caused-by", True)}
"""Type of a link -> the relation, and whether it runs against the direction in which Jira reads the link."""


@dataclass(slots=True)
class _Life:
    """How an issue changed: where it stood at first, each change, and from when that is known."""

    began: dict[str, str | None]
    changes: list[Change]
    from_at: dt.datetime
    last_at: dt.datetime | None
    is_broken: bool


@dataclass(slots=True)
class Told:
    """Tells the issues of an export as rows."""

    export: Export
    reading: WorkReading
    ends: dict[str, dt.datetime | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.export.completed()
        statuses = self.reading.statuses
        statuses.usual.update({name: Status(None, _STATE_OF[category]) for name, category in self.export.categories.items()
                               if category in _STATE_OF})  # fmt: skip

    def rows(self, issue: Issue) -> list[Row]:
        """Return the rows of one issue."""
        found = self._stays(issue, self._waits(issue))
        done_at = ended_at(found, ENDED) if found else issue.resolved
        why = issue.resolution if done_at and lowered(issue.resolution or "") in _NOT_DONE else None
        if why is not None:
            found = [self._returned(stay, done_at) for stay in found]
        is_early = bool(found) and found[0].from_at < issue.created and not issue.is_cut_off
        if is_early or (done_at is not None and done_at < issue.created):
            self.reading.notes.add(DISORDER, issue.key)
        options, custom = self.reading.options, issue.custom
        kind = self.reading.kind([issue.type] if issue.type else [])
        if kind is None:
            self.reading.notes.add(NO_KIND, issue.type or "none")
        item: Row = {
            "item": issue.key, "service": options.service or custom.get("service") or issue.project, "part": issue.part,
            "team": custom.get("team"), "priority": issue.priority, "created": issue.created, "due": issue.due_on,
            "done": done_at, "size": custom.get("size"),
        }  # fmt: skip
        if custom.get("stream"):
            item["stream"] = custom["stream"]
        rows = self.reading.item_rows(item, kind, found)
        rows += self._links(issue)
        return [*rows, never_done(issue.key, why, "jira", done_at)] if why and done_at else rows

    def _returned(self, stay: Stay, done_at: dt.datetime | None) -> Stay:
        """Return a stay after the end of what was never done as one that ended so."""
        look = stay.look
        if done_at is None or stay.from_at < done_at or look.state != DONE:
            return stay
        return Stay(Look(look.status, look.stage, RETURNED, look.team, look.resource), stay.from_at, stay.to_at)

    # stays -------------------------------------------------------------------------------------------------------------

    def _stays(self, issue: Issue, waits: list[Change]) -> list[Stay]:
        """Return the stays of an issue as far as they are known; what is not known is noted."""
        notes = self.reading.notes
        life = self._life(issue)
        if life is None:
            notes.add(NO_HISTORY, issue.key)
            return []
        if issue.is_cut_off:
            notes.add(CUT_OFF, issue.key)
        if life.is_broken:
            notes.add(BROKEN, issue.key)
        changes = sorted([*life.changes, *waits], key=lambda each: each.at)
        found = stays(life.began, life.from_at, changes, self._look)
        is_left_open = life.last_at is not None and self._status_at_end(life) != issue.status
        return until(found, life.last_at) if is_left_open else found

    def _status_at_end(self, life: _Life) -> str | None:
        said = [each.values["status"] for each in life.changes if "status" in each.values]
        return said[-1] if said else life.began["status"]

    def _life(self, issue: Issue) -> _Life | None:
        """Return how an issue changed, None where nobody can know."""
        histories = issue.in_order()
        if issue.n_histories is None or issue.status is None or (issue.is_cut_off and not histories):
            return None
        began: dict[str, str | None] = {"status": issue.status, "assignee": issue.assignee, "flagged": None,
                                        "team": issue.custom.get("team")}  # fmt: skip
        changes = [change for each in histories if (change := self._change(each)) is not None]
        first: dict[str, str | None] = {}
        for name, before in (each for history in histories for each in self._befores(history)):
            first.setdefault(name, before)
        began |= first
        now, is_broken = began["status"], False
        for history in histories:
            for moved in (each for each in history.items if each.field == "status"):
                is_broken |= self._name(moved.old, moved.old_name) != now
                now = self._name(moved.new, moved.new_name)
        known_from = histories[0].at if issue.is_cut_off else issue.created
        from_at = min([known_from, *(each.at for each in changes if "status" in each.values)])
        return _Life(began, changes, from_at, histories[-1].at if histories else None, is_broken or now != issue.status)

    def _name(self, key: str | None, name: str | None) -> str | None:
        """Return what a status is called now: a renamed one keeps its id."""
        return self.export.names.get(key or "", name or key)

    def _change(self, history: History) -> Change | None:
        values = {name: after for each in history.items for name, _, after in self._told(each)}
        return Change(history.at, values) if values else None

    def _befores(self, history: History) -> Iterator[tuple[str, str | None]]:
        for each in history.items:
            yield from ((name, before) for name, before, _ in self._told(each))

    def _told(self, moved: Moved) -> Iterator[tuple[str, str | None, str | None]]:
        """Yield (what, before, after) of a changed field that stays are cut at."""
        if moved.field == "status":
            yield "status", self._name(moved.old, moved.old_name), self._name(moved.new, moved.new_name)
        elif moved.field == "assignee":
            yield "assignee", moved.old, moved.new
        elif moved.field == "Flagged":
            yield "flagged", moved.old_name, moved.new_name
        elif moved.field_id is not None and moved.field_id == self.export.fields.get("team"):
            yield "team", moved.old_name, moved.new_name

    def _look(self, now: Values) -> Look:
        name = now["status"] or ""
        status = self.reading.statuses.of(name)
        state = BLOCKED if now["flagged"] and status.state not in ENDED else status.state
        waits_on = now.get("waits") if state in (QUEUED, BLOCKED) else None
        return Look(name, status.stage, state, status.team or now["team"], now["assignee"], waits_on)

    # what it is tied to ------------------------------------------------------------------------------------------------

    def _waits(self, issue: Issue) -> list[Change]:
        """Return when an issue waited for which other: the first that blocks it, until that is done or no longer linked."""
        spans: dict[str, tuple[dt.datetime | None, dt.datetime | None]] = {
            self.export.called(tie.key): (None, None) for tie in issue.ties if lowered(tie.name) == "blocks" and not tie.is_from
        }
        for at, key, is_new in self._linked(issue):
            since, _ = spans.get(key, (None, None))
            spans[key] = (at, None) if is_new else (since, at)
        edges: list[tuple[dt.datetime, str, bool]] = []
        for key, (since, left) in spans.items():
            since = since or issue.created
            ends = [each for each in (left, self._done(key)) if each is not None]
            if ends and min(ends) <= since:
                continue
            edges += [(since, key, True), *((each, key, False) for each in ends)]
        return _first_of(sorted(edges, key=lambda each: each[0]))

    def _linked(self, issue: Issue) -> Iterator[tuple[dt.datetime, str, bool]]:
        """Yield (when, the other issue, whether the link was made or taken away) of each link that blocks this issue."""
        for history in issue.in_order():
            for each in (one for one in history.items if one.field == "Link"):
                if each.new and _BLOCKED_BY.search(each.new_name or ""):
                    yield history.at, self.export.called(each.new), True
                elif each.old and _BLOCKED_BY.search(each.old_name or ""):
                    yield history.at, self.export.called(each.old), False

    def _done(self, key: str) -> dt.datetime | None:
        """Return when another issue of the export was done."""
        if key not in self.ends:
            self.ends[key] = None  # two issues may block each other
            issue = self.export.issues.get(self.export.keys.get(key, ""))
            life = self._life(issue) if issue else None
            if life is not None:
                self.ends[key] = ended_at(stays(life.began, life.from_at, life.changes, self._look), ENDED)
        return self.ends[key]

    def _links(self, issue: Issue) -> Iterator[Row]:
        """Yield the relations of an issue; one between two issues of the export is said by the one that it is done to."""
        made = {key: at for at, key, is_new in self._linked(issue) if is_new}
        for tie in issue.ties:
            relation, is_against = _RELATIONS.get(lowered(tie.name), (None, False))
            other = self.export.called(tie.key)
            if relation is None or (tie.is_from and other in self.export.keys):
                continue
            ends = (issue.key, other) if tie.is_from != is_against else (other, issue.key)
            yield link(f"item:{ends[0]}", relation, f"item:{ends[1]}", made.get(other))
        if issue.parent:
            yield link(f"item:{issue.key}", "part-of", f"item:{self.export.called(issue.parent)}")


def _first_of(edges: list[tuple[dt.datetime, str, bool]]) -> list[Change]:
    """Return since when the first of those that block is which."""
    there: dict[str, None] = {}
    changes = []
    for at, key, is_new in edges:
        if is_new:
            there[key] = None
        else:
            there.pop(key, None)
        changes.append(Change(at, {"waits": next(iter(there), None)}))
    return changes
