"""Forget: the alias is gone from every byte of the store, the facts are still counted, and nothing brings it back."""

from __future__ import annotations

import datetime as dt

import pytest

from mapping.test_guard import MAPPING, NAMES, SECRET, VISITS, bytes_below, guards
from wholeservice.facts.forget import Forgetting, forget
from wholeservice.mapping.pseudonyms import Pseudonyms

NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
JANE = NAMES.one("web", "7")
LINKS = 'pairs:\n  file: links.csv\n  facts:\n    - link: { from_ref: "{a}", relation: same-as, to_ref: "{b}" }\n'
MAPPED = MAPPING.replace("[at]", "[guest, at]") + LINKS


def who(*aliases: str, ids: tuple[str, ...] = ()) -> Forgetting:
    return Forgetting(frozenset(aliases), Pseudonyms(SECRET), frozenset(ids))


@pytest.fixture
def filled(workspace):
    """Two runs of visits of two guests, one of whom also stands in links and in quarantine."""
    workspace.write("visits.csv", VISITS + "2026-03-02T10:00:00Z,7,a,b,c,d,too many of guest-seven\n")
    workspace.write("links.csv", "a,b\nconsumer@web:7,account:acc\nconsumer@web:42,account:other\n")
    workspace.ingest(MAPPED, guards=guards())
    workspace.write(
        "visits.csv", (workspace.folder / "visits.csv").read_text() + "2026-03-03T10:00:00Z,7,Aurora,pay,v9,again\n"
    )
    workspace.ingest(MAPPED, guards=guards())
    return workspace


def test_the_alias_is_gone_and_the_facts_are_counted(filled):
    """Not one byte below the store holds it; every fact is there, the words of the person are not."""
    store = filled.store
    assert JANE.encode() in bytes_below(store.path)
    n_before = len(filled.rows("interactions", "record"))
    done = forget(store, who(JANE, ids=("guest-seven",)))
    assert b"guest-seven" not in bytes_below(store.path)
    assert JANE.encode() not in bytes_below(store.path)
    assert len(filled.rows("interactions", "record")) == n_before
    assert filled.rows("interactions", "consumer").count(NAMES.one("web", "42")) == 2
    assert filled.rows("contacts", "words").count("fine") == 1
    assert "again" not in filled.rows("contacts", "words")
    assert filled.rows("links", "from_ref") == [f"consumer:{NAMES.one('web', '42')}"]
    assert [len(done.dropped), len(store.runs()), store.latest().id == done.run.id] == [2, 1, True]
    assert (done.rows["interactions"], done.rows["links"]) == (2, 1)
    assert done.n_bytes > 0
    assert done.linked == (NAMES.one("pairs", "acc"),)


def test_what_each_source_gave_is_not_forgotten(filled):
    """The runs that held the person are gone; how many rows their sources had is still told."""
    before = {each["source"]: (each["read"], each["kept"]) for run in filled.store.runs() for each in run.counts}
    forget(filled.store, who(JANE))
    (run,) = filled.store.runs()
    assert {each["source"]: (each["read"], each["kept"]) for each in run.counts} == before
    assert "web" in before


def test_forgetting_again_does_nothing(filled):
    """The second time there is nothing to find."""
    forget(filled.store, who(JANE))
    runs = filled.store.runs()
    again = forget(filled.store, who(JANE))
    assert (again.rows, again.dropped, filled.store.runs()) == ({}, (), runs)


def test_reading_the_source_again_brings_nobody_back(filled):
    """With the list of the forgotten, ingest finds that nothing has changed: their facts are already without them."""
    forget(filled.store, who(JANE))
    report = filled.ingest(MAPPED, guards=guards(JANE))
    web = report.sources[0]
    assert (report.is_new, web.known, web.superseded, web.kept) == (False, web.read - web.refused, 0, 0)
    assert JANE.encode() not in bytes_below(filled.store.path)


def test_a_reading_that_had_begun_is_not_committed(filled):
    """It does not know who was forgotten; the next reading does."""
    from wholeservice.facts import staging
    from wholeservice.facts.supersede import Change

    rows = {"interactions": filled.store.read(filled.store.latest(), "interactions")}
    quarantine = filled.store.read(filled.store.latest(), "quarantine").slice(0, 0)
    with staging.opened(filled.store.path, filled.store.latest) as folder:
        change = Change("new", {"interactions": rows["interactions"]}, rows["interactions"]["record"], quarantine)
        staged = staging.stage(change, folder, NOW)
        forget(filled.store, who(JANE), sources=["new"])
        filled.store.commit([staged], {}, {}, NOW)
    assert JANE.encode() not in bytes_below(filled.store.path)


def test_a_store_without_runs_has_nobody_to_forget(workspace):
    """Nothing to do is not an error."""
    assert forget(workspace.store, who(JANE)).run is None


def test_only_runs_that_held_the_person_are_dropped(workspace):
    """What was known before they came stays."""
    workspace.write("visits.csv", "\n".join(VISITS.splitlines()[:2]) + "\n")
    first = workspace.ingest(MAPPING, guards=guards()).run
    workspace.write("visits.csv", VISITS)
    workspace.ingest(MAPPING, guards=guards())
    done = forget(workspace.store, who(JANE))
    assert [each.id for each in workspace.store.runs()] == [first.id, done.run.id]
    assert len(done.dropped) == 1
    assert workspace.store.read(first, "interactions").num_rows == 1


class Killed(Exception):
    pass


def steps_of(filled) -> list[str]:
    """Every durable step that forgetting takes, by doing it once on a copy."""
    import shutil

    from wholeservice.facts.store import Store

    steps: list[str] = []
    copy = filled.folder / "copy"
    shutil.copytree(filled.store.path, copy)
    forget(Store(copy, reached=steps.append), who(JANE))
    shutil.rmtree(copy)
    return steps


def test_a_death_at_any_step_is_mended_by_doing_it_again(filled):
    """After each durable step the newest run is whole: with the person or without; the second time finishes it."""
    import shutil

    from wholeservice.facts.store import Store

    steps = steps_of(filled)
    assert len(steps) > 10
    n_facts = len(filled.rows("interactions", "record"))
    for stop_at in range(len(steps)):
        path = filled.folder / f"copy{stop_at}"
        shutil.copytree(filled.store.path, path)
        seen: list[str] = []

        def reached(step: str, seen=seen, stop_at=stop_at) -> None:
            seen.append(step)
            if len(seen) == stop_at + 1:
                raise Killed

        with pytest.raises(Killed):
            forget(Store(path, reached=reached), who(JANE))
        store = Store(path)
        assert store.read(store.latest(), "interactions").num_rows == n_facts
        forget(store, who(JANE))
        assert store.read(store.latest(), "interactions").num_rows == n_facts
        assert JANE.encode() not in bytes_below(path), steps[stop_at]
        shutil.rmtree(path)
