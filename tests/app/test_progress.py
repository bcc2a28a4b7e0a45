"""Progress: one line on a terminal with the time left, told from last time; nothing in a pipe."""

from __future__ import annotations

import io
import json
import re

import pytest

from wholeservice.app import printing, time_left
from wholeservice.app.time_left import Stages


class Terminal(io.StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that is moved by hand."""
    now = [100.0]
    monkeypatch.setattr(printing.time, "monotonic", lambda: now[0])
    return now


def test_a_pipe_gets_nothing_also_where_colour_is_forced(capsys, monkeypatch):
    """What reads our stderr gets no line that was meant to move."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    with printing.progress("Reading") as doing:
        doing("visits", "10 rows")
    assert capsys.readouterr() == ("", "")


def test_a_terminal_is_told_what_is_done_and_how_long_it_still_takes(monkeypatch, tmp_path, clock):
    """Last time all took 10 s; after 4 s of the one stage about 6 s are left, and NO_COLOR leaves the line without colour."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", Terminal())
    time_left.keep(tmp_path / "took.json", "Reading", Stages({"visits [a]": 0.0}, 10.0))
    with printing.progress("Reading", took=tmp_path / "took.json") as doing:
        doing("visits [a]", "5 rows")
        clock[0] += 4
        doing("visits [a]", "9 rows")
    import sys

    shown = sys.stderr.getvalue()
    assert "about 6 s left" in shown
    assert "Reading: visits [a], 9 rows" in shown
    assert re.findall(r"\x1b\[[0-9;]*3[0-9]m", shown) == []


def test_how_long_it_took_is_kept_for_next_time_and_beside_others(tmp_path, clock):
    """A stage that goes on began once; what another command took stays."""
    file = tmp_path / "took.json"
    time_left.keep(file, "Measuring", Stages({"a": 0.0}, 3.0))
    with printing.progress("Reading", took=file) as doing:
        for stage in ("visits", "visits", "calls"):
            doing(stage)
            clock[0] += 2
    assert time_left.read(file, "Reading") == Stages({"visits": 0.0, "calls": 4.0}, 6.0)
    assert time_left.read(file, "Measuring") == Stages({"a": 0.0}, 3.0)


def test_what_was_stopped_is_no_measure_of_next_time(tmp_path, clock):
    """After an error the file says what it said before."""
    file = tmp_path / "took.json"
    time_left.keep(file, "Reading", Stages({"visits": 0.0}, 10.0))

    def stopped(doing):
        doing("visits")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), printing.progress("Reading", took=file) as doing:
        stopped(doing)
    assert time_left.read(file, "Reading") == Stages({"visits": 0.0}, 10.0)


@pytest.mark.parametrize("text", ["", "[]", '{"Reading": 3}', '{"Reading": {"began_s": {"a": "x"}, "total_s": 1}}', "\udcff"])
def test_a_damaged_file_is_as_good_as_none(tmp_path, text):
    """Progress never stops a command; the file is whole again after the next."""
    file = tmp_path / "took.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert time_left.read(file, "Reading") is None
    with printing.progress("Reading", took=file) as doing:
        doing("visits")
    assert list(json.loads(file.read_text(encoding="utf-8"))["Reading"]["began_s"]) == ["visits"]


def test_nothing_is_said_of_a_stage_that_was_not_there_last_time():
    """A new source has no last time."""
    assert time_left.left_s(Stages({"visits": 0.0}, 10.0), Stages({"calls": 0.0}), 3.0) is None
