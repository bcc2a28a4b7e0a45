"""Scenarios: how a declared organisation behaves, in YAML, turned into a world that can be run.

The organisation says what is there and what uses what; a scenario adds what it cannot know: how many people come, by which
channel, how often each part fails, where people give up, and the troubles to play. See `docs/scenarios.md`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from wholeservice.documents import Node, parse
from wholeservice.errors import InputError, Problem
from wholeservice.organisation.graph import Organisation, steps
from wholeservice.simulation.flow_scenario import FLOW_FIELDS, FlowReader
from wholeservice.simulation.flow_world import Flow
from wholeservice.simulation.scenario_words import EMPTY, Words
from wholeservice.simulation.world import (
    STARTS_ON,
    Question,
    Release,
    SimulatedPart,
    SimulatedStep,
    Survey,
    Trouble,
    Use,
    World,
)

FIELDS = ("service", "days", "attempts-per-day", "channels", "leaves", "skips", "fails", "takes", "troubles", "decoys", "dark",
          "silent", "releases", "surveys", "devices", "traced", "flow")  # fmt: skip
TROUBLE_FIELDS = ("part", "fails", "from-day", "to-day", "channels", "hours", "after")
SURVEY_FIELDS = ("name", "step", "asked", "answered", "questions", "instrument", "question", "scale", "mood", "after-failure",
                 "expects")  # fmt: skip
PROBLEMS = {
    "SIM001": "A scenario must be a YAML mapping that names a service of the organisation. See docs/scenarios.md.",
    "SIM002": "The scenario uses a word it does not know. The fields are: "
    + ", ".join(FIELDS)
    + "; of its `flow`: "
    + ", ".join(FLOW_FIELDS)
    + ".",
    "SIM003": "The scenario names a part, step or service that the organisation does not have.",
    "SIM004": "A share is written as a percentage (5%), a time with its unit (120ms), a number as digits.",
}


def load_world(text: str, file: str, organisation: Organisation) -> World:
    """Read a scenario for *organisation*. Raises InputError with every problem of the file, each with its place."""
    root, problems = parse(text, file)
    if root is None or not isinstance(root.value, dict) or problems:
        raise InputError(
            *problems, *([] if problems else [Problem("SIM001", "this is no scenario", root.place if root else None)])
        )
    reader = _Reader(root, organisation)
    world = reader.world()
    if reader.problems:
        raise InputError(*reader.problems)
    return world


class _Reader(Words):
    def __init__(self, root: Node, organisation: Organisation) -> None:
        super().__init__(root, [])
        self.organisation = organisation
        self.known_fields(root, FIELDS)

    def world(self) -> World:
        service = self.name(self.root.mapping.get("service"), self.organisation.entities) or ""
        journey = [step.id for step in steps(self.organisation, service)] if service in self.organisation.entities else []
        channels = {name: self.number(node) for name, node in self.section("channels").items()} or {"": 1.0}
        parts = {part.id: part for part in self._parts()}
        return World(
            service=service,
            organisation=self.organisation,
            steps=tuple(self._steps(service, journey, tuple(channels))),
            parts=parts,
            channels=channels,
            causes=tuple(self._troubles("troubles", parts)),
            decoys=tuple(self._troubles("decoys", parts)),
            releases=tuple(
                Release(self.name(each.mapping.get("part"), parts) or "", int(self.number(each.mapping.get("day"))))
                for each in self.listed("releases")
            ),
            surveys=tuple(self._surveys(journey)),
            devices=dict(self._devices(channels)),
            n_days=int(self.number(self.root.mapping.get("days"), 28)),
            attempts_per_day=self.number(self.root.mapping.get("attempts-per-day"), 100),
            dark=self.names("dark", parts),
            silent_when_failing=self.names("silent", parts),
            linked_share=self.number(self.root.mapping.get("traced"), 1.0),
            flow=self._flow(),
        )

    def _flow(self) -> Flow | None:
        """How work flows, over the weeks that end with the days of guests."""
        node = self.root.mapping.get("flow")
        if node is None:
            return None
        ends_on = STARTS_ON + dt.timedelta(days=int(self.number(self.root.mapping.get("days"), 28)))
        return FlowReader(node, self.problems, self.organisation).flow(ends_on)

    def _parts(self) -> Iterator[SimulatedPart]:
        fails, takes = self.section("fails"), self.section("takes")
        providers = {edge.to_id: edge.from_id for edge in self.organisation.edges if edge.relation == "provides"}
        uses: dict[str, dict[str, Use]] = {}
        for edge in self.organisation.edges:
            if edge.relation in ("uses", "at"):
                uses.setdefault(edge.from_id, {})
            if edge.relation == "uses":
                to_id = providers.get(edge.to_id, edge.to_id)
                uses[edge.from_id].setdefault(to_id, Use(to_id, edge.how, edge.group))
                uses.setdefault(to_id, {})
        usual = self.number(fails.get("usual"), 0.0005)
        for part, used in uses.items():
            rate = self.number(fails.get(part), usual)
            yield SimulatedPart(part, tuple(used.values()), rate, self.number(takes.get(part), 0.1), fails_first=0.3)
        for section in (fails, takes):
            for name, node in section.items():
                if name not in uses and name != "usual":
                    self.unknown("SIM003", name, uses, node.place)

    def _steps(self, service: str, journey: list[str], channels: tuple[str, ...]) -> Iterator[SimulatedStep]:
        leaves, skips = self.section("leaves"), self.section("skips")
        for section in (leaves, skips):
            for name, node in section.items():
                if name not in journey:
                    self.unknown("SIM003", name, journey, node.place)
        at: dict[str, list[str]] = {}
        for edge in self.organisation.edges:
            if edge.relation == "at":
                at.setdefault(edge.to_id, []).append(edge.from_id)
        for step in journey:
            calls = {channel: tuple(self._met(at.get(f"{service}.{step}", ()), channel)) for channel in channels}
            yield SimulatedStep(step, calls, self.number(leaves.get(step), 0.0), self.number(skips.get(step), 0.0))

    def _met(self, parts: Any, channel: str) -> Iterator[str]:
        """Yield the parts that a step calls itself in a channel: those no other part of the step already calls."""
        here = [part for part in parts if channel in (self.organisation.entities[part].channels or (channel,))]
        called = {edge.to_id for edge in self.organisation.edges if edge.relation == "uses" and edge.from_id in here}
        yield from (part for part in here if part not in called)

    def _troubles(self, section: str, parts: Mapping[str, SimulatedPart]) -> Iterator[Trouble]:
        for each in self.listed(section):
            self.known_fields(each, TROUBLE_FIELDS)
            get = each.mapping.get
            yield Trouble(
                part=self.name(get("part"), parts) or "",
                rate=self.number(get("fails"), 0.0),
                from_day=int(self.number(get("from-day"), 0)),
                to_day=int(self.number(get("to-day"), 10**6)),
                channels=frozenset(node.text or "" for node in get("channels", EMPTY).items),
                hours=frozenset(int(self.number(node)) for node in get("hours", EMPTY).items),
                after=self.name(get("after"), parts) if "after" in each.mapping else None,
            )

    def _surveys(self, journey: list[str]) -> Iterator[Survey]:
        for number, each in enumerate(self.listed("surveys")):
            get = each.mapping.get
            asked = get("questions", EMPTY).items or [each]
            step = self.name(get("step"), journey) or ""
            yield Survey(
                name=get("name", EMPTY).text or f"{step}-{number}",
                step=step,
                asked_share=self.number(get("asked"), 0.1),
                answered_share=self.number(get("answered"), 0.3),
                questions=tuple(self._question(question) for question in asked),
            )

    def _devices(self, channels: Mapping[str, float]) -> Iterator[tuple[str, dict[str, float]]]:
        for channel, node in self.section("devices").items():
            if channel not in channels:
                self.unknown("SIM003", channel, channels, node.place)
            yield channel, {name: self.number(share) for name, share in node.mapping.items()}

    def _question(self, node: Node) -> Question:
        get = node.mapping.get
        self.known_fields(node, SURVEY_FIELDS)
        low, high = [int(self.number(each)) for each in get("scale", EMPTY).items] or [1, 5]
        return Question(
            instrument=get("instrument", EMPTY).text or "csat",
            words=get("question", EMPTY).text or "",
            scale=(low, high),
            mood=self.number(get("mood"), 4.4),
            after_failure=self.number(get("after-failure"), 2.6),
            expects=self.number(get("expects")) if "expects" in node.mapping else None,
        )
