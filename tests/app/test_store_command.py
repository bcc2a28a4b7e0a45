"""`wholeservice store` as a person meets it: runs, compaction, vacuum, backup and restore."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from app.with_people import MORE, ROWS, People, facts
from wholeservice.app import secret
from wholeservice.mapping.pseudonyms import Pseudonyms


@pytest.fixture
def people(small_workspace, capsys, monkeypatch):
    """Three runs."""
    monkeypatch.delenv(secret.VARIABLE, raising=False)
    found = People(small_workspace, capsys)
    for rows in (ROWS, ROWS + MORE, ROWS + MORE + "4,2026-03-04,guest-one,find,hm\n"):
        found.write(rows)
        found.run("ingest")
    return found


def test_runs_are_listed(people):
    """Newest first, with what each holds."""
    code, out, _ = people.run("store", "runs", "--format", "json")
    rows = json.loads(out)
    assert (code, [row["rows"] for row in rows]) == (0, [8, 6, 4])
    assert rows[0]["run"].startswith("0003-")


def test_compact_then_vacuum_leaves_the_same_facts_in_fewer_bytes(people):
    """Two commands, nothing lost."""
    before = facts(people.folder)
    assert "Merged 6 files into 2" in people.run("store", "compact")[1]
    assert "no small files" in people.run("store", "compact")[1]
    assert "would be dropped" in people.run("store", "vacuum", "--keep-runs", "1", "--dry-run")[1]
    assert len(json.loads(people.run("store", "runs", "--format", "json")[1])) == 4
    assert "3 runs dropped, 6 files taken away" in people.run("store", "vacuum", "--keep-runs", "1")[1]
    assert facts(people.folder) == before
    assert people.run("store", "verify")[0] == 0
    assert "nothing has changed" in people.run("ingest")[2]


def test_vacuum_takes_the_results_of_dropped_runs_along(people):
    """What nobody can ask for any more is not kept."""
    people.run("measure")
    people.write(ROWS)
    people.run("ingest")
    people.write(ROWS + "9,2026-03-09,guest-nine,pay,x\n")
    people.run("ingest")
    assert len(list((people.state / "results").iterdir())) == 2
    assert "results of 1 runs" in people.run("store", "vacuum", "--keep-runs", "1")[1]
    assert "STO130" in people.run("store", "vacuum", "--keep-runs", "1", "--keep-days", "1")[2]


def test_verify_tells_damage_with_exit_code_1(people):
    """A file that is cut short."""
    path = next((people.state / "store" / "contacts").glob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-20])
    code, out, err = people.run("store", "verify", "--format", "json")
    assert (code, "STO120" in err, json.loads(out)[0]["damaged"]) == (1, True, 1)


# backup and restore -------------------------------------------------------------------------------------------------------


def test_a_backup_restored_elsewhere_is_the_same_workspace(people, tmp_path):
    """Into an empty folder: settings, organisation and facts; the secret only where it was asked for."""
    file = tmp_path / "b.tar"
    code, out, err = people.run("store", "backup", str(file), "--with-secret")
    assert (code, "run 0003-" in out, "not in it" in err) == (0, True, False)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    other = tmp_path / "other"
    other.mkdir()
    assert people.run("store", "restore", str(file), folder=other)[0] == 0
    assert facts(other) == facts(people.folder)
    assert (other / "wholeservice.yaml").read_bytes() == (people.folder / "wholeservice.yaml").read_bytes()
    assert stat.S_IMODE((other / ".wholeservice" / "secret").stat().st_mode) == 0o600
    shutil.copy(people.folder / "visits.csv", other)
    assert people.run("check", folder=other)[0] == 0
    assert "nothing has changed" in people.run("ingest", folder=other)[2]


def test_the_secret_is_in_a_backup_only_when_asked_for(people, tmp_path):
    """And the backup says that it is not."""
    assert "not in it" in people.run("store", "backup", str(tmp_path / "b.tar"))[2]
    assert (people.state / "secret").read_bytes().strip() not in (tmp_path / "b.tar").read_bytes()
    other = tmp_path / "other"
    other.mkdir()
    people.run("store", "restore", str(tmp_path / "b.tar"), folder=other)
    shutil.copy(people.folder / "visits.csv", other)
    assert "PRV101" in people.run("ingest", folder=other)[2]
    assert len(facts(other)) == 4


def test_one_run_or_all(people, tmp_path):
    """The newest run alone brings only the files that it needs."""
    people.run("store", "backup", str(tmp_path / "one.tar"))
    people.run("store", "backup", str(tmp_path / "all.tar"), "--all-runs")
    for name, n in (("one", 1), ("all", 3)):
        other = tmp_path / name
        other.mkdir()
        people.run("store", "restore", str(tmp_path / f"{name}.tar"), folder=other)
        assert len(json.loads(people.run("store", "runs", "--format", "json", folder=other)[1])) == n
        assert people.run("store", "verify", folder=other)[0] == 0


def test_a_store_is_never_written_over(people, tmp_path):
    """Without --force nothing happens; with it what stood there is moved aside, whole."""
    file = tmp_path / "b.tar"
    people.run("store", "backup", str(file))
    people.write(ROWS)
    people.write(ROWS + MORE + "5,2026-03-05,guest-five,pay,x\n")
    people.run("ingest")
    newer = facts(people.folder)
    code, _, err = people.run("store", "restore", str(file))
    assert (code, "BAK102" in err, facts(people.folder)) == (2, True, newer)
    code, out, _ = people.run("store", "restore", str(file), "--force")
    assert (code, "replaced-1" in out) == (0, True)
    assert len(facts(people.folder)) == 4
    from wholeservice.facts.store import Store

    aside = Store(people.state / "replaced-1" / "store")
    assert sorted((tuple(row.values()) for row in aside.read(aside.latest(), "interactions").to_pylist()), key=repr) == newer
    assert not list(people.state.glob("restoring-*"))


def test_whoever_was_forgotten_since_stays_forgotten(people, tmp_path):
    """A backup that knew them does not bring them back."""
    file = tmp_path / "b.tar"
    people.run("store", "backup", str(file), "--all-runs")
    alias = Pseudonyms((people.state / "secret").read_bytes().strip()).one("visits", "guest-seven")
    people.run("forget", alias, "--yes")
    code, out, _ = people.run("store", "restore", str(file), "--force")
    assert (code, "1 people who were forgotten" in out) == (0, True)
    (people.state / "forgotten").unlink()
    from mapping.test_guard import bytes_below

    assert alias.encode() not in bytes_below(people.state)
    assert len(facts(people.folder)) == 4


def test_a_backup_never_writes_over_a_file_and_needs_a_run(people, tmp_path):
    """Mistakes are told before anything is written."""
    (tmp_path / "b.tar").write_text("precious")
    assert "BAK104" in people.run("store", "backup", str(tmp_path / "b.tar"))[2]
    assert (tmp_path / "b.tar").read_text() == "precious"
    shutil.rmtree(people.state / "store")
    (people.state / "store").mkdir()
    assert "BAK103" in people.run("store", "backup", str(tmp_path / "c.tar"))[2]
    assert sorted(each.name for each in tmp_path.glob("*.tar*")) == ["b.tar"]


def spoilt(file: Path, how: str) -> None:
    """Damage a backup."""
    content = bytearray(file.read_bytes())
    if how == "cut":
        del content[len(content) // 2 :]
    elif how == "no manifest":
        with tarfile.open(file) as tar:
            members = [(each, tar.extractfile(each).read()) for each in tar if not each.name.startswith("manifest")]
        written(file, members)
        return
    elif how == "a bit in a data file":
        content[content.index(b"PAR1") + 30] ^= 1
    elif how == "a bit in the runs":
        content[content.index(b'"number"') + 12] ^= 1
    elif how == "a bit in the manifest":
        content[content.rindex(b'"format"') - 20] ^= 1
    elif how == "no tar":
        content = bytearray(b"hello")
    file.write_bytes(bytes(content))


def written(file: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    import io

    with tarfile.open(file, "w") as tar:
        for member, content in members:
            tar.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    "how", ["cut", "no manifest", "a bit in a data file", "a bit in the runs", "a bit in the manifest", "no tar", "empty"]
)
def test_a_damaged_backup_touches_nothing(people, tmp_path, how):
    """Every byte is compared before anything is moved."""
    file = tmp_path / "b.tar"
    people.run("store", "backup", str(file))
    spoilt(file, how) if how != "empty" else file.write_bytes(b"")
    before = {path: path.stat().st_mtime_ns for path in people.folder.rglob("*")}
    code, _, err = people.run("store", "restore", str(file), "--force")
    assert (code, "BAK101" in err, "Traceback" in err) == (2, True, False)
    assert {path: path.stat().st_mtime_ns for path in people.folder.rglob("*")} == before


def evil(name: str, kind: bytes = tarfile.REGTYPE, to: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.size = kind, to, 5 if kind == tarfile.REGTYPE else 0
    return member


@pytest.mark.parametrize(
    "member",
    [
        evil("../outside"), evil("/outside"), evil("store/../../outside"), evil("store/./x"), evil("store//x"),
        evil("store\\..\\x"), evil("C:/x"), evil("store/runs/x\n"), evil("store/links", tarfile.SYMTYPE, "/etc"),
        evil("store/hard", tarfile.LNKTYPE, "../../wholeservice.yaml"), evil("store/device", tarfile.CHRTYPE),
        evil("store/folder", tarfile.DIRTYPE), evil("store/fifo", tarfile.FIFOTYPE),
    ],
    ids=lambda member: repr(member.name),
)  # fmt: skip
def test_names_and_links_that_lead_elsewhere_are_refused(people, tmp_path, member):
    """Even in a backup whose manifest vouches for them."""
    import hashlib

    file = tmp_path / "b.tar"
    people.run("store", "backup", str(file))
    with tarfile.open(file) as tar:
        members = [(each, tar.extractfile(each).read()) for each in tar]
    manifest = json.loads(members[-2][1])
    manifest["files"][member.name] = [member.size, hashlib.sha256(b"evil!"[: member.size]).hexdigest()]
    text = json.dumps(manifest).encode()
    kept = [(each, content) for each, content in members if not each.name.startswith("manifest")]
    made = [*kept, (member, b"evil!")]
    for name, content in (("manifest.json", text), ("manifest.sha256", hashlib.sha256(text).hexdigest().encode())):
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        made.append((entry, content))
    written(file, made)
    code, _, err = people.run("store", "restore", str(file), "--force")
    assert (code, "BAK101" in err) == (2, True)
    assert not list(tmp_path.rglob("outside"))


# death --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [("store", "backup", "{}"), ("store", "restore", "{}", "--force")], ids=" ".join)
def test_sigkill_at_any_time_loses_nothing(people, tmp_path, arguments):
    """Killed early, in the middle or late, the store is the old one or the restored one, or stands aside."""
    file = tmp_path / "b.tar"
    people.run("store", "backup", str(file))
    before = facts(people.folder)
    command = [sys.executable, "-m", "wholeservice", "--workspace", str(people.folder)]
    for number, delay in enumerate((0.6, 1.0, 1.3, 1.6, 2.2)):
        target = str(tmp_path / f"new-{number}.tar") if "backup" in arguments else str(file)
        with subprocess.Popen([*command, *(each.format(target) for each in arguments)], stdout=subprocess.DEVNULL) as process:
            time.sleep(delay)
            process.kill()
        found = facts(people.folder)
        assert found == before or (not found and list(people.state.glob("replaced-*/store/runs")))
        if "backup" in arguments and Path(target).exists():
            from wholeservice.facts.backup import check_backup

            assert len(check_backup(Path(target)).runs) == 1
    people.run("store", "restore", str(file), "--force")
    assert facts(people.folder) == before
    assert people.run("store", "verify")[0] == 0


def test_a_backup_may_be_made_while_somebody_writes(people, tmp_path):
    """What is pinned does not change: the lock is not needed."""
    from wholeservice.facts.store import Store

    with Store(people.state / "store").locked():
        assert people.run("store", "backup", str(tmp_path / "b.tar"))[0] == 0
