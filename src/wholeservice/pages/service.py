"""The page of a service, part or unit: what it provides, to whom, how it goes, where it is lost, what nobody measures."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wholeservice.draw.trend import Trend
from wholeservice.measures.base import Measure
from wholeservice.organisation import graph
from wholeservice.organisation.graph import Entity
from wholeservice.organisation.remit import owner_of
from wholeservice.pages.absent_part import AbsentPart, absent_part
from wholeservice.pages.audit_part import AuditLine, audit_line
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.change_flow_part import ChangeFlow, change_flow
from wholeservice.pages.changed_part import SAME, ChangedPart, changed_part
from wholeservice.pages.consumers_part import Consumer, consumers_of
from wholeservice.pages.findings_part import FindingRow, around, rows
from wholeservice.pages.improvements_part import ImprovementsPart, improvements_part
from wholeservice.pages.journey_band import JourneyBand, journey_band
from wholeservice.pages.journey_part import JourneyPart, drop_words, journey_part
from wholeservice.pages.junction_part import JunctionPart, junction_part
from wholeservice.pages.lead_part import LeadPart, lead_part, outside_words
from wholeservice.pages.listing import SERVICE, UNIT, Row, by_title, leading_measure, measures_of, row_of
from wholeservice.pages.loss_part import LossPart, loss_parts, maps_of, origin_words
from wholeservice.pages.need_rows import MET, MISSED, UNKNOWN, NeedRow, need_rows, needs_title
from wholeservice.pages.numbers import Number, number_of, plural
from wholeservice.pages.policy_part import PolicyPart, policy_part
from wholeservice.pages.reach_part import Reach, reach_of
from wholeservice.pages.series import measured_points, newest_of, trend_of
from wholeservice.pages.served_part import ServedPart, served_part
from wholeservice.pages.sheet import NUMBER, number_cells
from wholeservice.pages.sources_part import LateSource, late_sources
from wholeservice.pages.unexplained_part import unexplained_words
from wholeservice.pages.unmeasured_part import Unmeasured, unmeasured_of
from wholeservice.pages.value_part import ValuePart, value_part
from wholeservice.units import SHARE, write

MOST_CHILDREN = 60
NO_LOSS = "no loss was traced"
AT_STEPS = "the loss is not followed beyond the steps"
NOBODY_ANSWERS = "nobody is named who answers for it"
KINDS_WITH_NEEDS = (SERVICE, "part")


@dataclass(frozen=True, slots=True)
class Link:
    """Another page."""

    entity: str
    title: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One cell of the strip below the head: a label, a number or a few words, and where the page says more."""

    label: str
    value: str
    note: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Series:
    """A measure over time: the newest number and the trend; `words` says what it did."""

    number: Number
    trend: Trend
    words: str


@dataclass(frozen=True, slots=True)
class ServicePage:
    """All the page says; the same numbers stand in HTML and JSON."""

    entity: str
    kind: str
    title: str
    above: tuple[Link, ...]
    promise: str | None
    consumers: tuple[Consumer, ...]
    channels: tuple[str, ...]
    owner: str | None
    team: Link | None
    state: str
    late: tuple[LateSource, ...]  # sources of its numbers that are silent
    lead: Series | None
    facts: tuple[Fact, ...]
    needs_title: str
    needs: tuple[NeedRow, ...]
    has_needs: bool  # a thing of this kind should have needs
    series_title: str
    series: tuple[Series, ...]
    band: JourneyBand | None  # the journey
    losses: tuple[LossPart, ...]
    children_title: str
    children: tuple[Row, ...]
    n_children: int
    unmeasured: tuple[Unmeasured, ...]
    findings: tuple[FindingRow, ...]
    data_findings: tuple[FindingRow, ...]
    snapshot: str
    reach: Reach | None = None  # what uses it and rides on it
    answers_title: str = ""  # who answers for it and who can act
    value: ValuePart | None = None  # whether it was worth it
    junction: JunctionPart | None = None  # where it is lost, beside who could change it
    changed: ChangedPart | None = None
    served: ServedPart | None = None  # who is served worst
    unexplained: tuple[str, ...] = ()  # one sentence for each traced loss
    audit: AuditLine | None = None  # what of it is neither described nor measured
    absent: AbsentPart | None = None  # what people come for that no step serves
    outside: str | None = None  # every technical target is met, and people are not content
    changes: ChangeFlow | None = None  # how it changes: the work on it
    improvements: ImprovementsPart | None = None  # what is changed, and whether it helped
    policy: PolicyPart | None = None  # of a rule: what it binds, why, and whose work waits for it
    leads: LeadPart | None = None  # whether how people feel moves before what they do


def build(data: Data, entity: str) -> ServicePage | None:
    """Return the page of an entity; None when the organisation has none of this id."""
    found = data.organisation.entities.get(entity)
    return _page(data, found) if found else None


def _page(data: Data, entity: Entity) -> ServicePage:
    needs = need_rows(data, entity.id)
    series = _all_series(data, entity, needs)
    journey, losses = journey_part(data, entity), loss_parts(data, entity.id)
    team = data.organisation.entities.get(graph.team_of(data.organisation, entity.id) or "")
    inside = [data.organisation.entities[each] for each in graph.children(data.organisation, entity.id)]
    unmeasured = unmeasured_of(data, entity, needs, journey)
    near = around(data.organisation, entity.id) if entity.kind != UNIT else (entity.id,)
    junction = junction_part(data, entity, next((each for each in maps_of(data, entity.id) if not each.why_no_map), None))
    changed = changed_part(data, entity.id, near)
    return ServicePage(
        entity=entity.id, kind=entity.kind.replace("-", " "), title=entity.title, above=_above(data, entity),
        promise=_promise(entity, needs), consumers=consumers_of(data, entity), channels=entity.channels,
        owner=owner_of(data.organisation, entity.id), team=Link(team.id, team.title) if team and team is not entity else None,
        state=entity.state.replace("-", " "), late=late_sources(data, near), lead=_lead(data, entity, series, needs),
        facts=_facts(needs, journey, losses, junction, changed), needs_title=needs_title(needs), needs=needs,
        has_needs=entity.kind in KINDS_WITH_NEEDS, series_title=_series_title(series), series=series,
        band=journey_band(data, entity, journey), losses=losses, children_title=_children_title(inside),
        children=tuple(row_of(data, each) for each in _in_order(inside)[:MOST_CHILDREN]), n_children=len(inside),
        unmeasured=unmeasured, findings=rows(data, about_data=False, of=near),
        data_findings=rows(data, about_data=True, of=near), snapshot=data.snapshot, reach=reach_of(data, entity.id),
        answers_title=_answers_title(data, entity), junction=junction, changed=changed, unexplained=unexplained_words(losses),
        value=value_part(data, entity), audit=audit_line(data, entity), absent=absent_part(data, entity),
        outside=outside_words(data, entity.id), leads=lead_part(data, entity.id), served=served_part(data, entity.id),
        changes=change_flow(data, entity), improvements=improvements_part(data, entity), policy=policy_part(data, entity),
    )  # fmt: skip


def _answers_title(data: Data, entity: Entity) -> str:
    owner, team = owner_of(data.organisation, entity.id), graph.team_of(data.organisation, entity.id)
    words = f"{owner} answers for it" if owner else "Nobody is named who answers for it"
    acting = data.organisation.entities.get(team or "")
    return words + (f"; {acting.title} can act" if acting else "; no team is named that can act")


def _above(data: Data, entity: Entity) -> tuple[Link, ...]:
    ids = reversed(graph.ancestors(data.organisation, entity.id))
    return tuple(Link(each, data.organisation.entities[each].title) for each in ids if each in data.organisation.entities)


def _promise(entity: Entity, needs: tuple[NeedRow, ...]) -> str | None:
    outcome = entity.fields.get("outcome")
    return str(outcome) if outcome else needs[0].says if needs else None


def _all_series(data: Data, entity: Entity, needs: tuple[NeedRow, ...]) -> tuple[Series, ...]:
    measures = measures_of(data, entity.id)
    return tuple(each for each in (_series(data, entity, measure, needs) for measure in measures) if each)


def _series(data: Data, entity: Entity, measure: Measure, needs: tuple[NeedRow, ...]) -> Series | None:
    points = measured_points(data.results, measure.name, entity.id)
    if not points:
        return None
    number = number_of(data, measure, newest_of(points))
    target = _target_level(needs, measure, number)
    trend = trend_of(
        data, measure, points, id_=f"trend-{measure.name}", title=f"{measure.title}, {entity.title}", target=target
    )
    return Series(number, trend, _movement(number_of(data, measure, points[0]), number, len(points)))


def _target_level(needs: tuple[NeedRow, ...], measure: Measure, number: Number) -> float | None:
    """The level a need promises of the whole service, where it is held against this very measure and window."""
    for row in needs:
        for target in row.targets:
            same = target.number and (target.number.measure, target.number.to_at) == (measure.name, number.to_at)
            if same and target.gap and target.number and target.number.value == number.value:
                return target.gap.level
    return None


def _movement(first: Number, last: Number, n_points: int) -> str:
    if n_points < 2:
        return f"One period measured: {last.period}"
    return f"{first.written} in {first.period}, {last.written} in {last.period}"


def _lead(data: Data, entity: Entity, series: tuple[Series, ...], needs: tuple[NeedRow, ...]) -> Series | None:
    """The leading measure; its number is the one its need is held against, where there is one."""
    measure = leading_measure(data, entity.id)
    found = next((each for each in series if measure and each.number.measure == measure.name), None)
    promised = (t.number for row in needs for t in row.targets if t.number and t.number.of_whole)
    same = (each for each in promised if found and (each.measure, each.title) == (found.number.measure, found.number.title))
    number = next(same, None)  # of another quantile, the title is another
    return replace(found, number=number) if found and number else found


def _series_title(series: tuple[Series, ...]) -> str:
    if not series:
        return "Nothing has been measured over time yet"
    few = sum(each.number.is_few for each in series)
    words = f"{plural(len(series), 'measure')} over time"
    return words + (f"; behind {few} of them stand few" if few else "")


def _children_title(inside: list[Entity]) -> str:
    kinds = [(kind, sum(each.kind == kind for each in inside)) for kind in dict.fromkeys(each.kind for each in inside)]
    words = [plural(n, kind.replace("-", " "), None if kind != "policy" else "policies") for kind, n in kinds]
    return "Inside it: " + ", ".join(words) if words else ""


def _in_order(inside: list[Entity]) -> list[Entity]:
    order = (UNIT, SERVICE, "part", "team")
    return sorted(by_title(inside), key=lambda each: order.index(each.kind) if each.kind in order else len(order))


def _facts(
    needs: tuple[NeedRow, ...], journey: JourneyPart | None, losses: tuple[LossPart, ...],
    junction: JunctionPart | None, changed: ChangedPart,
) -> tuple[Fact, ...]:  # fmt: skip
    """One cell for each band of the page."""
    met, missed = sum(row.verdict == MET for row in needs), sum(row.verdict == MISSED for row in needs)
    unknown = sum(row.verdict == UNKNOWN for row in needs)
    note = ", ".join(filter(None, (f"{missed} missed" if missed else "", f"{unknown} not measured" if unknown else "")))
    drop, loss = drop_words(journey) if journey else None, next(iter(losses), None)
    within = write(junction.within, SHARE) if junction and junction.within is not None else None
    moved = sum(row.verdict != SAME for row in changed.rows)
    return (
        Fact("Needs met", f"{met} of {len(needs)}" if needs else "not written down", note or "as consumers say them", "needs"),
        Fact("The journey", drop[0] if drop else "not measured", drop[1] if drop else "where people leave", "journey"),
        Fact("Where it is lost", loss.gap if loss else "no map", origin_words(loss) if loss else NO_LOSS, "losses"),
        Fact("Who could change it", within or "not known", _who_note(junction, within, loss), "answers"),
        Fact("What changed", f"{moved} of {len(changed.rows)}" if changed.rows else "not known",
             "measures surely moved" if changed.rows else "two like periods are needed", "changed"),
    )  # fmt: skip


def _who_note(junction: JunctionPart | None, within: str | None, loss: LossPart | None) -> str:
    if junction is None:
        return AT_STEPS if loss and loss.drawing else NO_LOSS
    return "within its owner’s reach" if within else NOBODY_ANSWERS


def _sheet(data: Data, page: ServicePage) -> Sheet:
    """Every number of the whole entity, all its periods, beside what its needs are held against."""
    rows = [
        ("period", None, None, *number_cells(number_of(data, data.measures[each.number.measure], point)))
        for each in page.series
        for point in measured_points(data.results, each.number.measure, page.entity)
    ]
    held = [
        (each.verdict, need.says, each.declared, *number_cells(each.number)) for need in page.needs for each in need.targets
    ]
    open_ = [(need.verdict, need.says, None, *number_cells(None)) for need in page.needs if not need.targets]
    return Sheet(("what", "need", "target", *NUMBER), (*rows, *held, *open_))


PAGE = Page(
    path="/service/{entity}", name="service", template="service.html", build=build, sheet=_sheet, has_period=True,
    has_against=True,
)  # fmt: skip
