"""No other room knows which engine it runs on: it is chosen in `app`, and asked for nothing but what every engine promises."""

from __future__ import annotations

import ast
import re

import pytest

from architecture.reading import imports, modules
from wholeservice.engines.base import Engine

CHOOSE = ("app", "engines", "simulation.lasting_blind")  # a simulated world is small: it always runs on the default engine
USE = ("organisation", "facts", "derived", "measures", "findings", "simulation", "draw", "pages")
ENGINE = re.compile(r"duckdb|pyspark|spark.?engine|^spark$", re.IGNORECASE)
PROMISED = {name for name in vars(Engine) if not name.startswith("_")}
TESTS = (ast.Compare, ast.Match)
ASKS = ("isinstance", "hasattr", "getattr", "type")


def words(node: ast.AST) -> set[str]:
    """Return every name and text within a node."""
    found = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    found |= {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    return found | {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def branches(tree: ast.Module) -> list[int]:
    """Return the lines that decide by which engine it is."""
    asking = [
        node for node in ast.walk(tree)
        if isinstance(node, TESTS) or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKS)
    ]  # fmt: skip
    return [node.lineno for node in asking if any(ENGINE.search(word) for word in words(node))]


BRANCHES = ('if engine.name == "duckdb": pass', "isinstance(engine, DuckdbEngine)", 'x = kind in ("spark",)')


@pytest.mark.parametrize("line", BRANCHES)
def test_a_branch_is_seen_when_there_is_one(line):
    """The scan itself works."""
    assert branches(ast.parse(line)) == [1]


def test_an_engine_is_chosen_in_app_only():
    """Other rooms get an engine as an argument and import none, unless for types."""
    wrong = [
        f"{module.name}:{each.line}" for module in modules() for each in imports(module)
        if each.is_ours and re.fullmatch(r"engines\.\w+_(engine|sql)", each.target) and not each.is_for_types
        and module.name not in CHOOSE and module.room not in CHOOSE
    ]  # fmt: skip
    assert not wrong, f"take the engine as an argument: {wrong}"


def test_nothing_branches_on_the_engine():
    """One expression per table and statistic; what an engine does otherwise is put right within the engine."""
    wrong = [f"{module.name}:{line}" for module in modules() if module.room in USE for line in branches(module.tree)]
    assert not wrong, f"write one expression for all engines: {wrong}"


def test_an_engine_is_asked_for_what_every_engine_promises():
    """`engine.something` is one of the methods of `engines.base.Engine`."""
    wrong = [
        f"{module.name}:{node.lineno} engine.{node.attr}"
        for module in modules() if module.room in USE
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("engine", "_engine")
        and node.attr not in PROMISED
    ]  # fmt: skip
    assert not wrong, f"promised are {sorted(PROMISED)}: {wrong}"
