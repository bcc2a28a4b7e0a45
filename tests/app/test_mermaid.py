"""
The journey in Mermaid's words is read back by a small parser that follows Mermaid's own grammar, whatever names hold.

The parser is written from https://mermaid.js.org/syntax/userJourney.html and the lexer of Mermaid, in its order of rules:
https://github.com/mermaid-js/mermaid/blob/develop/packages/mermaid/src/diagrams/user-journey/parser/journey.jison
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pages import sample_asked
from wholeservice.app.cli import main
from wholeservice.app.mermaid import mermaid_of, name, score
from wholeservice.organisation.graph import Step

TOKENS = (
    ("skip", r"%%(?!\{)[^\n]*"), ("skip", r"[^}]%%[^\n]*"), ("newline", r"\n+"), ("skip", r"\s+"), ("skip", r"#[^\n]*"),
    ("journey", r"journey\b"), ("title", r"title\s[^#\n;]+"), ("acc", r"accTitle\s*:\s*"), ("acc", r"accDescr\s*[:{]\s*"),
    ("section", r"section\s[^#:\n;]+"), ("name", r"[^#:\n;]+"), ("data", r":[^#\n;]+"),
)  # fmt: skip


def tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text):
        matches = ((kind, re.compile(rule, re.IGNORECASE).match(text, at)) for kind, rule in TOKENS)
        kind, match = next((kind, match) for kind, match in matches if match)  # what no rule takes is an error
        at = match.end()
        found += [(kind, match[0])] if kind not in ("skip", "newline") else []
    return found


def read(text: str) -> tuple[str, list[tuple[str, str, int, list[str]]]]:
    """Return the title and the tasks: section, name, score, people. Fails on what the grammar has no rule for."""
    (kind, _), *rest = tokens(text)
    assert kind == "journey"
    title, section, tasks = "", "", []
    while rest:
        kind, words = rest.pop(0)
        if kind == "title":
            title = words[6:].strip()
        elif kind == "section":
            section = words[8:].strip()
        else:
            assert (kind, rest[0][0]) == ("name", "data")
            points, people = rest.pop(0)[1][1:].split(":")
            tasks.append((section, words.strip(), int(points), [each.strip() for each in people.split(",")]))
    return title, tasks


@pytest.fixture(scope="module")
def asked():
    """The hotel with more of everything: people are asked at Pay only, 60 of 90."""
    return sample_asked.data()


def drawn(data, **changed):
    return mermaid_of(data, replace(data.organisation.entities["stay"], **changed))


def test_a_step_has_the_score_and_channels_that_were_measured(asked):
    """60 of 90 is 0.667 of the scale: 1 + 4 × 0.667 = 3.67, so 4, not 3; who comes to Pay comes by web or app."""
    assert read(drawn(asked)) == ("Book and stay", [("Book and stay", "Pay", 4, ["web", "app"])])


def test_a_step_without_a_number_is_a_comment(asked):
    """Never a task with a score of nothing."""
    text = drawn(asked)
    titles = [step.title for step in asked.organisation.entities["stay"].journey if step.id != "pay"]
    assert re.findall(r"%% not measured: (.*)", text) == titles
    assert not re.search("[0-9]: *$", text, re.MULTILINE)


def test_named_groups_are_sections_in_their_order(asked):
    """Loose steps stand under the service, before and after; a group nobody named is no section, and its steps are kept."""
    pay = Step("pay", "Pay")
    journey = (pay, Step("sequence#1", "On the day", "sequence", (pay,)), Step("choice#1", "Choice", "choice", (pay,)),
               Step("sequence#2", "Sequence", "sequence", (pay,)))  # fmt: skip
    sections = [section for section, *_ in read(drawn(asked, journey=journey))[1]]
    assert sections == ["Book and stay", "On the day", "Book and stay", "Book and stay"]


def test_people_are_those_whom_it_is_for_where_no_channel_is_known(asked):
    """Without a count by channel; and simply people where the service does not say for whom it is."""
    kept = [row for row in sample_asked.rows() if row[0].channel is None]
    bare = replace(asked, results=type(asked.results)(asked.measures.values(), kept))
    assert read(drawn(bare))[1][0][3] == ["Guests"]
    without = replace(bare, organisation=replace(bare.organisation, edges=()))
    assert read(drawn(without))[1][0][3] == ["People"]


@given(st.text(max_size=40))
@example("journey home")
@example("TITLE of it")
@example("section: a")
@example("accDescr { x")
@example("a %%{init: {}}%% b")
@example("%% pay")
@example("Pay: now; #1\nhere ```")
@example(":;#")
@example("a, b")
def test_any_name_is_read_as_one_name(asked, words):
    """As title, step and channel; nothing in it becomes a keyword, a comment, a score or another line."""
    step = Step("pay", words)
    title, tasks = read(drawn(asked, title=words, journey=(step,)))
    assert title == name(words)
    assert [(section, task, points) for section, task, points, _ in tasks] == [(name(words), name(words), 4)]
    assert "`" not in drawn(asked, title=words, journey=(step,))


@given(st.floats(0, 1))
def test_a_score_is_the_nearest_of_five(share):
    """No other whole number is nearer to where the share lies between 1 and 5."""
    at = 1 + 4 * share
    assert abs(score(share) - at) <= min(abs(each - at) for each in range(1, 6))


@pytest.fixture
def stored(monkeypatch, small_workspace):
    """A function that runs `report` in a workspace whose results are those of the sample."""
    from wholeservice.app import workspace

    data = sample_asked.data()
    monkeypatch.setattr(workspace, "data_as_of", lambda settings, as_of: data)
    monkeypatch.chdir(small_workspace)

    def run(*arguments: str) -> int:
        with pytest.raises(SystemExit) as stopped:
            main(["report", *arguments])
        return stopped.value.code

    return run


def test_the_command_prints_it_or_writes_the_file_that_is_named(stored, asked, small_workspace, capsys):
    """Printed, nothing else stands on the output, and no file comes to be."""
    assert stored("stay", "--mermaid") == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == (drawn(asked), "")
    assert list(small_workspace.glob("*.html")) == []
    assert stored("stay", "--mermaid", "--to", "stay.mmd") == 0
    assert (small_workspace / "stay.mmd").read_text(encoding="utf-8") == drawn(asked)


@pytest.mark.parametrize(("arguments", "code"), [(("spa",), "REP003"), (("stay", "--board"), "REP004")])
def test_what_cannot_be_drawn_is_said(stored, capsys, arguments, code):
    """A service without steps has no diagram, and a sheet is no diagram: exit code 2 with what to do."""
    assert stored(*arguments, "--mermaid") == 2
    said = capsys.readouterr()
    assert code in said.err
    assert said.out == ""
