"""What is declared in a workspace: settings, organisation and sources, loaded and checked. Light: no engine, no store."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from wholeservice.app import settings, spool
from wholeservice.app.asked import Asked
from wholeservice.app.check_names import check_names
from wholeservice.app.settings import STATE_FOLDER, Settings
from wholeservice.errors import InputError, Problem
from wholeservice.facts import ingest
from wholeservice.facts.quality import Declaration
from wholeservice.measures import MEASURES
from wholeservice.organisation.check import check
from wholeservice.organisation.graph import Organisation
from wholeservice.organisation.load import load
from wholeservice.sources import SOURCES
from wholeservice.sources.base import Context
from wholeservice.tables import LOG
from wholeservice.units import Unit


def check_workspace(asked: Asked) -> tuple[Organisation, list[Problem]]:
    """Return the organisation and every problem of what is declared: settings, then organisation, then sources."""
    folder = settings.find_workspace(asked.workspace or Path.cwd())
    loaded, problems = settings.load(folder, overrides=asked.overrides, environment=os.environ)
    organisation, organisation_problems = load(folder)
    problems += [*organisation_problems, *check(organisation, measure_words())]
    sources, source_problems = ingest.load(loaded.sources, loaded.values, loaded.zone)
    named = check_names(sources, organisation)
    return organisation, [*problems, *source_problems, *named, *ingest.check(sources, context(loaded))]


def measure_words() -> Mapping[str, Unit]:
    """Return every word a target may call a measure by, with the unit of that measure."""
    return {word: measure.unit for measure in MEASURES for word in (measure.name, *measure.words)}


def without_direction() -> frozenset[str]:
    """Return every word for a measure of which more is neither better nor worse."""
    return frozenset(word for measure in MEASURES if measure.better == "neither" for word in (measure.name, *measure.words))


def context(loaded: Settings) -> Context:
    """Return what sources may know of the workspace."""
    return Context(loaded.folder, loaded.zone)


def declared_organisation(loaded: Settings) -> Organisation:
    """Load what is declared. Raises InputError with every error of the files; warnings do not stop."""
    organisation, problems = load(loaded.folder)
    _stop_at_errors(problems)
    return organisation


def declared_sources(loaded: Settings) -> tuple[ingest.Declared, ...]:
    """Load the sources, and the improvement log once there is one. Raises InputError with every error of their declarations."""
    sources, problems = ingest.load(loaded.sources, loaded.values, loaded.zone)
    _stop_at_errors(problems)
    path = spool.log_path(loaded)
    if not path.exists():
        return sources
    declaration = f"{{ kind: improvements, file: {STATE_FOLDER}/{spool.FOLDER}/{spool.IMPROVEMENTS} }}"
    return (*sources, ingest.built_in(LOG, declaration, loaded.zone))


def declarations(loaded: Settings) -> Mapping[str, Declaration]:
    """Return of what kind each source is and where it is declared, for people to find it; nothing is checked."""
    if loaded.sources is None:
        return {}
    places = loaded.sources.key_places or {}
    found: dict[str, Declaration] = {}
    for name, node in loaded.sources.mapping.items():
        kind, place = node.mapping.get("kind"), places.get(name, node.place)
        found[name] = Declaration((kind.text if kind else None) or SOURCES[0].name, f"{place.file}, line {place.line}")
    return found


def _stop_at_errors(problems: list[Problem]) -> None:
    errors = [each for each in problems if each.severity == "error"]
    if errors:
        raise InputError(*errors)
