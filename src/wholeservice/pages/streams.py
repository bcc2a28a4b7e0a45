"""All value streams: how much work takes how long in each, what most of the wait is for, who answers for it. None is ranked."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.organisation import kinds
from wholeservice.organisation.graph import Entity
from wholeservice.organisation.remit import owner_of
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.entries import address_of
from wholeservice.pages.flow_part import flow_of, window_words
from wholeservice.pages.listing import by_title
from wholeservice.pages.numbers import plural
from wholeservice.pages.stream_map_part import finding_words
from wholeservice.units import SECONDS, write


@dataclass(frozen=True, slots=True)
class StreamRow:
    """One stream: what its work says in one sentence, and how many items stand behind that."""

    entity: str
    title: str
    address: str
    owner: str | None
    says: str | None
    half: str | None
    half_range: str | None
    n_done: int
    n_open: int
    window: str | None


@dataclass(frozen=True, slots=True)
class StreamsPage:
    """The streams in the order of a telephone book."""

    title: str
    streams: tuple[StreamRow, ...]
    snapshot: str


def build(data: Data) -> StreamsPage:
    """Return all value streams."""
    org = data.organisation
    found = tuple(_row(data, each) for each in by_title(each for each in org.entities.values() if each.kind == kinds.STREAM))
    seen = sum(each.says is not None for each in found)
    title = f"{plural(len(found), 'value stream')}, work was seen in {seen}" if found else "No value stream is declared"
    return StreamsPage(title, found, data.snapshot)


def _row(data: Data, stream: Entity) -> StreamRow:
    flow = flow_of(data, stream.id)
    at = stream.id, stream.title, address_of(stream), owner_of(data.organisation, stream.id)
    if flow is None:
        return StreamRow(*at, None, None, None, 0, 0, None)
    lead = flow.lead
    likely = f"{write(lead.low_s, SECONDS)} to {write(lead.high_s, SECONDS)}" if lead.high_s is not None else None
    half = write(lead.median_s, SECONDS) if lead.median_s is not None else None
    return StreamRow(*at, finding_words(data, flow), half, likely, flow.n_done, flow.n_open, window_words(flow))


def _sheet(_: Data, page: StreamsPage) -> Sheet:
    header = ("id", "name", "owner", "finding", "half took at most", "likely", "items done", "items open", "days", "page")
    return Sheet(header, tuple(
        (each.entity, each.title, each.owner, each.says, each.half, each.half_range, each.n_done, each.n_open, each.window,
         each.address)
        for each in page.streams
    ))  # fmt: skip


PAGE = Page(path="/streams", name="streams", template="streams.html", build=build, sheet=_sheet)
