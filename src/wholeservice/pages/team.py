"""The page of a team, as others need it: what it offers, to whom, how to ask, what it can change. People are never ranked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wholeservice.organisation import graph, kinds
from wholeservice.organisation.graph import Entity
from wholeservice.organisation.remit import owner_of, team_streams
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.change_flow_part import TeamFlow, team_flow
from wholeservice.pages.entries import address_of
from wholeservice.pages.holdings_part import Thing, work_of
from wholeservice.pages.listing import by_title
from wholeservice.pages.numbers import listed, plural
from wholeservice.pages.reach_part import Reach, reach_of
from wholeservice.pages.unmeasured_part import Unmeasured
from wholeservice.units import COUNT, write

TYPES = {
    "stream-aligned": "works along a value stream", "platform": "gives other teams what they need to serve themselves",
    "enabling": "helps other teams learn", "complicated-subsystem": "looks after something few know how to change",
}  # fmt: skip
MODES = {
    "x-as-a-service": "they help themselves", "collaboration": "they work on it together",
    "facilitating": "it helps them learn",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """A service or part it runs: what it is for and who uses it. `changed_under` are the rules that bind its changes."""

    entity: str
    title: str
    address: str
    kind: str
    outcome: str | None
    within: str | None
    consumers: tuple[Thing, ...]
    at: tuple[str, ...]
    changed_under: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class TeamPage:
    """What others must know to work with a team; what is not written down is said, and how to fill it."""

    entity: str
    title: str
    says: str
    kind: str | None
    people: str | None
    stream: Thing | None
    owner: str | None
    unit: Thing | None
    ask: tuple[str, ...]
    offers_title: str
    offers: tuple[Offer, ...]
    serves: tuple[Thing, ...]
    served_by: tuple[Thing, ...]
    stages: tuple[Thing, ...]
    not_written: tuple[Unmeasured, ...]
    snapshot: str
    flow: TeamFlow
    reach: Reach | None = None  # what rides on what it runs


def build(data: Data, entity: str) -> TeamPage | None:
    """Return the page of a team; None when there is no team of this id."""
    found = data.organisation.entities.get(entity)
    if found is None or found.kind != kinds.TEAM:
        return None
    org, fields = data.organisation, found.fields
    work = work_of(each for each in org.entities.values() if graph.team_of(org, each.id) == found.id)
    offers = tuple(_offer(data, each) for each in work)
    stream, unit = org.entities.get(team_streams(org).get(found.id, "")), org.entities.get(found.parent or "")
    type_, people = fields.get("type"), fields.get("people")
    return TeamPage(
        found.id, found.title, _says(offers), TYPES.get(str(type_), str(type_)) if type_ else None,
        write(people, COUNT) if isinstance(people, int | float) else None,
        Thing(stream.kind, stream.title, address_of(stream), None) if stream else None, owner_of(org, found.id),
        Thing(unit.kind, unit.title, address_of(unit), None) if unit else None, _texts(fields.get("ask")),
        _offers_title(offers), offers, tuple(_serves(data, found)), tuple(_served_by(data, found)),
        tuple(_stages(data, found)), tuple(_not_written(found, offers, stream)), data.snapshot,
        team_flow(data, found), reach_of(data, found.id),
    )  # fmt: skip


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),) if value else ()


def _offer(data: Data, entity: Entity) -> Offer:
    org = data.organisation
    consumers = (org.entities[each] for each in graph.consumers_of(org, entity.id) if each in org.entities)
    bound = (org.entities.get(edge.from_id) for edge in graph.edges_in(org, entity.id, "binds"))
    inside, outcome = org.entities.get(entity.parent or ""), entity.fields.get("outcome")
    return Offer(
        entity.id, entity.title, address_of(entity), entity.kind, str(outcome) if outcome else None,
        inside.title if inside else None, tuple(Thing(each.kind, each.title, address_of(each), None) for each in consumers),
        tuple(_steps(data, entity)),
        tuple(Thing(each.kind, each.title, address_of(each), owner_of(org, each.id)) for each in bound if each),
    )  # fmt: skip


def _steps(data: Data, entity: Entity) -> Iterator[str]:
    """The titles of the steps it says it serves."""
    for edge in graph.edges_out(data.organisation, entity.id, "at"):
        service, _, step = edge.to_id.rpartition(".")
        yield next((each.title for each in graph.steps(data.organisation, service) if each.id == step), step)


def _says(offers: tuple[Offer, ...]) -> str:
    if not offers:
        return "No service or part says that this team runs it"
    return f"It runs and can change {listed([each.title for each in offers])}"


def _offers_title(offers: tuple[Offer, ...]) -> str:
    if not offers:
        return "What it offers is not written down"
    users = {each.address for offer in offers for each in offer.consumers}
    count = "nobody is named who uses them" if not users else f"used by {plural(len(users), 'other')}"
    return f"It offers {plural(len(offers), 'service or part', 'services and parts')}, {count}"


def _serves(data: Data, team: Entity) -> Iterator[Thing]:
    declared = team.fields.get("serves")
    modes = declared if isinstance(declared, Mapping) else {}
    for edge in graph.edges_out(data.organisation, team.id, "serves"):
        other = data.organisation.entities.get(edge.to_id)
        if other:
            yield Thing(other.kind, other.title, address_of(other), _mode(modes.get(other.id)))


def _served_by(data: Data, team: Entity) -> Iterator[Thing]:
    serving = (data.organisation.entities.get(edge.from_id) for edge in graph.edges_in(data.organisation, team.id, "serves"))
    for other in by_title(each for each in serving if each):
        declared = other.fields.get("serves")
        modes = declared if isinstance(declared, Mapping) else {}
        yield Thing(other.kind, other.title, address_of(other), _mode(modes.get(team.id)))


def _mode(words: object) -> str | None:
    return listed([MODES.get(each, each) for each in _texts(words)]) or None


def _stages(data: Data, team: Entity) -> Iterator[Thing]:
    """The value streams in which it does a stage of the work."""
    streams = dict.fromkeys(edge.from_id for edge in graph.edges_in(data.organisation, team.id, "staffed-by"))
    for each in (data.organisation.entities[stream] for stream in streams if stream in data.organisation.entities):
        yield Thing(each.kind, each.title, address_of(each), None)


def _not_written(team: Entity, offers: tuple[Offer, ...], stream: Entity | None) -> Iterator[Unmeasured]:
    def fill(field: str, example: str, why: str) -> Unmeasured:
        return Unmeasured(why, f"Under teams: {team.id}: write “{field}: {example}”.")

    if "ask" not in team.fields:
        yield fill("ask", "[chat #our-channel, https://…/form]", "How to ask it for something")
    if not offers:
        yield Unmeasured("What it offers", f"Write “team: {team.id}” at each service or part it runs.")
    unused = [each.title for each in offers if not each.consumers]
    if unused:
        yield Unmeasured(f"Who uses {listed(unused)}", "Write “for:” with its consumers there, or “uses:” at what calls it.")
    if "type" not in team.fields:
        yield fill("type", "stream-aligned", "What kind of team it is")
    if "people" not in team.fields:
        yield fill("people", "7", "How many people it has")
    if stream is None:
        yield fill("stream", "the-value-stream", "Which value stream funds it, and so who answers for it")
    if "serves" not in team.fields:
        yield fill("serves", "{ other-team: x-as-a-service }", "Which teams it serves, and how")


def _sheet(_: Data, page: TeamPage) -> Sheet:
    """What it runs and can change."""
    header = ("id", "name", "kind", "inside", "outcome", "used by", "steps served", "rules that bind changes", "page")
    return Sheet(header, tuple(
        (each.entity, each.title, each.kind, each.within, each.outcome, "; ".join(one.title for one in each.consumers),
         "; ".join(each.at), "; ".join(one.title for one in each.changed_under), each.address)
        for each in page.offers
    ))  # fmt: skip


PAGE = Page(path="/team/{entity}", name="team", template="team.html", build=build, sheet=_sheet)
