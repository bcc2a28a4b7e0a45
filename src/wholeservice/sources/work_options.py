"""What may be said of the export of a tracker: where it is, and what its statuses, types and labels mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem, suggest
from wholeservice.sources.base import named_files, not_one_of, unknown_keys
from wholeservice.sources.exports_options import named_columns
from wholeservice.sources.work_statuses import Status, load_statuses, lowered

FILES: dict[str, str] = {
    "file": "path or pattern (or a list of them), relative to wholeservice.yaml: JSON or JSON lines, also .gz or .zip",
    "optional": "true: it is no error when the file is not there",
}
MEANINGS: dict[str, str] = {
    "service": "the service that all of it is about; without it what the tool says",
    "stream": "the value stream that the work runs in",
    "statuses": "{STATUS: {stage: review, state: queued, team: TEAM}}, or {STATUS: STATE}",
    "kinds": "{TYPE OR LABEL: feature, defect, debt, risk, request, change, improvement, incident or nothing}",
}
FORGE: dict[str, str] = {
    "project": "OWNER/NAME of the repository or project, where the files do not say it",
    "issues": "what stands before the number of an issue or change in its name; without it OWNER/NAME# (a merge request: !)",
}
INCIDENT, NOTHING = "incident", "nothing"
KINDS = ("feature", "defect", "debt", "risk", "request", "change", "improvement", INCIDENT, NOTHING)
FIELDS = ("team", "size", "service", "part", "stream", "parent")

COLUMNS = (
    "row", "record", "item", "kind", "service", "part", "stream", "team", "priority", "created", "due", "done", "size",
    "stage", "state", "from_at", "to_at", "resource", "waits", "from", "relation", "to", "since",
    "deployment", "environment", "version", "artefact", "method", "deployed", "result", "incident", "restored", "severity",
    "verdict", "by", "judged",
)  # fmt: skip

USUAL = """\
record: [record]
facts:
  - item:
      { item: "{item}", kind: "{kind}", service: "{service}", about_part: "{part}", stream: "{stream}", team: "{team}",
        priority: "{priority}", created_at: "{created}", due_at: { column: due, plus: 1d }, done_at: "{done}",
        size: "{size}" }
    where: { row: item }
  - work:
      { item: "{item}", stage: "{stage}", state: "{state}", from_at: "{from_at}", to_at: "{to_at}", team: "{team}",
        resource: "{resource}", waits_on: "{waits}" }
    where: { row: work }
  - link: { from_ref: "{from}", relation: "{relation}", to_ref: "{to}", happened_at: "{since}" }
    where: { row: link }
  - deployment:
      { deployment: "{deployment}", service: "{service}", environment: "{environment}", version: "{version}",
        artefact: "{artefact}", method: "{method}", deployed_at: "{deployed}", result: "{result}" }
    where: { row: deployment }
  - incident:
      { incident: "{incident}", service: "{service}", started_at: "{created}", detected_at: "{created}",
        restored_at: "{restored}", severity: "{severity}" }
    where: { row: incident }
  - judgement: { about: "item:{item}", question: verdict, verdict: "{verdict}", by: "{by}", judged_at: "{judged}" }
    where: { row: judgement }
"""


@dataclass(frozen=True, slots=True)
class WorkOptions:
    """The export of a tracker as declared. `named`: the columns of the export that the declaration names itself."""

    files: tuple[str, ...]
    place: Place
    is_optional: bool = False
    service: str | None = None
    stream: str | None = None
    statuses: Mapping[str, Status] = field(default_factory=dict)
    status_names: tuple[str, ...] = ()
    statuses_place: Place | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    deploys: Mapping[str, str] = field(default_factory=dict)
    project: str | None = None
    issues: str | None = None
    named: tuple[str, ...] = ()


def load_work(node: Node, options: Mapping[str, str]) -> tuple[WorkOptions, list[Problem]]:
    """Load a declaration of a tracker that takes *options*; keys that are not options are left to the mapping."""
    fields = {key: each for key, each in node.mapping.items() if key in options}
    files, problems = named_files(node)
    problems += not_one_of(fields.get("optional"), "optional", ("true", "false"))
    statuses, names, of_statuses = load_statuses(fields.get("statuses"))
    text = {key: each.text for key, each in fields.items() if each.text}
    found = WorkOptions(
        files=files,
        place=fields["file"].place if files else node.place,
        is_optional=text.get("optional") == "true",
        service=text.get("service"),
        stream=text.get("stream"),
        statuses=statuses,
        status_names=names,
        statuses_place=fields["statuses"].place if "statuses" in fields else None,
        kinds={lowered(name): each.text for name, each in _mapping(fields, "kinds").items() if each.text in KINDS},
        fields={name: each.text for name, each in _mapping(fields, "fields").items() if each.text and name in FIELDS},
        deploys={name: each.text for name, each in _mapping(fields, "deploys").items() if each.text},
        project=text.get("project"),
        issues=fields["issues"].text if "issues" in fields else None,
        named=tuple(dict.fromkeys(each for each in named_columns(node) if each not in COLUMNS)),
    )
    return found, [*problems, *of_statuses, *_wrong(fields)]


def usual(options: WorkOptions) -> str:
    """Return the usual mapping: items with their stays, links, deployments, incidents and what was never done."""
    return USUAL


def _mapping(fields: Mapping[str, Node], key: str) -> dict[str, Node]:
    return fields[key].mapping if key in fields else {}


def _wrong(fields: Mapping[str, Node]) -> Iterator[Problem]:
    for name, each in _mapping(fields, "kinds").items():
        if each.text not in KINDS:
            yield Problem("SRC232", f"'{name}' cannot be of the kind '{each.text}'", each.place, f"one of: {', '.join(KINDS)}",
                          suggest(each.text or "", KINDS), "write one of these")  # fmt: skip
    if "fields" in fields:
        yield from unknown_keys(fields["fields"], dict.fromkeys(FIELDS, ""), "fields:")
