"""What fuzzing does to a sound file or declaration, and what it holds ingest to."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from survival.seeds import Seed
from wholeservice.documents import parse
from wholeservice.errors import Problem, WholeserviceError
from wholeservice.facts import ingest
from wholeservice.facts.store import Store
from wholeservice.sources.base import Batch, Context

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
TOKENS = [
    b"\0", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r", b"\n", b'"', b"'", b"<", b"&", b"\\ud800", b"NaN",
    b"-Infinity", b"1e999", b"9" * 400, b"9" * 5000, b"-1", b"0000-00-00", b"9999-12-31T23:59:59Z", b"2026-02-30",
    b"1" + b"0" * 30, b"[" * 300, b'{"a":' * 300, b"<a>" * 300, b"null", b"true", b"{}", b"[]", b"&a [*a]", b"\xe2\x80\xae",
    b"x" * 3000, b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"=1+1", b"${X}", b"%00", b"../", b"--upload-pack=x", b"; DROP TABLE a;",
]  # fmt: skip
_FRACTION = st.floats(0, 1, exclude_max=True)
CHANGES = st.one_of(
    st.tuples(st.just("flip"), _FRACTION, st.integers(0, 255)),
    st.tuples(st.just("cut"), _FRACTION, st.just(0)),
    st.tuples(st.just("drop"), _FRACTION, st.integers(1, 200)),
    st.tuples(st.just("double"), _FRACTION, st.integers(1, 400)),
    st.tuples(st.just("put"), _FRACTION, st.sampled_from(range(len(TOKENS)))),
    st.tuples(st.just("number"), _FRACTION, st.sampled_from(range(len(TOKENS)))),
)
MUTATIONS = st.lists(CHANGES, min_size=1, max_size=4)
VALUES = st.one_of(
    st.sampled_from(["", "x", "true", "false", "*", "[", "a.csv", "-1", "0", "1e999", "NaN", "2026-13-01", "9" * 30, "x" * 3000,
                     "{id}", "{", "}{", "{id", "utf-16", "\u202e", "é", "no such", "%s", "id", "day", "1h", "99999999999d"]),
    st.none(), st.integers(), st.booleans(), st.text(max_size=8),
)  # fmt: skip
TREES = st.recursive(
    VALUES, lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=6), each, max_size=3), max_leaves=6
)


def mutated(content: bytes, changes: list[tuple[str, float, int]]) -> bytes:
    """Return a file with these changes made to its bytes."""
    for what, where, n in changes:
        at = int(where * len(content))
        if what == "flip" and content:
            content = content[:at] + bytes([content[at] ^ (n or 1)]) + content[at + 1 :]
        elif what == "cut":
            content = content[:at]
        elif what == "drop":
            content = content[:at] + content[at + n :]
        elif what == "double":
            content = content[:at] + content[at : at + n] * 2 + content[at + n :]
        elif what == "put":
            content = content[:at] + TOKENS[n] + content[at:]
        else:
            numbers = list(re.finditer(rb"\d+", content))
            if numbers:
                found = numbers[int(where * len(numbers))]
                content = content[: found.start()] + TOKENS[n] + content[found.end() :]
    return content


def changed(seed: Seed, changes: list[tuple[str, float, int]], *, which: float, inside: bool) -> dict[str, bytes]:
    """Return the files of a seed, one of them changed: a packed one as it lies there, or *inside*."""
    files = dict(seed.files)
    name = sorted(files)[int(which * len(files))]
    is_packed = inside and name.endswith(".gz")
    content = mutated(gzip.decompress(files[name]) if is_packed else files[name], changes)
    files[name] = gzip.compress(content, mtime=0) if is_packed else content
    return files


def hold(folder: Path, declaration: Mapping[str, Any], files: Mapping[str, bytes]) -> ingest.SourceReport | None:
    """Ingest this twice: only problems for people, every raw row accounted for, what was read is known; the last report."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    root, problems = parse(json.dumps({"a": declaration}), "wholeservice.yaml")
    declared, own = ingest.load(root, {}, "UTC")
    _for_people([*problems, *own])
    context = Context(folder)
    _for_people(ingest.check(declared, context))
    if not declared or any(each.severity == "error" for each in own):
        return None
    n_raw = _n_raw(declared[0], context)
    for turn in range(2):
        store = Store(folder / "store")
        report = ingest.ingest(declared, store, context, NOW, guards=lambda source: None)
        (found,) = report.sources
        _for_people([*found.problems])
        assert all(each.what and each.code for each in found.reasons)
        assert found.kept + found.known + found.superseded + found.refused == found.read
        if found.is_read and declaration.get("follow") is None:
            assert found.read + found.left_out == n_raw, (found, n_raw)
            assert not turn or found.kept == found.superseded == 0, found
    return found


def _n_raw(declared: ingest.Declared, context: Context) -> int | None:
    """Count the raw rows that a source gives by itself; None when it cannot be read."""
    n = 0
    try:
        for raw in declared.source.read(declared.options, context, None):
            if isinstance(raw, Batch):
                assert all(len(column) == len(raw.numbers) for column in raw.columns)
                n += len(raw.numbers)
            elif isinstance(raw, Problem):
                _for_people([raw])
                n += raw.severity == "error"
    except WholeserviceError as error:
        _for_people([*error.problems])
        return None
    return n


def _for_people(problems: list[Problem]) -> None:
    for each in problems:
        assert each.code
        assert each.what.strip()
        assert each.next_step or each.expected or each.severity == "warning" or each.nearest, each
        str(each.place).encode()
        each.what.encode()
