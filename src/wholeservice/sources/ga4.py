"""
Google Analytics 4: events of its export to BigQuery, taken out of there as JSON lines or Parquet.

One event is one raw row. GA4 gives events no id, so what tells them apart is who, when, what, and their place in the batch that
the browser sent. An event that stands in the table of the day and in the one of the running day is one. All events of a
batch carry one `event_timestamp`: their order is that of `batch_event_index`, kept as that many microseconds.

Source   support.google.com/analytics/answer/7029846 (schema), support.google.com/analytics/answer/9358801 (export)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from wholeservice.documents import Node
from wholeservice.errors import Problem
from wholeservice.sources.base import Context, Raw, Source
from wholeservice.sources.exports_options import FILES, STEPS, USUAL_LINKED, ExportOptions, load_export
from wholeservice.sources.exports_read import Record, listed, records_in, since_epoch
from wholeservice.sources.exports_rows import Event, Reading, digest, headers, linked_events, no_export
from wholeservice.sources.files import File

OPTIONS = {**FILES, **STEPS}
PARAMS = ("event_params", "event_params.list")  # the second is what Parquet makes of the first
VIEWS = ("page_view", "screen_view")
BATCH = ("batch_page_id", "batch_ordering_id", "batch_event_index")
_VALUES = ("string_value", "int_value", "double_value", "float_value")
_APPS = ("ANDROID", "IOS")
MAX_INDEX = 10_000  # beyond, it is no place in a batch


def load(node: Node) -> tuple[ExportOptions, list[Problem]]:
    """Load the options from a declaration."""
    return load_export(node, OPTIONS)


def usual(options: ExportOptions) -> str:
    """Return the usual mapping: interactions, and which browser is which account."""
    return USUAL_LINKED


def read(options: ExportOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield every event of every file, and then once for each browser and account that the two are one person."""
    yield from linked_events(Reading(options, context), _records, _event, "user_id")


def _records(file: File) -> Iterator[Record | Problem]:
    for record in records_in(file, json_in=("event_params",)):
        yield record if isinstance(record, Problem) else _with_params(record)


def _with_params(record: Record) -> Record:
    """Return the record with its parameters as an object, so that a mapping can say `{event_params.page_title}`."""
    pairs = next((found for name in PARAMS if (found := listed(record.get(name)))), [])
    named = [each for each in pairs if isinstance(each, dict) and isinstance(each.get("key"), str)]
    params = {each["key"]: _value(each.get("value")) for each in named}
    return Record({**record.values, "event_params": params}, record.file, record.number, record.counts_in)


def _value(value: Any) -> Any:
    """Return what a parameter holds: one of its four fields, whole numbers as text in JSON."""
    if not isinstance(value, Mapping):
        return value if isinstance(value, str | int | float) else None
    return next((value[name] for name in _VALUES if isinstance(value.get(name), str | int | float)), None)


def _event(record: Record) -> Event | Problem:
    name, at = record.text("event_name"), since_epoch(record.get("event_timestamp"), 1_000_000)
    if name is None:
        return no_export("the event lacks its name", record, "event_name, event_timestamp and event_params")
    person, session = record.text("user_pseudo_id"), record.text("event_params.ga_session_id")
    visit = digest([person, session]).hex() if person and session else None  # a session's id is only its own with the browser's
    app = (record.text("platform") or "").upper()
    return Event(
        id=_id(record, name, person),
        name=name,
        at=_in_batch(at, record),
        person=person,
        visit=visit,
        page=_page(record) if name in VIEWS else None,
        channel="web" if app == "WEB" else "app" if app in _APPS else None,
    )


def _id(record: Record, name: str, person: str | None) -> str:
    """Return what tells an event from others: its place in the batch, where it says one, else all that it says.

    The place comes first, so that events of one instant are in order by their ids too.
    """
    place = [(record.text(each) or "").rjust(8, "0") for each in BATCH if record.text(each)]
    said = record.get("event_params") if len(place) < len(BATCH) else None
    params = {key: str(each) for key, each in said.items()} if isinstance(said, Mapping) else None
    stands = [record.text(each) for each in ("stream_id", "event_timestamp", "event_bundle_sequence_id")]
    return "-".join([*place, digest([person, name, *stands, *place, params]).hex()])


def _in_batch(at: dt.datetime | None, record: Record) -> dt.datetime | None:
    """Return the instant of an event, put behind those that stand before it in the batch that has one instant."""
    index = record.text("batch_event_index") or ""
    n = int(index) if index.isdecimal() and len(index) < 6 else 0
    return at if at is None or n > MAX_INDEX else at + dt.timedelta(microseconds=n)


def _page(record: Record) -> str | None:
    screen = record.text("event_params.firebase_screen") or record.text("event_params.firebase_screen_class")
    return record.text("event_params.page_location") or (f"/{screen}" if screen else None)


SOURCE = Source(name="ga4", options=OPTIONS, load=load, headers=headers, read=read, usual=usual)
