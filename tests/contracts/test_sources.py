"""What every registered source promises, whoever wrote it."""

from __future__ import annotations

import pytest

from wholeservice.documents import parse
from wholeservice.sources import SOURCES
from wholeservice.sources.base import Source, substitute

every_source = pytest.mark.parametrize("source", SOURCES, ids=lambda each: each.name)


@every_source
def test_each_option_says_what_it_means(source: Source):
    """Options are documented where they are declared."""
    assert source.options
    assert [name for name, meaning in source.options.items() if not meaning.strip()] == []


@every_source
def test_an_empty_declaration_is_answered_with_problems(source: Source):
    """A declaration that says nothing gives problems with a next step or an expectation, and no exception."""
    node, _ = parse("{}", "wholeservice.yaml")
    assert node is not None
    _, problems = source.load(node)
    assert problems
    assert [each.code for each in problems if not (each.expected or each.next_step)] == []


def test_settings_stand_for_text_at_any_depth():
    """`${data}` is replaced in nested values, and an unknown setting is told with its place."""
    node, _ = parse("a: { b: ['${data}/x', '${date}'] }", "wholeservice.yaml")
    assert node is not None
    replaced, problems = substitute(node, {"data": "/srv"})
    assert [each.text for each in replaced.mapping["a"].mapping["b"].items] == ["/srv/x", "${date}"]
    assert [(each.code, each.nearest) for each in problems] == [("SRC114", "data")]
