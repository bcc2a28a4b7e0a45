"""What was known when: every run by its day, for whoever wants to see the page they came from as it was known then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.numbers import plural

MOST_RUNS = 200


@dataclass(frozen=True, slots=True)
class KnownRun:
    """One run; what was known then can be seen where somebody measured it. The newest is what is known now."""

    id: str
    day: str
    time: str
    brought: str
    is_newest: bool
    is_measured: bool


@dataclass(frozen=True, slots=True)
class RunsPage:
    """Runs, newest first, and the page that is to be seen as of one of them."""

    title: str
    runs: tuple[KnownRun, ...]
    n_runs: int
    back: str
    first: str | None
    last: str | None
    zone: str
    snapshot: str


def build(data: Data, *, back: str = "/") -> RunsPage:
    """Return every run there is; *back* is the page to be seen as of one of them."""
    every = _runs(data)
    days = [each for each in (_moment(data, row) for row in data.runs) if each]
    return RunsPage(
        _title(len(every), sum(each.is_measured for each in every)), every[:MOST_RUNS], len(every), _local(back),
        f"{days[-1]:%Y-%m-%d}" if days else None, f"{days[0]:%Y-%m-%d}" if days else None, data.zone, data.snapshot,
    )  # fmt: skip


def _local(back: str) -> str:
    """Return an address of ours; anything else is the first page, so that no link leads away from here."""
    is_ours = back.startswith("/") and not back.startswith("//") and "\\" not in back and back.isprintable()
    return back if is_ours else "/"


def _runs(data: Data) -> tuple[KnownRun, ...]:
    return tuple(_run(data, each, is_newest=at == 0) for at, each in enumerate(data.runs))


def _run(data: Data, run: Mapping[str, Any], *, is_newest: bool) -> KnownRun:
    moment, id_ = _moment(data, run), str(run.get("id", ""))
    day, time = (f"{moment:%-d %b %Y}", f"{moment:%H:%M}") if moment else ("not recorded", "")
    return KnownRun(id_, day, time, _brought(run), is_newest, is_newest or id_ in data.measured)


def _moment(data: Data, run: Mapping[str, Any]) -> dt.datetime | None:
    said = run.get("committed_at")
    moment = dt.datetime.fromisoformat(said) if isinstance(said, str) else said
    return moment.astimezone(ZoneInfo(data.zone)) if isinstance(moment, dt.datetime) else None


def _brought(run: Mapping[str, Any]) -> str:
    """What the run learnt, source by source."""
    counts = [(str(each.get("source", "")), int(each.get("kept") or 0)) for each in run.get("counts") or ()]
    return ", ".join(f"{n:,} from {source}" for source, n in counts if n) or "nothing new"


def _title(n_runs: int, n_measured: int) -> str:
    if not n_runs:
        return "Nothing has been read yet"
    dark = n_runs - n_measured
    words = f"Something new was learnt {plural(n_runs, 'time')}"
    if not dark:
        return words + ", and each was measured"
    return words + f"; {dark:,} of them {'was' if dark == 1 else 'were'} never measured"


def _sheet(data: Data, _: RunsPage) -> Sheet:
    """Every run."""
    return Sheet(("run", "day", "time", "new facts", "measured"), tuple(
        (each.id, each.day, each.time, each.brought, "yes" if each.is_measured else "no")
        for each in _runs(data)
    ))  # fmt: skip


PAGE = Page(path="/runs", name="runs", template="runs.html", build=build, sheet=_sheet, is_of_now=True)
