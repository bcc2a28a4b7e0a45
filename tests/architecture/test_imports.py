"""Arrows point one way: every import is read from the source, also lazy ones, strings and imports for types only."""

from __future__ import annotations

import ast

import pytest

from architecture.reading import PACKAGE, Import, Module, calls, imports, modules, registered

GROUND = ("errors", "units", "periods", "uncertainty", "timelines", "tables", "documents", "foreign_yaml")
ROOMS = (
    "organisation", "engines", "sources", "mapping", "facts", "proposal", "derived", "measures", "findings", "improvements",
    "simulation", "draw", "pages", "app",
)  # fmt: skip
"""A room may import the ground floor and the rooms before it. Imports for types only obey the same arrows: what a
contract names, it depends on. `EXCEPT` narrows a room further."""

EXCEPT: dict[str, tuple[str, ...]] = {
    "engines": ("errors",),  # an engine knows nothing of the domain
    "draw": (*GROUND, "measures.base", "measures.results", "findings.base", "findings.losses"),  # only what it draws
}

KINDS = {"sources": "Source", "derived": "Derived", "measures": "Measure", "findings": "Rule", "pages": "Page"}
"""A leaf is a module that binds one of these at its top level; no other
leaf may import it, and in its own room only `__init__`."""

# fmt: off
HOMES: dict[str, tuple[str, ...]] = {
    "yaml": ("documents", "foreign_yaml"),
    "duckdb": ("engines.duckdb_engine",),
    "ibis": ("engines", "facts.identity", "facts.assessment", "facts.told_twice", "derived", "measures"),
    "sqlglot": ("engines",),
    "pyspark": ("engines",),
    "deltalake": ("facts.store", "facts.store_problems", "facts.delta_log"),
    "pyarrow": (
        "engines", "sources", "mapping", "facts", "proposal", "derived", "measures", "findings", "simulation",
        "app.stored_results", "app.derived_store", "app.example",
    ),
    "numpy": (
        "uncertainty", "sources", "mapping", "facts", "proposal", "derived", "measures", "findings", "improvements",
        "simulation",
    ),
    "scipy": ("uncertainty", "findings.confidence", "findings.windows"),
    "python_calamine": ("sources",),
    "sqlalchemy": ("sources",),
    "click": ("app", "__main__"),
    "rich": ("app",),
    "starlette": ("app.web", "app.web_form"),
    "jinja2": ("app.web",),
    "uvicorn": ("app",),
    "fontTools": ("app",),
    "playwright": ("app.pictures",),
    "fontpkg_inter": ("app",),
}
# fmt: on
"""Each library has one home: a module, or a room when the whole room is about it."""

LIGHT = ("yaml", "click")  # cheap enough to import at the top of their home


def arrows(module: Module) -> list[Import]:
    return [each for each in imports(module) if each.is_ours and each.target not in ("", module.name)]


def may_import(module: Module, target: str) -> bool:
    """Say whether the arrow from *module* to *target* points the right way."""
    room, other = module.room, target.partition(".")[0]
    if room in ("", "__main__") or other in ("", room):
        return True
    if room in EXCEPT:
        return target in EXCEPT[room] or other in EXCEPT[room]
    if other in GROUND:
        return True
    return room in ROOMS and ROOMS.index(other) < ROOMS.index(room)


def is_leaf(module: Module) -> bool:
    return module.room in KINDS and bool(registered(module, KINDS[module.room]))


def test_every_room_and_ground_floor_module_is_known():
    """A new room or ground-floor file must be given its place in this table."""
    strangers = {module.room for module in modules()} - {"", "__main__", *GROUND, *ROOMS}
    assert not strangers, f"give {sorted(strangers)} a place in GROUND or ROOMS of {__name__}"


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name or PACKAGE)
def test_arrows_follow_the_flow(module):
    """No module imports a room that comes after its own."""
    wrong = [f"line {each.line}: {each.target}" for each in arrows(module) if not may_import(module, each.target)]
    assert not wrong, f"{module.name} imports against the flow: {wrong}"


def test_leaves_never_import_leaves():
    """A measure, rule, page, source or derived table never builds on another one, nor does the rest of its own room."""
    leaves = {module.name for module in modules() if is_leaf(module)}
    wrong = [
        f"{module.name}:{each.line} imports the leaf {each.target}"
        for module in modules()
        for each in arrows(module)
        if each.target in leaves and not each.is_for_types
        and (module.name in leaves or (module.room == each.target.partition(".")[0] and module.name != module.room))
    ]  # fmt: skip
    assert not wrong, "move what is shared into the room's base, or read it from the registry:\n" + "\n".join(wrong)


def test_there_are_no_cycles():
    """No two modules import each other, however long the way round and however lazy the import."""
    graph = {module.name: {each.target for each in arrows(module)} for module in modules()}
    assert knots(graph) == []


def test_a_knot_is_seen_when_there_is_one():
    """The knot finder itself works: a -> b -> c -> a is one knot, d hangs off it."""
    assert knots({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


GENERATORS = tuple(
    f"simulation.{each}"
    for each in ("world", "run", "crowd", "organisations", "evidence", "driven", "lasting", "flow", "flow_facts", "queues")
)


def test_who_plants_a_cause_and_who_looks_for_it_know_nothing_of_each_other():
    """No generator of the truth tests reaches a finding by any way round, and no finding reaches a simulation."""
    graph = {module.name: {each.target for each in arrows(module)} for module in modules()}
    assert set(GENERATORS) <= set(graph)
    for name in graph:
        reached = _reachable(graph, name) if name in GENERATORS or name.startswith("findings") else set()
        other = "findings" if name in GENERATORS else "simulation"
        assert not {each for each in reached if each.partition(".")[0] == other}, name


def knots(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the sets of modules that all reach each other."""
    reach = {name: _reachable(graph, name) for name in graph}
    tied = {frozenset(other for other in reach[name] if name in reach.get(other, ())) for name in graph if name in reach[name]}
    return sorted(sorted(knot) for knot in tied)


def _reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for target in graph.get(waiting.pop(), ()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found


@pytest.mark.parametrize("library", HOMES)
def test_each_heavy_library_has_one_home(library):
    """A library is imported in its home only; importing it for types is free."""
    strangers = [
        f"{module.name}:{each.line}"
        for module in modules()
        for each in imports(module)
        if each.target == library and not each.is_ours and not each.is_for_types
        and module.name not in HOMES[library] and module.room not in HOMES[library]
    ]  # fmt: skip
    assert not strangers, f"{library} lives in {HOMES[library]}, not in {strangers}"


def test_heavy_libraries_are_imported_inside_functions():
    """Importing a module of ours is cheap: heavy libraries wait until they are needed."""
    eager = [
        f"{module.name}:{each.line} {each.target}"
        for module in modules()
        for each in imports(module)
        if each.target in HOMES and each.target not in LIGHT and not each.is_lazy and not each.is_for_types
    ]
    assert not eager, f"import these inside the function that needs them: {eager}"


def test_every_third_party_library_is_in_the_table():
    """A new dependency gets a home in `HOMES` and a line in docs/adr/0006-dependencies.md."""
    import sys

    strangers = {
        each.target
        for module in modules()
        for each in imports(module)
        if not each.is_ours and each.target not in sys.stdlib_module_names and each.target not in HOMES
    }
    assert not strangers


def test_no_import_is_computed():
    """A module name that is put together at run time hides an arrow from this test."""
    hidden = [
        f"{module.name}:{call.lineno}"
        for module in modules()
        for name, call in calls(module)
        if name.rpartition(".")[2] in ("import_module", "__import__") and not isinstance(call.args[0], ast.Constant)
    ]
    assert not hidden, f"name the module in full: {hidden}"
