"""What landed and was released when, by the slow definition; and exports that are damaged."""

from __future__ import annotations

import datetime as dt

import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

from wholeservice.documents import parse
from wholeservice.errors import InputError, Problem
from wholeservice.sources import git
from wholeservice.sources.base import Batch, Context
from wholeservice.sources.git_history import Commit, Tag, first_releases, guess_tip, landings


def test_an_export_with_many_heads_takes_the_line_with_most_merges():
    """A trial merge of a server is no head; what it was tried on is, and the open branch on top of it is not."""
    trial = "Merge " + "c" * 40 + " into " + "b" * 40
    made = [("a", (), "A"), ("x", ("a",), "X"), ("b", ("a", "x"), "Merge x"), ("c", ("b",), "open"), ("t", ("b", "c"), trial)]
    commits = {sha: commit(sha, parents, subject) for sha, parents, subject in made}
    assert guess_tip(commits) == ("b", True)


def commit(sha: str, parents: tuple[str, ...], subject: str = "", day: int = 1) -> Commit:
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=day)
    return Commit(sha, parents, moment, moment, None, None, subject, 1)


@st.composite
def histories(draw):
    """Histories with merges of any number of parents, in any order of dates, with tags; a parent may be missing."""
    n = draw(st.integers(1, 14))
    commits = {}
    for i in range(n):
        parents = draw(st.lists(st.integers(0, max(0, i - 1)), max_size=3, unique=True)) if i else []
        lost = ("gone",) if draw(st.integers(0, 9)) == 0 else ()
        sha = f"{i:07x}"
        commits[sha] = commit(sha, tuple(f"{p:07x}" for p in parents) + lost, day=draw(st.integers(0, 9)))
    tags = [Tag(f"t{i}", "tag", f"{draw(st.integers(0, n)):07x}", commit("", (), day=draw(st.integers(0, 9))).authored_at, i)
            for i in range(draw(st.integers(0, 4)))]  # fmt: skip
    return commits, tags


def ancestors(commits, sha):
    """The commits that can be reached, found the slow way."""
    found, before = {sha} & commits.keys(), None
    while found != before:
        before = found
        found = found | {parent for each in found for parent in commits[each].parents if parent in commits}
    return found


@given(histories())
def test_landings_and_releases_are_those_of_the_slow_definition(history):
    """A commit lands with the oldest commit of the main line, and is out with the oldest tag, that has it as an ancestor."""
    commits, tags = history
    tip, _ = guess_tip(commits)
    line = [tip]
    while commits[line[-1]].parents and commits[line[-1]].parents[0] in commits:
        line.append(commits[line[-1]].parents[0])
    slow = {sha: next((each for each in reversed(line) if sha in ancestors(commits, each)), None) for sha in commits}
    assert landings(commits, tip) == {sha: each for sha, each in slow.items() if each is not None}
    by_date = sorted(tags, key=lambda tag: (tag.tagged_at, tag.name))
    first = {sha: next((tag for tag in by_date if sha in ancestors(commits, tag.sha)), None) for sha in commits}
    assert first_releases(commits, tags) == {sha: tag for sha, tag in first.items() if tag is not None}


SOUND = b"sha,parents,author_date,commit_date,author_hash,committer_hash,subject\n" + b"".join(
    b"%07x,%s,2026-01-0%dT00:00:00Z,2026-01-0%dT00:00:00+01:00,ab,cd,fixes #%d\n"
    % (i, b"%07x" % (i - 1) if i else b"", i + 1, i + 1, i)
    for i in range(8)
)


BYTES = st.integers(0, 255).filter(lambda byte: byte not in b'"\r\n')  # these join or part rows, and are tested for tables


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), BYTES), max_size=8), st.integers(0, len(SOUND)))
def test_a_damaged_export_loses_no_row_in_silence(tmp_path_factory, changes, end):
    """Whatever bytes change or are cut off: each line is a row or refused, or the file is; never a traceback."""
    content = bytearray(SOUND)
    for at, byte in changes:
        content[at] = content[at] if content[at] == ord("\n") else byte
    content = content[:end]
    folder = tmp_path_factory.mktemp("git")
    (folder / "c.csv").write_bytes(bytes(content))
    node, _ = parse("{commits: c.csv, service: x}", "wholeservice.yaml")
    try:
        found = list(git.read(git.load(node)[0], Context(folder)))
    except InputError as error:
        found = list(error.problems)
    batches, problems = ([each for each in found if isinstance(each, kind)] for kind in (Batch, Problem))
    assert all(each.code.startswith("SRC") for each in problems)
    n_read = sum(pc.sum(pc.not_equal(each.columns[0], "fix")).as_py() for each in batches)
    n_refused = sum(each.severity == "error" for each in problems)
    assert n_read + n_refused == content.strip(b"\n").count(b"\n") if batches else n_refused
