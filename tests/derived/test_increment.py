"""What is derived and summed up from an earlier run is, row by row, what a full run gives."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import astuple
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from measures.given import at, facts_table, organisation, service
from wholeservice import tables
from wholeservice.app import derived_store, incremental
from wholeservice.derived import DERIVED, changed, increment
from wholeservice.derived.funnel_rules import add_funnel_rules
from wholeservice.derived.journeys import journeys_table
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.engines.with_views import WithViews
from wholeservice.organisation.graph import Organisation

N_WORLDS = int(os.environ.get("WHOLESERVICE_WORLDS", "1"))
PEOPLE = ("ann", "bo", "cy", "di", "ed", None)
REFS = ("consumer:ann", "consumer:bo", "account:cy", "account:di", "consumer:cookie")
ROUNDED = ("satisfaction", "success", "response-time")
START = at("2026-01-05 09:00")
EVENTS = (tables.INTERACTIONS, tables.ANSWERS, tables.CALLS, tables.LINKS)
AFTER = (0, 60, 1700, 1801, 86_400, 20 * 86_400, 33 * 86_400, 33 * 86_400 + 1795)  # seconds after the start
KNOWN = Organisation(
    name="the organisation", purpose="", north_star="", edges=(), needs=(), aliases={"the-shop": "shop"}, hash="-",
    entities=organisation(
        service("shop", "find pay"), service("desk", "ask get", fields={"funnel": {"order": "any", "within": 1800.0}}),
        service("till", kind="part"),
    ).entities,
)  # fmt: skip

FACTS: dict[str, dict[str, tuple[Any, ...]]] = {
    "interactions": {
        "happened_at": AFTER, "consumer": PEOPLE, "attempt": ("x", "y", None, None, None), "visit": ("v", None),
        "service": ("shop", "The-Shop", "desk", "nowhere"), "step": ("find", "pay", "ask", "get", None),
        "channel": ("web", "App", None), "segment": ("Guest", None), "device": ("Phone", "laptop", None),
        "outcome": ("failed", "done", None, None), "environment": ("test", *[None] * 9),
    },
    "answers": {
        "asked_at": AFTER, "consumer": PEOPLE, "service": ("shop", "desk"), "score": (1.0, 3.0, 5.0), "scale_min": (1.0,),
        "device": ("phone", None),
        "scale_max": (5.0,), "weight": (None, 2.0),
    },
    "calls": {
        "started_at": AFTER, "trace": ("x", "t1", "t2", "t3", "t4"), "span": ("1", "2"), "parent": ("1", None),
        "service": ("till", "shop"), "step": ("pay", None), "failed": (True, False), "weight": (None, 3.0),
        "duration_s": (0.1, 0.25, 7.0, None),
    },
    "links": {"from_ref": REFS, "relation": ("same-as",), "to_ref": REFS},
}  # fmt: skip
INEXACT = {"answers": {"scale_max": (5.0, 7.0), "weight": (0.3, None)}, "calls": {"weight": (0.7, None)}}
N_AT_ONCE = {"interactions": 60, "answers": 15, "calls": 20, "links": 2}


def drawn(chance: Random, n_first: int, *, is_exact: bool) -> dict[str, Any]:
    """Draw what one ingest says: record -> row of each table; and which records are gone."""
    said = []
    for name, columns in FACTS.items():
        values = columns if is_exact else columns | INEXACT.get(name, {})
        n = max(1, N_AT_ONCE[name] // n_first)
        said.append([(chance.randrange(120), {each: chance.choice(some) for each, some in values.items()}) for _ in range(n)])
    return {"is_exact": is_exact, "said": said, "gone": {chance.randrange(120) for _ in range(3 if n_first > 1 else 0)}}


class World:
    """What sources say, record by record, and the files of each run: those whose rows all stay are not touched."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.number = folder, 0
        self.parts: dict[str, list[tuple[str, dict[int, dict[str, Any]]]]] = {name: [] for name in FACTS}

    def ingest(self, drawn: dict[str, Any]) -> dict[str, list[str]]:
        """Take out what is gone or said anew, put in what is said; return the files."""
        self.number += 1
        for name, said in zip(FACTS, drawn["said"], strict=True):
            rows = {number: dated(row) for number, row in said}
            leaving = set(rows) | drawn["gone"]
            self.parts[name] = [self._without(name, path, kept, leaving) for path, kept in self.parts[name]]
            if rows:
                self.parts[name].append((self._write(name, rows), rows))
        return {name: [path for path, kept in parts if kept] for name, parts in self.parts.items() if any(k for _, k in parts)}

    def _without(self, name: str, path: str, rows: dict[int, dict[str, Any]], leaving: set[int]) -> Any:
        stays = {number: row for number, row in rows.items() if number not in leaving}
        return (path, rows) if len(stays) == len(rows) else (self._write(name, stays), stays)

    def _write(self, name: str, rows: dict[int, dict[str, Any]]) -> str:
        path = self.folder / f"{name}-{self.number}-{len(list(self.folder.iterdir()))}.parquet"
        for number, row in rows.items():
            row.setdefault("record", f"r{number:02}")
            row.setdefault("known_at", START + dt.timedelta(days=400, seconds=self.number))
            row.setdefault("digest", str(hash(tuple(sorted(map(str, row.items()))))))
        pq.write_table(facts_table(tables.BY_NAME[name], rows.values()), path)
        return str(path)


def dated(row: dict[str, Any]) -> dict[str, Any]:
    return {name: START + dt.timedelta(seconds=value) if name.endswith("_at") else value for name, value in row.items()}


def made(files: dict[str, list[str]], kept: derived_store.Kept | None) -> incremental.Made | None:
    engine = DuckdbEngine()
    for name, paths in files.items():
        engine.add(name, paths)
    if kept is None:
        return incremental.make_in_full(engine, KNOWN, "Europe/London")
    return incremental.make_again(engine, KNOWN, "Europe/London", kept, files)


def rows_of(one: incremental.Made, name: str) -> list[str]:
    rows: pa.Table = one.engine.run(one.engine.table(name))
    return sorted(str(sorted(row.items())) for row in rows.to_pylist())


def different(one: Any, other: Any, *, is_exact: bool) -> list[Any]:
    """Cells whose sums differ. Weights that no binary number holds are rounded by the order in which an engine adds them."""
    cells = {(name, cell, source) for sums in (one, other) for name, by in sums.items() for cell in by for source in by[cell]}
    found = []
    for name, cell, source in cells:
        a, b = (sums.get(name, {}).get(cell, {}).get(source) for sums in (one, other))
        may_round = a and b and name in ROUNDED and not is_exact
        if a != b and not (may_round and astuple(a)[:10] == pytest.approx(astuple(b)[:10], rel=1e-12)):
            found.append((name, cell, source, a, b))
    return found


def save(
    folder: Path, number: int, files: dict[str, list[str]], one: incremental.Made, kept: derived_store.Kept | None
) -> None:
    about = {"key": "k", "number": number, "files": files}
    derived_store.save(folder, str(number), about, incremental.pieces_of(one, kept))


@pytest.mark.parametrize("seed", range(N_WORLDS))
def test_an_increment_is_a_full_run(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Whatever comes, is revised, deleted or linked, every derived row and every sum is that of a full run, to the last bit.

    WHOLESERVICE_WORLDS=50 tries fifty worlds.
    """
    (tmp_path / "facts").mkdir()
    monkeypatch.setattr(changed, "MOST", 1e9)
    chance = Random(seed)
    steps = [drawn(chance, n, is_exact=place < 2) for place, n in enumerate((1, 10, 10))]
    assert check_steps(World(tmp_path / "facts"), tmp_path / "derived", steps) > 0


def check_steps(world: World, derived: Path, steps: list[dict[str, Any]]) -> int:
    """Check each step against a full run; return how many were made from what was kept."""
    n_again = 0
    files = world.ingest(steps[0])
    first = made(files, None)
    assert first is not None
    save(derived, 1, files, first, None)
    for number, each in enumerate(steps[1:], start=2):
        files = world.ingest(each)
        full = made(files, None)
        assert full is not None
        with derived_store.borrowed(derived, "k", number) as kept:
            assert kept is not None
            again = made(files, kept)
            if again is not None:
                n_again += 1
                for table in DERIVED:
                    assert rows_of(again, table.name) == rows_of(full, table.name), table.name
                assert different(again.sums, full.sums, is_exact=each["is_exact"]) == []
            save(derived, number, files, again or full, kept if again else None)
    return n_again


class Looked(Exception):
    """What changed was looked for."""


@pytest.mark.parametrize(("by", "looks"), [("consumer", False), ("attempt", True)])
def test_where_people_are_followed_all_is_derived_again(by: str, looks: bool, monkeypatch: pytest.MonkeyPatch):
    """A new attempt changes what an untouched one of the same person reached: an increment does not even look."""

    def look(*_: Any) -> None:
        raise Looked

    monkeypatch.setattr(changed, "add_files", look)
    known = organisation(service("shop", "find pay", fields={"funnel": {"by": by}}), service("desk", "ask get"))
    engine = WithViews(DuckdbEngine())
    add_funnel_rules(engine, known, journeys_table(known))
    if looks:
        with pytest.raises(Looked):
            increment.advance(engine, {}, {})
    else:
        assert increment.advance(engine, {}, {}) is None
