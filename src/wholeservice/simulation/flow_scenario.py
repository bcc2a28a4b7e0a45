"""Read the section `flow` of a scenario: how work flows through the declared streams and teams, and what is planted there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from wholeservice.documents import Node
from wholeservice.errors import Problem
from wholeservice.organisation.graph import Organisation, team_of
from wholeservice.organisation.kinds import PART, SERVICE, STREAM, TEAM
from wholeservice.simulation.flow_world import ROLES, TROUBLES, Flow, Known
from wholeservice.simulation.scenario_words import Words

FLOW_FIELDS = ("stream", "weeks", "items-per-week", "about", "does", "people", "layers", "in-layers", "sends-back", "short",
               "known", "troubles", "decoys")  # fmt: skip
SHORT_FIELDS, KNOWN_FIELDS, DECOY_FIELDS = ("from-day", "leave"), ("part", "day"), ("busy", "deployment-day")
N_PEOPLE = 5  # of a team that does not say how many it has


class FlowReader(Words):
    """Reads one `flow` for an organisation."""

    def __init__(self, root: Node, problems: list[Problem], organisation: Organisation) -> None:
        super().__init__(root, problems)
        self.organisation = organisation
        self.known_fields(root, FLOW_FIELDS)
        for name, fields in (("short", SHORT_FIELDS), ("decoys", DECOY_FIELDS)):
            if name in root.mapping:
                self.known_fields(root.mapping[name], fields)

    def flow(self, ends_on: dt.date) -> Flow:
        """Return how work flows in the weeks before *ends_on*, from a Monday on."""
        get, n_weeks = self.root.mapping.get, int(self.number(self.root.mapping.get("weeks"), 26))
        starts_on = ends_on - dt.timedelta(weeks=n_weeks)
        short, decoys, teams = self.section("short"), self.section("decoys"), self._of(TEAM)
        about = {part: self.number(share) for part, share in self._known_keys("about", self._of(PART, SERVICE))}
        known = tuple(self._known())
        layers = tuple(name for each in self.listed("layers") if (name := self.name(each, self._of(PART, SERVICE))))
        parts = (*about, *(each.part for each in known), *layers)
        return Flow(
            starts_on=starts_on - dt.timedelta(days=starts_on.weekday()),
            stream=self.name(get("stream"), self._of(STREAM)) or "",
            n_weeks=n_weeks,
            items_per_week=self.number(get("items-per-week"), 10),
            about=about,
            team_of={part: team_of(self.organisation, part) or "" for part in parts},
            stream_of={team: str(self.organisation.entities[team].fields.get("stream") or "") for team in teams},
            workers=self._workers(teams),
            does={role: self.name(self.section("does").get(role), teams) or "" for role in ROLES},
            layers=layers,
            in_layers=self.number(get("in-layers"), 0.25),
            sends_back=self.number(get("sends-back"), 0.3),
            short_from_day=int(self.number(short.get("from-day"), 45)),
            n_leave=int(self.number(short.get("leave"), 3)),
            known=known,
            troubles=self.names("troubles", TROUBLES),
            busy=self.name(decoys["busy"], teams) if "busy" in decoys else None,
            deployment_day=int(self.number(decoys["deployment-day"])) if "deployment-day" in decoys else None,
        )

    def _of(self, *kinds: str) -> list[str]:
        return [each.id for each in self.organisation.entities.values() if each.kind in kinds]

    def _workers(self, teams: list[str]) -> dict[str, int]:
        """Return who works on items: all people of a team, unless the scenario says how many do."""
        fields = {team: self.organisation.entities[team].fields for team in teams}
        people = {team: int(each.get("people") or N_PEOPLE) for team, each in fields.items()}
        return people | {team: int(self.number(node)) for team, node in self._known_keys("people", teams)}

    def _known_keys(self, section: str, known: list[str]) -> Iterator[tuple[str, Node]]:
        for name, node in self.section(section).items():
            if name in known:
                yield name, node
            else:
                self.unknown("SIM003", name, known, node.place)

    def _known(self) -> Iterator[Known]:
        for each in self.listed("known"):
            self.known_fields(each, KNOWN_FIELDS)
            part = self.name(each.mapping.get("part"), self._of(PART, SERVICE))
            if part:
                yield Known(part, int(self.number(each.mapping.get("day"))))
