"""The raw rows of compose projects: one per service, one per other name of it, one per service that it uses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wholeservice.documents import Node
from wholeservice.errors import Place, Problem
from wholeservice.sources.base import Batch, Header
from wholeservice.sources.compose_files import Project, bare
from wholeservice.sources.compose_variables import Variables

if TYPE_CHECKING:
    import pyarrow as pa

SERVICE, EDGE, ALIAS, ADDRESS = "service", "edge", "alias", "address"
COLUMNS = (
    "row", "record", "project", "service", "name", "image", "version", "digest", "build", "profiles", "alias",
    "to_service", "target", "how", "condition", "is_hint", "attributes", "modified_at",
)  # fmt: skip
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://(?:[^/?#\s@]{0,500}@)?([A-Za-z0-9._,:-]{1,500})")
_MAX_VALUE = 5_000
_SHARED = ("network_mode", "ipc", "pid")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Edge:
    """One service uses another. `is_outside`: it names a container that no file declares as a service."""

    to: str
    how: str
    place: Place
    condition: str | None = None
    is_outside: bool = False
    is_hint: bool = False


@dataclass(slots=True)
class Rows:
    """Makes the rows of projects, and remembers which names were used that no file declares."""

    variables: Variables
    is_one_project: bool
    has_urls: bool
    refused: list[Problem] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)

    def of(self, project: Project) -> Iterator[tuple[Place, Row]]:
        """Yield (where it stands, the row) of each service that can be read; others are refused."""
        known = _names(project, self.variables) if self.has_urls else {}
        for service, node in project.services.items():
            wrong = _wrong(node)
            if wrong is not None:
                self.refused.append(wrong)
                continue
            row = self._service(project, service, node)
            yield node.place, row
            yield from self._aliases(node, row)
            yield from self._edges(project, service, node, known, row)

    def name(self, project: Project, service: str) -> str:
        return service if self.is_one_project else f"{project.name}/{service}"

    def _service(self, project: Project, service: str, node: Node) -> Row:
        name = self.name(project, service)
        image = self.variables.fill(_field(node, "image") or "") or None
        build = node.mapping.get("build")
        context = build and (build.text or _field(build, "context"))
        profiles = [self.variables.fill(each.text) for each in _items(node, "profiles") if each.text]
        version, digest = image_version(image or "")
        attributes = {"image": image, "build": context, "profiles": ", ".join(profiles), "project": project.name}
        told = {key: value for key, value in attributes.items() if value}
        return {"row": SERVICE, "record": name, "project": project.name, "service": service, "name": name, "image": image,
                "version": version, "digest": digest, "build": context, "profiles": " ".join(profiles) or None,
                "attributes": json.dumps(told, ensure_ascii=False),
                "modified_at": project.modified.get(node.place.file)}  # fmt: skip

    def _aliases(self, node: Node, row: Row) -> Iterator[tuple[Place, Row]]:
        for how, alias, place in _other_names(node, self.variables):
            if alias != row["service"]:
                kind = ALIAS if how == "container_name" else ADDRESS  # others can answer at an address too
                yield place, _beside(row) | {"row": kind, "alias": alias, "how": how}

    def _edges(
        self, project: Project, service: str, node: Node, known: Mapping[str, str], row: Row
    ) -> Iterator[tuple[Place, Row]]:
        found: dict[str, list[Edge]] = {}
        for edge in [*_declared_edges(node, self.variables), *_hints(node, known, self.variables)]:
            if edge.to and edge.to != service:
                found.setdefault(edge.to, []).append(edge)
        for to, edges in found.items():
            is_outside = all(each.is_outside for each in edges)
            if not is_outside and to not in project.services:
                self.unknown.add(to)
            target = to if is_outside else self.name(project, to)
            how = " ".join(dict.fromkeys(each.how for each in edges))
            is_hint = all(each.is_hint for each in edges)
            condition = next((each.condition for each in edges if each.condition), None)
            said = "".join((how, f" ({condition})" if condition else "", ", a hint" if is_hint else ""))
            yield edges[0].place, _beside(row) | {
                "row": EDGE, "to_service": to, "target": target, "how": how, "condition": condition, "is_hint": is_hint,
                "attributes": json.dumps({f"uses {target}": f"seen in {said}"}, ensure_ascii=False)}  # fmt: skip


def image_version(image: str) -> tuple[str | None, str | None]:
    """Return the tag and the digest of an image.

    >>> image_version("host:5000/team/db:17"), image_version("db@sha256:ab"), image_version("host:5000/db")
    (('17', None), (None, 'sha256:ab'), (None, None))
    """
    name, _, digest = image.partition("@")
    return name.rpartition("/")[2].partition(":")[2] or None, digest or None


def batches(rows: list[tuple[Place, Row]]) -> Iterator[Batch]:
    """Yield the rows as batches, one file after the other."""
    files: dict[str, list[tuple[int, Row]]] = {}
    for place, row in rows:
        files.setdefault(place.file, []).append((place.line or 1, row))
    for file, numbered in files.items():
        yield _batch(file, numbered)


def _batch(file: str, numbered: list[tuple[int, Row]]) -> Batch:
    import pyarrow as pa

    types: dict[str, pa.DataType] = {"is_hint": pa.bool_(), "modified_at": pa.timestamp("us", "UTC")}
    columns = tuple(pa.array([row.get(name) for _, row in numbered], types.get(name, pa.string())) for name in COLUMNS)
    return Batch(Header(file, COLUMNS), columns, pa.array([line for line, _ in numbered], pa.int64()))


def _beside(row: Row) -> Row:
    """Return what another row of the same service says too."""
    return {name: row[name] for name in ("record", "project", "service", "name", "modified_at")}


def _field(node: Node, name: str) -> str | None:
    return node.mapping[name].text if name in node.mapping else None


def _items(node: Node, name: str) -> list[Node]:
    return node.mapping[name].items if name in node.mapping else []


def _wrong(node: Node) -> Problem | None:
    """Return what is wrong with a service, when what it uses cannot be known from it."""
    if not isinstance(node.value, dict):
        return Problem("SRC191", "this service is no mapping", bare(node.place), "image:, build:, depends_on: ...")
    for name, kind, words in (("depends_on", dict, "names of services"), ("links", list, "a list"),
                              ("external_links", list, "a list"), ("volumes_from", list, "a list")):  # fmt: skip
        each = node.mapping.get(name)
        if each is not None and each.value is not None and not isinstance(each.value, kind):
            return Problem("SRC191", f"{name}: cannot be read", bare(each.place), words)
        if each is not None and isinstance(each.value, list) and any(item.text is None for item in each.value):
            return Problem("SRC191", f"{name}: holds what is no text", bare(each.place), words)
    return None


def _declared_edges(node: Node, variables: Variables) -> Iterator[Edge]:
    for name, each in node.mapping.get("depends_on", Node({}, node.place)).mapping.items():
        place = (node.mapping["depends_on"].key_places or {}).get(name, each.place)
        yield Edge(variables.fill(name), "depends_on", place, _field(each, "condition"))
    for field_ in ("links", "external_links"):
        for each in _items(node, field_):
            name = variables.fill(each.text or "").partition(":")[0]
            yield Edge(name, field_, each.place, is_outside=field_ == "external_links")
    for field_ in _SHARED:
        how, _, name = variables.fill(_field(node, field_) or "").partition(":")
        if how in ("service", "container") and name:
            yield Edge(name, field_, node.mapping[field_].place, is_outside=how == "container")
    for each in _items(node, "volumes_from"):
        parts = variables.fill(each.text or "").split(":")
        is_outside = parts[0] == "container" and len(parts) > 1
        yield Edge(parts[1] if is_outside else parts[0], "volumes_from", each.place, is_outside=is_outside)


def _hints(node: Node, known: Mapping[str, str], variables: Variables) -> Iterator[Edge]:
    """Yield the services that URLs in environment variables name. The values go no further."""
    for name, each in node.mapping.get("environment", Node({}, node.place)).mapping.items() if known else ():
        quiet = Variables(variables.values)  # a secret that is not set is nothing to tell
        for hosts in _URL.findall(quiet.fill(each.text or "")[:_MAX_VALUE]):
            for host in hosts.split(","):
                service = known.get(host.partition(":")[0].lower())
                if service is not None:
                    yield Edge(service, f"url:{name[:100]}", each.place, is_hint=True)


def _names(project: Project, variables: Variables) -> dict[str, str]:
    """Return which service each name means on the network of a project; its own name is the strongest."""
    names = {
        alias.lower(): service
        for service, node in project.services.items()
        for _, alias, _ in _other_names(node, variables)
    }  # fmt: skip
    return names | {service.lower(): service for service in project.services}


def _other_names(node: Node, variables: Variables) -> Iterator[tuple[str, str, Place]]:
    for how in ("container_name", "hostname"):
        alias = variables.fill(_field(node, how) or "")
        if alias:
            yield how, alias, node.mapping[how].place
    for network in node.mapping.get("networks", Node({}, node.place)).mapping.values():
        for each in _items(network, "aliases"):
            if each.text:
                yield "network", variables.fill(each.text), each.place
