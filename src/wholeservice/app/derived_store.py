"""Derived tables and sums on disk, so that the next snapshot need not make all of them again.

    .wholeservice/derived/<snapshot>/    whole_NAME.parquet, gone_KEYS.parquet, later_NAME.parquet (see derived.increment),
                                         aliases, took, newest, sums, periods, queries (engines.written) and about.json

Only that of the newest snapshot is kept. It is written into a temporary folder, brought to the disk and renamed. What is not
there, or not whole, costs a full run and nothing else. Whoever reads one links its files into a folder of his own first, so
that another process may replace it meanwhile.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wholeservice.derived import DERIVED
from wholeservice.derived.increment import ATTEMPTS, GONE, KEYED, KEYS, LATER, NEWEST, NEXT, TOOK, WHOLE
from wholeservice.facts import durable
from wholeservice.facts.identity_people import ALIASES

if TYPE_CHECKING:
    import pyarrow as pa

    from wholeservice.engines.base import Engine
    from wholeservice.engines.with_views import WithViews
    from wholeservice.measures.base import Sums as EventSums

FOLDER, ABOUT = "derived", "about.json"
SUMS, PERIODS, QUERIES = "sums", "periods", "queries"
UNFINISHED, A_DAY_S = "unfinished-", 86400
LEAST_ROWS = 200_000  # below, a full run takes no longer than finding out what changed
MOST_GONE = 0.2  # of the attempts; then the pieces are put together
Files = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What an earlier snapshot left, linked into *folder*, and the fact files it was made of."""

    folder: Path
    files: Files

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def names(self) -> list[str]:
        """Return the names of the tables that are kept."""
        return sorted(path.stem for path in self.folder.glob("*.parquet"))

    def read(self, name: str) -> pa.Table:
        """Read a small one into memory."""
        import pyarrow.parquet as pq

        return pq.read_table(self.path(name))


def n_rows(files: Files) -> int:
    """Return how many rows some Parquet files have together."""
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(path).num_rows for paths in files.values() for path in paths)


@contextlib.contextmanager
def borrowed(folder: Path, key: str, number: int) -> Iterator[Kept | None]:
    """
    Yield what is kept of the newest run up to *number* for the same *key* (organisation, definitions, zone ...); None when
    there is none, when any of it is damaged, or when a file of facts it was made of is gone.
    """
    found = _newest(folder, key, number)
    if found is None:
        yield None
        return
    path, about = found
    working = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
    try:
        yield Kept(working, about["files"]) if _link(path, working, about) else None
    finally:
        shutil.rmtree(working, ignore_errors=True)


def lent(folder: Path, snapshot: str) -> Kept | None:
    """Return what is kept of one snapshot, linked into a folder that is the caller's to remove; None where it is not whole."""
    path = folder / snapshot
    with contextlib.suppress(OSError, ValueError, KeyError):
        about = json.loads((path / ABOUT).read_text(encoding="utf-8"))
        working = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
        if _link(path, working, about):
            return Kept(working, about["files"])
        shutil.rmtree(working, ignore_errors=True)
    return None


def save(folder: Path, snapshot: str, about: Mapping[str, Any], pieces: Mapping[str, pa.Table | Path]) -> None:
    """Keep the pieces of a snapshot, and none of older ones. *pieces*: name -> rows, or a file that is linked."""
    folder.mkdir(parents=True, exist_ok=True)
    working = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
    try:
        for name, content in pieces.items():
            _put(content, working / f"{name}.parquet")
        sizes = {path.name: path.stat().st_size for path in working.glob("*.parquet")}
        (working / ABOUT).write_text(json.dumps({**about, "sizes": sizes}), encoding="utf-8")
        durable.settle(sorted(working.iterdir()))
        shutil.rmtree(folder / snapshot, ignore_errors=True)
        working.rename(folder / snapshot)
        _sweep(folder, snapshot, about["number"])
    finally:
        shutil.rmtree(working, ignore_errors=True)


def whole_pieces(engine: Engine) -> dict[str, pa.Table]:
    """Return every derived table as a piece, with nothing gone and nothing later; the engine made them in full."""
    from wholeservice.derived import maturity

    pieces: dict[str, pa.Table] = {}
    for each in DERIVED:
        rows = engine.table(each.name)
        rows = rows.drop("is_matured") if each.name == ATTEMPTS else rows
        pieces[WHOLE + each.name] = engine.run(rows)
        if each.name in KEYED:
            pieces[LATER + each.name] = pieces[WHOLE + each.name].slice(0, 0)
    told = engine.table(ATTEMPTS)
    pieces |= {TOOK: engine.run(maturity.took(told)), NEWEST: engine.run(maturity.newest(told))}
    return {**pieces, **_nothing_gone(), ALIASES: engine.run(engine.table(ALIASES))}


def next_pieces(engine: WithViews, kept: Kept) -> dict[str, pa.Table | Path]:
    """Return the pieces after an increment; put together where too much of the whole is gone."""
    from wholeservice.derived.increment import current

    n_gone = engine.run(engine.table(NEXT + GONE + "attempts")).num_rows
    n_whole = engine.run(engine.table(WHOLE + "attempts").count().name("n").as_table())["n"][0].as_py()
    pieces: dict[str, pa.Table | Path] = {name: engine.run(engine.table(name)) for name in (TOOK, NEWEST, ALIASES)}
    for each in DERIVED:
        if each.name not in KEYED:
            pieces[WHOLE + each.name] = engine.run(engine.table(each.name))
        elif n_gone > MOST_GONE * n_whole:
            rows = engine.run(current(engine, each.name, NEXT))
            pieces |= {WHOLE + each.name: rows, LATER + each.name: rows.slice(0, 0)}
        else:
            pieces[WHOLE + each.name] = kept.path(WHOLE + each.name)
            pieces[LATER + each.name] = engine.run(engine.table(NEXT + LATER + each.name))
    if n_gone > MOST_GONE * n_whole:
        return {**pieces, **_nothing_gone()}
    return {**pieces, **{GONE + keys: engine.run(engine.table(NEXT + GONE + keys)) for keys in KEYS}}


def sums_table(sums: Mapping[str, EventSums]) -> pa.Table:
    """Return the sums of all measures as one table."""
    from wholeservice.measures.rows import to_arrow

    return to_arrow(row for by_cell in sums.values() for row in by_cell.items())


def sums_of(table: pa.Table) -> dict[str, EventSums]:
    """Return measure -> cell -> sums; the opposite of `sums_table`."""
    from wholeservice.measures.rows import from_arrow

    found: dict[str, EventSums] = {}
    for cell, sums in from_arrow(table):
        found.setdefault(cell.measure, {})[cell] = sums
    return found


def _nothing_gone() -> dict[str, pa.Table]:
    import pyarrow as pa

    text = pa.array([], pa.string())
    return {GONE + keys: pa.table(dict.fromkeys(names, text)) for keys, names in KEYS.items()}


def _newest(folder: Path, key: str, number: int) -> tuple[Path, Mapping[str, Any]] | None:
    found = []
    for path in folder.glob(f"*/{ABOUT}"):
        with contextlib.suppress(OSError, ValueError):
            about = json.loads(path.read_text(encoding="utf-8"))
            is_ours = not path.parent.name.startswith(UNFINISHED) and about["key"] == key and about["number"] <= number
            if is_ours and all(os.path.exists(file) for files in about["files"].values() for file in files):
                found.append((about["number"], path.parent, about))
    return max(found)[1:] if found else None


def _link(path: Path, working: Path, about: Mapping[str, Any]) -> bool:
    """Link every file; False when one is missing or has another size than when it was written."""
    with contextlib.suppress(OSError):
        for name, size in about["sizes"].items():
            _put(path / name, working / name)
            if (working / name).stat().st_size != size:
                return False
        return True
    return False


def _put(content: pa.Table | Path, path: Path) -> None:
    import pyarrow.parquet as pq

    if not isinstance(content, Path):
        pq.write_table(content, path)
        return
    try:
        path.hardlink_to(content)
    except OSError:  # a disk without links
        shutil.copyfile(content, path)


def _sweep(folder: Path, snapshot: str, number: int) -> None:
    """Remove what is older than this snapshot, and what processes that died left."""
    for path in folder.iterdir():
        with contextlib.suppress(OSError, ValueError, KeyError):
            if path.name.startswith(UNFINISHED):
                is_old = time.time() - path.stat().st_mtime > A_DAY_S
            else:
                is_old = path.name != snapshot and json.loads((path / ABOUT).read_text(encoding="utf-8"))["number"] <= number
            if is_old:
                shutil.rmtree(path, ignore_errors=True)
