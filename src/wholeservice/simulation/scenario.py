"""Scenarios: how a declared organisation behaves, in YAML, turned into a world that can be run.

The organisation says what is there and what uses what; a scenario adds what it cannot know: how many people come, by which
channel, how often each part fails, where people give up, and the troubles to play. See `docs/scenarios.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wholeservice.documents import Node, parse
from wholeservice.errors import InputError, Problem, suggest
from wholeservice.organisation.graph import Organisation, steps
from wholeservice.simulation.world import Question, Release, SimulatedPart, SimulatedStep, Survey, Trouble, Use, World
from wholeservice.units import Amount, parse_amount

FIELDS = ("service", "days", "attempts-per-day", "channels", "leaves", "skips", "fails", "takes", "troubles", "decoys", "dark",
          "silent", "releases", "surveys", "devices", "traced")  # fmt: skip
TROUBLE_FIELDS = ("part", "fails", "from-day", "to-day", "channels", "hours", "after")
SURVEY_FIELDS = ("name", "step", "asked", "answered", "questions", "instrument", "question", "scale", "mood", "after-failure",
                 "expects")  # fmt: skip
PROBLEMS = {
    "SIM001": "A scenario must be a YAML mapping that names a service of the organisation. See docs/scenarios.md.",
    "SIM002": "The scenario uses a word it does not know. The fields are: " + ", ".join(FIELDS) + ".",
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


class _Reader:
    def __init__(self, root: Node, organisation: Organisation) -> None:
        self.root, self.organisation = root, organisation
        self.problems: list[Problem] = []
        for key in root.mapping:
            if key not in FIELDS:
                self._unknown("SIM002", key, FIELDS, root.key_places[key] if root.key_places else root.place)

    def world(self) -> World:
        service = self._name(self.root.mapping.get("service"), self.organisation.entities) or ""
        journey = [step.id for step in steps(self.organisation, service)] if service in self.organisation.entities else []
        channels = {name: self._number(node) for name, node in self._section("channels").items()} or {"": 1.0}
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
                Release(self._name(each.mapping.get("part"), parts) or "", int(self._number(each.mapping.get("day"))))
                for each in self._list("releases")
            ),
            surveys=tuple(self._surveys(journey)),
            devices=dict(self._devices(channels)),
            n_days=int(self._number(self.root.mapping.get("days"), 28)),
            attempts_per_day=self._number(self.root.mapping.get("attempts-per-day"), 100),
            dark=self._names("dark", parts),
            silent_when_failing=self._names("silent", parts),
            linked_share=self._number(self.root.mapping.get("traced"), 1.0),
        )

    def _parts(self) -> Iterator[SimulatedPart]:
        fails, takes = self._section("fails"), self._section("takes")
        providers = {edge.to_id: edge.from_id for edge in self.organisation.edges if edge.relation == "provides"}
        uses: dict[str, dict[str, Use]] = {}
        for edge in self.organisation.edges:
            if edge.relation in ("uses", "at"):
                uses.setdefault(edge.from_id, {})
            if edge.relation == "uses":
                to_id = providers.get(edge.to_id, edge.to_id)
                uses[edge.from_id].setdefault(to_id, Use(to_id, edge.how, edge.group))
                uses.setdefault(to_id, {})
        usual = self._number(fails.get("usual"), 0.0005)
        for part, used in uses.items():
            rate = self._number(fails.get(part), usual)
            yield SimulatedPart(part, tuple(used.values()), rate, self._number(takes.get(part), 0.1), fails_first=0.3)
        for section in (fails, takes):
            for name, node in section.items():
                if name not in uses and name != "usual":
                    self._unknown("SIM003", name, uses, node.place)

    def _steps(self, service: str, journey: list[str], channels: tuple[str, ...]) -> Iterator[SimulatedStep]:
        leaves, skips = self._section("leaves"), self._section("skips")
        for section in (leaves, skips):
            for name, node in section.items():
                if name not in journey:
                    self._unknown("SIM003", name, journey, node.place)
        at: dict[str, list[str]] = {}
        for edge in self.organisation.edges:
            if edge.relation == "at":
                at.setdefault(edge.to_id, []).append(edge.from_id)
        for step in journey:
            calls = {channel: tuple(self._met(at.get(f"{service}.{step}", ()), channel)) for channel in channels}
            yield SimulatedStep(step, calls, self._number(leaves.get(step), 0.0), self._number(skips.get(step), 0.0))

    def _met(self, parts: Any, channel: str) -> Iterator[str]:
        """Yield the parts that a step calls itself in a channel: those no other part of the step already calls."""
        here = [part for part in parts if channel in (self.organisation.entities[part].channels or (channel,))]
        called = {edge.to_id for edge in self.organisation.edges if edge.relation == "uses" and edge.from_id in here}
        yield from (part for part in here if part not in called)

    def _troubles(self, section: str, parts: Mapping[str, SimulatedPart]) -> Iterator[Trouble]:
        for each in self._list(section):
            for key in each.mapping:
                if key not in TROUBLE_FIELDS:
                    self._unknown("SIM002", key, TROUBLE_FIELDS, (each.key_places or {}).get(key, each.place))
            get = each.mapping.get
            yield Trouble(
                part=self._name(get("part"), parts) or "",
                rate=self._number(get("fails"), 0.0),
                from_day=int(self._number(get("from-day"), 0)),
                to_day=int(self._number(get("to-day"), 10**6)),
                channels=frozenset(node.text or "" for node in get("channels", _EMPTY).items),
                hours=frozenset(int(self._number(node)) for node in get("hours", _EMPTY).items),
                after=self._name(get("after"), parts) if "after" in each.mapping else None,
            )

    def _surveys(self, journey: list[str]) -> Iterator[Survey]:
        for number, each in enumerate(self._list("surveys")):
            get = each.mapping.get
            asked = get("questions", _EMPTY).items or [each]
            step = self._name(get("step"), journey) or ""
            yield Survey(
                name=get("name", _EMPTY).text or f"{step}-{number}",
                step=step,
                asked_share=self._number(get("asked"), 0.1),
                answered_share=self._number(get("answered"), 0.3),
                questions=tuple(self._question(question) for question in asked),
            )

    def _devices(self, channels: Mapping[str, float]) -> Iterator[tuple[str, dict[str, float]]]:
        for channel, node in self._section("devices").items():
            if channel not in channels:
                self._unknown("SIM003", channel, channels, node.place)
            yield channel, {name: self._number(share) for name, share in node.mapping.items()}

    def _question(self, node: Node) -> Question:
        get = node.mapping.get
        for key in node.mapping:
            if key not in SURVEY_FIELDS:
                self._unknown("SIM002", key, SURVEY_FIELDS, (node.key_places or {}).get(key, node.place))
        low, high = [int(self._number(each)) for each in get("scale", _EMPTY).items] or [1, 5]
        return Question(
            instrument=get("instrument", _EMPTY).text or "csat",
            words=get("question", _EMPTY).text or "",
            scale=(low, high),
            mood=self._number(get("mood"), 4.4),
            after_failure=self._number(get("after-failure"), 2.6),
            expects=self._number(get("expects")) if "expects" in node.mapping else None,
        )

    def _section(self, name: str) -> dict[str, Node]:
        node = self.root.mapping.get(name)
        return node.mapping if node else {}

    def _list(self, name: str) -> list[Node]:
        node = self.root.mapping.get(name)
        return node.items if node else []

    def _names(self, section: str, known: Any) -> frozenset[str]:
        return frozenset(name for each in self._list(section) if (name := self._name(each, known)))

    def _name(self, node: Node | None, known: Any) -> str | None:
        if node is None or node.text is None or node.text not in known:
            self._unknown(
                "SIM003", node.text or "nothing" if node else "nothing", known, node.place if node else self.root.place
            )
            return None
        return node.text

    def _number(self, node: Node | None, usual: float | None = None) -> float:
        if node is None:
            return usual or 0.0
        amount: Amount | None = parse_amount(node.text or "")
        if amount is None:
            self.problems.append(Problem("SIM004", f"'{node.text}' is no number, share or time", node.place,
                                         "a share (5%), a time (120ms) or digits",
                                         next_step="wholeservice explain SIM004"))  # fmt: skip
            return 0.0
        return amount.number

    def _unknown(self, code: str, name: str, known: Any, place: Any) -> None:
        words = list(known)
        expected = "one of " + ", ".join(words[:12]) + (" ..." if len(words) > 12 else "")
        self.problems.append(Problem(code, f"unknown name '{name}'", place, expected, suggest(name, words),
                                     f"fix the name; wholeservice explain {code}"))  # fmt: skip


_EMPTY = Node(None, None)  # type: ignore[arg-type]
