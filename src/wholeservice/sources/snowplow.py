"""
Snowplow: enriched events as the pipeline writes them, tab-separated lines of 131 fields without a header.

One line is one raw row. Events are delivered at least once: lines with one `event_id` and one fingerprint are one event, those
with one `event_id` and another fingerprint are two, of which nobody knows what the second is. When it happened is
`derived_tstamp`, which corrects the clock of the device; without it when it was collected.

Source   docs.snowplow.io/docs/destinations/custom-streaming/enriched-tsv-format (order of the fields),
         docs.snowplow.io/docs/fundamentals/canonical-event (what they mean)
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.documents import Node
from wholeservice.errors import Problem
from wholeservice.sources.base import Context, Raw, Source
from wholeservice.sources.exports_options import FILES, STEPS, USUAL_LINKED, ExportOptions, load_export
from wholeservice.sources.exports_read import Record, instant
from wholeservice.sources.exports_rows import Event, Reading, headers, linked_events, no_export
from wholeservice.sources.snowplow_fields import lines_of

OPTIONS = {**FILES, **STEPS}
_CHANNELS = {"web": "web", "mob": "app", "app": "app"}
_SESSION = "contexts.client_session"  # what trackers of apps say instead of a cookie
_NOBODY = "00000000-0000-0000-0000-000000000000"  # of those who are tracked without an id


def load(node: Node) -> tuple[ExportOptions, list[Problem]]:
    """Load the options from a declaration."""
    return load_export(node, OPTIONS)


def usual(options: ExportOptions) -> str:
    """Return the usual mapping: interactions, and which browser is which account."""
    return USUAL_LINKED


def read(options: ExportOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield every event of every file, and then once for each browser and account that the two are one person."""
    yield from linked_events(Reading(options, context), lines_of, _event, "user_id")


def _event(record: Record) -> Event | Problem:
    key, name = record.text("event_id"), _name(record)
    if key is None or name is None:
        return no_export("the event lacks its id or its name", record, "event_id, event_name and derived_tstamp")
    return Event(
        id=key,
        name=name,
        at=instant(record.get("derived_tstamp")) or instant(record.get("collector_tstamp")),
        person=_person(record),
        visit=record.text("domain_sessionid") or record.text(f"{_SESSION}.sessionId"),
        page=_page(name, record),
        channel=_CHANNELS.get(record.text("platform") or ""),
        mark=record.text("event_fingerprint") or f"{name} {record.text('dvce_created_tstamp')} {record.text('page_urlpath')}",
    )


def _name(record: Record) -> str | None:
    """Return what an event is called; a structured one by its category and action."""
    if record.text("event") == "struct":
        return f"{record.text('se_category') or ''}/{record.text('se_action') or ''}"
    return record.text("event_name") or record.text("event")


def _person(record: Record) -> str | None:
    """Return the id of the browser or device; where there is none, that of the user."""
    names = ("domain_userid", f"{_SESSION}.userId", "network_userid", "user_id")
    return next((text for text in map(record.text, names) if text and text != _NOBODY), None)


def _page(name: str, record: Record) -> str | None:
    if name == "screen_view":
        screen = record.text("unstruct_event.name")
        return f"/{screen}" if screen else None
    return record.text("page_url") if name == "page_view" else None


SOURCE = Source(name="snowplow", options=OPTIONS, load=load, headers=headers, read=read, usual=usual)
