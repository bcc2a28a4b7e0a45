"""YAML of other programs is read whole: aliases, merge keys, tags, several documents; and never beyond the bounds."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from wholeservice import foreign_yaml
from wholeservice.documents import plain
from wholeservice.foreign_yaml import read_foreign


def values(text):
    roots, problems = read_foreign(text, "x.yaml")
    assert problems == []
    return [plain(root) for root in roots]


def codes(text):
    return [each.code for each in read_foreign(text, "x.yaml")[1]]


def test_scalars_stay_text():
    """A version, a flag and a number are text; only what is bare and empty is missing."""
    assert values("a: 1.10\nb: no\nc: 007\nd: ~\ne: ''\nf:") == [
        {"a": "1.10", "b": "no", "c": "007", "d": None, "e": "", "f": None}
    ]


def test_merge_keys_yield_to_own_fields_and_to_earlier_merges():
    """Own fields win wherever the merge key stands, then the first of the merged mappings."""
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\nd: {<<: *b, <<: *a}"
    found = values(text)[0]
    assert found["c"] == {"x": "3", "y": "1", "z": "2"}
    assert found["d"] == {"y": "2", "z": "2", "x": "1"}


def test_a_merge_of_a_merge_brings_all():
    """A mapping that was itself merged brings what it was given."""
    assert values("a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: *b}")[0]["c"] == {"x": "1", "y": "2"}


def test_a_tag_of_their_own_is_kept_beside_the_value():
    """Compose's `!reset` and `!override` are there to see; the tags of YAML itself are not."""
    root = read_foreign("a: !reset null\nb: !override [1]\nc: !!str 3", "x.yaml")[0][0]
    assert [root.mapping[key].tag for key in "abc"] == ["!reset", "!override", None]


def test_every_document_is_read_and_knows_its_line():
    """Several documents stand in one file; an empty one is none; anchors end with their document."""
    roots, problems = read_foreign("a: &x 1\n---\n---\nb: 2\n---\nc: *x\n", "x.yaml")
    assert [(plain(root), root.place.line) for root in roots] == [({"a": "1"}, 1), ({"b": "2"}, 4), ({"c": None}, 6)]
    assert [(each.code, each.place.line) for each in problems] == [("SRC122", 6)]


def test_a_key_that_stands_twice_is_told():
    """The first counts, as in our own YAML, and the line of the second is said."""
    roots, problems = read_foreign("a: 1\nb: 2\na: 3", "x.yaml")
    assert plain(roots[0]) == {"a": "1", "b": "2"}
    assert [(each.code, each.place.line, each.severity) for each in problems] == [("SRC199", 3, "warning")]


def test_a_billion_laughs_are_refused():
    """Nine values ten levels deep would be 3 thousand million: refused before they are built."""
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    assert codes("\n".join(lines)) == ["SRC125"]


def test_merged_laughs_are_refused_too():
    """What a merge key repeats counts each time."""
    fields = ",".join(f"k{n}: 1" for n in range(2000))
    assert codes("a: &a {" + fields + "}\nb:\n" + "- {<<: *a}\n" * 1000) == ["SRC125"]


@pytest.mark.parametrize("text", ["[" * 5000, "{a: " * 5000, "- " * 5000, "\n".join(" " * n + "a:" for n in range(200))])
def test_what_nests_too_deep_is_refused(text):
    """Brackets, braces, dashes and indents alike, without a recursion that could give way."""
    assert codes(text) == ["SRC125"]


def test_long_texts_that_hold_brackets_are_no_depth():
    """A script in a block text may hold as many brackets as it likes."""
    assert values("a: |\n" + "  [[[[[[((({{{\n" * 100)[0]["a"].startswith("[[")


def test_an_alias_to_what_is_still_open_is_no_circle():
    """A list that holds itself is told, and ends."""
    roots, problems = read_foreign("a: &a [1, *a]", "x.yaml")
    assert plain(roots[0]) == {"a": ["1", None]}
    assert [each.code for each in problems] == ["SRC122"]


def test_what_stands_before_a_mistake_is_given():
    """A broken third document costs only itself, with its line."""
    roots, problems = read_foreign("a: 1\n---\nb: 2\n---\nc: [1\n", "x.yaml")
    assert [plain(root) for root in roots] == [{"a": "1"}, {"b": "2"}]
    assert [(each.code, each.place.line) for each in problems] == [("SRC122", 6)]


def test_a_scalar_and_a_text_have_bounds(monkeypatch):
    """One value, and the text as a whole, are refused beyond their bounds."""
    monkeypatch.setattr(foreign_yaml, "MAX_SCALAR", 10)
    assert codes("a: 12345678901") == ["SRC125"]
    monkeypatch.setattr(foreign_yaml, "MAX_CHARACTERS", 10)
    assert codes("a: 123456789") == ["SRC125"]


@given(st.text(alphabet="ab:-[]{}&*<!|>'\"#, \n~\x00\ud800%?@", max_size=60))
def test_no_text_brings_it_down(text):
    """Whatever the characters, there are nodes or problems, and a text that PyYAML composes gives no error of syntax."""
    roots, problems = read_foreign(text, "x.yaml")
    try:
        sound = [node for node in yaml.compose_all(text, Loader=yaml.CSafeLoader) if node is not None]
    except (yaml.YAMLError, UnicodeEncodeError):
        assert any(each.severity == "error" for each in problems)
        return
    assert len(roots) <= len(sound)
    assert all(each.severity == "warning" or "stands for nothing" in each.what for each in problems)
