"""`wholeservice forget` as a person meets it: nothing of somebody is left, and nothing brings them back."""

from __future__ import annotations

import pytest

from app.with_people import MORE, ROWS, People, facts
from mapping.test_guard import bytes_below
from wholeservice.app import secret
from wholeservice.mapping.pseudonyms import Pseudonyms


@pytest.fixture
def people(small_workspace, capsys, monkeypatch):
    monkeypatch.delenv(secret.VARIABLE, raising=False)
    found = People(small_workspace, capsys)
    found.run("ingest")
    found.run("measure")
    found.write(ROWS + MORE)
    found.run("ingest")
    return found


def alias_of(people: People, guest: str) -> str:
    return Pseudonyms((people.state / "secret").read_bytes().strip()).one("visits", guest)


def test_nothing_of_the_person_is_left(people):
    """Not one byte of the workspace's own files but the list of the forgotten holds the alias."""
    alias = alias_of(people, "guest-seven")
    code, out, _ = people.run("forget", "--source", "visits", "--id", "guest-seven", "--yes")
    assert code == 0
    assert f"{alias}: rewrote 2 of contacts and 2 of interactions" in out or "2 of interactions" in out
    assert "2 runs that held it were dropped" in out
    (people.state / "forgotten").rename(people.folder / "list")
    assert alias.encode() not in bytes_below(people.state)
    assert (people.folder / "list").read_text() == f"{alias}\n"
    assert not (people.state / "results").exists()
    assert len(facts(people.folder)) == 3


def test_the_next_ingest_does_not_bring_them_back(people):
    """Neither with the same rows, which are known, nor with new ones."""
    people.run("forget", alias_of(people, "guest-seven"), "--yes")
    before = facts(people.folder)
    assert "nothing has changed" in people.run("ingest")[2]
    assert facts(people.folder) == before
    people.write(ROWS + MORE + "4,2026-03-04,guest-seven,pay,me again\n")
    people.run("ingest")
    (people.state / "forgotten").unlink()
    assert alias_of(people, "guest-seven").encode() not in bytes_below(people.state)
    assert len(facts(people.folder)) == 4


def test_forgetting_twice_is_forgetting_once(people):
    """The second time there is nothing to do, and it says so."""
    alias = alias_of(people, "guest-seven")
    people.run("forget", alias, "--yes")
    before = facts(people.folder)
    code, out, _ = people.run("forget", alias, "--yes")
    assert (code, "no fact held this alias" in out, facts(people.folder)) == (0, True, before)


def test_the_numbers_stay_where_nobody_needs_to_be_known(people):
    """What is counted is counted as before."""
    people.run("forget", alias_of(people, "guest-seven"), "--yes")
    steps = [row[facts_column("step")] for row in facts(people.folder)]
    assert sorted(steps) == ["find", "pay", "sleep"]


def facts_column(name: str) -> int:
    from wholeservice.tables import INTERACTIONS

    return INTERACTIONS.column_names.index(name)


MISTAKES = (
    ((), "FGT001"),
    (("--source", "visits"), "FGT001"),
    (("guest-seven", "--yes"), "FGT002"),
    (("p_" + "x" * 22,), "FGT003"),
    (("--source", "visit", "--id", "guest-seven", "--yes"), "FGT004"),
)


def test_a_mistake_is_told_and_nothing_is_done(people):
    """A misspelt source would give the alias of nobody: it is an error, not a silent success."""
    before = facts(people.folder)
    for arguments, code in MISTAKES:
        status, _, err = people.run("forget", *arguments)
        assert (status, code in err, facts(people.folder)) == (2, True, before), arguments
        assert not (people.state / "forgotten").exists()
