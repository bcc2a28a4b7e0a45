"""The page of feedback: what people say at each step and in each channel, how many answered, and who is never asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.measures.base import Measure
from wholeservice.organisation import graph, kinds
from wholeservice.organisation.graph import Entity, Step
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.entries import address_of
from wholeservice.pages.findings_part import FindingRow, around, rows
from wholeservice.pages.numbers import Number, listed, number_of, plural
from wholeservice.pages.series import newest_of
from wholeservice.pages.sheet import NUMBER, number_cells
from wholeservice.pages.unmeasured_part import Unmeasured

ANSWERS, RATE, BIAS = "answers", "response-rate", "response-bias"
LEFT_OUT = "F136"  # answers that no measure counts
ALL_THE_WAY = "The whole of it"
WHO_ANSWERED = "of those asked, who answered"
FILL = "Ask a few people right after it, and give their answers the name of the step."


@dataclass(frozen=True, slots=True)
class InChannel:
    """What was said by one way; `number` None: nobody is asked this there. `is_declared`: the service has it."""

    channel: str
    address: str
    is_declared: bool
    number: Number | None


@dataclass(frozen=True, slots=True)
class Said:
    """One measure of what people say at a place, all ways together and by each channel of the page; () where nobody tells them
    apart."""

    title: str
    address: str
    number: Number | None
    channels: tuple[InChannel, ...]


@dataclass(frozen=True, slots=True)
class AskedAt:
    """A step, or the whole way; `step` None. `said` is empty where nobody is asked; `fill` then says what would help."""

    step: str | None
    title: str
    address: str
    rate: Number | None
    said: tuple[Said, ...]
    fill: str | None
    channels: tuple[InChannel, ...]  # how many of those asked answered, by each way


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """All that people say of a service, in the order of its journey; `bias` is how far those who answered differ from all."""

    entity: str
    of: str
    of_address: str
    says: str
    rate: Number | None
    bias: Number | None
    channels: tuple[str, ...]
    places: tuple[AskedAt, ...]
    has_journey: bool
    unmeasured: tuple[Unmeasured, ...]
    findings: tuple[FindingRow, ...]
    snapshot: str


def build(data: Data, entity: str) -> FeedbackPage | None:
    """Return what people say of a service or part; None when there is none of that name."""
    found = data.organisation.entities.get(entity)
    if found is None or found.kind not in (kinds.SERVICE, kinds.PART):
        return None
    steps, channels = graph.leaves(found.journey), _channels(data, found)
    places = tuple(_place(data, found, each, channels) for each in (None, *steps))
    bias = _number(data, BIAS, entity)
    return FeedbackPage(
        entity=entity, of=found.title, of_address=address_of(found), says=_says(places), rate=places[0].rate, bias=bias,
        channels=channels, places=places, has_journey=bool(steps), unmeasured=tuple(_unmeasured(places, bias)),
        findings=_left_out(data, entity), snapshot=data.snapshot,
    )  # fmt: skip


def _asked(data: Data) -> tuple[Measure, ...]:
    """The measures of what people say, as they are registered."""
    return tuple(each for each in data.measures.values() if ANSWERS in each.needs and each.name not in (RATE, BIAS))


def _channels(data: Data, entity: Entity) -> tuple[str, ...]:
    """The declared channels, and those in which somebody was asked."""
    places = (None, *(each.id for each in graph.leaves(entity.journey)))
    seen = {by for measure in _asked(data) for at in places for by in data.results.channels(measure.name, entity.id, at)}
    return (*entity.channels, *sorted(seen - set(entity.channels)))


def _number(data: Data, measure: str, entity: str, step: str | None = None, channel: str | None = None) -> Number | None:
    points = data.results.series(measure, entity, step=step, channel=channel) if measure in data.measures else ()
    measured = tuple(each for each in points if each.value.value is not None)
    return number_of(data, data.measures[measure], newest_of(measured)) if measured else None


def _place(data: Data, entity: Entity, step: Step | None, channels: tuple[str, ...]) -> AskedAt:
    id_ = step.id if step else None
    said = tuple(each for each in (_said(data, entity, id_, measure, channels) for measure in _asked(data)) if each)
    where = address("service", entity.id, "step", step.id) if step else address_of(entity)
    return AskedAt(
        id_, step.title if step else ALL_THE_WAY, where, _number(data, RATE, entity.id, id_), said, None if said else FILL,
        _by_channel(data, RATE, entity, id_, channels),
    )  # fmt: skip


def _said(data: Data, entity: Entity, step: str | None, measure: Measure, channels: tuple[str, ...]) -> Said | None:
    """A measure at a place; None where nobody is asked it there."""
    number, by = _number(data, measure.name, entity.id, step), _by_channel(data, measure.name, entity, step, channels)
    return Said(measure.title, address("measure", measure.name), number, by) if number or by else None


def _by_channel(data: Data, measure: str, entity: Entity, step: str | None, channels: tuple[str, ...]) -> tuple[InChannel, ...]:
    """A measure by every channel; () where it has a number in none."""
    by = tuple(
        InChannel(each, address("channel", each), each in entity.channels, _number(data, measure, entity.id, step, each))
        for each in channels
    )  # fmt: skip
    return by if any(each.number for each in by) else ()


def _says(places: tuple[AskedAt, ...]) -> str:
    whole, steps = places[0], places[1:]
    asked, dark = [each for each in steps if each.said], [each.title for each in steps if not each.said]
    if not steps:
        return f"{plural(len(whole.said), 'thing')} asked of people" if whole.said else "Nobody is asked anything"
    if not asked:
        return "Nobody is asked at any step" + ("; people are asked about the whole of it" if whole.said else "")
    words = f"People are asked at {'each' if not dark else len(asked)} of {plural(len(steps), 'step')}"
    return words + (f"; nobody is asked at {listed(dark)}" if dark else "")


def _unmeasured(places: tuple[AskedAt, ...], bias: Number | None) -> Iterator[Unmeasured]:
    if not places[0].said and len(places) == 1:
        yield Unmeasured("How it is for those who use it", "Ask a few people right after it, and ingest their answers.")
    dark = [each.title for each in places if not each.said and each.step]
    if dark:
        yield Unmeasured(f"How it feels at {listed(dark)}", FILL)
    ways = [f"{by.channel} at {place.title}" for place in places if place.step for by in _never_asked(place)]
    if ways:
        yield Unmeasured(f"What people say who come by {listed(ways)}", "Ask there too, and give answers their channel.")
    if any(each.said for each in places) and places[0].rate is None:
        yield Unmeasured("How many of those asked answered", "Record whom you asked, also when nobody answered.")
    if any(each.said for each in places) and bias is None:
        yield Unmeasured("Whether those who answered are like the others", "Give answers the attempt that they are about.")


def _never_asked(place: AskedAt) -> list[InChannel]:
    """The declared channels in which nothing at all is asked here, where something is asked by another way."""
    by: dict[str, list[InChannel]] = {}
    for said in place.said:
        for each in said.channels:
            by.setdefault(each.channel, []).append(each)
    return [each[0] for each in by.values() if each[0].is_declared and not any(one.number for one in each)]


def _left_out(data: Data, entity: str) -> tuple[FindingRow, ...]:
    """Findings about answers that no measure counts, of the service, of what is inside it, and of what it is inside of."""
    org = data.organisation
    near = {*around(org, entity), *graph.ancestors(org, entity), graph.whole_of(org)}
    return tuple(each for each in rows(data, of=near) if data.findings[each.number - 1].code == LEFT_OUT)


def _sheet(_: Data, page: FeedbackPage) -> Sheet:
    """A row for each measure at each place and channel, and for each place where nobody is asked."""
    return Sheet(("step", "channel", "what", *NUMBER), tuple(_cells(page)))


def _cells(page: FeedbackPage) -> Iterator[tuple[object, ...]]:
    for place in page.places:
        for said in place.said:
            yield place.title, "all", said.title, *number_cells(said.number)
            for each in said.channels:
                yield place.title, each.channel, said.title, *number_cells(each.number)
        if not place.said:
            yield place.title, "all", "nobody is asked", *number_cells(None)
        yield place.title, "all", WHO_ANSWERED, *number_cells(place.rate)
        for each in place.channels:
            yield place.title, each.channel, WHO_ANSWERED, *number_cells(each.number)
    yield ALL_THE_WAY, "all", "what satisfaction would gain if all had answered", *number_cells(page.bias)


PAGE = Page(path="/service/{entity}/feedback", name="feedback", template="feedback.html", build=build, sheet=_sheet,
            has_period=True)  # fmt: skip
