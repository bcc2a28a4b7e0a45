"""What was known when: a run is found by its name, by a day or by an instant."""

from __future__ import annotations

import datetime as dt

import pytest

from facts.said import commit
from wholeservice.errors import InputError
from wholeservice.facts.store import Store

REVISIONS = ["2016-02-01", "2017-06-06", "2019-01-15", "2021-09-30", "2023-03-31", "2025-12-24"]
SOURCE = 'govuk:\n  file: services.csv\n  record: [id]\n  facts: [ sighting: { kind: service, name: "{name}" } ]\n'


@pytest.fixture
def store(tmp_path) -> Store:
    """Three runs, at the beginning of the first, third and tenth of January in UTC."""
    made = Store(tmp_path)
    for day, said in ((0, "x"), (2, "y"), (9, "z")):
        commit(made, {"r": [said]}, day)
    return made


@pytest.mark.parametrize(
    ("text", "zone", "number"),
    [
        ("2026-01-01", "UTC", 1),  # its end, not its beginning
        ("2026-01-02", "UTC", 1),
        ("2026-01-03", "UTC", 2),
        ("2030-01-01", "UTC", 3),
        ("2026-01-02", "America/New_York", 2),  # there the third began in the evening of the second
        ("2026-01-03T00:00:00Z", "UTC", 2),  # at the instant itself it is known
        ("2026-01-02T23:59:59Z", "UTC", 1),
        ("2026-01-02 19:00", "America/New_York", 2),  # civil time of the zone
        ("2026-01-03T00:30+01:00", "America/New_York", 1),  # its own offset wins
    ],
)
def test_a_day_or_instant_names_the_newest_run_of_that_time(store, text, zone, number):
    """A day is meant as a whole, in the zone of whoever asks."""
    assert store.as_of(text, zone).number == number


def test_the_name_of_a_run_names_it(store):
    """Every run can be asked for, however old."""
    assert [store.as_of(each.id) for each in store.runs()] == list(store.runs())


def test_before_the_first_run_nothing_was_known(store):
    """The problem names the first run and when it was."""
    with pytest.raises(InputError) as caught:
        store.as_of("2025-12-31")
    (problem,) = caught.value.problems
    assert (problem.code, problem.nearest) == ("STO102", store.runs()[0].id)
    assert "2026-01-01" in (problem.expected or "")
    assert problem.next_step


@pytest.mark.parametrize("text", ["0002", "yesterday", "2026-13-01", "", "9999-12-31T99:00"])
def test_what_is_neither_is_an_error_with_the_nearest_name(store, text):
    """No guess is made, and no traceback shown."""
    with pytest.raises(InputError) as caught:
        store.as_of(text)
    assert caught.value.problems[0].code == "STO102"


def test_an_empty_store_knows_nothing(tmp_path):
    """There is no run to be the nearest."""
    with pytest.raises(InputError) as caught:
        Store(tmp_path / "none").as_of("2026-01-01")
    assert caught.value.problems[0].nearest is None


def test_dated_revisions_can_be_asked_for_by_their_dates(workspace):
    """Six revisions put in oldest first: the facts carry the dates, and each date gives what was known then."""
    for number, day in enumerate(REVISIONS, 1):
        workspace.write("services.csv", "id,name\n" + "".join(f"{n},service {n} of {day}\n" for n in range(number)))
        workspace.ingest(SOURCE, known_at=instant(day))
    for number, day in enumerate(REVISIONS, 1):
        found = workspace.store.read(workspace.store.as_of(day), "sightings")
        assert sorted(found["name"].to_pylist()) == [f"service {n} of {day}" for n in range(number)]
        assert set(found["known_at"].to_pylist()) == {instant(day)}
    between = workspace.store.as_of("2018-01-01")
    assert between == workspace.store.as_of("2017-06-06")


def test_a_record_that_did_not_change_keeps_the_day_on_which_it_was_learned(workspace):
    """Only what a revision says anew is known since then."""
    workspace.write("services.csv", "id,name\n1,one\n2,two\n")
    workspace.ingest(SOURCE, known_at=instant("2016-02-01"))
    workspace.write("services.csv", "id,name\n1,one\n2,zwei\n3,three\n")
    workspace.ingest(SOURCE, known_at=instant("2017-06-06"))
    assert workspace.rows("sightings", "name", "known_at") == [
        ("one", instant("2016-02-01")), ("three", instant("2017-06-06")), ("zwei", instant("2017-06-06")),
    ]  # fmt: skip


def test_a_clock_that_jumps_loses_nothing(workspace):
    """A day in the far future, then the right one again: both are in, in the order in which they were learned."""
    for day, name in (("2026-01-01", "one"), ("2099-01-01", "two"), ("2026-01-02", "three")):
        workspace.write("services.csv", f"id,name\n{name},{name}\n")
        workspace.ingest(SOURCE, known_at=instant(day))
    assert workspace.rows("sightings", "name") == ["one", "three", "two"]
    times = [run.committed_at for run in workspace.store.runs()]
    assert times == sorted(times)
    assert dict(workspace.rows("sightings", "name", "known_at"))["three"] == instant("2099-01-01")


def instant(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)
