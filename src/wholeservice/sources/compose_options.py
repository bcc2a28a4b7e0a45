"""What may be said of compose files: where they are, what project they are, and what their services are called here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem, suggest
from wholeservice.sources.base import named_files, not_one_of

MODIFIED = "modified"
KINDS = ("part", "service")

OPTIONS: dict[str, str] = {
    "file": "path or pattern (or a list of them), relative to wholeservice.yaml; a later file overrides an earlier one",
    "project": "all files are one project of this name, and its services go by their own names; without it each folder is "
    "a project, and a service is PROJECT/SERVICE",
    "as": "what a service of the file is here: part (without it) or service",
    "environment": "where it runs so: production, development ...; without it that is not said",
    "seen": "the day on which it was so, or `modified`: when the file was last written; without it undated",
    "urls": "true: a URL in an environment variable that names another service is a hint that it is used",
    "variables": "values of ${VARIABLES}: {NAME: value}; the default in the file stands for one that is not here",
}


@dataclass(frozen=True, slots=True)
class ComposeOptions:
    """Compose files as declared. `seen` is a day, `modified`, or None."""

    files: tuple[str, ...]
    place: Place
    project: str | None = None
    kind: str = KINDS[0]
    environment: str | None = None
    seen: str | None = None
    has_urls: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)


def load(node: Node) -> tuple[ComposeOptions, list[Problem]]:
    """Load the options from a declaration; keys that are not options are left to the mapping."""
    fields = node.mapping
    files, problems = named_files(node)
    problems += not_one_of(fields.get("as"), "as", KINDS)
    problems += not_one_of(fields.get("urls"), "urls", ("true", "false"))
    text = {key: fields[key].text for key in OPTIONS if key in fields}
    seen = text.get("seen")
    if "seen" in fields and seen != MODIFIED and not _is_day(seen):
        problems.append(Problem("SRC113", f"'{seen}' is no day", fields["seen"].place, "a day such as 2026-01-31, or modified",
                                suggest(seen or "", (MODIFIED,)), "correct seen:, or take it out"))  # fmt: skip
    variables = {name: each.text or "" for name, each in fields["variables"].mapping.items()} if "variables" in fields else {}
    options = ComposeOptions(
        files=files,
        place=fields["file"].place if files else node.place,
        project=text.get("project"),
        kind=text.get("as") or KINDS[0],
        environment=text.get("environment"),
        seen=seen,
        has_urls=text.get("urls") == "true",
        variables=variables,
    )
    return options, problems


def _is_day(text: str | None) -> bool:
    try:
        return bool(dt.date.fromisoformat(text or ""))
    except ValueError:
        return False
