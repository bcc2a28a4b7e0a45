"""The page of a value stream: what its work waits for, who could change that, its flow, what is open, how long it takes."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.draw.ageing import Ageing
from wholeservice.draw.cumulative_flow import CumulativeFlow
from wholeservice.draw.cycle_scatter import CycleScatter
from wholeservice.draw.follows_map import FollowsMap
from wholeservice.draw.stages import ValueStream
from wholeservice.measures.flow_told import Flow
from wholeservice.organisation import kinds
from wholeservice.organisation.graph import Entity
from wholeservice.organisation.remit import owner_of
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.entries import address_of
from wholeservice.pages.findings_part import FindingRow, rows
from wholeservice.pages.flow_numbers_part import FlowNumber, flow_numbers, not_known
from wholeservice.pages.flow_part import (
    ageing_note,
    ageing_of,
    coverage_words,
    cumulative_of,
    expected_of,
    flow_of,
    follows_of,
    scatter_of,
    since_words,
    stage_title,
    window_words,
)
from wholeservice.pages.holdings_part import Thing
from wholeservice.pages.listing import by_title
from wholeservice.pages.reach_part import volume_words
from wholeservice.pages.stream_map_part import (
    Waiter,
    WaitRow,
    cause_words,
    finding_words,
    run_by,
    shares_words,
    value_stream_of,
    wait_rows,
    waiters_of,
    what_of,
)
from wholeservice.units import SECONDS, write

MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item in a list; `address` is None where its story is not kept."""

    item: str
    address: str | None
    kind: str | None
    stage: str | None
    time: str | None
    note: str


@dataclass(frozen=True, slots=True)
class KindLink:
    """The page told of one kind of work only."""

    title: str
    address: str
    n: int
    is_here: bool


@dataclass(frozen=True, slots=True)
class StreamPage:
    """All the page says. Without any work it says what would fill it."""

    entity: str
    title: str
    says: str
    owner: str | None
    fund: str | None
    starts: str | None
    services: tuple[Thing, ...]
    work_kind: str | None
    kinds: tuple[KindLink, ...]
    window: str | None
    coverage: str | None
    since: str | None
    map: ValueStream | None
    map_title: str | None
    range: str | None  # of the time that half of the items took
    waits: tuple[WaitRow, ...]
    numbers: tuple[FlowNumber, ...]
    not_known: tuple[str, ...]  # which numbers of delivery there are not, and why
    cumulative: CumulativeFlow | None
    ageing: Ageing | None
    ageing_note: str | None
    scatter: CycleScatter | None
    scatter_note: str | None
    expected: str | None
    follows: FollowsMap | None
    waiters: tuple[Waiter, ...]
    findings: tuple[FindingRow, ...]
    open: tuple[ItemRow, ...]
    n_open: int
    done: tuple[ItemRow, ...]
    n_done: int
    is_declared: bool  # it says what its stages are
    snapshot: str


def build(data: Data, entity: str, *, kind: str = "") -> StreamPage | None:
    """Return the page of a value stream, of one kind of work or of all; None when there is no such stream."""
    found = data.organisation.entities.get(entity)
    if found is None or found.kind != kinds.STREAM:
        return None
    whole = flow_of(data, entity)
    flow = flow_of(data, entity, kind) if kind else whole
    return _page(data, found, whole, flow or whole)


def _page(data: Data, stream: Entity, whole: Flow | None, flow: Flow | None) -> StreamPage:
    org, expected = data.organisation, expected_of(data, stream.id)
    shown = flow if flow and (flow.n_done or flow.n_open) else None
    ids = run_by(org, stream.id)
    runs = (org.entities[each] for each in ids if each in org.entities and each != stream.id)
    fund, starts = stream.fields.get("fund"), stream.fields.get("starts")
    has_map = shown is not None and bool(shown.stages) and bool(shown.n_done)
    return StreamPage(
        entity=stream.id, title=stream.title, says=_says(data, shown), owner=owner_of(org, stream.id),
        fund=volume_words(fund), starts=str(starts) if starts else None,
        services=tuple(Thing(each.kind, each.title, address_of(each), None) for each in by_title(runs)),
        work_kind=shown.work_kind if shown else None, kinds=tuple(_kinds(data, stream, whole, shown)),
        window=window_words(shown) if shown else None, coverage=coverage_words(shown) if shown else None,
        since=since_words(shown) if shown else None,
        map=value_stream_of(data, shown) if shown and has_map else None,
        map_title=shares_words(shown) if shown and has_map else None, range=_range(shown),
        waits=wait_rows(data, shown) if shown and has_map else (), numbers=flow_numbers(data, stream.id),
        not_known=not_known(data, stream.id),
        cumulative=cumulative_of(shown) if shown else None, ageing=ageing_of(shown, expected) if shown else None,
        ageing_note=ageing_note(shown) if shown else None, scatter=scatter_of(shown, expected) if shown else None,
        scatter_note=_scatter_note(shown), expected=expected.words if expected else None,
        follows=follows_of(shown) if shown else None, waiters=waiters_of(data, ids),
        findings=rows(data, of=(stream.id,)), open=_open(data, shown), n_open=shown.n_open if shown else 0,
        done=_done(data, shown), n_done=shown.n_done if shown else 0, is_declared=bool(stream.fields.get("stages")),
        snapshot=data.snapshot,
    )  # fmt: skip


def _says(data: Data, flow: Flow | None) -> str:
    return finding_words(data, flow) if flow else "No work was seen in it yet"


def _range(flow: Flow | None) -> str | None:
    if flow is None or flow.lead.median_s is None or flow.lead.mean_s == 0:
        return None
    likely = f", likely {write(flow.lead.low_s, SECONDS)} to {write(flow.lead.high_s, SECONDS)}" if flow.lead.high_s else ""
    return (
        f"Half of the items took at most {write(flow.lead.median_s, SECONDS)}{likely}; "
        f"85% at most {write(flow.lead.p85_s, SECONDS)}"
    )


def _kinds(data: Data, stream: Entity, whole: Flow | None, shown: Flow | None) -> list[KindLink]:
    told = {each.work_kind for each in data.flows if each.entity == stream.id}
    at, kind = address_of(stream), shown.work_kind if shown else None
    found = [
        KindLink(f"{name}s", f"{at}?kind={address(name)[1:]}", n, name == kind)
        for name, n in (whole.kinds if whole else ()) if name in told
    ]  # fmt: skip
    return [KindLink("all of it", at, whole.n_done if whole else 0, kind is None), *found] if found else []


def _scatter_note(flow: Flow | None) -> str | None:
    if flow is None or not flow.done:
        return None
    unknown = flow.n_done - flow.cycle.n
    parts = [f"Counted {since_words(flow)}"]
    parts += [f"of {unknown:,} more it is not known when the work began"] if unknown else []
    parts += [f"the newest {len(flow.done):,} of {flow.cycle.n:,} are drawn"] if len(flow.done) < flow.cycle.n else []
    return "; ".join(parts) + "."


def _open(data: Data, flow: Flow | None) -> tuple[ItemRow, ...]:
    """The oldest first, with what each is doing now."""
    return tuple(
        ItemRow(
            each.item, _item_address(data, each.item), each.kind, _stage_name(flow, each.stage),
            None if each.age_s is None else write(each.age_s, SECONDS), _now(data, each.item, each.now, each.now_s),
        )
        for each in (flow.open[:MOST_LISTED] if flow else ())
    )  # fmt: skip


def _now(data: Data, item: str, now: str, seconds: float) -> str:
    since = write(seconds, SECONDS)
    if now == "work":
        return f"worked on for {since}"
    story = data.stories.get(item)
    last = story.pieces[-1] if story and story.pieces else None
    if now == "wait" and last is not None and last.cause is not None:
        on = last.on_item or what_of(data.organisation, last.on_entity, last.cause)
        return (
            f"waits for {on} since {since}"
            if last.on_item or last.on_entity
            else f"waits for {cause_words(last.cause)} since {since}"
        )
    return f"waits, {since} so far" if now == "wait" else f"what happens to it is not recorded, {since} so far"


def _done(data: Data, flow: Flow | None) -> tuple[ItemRow, ...]:
    return tuple(
        ItemRow(each.item, _item_address(data, each.item), each.kind, None, write(each.seconds, SECONDS),
                f"{each.on.day} {each.on:%b %Y}")
        for each in (flow.done[:MOST_LISTED] if flow else ())
    )  # fmt: skip


def _item_address(data: Data, item: str) -> str | None:
    return address("items", item) if item in data.stories else None


def _stage_name(flow: Flow | None, stage: int | None) -> str | None:
    return stage_title(flow.stages[stage].name) if flow and stage is not None else None


def _sheet(data: Data, page: StreamPage) -> Sheet:
    """Every wait of the stream beside who could change it; seconds are means over all items that were done."""
    flow = flow_of(data, page.entity, page.work_kind)
    header = ("stage", "waits for", "cause", "mean (s)", "share of waiting", "from", "to", "items", "waiting now")
    org = data.organisation
    return Sheet(header, tuple(
        (_stage_name(flow, each.stage), what_of(org, each.on_entity, each.cause), each.cause, each.mean_s, each.share, each.low,
         each.high, each.n, each.n_now)
        for each in (flow.waits if flow else ())
    ))  # fmt: skip


PAGE = Page(path="/streams/{entity}", name="stream", template="stream.html", build=build, sheet=_sheet)
