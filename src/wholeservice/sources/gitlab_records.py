"""What a record of GitLab is, seen in what it has, and of which issue or merge request it tells."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from wholeservice.errors import Problem
from wholeservice.sources import forge_items as forge
from wholeservice.sources.exports_read import Record, instant
from wholeservice.sources.files import File
from wholeservice.sources.forge_delivery import FAILED, SUCCEEDED
from wholeservice.sources.forge_items import Act, Change, Commit, Deployed, Ticket, told_at
from wholeservice.sources.forge_rows import Forge
from wholeservice.sources.git_rows import fixes
from wholeservice.sources.gitlab_notes import of_label, of_note, of_state, person
from wholeservice.sources.work_notes import LONE
from wholeservice.sources.work_options import WorkOptions
from wholeservice.sources.work_rows import Origin, WorkReading, environment, no_export

INSIDE: tuple[str, ...] = ()
EXPECTED = "an issue, merge request, note, resource event, commit, pipeline or deployment"
ISSUE, MERGE = "Issue", "MergeRequest"
_WEB = re.compile(r"^https?://[^/]+/(.+?)/-/")
_FOLDER = re.compile(r"(?:^|/)(issues|merge_requests)/(\d+)[/._-]")
_FOLDERS = {"issues": ISSUE, "merge_requests": MERGE}
_RESULTS = {"success": SUCCEEDED, "failed": FAILED}

Key = tuple[str, str, int]
"""(Issue or MergeRequest; the number of the project, blank where the record does not say it; its number there)"""


@dataclass(slots=True)
class Records:
    """All records so far. Acts and commits wait until it is known whose they are."""

    options: WorkOptions
    reading: WorkReading
    items: dict[Key, Ticket] = field(default_factory=dict)
    ids: dict[tuple[str, str], Key] = field(default_factory=dict)  # the number of an item in the whole of GitLab
    paths: dict[str, str] = field(default_factory=dict)  # the number of a project -> its path
    acts: list[tuple[Key | tuple[str, str], Act]] = field(default_factory=list)
    soft: list[tuple[Key, Act]] = field(default_factory=list)  # ends that only notes tell
    commits: dict[str, Commit] = field(default_factory=dict)
    of: dict[Key, dict[str, dt.datetime | None]] = field(default_factory=dict)
    deployments: list[tuple[str, Deployed]] = field(default_factory=list)
    older: list[tuple[Key, Origin]] = field(default_factory=list)
    n_lost: int = 0

    def take(self, file: File, record: Record) -> Problem | None:
        """Take a record in; return why it cannot be taken."""
        match = _FOLDER.search(file.name)
        folder = (_FOLDERS[match[1]], self._project(record), int(match[2])) if match else None
        for is_one, taken in self._kinds():
            if is_one(record):
                return taken(record, folder)
        said = record.text("message") or record.text("error")
        what = f"GitLab answered with an error: {said[:200]}" if said else "this is nothing that GitLab tells of work"
        return no_export(what, record, EXPECTED)

    def _kinds(self) -> tuple[tuple[Callable[[Record], object], Callable[[Record, Key | None], Problem | None]], ...]:
        """Return what shows that a record is of a kind, and what takes it; the first that fits counts."""
        return (
            (lambda r: r.text("iid") and r.text("source_branch") and r.text("target_branch"), self._merge),
            (lambda r: r.text("resource_type"), self._event),
            (lambda r: isinstance(r.get("environment"), dict) and r.text("sha"), self._deployment),
            (lambda r: isinstance(r.get("stages"), list) and r.text("sha"), self._pipeline),
            (lambda r: r.text("sha") and r.text("ref") and r.text("status"), lambda r, key: None),  # a pipeline without jobs
            (lambda r: isinstance(r.get("notes"), list) and "individual_note" in r.values, self._discussion),
            (lambda r: r.text("noteable_type"), self._note),
            (lambda r: r.text("authored_date") and r.text("id"), self._commit),
            (lambda r: r.text("iid") and r.text("state"), self._issue),
        )

    # issues and merge requests -----------------------------------------------------------------------------------------

    def _issue(self, record: Record, folder: Key | None) -> Problem | None:
        common = self._common(record)
        if isinstance(common, Problem):
            return common
        moved = "moved" if record.text("moved_to_id") else "duplicate" if record.text("duplicated_to_id") else None
        kind = (record.text("issue_type") or "").lower()
        ticket = Ticket(**common, reason=moved, type=kind if kind not in ("", "issue", "0") else None)
        return self._add(record, ISSUE, ticket)

    def _merge(self, record: Record, folder: Key | None) -> Problem | None:
        common = self._common(record)
        if isinstance(common, Problem):
            return common
        merged = told_at(record, "merged") or instant(record.get("metrics.merged_at"))
        is_merged = merged is not None or record.text("state") == "merged"
        merges = [record.text(each) for each in ("merge_commit_sha", "squash_commit_sha", "merged_commit_sha")]
        head = record.text("sha") or record.text("diff_refs.head_sha") or record.text("merge_request_diff.head_commit_sha")
        change = Change(
            **common, author=person(record, "author"), merged=merged, base=record.text("target_branch"), head_sha=head,
            is_draft=record.get("draft") is True or record.get("work_in_progress") is True,
            base_sha=record.text("diff_refs.base_sha") or record.text("merge_request_diff.base_commit_sha"),
            merge_shas=tuple(each for each in [*merges, None if any(merges) else head] if each and is_merged),
            commits=dict(_diff_commits(record)), fixes=fixes(record.text("description") or "", "#"),
        )  # fmt: skip
        if merged is None and is_merged:  # an old export says that it was merged, and not when
            change.closed = None
        return self._add(record, MERGE, change)

    def _common(self, record: Record) -> Problem | dict[str, Any]:
        created = told_at(record, "created")
        if created is None:
            return no_export("it does not say when it was created", record, EXPECTED)
        assignees = record.get("assignees") or record.get("issue_assignees")
        first = Record({"a": assignees[0]}, "", 0) if isinstance(assignees, list) and assignees else Record({}, "", 0)
        return {
            "name": "", "repo": self._project(record), "origin": self.reading.origin(record), "created": created,
            "updated": told_at(record, "updated"), "labels": tuple(_labels(record)), "size": record.text("weight"),
            "closed": told_at(record, "closed") or instant(record.get("metrics.latest_closed_at")),
            "due": record.text("due_date") or record.text("milestone.due_date"),
            "assignee": first.text("a.username") or first.text("a.user_id"),
        }  # fmt: skip

    def _add(self, record: Record, kind: str, item: Ticket) -> Problem | None:
        iid = record.text("iid") or ""
        if not iid.isdecimal() or len(iid) > 18:
            return no_export("its number is none", record, EXPECTED)
        key = (kind, item.repo, int(iid))
        self.ids[kind, record.text("id") or f"{key}"] = key
        self._inner(record, key)
        known = self.items.get(key)
        if known is not None and (known.updated or known.created) > (item.updated or item.created):
            self.older.append((key, item.origin))
            return None
        if known is not None:
            self.older.append((key, known.origin))
        self.items[key] = item
        return None

    def _inner(self, record: Record, key: Key) -> None:
        """Take in what an export holds inside of an issue or merge request."""
        for each in _inside(record, "notes"):
            self._said(key, each)
        for each in _inside(record, "resource_label_events"):
            self._did(key, of_label(each))
        for each in _inside(record, "resource_state_events"):
            self._did(key, of_state(each))

    # what is told of them ----------------------------------------------------------------------------------------------

    def _event(self, record: Record, folder: Key | None) -> None:
        about = (record.text("resource_type") or "", record.text("resource_id") or "")
        if record.get("label") is not None:
            self._did(about, of_label(record))
        elif record.text("state"):
            self._did(about, of_state(record))

    def _discussion(self, record: Record, folder: Key | None) -> None:
        for each in _inside(record, "notes"):
            self._note(each, folder)

    def _note(self, record: Record, folder: Key | None) -> None:
        iid, kind = record.text("noteable_iid"), record.text("noteable_type") or ""
        if kind not in (ISSUE, MERGE):
            return
        key = (kind, self._project(record), int(iid)) if iid and iid.isdecimal() and len(iid) < 18 else folder
        if key is None:
            self.n_lost += 1
        else:
            self._said(key, record)

    def _said(self, key: Key, note: Record) -> None:
        for act in of_note(note):
            if act.what in (forge.CLOSED, forge.REOPENED):
                self.soft.append((key, act))
            else:
                self.acts.append((key, act))

    def _did(self, about: Key | tuple[str, str], act: Act | None) -> None:
        if act is not None:
            self.acts.append((about, act))

    def _commit(self, record: Record, folder: Key | None) -> None:
        sha, parents = record.text("id") or "", record.get("parent_ids")
        authored = instant(record.get("authored_date"))
        shas = tuple(str(each) for each in parents) if isinstance(parents, list) else ()
        self.commits[sha] = Commit(sha, shas, authored)
        if folder is not None and folder[0] == MERGE:
            self.of.setdefault(folder, {})[sha] = authored

    # deployments -------------------------------------------------------------------------------------------------------

    def _deployment(self, record: Record, folder: Key | None) -> None:
        project, result = self._project(record), _RESULTS.get(record.text("status") or "")
        ended = instant(record.get("deployable.finished_at")) or told_at(record, "updated")
        reached = None if record.text("environment.tier") == "production" else environment(record.text("environment.name"))
        self._deploy(record, f"deployments/{record.text('id')}", project, (reached, ended if result else None, result))

    def _pipeline(self, record: Record, folder: Key | None) -> None:
        """Take the jobs of an exported pipeline that name an environment."""
        for stage in _inside(record, "stages"):
            for job in (*_inside(stage, "statuses"), *_inside(stage, "builds")):
                result, ended = _RESULTS.get(job.text("status") or ""), instant(job.get("finished_at"))
                name = job.text("environment")
                if name and result and ended:
                    own = job.text("id") or f"{record.text('sha')}/{job.text('name')}"
                    self._deploy(record, f"jobs/{own}", self._project(record), (environment(name), ended, result))

    def _deploy(self, record: Record, name: str, project: str, how: tuple[str | None, dt.datetime | None, str | None]) -> None:
        reached, ended, result = how
        self.deployments.append((project, Deployed(name, project, self.reading.origin(record), record.text("sha"),
                                                   record.text("ref"), reached, ended, result)))  # fmt: skip

    def _project(self, record: Record) -> str:
        """Return the number of the project of a record; its path is noted where that is told."""
        project = record.text("project_id") or record.text("target_project_id") or record.text("deployable.pipeline.project_id")
        path = re.split(r"[#!]", record.text("references.full") or "")[0]
        for each in ("web_url", "deployable.web_url"):
            match = _WEB.match(record.text(each) or "")
            path = path or (match[1] if match else "")
        if path:
            self.paths[project or ""] = path
        return project or ""

    # at the end --------------------------------------------------------------------------------------------------------

    def fill(self, found: Forge) -> None:
        """Give every issue and merge request its name, and what is told of it."""
        names = {key: self._named(key) for key in self.items}
        for key, item in self.items.items():
            item.name, item.repo = names[key], self._path(key[1])
            if isinstance(item, Change):
                item.fixes = [f"{self._before(key[1], '#')}{each[1:]}" if each[0] == "#" else each for each in item.fixes]
        ended = {self._key(about) for about, act in self.acts if act.what in (forge.CLOSED, forge.REOPENED)}
        for about, act in [*self.acts, *((key, act) for key, act in self.soft if self._key(key) not in ended)]:
            self._give(self._key(about), act)
        for key, own in self.of.items():
            change = self.items.get(self._key(key) or key)
            if isinstance(change, Change):
                change.commits |= own
        for each in (one for one in self.items.values() if isinstance(one, Change) and one.merged is None):
            each.merged = next((act.at for act in each.acts if act.what == forge.MERGED), None)
        for project, deployment in self.deployments:
            deployment.repo = self._path(project)
            deployment.name = f"{deployment.repo}/{deployment.name}"
        for _ in range(self.n_lost):
            self.reading.notes.add(LONE, "notes and events")
        found.tickets = {each.name: each for each in self.items.values() if not isinstance(each, Change)}
        found.changes = {each.name: each for each in self.items.values() if isinstance(each, Change)}
        found.deployments, found.commits = {each.name: each for _, each in self.deployments}, self.commits
        found.older = [(names[key], origin) for key, origin in self.older]

    def _give(self, key: Key | None, act: Act) -> None:
        item = self.items.get(key) if key else None
        if item is None:
            self.n_lost += 1
            return
        is_own = isinstance(item, Change) and act.who is not None and act.who == item.author
        is_talk = act.what in (forge.COMMENTED, forge.APPROVED, forge.CHANGES)
        if act not in item.acts and not (is_own and is_talk) and not (is_talk and not isinstance(item, Change)):
            item.acts.append(act)

    def _key(self, about: Key | tuple[str, str]) -> Key | None:
        if len(about) == 2:
            return self.ids.get(about)
        if about in self.items or about[1]:
            return about
        projects = {project for _, project, _ in self.items}
        return (about[0], projects.pop(), about[2]) if len(projects) == 1 else None

    def _named(self, key: Key) -> str:
        return f"{self._before(key[1], '#' if key[0] == ISSUE else '!')}{key[2]}"

    def _before(self, project: str, mark: str) -> str:
        given = self.options.issues
        return f"{self._path(project)}{mark}" if given is None else given.replace("#", mark)

    def _path(self, project: str) -> str:
        return self.paths.get(project) or self.options.project or (f"project-{project}" if project else "project")


def _diff_commits(record: Record) -> Iterator[tuple[str, dt.datetime | None]]:
    """Yield the commits that an export holds with a merge request."""
    diff = record.get("merge_request_diff")
    for each in _inside(Record(diff, "", 0), "merge_request_diff_commits") if isinstance(diff, dict) else ():
        if each.text("sha"):
            yield each.text("sha") or "", instant(each.get("authored_date"))


def _labels(record: Record) -> Iterator[str]:
    given = record.get("labels")
    for each in given if isinstance(given, list) else []:
        name = each.get("name") if isinstance(each, dict) else each
        if isinstance(name, str):
            yield name
    yield from (name for each in _inside(record, "label_links") if (name := each.text("label.title")))


def _inside(record: Record, name: str) -> Iterator[Record]:
    found = record.get(name)
    for each in found if isinstance(found, list) else []:
        if isinstance(each, dict):
            yield Record(each, record.file, record.number, record.counts_in)
