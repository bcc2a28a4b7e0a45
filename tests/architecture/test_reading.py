"""The reader of the architecture tests sees what could hide."""

from __future__ import annotations

import ast
from pathlib import Path

from architecture.reading import Module, calls, functions, imports

SOURCE = """
from typing import TYPE_CHECKING
from wholeservice.errors import Problem
from . import base
from ..measures import results
if TYPE_CHECKING:
    from wholeservice.organisation.graph import Organisation
def late():
    import duckdb.typing
    import importlib
    importlib.import_module("wholeservice.pages.base")
    return {"x": "wholeservice.facts.store:Run"}
class A:
    def b(self): return open("x")
"""


def planted() -> Module:
    return Module("findings.planted", Path("planted.py"), ast.parse(SOURCE))


def test_it_sees_plain_relative_lazy_typed_and_string_imports():
    """Every way to name one of our modules counts as an arrow."""
    seen = {(each.target, each.is_lazy, each.is_for_types) for each in imports(planted()) if each.is_ours}
    assert seen == {
        ("errors", False, False),
        ("findings.base", False, False),
        ("measures.results", False, False),
        ("organisation.graph", False, True),
        ("pages.base", True, False),
        ("facts.store", True, False),
    }


def test_it_names_a_foreign_library_by_its_top_name():
    """`import duckdb.typing` inside a function is a lazy import of duckdb."""
    assert [each.is_lazy for each in imports(planted()) if each.target == "duckdb"] == [True]


def test_it_names_functions_and_calls_in_full():
    """A method is known by its class, a call by its dotted name."""
    assert [name for name, _ in functions(planted())] == ["findings.planted:late", "findings.planted:A.b"]
    assert [name for name, _ in calls(planted())] == ["importlib.import_module", "open"]
