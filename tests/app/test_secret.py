"""The secret of a workspace: made once, for its owner only, never replaced in silence."""

from __future__ import annotations

import stat
import subprocess
import sys

import pytest

from app.with_people import People, facts
from wholeservice.app import secret


@pytest.fixture
def people(small_workspace, capsys, monkeypatch):
    monkeypatch.delenv(secret.VARIABLE, raising=False)
    return People(small_workspace, capsys)


def test_the_first_ingest_makes_a_secret_for_its_owner_only(people):
    """64 hexadecimal digits that only the owner may read; nothing but aliases in the store."""
    assert people.run("ingest")[0] == 0
    path = people.state / "secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(bytes.fromhex(path.read_text().strip())) == 32
    below = b"".join(each.read_bytes() for each in people.state.rglob("*") if each.is_file())
    assert b"fortytwo" not in below
    assert path.read_bytes().strip() not in b"".join(
        each.read_bytes() for each in people.state.rglob("*") if each.is_file() and each != path
    )


def test_the_secret_is_never_printed(people):
    """Neither on stdout nor on stderr, also when something fails."""
    told = "".join("".join(people.run("ingest")[1:]) for _ in range(2))
    (people.state / "store" / "runs").rename(people.state / "elsewhere")
    told += "".join(people.run("store", "verify")[1:])
    assert (people.state / "secret").read_text().strip() not in told


def test_a_second_ingest_uses_the_same_secret(people):
    """Everybody is known again."""
    people.run("ingest")
    before = (people.state / "secret").read_bytes(), facts(people.folder)
    people.run("ingest")
    assert ((people.state / "secret").read_bytes(), facts(people.folder)) == before


def test_a_missing_secret_is_told_and_not_replaced(people):
    """With a new one everybody would be a stranger."""
    people.run("ingest")
    kept = (people.state / "secret").read_text()
    (people.state / "secret").unlink()
    code, _, err = people.run("ingest")
    assert (code, "PRV101" in err, (people.state / "secret").exists()) == (2, True, False)
    (people.state / "secret").write_text(kept)
    assert people.run("ingest")[0] == 0


def test_another_secret_is_told(people):
    """The store knows which secret its aliases were made with, without holding it."""
    people.run("ingest")
    (people.state / "secret").write_text("f" * 64)
    code, _, err = people.run("ingest")
    assert (code, "PRV102" in err) == (2, True)


def test_a_short_secret_is_refused(people):
    """It could be tried out."""
    people.state.mkdir()
    (people.state / "secret").write_text("hunter2\n")
    code, _, err = people.run("ingest")
    assert (code, "PRV104" in err, "hunter2" in err) == (2, True, False)


def test_the_environment_wins(people, monkeypatch):
    """Several machines with one secret give the same aliases, and no file is made."""
    monkeypatch.setenv(secret.VARIABLE, "a secret that several machines have, long enough")
    people.run("ingest")
    assert not (people.state / "secret").exists()
    from wholeservice.mapping.pseudonyms import Pseudonyms

    alias = Pseudonyms(b"a secret that several machines have, long enough").one("visits", "guest-seven")
    assert any(alias in row for row in facts(people.folder))
    monkeypatch.setenv(secret.VARIABLE, "another secret of somebody else, also long enough")
    assert "PRV102" in people.run("ingest")[2]
    monkeypatch.delenv(secret.VARIABLE)
    assert "PRV101" in people.run("ingest")[2]


def test_a_store_that_holds_names_is_not_mixed_with_pseudonyms(people):
    """A store of a version without pseudonyms is refused in words; without people in it, it goes on."""
    people.run("ingest")
    (people.state / "store" / "pseudonyms").unlink()
    assert people.run("ingest")[0] == 0
    import pyarrow as pa

    from wholeservice.facts.store import Store
    from wholeservice.facts.supersede import Change

    store = Store(people.state / "store")
    rows = store.read(store.latest(), "contacts")
    named = rows.set_column(
        rows.schema.get_field_index("consumer"), rows.schema.field("consumer"), pa.array(["guest-seven"] * rows.num_rows)
    )
    empty = store.read(store.latest(), "quarantine").slice(0, 0)
    store.commit([Change("old", {"contacts": named}, named["record"], empty)], {}, {}, store.latest().committed_at)
    (people.state / "store" / "pseudonyms").unlink()
    code, _, err = people.run("ingest")
    assert (code, "PRV103" in err) == (2, True)


def test_two_processes_make_one_secret(tmp_path):
    """Whoever is second takes what is there."""
    program = (
        "import sys; from pathlib import Path; from wholeservice.app import secret; print(secret._made(Path(sys.argv[1])))"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "state")], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert len({each.communicate()[0] for each in started}) == 1
    assert [each.name for each in (tmp_path / "state").iterdir()] == ["secret"]
