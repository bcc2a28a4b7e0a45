"""The data and how it came here: each run and, for each source, what was read, kept, already known, superseded and refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.findings_part import FindingRow, rows
from wholeservice.pages.numbers import plural

MOST_RUNS = 20


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What one source gave in a run; None is not reported."""

    source: str
    read: int | None
    kept: int | None
    known: int | None
    superseded: int | None
    refused: int | None
    resolved: int | None
    names: int | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """One committed run."""

    id: str
    committed: str
    sources: tuple[SourceRow, ...]


@dataclass(frozen=True, slots=True)
class DataPage:
    """Runs, newest first, and what is wrong with the data."""

    title: str
    runs: tuple[RunRow, ...]
    n_runs: int
    n_refused: int
    findings: tuple[FindingRow, ...]
    zone: str
    snapshot: str


def build(data: Data) -> DataPage:
    """Return the runs of the snapshot's store."""
    runs = tuple(_run(data, each) for each in data.runs[:MOST_RUNS])
    refused = sum(source.refused or 0 for source in runs[0].sources) if runs else 0
    return DataPage(_title(runs, refused), runs, len(data.runs), refused, rows(data, about_data=True), data.zone, data.snapshot)


def _title(runs: tuple[RunRow, ...], refused: int) -> str:
    if not runs:
        return "Nothing has been read yet"
    n_read = sum(source.read or 0 for source in runs[0].sources)
    bad = f"{plural(refused, 'row')} refused and kept aside, with place and reason" if refused else "none refused"
    return f"The newest run read {plural(n_read, 'row')} from {plural(len(runs[0].sources), 'source')}; {bad}"


def _run(data: Data, run: Mapping[str, Any]) -> RunRow:
    sources = tuple(_source(each) for each in run.get("counts") or ())
    return RunRow(str(run.get("id", "")), _when(data, run.get("committed_at")), sources)


def _when(data: Data, moment: Any) -> str:
    if isinstance(moment, str):
        moment = dt.datetime.fromisoformat(moment)
    return f"{moment.astimezone(ZoneInfo(data.zone)):%d %b %Y, %H:%M}" if isinstance(moment, dt.datetime) else "not recorded"


def _source(counts: Mapping[str, Any]) -> SourceRow:
    whole = [_count(counts.get(name)) for name in ("read", "kept", "known", "superseded", "refused", "resolved", "names")]
    return SourceRow(str(counts.get("source", "")), *whole)


def _count(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _sheet(_: Data, page: DataPage) -> Sheet:
    header = ("run", f"committed ({page.zone} time)", "source", "rows read", "new", "known", "changed", "refused",
              "names known", "names")  # fmt: skip
    return Sheet(header, tuple(
        (run.id, run.committed, each.source, each.read, each.kept, each.known, each.superseded, each.refused, each.resolved,
         each.names)
        for run in page.runs for each in run.sources
    ))  # fmt: skip


PAGE = Page(path="/data", name="data", template="data.html", build=build, sheet=_sheet)
