"""A git history becomes changes that land and are released, whether it is a repository or an export of one."""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from wholeservice.documents import parse
from wholeservice.errors import InputError, OutsideError, Problem
from wholeservice.sources import git, git_repository
from wholeservice.sources.base import Batch, Context
from wholeservice.sources.git_reading import alias

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

BARE = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
FORMAT = "%H%x00%P%x00%aI%x00%cI%x00%ae%x00%ce%x00%s%x01"
TAGS = "%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objectname)%00%(creatordate:iso-strict)"


class Repository:
    """A repository made by git commands with fixed dates; a date is a day of January 2026."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, authored: int = 1, committed: int | None = None) -> str:
        dates = {"GIT_AUTHOR_DATE": f"2026-01-{authored:02}T12:00:00+01:00",
                 "GIT_COMMITTER_DATE": f"2026-01-{committed or authored:02}T12:00:00+01:00"}  # fmt: skip
        who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER")
               for what, value in (("NAME", "Ann Secret"), ("EMAIL", "ann@example.org"))}  # fmt: skip
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env={**BARE, **dates, **who}, check=True, capture_output=True
        )
        return done.stdout.decode()

    def commit(self, subject: str, authored: int, committed: int | None = None) -> str:
        self.git("commit", "-q", "--allow-empty", "-m", subject, authored=authored, committed=committed)
        return self.git("rev-parse", "HEAD").strip()

    def export(self, commits: Path, tags: Path) -> None:
        """Write what a person would export: the commits of branches and tags, and the tags."""
        rows = [
            line.strip("\n").split("\0") for line in self.git("log", "--branches", "--tags", f"--format={FORMAT}").split("\1")
        ]
        with commits.open("w", newline="") as file:
            names = ("sha", "parents", "author_date", "commit_date", "author_hash", "committer_hash", "subject")
            csv.writer(file).writerows([names, *(row for row in rows if len(row) == 7)])
        listed = [line.split("\0") for line in self.git("for-each-ref", f"--format={TAGS}", "refs/tags").splitlines()]
        with tags.open("w", newline="") as file:
            kept = [(name, type_, object_, target or object_, created) for name, type_, object_, target, created in listed]
            csv.writer(file).writerows([("tag", "type", "object", "target", "created"), *kept])


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Repository, dict[str, str]]:
    """
    main    A(1) --- B(2) ------ M(5) --- E(8)       v2 is on B, but dated the 6th; v1 on M, dated the 7th
               \\                /
    feature     C(2, 3) --- D(4)                     C was written on the 2nd and committed on the 3rd
    open                                  F(9)       on top of E, never merged
    """
    repository, sha = Repository(tmp_path / "shop.git-clone"), {}
    sha["A"] = repository.commit("Start", 1)
    repository.git("switch", "-q", "-c", "feature")
    sha["C"] = repository.commit("Write", 2, 3)
    sha["D"] = repository.commit("Write more", 4)
    repository.git("switch", "-q", "main")
    sha["B"] = repository.commit("Mend", 2)
    repository.git("merge", "-q", "--no-ff", "-m", "Merge feature", "feature", authored=5)
    sha["M"] = repository.git("rev-parse", "HEAD").strip()
    repository.git("tag", "-a", "-m", "two", "v2", sha["B"], authored=6)
    repository.git("tag", "-a", "-m", "one", "v1", sha["M"], authored=7)
    sha["E"] = repository.commit('Fixes #12, and "quotes"', 8)
    repository.git("tag", "nightly")
    repository.git("switch", "-q", "-c", "open")
    sha["F"] = repository.commit("Try", 9)
    repository.git("switch", "-q", "main")
    return repository, sha


def read(folder: Path, declaration: str) -> tuple[list[dict], list[Problem]]:
    """Return the raw rows, and the problems beside them."""
    node, _ = parse(declaration, "wholeservice.yaml")
    options, problems = git.load(node)
    assert problems == []
    found = list(git.read(options, Context(folder)))
    rows = [dict(zip(each.header.names, row, strict=True)) for each in found if isinstance(each, Batch)
            for row in zip(*(column.to_pylist() for column in each.columns), strict=True)]  # fmt: skip
    return rows, [each for each in found if isinstance(each, Problem)]


def day(moment: dt.datetime | None) -> int | None:
    return moment and moment.day


def test_a_commit_lands_with_the_commit_of_the_main_line_that_brought_it_in(tmp_path, shop):
    """C and D land with the merge of the 5th, not when they were made; F never landed."""
    _repository, sha = shop
    rows, problems = read(tmp_path, "repository: shop.git-clone\nreleases: v*")
    names = {each: name for name, each in sha.items()}
    found = {names[row["sha"]]: day(row["lands_at"]) for row in rows if row["row"] in ("commit", "merge")}
    assert found == {"A": 1, "B": 2, "C": 5, "D": 5, "M": 5, "E": 8, "F": None}
    assert problems == []


def test_the_first_release_is_the_first_by_its_date(tmp_path, shop):
    """v2 was tagged before v1: A and B were out with v2 on the 6th, the merged work with v1 on the 7th, E not yet."""
    _repository, sha = shop
    rows, _ = read(tmp_path, "repository: shop.git-clone\nreleases: [v*]")
    names = {each: name for name, each in sha.items()}
    found = {names[row["sha"]]: (row["released_in"], day(row["released_at"])) for row in rows if row["row"] == "commit"}
    assert found == {"A": ("v2", 6), "B": ("v2", 6), "C": ("v1", 7), "D": ("v1", 7), "E": (None, None), "F": (None, None)}


def test_who_wrote_it_is_a_hash_and_never_a_name_or_mail(tmp_path, shop):
    """Neither the name nor the mail stands in any column, nor in what is told."""
    rows, _ = read(tmp_path, "repository: shop.git-clone")
    assert {row["author"] for row in rows if row["row"] == "commit"} == {alias("ann@example.org")}
    assert "ann@" not in repr(rows)
    assert "Secret" not in repr(rows)


WRITTEN = (("C", 2, 3), ("D", 4, 4), ("F", 9, 9))  # and committed, by day; of the others nobody saw what came before


def test_the_usual_mapping_gives_changes_that_wait(workspace, shop):
    """A change is done when it landed; it was written, waits for review, and then for a release."""
    _, sha = shop
    report = workspace.ingest("shop: { kind: git, repository: shop.git-clone, releases: v*, service: shop }")
    assert report.problems == ()
    stays = {(row[0], row[1], row[2].day, day(row[3])) for row in workspace.rows("work", "item", "stage", "from_at", "to_at")}
    assert stays == {
        *((sha[each], "write", first, last) for each, first, last in WRITTEN),
        (sha["C"], "review", 3, 5), (sha["D"], "review", 4, 5), (sha["F"], "review", 9, None),
        (sha["A"], "release", 1, 6), (sha["B"], "release", 2, 6), (sha["C"], "release", 5, 7), (sha["D"], "release", 5, 7),
        (sha["E"], "release", 8, None),
    }  # fmt: skip
    assert workspace.rows("deployments", "deployment", "version", "environment") == [
        ("shop/v1", "v1", "production"), ("shop/v2", "v2", "production")]  # fmt: skip
    assert set(workspace.rows("items", "item")) == set(sha.values()) - {sha["M"]}
    assert ("item:" + sha["E"], "fixes", "item:shop#12") in workspace.rows("links", "from_ref", "relation", "to_ref")
    delivered = [row for row in workspace.rows("links", "from_ref", "relation", "to_ref") if row[1] == "delivers"]
    assert len(delivered) == 4


def test_an_export_says_the_same_as_its_repository(workspace, shop):
    """Every fact is the same but for where it came from; the main line has to be said, for an export does not say it."""
    repository, sha = shop
    repository.export(workspace.folder / "c.csv", workspace.folder / "t.csv")
    both = "releases: v*, service: shop"
    workspace.ingest(
        f"one: {{ kind: git, repository: shop.git-clone, {both} }}\n"
        f"two: {{ kind: git, commits: c.csv, tags: t.csv, branch: {sha['E']}, {both} }}"
    )
    for table in ("items", "work", "deployments", "links"):
        columns = [each for each in workspace.store.read(workspace.store.latest(), table).column_names
                   if each not in ("source", "where_from", "known_at", "resource")]  # fmt: skip
        one, two = ([row[1:] for row in workspace.rows(table, "source", *columns) if row[0] == name] for name in ("one", "two"))
        assert one
        assert one == two


def test_the_same_history_again_changes_nothing_and_new_commits_only_add(workspace, shop):
    """A second reading keeps the run; one more commit is one more record, and the released ones are known."""
    repository, _ = shop
    declared = "shop: { kind: git, repository: shop.git-clone, releases: v*, absent: delete }"
    workspace.ingest(declared)
    assert not workspace.ingest(declared).is_new
    repository.commit("More", 10)
    report = workspace.ingest(declared).sources[0]
    assert (report.kept, report.superseded, report.refused, report.deleted) == (1, 0, 0, 0)


def test_a_force_push_takes_out_what_is_gone(workspace, shop):
    """With `absent: delete`, a commit that no branch holds any more is no item any more."""
    repository, sha = shop
    declared = "shop: { kind: git, repository: shop.git-clone, absent: delete }"
    workspace.ingest(declared)
    repository.git("branch", "-D", "open")
    report = workspace.ingest(declared).sources[0]
    assert report.deleted == 1
    assert sha["F"] not in workspace.rows("items", "item")
    assert sha["E"] in workspace.rows("items", "item")


def test_other_forms_of_a_repository_are_read_the_same(tmp_path, shop):
    """A bare clone and a worktree hold the same commits."""
    repository, sha = shop
    repository.git("clone", "-q", "--bare", ".", "../bare.git")
    repository.git("worktree", "add", "-q", "../tree", "feature")
    for name, n_on_main in (("bare.git", 5), ("tree", 3)):
        rows, _ = read(tmp_path, f"repository: {name}")
        commits = [row for row in rows if row["row"] == "commit"]
        assert {row["sha"] for row in commits} == set(sha.values()) - {sha["M"]}
        assert sum(row["lands_at"] is not None for row in commits) == n_on_main


def test_a_shallow_clone_is_told(tmp_path, shop):
    """A clone of depth 1 has one commit that seems to have no parents; it says that it is cut off."""
    repository, sha = shop
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.folder}", "../shallow")
    rows, problems = read(tmp_path, "repository: shallow")
    assert {row["row"]: row["sha"] for row in rows} == {"commit": sha["E"], "fix": sha["E"], "tag": sha["E"]}
    assert [each.code for each in problems] == ["SRC184"]


def test_a_repository_cannot_run_anything(tmp_path, shop):
    """What its configuration would start (a monitor, a pager, a signature check, an alias) is not started."""
    repository, _ = shop
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "gpg.program", "core.sshCommand", "core.alternateRefsCommand", "core.editor"):
        repository.git("config", key, str(trap))
    repository.git("config", "log.showSignature", "true")
    repository.git("config", "alias.log", f"!{trap}")
    rows, _ = read(tmp_path, "repository: shop.git-clone")
    assert len(rows) > 5
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("declaration", "code"),
    [("repository: none", "SRC181"), ("repository: plain", "SRC181"), ("repository: shop.git-clone/sub", "SRC181"),
     ("repository: empty", "SRC185"), ("repository: shop.git-clone\nbranch: nope", "SRC186"),
     ("repository: shop.git-clone\nbranch: --output=x", "SRC186"), ("commits: none.csv", "SRC120"),
     ("commits: plain/t.csv", "SRC188"), ("commits: plain/c.csv\nbranch: v9", "SRC186"), ("commits: plain/h.csv", "SRC185")],
)  # fmt: skip
def test_what_cannot_be_read_is_told(tmp_path, shop, declaration, code):
    """Each has a code of its own, an expectation or a next step, and nothing is committed."""
    repository, _ = shop
    (tmp_path / "plain").mkdir()
    (repository.folder / "sub").mkdir()
    Repository(tmp_path / "empty")
    repository.export(tmp_path / "plain/c.csv", tmp_path / "plain/t.csv")
    (tmp_path / "plain/h.csv").write_text("sha,parents,author_date,commit_date\n")
    with pytest.raises((InputError, OutsideError)) as caught:
        read(tmp_path, declaration)
    assert [each.code for each in caught.value.problems] == [code]
    assert caught.value.problems[0].next_step


def test_git_that_is_missing_or_slow_is_told(tmp_path, shop, monkeypatch):
    """Without git there is a next step; a git that hangs is stopped."""
    monkeypatch.setattr(git_repository, "TIMEOUT_S", 0.2)
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 20\n")
    slow.chmod(0o755)
    for path, code in ((f"{slow.parent}:{os.environ['PATH']}", "SRC183"), (str(tmp_path), "SRC180")):
        monkeypatch.setenv("PATH", path)
        with pytest.raises(OutsideError) as caught:
            read(tmp_path, "repository: shop.git-clone")
        assert caught.value.problems[0].code == code


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_a_repository_of_another_user_is_read_only_when_trusted(tmp_path, shop):
    """git refuses it, and so do we, with the line that would allow it."""
    repository, _ = shop
    for path in (repository.folder, repository.folder / ".git"):
        os.chown(path, 12345, 12345)
    with pytest.raises(InputError) as caught:
        read(tmp_path, "repository: shop.git-clone")
    assert caught.value.problems[0].code == "SRC182"
    assert "trusted: true" in (caught.value.problems[0].next_step or "")
    assert read(tmp_path, "repository: shop.git-clone\ntrusted: true")[0]


def test_dates_that_run_backwards_are_kept_and_told_once(tmp_path):
    """A commit that is dated before its parent makes no stay that ends before it starts."""
    repository = Repository(tmp_path / "skew")
    repository.commit("A", 9)
    repository.commit("B", 5, 4)
    rows, problems = read(tmp_path, "repository: skew")
    assert [(day(row["authored_at"]), day(row["lands_at"]), row["is_rewritten"]) for row in rows] == [
        (9, 9, False),
        (5, 4, False),
    ]
    assert [(each.code, each.what.split()[0], each.severity) for each in problems] == [("SRC187", "1", "warning")]


def test_a_tag_of_a_tag_and_a_tag_of_a_file(tmp_path, shop):
    """A tag of a tag finally names the commit; a tag of a file is read, told, and releases nothing."""
    repository, sha = shop
    repository.git("tag", "-a", "-m", "again", "outer", "v2", authored=11)
    (repository.folder / "file").write_text("x")
    blob = repository.git("hash-object", "-w", "file").strip()
    repository.git("tag", "blob", blob)
    rows, problems = read(tmp_path, "repository: shop.git-clone")
    found = {row["tag"]: row["sha"] for row in rows if row["row"] == "tag"}
    assert (found["outer"], found["blob"]) == (sha["B"], blob)
    assert [each.code for each in problems] == ["SRC189"]


def test_rows_of_an_export_that_are_no_commits_are_refused(tmp_path):
    """A bad hash, a bad date and a second time the same are refused with their line; the rest is read."""
    (tmp_path / "c.csv").write_text(
        "sha,parents,author_date,commit_date\n"
        "aaaaaaa,,2026-01-01T00:00:00Z,2026-01-01T00:00:00Z\n"
        "nothash,,2026-01-01T00:00:00Z,2026-01-01T00:00:00Z\n"
        "bbbbbbb,aaaaaaa,yesterday,2026-01-01T00:00:00Z\n"
        "aaaaaaa,,2026-01-01T00:00:00Z,2026-01-01T00:00:00Z\n"
    )
    rows, problems = read(tmp_path, "commits: c.csv")
    assert [row["sha"] for row in rows] == ["aaaaaaa"]
    assert [(each.code, each.place.line) for each in problems] == [("SRC188", 3), ("SRC188", 4), ("SRC188", 5)]


def test_since_leaves_out_what_landed_before(tmp_path, shop):
    """C was committed on the 3rd and landed on the 5th: since the 5th it is in; A and B are not, and are still ancestors."""
    _, sha = shop
    rows, _ = read(tmp_path, "repository: shop.git-clone\nreleases: v*\nsince: 2026-01-05")
    names = {each: name for name, each in sha.items()}
    assert {names[row["sha"]] for row in rows if row["row"] == "commit"} == {"C", "D", "E", "F"}
