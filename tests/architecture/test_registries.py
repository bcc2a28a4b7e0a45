"""Registries are visible tuples, and complete: what stands in a room's folder stands in its tuple."""

from __future__ import annotations

import importlib

import pytest

from architecture.reading import PACKAGE, modules, registered

REGISTRIES = (
    ("sources", "SOURCES", "Source"),
    ("derived", "DERIVED", "Derived"),
    ("measures", "MEASURES", "Measure"),
    ("findings", "RULES", "Rule"),
    ("pages", "PAGES", "Page"),
)


def leaves(room: str, kind: str) -> list[tuple[str, str]]:
    """Return (module, name) of everything of *kind* that is bound at the top of a file of *room*."""
    return [
        (module.name, name)
        for module in modules()
        if module.room == room and module.path.name != "__init__.py"
        for name in registered(module, kind)
    ]


@pytest.mark.parametrize(("room", "registry", "kind"), REGISTRIES)
def test_nothing_in_the_folder_is_missing_from_the_tuple(room, registry, kind):
    """A file that was written but not named does nothing: this prints the line to add."""
    listed = getattr(importlib.import_module(f"{PACKAGE}.{room}"), registry)
    missing = []
    for module_name, name in leaves(room, kind):
        leaf = getattr(importlib.import_module(f"{PACKAGE}.{module_name}"), name)
        if not any(leaf is each for each in listed):
            file = module_name.rpartition(".")[2]
            missing.append(f"add to {registry} in src/{PACKAGE}/{room}/__init__.py:  {file}.{name},")
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(("room", "registry", "kind"), REGISTRIES)
def test_the_tuple_is_not_empty_and_names_are_unique(room, registry, kind):
    """Every registry is a tuple with something in it, and no two entries answer to the same name."""
    listed = getattr(importlib.import_module(f"{PACKAGE}.{room}"), registry)
    names = [getattr(each, "code", None) or each.name for each in listed]
    assert isinstance(listed, tuple)
    assert listed, f"{registry} is empty"
    assert len(names) == len(set(names)), f"twice in {registry}: {sorted(name for name in names if names.count(name) > 1)}"
