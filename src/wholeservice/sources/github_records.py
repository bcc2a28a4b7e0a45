"""What a record of GitHub is, seen in what it has, and of which issue or pull request it tells."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

from wholeservice.errors import Problem
from wholeservice.sources import forge_items as forge
from wholeservice.sources.exports_read import Record, instant
from wholeservice.sources.files import File
from wholeservice.sources.forge_delivery import FAILED, SUCCEEDED
from wholeservice.sources.forge_items import NOBODY, Act, Change, Commit, Deployed, Ticket, told_at
from wholeservice.sources.forge_rows import Forge
from wholeservice.sources.git_rows import fixes
from wholeservice.sources.work_notes import LONE
from wholeservice.sources.work_options import WorkOptions
from wholeservice.sources.work_rows import Origin, WorkReading, environment, no_export

INSIDE = ("workflow_runs", "items", "deployments")
EXPECTED = "an issue, pull request, review, event, commit, deployment, its status, or a workflow run"
_URL = re.compile(
    r"^https?://[^/]+/(?:api/v3/)?(?:repos/)?([^/]+/[^/]+)/(issues|pulls?|deployments|actions|commits?|compare)\b/?(\d*)"
)
_FOLDER = re.compile(r"(?:^|/)(?:issues|pulls?)/(\d+)[/._-]")
_URLS = ("html_url", "url", "repository_url", "pull_request_url", "deployment_url", "statuses_url")
_OTHERS = frozenset((  # what an archive holds besides
    "issue_comment", "pull_request_review_comment", "pull_request_review_thread", "commit_comment", "milestone", "user",
    "organization", "repository", "team", "release", "attachment", "protected_branch", "project", "discussion",
))  # fmt: skip
_EVENTS = {
    "labeled": forge.LABELLED, "unlabeled": forge.UNLABELLED, "assigned": forge.ASSIGNED, "unassigned": forge.UNASSIGNED,
    "closed": forge.CLOSED, "reopened": forge.REOPENED, "merged": forge.MERGED, "ready_for_review": forge.READY,
    "convert_to_draft": forge.DRAFT, "converted_to_draft": forge.DRAFT, "review_requested": forge.REQUESTED,
    "review_request_removed": forge.UNREQUESTED,
}  # fmt: skip
_REVIEWS = {
    "APPROVED": forge.APPROVED, "CHANGES_REQUESTED": forge.CHANGES, "COMMENTED": forge.COMMENTED,
    "DISMISSED": forge.COMMENTED,  # what it said before is not told any more
    "1": forge.COMMENTED, "30": forge.CHANGES, "40": forge.APPROVED, "50": forge.COMMENTED,  # as archives write them
}  # fmt: skip
_DONE_STATES = {"success": SUCCEEDED, "failure": FAILED, "error": FAILED, "timed_out": FAILED}

Key = tuple[str | None, int]
"""(repository, None where the record does not say it; number)"""


@dataclass(slots=True)
class Records:
    """All records so far. Acts and commits wait until it is known whose they are."""

    options: WorkOptions
    reading: WorkReading
    items: dict[Key, Ticket] = field(default_factory=dict)
    acts: dict[Key, dict[tuple[Any, ...], Act]] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    of: dict[Key, dict[str, dt.datetime | None]] = field(default_factory=dict)  # commits of a pull request
    deployments: dict[str, Deployed] = field(default_factory=dict)
    statuses: dict[str, list[tuple[dt.datetime, str]]] = field(default_factory=dict)
    older: list[tuple[str, Origin]] = field(default_factory=list)
    listed: set[tuple[str, int]] = field(default_factory=set)
    n_lost: dict[str, int] = field(default_factory=dict)

    def take(self, file: File, record: Record) -> Problem | None:
        """Take a record in; return why it cannot be taken."""
        folder = _FOLDER.search(file.name)
        self_number = int(folder[1]) if folder else None
        for is_one, taken in self._kinds():
            if is_one(record):
                return taken(record, self_number)
        said = record.text("message")
        what = f"GitHub answered with an error: {said[:200]}" if said else "this is nothing that GitHub tells of work"
        return no_export(what, record, EXPECTED)

    def _kinds(self) -> tuple[tuple[Callable[[Record], object], Callable[[Record, int | None], Problem | None]], ...]:
        """Return what shows that a record is of a kind, and what takes it; the first that fits counts."""
        return (
            (lambda r: r.text("type") in _OTHERS, lambda r, n: None),
            (lambda r: r.text("deployment_url") and r.text("state"), self._status),
            (lambda r: r.text("statuses_url") and r.text("sha") and "environment" in r.values, self._deployment),
            (lambda r: r.text("head_sha") and r.text("run_number"), self._run),
            (lambda r: r.text("event"), self._event),
            (lambda r: r.text("submitted_at") and r.text("state"), self._review),
            (lambda r: isinstance(r.get("commit"), dict) and r.text("sha"), self._commit),
            (lambda r: _number(r) and (isinstance(r.get("head"), dict) or "headRefOid" in r.values or "isDraft" in r.values
                                       or r.text("type") == "pull_request"), self._pull),
            (lambda r: isinstance(r.get("pull_request"), dict) and _number(r), self._listed),
            (lambda r: _number(r) and (r.text("title") or r.text("state") or r.text("type") == "issue"), self._issue),
            (lambda r: r.text("body") is not None and (r.text("issue_url") or r.text("pull_request_review_id")),
             lambda r, n: None),  # a comment
        )  # fmt: skip

    # issues and pull requests ------------------------------------------------------------------------------------------

    def _issue(self, record: Record, folder: int | None) -> Problem | None:
        common = self._common(record)
        if isinstance(common, Problem):
            return common
        self._add(record, Ticket(**common))
        return None

    def _pull(self, record: Record, folder: int | None) -> Problem | None:
        common = self._common(record)
        if isinstance(common, Problem):
            return common
        merges = (record.text("merge_commit_sha"), record.text("mergeCommit.oid"))
        merged = told_at(record, "merged")
        pull = Change(
            **{**common, "reason": None}, author=_login(record.get("user") or record.get("author")),
            is_draft=record.get("draft") is True or record.get("isDraft") is True, merged=merged,
            base=record.text("base.ref") or record.text("baseRefName"), base_sha=record.text("base.sha"),
            head_sha=record.text("head.sha") or record.text("headRefOid"),
            merge_shas=tuple(each for each in merges if each and merged),
            fixes=self._fixes(record, common["repo"]),
        )  # fmt: skip
        key = (pull.repo, _number(record) or 0)
        for each in _list(record.get("reviews")):
            self._review_act(key, Record(each, record.file, record.number, record.counts_in))
        for each in _list(record.get("commits")):
            inner = Record(each, "", 0)
            if inner.text("oid"):
                self._own(key, str(inner.text("oid")), instant(inner.get("authoredDate")), ())
        self._add(record, pull)
        return None

    def _listed(self, record: Record, folder: int | None) -> None:
        """Note a pull request in a list of issues: itself says more, and stands elsewhere."""
        self.listed.add((self._repo(record) or "", _number(record) or 0))

    def _common(self, record: Record) -> Problem | dict[str, Any]:
        number, created = _number(record), told_at(record, "created")
        if created is None:
            return no_export("it does not say when it was created", record, EXPECTED)
        repo = self._repo(record) or ""
        reason = (record.text("state_reason") or record.text("stateReason") or "").lower().replace("_", " ")
        due = record.text("milestone.due_on") or record.text("milestone.dueOn")
        assigned = record.get("assignees") or record.get("assignee")
        return {
            "name": self.named(repo, number or 0), "repo": repo, "origin": self.reading.origin(record), "created": created,
            "updated": told_at(record, "updated"), "closed": told_at(record, "closed"),
            "reason": reason if reason in ("not planned", "duplicate") else None, "type": record.text("type.name"),
            "labels": tuple(name for each in _list(record.get("labels"), str) if (name := _label(each))),
            "due": due and due[:10],
            "assignee": _login(assigned[-1] if isinstance(assigned, list) and assigned else assigned),
        }  # fmt: skip

    def named(self, repo: str, number: int) -> str:
        """Return what an issue or pull request is called."""
        before = f"{repo}#" if self.options.issues is None else self.options.issues
        return f"{before}{number}"

    def _add(self, record: Record, item: Ticket) -> None:
        key = (item.repo, _number(record) or 0)
        known = self.items.get(key)
        if known is not None and (known.updated or known.created) > (item.updated or item.created):
            self.older.append((item.name, item.origin))
            return
        if known is not None:
            self.older.append((known.name, known.origin))
        self.items[key] = item

    def _fixes(self, record: Record, repo: str) -> list[str]:
        """Return the issues that a pull request closes: as GitHub linked them, else as its words say."""
        linked = [Record(each, "", 0) for each in _list(record.get("closingIssuesReferences"))]
        if linked:
            found = ((_repo_of(each.text("url")) or repo, _number(each)) for each in linked)
            return [self.named(of, number) for of, number in found if number is not None]
        return fixes(record.text("body") or "", self.named(repo, 0)[:-1])

    # what is told of them ----------------------------------------------------------------------------------------------

    def _event(self, record: Record, folder: int | None) -> None:
        name = record.text("event") or ""
        key = self._about(record, folder)
        if name == "committed":
            sha = record.text("sha")
            if sha and key:
                self._own(key, sha, instant(record.get("author.date")), tuple(_shas(record.get("parents"))))
            return
        if name == "reviewed":
            self._review(record, folder)
            return
        at, what = told_at(record, "created"), _EVENTS.get(name)
        if at is None or what is None:
            return
        if key is None:
            self._lose("events")
            return
        who = _label(record.get("label")) or record.text("label_name") if what in (forge.LABELLED, forge.UNLABELLED) else None
        if what in (forge.ASSIGNED, forge.UNASSIGNED):
            who = _login(record.get("assignee"))
        elif what in (forge.REQUESTED, forge.UNREQUESTED):
            if _is_robot(record.get("requested_reviewer")):
                return
            who = _login(record.get("requested_reviewer")) or record.text("requested_team.slug") or forge.SOMEBODY
        self._act(key, Act(at, what, who))

    def _review(self, record: Record, folder: int | None) -> None:
        key = self._about(record, folder)
        if key is None:
            self._lose("reviews")
        else:
            self._review_act(key, record)

    def _review_act(self, key: Key, record: Record) -> None:
        at = told_at(record, "submitted")
        who = record.get("user") or record.get("author")
        what = _REVIEWS.get((record.text("state") or "").upper())
        if at is not None and what is not None and not (_is_robot(who) and what == forge.COMMENTED):
            self._act(key, Act(at, what, _login(who)))

    def _act(self, key: Key, act: Act) -> None:
        self.acts.setdefault(key, {})[act.at, act.what, act.who] = act

    def _commit(self, record: Record, folder: int | None) -> None:
        sha, parents = str(record.text("sha")), tuple(_shas(record.get("parents")))
        authored = instant(record.get("commit.author.date"))
        if folder is not None:
            self._own((self._repo(record), folder), sha, authored, parents)
        self.commits[sha] = Commit(sha, parents, authored)

    def _own(self, key: Key, sha: str, authored: dt.datetime | None, parents: tuple[str, ...]) -> None:
        self.of.setdefault(key, {})[sha] = authored
        if parents or sha not in self.commits:
            self.commits[sha] = Commit(sha, parents, authored)

    def _about(self, record: Record, folder: int | None) -> Key | None:
        """Return the issue or pull request that a record is about: as it says, else as its folder does."""
        urls = (record.text("issue.url"), record.text("issue.html_url"), record.text("pull_request_url"), record.text("issue"),
                record.text("pull_request"), record.text("html_url"))  # fmt: skip
        for match in (_URL.match(each) for each in urls if each):
            if match and match[3] and match[2] in ("issues", "pull", "pulls"):
                return match[1], int(match[3])
        return (self._repo(record), folder) if folder is not None else None

    def _repo(self, record: Record) -> str | None:
        found = (_repo_of(record.text(each)) for each in _URLS)
        return next((each for each in found if each), None) or self.options.project

    def _lose(self, what: str) -> None:
        self.n_lost[what] = self.n_lost.get(what, 0) + 1

    # deployments -------------------------------------------------------------------------------------------------------

    def _deployment(self, record: Record, folder: int | None) -> None:
        name = f"{self._repo(record)}/deployments/{record.text('id')}"
        is_production = record.get("production_environment") is True
        self.deployments[name] = Deployed(
            name, self._repo(record) or "", self.reading.origin(record), record.text("sha"), record.text("ref"),
            None if is_production else environment(record.text("environment")),
        )  # fmt: skip

    def _status(self, record: Record, folder: int | None) -> None:
        at, match = told_at(record, "created"), _URL.match(record.text("deployment_url") or "")
        if at is not None and match:
            name = f"{match[1]}/deployments/{match[3]}"
            self.statuses.setdefault(name, []).append((at, record.text("state") or ""))

    def _run(self, record: Record, folder: int | None) -> None:
        """Take the run of a workflow that is declared to deploy; when it ended is when it was last changed."""
        name = record.text("name") or ""
        reached = next((to for pattern, to in self.options.deploys.items() if fnmatchcase(name, pattern)), None)
        if reached is None:
            return
        key = f"{self._repo(record)}/runs/{record.text('id')}"
        result = _DONE_STATES.get(record.text("conclusion") or "")
        self.deployments[key] = Deployed(
            key, self._repo(record) or "", self.reading.origin(record), record.text("head_sha"), record.text("head_branch"),
            environment(reached), told_at(record, "updated") if result else None, result,
        )  # fmt: skip

    # at the end --------------------------------------------------------------------------------------------------------

    def fill(self, found: Forge) -> None:
        """Give every issue and pull request what is told of it."""
        repos = {repo for repo, _ in self.items}
        only = repos.pop() if len(repos) == 1 else None
        for (repo, number), acts in self.acts.items():
            item = self.items.get((only if repo is None else repo, number))
            if item is None:
                self._lose("events and reviews")
            else:
                author = item.author if isinstance(item, Change) else None
                item.acts += [act for act in acts.values() if act.what not in _REVIEWS.values() or act.who != author]
        for (repo, number), own in self.of.items():
            item = self.items.get((only if repo is None else repo, number))
            if isinstance(item, Change):
                item.commits |= own
        for name, deployment in self.deployments.items():
            _end(deployment, self.statuses.get(name, []))
        self.n_lost |= {"pull requests in a list of issues": n} if (n := len(self.listed - self.items.keys())) else {}
        for what, n in self.n_lost.items():
            for _ in range(n):
                self.reading.notes.add(LONE, what)
        found.tickets = {each.name: each for each in self.items.values() if not isinstance(each, Change)}
        found.changes = {each.name: each for each in self.items.values() if isinstance(each, Change)}
        found.deployments, found.commits, found.older = self.deployments, self.commits, self.older


def _end(deployment: Deployed, statuses: list[tuple[dt.datetime, str]]) -> None:
    """Say when a deployment succeeded first, else when it failed; `inactive` only says that a later one took its place."""
    for state in (SUCCEEDED, FAILED):
        ended = min((at for at, each in statuses if _DONE_STATES.get(each) == state), default=None)
        if ended is not None:
            deployment.at, deployment.result = ended, state
            return


def _number(record: Record) -> int | None:
    found = record.text("number")
    if found and found.isdecimal() and len(found) < 18:
        return int(found)
    match = _URL.match(record.text("url") or "") if isinstance(record.get("type"), str) else None  # an archive
    return int(match[3]) if match and match[3] else None


def _login(value: Any) -> str | None:
    """Return the login of somebody: of an object, or the last of an address as archives write it."""
    found = value.get("login") if isinstance(value, dict) else value
    found = found.rstrip("/").rpartition("/")[2] if isinstance(found, str) else None
    return str(found) if found and found not in NOBODY else None


def _is_robot(value: Any) -> bool:
    return isinstance(value, dict) and (value.get("type") == "Bot" or str(value.get("login")).endswith("[bot]"))


def _label(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("name")
    return unquote(value.rpartition("/labels/")[2]) if isinstance(value, str) and value else None


def _repo_of(url: str | None) -> str | None:
    if url is None:
        return None
    match = _URL.match(url) or re.match(r"^https?://[^/]+/(?:api/v3/)?repos/([^/]+/[^/]+)$", url)
    return match[1] if match else None


def _list(value: Any, also: type = dict) -> list[Any]:
    return [each for each in value if isinstance(each, dict | also)] if isinstance(value, list) else []


def _shas(parents: Any) -> list[str]:
    return [str(each["sha"]) for each in _list(parents) if each.get("sha")]
