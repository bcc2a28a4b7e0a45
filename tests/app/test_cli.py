"""The command line as a person meets it: in a process of its own, or through `main` where that is enough."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest

from wholeservice.app import cli as cli_file
from wholeservice.app.cli import main
from wholeservice.errors import InputError, OutsideError, Problem


def run(capsys, *arguments, code=0):
    """Run a command and return (stdout, stderr)."""
    with pytest.raises(SystemExit) as stopped:
        main([str(each) for each in arguments])
    printed = capsys.readouterr()
    assert stopped.value.code == code, printed.err
    return printed.out, printed.err


def test_a_sound_workspace_is_said_to_be_sound(capsys, small_workspace):
    """`check` counts what is declared and says that there are no problems."""
    out, err = run(capsys, "--workspace", small_workspace, "check")
    assert out == ""
    assert "1 service" in err
    assert "no problems" in err


def test_every_problem_is_told_at_once_and_the_exit_code_is_1(capsys, small_workspace):
    """A misspelt team and an unreadable target are told together, with place, nearest name and next step."""
    file = small_workspace / "organisation" / "organisation.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("team: booking", "team: bookin").replace(">= 90%", "about 90%"), encoding="utf-8")
    out, _ = run(capsys, "--workspace", small_workspace, "check", code=1)
    assert "organisation/organisation.yaml:10:11  ORG012" in out
    assert "'booking'" in out
    assert "ORG030" in out


def test_a_target_on_an_unknown_measure_is_a_problem(capsys, small_workspace):
    """`check` knows which measures are registered, and offers the nearest."""
    file = small_workspace / "organisation" / "organisation.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("completion >=", "completoin >="), encoding="utf-8")
    out, _ = run(capsys, "--workspace", small_workspace, "check", code=1)
    assert "ORG031" in out
    assert "'completion'" in out


def test_problems_as_json_hold_the_same_as_the_text(capsys, small_workspace):
    """JSON for programs: file, line, column, code, and None where there is nothing to say."""
    (small_workspace / "wholeservice.yaml").write_text("nmae: A\n", encoding="utf-8")
    out, _ = run(capsys, "--workspace", small_workspace, "check", "--format", "json", code=1)
    (row,) = json.loads(out)
    assert (row["code"], row["file"], row["line"], row["nearest"]) == ("SET002", "wholeservice.yaml", 1, "name")


def test_problems_as_csv_are_one_row_each(capsys, small_workspace):
    """CSV has a header and a row per problem."""
    (small_workspace / "wholeservice.yaml").write_text("a: 1\nb: 2\n", encoding="utf-8")
    out, _ = run(capsys, "--workspace", small_workspace, "check", "--format", "csv", code=1)
    assert [row["line"] for row in csv.DictReader(io.StringIO(out))] == ["1", "2"]


def test_a_workspace_is_found_from_a_folder_inside_it(capsys, small_workspace, monkeypatch):
    """Without --workspace the folder one stands in, or one above it, is taken."""
    monkeypatch.chdir(small_workspace / "organisation")
    _, err = run(capsys, "check")
    assert "no problems" in err


def test_measuring_before_ingesting_says_what_to_do(capsys, small_workspace):
    """There is nothing to measure yet: exit code 2, and the next command."""
    out, err = run(capsys, "--workspace", small_workspace, "measure", code=2)
    assert out == ""
    assert "RES001" in err
    assert "wholeservice ingest" in err


def test_ingesting_without_sources_is_calm(capsys, small_workspace):
    """A workspace without sources reads nothing and says so."""
    _, err = run(capsys, "--workspace", small_workspace, "ingest")
    assert "names no source" in err


def test_init_makes_a_workspace_that_passes_check(capsys, tmp_path):
    """What `init` writes has no problem, and names the next command."""
    out, _ = run(capsys, "init", tmp_path / "new", "--service", "Book a room", "--consumer", "guest", "--journey", "find,pay")
    assert "check" in out
    run(capsys, "--workspace", tmp_path / "new", "check")


def test_init_never_writes_over_a_workspace(capsys, small_workspace):
    """A folder that is a workspace already is refused, and its file is as it was."""
    before = (small_workspace / "wholeservice.yaml").read_text(encoding="utf-8")
    _, err = run(capsys, "init", small_workspace, code=2)
    assert "NEW001" in err
    assert (small_workspace / "wholeservice.yaml").read_text(encoding="utf-8") == before


def test_explain_finds_a_measure_by_any_of_its_names(capsys):
    """A measure is explained by its name or another word for it, and says its formula."""
    out, _ = run(capsys, "explain", "Completion-Rate")
    assert out.startswith("completion (measure)")
    assert "Formula" in out


def test_explain_offers_the_nearest_name(capsys):
    """A name that nothing has is answered with the nearest one."""
    _, err = run(capsys, "explain", "ORG01", code=2)
    assert "'org01" in err.lower()


def test_a_misspelt_command_is_answered_with_the_nearest(capsys):
    """`wholeservice mesure` asks whether `measure` was meant."""
    _, err = run(capsys, "mesure", code=2)
    assert "Did you mean 'measure'?" in err


def failing(monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(cli_file.cli, "main", fail)


def test_an_unexpected_failure_is_one_calm_line_and_a_log(capsys, monkeypatch):
    """Our bug: exit code 70, no traceback on the screen, and the details in the file that the message names."""
    failing(monkeypatch, ZeroDivisionError("by zero"))
    _, err = run(capsys, "check", code=70)
    assert "Traceback" not in err
    assert "BUG001" in err
    log = err.rpartition("report it with ")[2].strip()
    with open(log, encoding="utf-8") as written:
        assert "ZeroDivisionError: by zero" in written.read()


def test_with_debug_the_traceback_is_shown(capsys, monkeypatch):
    """WHOLESERVICE_DEBUG=1 shows what happened where."""
    monkeypatch.setenv("WHOLESERVICE_DEBUG", "1")
    failing(monkeypatch, ZeroDivisionError("by zero"))
    assert "Traceback" in run(capsys, "check", code=70)[1]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError(Problem("SET001", "yours")), 2),
        (OutsideError(Problem("STO103", "the disk")), 3),
        (PermissionError(13, "Permission denied", "/a/b"), 3),
        (KeyboardInterrupt(), 130),
    ],
)
def test_each_kind_of_failure_has_its_exit_code(capsys, monkeypatch, error, code):
    """Your input 2, the outside world 3, stopped by hand 130; never a traceback."""
    failing(monkeypatch, error)
    assert "Traceback" not in run(capsys, "check", code=code)[1]


def test_a_closed_pipe_is_no_failure(small_workspace):
    """`wholeservice explain | head -1` ends quietly."""
    command = f"{sys.executable} -m wholeservice explain | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=True, timeout=60)
    assert "Traceback" not in done.stderr
    assert done.stderr == ""


def test_a_pipe_gets_no_colour_and_nothing_wrapped():
    """In a pipe, tables are plain text with one line per row."""
    done = subprocess.run(
        [sys.executable, "-m", "wholeservice", "explain"], capture_output=True, text=True, check=True, timeout=60
    )
    assert "\x1b" not in done.stdout
    assert [line.split()[1] for line in done.stdout.splitlines() if line.lstrip().startswith("F101")] == ["rule"]
