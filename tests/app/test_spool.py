"""The spool keeps what it says it kept: with many writers at once, and whenever a writer is killed."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wholeservice.app import spool
from wholeservice.errors import OutsideError
from wholeservice.improvements.entries import facts_of, ids_in, next_id

WRITER = """
import os, sys
from pathlib import Path
from wholeservice.app import spool
from wholeservice.improvements.entries import ids_in, next_id
write = os.write
os.write = lambda descriptor, text: write(descriptor, text[:2000])  # a system may take less than it was given
path, name, n, kept = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), open(sys.argv[4], "a", buffering=1)
padding = "x" * int(sys.argv[5])
print("ready", flush=True)
sys.stdin.readline()
for number in range(n):
    def make(before):
        item = {"row": "item", "item": next_id(ids_in(before)), "kind": "improvement", "created": "2026-01-01T00:00:00Z"}
        return {"record": f"{name}-{number}", "padding": padding, "rows": [item]}
    spool.append(path, make)
    print(f"{name}-{number}", file=kept)
"""


def writer(path, name, n, padding=1000):
    """Start a writer that waits for a word; what it was told to be kept stands in a file of its own."""
    command = [sys.executable, "-c", WRITER, str(path), name, str(n), str(path.with_name(f"{name}.kept")), str(padding)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def go(*writers):
    for each in writers:
        each.stdin.write("go\n")
        each.stdin.flush()


def kept(path, name):
    found = path.with_name(f"{name}.kept")
    return found.read_text().split() if found.exists() else []


def records(path):
    return [each["record"] for each in spool.entries(path)]


def test_entries_of_several_processes_neither_mix_nor_get_lost_and_ids_are_unique(tmp_path):
    """Three processes write at once: each entry is there once and whole, in the order of its writer, and no id twice."""
    path = tmp_path / "spool" / "log.jsonl"
    path.parent.mkdir()
    writers = [writer(path, name, 15) for name in "abc"]
    with contextlib.ExitStack() as stack:
        go(*map(stack.enter_context, writers))
        assert [each.wait(timeout=60) for each in writers] == [0, 0, 0]
    assert all(line.entry is not None for line in spool.lines(path))
    found = records(path)
    assert sorted(found) == sorted(f"{name}-{number}" for name in "abc" for number in range(15))
    for name in "abc":
        assert [each for each in found if each[0] == name] == [f"{name}-{number}" for number in range(15)]
    assert ids_in(spool.entries(path)) == {f"IMP-{number}" for number in range(1, 46)}


def test_a_killed_writer_loses_nothing_it_was_told_is_kept(tmp_path):
    """Killed over and over, also within a line: all it was told is kept is there, whole and once, and the next one goes on."""
    path, draw = tmp_path / "spool" / "log.jsonl", random.Random(1)
    path.parent.mkdir()
    for number in range(6):
        if number == 5 and all(line.entry is not None for line in spool.lines(path)):
            with path.open("ab") as log:  # no kill came while a line was written: leave half of one, as such a kill does
                log.write(path.read_bytes().splitlines()[-1][:70_000])
        with writer(path, f"w{number}", 100_000, padding=200_000) as killed:
            go(killed)
            while not kept(path, f"w{number}"):  # it has begun to write
                time.sleep(0.002)
            time.sleep(draw.random() * 0.05)
            killed.send_signal(signal.SIGKILL)
        found = records(path)
        told = [each for before in range(number + 1) for each in kept(path, f"w{before}")]
        assert [each for each in found if each in set(told)] == told
        assert len(found) - len(told) <= number + 1  # whole on the disk, and killed before it was told
        assert len(set(found)) == len(found)
    assert any(line.entry is None for line in spool.lines(path)), "nothing was cut off"
    ids = [row["item"] for each in spool.entries(path) for row in each["rows"]]
    assert ids == [f"IMP-{number}" for number in range(1, len(ids) + 1)]


@pytest.mark.parametrize("cut", [1, 2, 40, 120])
def test_a_line_that_was_cut_off_is_set_aside_and_ended_by_the_next_writer(tmp_path, cut):
    """Wherever a crash cut the last line, the entries around it are whole, and the line is told with its number."""
    path = tmp_path / "log.jsonl"
    spool.append(path, lambda before: entry("1"))
    whole = path.read_bytes()
    spool.append(path, lambda before: entry("2"))
    path.write_bytes(path.read_bytes()[:-cut])
    assert path.read_bytes() != whole
    seen = []
    spool.append(path, lambda before: seen.extend(before) or entry("3"))
    is_whole = cut == 1  # only the line feed was missing: the entry is there
    assert [each["record"] for each in seen] == (["1", "2"] if is_whole else ["1"])
    assert records(path) == (["1", "2", "3"] if is_whole else ["1", "3"])
    told = [(line.number, line.problem("log.jsonl").code) for line in spool.lines(path) if line.entry is None]
    assert told == ([] if is_whole else [(2, "SRC245")])
    assert next_id(ids_in(spool.entries(path))) == "IMP-4" if is_whole else "IMP-3"


def entry(number):
    row = {
        "row": "item",
        "item": f"IMP-{number}",
        "kind": "improvement",
        "created": "2026-01-01T00:00:00Z",
        "padding": "y" * 99,
    }
    return {"record": number, "rows": [row]}


def test_what_the_disk_refuses_is_taken_back_and_told(tmp_path, monkeypatch):
    """A full disk takes half an entry: nothing of it stays, and the one before is untouched."""
    path, write = tmp_path / "log.jsonl", os.write
    spool.append(path, lambda before: entry("1"))
    before = path.read_bytes()

    def full(descriptor, text):
        if len(text) > 20 and b"IMP-2" in bytes(text):
            return write(descriptor, text[:20])
        if b"record" not in bytes(text)[:12] and len(text) > 20:
            raise OSError(28, "No space left on device")
        return write(descriptor, text)

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OutsideError) as told:
        spool.append(path, lambda before: entry("2"))
    assert told.value.problems[0].code == "IMP016"
    assert path.read_bytes() == before


def test_the_same_entry_again_is_not_written_twice(tmp_path):
    """Who sends a form twice is given the entry that is there."""
    path = tmp_path / "log.jsonl"
    spool.append(path, lambda before: entry("1"))
    assert spool.append(path, lambda before: before[0])["record"] == "1"
    assert len(records(path)) == 1


def test_strange_lines_are_no_entries(tmp_path):
    """JSON of another kind is told apart from a line that was cut off; zeros are what a power failure leaves."""
    path = tmp_path / "log.jsonl"
    path.write_bytes(b'[1]\n{"record": 1, "rows": []}\n\x00\x00\x00\n' + json.dumps(entry("1")).encode() + b"\n\n")
    told = [line.problem("f").code if line.entry is None else line.entry["record"] for line in spool.lines(path)]
    assert told == ["SRC246", "SRC246", "SRC245", "1"]
    assert [each.item for each in facts_of(spool.entries(path))[0]] == ["IMP-1"]


def test_nothing_written_is_an_empty_log():
    """A workspace without a log has none, and asking makes none."""
    assert spool.lines(Path("there-is-no-such-file")) == ()
    assert spool.mark(Path("there-is-no-such-file")) == ""
