"""What an event becomes: by `types:`, by the types of CDEvents, else an interaction; and when what it began has ended.

An incident, a change and a ticket are each told in several events. The one that begins it carries the fact, with the time
of the end where that is among the files: so a later reading without the first file takes nothing back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from wholeservice.sources.cloudevents_options import DEPLOYMENT, INCIDENT, INTERACTION, ITEM, NOTHING

DERIVED = ("event.kind", "event.ref", "event.service", "event.about", "event.environment", "event.artefact", "event.method",
           "event.planned", "event.result", "event.change", "event.item", "event.priority", "event.team", "event.stage",
           "event.state", "event.ended_at", "event.done_at")  # fmt: skip
CONTENT = "data.subject.content."
_RESULTS = {"success": "succeeded", "failure": "failed", "error": "failed", "cancel": None}
_TICKETS = {"bug": "defect", "defect": "defect", "incident": "defect", "enhancement": "feature", "feature": "feature",
            "story": "feature", "improvement": "improvement", "debt": "debt", "risk": "risk"}  # fmt: skip
_CDEVENT = re.compile(r"^dev\.cdevents\.(?P<subject>[a-z]+)\.(?P<predicate>[a-z]+)(?:\.\d+\.\d+\.\d+(?:-[\w.]+)?)?$")


@dataclass(frozen=True, slots=True)
class Kind:
    """What an event becomes, and the words that go with it. `ends`: what it began has ended; `is_done`: and was achieved."""

    becomes: str
    subject: str = ""
    method: str | None = None
    planned: str | None = None
    item: str | None = None
    stage: str | None = None
    state: str | None = None
    begins: bool = False
    ends: bool = False
    is_done: bool = False

    @property
    def needs_time(self) -> bool:
        return self.becomes != NOTHING or self.ends


def _begun(becomes: str, item: str | None, stage: str | None, state: str | None) -> Kind:
    return Kind(becomes, item=item, stage=stage, state=state, begins=True)


CDEVENTS: dict[tuple[str, str], Kind] = {
    ("service", "deployed"): Kind(DEPLOYMENT, method="deploy"),
    ("service", "upgraded"): Kind(DEPLOYMENT, method="upgrade"),
    ("service", "rolledback"): Kind(DEPLOYMENT, method="rollback", planned="false"),  # the earlier version, put back
    ("incident", "detected"): _begun(INCIDENT, None, None, None),
    ("incident", "reported"): _begun(INCIDENT, None, None, None),
    ("incident", "resolved"): Kind(NOTHING, ends=True, is_done=True),
    ("change", "created"): _begun(ITEM, "change", "change", "active"),
    ("change", "merged"): Kind(NOTHING, stage="change", state="done", ends=True, is_done=True),
    ("change", "abandoned"): Kind(NOTHING, stage="change", state="returned", ends=True),
    ("ticket", "created"): _begun(ITEM, "request", "ticket", "queued"),
    ("ticket", "closed"): Kind(NOTHING, stage="ticket", state="done", ends=True, is_done=True),
}
"""(subject, predicate) of a CDEvent -> what it becomes. Other CDEvents (pipeline runs, builds, tests) become nothing."""


def as_kind(row: Mapping[str, Any], types: tuple[tuple[str, str], ...]) -> Kind:
    """Return what an event becomes.

    >>> as_kind({"type": "dev.cdevents.service.deployed.0.2.0"}, ()).becomes
    'deployment'
    >>> as_kind({"type": "a.b"}, (("a.*", "contact"),)).becomes
    'contact'
    """
    for pattern, becomes in types:
        if fnmatchcase(row["type"], pattern):
            return Kind(becomes, item="request" if becomes == ITEM else None)
    match = _CDEVENT.match(row["type"])
    if match is None:
        is_cdevent = row["type"].startswith("dev.cdevents.")
        return Kind(NOTHING if is_cdevent else INTERACTION)
    kind = CDEVENTS.get((match["subject"], match["predicate"]), Kind(NOTHING))
    return replace(kind, subject=match["subject"])


def derive(row: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    """Return the columns that say what an event becomes, and of what."""
    subject = _text(row.get("subject") or row.get("data.subject.id"))
    service = _text(row.get(CONTENT + "service.id"))
    is_of_service = kind.subject == "service"
    run = _text(row.get(CONTENT + "pipelineName") or row.get(CONTENT + "taskName"))
    ticket = (_text(row.get(CONTENT + "ticketType")) or "").lower()
    return {
        "event.kind": kind.becomes,
        "event.ref": subject or row["id"],
        "event.service": run or subject
        if is_of_service or (kind.becomes == DEPLOYMENT and subject)
        else service or row["source"],
        "event.about": service if kind.subject else row["source"],
        "event.environment": _text(row.get(CONTENT + "environment.id")),
        "event.artefact": _text(row.get(CONTENT + "artifactId")),
        "event.method": kind.method,
        "event.planned": kind.planned,
        "event.result": _RESULTS.get(_text(row.get(CONTENT + "outcome")) or "success") if kind.becomes == DEPLOYMENT else None,
        "event.item": _TICKETS.get(ticket, kind.item) if kind.item else None,
        "event.priority": _text(row.get(CONTENT + "priority")),
        "event.team": _text(row.get(CONTENT + "group")),
        "event.stage": kind.stage,
        "event.state": kind.state,
    }


@dataclass(slots=True)
class Ends:
    """When things began and ended, over all files of one reading."""

    ended: dict[tuple[str, str, str], tuple[str, bool]] = field(default_factory=dict)
    began: dict[tuple[str, str, str], tuple[dt.datetime, str]] = field(default_factory=dict)

    def note(self, row: Mapping[str, Any], kind: Kind) -> None:
        """Note a beginning or an end; the first beginning and the last end count."""
        at = _instant(row.get("time"))
        if at is None or not (kind.begins or kind.ends):
            return
        key = _key(row, kind.subject)
        if kind.begins:
            self.began[key] = min(self.began.get(key, (at, row["id"])), (at, row["id"]))
        elif key not in self.ended or at >= (_instant(self.ended[key][0]) or at):
            self.ended[key] = (row["time"], kind.is_done)

    def completed(self, row: dict[str, Any]) -> dict[str, Any]:
        """Return the event that began something with when it ended; one that only repeats the beginning becomes nothing."""
        key = _key(row, _CDEVENT.sub(r"\g<subject>", row["type"]))
        first = self.began.get(key)
        if first is not None and first[1] != row["id"]:
            return {**row, "event.kind": NOTHING, "event.state": None}
        ended, _ = self.ended.get(key, (None, False))
        if first is None or ended is None or (_instant(ended) or first[0]) < first[0]:
            return row
        return {**row, "event.ended_at": ended, "event.done_at": ended}

    def lone(self) -> list[str]:
        """Return the incidents that end without having begun: their end is noted nowhere. Other ends say it on their own."""
        return sorted(ref for subject, _, ref in self.ended.keys() - self.began.keys() if subject == INCIDENT)


def _key(row: Mapping[str, Any], subject: str) -> tuple[str, str, str]:
    return subject, _text(row.get("data.subject.source")) or row["source"], _text(row.get("event.ref")) or row["id"]


def _text(value: Any) -> str | None:
    return str(value) if value is not None and str(value).strip() else None


def _instant(text: Any) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
