"""
How a ticket and a change of a forge went on: statuses with their meaning, and the stays between them. Pure.

A change is coded since its first commit was authored; a draft still is. Once a review is asked for it waits for one, until
somebody else than its author reviews it; then it is sent back, or waits to be merged, and at last to be deployed. Of several
reviewers each one's last word counts, and one who wants changes weighs more than all who approve.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from wholeservice.sources import forge_items as forge
from wholeservice.sources.forge_items import Act, Change, Ticket
from wholeservice.sources.work_statuses import Status, Statuses, lowered
from wholeservice.sources.work_stays import Change as Turn
from wholeservice.sources.work_stays import Look, Stay, Values, stays
from wholeservice.sources.xes_lifecycle import ACTIVE, DONE, QUEUED, RETURNED

CODING, DRAFT, OPENED, REQUESTED, REVIEWED = "coding", "draft", "opened", "review requested", "reviewed"
CHANGES, APPROVED, MERGED, DEPLOYED, CLOSED, DROPPED = (
    "changes requested", "approved", "merged", "deployed", "closed", "closed unmerged",
)  # fmt: skip
OF_CHANGES: dict[str, Status] = {
    CODING: Status("code", ACTIVE),
    DRAFT: Status("code", ACTIVE),
    OPENED: Status("code", ACTIVE),
    REQUESTED: Status("review", QUEUED),
    REVIEWED: Status("review", ACTIVE),
    CHANGES: Status("code", RETURNED),
    APPROVED: Status("merge", QUEUED),
    MERGED: Status("deploy", QUEUED),
    DEPLOYED: Status("done", DONE),
    DROPPED: Status("closed", RETURNED),
}
NOT_PLANNED = "closed as not planned"
OF_TICKETS = {OPENED: Status(OPENED, QUEUED), CLOSED: Status(CLOSED, DONE), NOT_PLANNED: Status(CLOSED, RETURNED)}
_ENDS = (forge.CLOSED, forge.MERGED)


@dataclass(slots=True)
class _Review:
    """A change while it is looked at."""

    is_draft: bool
    is_waiting: bool  # although nobody is known to have been asked
    asked: set[str] = field(default_factory=set)
    said: dict[str, str] = field(default_factory=dict)
    is_read: bool = False
    reader: str | None = None

    def take(self, act: Act) -> None:
        who = act.who or ""
        if act.what in (forge.DRAFT, forge.READY):
            self.is_draft = act.what == forge.DRAFT
        elif act.what == forge.REQUESTED:
            self.asked.add(who)
            self.said = {} if who == forge.SOMEBODY else {each: said for each, said in self.said.items() if each != who}
            self.is_read = False
        elif act.what == forge.UNREQUESTED:
            self.asked.discard(who)
        elif act.what == forge.UNAPPROVED:
            self.said.pop(who, None)
        elif act.what in (forge.COMMENTED, forge.APPROVED, forge.CHANGES):
            self.asked.discard(who)
            self.is_read, self.reader = True, act.who
            if act.what != forge.COMMENTED:
                self.said[who] = act.what

    @property
    def status(self) -> str:
        if self.is_draft:
            return DRAFT
        if forge.CHANGES in self.said.values():
            return CHANGES
        if forge.APPROVED in self.said.values():
            return APPROVED
        if self.is_read:
            return REVIEWED
        return REQUESTED if self.asked or self.is_waiting else OPENED


def change_stays(
    change: Change, statuses: Statuses, *, knows_requests: bool, is_deployed: bool, deployed: dt.datetime | None
) -> list[Stay]:
    """
    Return the stays of a change.

    *knows_requests*   whether the files say when reviews are asked for; else an opened change is taken to wait for one
    *is_deployed*      whether they say when what is merged into its branch reaches production, and *deployed* when this did
    """
    acts = sorted(_ended(change, change.merged), key=lambda act: act.at)
    review = _Review(_was_draft(change, acts), not knows_requests and OPENED not in statuses.declared)
    turns: list[Turn] = []
    is_open = True
    for act in acts:
        if act.what in _ENDS:
            is_open = False
            turns.append(Turn(act.at, {"status": _end(act.what, is_deployed=is_deployed), "who": None}))
        elif act.what == forge.REOPENED or is_open:
            is_open = True
            review.take(act)
            turns.append(Turn(act.at, _now(review, change)))
    if deployed is not None and change.merged is not None:
        turns.append(Turn(max(deployed, change.merged), {"status": DEPLOYED, "who": None}))
    first = min((at for at in change.commits.values() if at is not None), default=change.created)
    opening = _Review(_was_draft(change, acts), review.is_waiting)
    begun = Turn(change.created, _now(opening, change))
    began = {"status": CODING, "who": change.author} if first < change.created else begun.values
    return stays(began, min(first, change.created), [begun, *turns], _look(statuses, OF_CHANGES))


def ticket_stays(ticket: Ticket, statuses: Statuses) -> list[Stay] | None:
    """Return the stays of a ticket: by its labels that are declared as statuses, the one that was put on last. None where it
    has such a label and nobody knows since when."""
    here: dict[str, str] = {}
    who, is_open, turns = _first_assignee(ticket), True, []
    began: Values = {"status": OPENED, "who": who}
    for act in sorted(_ended(ticket, None), key=lambda act: act.at):
        label = act.who or ""
        if act.what == forge.LABELLED and lowered(label) in statuses.declared:
            here.pop(lowered(label), None)
            here[lowered(label)] = label
        elif act.what == forge.UNLABELLED:
            here.pop(lowered(label), None)
        elif act.what == forge.ASSIGNED or (act.what == forge.UNASSIGNED and who == act.who):
            who = act.who if act.what == forge.ASSIGNED else None
        elif act.what in (forge.CLOSED, forge.REOPENED):
            is_open = act.what == forge.REOPENED
        status = next(reversed(here.values()), OPENED) if is_open else _closed(ticket, act)
        turns.append(Turn(act.at, {"status": status, "who": who}))
    if any(lowered(each) in statuses.declared and lowered(each) not in here for each in ticket.labels):
        return None
    return stays(began, ticket.created, turns, _look(statuses, OF_TICKETS))


def _was_draft(change: Change, acts: Iterable[Act]) -> bool:
    """Say whether a change was a draft when it was opened: what became of it first says so."""
    first = next((act.what for act in acts if act.what in (forge.DRAFT, forge.READY)), None)
    return change.is_draft if first is None else first == forge.READY


def _now(review: _Review, change: Change) -> Values:
    status = review.status
    who = {DRAFT: change.author, OPENED: change.author, CHANGES: change.author, REVIEWED: review.reader}.get(status)
    return {"status": status, "who": who}


def _end(what: str, *, is_deployed: bool) -> str:
    return DROPPED if what == forge.CLOSED else MERGED if is_deployed else DEPLOYED


def _ended(ticket: Ticket, merged: dt.datetime | None) -> list[Act]:
    """Return what was done, with the end that the ticket itself tells where no event does."""
    acts = [act for act in ticket.acts if act.at >= ticket.created and not (merged and act.what in _ENDS)]
    if merged is not None:
        return [*acts, Act(merged, forge.MERGED)]
    is_told = any(act.what == forge.CLOSED for act in acts)
    return acts if ticket.closed is None or is_told else [*acts, Act(ticket.closed, forge.CLOSED)]


def _closed(ticket: Ticket, act: Act) -> str:
    is_last = ticket.closed is not None and act.at >= ticket.closed
    return NOT_PLANNED if ticket.reason and is_last else CLOSED


def _first_assignee(ticket: Ticket) -> str | None:
    """Return who had a ticket from the beginning: nobody, where it is told that anybody got it later."""
    told = [act for act in ticket.acts if act.what in (forge.ASSIGNED, forge.UNASSIGNED)]
    first = min(told, key=lambda act: act.at, default=None)
    if first is None:
        return ticket.assignee
    return first.who if first.what == forge.UNASSIGNED else None


def _look(statuses: Statuses, usual: Mapping[str, Status]) -> Callable[[Values], Look]:
    def look(now: Values) -> Look:
        name = now["status"] or ""
        found = statuses.declared.get(lowered(name)) or usual.get(name) or statuses.of(name)
        return Look(name, found.stage or name, found.state, found.team, now["who"])

    return look
