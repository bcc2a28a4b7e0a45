"""Settings of a workspace."""

from __future__ import annotations

import pytest

from wholeservice.app import settings
from wholeservice.errors import InputError


def write(folder, text, encoding="utf-8"):
    (folder / settings.FILE_NAME).write_bytes(text.encode(encoding))
    return folder


def test_the_nearest_workspace_upwards_is_found(tmp_path):
    """A command works from any folder inside a workspace."""
    inside = write(tmp_path, "name: A") / "organisation" / "teams"
    inside.mkdir(parents=True)
    assert settings.find_workspace(inside) == tmp_path


def test_no_workspace_says_what_to_do(tmp_path):
    """Outside a workspace the message names the folder and two ways on."""
    with pytest.raises(InputError) as caught:
        settings.find_workspace(tmp_path / "nowhere")
    (problem,) = caught.value.problems
    assert problem.code == "SET001"
    assert str(tmp_path / "nowhere") in problem.what
    assert "init" in problem.next_step


def test_an_override_beats_the_environment_and_that_beats_the_file(tmp_path):
    """Each way to say a setting has its rank; the environment's name is the setting's in capitals."""
    write(tmp_path, "settings: { data: file, low-speed: file, colour: file }")
    environment = {"WHOLESERVICE_DATA": "environment", "WHOLESERVICE_LOW_SPEED": "environment"}
    loaded, problems = settings.load(tmp_path, overrides=["data=given"], environment=environment)
    assert problems == []
    assert loaded.values == {"data": "given", "low-speed": "environment", "colour": "file"}


def test_an_empty_file_is_a_workspace_named_after_its_folder(tmp_path):
    """All settings have a default: the folder's name, and UTC."""
    loaded, problems = settings.load(write(tmp_path, ""))
    assert (loaded.name, loaded.zone, dict(loaded.values), problems) == (tmp_path.name, "UTC", {}, [])


def test_all_mistakes_are_told_at_once_with_their_places(tmp_path):
    """A misspelt key, an unknown zone and a setting that is a list are three problems at three places."""
    write(tmp_path, "nmae: A\nzone: Europe/Londn\nsettings:\n  data: [a, b]\n")
    _, problems = settings.load(tmp_path)
    assert [(each.code, each.place.line, each.nearest) for each in problems] == [
        ("SET002", 1, "name"), ("SET003", 2, "Europe/London"), ("SET004", 4, None),
    ]  # fmt: skip


def test_an_override_without_a_value_is_refused(tmp_path):
    """`--set data` is no assignment."""
    _, problems = settings.load(write(tmp_path, ""), overrides=["data"])
    assert [each.code for each in problems] == ["SET005"]


def test_another_encoding_is_named_and_never_guessed(tmp_path):
    """A file in another encoding is refused with the byte at fault, not read as garbage."""
    write(tmp_path, "#45678 Café", encoding="latin-1")
    with pytest.raises(InputError, match="byte 10 is not UTF-8"):
        settings.load(tmp_path)


def test_broken_yaml_has_a_place(tmp_path):
    """A bracket that never closes is a problem with a line, and the defaults stand."""
    loaded, problems = settings.load(write(tmp_path, "name: A\nsettings: {data: x\n"))
    assert [each.code for each in problems] == ["ORG001"]
    assert problems[0].place.line is not None
    assert loaded.zone == "UTC"
