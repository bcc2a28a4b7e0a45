"""Dangerous input, each with what it may cost: read in a process of its own, whose time and greatest memory are measured.

python bounds.py FOLDER [NAME ...]        prints a table of what each cost and what became of it
"""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

TABLE = {"kind": "table", "record": ["id"], "facts": [{"sighting": {"kind": "service", "name": "{id}"}}]}
MB = 2**20


@dataclass(frozen=True, slots=True)
class Danger:
    """Input that a bound keeps off: *make* writes it into a folder; *codes* may be said of it, none when it is read."""

    name: str
    make: Callable[[Path], None]
    declaration: dict[str, object]
    codes: tuple[str, ...]
    max_mb: int = 400
    max_s: float = 20
    is_long: bool = False  # too long for every run of the tests


def _file(name: str, content: bytes | Callable[[], Iterator[bytes]]) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        with (folder / name).open("wb") as out:
            for block in [content] if isinstance(content, bytes) else content():
                out.write(block)

    return make


def _bomb_gz(n_bytes: int) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        one = gzip.compress((b"x" * 8191 + b"\n") * 2**11)  # a gzip file may have many members, one after the other
        (folder / "a.csv.gz").write_bytes(gzip.compress(b"id\n") + one * (n_bytes // 2**24))

    return make


def _bomb_zip(n_bytes: int) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        with (
            zipfile.ZipFile(folder / "a.csv.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            archive.open("a.csv", "w", force_zip64=True) as out,
        ):
            out.write(b"id\n")
            for _ in range(n_bytes // 2**24):
                out.write((b"x" * 8191 + b"\n") * 2**11)

    return make


def _nested_zip(folder: Path) -> None:
    content, name = b"id\n" + b"1\n" * 10**6, "a.csv"
    for depth in range(6):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for n in range(16 if depth else 1):
                archive.writestr(f"{n}{name}", content)
        content, name = out.getvalue(), "a.zip"
    (folder / "a.csv.zip").write_bytes(content)


def _sparse(name: str, n_bytes: int, start: bytes) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / name).write_bytes(start)
        os.truncate(folder / name, n_bytes)

    return make


def _xlsx_bomb(folder: Path) -> None:
    from sources.test_table import workbook

    sound = workbook({"One": [["id"], ["1"]]})
    with zipfile.ZipFile(io.BytesIO(sound)) as old, zipfile.ZipFile(folder / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != "xl/s1.xml":
                new.writestr(name, old.read(name))
        with new.open("xl/s1.xml", "w", force_zip64=True) as sheet:
            sheet.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            for row in range(1, 400):
                sheet.write(
                    f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>'.encode() + b"x" * 2**22 + b"</t></is></c></row>"
                )
            sheet.write(b"</sheetData></worksheet>")


def _lying_parquet(folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"id": ["a"] * 1000}), folder / "a.parquet", compression="none", use_dictionary=False)
    content = bytearray((folder / "a.parquet").read_bytes())
    at = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    found = content.find(b"\xd0\x0f", at)  # 1000 rows, as a zigzag varint
    while found >= 0:
        content[found : found + 2] = b"\xfe\x7f"
        found = content.find(b"\xd0\x0f", found + 2)
    (folder / "a.parquet").write_bytes(content)


def _broken_database(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "a.db")) as database:
        database.execute("CREATE TABLE a (id TEXT)")
        database.executemany("INSERT INTO a VALUES (?)", [(f"{n:0500}",) for n in range(5000)])
        database.commit()
    content = bytearray((folder / "a.db").read_bytes())
    content[40_000:400_000] = os.urandom(360_000)
    (folder / "a.db").write_bytes(content)


def _loop_of_links(folder: Path) -> None:
    (folder / "in").mkdir()
    (folder / "in" / "again").symlink_to(folder / "in")
    (folder / "in" / "round.csv").symlink_to("round.csv")
    (folder / "in" / "a.csv").write_text("id\n1\n")


LAUGHS = '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11)
) + ']><log><trace><string key="concept:name" value="&a10;"/></trace></log>'  # fmt: skip
QUADRATIC = (
    '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "'
    + "x" * 100_000
    + '">]><log><string key="a" value="'
    + "&a;" * 100_000
    + '"/></log>'
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a SYSTEM "file:///etc/passwd">]><log><string key="a" value="&a;"/></log>'
)
YAML_LAUGHS = (
    "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)) + "rows: *a11\n"
)
YAML_DEEP = b"[" * 100_000
MANY_KEYS = b'<log><trace><string key="concept:name" value="A"/><event>' + b"".join(
    b'<string key="k%d" value="v"/>' % n for n in range(10**6)
) + b'<date key="time:timestamp" value="2026-01-01T00:00:00Z"/></event></trace></log>'  # fmt: skip
DATABASE = {**TABLE, "kind": "database", "url": "sqlite:///a.db", "table": "a"}
JSON = {**TABLE, "file": "a.json"}
XES, YAML = {"kind": "xes", "file": "a.xes"}, {**TABLE, "file": "a.yaml"}
SEATS = b'{"a":' * 100_000

BROKEN = ("SRC125", "SRC122", "SRC124")
CSV, LINES = {**TABLE, "file": "a.csv"}, {**TABLE, "file": "a.jsonl"}
DANGERS = (
    Danger("10 GB of rows in 13 MB (gz)", _bomb_gz(10 * 2**30), {**TABLE, "file": "a.csv.gz"}, ("SRC125",), 700, 120, True),
    Danger("4 GB of rows in 4 MB (zip)", _bomb_zip(4 * 2**30), {**TABLE, "file": "a.csv.zip"}, ("SRC125",), 700, 120, True),
    Danger("zip in zip in zip ... 16 each", _nested_zip, {**TABLE, "file": "a.csv.zip"}, ("SRC122", "SRC129", "SRC123")),
    Danger("workbook that unfolds into 1.6 GB", _xlsx_bomb, {**TABLE, "file": "a.xlsx"}, ("SRC125",)),
    Danger("billion laughs (XML)", _file("a.xes", LAUGHS.encode()), XES, ("SRC160",)),
    Danger("quadratic entities (XML)", _file("a.xes", QUADRATIC.encode()), XES, ("SRC160",)),
    Danger("external entity (XML)", _file("a.xes", OUTSIDE.encode()), XES, ("SRC160",)),
    Danger("one event with 1 M attributes (XES)", _file("a.xes", MANY_KEYS), XES, ("SRC125",), 1400, 60, True),
    Danger("billion laughs (YAML)", _file("a.yaml", YAML_LAUGHS.encode()), {**YAML, "rows": "rows[]"}, ("SRC125",)),
    Danger("100 000 levels (YAML)", _file("a.yaml", YAML_DEEP), YAML, ("SRC125",)),
    Danger("billion laughs (compose)", _file("a.yml", YAML_LAUGHS.encode()), {"kind": "compose", "file": "a.yml"}, ("SRC125",)),
    Danger("100 000 levels (JSON)", _file("a.json", b"[" * 100_000), {**TABLE, "file": "a.json"}, BROKEN),
    Danger("100 000 levels (JSON lines)", _file("a.jsonl", SEATS + b"\n"), LINES, ("SRC156",)),
    Danger("100 000 levels (OCEL)", _file("a.json", SEATS), {"kind": "ocel", "file": "a.json"}, BROKEN),
    Danger("100 000 levels (CloudEvents)", _file("a.json", SEATS), {"kind": "cloudevents", "file": "a.json"}, BROKEN),
    Danger("a line of 10 GB (CSV)", _sparse("a.csv", 10 * 2**30, b"id\n1"), CSV, ("SRC125", "SRC123")),
    Danger("a line of 10 GB (JSON lines)", _sparse("a.jsonl", 10 * 2**30, b'{"id":"'), LINES, ("SRC125",)),
    Danger("a value of 10 GB (JSON)", _sparse("a.json", 10 * 2**30, b'["'), JSON, ("SRC125",), 1400, 60, True),
    Danger("a value of 10 GB (XES)", _sparse("a.xes", 10 * 2**30, b'<log><string key="'), XES, ("SRC125", "SRC161")),
    Danger("a value of 10 GB (YAML)", _sparse("a.yaml", 10 * 2**30, b'["'), YAML, ("SRC125",), 1400, 60, True),
    Danger("1 M columns (CSV)", _file("a.csv", b"id" + b",c" * 10**6 + b"\n1" + b"," * 10**6 + b"\n"), CSV,
           ("SRC125", "SRC108")),
    Danger("Parquet with lying metadata", _lying_parquet, {**TABLE, "file": "a.parquet"}, ()),
    Danger("SQLite file, damaged in the middle", _broken_database, DATABASE,
           ("SRC208", "SRC206", "SRC210")),
    Danger("links in a circle", _loop_of_links, {**TABLE, "file": "in/**/*.csv"}, ()),
    Danger("a pipe instead of a file", lambda folder: os.mkfifo(folder / "a.csv"), {**TABLE, "file": "a.csv"}, ("SRC120",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cost:
    """What became of a danger."""

    seconds: float
    peak_mb: int
    said: dict[str, object]


CHILD = """
import datetime as dt, json, sys
from pathlib import Path
from wholeservice.documents import parse
from wholeservice.facts import ingest
from wholeservice.facts.store import Store
from wholeservice.sources.base import Context
folder = Path(sys.argv[1])
declared, problems = ingest.load(parse((folder / "declared.json").read_text(), "wholeservice.yaml")[0], {}, "UTC")
context, at = Context(folder), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ingest.check(declared, context)
(found,) = ingest.ingest(declared, Store(folder / "store"), context, at, guards=lambda source: None).sources
# not ru_maxrss: that begins with what the process had that started this one
(peak,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
peak_mb = int(peak.split()[1]) // 1024
print(json.dumps({"codes": sorted({each.code for each in (*problems, *found.problems, *found.reasons)}),
                  "what": [each.what for each in (*found.problems, *found.reasons)][:1],
                  "read": found.read, "refused": found.refused,
                  "peak_mb": peak_mb}))
"""


def cost_of(danger: Danger, folder: Path) -> Cost:
    """Make a danger and ingest it in a process of its own, with twice the memory it may take."""
    folder.mkdir(parents=True)
    danger.make(folder)
    (folder / "declared.json").write_text(json.dumps({"a": danger.declaration}))

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (8 * 2**30, 8 * 2**30))  # a net below the bounds, for the machine's sake

    start = time.monotonic()
    done = subprocess.run([sys.executable, "-c", CHILD, str(folder)], capture_output=True, text=True, check=False,
                          timeout=10 * danger.max_s, preexec_fn=limited)  # fmt: skip
    seconds = time.monotonic() - start
    if done.returncode:
        return Cost(seconds, 0, {"failed": done.stderr[-1500:]})
    said = json.loads(done.stdout)
    return Cost(seconds, said.pop("peak_mb"), said)


def main(folder: Path, names: list[str]) -> None:
    """Print what each costs."""
    for number, danger in enumerate(each for each in DANGERS if not names or each.name in names):
        found = cost_of(danger, folder / str(number))
        print(f"| {danger.name} | {found.seconds:.1f} s | {found.peak_mb} MB | {found.said} |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
