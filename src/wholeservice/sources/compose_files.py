"""The files of a compose project, with what they include and extend; read as text, and never beyond the bounds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from wholeservice.documents import Node
from wholeservice.errors import InputError, Place, Problem, suggest
from wholeservice.foreign_yaml import read_foreign
from wholeservice.sources.base import Context
from wholeservice.sources.compose_merge import merged, service_fields
from wholeservice.sources.compose_options import ComposeOptions
from wholeservice.sources.compose_variables import Variables
from wholeservice.sources.files import File, find, whole

MAX_FILES = 2_000  # of one source, with all that is included
MAX_CHAIN = 50  # services that extend each other
_SUFFIXES = (".yml", ".yaml")
_OLD_FORM = ("image", "build")  # what shows that a file without `services:` is of the first form


@dataclass(slots=True)
class Project:
    """The services of one project, merged. `modified` says when each file was last written."""

    name: str
    services: dict[str, Node] = field(default_factory=dict)
    modified: dict[str, dt.datetime] = field(default_factory=dict)

    def add(self, services: Mapping[str, Node]) -> None:
        for name, node in services.items():
            self.services[name] = merged(self.services[name], node) if name in self.services else node


class Reader:
    """Reads files, each once. `problems` are warnings; a file that cannot be read stops the source."""

    def __init__(self, options: ComposeOptions, context: Context) -> None:
        self.options, self.context = options, context
        self.variables = Variables(options.variables)
        self.problems: list[Problem] = []
        self.roots: dict[Path, Node] = {}
        self.names: dict[Path, str] = {}
        self.modified: dict[str, dt.datetime] = {}

    def projects(self) -> Iterator[Project]:
        """Yield the projects, by name. Raises InputError for a file that is missing or cannot be read."""
        groups: dict[str, list[File]] = {}
        for file in declared_files(self.options, self.context):
            groups.setdefault(self.options.project or str(file.path.resolve().parent), []).append(file)
        for key, files in groups.items():
            project = Project(self.options.project or Path(key).name)
            for file in files:
                root = self.root(file)
                project.name = self.options.project or root.mapping.get("name", Node(None, root.place)).text or project.name
                project.add(self.services(file, ()))
            project.modified = self.modified
            yield project

    def root(self, file: File) -> Node:
        """Return the root of a file. Raises InputError when it is no YAML mapping."""
        path = file.path.resolve()
        if path not in self.roots:
            if len(self.roots) >= MAX_FILES:
                raise InputError(Problem("SRC125", f"there are more than {MAX_FILES:,} files", self.options.place, "fewer"))
            roots, told = read_foreign(_text(file), file.name)
            problems = [replace(each, place=bare(each.place)) if each.place else each for each in told]
            errors = [each for each in problems if each.severity == "error"]
            if errors:
                raise InputError(*errors)
            if len(roots) != 1 or not isinstance(roots[0].value, dict):
                raise InputError(Problem("SRC190", "this is no compose file", Place(file.name), "a mapping with services:",
                                         next_step="correct file:, or take this one out"))  # fmt: skip
            self.problems += problems
            self.roots[path], self.names[path] = roots[0], file.name
            self.modified[file.name] = dt.datetime.fromtimestamp(file.path.stat().st_mtime, dt.UTC).replace(microsecond=0)
        return self.roots[path]

    def services(self, file: File, including: tuple[Path, ...]) -> dict[str, Node]:
        """Return the services of a file: what it includes first, then its own on top; what they extend is in them."""
        root, path = self.root(file), file.path.resolve()
        found = Project("")
        for place, each in self.included(root, file):
            if each.path.resolve() in (*including, path):
                raise InputError(_cannot_follow(place, f"{each.name} includes itself"))
            found.add(self.services(each, (*including, path)))
        own = _declared(root)
        found.add({name: self.extended(name, own, file, ()) for name in own})
        return found.services

    def included(self, root: Node, file: File) -> Iterator[tuple[Place, File]]:
        for each in root.mapping.get("include", Node([], root.place)).items:
            paths = each.mapping.get("path", Node(None, each.place)).items if isinstance(each.value, dict) else [each]
            for node in paths:
                found = self.beside(file, node)
                if found is not None:
                    yield node.place, found

    def extended(self, name: str, own: Mapping[str, Node], file: File, chain: tuple[tuple[Path, str], ...]) -> Node:
        """Return a service on top of the one that it extends."""
        node, key = service_fields(own[name]), (file.path.resolve(), name)
        extends = node.mapping.get("extends")
        if extends is None or not isinstance(node.value, dict):
            return node
        if key in chain or len(chain) >= MAX_CHAIN:
            raise InputError(_cannot_follow(extends.place, f"'{name}' extends itself, or too many others"))
        base_name = extends.mapping["service"].text if "service" in extends.mapping else extends.text
        base_file = self.beside(file, extends.mapping["file"]) if "file" in extends.mapping else file
        fields = Node({key: each for key, each in node.value.items() if key != "extends"}, node.place, node.key_places)
        if base_file is None:
            return fields
        others = _declared(self.root(base_file))
        if base_name not in others:
            what, nearest = f"'{name}' extends '{base_name}', which is not there", suggest(base_name or "", others)
            self.problems.append(_cannot_follow(extends.place, what, nearest, severity="warning"))
            return fields
        return merged(self.extended(base_name or "", others, base_file, (*chain, key)), fields)

    def beside(self, file: File, node: Node) -> File | None:
        """Return the file that another one names, None with a warning when it cannot be followed."""
        named = self.variables.fill(node.text or "")
        path = file.path.parent / named
        if "://" in named or path.suffix not in _SUFFIXES or not path.is_file():
            what = f"'{named[:200]}' is not read: it is no YAML file here"
            self.problems.append(_cannot_follow(node.place, what, severity="warning"))
            return None
        return find(str(path.resolve()), self.context.folder)[0]


def declared_files(options: ComposeOptions, context: Context) -> list[File]:
    """Return the files of all patterns, each once, in order. Raises InputError for a pattern that finds none."""
    found: dict[Path, File] = {}
    for pattern in options.files:
        files = find(pattern, context.folder)
        if not files:
            raise InputError(Problem("SRC120", f"there is no {pattern}", options.place, "a compose file",
                                     next_step="correct file:"))  # fmt: skip
        for file in files:
            found.setdefault(file.path.resolve(), file)
    return list(found.values())


def _declared(root: Node) -> Mapping[str, Node]:
    """Return the services of a file; one of the first form has them at its top."""
    if "services" in root.mapping:
        return root.mapping["services"].mapping
    is_old = any(key in each.mapping for each in root.mapping.values() for key in _OLD_FORM)
    return {name: each for name, each in root.mapping.items() if not name.startswith("x-")} if is_old else {}


def _text(file: File) -> str:
    try:
        return whole(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(Problem("SRC123", f"byte {error.start:,} is not utf-8 text", Place(file.name), "text in utf-8",
                                 next_step="save it as UTF-8")) from None  # fmt: skip


def bare(place: Place) -> Place:
    """Return a place without its line of text: a line of a compose file may hold a password."""
    return Place(place.file, place.line, place.column)


def _cannot_follow(place: Place, what: str, nearest: str | None = None, *, severity: str = "error") -> Problem:
    return Problem(
        "SRC192", what, bare(place), "a service or file that is there", nearest, "correct the compose file", severity
    )
