"""What survival tests once found, each small and by itself."""

from __future__ import annotations

import errno
import json

import pytest
from pyarrow import fs

from facts.said import commit
from wholeservice.app.repeat import Clock, Signals, Stopped, repeat
from wholeservice.errors import OutsideError
from wholeservice.facts import delta_log, durable, staging
from wholeservice.facts.ingest import ingest
from wholeservice.facts.store import Store
from wholeservice.sources import delimited, nested

SOURCE = 'a:\n  file: FILE\n  record: [id]\n  facts: [ sighting: { kind: service, name: "{id}" } ]\n'


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_batch_of_long_rows_is_not_larger_than_one_of_many(workspace, monkeypatch, name):
    """65 536 rows of 4 MB each would be 256 GB: what is read at once is bounded in bytes too."""
    monkeypatch.setattr(delimited, "CHARACTERS_PER_BATCH", 10_000)
    monkeypatch.setattr(nested, "BYTES_PER_BATCH", 10_000)
    rows = [f"{n:04d}" + "x" * 996 for n in range(100)]
    lines = ["id", *rows] if name == "a.csv" else [json.dumps({"id": each}) for each in rows]
    workspace.write(name, "\n".join(lines) + "\n")
    (declared,), _ = workspace.load(SOURCE.replace("FILE", name))
    sizes = [len(batch.numbers) for batch in declared.source.read(declared.options, workspace.context, None)]
    assert sum(sizes) == 100
    assert max(sizes) <= 10


def test_long_rows_are_written_in_groups_of_bounded_size(workspace, monkeypatch):
    """What waits for the disk is bounded in bytes too."""
    monkeypatch.setattr(staging, "BYTES_PER_GROUP", 10_000)
    monkeypatch.setattr(delimited, "CHARACTERS_PER_BATCH", 2_000)
    flushed: list[int] = []
    flush = staging.Writer._flush
    monkeypatch.setattr(staging.Writer, "_flush", lambda self: (flushed.append(self._n_bytes), flush(self))[1])
    workspace.write("a.csv", "id\n" + "".join(f"{n:04d}{'x' * 996}\n" for n in range(100)))
    workspace.ingest(SOURCE.replace("FILE", "a.csv"))
    assert len(flushed) > 5
    assert max(flushed) < 30_000


def test_check_tells_of_an_archive_that_the_system_will_not_read(workspace, monkeypatch):
    """It is one problem among the others, and no end of the check."""
    from wholeservice.sources import files

    def refused(*_: object) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    workspace.write("a.csv.zip", b"PK\x03\x04")
    monkeypatch.setattr(files.zipfile, "ZipFile", refused)
    assert [each.code for each in workspace.check(SOURCE.replace("FILE", "a.csv.zip"))] == ["SRC120"]


def test_a_workbook_is_not_opened_when_it_unfolds_into_too_much(workspace, monkeypatch):
    """Its reader takes all of it into memory at once."""
    from sources.test_table import workbook
    from wholeservice.sources import columnar

    workspace.write("a.xlsx", workbook({"One": [["id"], ["1"]]}))
    assert workspace.ingest(SOURCE.replace("FILE", "a.xlsx")).sources[0].read == 1
    monkeypatch.setattr(columnar, "MAX_FREE", 100)
    monkeypatch.setattr(columnar, "MAX_RATIO", 0)
    assert [each.code for each in workspace.ingest(SOURCE.replace("FILE", "a.xlsx")).problems] == ["SRC125"]


@pytest.mark.parametrize(("text", "word"), [('"\\ud800"', "half a character"), ("9" * 5000, "more digits")])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_json_that_no_text_can_hold_is_told(workspace, name, text, word):
    """Half a character, or a number that Python refuses to read: the line, or the document, is refused."""
    line = '{"id": ' + text + "}"
    workspace.write(name, line + '\n{"id": 1}\n' if name == "a.jsonl" else f"[{line}]")
    report = workspace.ingest(SOURCE.replace("FILE", name))
    found = report.sources[0]
    told = [each.what for each in (*found.problems, *found.reasons)]
    assert len(told) == 1
    assert word in told[0]
    assert (found.read, found.refused) == ((2, 1) if name == "a.jsonl" else (0, 0))


@pytest.mark.parametrize("delimiter", ["true", "''", "'\"'"])
def test_a_delimiter_is_one_character(workspace, delimiter):
    """Anything else is told where it stands."""
    _, problems = workspace.load(SOURCE.replace("FILE", f"a.csv\n  delimiter: {delimiter}"))
    assert [each.code for each in problems] == ["SRC113"]


def test_a_reading_that_has_just_begun_is_not_swept_up(tmp_path, monkeypatch):
    """Another process looked at its folder before it was held: by the time it clears it, somebody reads into it."""
    store = Store(tmp_path)
    commit(store, {"r": ["x"]})
    with staging.opened(store.path, store.latest) as folder:
        staged = folder.new_path()
        staged.write_bytes(b"rows")
        monkeypatch.setattr(staging, "abandoned", lambda path: [folder.path])  # as it was seen a moment ago
        commit(store, {"s": ["y"]})
        assert staged.read_bytes() == b"rows"


def test_a_disk_that_fails_does_not_end_the_loop():
    """`ingest --every` tells it, and the next round comes."""
    told: list[object] = []

    def wait(seconds: float) -> None:
        if len(told) == 2:
            raise Stopped(2)

    def work() -> bool:
        raise OSError(errno.ENOSPC, "No space left on device", "secret")

    with pytest.raises(Stopped):
        repeat(1, work, lambda number, wait_s, error: told.append(error), clock=Clock(wait=wait), signals=Signals())
    assert ["No space left" in str(each) for each in told] == [True, True]


def test_what_is_read_does_not_call_python_from_threads_of_arrow(tmp_path):
    """Else a process that ends at the same moment is aborted, and its exit code says that it failed."""
    store = Store(tmp_path)
    commit(store, {"r": ["x"]})
    for name in ("links", "runs"):
        used = delta_log.dataset(store.table(name), store.path / name).filesystem
        assert isinstance(used, fs.SubTreeFileSystem)
        assert isinstance(used.base_fs, fs.LocalFileSystem)


def test_nobody_is_let_in_by_name_because_a_guard_was_forgotten(workspace):
    """Who ingests says what guards it, or that nothing does."""
    with pytest.raises(TypeError, match="guards"):
        ingest((), workspace.store, workspace.context, None)  # type: ignore[call-arg,arg-type]


def test_a_disk_that_is_full_when_the_records_are_completed_is_told(workspace, monkeypatch):
    """The last bytes of the list of records are written when it is closed."""
    import pyarrow as pa

    class Full:
        def write_batch(self, batch: object) -> None: ...

        def close(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    workspace.write("a.csv", "id\n1\n")
    monkeypatch.setattr(pa.ipc, "new_file", lambda *_: Full())
    with pytest.raises(OutsideError, match="No space left") as caught:
        workspace.ingest(SOURCE.replace("FILE", "a.csv"))
    assert caught.value.problems[0].code == "STO103"


@pytest.mark.parametrize("is_at_once", [True, False])
def test_two_folders_change_places(tmp_path, monkeypatch, is_at_once):
    """In one step, or in three where the file system has none."""

    def cannot(*_: object) -> None:
        raise OSError(errno.EINVAL, "cannot")

    if not is_at_once:
        monkeypatch.setattr(durable, "_exchange_at_once", cannot)
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    durable.exchange(tmp_path / "one", tmp_path / "other")
    assert [(tmp_path / name / "file").read_text() for name in ("one", "other")] == ["other", "one"]
    assert len(list(tmp_path.iterdir())) == 2
