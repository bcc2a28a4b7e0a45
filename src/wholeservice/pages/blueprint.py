"""The page of a blueprint: under each step what people see and do, what faces them and what stands behind that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.axes import signed
from wholeservice.draw.blueprint import LANES, Blueprint, BlueprintBox, BlueprintLink
from wholeservice.draw.drop_out import RiverStep
from wholeservice.findings.losses import LossMap
from wholeservice.organisation import graph, kinds
from wholeservice.organisation.graph import Entity
from wholeservice.organisation.remit import owner_of
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.blueprint_part import SUPPORT, Behind, Placed, behind
from wholeservice.pages.entries import address_of
from wholeservice.pages.journey_part import VOLUME, JourneyPart, journey_part
from wholeservice.pages.loss_part import maps_of
from wholeservice.pages.numbers import NOT_MEASURED, Number, listed, number_of, plural
from wholeservice.pages.series import measured_points, newest_of
from wholeservice.pages.sheet import NUMBER, number_cells
from wholeservice.pages.unmeasured_part import Unmeasured
from wholeservice.units import COUNT, SHARE, difference_unit, write

SUCCESS = "success"
MOST_STEPS = 24
EVIDENCE, CONSUMER = "evidence", "consumer"


@dataclass(frozen=True, slots=True)
class Other:
    """Another page."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class BlueprintRow:
    """One box with all that is known of it. `is_dark`: nothing of it is measured; `lost` None: its loss was not traced."""

    lane: str
    step: str
    title: str
    address: str
    kind: str
    team: Other | None
    owner: str | None
    people: float | None
    people_written: str | None
    kept: float | None  # of the step before
    kept_written: str | None
    works: Number | None
    lost: float | None
    lost_written: str | None
    is_dark: bool
    supplier: str | None = None  # who outside provides it

    @property
    def lane_name(self) -> str:
        """What the lane is called."""
        return next(name for lane, name, _ in LANES if lane == self.lane)


@dataclass(frozen=True, slots=True)
class BlueprintPage:
    """The drawing, the same boxes as rows, what there was no room for, and what would fill what is hatched."""

    entity: str
    of: str
    of_address: str
    title: str
    says: str
    period: str | None
    loss_of: str | None  # the need whose loss is shown, and its size
    has_journey: bool
    drawing: Blueprint
    rows: tuple[BlueprintRow, ...]
    n_seen: int  # links that nobody declared
    left_out: tuple[Other, ...]
    unplaced: tuple[Other, ...]  # its own parts and what it uses, at no step that anybody named
    n_steps_left_out: int
    unmeasured: tuple[Unmeasured, ...]
    snapshot: str


@dataclass(frozen=True, slots=True)
class _Whole:
    """What the boxes are made from: the steps that are drawn, what stands behind them, and where loss was traced."""

    data: Data
    entity: Entity
    steps: tuple[RiverStep, ...]
    behind: Behind
    loss: LossMap | None

    def lost(self, id_: str) -> float | None:
        """What is lost at a place: None where no map says."""
        box = next((each for each in self.loss.boxes if each.id == id_), None) if self.loss else None
        return box.flow_in if box and box.claim != "not observed" else None


def build(data: Data, entity: str) -> BlueprintPage | None:
    """Return the blueprint of a service or part; None when there is none of that name."""
    found = data.organisation.entities.get(entity)
    if found is None or found.kind not in (kinds.SERVICE, kinds.PART):
        return None
    journey = journey_part(data, found)
    every = journey.drawing.steps if journey else ()
    loss = next((each for each in maps_of(data, entity) if not each.why_no_map), None)
    steps, flows = every[:MOST_STEPS], {each.id: each.flow_in for each in loss.boxes} if loss else {}
    inside = behind(data.organisation, entity, tuple(each.id for each in steps), lambda each: flows.get(each, 0.0))
    whole = _Whole(data, found, steps, inside, loss)
    return _page(whole, journey, len(every) - len(steps))


def _page(whole: _Whole, journey: JourneyPart | None, n_more: int) -> BlueprintPage:
    data, entity = whole.data, whole.entity
    pairs = tuple(_boxes(whole))
    rows = tuple(row for row, _ in pairs)
    drawing = Blueprint(
        f"blueprint-{svg.id_of(entity.id)}", f"Blueprint of {entity.title}", tuple(each.title for each in whole.steps),
        tuple(box for _, box in pairs), tuple(_links(whole)), unit=whole.loss.unit if whole.loss else SHARE,
    )  # fmt: skip
    return BlueprintPage(
        entity=entity.id, of=entity.title, of_address=address_of(entity), title=drawing.title, says=_says(rows, whole),
        period=journey.period if journey else None, loss_of=_loss_of(whole), has_journey=journey is not None, drawing=drawing,
        rows=rows, n_seen=sum(each.is_seen for each in whole.behind.wires),
        left_out=_others(whole, whole.behind.left_out), unplaced=_others(whole, _unplaced(whole)),
        n_steps_left_out=n_more, unmeasured=tuple(_unmeasured(rows, whole)), snapshot=data.snapshot,
    )  # fmt: skip


def _boxes(whole: _Whole) -> Iterator[tuple[BlueprintRow, BlueprintBox]]:
    """Every box in the order of the steps, front to back within one."""
    for at, step in enumerate(whole.steps):
        if seen := _evidence(whole, at, step):
            yield seen
        yield _consumer(whole, at, step)
        lanes = [lane for lane, _, _ in LANES]
        here = [each for each in whole.behind.placed if each.step == at]
        for placed in sorted(here, key=lambda each: lanes.index(each.lane)):
            yield _thing(whole, placed, step)


def _evidence(whole: _Whole, at: int, step: RiverStep) -> tuple[BlueprintRow, BlueprintBox] | None:
    """The channels of a step: the declared ones, and those that facts name."""
    counted = whole.data.results.channels(VOLUME, whole.entity.id, step.id)
    channels = (*whole.entity.channels, *sorted(counted - set(whole.entity.channels)))
    if not channels:
        return None
    title, where = listed(list(channels)), f"{_step_address(whole, step)}#channels"
    note = f"{len(counted)} of {len(channels)} counted" if counted else ""
    row = BlueprintRow(EVIDENCE, step.title, title, where, "channels", None, None, None, None, None, None, None, None, None,
                       not counted)  # fmt: skip
    return row, BlueprintBox(f"evidence-{step.id}", title, EVIDENCE, at, None, note, where)


def _consumer(whole: _Whole, at: int, step: RiverStep) -> tuple[BlueprintRow, BlueprintBox]:
    id_, where = f"{whole.entity.id}.{step.id}", _step_address(whole, step)
    people, kept = step.people, step.kept if step.base else None
    came, share = None if people is None else write(people, COUNT), None if kept is None else write(kept, SHARE)
    lost = whole.lost(id_) if came else None
    title = f"{came} come" if came else step.title
    says = f"{share} of those before" if share else "cannot be true" if step.why_impossible else "" if lost else "counted here"
    row = BlueprintRow(CONSUMER, step.title, step.title, where, "step", None, None, people, came, kept, share, None, lost,
                       _written(whole, lost), came is None)  # fmt: skip
    return row, BlueprintBox(id_, title, CONSUMER, at, lost, says if came else "", where)


def _thing(whole: _Whole, placed: Placed, step: RiverStep) -> tuple[BlueprintRow, BlueprintBox]:
    data, org = whole.data, whole.data.organisation
    found = org.entities[placed.entity]
    team, owner = org.entities.get(graph.team_of(org, found.id) or ""), owner_of(org, found.id)
    works, lost, is_rule = _works(data, found.id), whole.lost(found.id), found.kind == kinds.POLICY
    note = "a rule" if is_rule else f"{works.written} work" if works else ""
    supplier = _supplier(data, found.id)
    who = team.title if team else supplier or owner or "nobody is named"
    is_dark = lost is None and not note
    row = BlueprintRow(placed.lane, step.title, found.title, address_of(found), found.kind, _other(team), owner, None, None,
                       None, None, works, lost, _written(whole, lost), is_dark, supplier)  # fmt: skip
    return row, BlueprintBox(found.id, found.title, placed.lane, placed.step, lost, note, address_of(found), who)


def _others(whole: _Whole, ids: Iterable[str]) -> tuple[Other, ...]:
    known = whole.data.organisation.entities
    return tuple(Other(known[each].title, address_of(known[each])) for each in ids)


def _unplaced(whole: _Whole) -> Iterator[str]:
    """What belongs to it or is used by all of it, and is drawn under no step because none is named."""
    org, drawn = whole.data.organisation, {each.entity for each in whole.behind.placed} | set(whole.behind.left_out)
    every = (*graph.descendants(org, whole.entity.id), *(each.to_id for each in graph.uses(org, whole.entity.id)))
    for each in dict.fromkeys(every):
        if each in org.entities and each not in drawn and org.entities[each].kind in (kinds.SERVICE, kinds.PART):
            yield each


def _other(entity: Entity | None) -> Other | None:
    return Other(entity.title, address_of(entity)) if entity else None


def _supplier(data: Data, entity: str) -> str | None:
    ids = [each.from_id for each in graph.edges_in(data.organisation, entity, "provides")]
    names = [data.organisation.entities[each].title for each in ids if each in data.organisation.entities]
    return listed(names) or None


def _works(data: Data, entity: str) -> Number | None:
    points = measured_points(data.results, SUCCESS, entity) if SUCCESS in data.measures else ()
    return number_of(data, data.measures[SUCCESS], newest_of(points)) if points else None


def _links(whole: _Whole) -> Iterator[BlueprintLink]:
    """What is declared or seen, as thick as the loss that passes there, and what else the map of losses follows."""
    flows = {(each.from_id, each.to_id): each.size for each in whole.loss.ribbons} if whole.loss else {}
    pairs = dict.fromkeys((each.from_id, each.to_id) for each in whole.behind.wires)
    known = {each.entity for each in whole.behind.placed} | {f"{whole.entity.id}.{each.id}" for each in whole.steps}
    pairs |= dict.fromkeys(pair for pair in flows if set(pair) <= known)
    for step in whole.steps:
        yield BlueprintLink(f"evidence-{step.id}", f"{whole.entity.id}.{step.id}")
    for one, other in pairs:
        yield BlueprintLink(one, other, flows.get((one, other), 0.0))


def _step_address(whole: _Whole, step: RiverStep) -> str:
    return address("service", whole.entity.id, "step", step.id)


def _written(whole: _Whole, lost: float | None) -> str | None:
    return signed(-lost, whole.loss.unit) if lost and whole.loss else "nothing" if lost is not None else None


def _loss_of(whole: _Whole) -> str | None:
    if whole.loss is None:
        return None
    needs = graph.needs_of(whole.data.organisation, whole.entity.id)
    says = next((each.says for each in needs if each.id == whole.loss.need), whole.loss.need)
    return f"“{says}”, which falls {write(whole.loss.gap, difference_unit(whole.loss.unit))} short"


def _says(rows: tuple[BlueprintRow, ...], whole: _Whole) -> str:
    """Where most is lost behind the steps, and how much of it nobody measures."""
    if not whole.steps:
        return "Nobody has written down the steps people go through"
    things = [each for each in rows if each.lane not in (EVIDENCE, CONSUMER)]
    if not things:
        return f"{plural(len(whole.steps), 'step')}, and nobody has written down what stands behind {_them(whole)}"
    dark = sum(each.is_dark for each in things)
    words = f"{plural(len(whole.steps), 'step')}, {plural(len(things), 'thing')} behind {_them(whole)}"
    words += f"; {dark} of them {NOT_MEASURED}" if dark else ", each of them measured"
    worst = max((each for each in things if each.lost), key=lambda each: each.lost or 0.0, default=None)
    return f"Most of what is lost runs through {worst.title} ({worst.lost_written}). {words}" if worst else words


def _them(whole: _Whole) -> str:
    return "it" if len(whole.steps) == 1 else "them"


def _unmeasured(rows: tuple[BlueprintRow, ...], whole: _Whole) -> Iterator[Unmeasured]:
    steps = [each.step for each in rows if each.lane == CONSUMER and each.is_dark]
    if steps:
        yield Unmeasured(f"How many come to {listed(steps)}", "Count visits at each step, or ingest them as events.")
    if whole.steps and not any(each.lane == EVIDENCE for each in rows):
        yield Unmeasured("In which channels people meet it", "Write “channels:” at the service, as its facts name them.")
    ways = [each.step for each in rows if each.lane == EVIDENCE and each.is_dark]
    if ways:
        yield Unmeasured(f"By which channel people come to {listed(ways)}", "Give the visits the channel they came by.")
    things = [each.title for each in rows if each.is_dark and each.lane not in (EVIDENCE, CONSUMER)]
    if things:
        yield Unmeasured(f"How often {listed(things)} works", "Record the calls to it, with whether they worked.")
    served = {each.step for each in whole.behind.placed if each.lane != SUPPORT}
    bare = [step.title for at, step in enumerate(whole.steps) if at not in served and not _is_served(whole, step)]
    if bare:
        yield Unmeasured(f"What stands behind {listed(bare)}", "Say of each part which steps it serves, with “at”.")


def _is_served(whole: _Whole, step: RiverStep) -> bool:
    return bool(graph.parts_at(whole.data.organisation, whole.entity.id, step.id))


def _sheet(_: Data, page: BlueprintPage) -> Sheet:
    """A row for each box, in the order of the steps."""
    header = (
        "step",
        "lane",
        "name",
        "kind",
        "team",
        "who answers for it",
        "people",
        "of the step before",
        "lost there",
        *NUMBER,
    )
    rows = tuple(
        (each.step, each.lane, each.title, each.kind, each.team.title if each.team else None, each.owner, each.people,
         each.kept, each.lost, *(number_cells(each.works) if each.works or each.is_dark else (None,) * len(NUMBER)))
        for each in page.rows
    )  # fmt: skip
    return Sheet(header, rows)


PAGE = Page(
    path="/service/{entity}/blueprint", name="blueprint", template="blueprint.html", build=build, sheet=_sheet, has_period=True
)
