"""The results of a snapshot on disk: written once and whole, read back quickly and without an engine.

    .wholeservice/results/current              the name of the newest snapshot
    .wholeservice/results/<snapshot>/          statistics.parquet, findings.json, loss_maps.json, sources.json, absent.json,
                                               flows.json, stories.json, open_times.json, improvements.json, happened.json,
                                               about.json, and the organisation they were made with: organisation/*.yaml,
                                               sightings.parquet

A snapshot is named by the run that pinned the facts, the hash of the declared organisation, and the version of the
definitions. Everything is written into a temporary folder that is then renamed: a half-written result is never seen.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wholeservice import __version__
from wholeservice.app.records import from_plain, to_plain
from wholeservice.errors import OutsideError, Problem
from wholeservice.facts.quality import SourceQuality
from wholeservice.findings.absent import Absent
from wholeservice.findings.base import Finding
from wholeservice.findings.junction import OpenTime
from wholeservice.findings.losses import LossMap
from wholeservice.improvements.base import Improvement
from wholeservice.improvements.judged import Happened
from wholeservice.measures.base import Measure
from wholeservice.measures.flow_told import Flow, Story
from wholeservice.organisation import load as organisation_files
from wholeservice.organisation.graph import Organisation
from wholeservice.organisation.sightings import with_sightings
from wholeservice.pages.base import Data
from wholeservice.tables import Sighting

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "results"
CURRENT, STATISTICS, SIGHTINGS = "current", "statistics.parquet", "sightings.parquet"
FINDINGS, LOSS_MAPS, SOURCES, ABOUT = "findings.json", "loss_maps.json", "sources.json", "about.json"
ABSENT, FLOWS, STORIES = "absent.json", "flows.json", "stories.json"
OPEN_TIMES, IMPROVEMENTS, HAPPENED = "open_times.json", "improvements.json", "happened.json"

CODES = {
    "RES001": "Nothing was measured in this workspace yet. `wholeservice ingest` reads the sources named in wholeservice.yaml"
    " and `wholeservice measure` computes the results.",
    "RES002": "The stored results cannot be read: a file is missing or damaged. Delete the folder that is named; it is made"
    " again from the store.",
    "RES003": "Nobody has measured this run, so that no page can show what was known then. `wholeservice measure --as-of RUN`"
    " measures it and stores the results; they stay, and the pages show them from then on.",
    "RES004": "The rows behind a number cannot be shown yet: the tables made of many facts were not kept with the results."
    " `wholeservice measure --full` makes the results again and keeps them.",
}


def definitions_version(measures: Iterable[Measure], rule_codes: Iterable[str]) -> str:
    """Return a short hash over every measure's name and version, every rule, and our own version."""
    words = [f"{measure.name} {measure.version}" for measure in measures] + sorted(rule_codes) + [__version__]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:8]


def snapshot_name(run_id: str, organisation_hash: str, definitions: str) -> str:
    """Return the name of a snapshot, which is also its folder's."""
    return f"{run_id}.{organisation_hash[:8]}.{definitions}"


@dataclass(frozen=True, slots=True)
class Rows:
    """What of a snapshot is kept as rows: the sums behind every number, and what sources saw of the organisation."""

    statistics: pa.Table
    sightings: pa.Table
    share_again: float | None = None  # of the attempts, derived again; None: all of them


def save(results: Path, data: Data, rows: Rows, declared: Path, *, is_current: bool = True) -> None:
    """
    Store everything of a snapshot under *results* and make it the current one (unless it is of an earlier run). Saving it
    again changes nothing.

    *declared* is the folder of YAML the organisation was loaded from.
    """
    results.mkdir(parents=True, exist_ok=True)
    if not is_stored(results, data.snapshot):
        _write_whole(results / data.snapshot, data, rows, declared)
    if is_current:
        make_current(results, data.snapshot)


def remove(results: Path, snapshot: str) -> None:
    """Remove the results of a snapshot at once and whole, where there are any."""
    aside = Path(tempfile.mkdtemp(prefix="unfinished-", dir=results)) if is_stored(results, snapshot) else None
    if aside is not None:
        with contextlib.suppress(OSError):  # another process was faster
            (results / snapshot).rename(aside / snapshot)
        shutil.rmtree(aside, ignore_errors=True)


def is_stored(results: Path, snapshot: str) -> bool:
    """Say whether the results of a snapshot are there; they are there whole or not at all."""
    return (results / snapshot).is_dir()


def of_run(results: Path, run: str) -> str | None:
    """
    Return the stored snapshot of a run; None when it was never measured.

    Of several, the one with the organisation and the definitions of the current results, else the one stored last.
    """
    found = [each for each in _snapshots(results) if each.name.partition(".")[0] == run]
    same = f"{run}.{(current(results) or '').partition('.')[2]}"
    best = max(found, key=lambda each: (each.name == same, each.stat().st_mtime_ns, each.name), default=None)
    return best.name if best else None


def runs_stored(results: Path) -> frozenset[str]:
    """Return the runs whose results are stored."""
    return frozenset(each.name.partition(".")[0] for each in _snapshots(results))


def _snapshots(results: Path) -> list[Path]:
    return [each for each in results.glob("*.*.*") if each.is_dir()]


def make_current(results: Path, snapshot: str) -> None:
    """Make a stored snapshot the one that is read."""
    if current(results) != snapshot:
        _write_atomically(results / CURRENT, snapshot)


def _write_whole(final: Path, data: Data, rows: Rows, declared: Path) -> None:
    import pyarrow.parquet as pq

    working = Path(tempfile.mkdtemp(prefix="unfinished-", dir=final.parent))
    try:
        shutil.copytree(declared, working / organisation_files.FOLDER)
        pq.write_table(rows.statistics, working / STATISTICS)
        pq.write_table(rows.sightings, working / SIGHTINGS)
        _write_json(working / FINDINGS, data.findings)
        _write_json(working / LOSS_MAPS, list(data.loss_maps.values()))
        _write_json(working / SOURCES, data.sources)
        _write_json(working / ABSENT, data.absent)
        _write_json(working / FLOWS, data.flows)
        _write_json(working / STORIES, dict(data.stories))
        _write_json(working / IMPROVEMENTS, data.improvements)
        _write_json(working / OPEN_TIMES, data.open_times)
        _write_json(working / HAPPENED, data.happened)
        _write_json(working / ABOUT, {"snapshot": data.snapshot, "zone": data.zone, "runs": data.runs})
        working.rename(final)
    except OSError:
        if not final.exists():  # else another process stored the same snapshot first: as good as ours
            raise
    finally:
        shutil.rmtree(working, ignore_errors=True)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(to_plain(value), ensure_ascii=False), encoding="utf-8")


def _write_atomically(path: Path, text: str) -> None:
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def current(results: Path) -> str | None:
    """Return the name of the newest stored snapshot, None when nothing is stored."""
    try:
        return (results / CURRENT).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def load(results: Path, snapshot: str, measures: Sequence[Measure]) -> Data:
    """
    Load the results of *snapshot*.

    Errors   OutsideError RES002 when a file is missing or damaged
    """
    folder = results / snapshot
    try:
        return _load(folder, measures)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise OutsideError(Problem("RES002", f"the results in {folder} cannot be read: {str(error).splitlines()[0][:200]}",
                                   next_step="delete that folder; it is made again from the store")) from error  # fmt: skip


def _load(folder: Path, measures: Sequence[Measure]) -> Data:
    import pyarrow.parquet as pq

    from wholeservice.measures.compute import from_arrow
    from wholeservice.measures.results import Results

    about = _read_json(folder / ABOUT)
    maps = [from_plain(LossMap, each) for each in _read_json(folder / LOSS_MAPS)]
    return Data(
        organisation=with_seen(organisation_files.load(folder)[0], pq.read_table(folder / SIGHTINGS))[0],
        results=Results(measures, from_arrow(pq.read_table(folder / STATISTICS))),
        findings=tuple(from_plain(Finding, each) for each in _read_json(folder / FINDINGS)),
        loss_maps={(each.entity, each.need): each for each in maps},
        measures={measure.name: measure for measure in measures},
        runs=tuple(about["runs"]),
        snapshot=about["snapshot"],
        zone=about["zone"],
        sources=_known_since(SourceQuality, folder / SOURCES),
        absent=_known_since(Absent, folder / ABSENT),
        flows=_known_since(Flow, folder / FLOWS),
        open_times=_known_since(OpenTime, folder / OPEN_TIMES),
        happened=_known_since(Happened, folder / HAPPENED),
        stories=StoredStories(_read_json(folder / STORIES) if (folder / STORIES).exists() else {}),
        improvements=_known_since(Improvement, folder / IMPROVEMENTS),
    )


def improvements(results: Path, snapshot: str) -> tuple[Improvement, ...]:
    """Return the improvement log of a stored snapshot, and nothing else of it."""
    return _known_since(Improvement, results / snapshot / IMPROVEMENTS)


def named(results: Path, snapshot: str) -> tuple[pa.Table, frozenset[str]]:
    """Return what an entry of the log may name: what sources saw, and the findings as CODE.ENTITY."""
    import pyarrow.parquet as pq

    found = _read_json(results / snapshot / FINDINGS)
    return pq.read_table(results / snapshot / SIGHTINGS), frozenset(f"{each['code']}.{each['entity']}" for each in found)


class StoredStories(Mapping[str, Story]):
    """Stories as they were stored: thousands, of which a page shows one, so each is made when it is asked for."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self._plain = plain

    def __getitem__(self, item: str) -> Story:
        found: Story = from_plain(Story, self._plain[item])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._plain)

    def __len__(self) -> int:
        return len(self._plain)


def _known_since(kind: type[Any], path: Path) -> tuple[Any, ...]:
    """Results of an older version say nothing of their sources, of absent journeys, how work flows or why losses last."""
    return tuple(from_plain(kind, each) for each in _read_json(path)) if path.exists() else ()


def with_seen(declared: Organisation, sightings: pa.Table) -> tuple[Organisation, list[Problem]]:
    """Return the declared organisation with what sources saw, and where the two clash."""
    rows: list[Any] = [Sighting(**row) for row in sightings.to_pylist()]
    return with_sightings(declared, rows)


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
