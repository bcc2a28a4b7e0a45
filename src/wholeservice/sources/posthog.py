"""
PostHog: events as its batch exports and its download of files write them (JSON lines, Parquet), as its API lists them (JSON),
or as its table of events is saved (CSV).

One event is one raw row, known by its `uuid`; what step it means is declared. `$identify`, `$create_alias` and
`$merge_dangerously` say that two ids are one person. The events of surveys become one row for each time that somebody was
asked each declared question (posthog_surveys.py).

Source   posthog.com/docs/cdp/batch-exports/s3 (fields), posthog.com/docs/product-analytics/identify (links)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wholeservice.documents import Node
from wholeservice.errors import Problem
from wholeservice.sources.base import Context, Raw, Source
from wholeservice.sources.exports_options import FILES, QUESTIONS, STEPS, USUAL_ALL, ExportOptions, load_export
from wholeservice.sources.exports_read import Record, instant, records_in
from wholeservice.sources.exports_rows import Event, Reading, headers, no_export
from wholeservice.sources.files import File
from wholeservice.sources.posthog_surveys import Surveys

OPTIONS = {**FILES, **STEPS, **QUESTIONS}
JSON_COLUMNS = ("properties", "person_properties")
VIEWS = ("$pageview", "$screen")
_ALIASES = ("$create_alias", "$merge_dangerously")
_APPS = ("posthog-ios", "posthog-android", "posthog-react-native", "posthog-flutter")


def load(node: Node) -> tuple[ExportOptions, list[Problem]]:
    """Load the options from a declaration."""
    return load_export(node, OPTIONS)


def usual(options: ExportOptions) -> str:
    """Return the usual mapping: interactions, who is whom, and answers."""
    return USUAL_ALL


def read(options: ExportOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield every event, and then every time that somebody was asked: only then is known whether they answered."""
    reading, surveys = Reading(options, context), Surveys(options.questions)
    for record in reading.records(_records):
        if isinstance(record, Problem):
            yield record
            continue
        event = _event(record)
        if isinstance(event, Problem):
            yield event
        elif not surveys.takes(event, record):
            yield from reading.event(event, record)
    for response, record in surveys.responses():
        yield from reading.response(response, record)
    yield from reading.rest()


def _records(file: File) -> Iterator[Record | Problem]:
    return records_in(file, ("results",), json_in=JSON_COLUMNS)


def _event(record: Record) -> Event | Problem:
    key, name = record.text("uuid") or record.text("id"), record.text("event")
    if key is None or name is None:
        return no_export("the event lacks its uuid or its name", record, "uuid, event, distinct_id, timestamp and properties")
    person = record.text("distinct_id")
    return Event(
        id=key,
        name=name,
        at=instant(record.get("timestamp")),
        person=person,
        visit=record.text("properties.$session_id"),
        page=_page(record) if name in VIEWS else None,
        channel=_channel(record.text("properties.$lib")),
        link=_link(name, person, record),
    )


def _page(record: Record) -> str | None:
    screen = record.text("properties.$screen_name")
    return record.text("properties.$current_url") or (f"/{screen}" if screen else None)


def _link(name: str, person: str | None, record: Record) -> tuple[str, str] | None:
    """Return who an event says to be whom: an anonymous id and the account that logged in, or two ids of one person."""
    if name == "$identify":
        other: Any = record.text("properties.$anon_distinct_id")
        return (other, f"account:{person}") if other and person and other != person else None
    if name in _ALIASES:
        other = record.text("properties.alias")
        return (other, f"consumer:{person}") if other and person and other != person else None
    return None


def _channel(library: str | None) -> str | None:
    """Return the channel that a library of PostHog stands for; those of servers stand for none."""
    return "web" if library == "web" else "app" if library in _APPS else None


SOURCE = Source(name="posthog", options=OPTIONS, load=load, headers=headers, read=read, usual=usual)
