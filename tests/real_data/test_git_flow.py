"""The histories of three real repositories: what landed and was released when, against figures found another way."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import itertools
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

from ingested import Workspace

RELEASES = {
    "alphagov+spotlight": '["release_*", "!release_*_*"]',
    "alphagov+govuk-docker": '["release_*"]',
    "pyrra-dev+pyrra": '["v*", "!*-rc*"]',
}
Row = dict[str, str]


def declared(folder: Path, name: str) -> str:
    path = folder / "git-flow" / name
    return (f"history: {{ kind: git, commits: {path}.commits.csv.gz, tags: {path}.tags.csv.gz, service: it, "
            f"releases: {RELEASES[name]}, absent: delete }}")  # fmt: skip


def table(folder: Path, name: str) -> list[Row]:
    with gzip.open(folder / "git-flow" / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_release(name: str, tag: str) -> bool:
    return "-rc" not in tag if name == "pyrra-dev+pyrra" else tag.count("_") == 1 and tag.startswith("release_")


def slow_ancestors(commits: list[Row]) -> tuple[dict[str, int], dict[str, int]]:
    """Return for each commit its bit, and the bits of all its ancestors and itself; parents first, by counting down."""
    bit = {row["sha"]: 1 << i for i, row in enumerate(commits)}
    children: dict[str, list[str]] = {}
    waiting = {row["sha"]: len(row["parents"].split()) for row in commits}
    parents = {row["sha"]: row["parents"].split() for row in commits}
    for sha, above in parents.items():
        for each in above:
            children.setdefault(each, []).append(sha)
    ready, found = [sha for sha, n in waiting.items() if n == 0], {}
    while ready:
        sha = ready.pop()
        found[sha] = bit[sha]
        for each in parents[sha]:
            found[sha] |= found[each]
        for child in children.get(sha, ()):
            waiting[child] -= 1
            ready += [child] if waiting[child] == 0 else []
    return bit, found


def slow_releases(name: str, commits: list[Row], tags: list[Row]) -> dict[str, Row]:
    """Return the release that had each commit first: tags by date, each taking what no earlier one had."""
    bit, ancestors = slow_ancestors(commits)
    found, seen = {}, 0
    releases = [tag for tag in tags if is_release(name, tag["tag"])]
    for tag in sorted(releases, key=lambda tag: (moment(tag["created"]), tag["tag"])):
        new, seen = ancestors[tag["target"]] & ~seen, seen | ancestors[tag["target"]]
        found |= {sha: tag for sha in bit if bit[sha] & new}
    return found


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


@pytest.mark.parametrize("name", RELEASES)
def test_every_commit_is_released_when_the_first_tag_has_it(workspace: Workspace, real_data: Path, name: str):
    """For each commit, the first release by date whose ancestors have it, found with sets of all ancestors."""
    report = workspace.ingest(declared(real_data, name)).sources[0]
    commits, tags = table(real_data, f"{name}.commits"), table(real_data, f"{name}.tags")
    n_fixes = workspace.rows("links", "relation").count("fixes")
    assert report.read + report.left_out == len(commits) + len(tags) + n_fixes
    assert (report.refused, report.kept + report.known) == (0, report.read)
    expected = slow_releases(name, commits, tags)
    merges = {row["sha"] for row in commits if " " in row["parents"]}
    delivered = {to.partition(":")[2]: from_.partition("/")[2] for from_, relation, to
                 in workspace.rows("links", "from_ref", "relation", "to_ref") if relation == "delivers"}  # fmt: skip
    assert delivered == {sha: tag["tag"] for sha, tag in expected.items() if sha not in merges}
    assert len(workspace.rows("items", "item")) == len(commits) - len(merges)


def test_spotlight_has_its_releases_merges_and_waits(workspace: Workspace, real_data: Path):
    """908 releases, 141/646/76/30/15 a year by the dates of tags; 1 160 merges are no work; dates run backwards in places."""
    report = workspace.ingest(declared(real_data, "alphagov+spotlight"))
    released = workspace.rows("deployments", "deployed_at")
    assert len(released) == 908
    assert Counter(each.year for each in released) == {2013: 141, 2014: 646, 2015: 76, 2016: 30, 2017: 15}
    assert report.sources[0].left_out == 1160
    assert len(workspace.rows("items", "item")) == 4999 - 1160
    assert sorted(each.code for each in report.problems) == ["SRC186", "SRC187"]
    numbered = {int(tag.rpartition("_")[2]): at for tag, at in workspace.rows("deployments", "version", "deployed_at")}
    in_order = [numbered[n] for n in sorted(numbered)]
    assert sum(later < earlier for earlier, later in itertools.pairwise(in_order)) > 0
    assert {each.year for n, each in numbered.items() if n == 1} == {2017}, "release_1 is not the first release"


def test_spotlight_lands_with_its_merges(workspace: Workspace, real_data: Path):
    """What landed, when, and how long it waited for a release, against sets of all ancestors of each merge."""
    workspace.ingest(declared(real_data, "alphagov+spotlight"))
    commits = table(real_data, "alphagov+spotlight.commits")
    by_sha = {row["sha"]: row for row in commits}
    bit, ancestors = slow_ancestors(commits)
    line, sha = [], "e3a5306310846b135951724c72ba307b3f60dcdb"
    while sha:
        line.append(sha)
        sha = (by_sha[sha]["parents"].split() or [""])[0]
    expected, seen = {}, 0
    for each in reversed(line):
        new, seen = ancestors[each] & ~seen, seen | ancestors[each]
        expected |= {sha: moment(by_sha[each]["commit_date"]) for sha in bit if bit[sha] & new}
    items = dict(workspace.rows("items", "item", "done_at"))
    assert {sha: at for sha, at in items.items() if at is not None} == {sha: at for sha, at in expected.items() if sha in items}
    assert len(line) == 1068
    assert sum(at is None for at in items.values()) > 500
    released = slow_releases("alphagov+spotlight", commits, table(real_data, "alphagov+spotlight.tags"))
    pairs = {sha: (expected[sha], moment(released[sha]["created"])) for sha in items if sha in expected and sha in released}
    waits = [
        end - start for stage, start, end in workspace.rows("work", "stage", "from_at", "to_at") if stage == "release" and end
    ]
    assert sorted(waits) == sorted(end - start for start, end in pairs.values() if end > start)
    assert median(waits) == dt.timedelta(minutes=2, seconds=9), "its server tags what lands"


def test_the_same_history_again_changes_nothing(workspace: Workspace, real_data: Path):
    """Twice the same is one run, and every row is known."""
    name = "pyrra-dev+pyrra"
    first = workspace.ingest(declared(real_data, name))
    again = workspace.ingest(declared(real_data, name))
    assert first.is_new
    assert not again.is_new
    assert again.sources[0].known == again.sources[0].read == first.sources[0].read
