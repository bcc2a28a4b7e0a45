"""Completion: the script of each shell, and the names a shell is offered while one types."""

from __future__ import annotations

import pytest

from wholeservice.app.cli import cli, main


def offered(arguments: list[str], typed: str) -> list[str]:
    """Return what a shell would offer."""
    from click.shell_completion import ShellComplete

    found = ShellComplete(cli, {}, "wholeservice", "_WHOLESERVICE_COMPLETE").get_completions(arguments, typed)
    return [each.value for each in found]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(capsys, shell):
    """The script asks the program itself, in the words of its shell."""
    with pytest.raises(SystemExit) as stopped:
        main(["completion", shell])
    assert stopped.value.code == 0
    assert f"_WHOLESERVICE_COMPLETE={shell}_complete" in capsys.readouterr().out


def test_commands_and_options_are_offered():
    """What begins with what was typed."""
    assert offered([], "re") == ["report"]
    assert offered(["report"], "--b") == ["--board"]


@pytest.mark.parametrize("arguments", [["report"], ["trace"], ["measure", "--of"]])
def test_services_of_the_workspace_are_offered(small_workspace, arguments):
    """Their ids, as they are declared; a team begins with another letter."""
    assert offered(["--workspace", str(small_workspace), *arguments], "st") == ["stay"]


def test_measures_are_offered():
    """By their names."""
    assert "completion" in offered(["measure"], "comp")


def test_a_workspace_that_cannot_be_read_offers_nothing(small_workspace, tmp_path):
    """No complaint in the middle of a line: `check` says what is wrong."""
    (small_workspace / "organisation" / "organisation.yaml").write_text("services: [", encoding="utf-8")
    assert offered(["--workspace", str(small_workspace), "report"], "st") == []
    assert offered(["--workspace", str(tmp_path / "nowhere"), "report"], "st") == []
