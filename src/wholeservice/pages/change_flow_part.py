"""How a service or part changes, and how a team's work flows: the stream behind it, its numbers, and who waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.derived.streams import LEAST_PEOPLE, is_shown
from wholeservice.draw.ageing import Ageing
from wholeservice.organisation import kinds
from wholeservice.organisation.graph import Entity, team_of
from wholeservice.organisation.remit import has_outside_consumer, stream_of, team_streams
from wholeservice.pages.base import Data
from wholeservice.pages.entries import address_of
from wholeservice.pages.findings_part import around
from wholeservice.pages.flow_numbers_part import FlowNumber, flow_numbers, not_known
from wholeservice.pages.flow_part import ageing_note, ageing_of, coverage_words, expected_of, flow_of, since_words
from wholeservice.pages.holdings_part import Thing
from wholeservice.pages.stream_map_part import Waiter, finding_words, waiters_of
from wholeservice.units import SECONDS, write

FILL = (
    "Record the work on it as items with their stays (“item:” and “work:” of a source), each naming the service or part it is "
    "about: how long a change takes, what it waits for and who waits for it then stand here."
)


@dataclass(frozen=True, slots=True)
class ChangeFlow:
    """How a service or part changes. `is_internal`: nobody outside uses it, so that its consumers are those who wait for it."""

    title: str
    stream: Thing | None
    stream_says: str | None
    coverage: str | None
    numbers: tuple[FlowNumber, ...]
    not_known: tuple[str, ...]
    waiters: tuple[Waiter, ...]
    is_internal: bool
    fill: str | None


@dataclass(frozen=True, slots=True)
class TeamFlow:
    """How the work of a team flows; `why_not` says why that is not shown."""

    title: str
    why_not: str | None
    coverage: str | None
    since: str | None
    numbers: tuple[FlowNumber, ...]
    ageing: Ageing | None
    ageing_note: str | None


def change_flow(data: Data, entity: Entity) -> ChangeFlow | None:
    """Return how a service or part changes; None where neither a stream, a number nor anybody who waits is known."""
    if entity.kind not in (kinds.SERVICE, kinds.PART):
        return None
    org = data.organisation
    team = team_of(org, entity.id)
    stream = org.entities.get(stream_of(org, entity.id) or team_streams(org).get(team or "") or "")
    numbers, waiters = flow_numbers(data, entity.id), waiters_of(data, around(org, entity.id))
    if stream is None and not numbers and not waiters:
        return None
    own, behind = flow_of(data, entity.id), flow_of(data, stream.id) if stream else None
    return ChangeFlow(
        _title(data, entity), Thing(stream.kind, stream.title, address_of(stream), None) if stream else None,
        finding_words(data, behind) if behind else None, coverage_words(own) if own else None, numbers,
        not_known(data, entity.id), waiters,
        not has_outside_consumer(org, entity.id), None if numbers or waiters else FILL,
    )  # fmt: skip


def _title(data: Data, entity: Entity) -> str:
    flow = flow_of(data, entity.id)
    if flow is None or flow.lead.median_s is None:
        return "How long a change to it takes is not known"
    likely = f", likely {write(flow.lead.low_s, SECONDS)} to {write(flow.lead.high_s, SECONDS)}" if flow.lead.high_s else ""
    return f"Half of what is asked of it is done within {write(flow.lead.median_s, SECONDS)}{likely}"


def team_flow(data: Data, team: Entity) -> TeamFlow:
    """Return how the work of a team flows, of teams that are large enough for that to say nothing of anybody."""
    if not is_shown(team):
        return TeamFlow("How its work flows is not shown", _why_not(team), None, None, (), None, None)
    numbers, flow = flow_numbers(data, team.id), flow_of(data, team.id)
    if flow is None:
        why = "No work of this team was recorded. Name it as “team:” of the items it has, or at the parts they are about."
        return TeamFlow("How its work flows is not recorded", None if numbers else why, None, None, numbers, None, None)
    ageing = ageing_of(flow, expected_of(data, flow.stream))
    title = ageing.title if ageing else "How its work flows"
    return TeamFlow(title, None, coverage_words(flow), since_words(flow), numbers, ageing, ageing_note(flow))


def _why_not(team: Entity) -> str:
    if "people" not in team.fields:
        return f"It is not written down how many people it has. Of a team of {LEAST_PEOPLE} or more, its flow stands here."
    return (
        f"It has fewer than {LEAST_PEOPLE} people, so that its numbers would be those of persons. Its stream shows the whole."
    )
