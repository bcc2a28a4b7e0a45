"""
Matomo: its log of visits, as `Live.getLastVisitsDetails` gives it, in JSON or as a table (CSV or TSV).

One raw row is one action of a visit: a view of a page, an event, a goal, an order. Matomo counts in whole seconds, so actions
of one second keep the order in which the visit lists them, as microseconds. A visit that goes on, and is exported again, adds
only what is new.

Source   developer.matomo.org/api-reference/reporting-api (Live); github.com/matomo-org/matomo plugins/Live/API.php;
         matomo.org/faq/understanding-visits-and-action-levels-in-matomo
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from wholeservice.documents import Node
from wholeservice.errors import Problem
from wholeservice.sources.base import Context, Raw, Source
from wholeservice.sources.exports_options import FILES, STEPS, USUAL_LINKED, ExportOptions, load_export
from wholeservice.sources.exports_read import Record, listed, records_in, since_epoch
from wholeservice.sources.exports_rows import NO_STEP, Event, Linked, Reading, headers, no_export
from wholeservice.sources.files import File

OPTIONS = {**FILES, **STEPS}
_IN_TABLE = re.compile(r"(?P<name>[^()]+) \(actionDetails (?P<nth>\d{1,5})\)|actionDetails_(?P<n>\d{1,5})_(?P<field>\w+)")
PAGE, EVENT, GOAL = "action", "event", "goal"


def load(node: Node) -> tuple[ExportOptions, list[Problem]]:
    """Load the options from a declaration."""
    return load_export(node, OPTIONS)


def usual(options: ExportOptions) -> str:
    """Return the usual mapping: interactions, and which visitor is which account."""
    return USUAL_LINKED


def read(options: ExportOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield every action of every visit, and then once for each visitor and account that the two are one person."""
    reading, linked = Reading(options, context), Linked()
    for record in reading.records(_records):
        if isinstance(record, Problem):
            yield record
            continue
        visit, actions = record.text("idVisit"), _actions(record)
        if visit is None:
            yield no_export("the visit lacks its number", record, "idVisit, visitorId and actionDetails")
            continue
        if not actions:
            yield from reading.row({"event.id": visit, "event.kind": NO_STEP}, record)
        for event, action in _events(visit, actions, record):
            linked.note(event, record.text("userId"), record)
            yield from reading.event(event, action)
    yield from linked.raws(reading)
    yield from reading.rest()


def _records(file: File) -> Iterator[Record | Problem]:
    return records_in(file)


def _actions(record: Record) -> list[Mapping[str, Any]]:
    """Return the actions of a visit: a list in JSON; in a table columns, with the number of the action in their names."""
    given = [each for each in listed(record.values.get("actionDetails")) if isinstance(each, Mapping)]
    if given:
        return given
    found: dict[int, dict[str, Any]] = {}
    for name, value in record.values.items():
        match = _IN_TABLE.fullmatch(name)
        if match is not None and value not in (None, ""):
            found.setdefault(int(match["nth"] or match["n"]), {})[match["name"] or match["field"]] = value
    return [found[nth] for nth in sorted(found)]


def _events(visit: str, actions: list[Mapping[str, Any]], record: Record) -> Iterator[tuple[Event, Record]]:
    """Yield each action, with the record in which its own fields stand over those of the visit."""
    seconds: dict[dt.datetime, int] = {}
    around = {name: value for name, value in record.values.items() if name != "actionDetails"}
    for each in actions:
        action = Record({**around, "action": each}, record.file, record.number, record.counts_in)
        kind, at = action.text("action.type") or "", since_epoch(action.get("action.timestamp"), 1)
        if at is not None:
            seconds[at] = seconds.get(at, -1) + 1
            at += dt.timedelta(microseconds=seconds[at])
        yield Event(
            id=_id(visit, kind, action),
            name=_name(kind, action),
            at=at,
            person=record.text("visitorId"),
            visit=visit,
            page=action.text("action.url") if kind == PAGE else None,
            mark=f"{kind} {action.text('action.timestamp')} {action.text('action.url')}",  # its place in the second may change
        ), action  # fmt: skip


def _id(visit: str, kind: str, action: Record) -> str:
    """Return what tells an action from others: the number of its link in the log, else what it is and when."""
    number = action.text("action.pageId")
    if number is not None and kind != GOAL:  # the goal that a page reached has the number of the page
        return f"{visit}:{number.rjust(12, '0')}"
    what = action.text("action.goalId") or action.text("action.orderId") or ""
    return f"{visit}:{kind}:{what}:{action.text('action.timestamp') or ''}"


def _name(kind: str, action: Record) -> str:
    """Return what an action is called: its type; an event by category and action, a goal by its name."""
    if kind == EVENT:
        return f"{action.text('action.eventCategory') or ''}/{action.text('action.eventAction') or ''}"
    if kind == GOAL:
        return f"goal/{action.text('action.goalName') or action.text('action.goalId') or ''}"
    return kind


SOURCE = Source(name="matomo", options=OPTIONS, load=load, headers=headers, read=read, usual=usual)
