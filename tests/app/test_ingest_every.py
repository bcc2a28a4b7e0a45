"""`ingest --every` as a process: rounds, one loop only, and an end that keeps what was committed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wholeservice.app.cli import main
from wholeservice.facts.store import Store

SOURCES = """
sources:
  visits:
    file: visits.csv
    record: [id]
    facts:
      - interaction: { happened_at: "{day}", service: stay, step: "{step}" }
"""
HEAD = "id,day,step\n"


@pytest.fixture
def folder(small_workspace: Path) -> Path:
    declared = small_workspace / "wholeservice.yaml"
    declared.write_text(declared.read_text(encoding="utf-8") + SOURCES, encoding="utf-8")
    visits(small_workspace, "1,2026-03-01,find\n")
    return small_workspace


def visits(folder: Path, rows: str) -> None:
    (folder / "visits.csv").write_text(HEAD + rows, encoding="utf-8")


@contextmanager
def loop(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A loop in a process of its own; it is ended with the block."""
    command = [sys.executable, "-m", "wholeservice", "--workspace", str(folder), "ingest", "--every", "1s", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ})
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line_with(process: subprocess.Popen[str], words: str, n_rounds: int = 15) -> str:
    """Return the first of the next lines that holds these words."""
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(1)]
    while words not in lines[-1] and len(lines) < n_rounds:
        lines.append(process.stdout.readline())
    assert words in lines[-1], lines
    return lines[-1]


def test_each_round_says_what_was_new_and_when_the_next_one_comes(folder):
    """One new row, then nothing new, then one more and one changed."""
    with loop(folder) as process:
        assert "round 1: 1 new of 1 rows (run 0001-" in line_with(process, "round 1")
        assert "nothing new in 1 rows; next at" in line_with(process, "round 2")
        visits(folder, "1,2026-03-01,pay\n2,2026-03-02,find\n")
        assert "1 new, 1 changed of 2 rows (run 0002-" in line_with(process, "changed")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["SIGTERM", "SIGINT"])
def test_a_signal_ends_it_with_its_own_exit_code(folder, number, code):
    """SIGTERM gives 143 and Ctrl-C 130; what was committed is there."""
    with loop(folder) as process:
        line_with(process, "round 1")
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert "Stopped. What was committed is complete" in err
    assert len(Store(folder / ".wholeservice" / "store").runs()) == 1


def test_a_second_loop_says_who_holds_the_workspace(folder, capsys):
    """The message names the process; when the first one is killed, the lock is free at once."""
    with loop(folder) as process:
        line_with(process, "round 1")
        with pytest.raises(SystemExit) as stopped:
            main(["--workspace", str(folder), "ingest", "--every", "1h"])
        assert stopped.value.code == 3
        assert f"ING001  process {process.pid} is already ingesting" in capsys.readouterr().err
    with loop(folder) as process:
        line_with(process, "round 1")


def test_a_round_that_fails_is_told_and_the_next_one_comes(folder):
    """The declaration is broken for a while; the loop says so, reads it anew each time, and goes on when it is mended."""
    declared = folder / "wholeservice.yaml"
    sound = declared.read_text(encoding="utf-8")
    with loop(folder) as process:
        line_with(process, "round 1")
        declared.write_text(sound.replace("facts:", "fcats:"), encoding="utf-8")
        assert "failed: SRC" in line_with(process, "failed")
        declared.write_text(sound, encoding="utf-8")
        assert "nothing new" in line_with(process, "nothing new")


def test_a_file_that_is_missing_for_a_while_is_told(folder):
    """The source is not read, its facts stay, and the loop goes on."""
    with loop(folder) as process:
        line_with(process, "round 1")
        (folder / "visits.csv").rename(folder / "away.csv")
        assert "SRC120 there is no visits.csv" in line_with(process, "failed")
        (folder / "away.csv").rename(folder / "visits.csv")
        line_with(process, "nothing new")


def test_json_is_one_object_a_line(folder):
    """Programs read what people see: the counts, the run and the next time."""
    with loop(folder, "--format", "json") as process:
        said = json.loads(line_with(process, '"round"'))
    assert (said["round"], said["kept"], said["is_new"], said["not_read"]) == (1, 1, True, [])
    assert said["run"].startswith("0001-")
    assert said["at"] <= said["next_at"]  # equal when the round took longer than its interval


@pytest.mark.parametrize(
    ("options", "code"),
    [(["--every", "soon"], "ING002"), (["--every", "0s"], "ING002"), (["--every", "1h", "--format", "csv"], "ING004"),
     (["--every", "1h", "--known-on", "2026-01-01"], "ING004"), (["--every", "1h", "visit"], "SRC102")],
)  # fmt: skip
def test_what_cannot_be_done_is_said_before_the_first_round(folder, capsys, options, code):
    """An interval that is none, options that exclude each other, a source that is not declared."""
    with pytest.raises(SystemExit) as stopped:
        main(["--workspace", str(folder), "ingest", *options])
    assert stopped.value.code == 2
    assert code in capsys.readouterr().err
