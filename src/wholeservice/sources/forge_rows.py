"""From tickets, changes and deployments of a forge to rows; and what the files do not tell of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from wholeservice.sources import forge_items as forge
from wholeservice.sources.base import Raw
from wholeservice.sources.forge_delivery import Delivery, delivered
from wholeservice.sources.forge_items import Change, Commit, Deployed, Ticket, commits_of
from wholeservice.sources.forge_stays import OPENED, change_stays, ticket_stays
from wholeservice.sources.work_notes import DISORDER, NO_CHANGE, NO_COMMITS, NO_HISTORY, NO_KIND, NO_REQUESTS, NO_STATUS
from wholeservice.sources.work_rows import Origin, Row, WorkReading, link, never_done
from wholeservice.sources.work_statuses import ENDED
from wholeservice.sources.work_stays import Stay, ended_at

KINDS = {
    "bug": "defect", "defect": "defect", "feature": "feature", "enhancement": "feature", "improvement": "improvement",
    "feature request": "request", "question": "request", "support": "request", "technical debt": "debt", "tech debt": "debt",
    "debt": "debt", "risk": "risk", "incident": "incident", "type::bug": "defect", "type::feature": "feature",
}  # fmt: skip
UNMERGED = "closed without being merged"


@dataclass(slots=True)
class Forge:
    """All that the files hold; *tool* is who says that something was never done."""

    tool: str
    reading: WorkReading
    tickets: dict[str, Ticket] = field(default_factory=dict)
    changes: dict[str, Change] = field(default_factory=dict)
    deployments: dict[str, Deployed] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    older: list[tuple[str, Origin]] = field(default_factory=list)

    def raws(self) -> Iterator[Raw]:
        """Yield the rows of everything, and what there is to tell."""
        for change in self.changes.values():
            change.commits = commits_of(change, self.commits)
        delivery = delivered(self.changes.values(), self.deployments.values(), self.commits)
        knows_requests = any(act.what == forge.REQUESTED for each in self.changes.values() for act in each.acts)
        for ticket in self.tickets.values():
            yield from self.reading.rows(ticket.name, self._ticket(ticket), ticket.origin)
        for change in self.changes.values():
            rows = self._change(change, delivery, knows_requests=knows_requests)
            yield from self.reading.rows(change.name, rows, change.origin)
        for deployment in self.deployments.values():
            yield from self._deployment(deployment, delivery)
        for name, origin in self.older:
            yield from self.reading.again(name, origin)
        yield from self.reading.rest()

    def _ticket(self, ticket: Ticket) -> list[Row]:
        found = ticket_stays(ticket, self.reading.statuses)
        if found is None:
            self.reading.notes.add(NO_HISTORY, ticket.name)
        kind = self.reading.kind([*([ticket.type] if ticket.type else []), *ticket.labels])
        if kind is None:
            self.reading.notes.add(NO_KIND, ticket.type or ticket.labels[0] if ticket.labels else "no label")
        done = ended_at(found, ENDED) if found else ticket.closed
        rows = self.reading.item_rows(self._item(ticket, ticket.created, done), kind, found or [])
        return [*rows, never_done(ticket.name, ticket.reason, self.tool, done)] if ticket.reason and done else rows

    def _change(self, change: Change, delivery: Delivery, *, knows_requests: bool) -> list[Row]:
        is_deployed = (change.repo, change.base) in delivery.lines
        found = change_stays(change, self.reading.statuses, knows_requests=knows_requests, is_deployed=is_deployed,
                             deployed=delivery.deployed(change.name))  # fmt: skip
        self._lacking(change, knows_requests=knows_requests)
        began = found[0].from_at
        item = self._item(change, began, change.merged or self._dropped(change, found))
        rows = self.reading.item_rows(item, "change", found)
        rows += [link(f"item:{sha}", "part-of", f"item:{change.name}") for sha in change.commits]
        rows += [link(f"item:{change.name}", "fixes", f"item:{each}", change.merged) for each in dict.fromkeys(change.fixes)]
        for each in delivery.by.get(change.name, ()):
            rows.append(link(f"deployment:{each.name}", "delivers", f"item:{change.name}", each.at))
        dropped = self._dropped(change, found)
        return [*rows, never_done(change.name, UNMERGED, self.tool, dropped)] if dropped else rows

    def _dropped(self, change: Change, found: list[Stay]) -> dt.datetime | None:
        return None if change.merged else ended_at(found, ENDED)

    def _lacking(self, change: Change, *, knows_requests: bool) -> None:
        notes = self.reading.notes
        if not change.commits:
            notes.add(NO_COMMITS, change.name)
        if not knows_requests and OPENED not in self.reading.statuses.declared:
            notes.add(NO_REQUESTS, change.name)
        if (change.merged or change.closed or change.created) < change.created:
            notes.add(DISORDER, change.name)

    def _item(self, ticket: Ticket, began: dt.datetime, done: dt.datetime | None) -> Row:
        return {"item": ticket.name, "service": self.reading.options.service or named(ticket.repo), "created": began,
                "due": ticket.due, "done": done, "size": ticket.size, "priority": _priority(ticket.labels)}  # fmt: skip

    def _deployment(self, each: Deployed, delivery: Delivery) -> Iterator[Raw]:
        if each.at is None:
            self.reading.notes.add(NO_STATUS, each.name)  # no row: what another file told of it earlier stays
            return
        if each.name in delivery.unknown:
            self.reading.notes.add(NO_CHANGE, each.name)
        row = {"row": "deployment", "deployment": each.name, "service": self.reading.options.service or named(each.repo),
               "environment": each.environment, "version": each.ref, "artefact": each.sha, "deployed": each.at,
               "method": "rollback" if each.name in delivery.back else "deploy", "result": each.result}  # fmt: skip
        yield from self.reading.rows(each.name, [row], each.origin)


def named(repo: str) -> str:
    """Return what a repository is called without its owner.

    >>> named("acme/shop")
    'shop'
    """
    return repo.rpartition("/")[2] or repo


def _priority(labels: Iterable[str]) -> str | None:
    """Return what a label such as `priority::high` says."""
    found = (label.partition(":") for label in labels)
    return next((value.strip(": ") for key, mark, value in found if mark and key.strip().lower() == "priority"), None)
