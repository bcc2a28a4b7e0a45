"""What may be said of an event log: where it is, what its events become, and how its own words are meant."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem
from wholeservice.sources.base import named_files, not_one_of
from wholeservice.sources.xes_lifecycle import STANDARD, STATES, STATUSES

WORK, INTERACTIONS = "work", "interactions"
OPTIONS: dict[str, str] = {
    "file": "path or pattern (or a list of them), relative to wholeservice.yaml: .xes, also .gz or .zip",
    "member": "the file inside a zip that holds several",
    "optional": "true: it is no error when the file is not there",
    "as": "what events become without facts: `work` (default), stays of an item, or `interactions` of consumers with a service",
    "service": "the name of the service that the log is about; needed for interactions",
    "classifier": "the log's classifier that names the steps; without it `concept:name`",
    "states": "{transition or status: queued, active, blocked, done or returned}, besides those that are known",
    "ends": "the steps that end a case; without it only a status such as Closed does",
}

_WORK = """
record: ["case:id"]
facts:
  - item: { item: "{case:id}", created_at: "{case:first}", done_at: "{case:ended}"SERVICE }
    where: { "event:nth": "0" }
  - work:
      item: "{case:id}"
      stage: "{event:step}"
      state: { column: "event:transition", map: STATES }
      from_at: "{time:timestamp}"
      to_at: "{event:to}"
      team: "{org:group}"
      resource: "{org:resource}"
"""
_INTERACTIONS = """
record: ["case:id"]
facts:
  - interaction:
      service: SERVICE
      attempt: "{case:id}"
      step: "{event:step}"
      happened_at: "{event:began}"
      ended_at: "{event:ended}"
      outcome: "{event:outcome}"
    where: { "event:is-last": "true" }
"""


@dataclass(frozen=True, slots=True)
class XesOptions:
    """An event log as declared."""

    files: tuple[str, ...]
    place: Place
    member: str | None = None
    is_optional: bool = False
    as_what: str = WORK
    service: str | None = None
    classifier: str | None = None
    states: Mapping[str, str] = field(default_factory=dict)
    ends: frozenset[str] = frozenset()
    zone: str | None = None


def load(node: Node) -> tuple[XesOptions, list[Problem]]:
    """Load the options of an event log from its declaration; keys that are not options are left to the mapping."""
    fields = node.mapping
    files, problems = named_files(node)
    problems += not_one_of(fields.get("as"), "as", (WORK, INTERACTIONS))
    problems += not_one_of(fields.get("optional"), "optional", ("true", "false"))
    states = fields["states"].mapping if "states" in fields else {}
    for each in states.values():
        problems += not_one_of(each, "states", STATES)
    text = {key: fields[key].text for key in ("member", "as", "service", "classifier", "zone", "optional") if key in fields}
    if text.get("as") == INTERACTIONS and not text.get("service") and "facts" not in fields:
        problems.append(Problem("SRC103", "interactions are with a service, and none is named", fields["as"].place,
                                "service: NAME", next_step="add service:"))  # fmt: skip
    options = XesOptions(
        files=files,
        place=fields["file"].place if files else node.place,
        member=text.get("member"),
        is_optional=text.get("optional") == "true",
        as_what=text.get("as") or WORK,
        service=text.get("service"),
        classifier=text.get("classifier"),
        states={name.strip().lower(): each.text for name, each in states.items() if each.text in STATES},
        ends=frozenset(each.text.strip() for each in fields["ends"].items if each.text) if "ends" in fields else frozenset(),
        zone=text.get("zone"),
    )
    return options, problems


def usual(options: XesOptions) -> str:
    """Return the mapping that events usually have: an item and its stays, or interactions."""
    service = json.dumps(options.service.replace("{", "{{").replace("}", "}}")) if options.service else ""
    if options.as_what == INTERACTIONS:
        return _INTERACTIONS.replace("SERVICE", service or "nobody's")
    states = json.dumps({**STATUSES, **STANDARD, **options.states})
    return _WORK.replace("SERVICE", f", service: {service}" if service else "").replace("STATES", states)
