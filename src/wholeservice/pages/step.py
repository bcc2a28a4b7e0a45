"""The page of a step: how many come, go on and leave, by channel and over time, what stands behind it, what nobody measures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from wholeservice.draw.axes import signed
from wholeservice.draw.drop_out import RiverStep
from wholeservice.draw.trend import Trend
from wholeservice.findings.wording import period_of
from wholeservice.measures.asked import unasked
from wholeservice.organisation import graph
from wholeservice.organisation.graph import Entity
from wholeservice.organisation.remit import owner_of
from wholeservice.pages.addresses import address, rows_address
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.entries import address_of
from wholeservice.pages.findings_part import FindingRow, rows
from wholeservice.pages.journey_part import CONVERSION, VOLUME, JourneyPart, Window, journey_part
from wholeservice.pages.need_rows import NeedRow, need_rows, needs_title
from wholeservice.pages.numbers import NOT_MEASURED, Number, listed, number_of, plural
from wholeservice.pages.reach_part import HOW
from wholeservice.pages.series import added_up, newest_of, trend_of
from wholeservice.pages.served_part import ServedPart, served_part
from wholeservice.pages.sheet import NUMBER, number_cells
from wholeservice.pages.unmeasured_part import Unmeasured
from wholeservice.periods import Period
from wholeservice.units import COUNT, SHARE, write

SATISFACTION, SUCCESS = "satisfaction", "success"
COME = "Come"


@dataclass(frozen=True, slots=True)
class Flow:
    """How many came, went on or left over the period of the journey; `why` says why there is no number.

    `rows` is the address of the rows behind it; None where it was not measured as one number.
    """

    label: str
    written: str | None
    range_written: str | None
    note: str
    why: str | None
    rows: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel at the step: how many come, the share of the step before, the share that goes on, how it feels."""

    channel: str
    address: str
    is_declared: bool
    come: Number | None
    reached: Number | None
    goes_on: Number | None
    feels: Number | None


@dataclass(frozen=True, slots=True)
class PartRow:
    """Something that serves the step. `works`: how often its calls worked, at this step if no other step is called so."""

    title: str
    address: str
    team: str | None
    team_address: str | None
    owner: str | None
    works: Number | None
    at_step: bool
    calls: tuple[tuple[str, str, str], ...]  # (title, address, how) of what it uses


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The step before or after."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class StepTrend:
    """A measure at the step over time."""

    number: Number
    trend: Trend


@dataclass(frozen=True, slots=True)
class StepPage:
    """All the page says of one step."""

    entity: str
    of: str
    of_address: str
    step: str
    title: str
    place: str
    is_optional: bool
    before: Neighbour | None
    after: tuple[Neighbour, ...]
    says: str
    period: str | None
    flows: tuple[Flow, ...]
    remark: str | None
    lost: tuple[str, ...]
    channels_title: str
    channels: tuple[ChannelRow, ...]
    trends: tuple[StepTrend, ...]
    needs_title: str
    needs: tuple[NeedRow, ...]
    parts: tuple[PartRow, ...]
    policies: tuple[tuple[str, str], ...]
    unmeasured: tuple[Unmeasured, ...]
    findings: tuple[FindingRow, ...]
    snapshot: str
    served: ServedPart | None = None  # who is served worst here


def build(data: Data, entity: str, step: str) -> StepPage | None:
    """Return the page of a step of a service; None when there is none."""
    found = data.organisation.entities.get(entity)
    journey = journey_part(data, found) if found else None
    here = next((each for each in journey.drawing.steps if each.id == step), None) if journey else None
    page = _page(data, found, journey, here) if found and journey and here else None
    if page is None or data.results.period is None:
        return page
    newest = build(replace(data, results=unasked(data.results)), entity, step)  # what is measured of another period is no hole
    return replace(page, unmeasured=newest.unmeasured) if newest else page


def _page(data: Data, entity: Entity, journey: JourneyPart, here: RiverStep) -> StepPage:
    steps = journey.drawing.steps
    after = tuple(each for each in steps if each.base == here.id)
    before = next((each for each in steps if each.id == here.base), None)
    needs, parts = _needs(data, entity, here), _parts(data, entity, here)
    channels = _channels(data, entity, journey, here, after)
    flows, trends = _flows(here, before, after), tuple(_trends(data, entity, here))
    flows = tuple(_with_rows(data, entity, journey, each, _of(each, here, after)) for each in flows)
    feels = any(each.number.measure == SATISFACTION for each in trends) or any(each.feels for each in channels)
    return StepPage(
        entity=entity.id, of=entity.title, of_address=address_of(entity), step=here.id, title=here.title,
        place=f"step {steps.index(here) + 1} of {len(steps)}" + (", may be left out" if here.is_detour else ""),
        is_optional=here.is_detour,
        before=_neighbour(entity, before) if before else None, after=tuple(_neighbour(entity, each) for each in after),
        says=_says(here, flows), period=_period(journey), flows=flows, remark=here.remark,
        lost=tuple(_lost(data, entity, here)), channels_title=_channels_title(channels), channels=channels,
        trends=trends, needs_title=needs_title(needs) if needs else "No need names this step",
        needs=needs, parts=parts, policies=tuple(_policies(data, entity, here)),
        unmeasured=tuple(_unmeasured(here, channels, needs, parts, feels=feels)), findings=_findings(data, entity, here),
        snapshot=data.snapshot, served=served_part(data, entity.id, here.id),
    )  # fmt: skip


def _neighbour(entity: Entity, step: RiverStep) -> Neighbour:
    return Neighbour(step.title, address("service", entity.id, "step", step.id))


def _period(journey: JourneyPart) -> str | None:
    only = f", by {journey.channel} only" if journey.channel else ""
    return f"{journey.period}{only}, {plural(journey.n_periods, 'period')}" if journey.period else None


def _flows(here: RiverStep, before: RiverStep | None, after: tuple[RiverStep, ...]) -> tuple[Flow, ...]:
    onward = [each for each in after if not each.is_detour]
    come = Flow(COME, _count(here.people), None, _of_before(here, before), None if here.is_sound else _why(here))
    if len(onward) != 1:
        why = "several ways lead on, and one person may take more than one" if after else _why_nowhere(here)
        return come, Flow("Go on", None, None, "", why), Flow("Leave", None, None, "", why)
    reached = onward[0]
    if not here.is_sound or not reached.is_sound or reached.kept is None:
        why = _why(here if not here.is_sound else reached)
        return come, Flow("Go on", None, None, f"to “{reached.title}”", why), Flow("Leave", None, None, "", why)
    left = (here.people or 0) - (reached.people or 0)
    return (
        come,
        Flow("Go on", write(reached.kept, SHARE), _range(reached.low, reached.high),
             f"{_count(reached.people)} reach “{reached.title}”", None),
        Flow("Leave", write(1 - reached.kept, SHARE), _range(_rest(reached.high), _rest(reached.low)),
             f"{_count(left)} fewer than came; whether for a good reason is not measured", None),
    )  # fmt: skip


def _with_rows(data: Data, entity: Entity, journey: JourneyPart, flow: Flow, step: RiverStep) -> Flow:
    """Lead to the rows, where every period of the journey has the number."""
    measure = VOLUME if flow.label == COME else CONVERSION
    if flow.written is None or measure not in data.measures:
        return flow
    found = data.results.rows(measure, entity.id, step=step.id, channel=journey.channel)
    cells = sorted(cell for cell, _ in found if period_of(cell) in journey.window)
    return replace(flow, rows=rows_address(*cells)) if cells and len(cells) == len(journey.window) else flow


def _of(flow: Flow, here: RiverStep, after: tuple[RiverStep, ...]) -> RiverStep:
    """Return the step whose number a flow is: who goes on or leaves is told by the one they reach or not."""
    return here if flow.label == COME else next((each for each in after if not each.is_detour), here)


def _why_nowhere(here: RiverStep) -> str:
    return "people may come past here or not, so nobody is counted on from it" if here.is_detour else "the journey ends here"


def _rest(share: float | None) -> float | None:
    return None if share is None else 1 - share


def _count(people: float | None) -> str | None:
    return None if people is None else write(people, COUNT)


def _range(low: float | None, high: float | None) -> str | None:
    return None if low is None or high is None else f"{write(low, SHARE)} to {write(high, SHARE)}"


def _of_before(here: RiverStep, before: RiverStep | None) -> str:
    if before is None:
        return "the journey begins here"
    if here.kept is None or not here.is_sound:
        return f"after “{before.title}”"
    spread = _range(here.low, here.high)
    words = f"{write(here.kept, SHARE)} of {_count(before.people)} at “{before.title}”"
    return words + (f", likely {spread}" if spread else "")


def _why(step: RiverStep) -> str:
    if step.people is None:
        return f"“{step.title}” is {NOT_MEASURED}"
    return f"the number at “{step.title}” cannot be true: {step.why_impossible}" if step.why_impossible else NOT_MEASURED


def _says(here: RiverStep, flows: tuple[Flow, ...]) -> str:
    _, on, leave = flows
    if here.people is None:
        return "Nobody measures how many people come here"
    if leave.written is None:
        return f"{_count(here.people)} come here" + (f"; {on.why}" if on.why else "")
    return f"{_count(here.people)} come here, {on.written} go on and {leave.written} leave"


def _number(
    data: Data, measure: str, entity: str, *, step: str | None = None, channel: str | None = None, window: Window = ()
) -> Number | None:
    """The number over the whole *window* where each of its periods has one; else the newest that stands on more than few."""
    if window and measure in data.measures:
        rows = data.results.rows(measure, entity, step=step, channel=channel)
        kept = [row for row in rows if Period(row[0].from_at, row[0].to_at, row[0].window) in window]
        if len(kept) == len(window):
            added = added_up(data.measures[measure], kept)
            return number_of(data, data.measures[measure], added, [cell for cell, _ in kept])
    points = data.results.series(measure, entity, step=step, channel=channel) if measure in data.measures else ()
    measured = tuple(each for each in points if each.value.value is not None)
    return number_of(data, data.measures[measure], newest_of(measured)) if measured else None


def _channels(
    data: Data, entity: Entity, journey: JourneyPart, here: RiverStep, after: tuple[RiverStep, ...]
) -> tuple[ChannelRow, ...]:
    measures = [each for each in (VOLUME, CONVERSION, SATISFACTION) if each in data.measures]
    seen = {channel for each in measures for channel in data.results.channels(each, entity.id, here.id)}
    names = (*entity.channels, *sorted(seen - set(entity.channels)))
    onward = [each for each in after if not each.is_detour]
    to, window = onward[0].id if len(onward) == 1 else None, journey.window

    def number(measure: str, step: str | None, channel: str) -> Number | None:
        return _number(data, measure, entity.id, step=step, channel=channel, window=window) if step else None

    return tuple(
        ChannelRow(
            each, address("channel", each), each in entity.channels, number(VOLUME, here.id, each),
            number(CONVERSION, here.id, each), number(CONVERSION, to, each), number(SATISFACTION, here.id, each),
        )
        for each in names
    )  # fmt: skip


def _channels_title(channels: tuple[ChannelRow, ...]) -> str:
    dark = [each.channel for each in channels if each.come is None]
    if not channels:
        return "No channel is written down"
    if len(dark) == len(channels):
        return f"In {listed(dark)} nobody counts who comes here"
    return f"{plural(len(channels), 'channel')}" + (f"; {listed(dark)} {NOT_MEASURED}" if dark else ", each of them counted")


def _trends(data: Data, entity: Entity, here: RiverStep) -> Iterator[StepTrend]:
    for measure in data.measures.values():
        points = data.results.series(measure.name, entity.id, step=here.id)
        measured = tuple(each for each in points if each.value.value is not None)
        if measured:
            title = f"{measure.title}, {here.title}"
            trend = trend_of(data, measure, measured, id_=f"step-{measure.name}", title=title)
            yield StepTrend(number_of(data, measure, newest_of(measured)), trend)


def _needs(data: Data, entity: Entity, here: RiverStep) -> tuple[NeedRow, ...]:
    """The needs with a target at this step, and only those targets."""
    named = {(need.id, target.text) for need in graph.needs_of(data.organisation, entity.id) for target in need.targets
             if target.step == here.id}  # fmt: skip
    found = []
    for row in need_rows(data, entity.id):
        targets = tuple(each for each in row.targets if (row.id, each.declared) in named)
        if targets:
            verdicts = [each.verdict for each in targets]
            verdict = next(each for each in ("missed", "cannot tell yet", "met", NOT_MEASURED) if each in verdicts)
            found.append(replace(row, targets=targets, verdict=verdict))
    return tuple(found)


def _lost(data: Data, entity: Entity, here: RiverStep) -> Iterator[str]:
    """What the loss maps say is felt here."""
    for (of, need), loss in data.loss_maps.items():
        box = next((each for each in loss.boxes if each.id == f"{entity.id}.{here.id}"), None) if of == entity.id else None
        if box and box.flow_in > 0 and loss.gap > 0:
            says = next((each.says for each in graph.needs_of(data.organisation, of) if each.id == need), need)
            size, whole = signed(-box.flow_in, loss.unit), signed(-loss.gap, loss.unit)
            yield f"{size} of the {whole} missing from “{says}” is felt here"


def _parts(data: Data, entity: Entity, here: RiverStep) -> tuple[PartRow, ...]:
    org = data.organisation
    steps = [step.id for each in org.entities.values() for step in graph.leaves(each.journey)]
    is_own = steps.count(here.id) == 1  # calls name a step without its service
    ids = graph.parts_at(org, entity.id, here.id)
    return tuple(_part(data, org.entities[each], here.id if is_own else None) for each in ids if each in org.entities)


def _part(data: Data, part: Entity, step: str | None) -> PartRow:
    org = data.organisation
    team = org.entities.get(graph.team_of(org, part.id) or "")
    at_step = _number(data, SUCCESS, part.id, step=step) if step else None
    used = [(edge, org.entities[edge.to_id]) for edge in graph.uses(org, part.id) if edge.to_id in org.entities]
    return PartRow(
        part.title, address_of(part), team.title if team else None, address_of(team) if team else None,
        owner_of(org, part.id), at_step or _number(data, SUCCESS, part.id), at_step is not None,
        tuple((each.title, address_of(each), HOW.get(edge.how, edge.how)) for edge, each in used),
    )  # fmt: skip


def _policies(data: Data, entity: Entity, here: RiverStep) -> Iterator[tuple[str, str]]:
    for edge in graph.edges_in(data.organisation, f"{entity.id}.{here.id}", "binds"):
        policy = data.organisation.entities.get(edge.from_id)
        if policy:
            yield policy.title, address_of(policy)


def _unmeasured(
    here: RiverStep, channels: tuple[ChannelRow, ...], needs: tuple[NeedRow, ...], parts: tuple[PartRow, ...], *, feels: bool
) -> Iterator[Unmeasured]:
    if here.people is None:
        yield Unmeasured("How many people come here", "Count visits at this step, or ingest them as events.")
    dark = [each.channel for each in channels if each.come is None and each.is_declared]
    if dark:
        yield Unmeasured(f"How many come by {listed(dark)}", "Give the visits at this step the channel they came by.")
    if not feels:
        yield Unmeasured("How it feels to be here", "Ask a few people right after this step, and ingest their answers with it.")
    if not needs:
        yield Unmeasured("What people need here", "Give a need of this service a target that names this step.")
    for target in (each for need in needs for each in need.targets if each.fill):
        yield Unmeasured(target.words, target.fill or "")
    if not parts:
        yield Unmeasured("What stands behind this step", "Say of each part which steps it serves, with “at”.")
    blind = [each.title for each in parts if each.works is None]
    if blind:
        yield Unmeasured(f"How often {listed(blind)} works", "Record the calls to it, with whether they worked.")


def _findings(data: Data, entity: Entity, here: RiverStep) -> tuple[FindingRow, ...]:
    return tuple(each for each in rows(data, of=(entity.id,)) if data.findings[each.number - 1].step == here.id)


def _sheet(data: Data, page: StepPage) -> Sheet:
    """What was measured at the step: as a whole, then by channel."""
    whole = [("all", "here", *number_cells(each.number)) for each in page.trends]
    by_channel = [
        (row.channel, what, *number_cells(number))
        for row in page.channels
        for what, number in (("come", row.come), ("of the step before, came here", row.reached),
                             ("go on to the next step", row.goes_on), ("how it feels", row.feels))
    ]  # fmt: skip
    return Sheet(("channel", "what", *NUMBER), (*whole, *by_channel))


PAGE = Page(path="/service/{entity}/step/{step}", name="step", template="step.html", build=build, sheet=_sheet, has_period=True)
