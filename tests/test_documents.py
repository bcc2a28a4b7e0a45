"""YAML with positions: what is text stays text, and what would break a parser is said instead."""

import pytest

from wholeservice.documents import MAX_NODES, parse, plain


def test_scalars_stay_text_and_empty_is_null():
    """`on`, `no` and `1.10` are what was typed; nothing, ~ and null are missing; quotes make them text again."""
    root, problems = parse("a: on\nb: 1.10\nc:\nd: ~\ne: ''\nf: 'null'", "x.yaml")
    assert plain(root) == {"a": "on", "b": "1.10", "c": None, "d": None, "e": "", "f": "null"}
    assert problems == []


def test_every_value_knows_where_it_stands():
    """A key and its value have line, column and the source line."""
    root, _ = parse("a:\n  team: paymnts\n", "x.yaml")
    team = root.mapping["a"]
    assert str(team.mapping["team"].place) == "x.yaml:2:9"
    assert (str(team.key_places["team"]), team.mapping["team"].place.text) == ("x.yaml:2:3", "  team: paymnts")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [1", "ORG001"),
        ("a: 1\na: 2", "ORG002"),
        ("a: &x [*x]", "ORG003"),
        ("[" * 200_000, "ORG003"),
        ("a: '\ud800'", "ORG005"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_a_next_step(text, code):
    """Broken, doubled, circular, bottomless or half a character: said, never raised."""
    _, problems = parse(text, "x.yaml")
    assert [problem.code for problem in problems] == [code]
    assert problems[0].next_step


def test_a_small_file_cannot_unfold_into_a_large_one():
    """Nine anchors of nine would make 387 million values; the file is refused at once."""
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    _, problems = parse("\n".join(lines), "x.yaml")
    assert {problem.code for problem in problems} == {"ORG003"}
    assert f"{MAX_NODES:,}" in problems[0].expected


def test_an_anchor_may_be_used_twice():
    """Sharing a few values is fine."""
    root, problems = parse("a: &x { team: one }\nb: *x", "x.yaml")
    assert (plain(root), problems) == ({"a": {"team": "one"}, "b": {"team": "one"}}, [])
