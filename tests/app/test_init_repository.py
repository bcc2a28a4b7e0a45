"""`wholeservice init --repository`: two commands from a repository to numbers."""

from __future__ import annotations

import csv
import io
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from wholeservice.app.cli import main
from wholeservice.app.settings import load
from wholeservice.app.workspace import data_as_of
from wholeservice.organisation.start_repository import release_patterns


def git(folder: Path, *words: str, day: int = 1) -> None:
    at = f"2026-03-{day:02}T12:00:00Z"
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
                   "GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}  # fmt: skip
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, env=environment, check=True, capture_output=True)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Committed on the 2nd, 3rd and 10th; v1 on the 4th brings two of them, a candidate none, v2 on the 12th one."""
    folder = tmp_path / "My shop"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    for day, words in (
        (2, "commit"),
        (3, "commit"),
        (4, "v1.0"),
        (10, "commit"),
        (11, "v2.0-rc1"),
        (12, "v2.0"),
        (30, "commit"),
    ):
        if words == "commit":
            git(folder, "commit", "-q", "--allow-empty", "-m", f"Day {day}", day=day)
        else:
            git(folder, "tag", "-a", words, "-m", words, day=day)
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> tuple[str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(each) for each in arguments])
    out, err = capsys.readouterr()
    assert (ended.value.code or 0) == code, err
    return out, err


def test_two_commands_lead_from_a_repository_to_numbers(capsys, tmp_path, shop):
    """Changes took 1, 2 and 2 days from commit to release; a candidate is no release; what nobody recorded has no number."""
    out, _ = run(capsys, "init", tmp_path / "flow", "--repository", shop)
    assert "2 of 3 tags (v* !v*[A-Za-z]*)" in out
    out, _ = run(capsys, "--workspace", tmp_path / "flow", "measure", "change-lead-time", "--of", "my-shop",
                 "--period", "2026-03-02..2026-03-09", "--format", "csv")  # fmt: skip
    (row,) = csv.DictReader(io.StringIO(out))
    assert (float(row["n"]), float(row["value"])) == (2, pytest.approx(86400, rel=0.016))
    out, _ = run(capsys, "--workspace", tmp_path / "flow", "measure", "deployment-frequency", "--of", "my-shop",
                 "--period", "2026-03-09..2026-03-16", "--format", "csv")  # fmt: skip
    (row,) = csv.DictReader(io.StringIO(out))
    assert (float(row["n"]), float(row["value"])) == (1, 1)
    _, err = run(capsys, "--workspace", tmp_path / "flow", "measure", "change-fail-rate")
    assert "not recorded" in err


def test_a_workspace_of_a_repository_passes_check(capsys, tmp_path, shop):
    """What is written has no problem, whatever the folder is called."""
    run(capsys, "init", tmp_path / "flow", "--repository", shop, "--name", 'The "shop"')
    out, err = run(capsys, "--workspace", tmp_path / "flow", "check")
    assert "no problems" in out + err


def test_a_folder_that_is_no_repository_is_told_and_nothing_is_written(capsys, tmp_path):
    """Neither a workspace nor a folder stands there afterwards."""
    (tmp_path / "plain").mkdir()
    _, err = run(capsys, "init", tmp_path / "flow", "--repository", tmp_path / "plain", code=2)
    assert "SRC181" in err
    assert not (tmp_path / "flow").exists()


@pytest.mark.real_data
def test_the_releases_of_a_real_history_are_deployments(capsys, tmp_path, real_data):
    """Spotlight has 908 release tags: 646, 76, 30 and 15 in the years 2014 to 2017, and 141 in 2013, 19 before its first whole
    month. Nobody says which of them failed."""
    history = real_data / "git-flow/alphagov+spotlight.commits.csv.gz"
    out, _ = run(capsys, "init", tmp_path / "flow", "--service", "spotlight", "--repository", history)
    assert "908 of 918 tags" in out
    results = data_as_of(load(tmp_path / "flow")[0], None).results
    by_year = Counter[int]()
    for cell, sums in results.rows("deployment-frequency", "spotlight"):
        if (cell.to_at - cell.from_at).days > 27:
            by_year[cell.from_at.year] += int(sums.n)
    assert by_year == {2013: 141 - 19, 2014: 646, 2015: 76, 2016: 30, 2017: 15}
    assert {"change-lead-time", "cycle-time", "deployment-days"} <= results.measures_of("spotlight")
    assert not {"change-fail-rate", "deployment-rework-rate", "coupling"} & results.measures_of("spotlight")


def test_releases_are_the_commonest_series_of_tags():
    """A few other tags, a mark of a pattern in a name, and a repository without a series."""
    assert release_patterns([*(f"app-{n}" for n in range(9)), "v1", "v2"]) == ["app-*"]
    assert release_patterns(["a[b]1", "a[b]2"]) == ["a[[]b]*"]
    assert release_patterns(["once-1"]) == []
