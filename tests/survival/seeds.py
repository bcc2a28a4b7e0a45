"""Sound files of every kind of source, with their declarations: what fuzzing starts from. A new source adds its own here."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sources import test_compose, test_git, test_ocel
from sources.test_cloudevents import cdevent
from sources.test_cloudevents import event as cloud_event
from sources.test_table import workbook
from sources.xes_logs import ONE, event, log, trace
from survival.seeds_exports import exports


@dataclass(frozen=True, slots=True)
class Seed:
    """A declaration of one source, without its name, and the files that it reads."""

    kind: str
    name: str
    declaration: Mapping[str, object]
    files: Mapping[str, bytes] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


ROWS = [("1", "2026-03-01", "10:00", "1,200.50", "stay", "a;b", "7"), ("2", "2026-03-02", "", "-", "shop", "", "8")]
NAMES = ("id", "day", "time", "amount", "service", "tags", "2026-01")
CSV = "\n".join(",".join(f'"{cell}"' for cell in row) for row in (NAMES, *ROWS)) + "\n"
FACTS = [
    {"item": {"item": "{id}", "service": "{service}", "created_at": {"column": "day", "format": "%Y-%m-%d"},
              "kind": "request"}},
    {"tally": {"entity": "{service}", "of": "visits", "statistic": "count", "value": "{2026-01}", "window": "calendar",
               "from_at": "2026-01-01", "to_at": "2026-02-01"}},
]  # fmt: skip


def _table(name: str, content: str | bytes, **options: object) -> Seed:
    inner = content.encode() if isinstance(content, str) else content
    declaration = {"kind": "table", "file": name, "record": ["id"], "absent": "delete", "facts": FACTS, **options}
    return Seed("table", name, declaration, {name: inner})


def _zipped(name: str, content: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def _parquet() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    columns = dict(zip(NAMES, (pa.array(cells) for cells in zip(*ROWS, strict=True)), strict=True))
    pq.write_table(pa.table({**columns, "n": pa.array([1, None]), "inner": pa.array([{"x": 1}, None])}), out)
    return out.getvalue()


def _tables() -> list[Seed]:
    objects = [dict(zip(NAMES, row, strict=True)) | {"inner": {"x": [1, {"y": 2.5}]}} for row in ROWS]
    return [
        _table("a.csv", CSV),
        _table("a.tsv", CSV.replace('","', '"\t"')),
        _table("a.csv.gz", gzip.compress(CSV.encode(), mtime=0)),
        _table("a.csv.zip", _zipped("a.csv", CSV)),
        _table("a.json", json.dumps({"rows": objects, "total": 2}), rows="rows[]"),
        _table("a.jsonl", "".join(json.dumps(each) + "\n" for each in objects)),
        _table("a.yaml", "- &a { id: 1, day: 2026-03-01, service: stay, 2026-01: 7 }\n- { <<: *a, id: 2, tags: [x, y] }\n"),
        _table("a.parquet", _parquet()),
        _table("a.xlsx", workbook({"One": [list(NAMES)[:5], *(list(row)[:5] for row in ROWS)]}), facts=FACTS[:1]),
    ]


def _database_file(script: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        with closing(sqlite3.connect(path)) as database:
            database.executescript(script)
        return path.read_bytes()


SHOP = """
CREATE TABLE orders (id INTEGER PRIMARY KEY, service TEXT, changed_at TIMESTAMP, amount REAL, note BLOB);
INSERT INTO orders VALUES (1, 'stay', '2026-03-01 10:00:00', 10.5, 'x'), (2, 'shop', '2026-03-02 10:00:00', NULL, x'ff00'),
                          (3, 'stay', '2026-03-03 10:00:00', 1e300, NULL);
"""
ITEM = {"item": {"item": "{id}", "service": "{service}", "created_at": "{changed_at}", "kind": "request"}}


def _databases() -> list[Seed]:
    declaration = {"kind": "database", "url": "sqlite:///a.db", "record": ["id"], "facts": [ITEM]}
    files = {"a.db": _database_file(SHOP)}
    return [
        Seed("database", "table", {**declaration, "table": "orders", "follow": "id"}, files),
        Seed(
            "database", "query", {**declaration, "query": "SELECT * FROM orders WHERE id < :n", "parameters": {"n": 9}}, files
        ),
    ]


def _git() -> list[Seed]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repository = test_git.Repository(folder / "shop")
        for day in (1, 2, 3):
            repository.commit(f"Fixes #{day}", day)
        repository.git("tag", "-a", "-m", "one", "v1", authored=4)
        repository.export(folder / "commits.csv", folder / "tags.csv")
        export = {each: (folder / each).read_bytes() for each in ("commits.csv", "tags.csv")}
        paths = [path for path in (folder / "shop").rglob("*") if path.is_file() and "hooks" not in path.parts]
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    declaration = {"kind": "git", "service": "shop", "releases": ["v*"]}
    return [
        Seed("git", "export", {**declaration, "commits": "commits.csv", "tags": "tags.csv"}, export),
        Seed("git", "repository", {**declaration, "repository": "shop"}, files),
    ]


def _logs() -> list[Seed]:
    two = log(trace("A", event("look"), event("pay", lifecycle_transition="start")), trace("B", event("look"))).encode()
    ocel = json.dumps(test_ocel.SMALL).encode()
    return [
        Seed("xes", "plain", {"kind": "xes", "file": "a.xes"}, {"a.xes": two}),
        Seed("xes", "gz", {"kind": "xes", "file": "a.xes.gz"}, {"a.xes.gz": gzip.compress(ONE.encode(), mtime=0)}),
        Seed("ocel", "json", {"kind": "ocel", "file": "a.json"}, {"a.json": ocel}),
        Seed("ocel", "sqlite", {"kind": "ocel", "file": "a.sqlite"}, {"a.sqlite": _database_file(test_ocel.SCRIPT)}),
    ]


def _others() -> list[Seed]:
    events = [cloud_event(subject="order-1"), cloud_event(id="2", data={"a": [1]}), cdevent("service.deployed", "shop"),
              cdevent("incident.detected", "i-1")]  # fmt: skip
    lines, whole = "".join(json.dumps(each) + "\n" for each in events), json.dumps(events)
    compose = {"compose.yml": test_compose.SHOP.encode()}
    return [
        Seed("cloudevents", "lines", {"kind": "cloudevents", "file": "a.jsonl"}, {"a.jsonl": lines.encode()}),
        Seed("cloudevents", "list", {"kind": "cloudevents", "file": "a.json"}, {"a.json": whole.encode()}),
        Seed("compose", "file", {"kind": "compose", "file": "compose.yml", "urls": "true", "project": "shop"}, compose),
    ]


@cache
def seeds() -> tuple[Seed, ...]:
    """Return all of them."""
    return (*_tables(), *_databases(), *_git(), *_logs(), *_others(), *(Seed(*each) for each in exports()))
