"""Work that changed something, how long it takes from a finding to a verified change, and whether reviews keep their rhythm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from wholeservice.improvements.base import (
    CLOSED,
    IMPROVED,
    KIND,
    LEARNT,
    NO_EFFECT,
    STILL_MEASURING,
    UNCLEAR,
    VERDICT,
    WITHOUT_EVIDENCE,
    WORSE,
    Improvement,
)
from wholeservice.improvements.judged import Judged
from wholeservice.improvements.standing import FINDING, FirstSeen
from wholeservice.measures.flow_told import Story
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Organisation, whole_of
from wholeservice.periods import CALENDAR
from wholeservice.uncertainty import Interval, quantile_ranks, wilson

NOT_MEASURED = "not measured"
OUTCOMES = (IMPROVED, NO_EFFECT, WORSE, UNCLEAR, STILL_MEASURING, NOT_MEASURED)
THROUGHPUT, DAYS_OF_A_MONTH = "throughput", 30.4
GRACE, WEEKS = dt.timedelta(days=14), 12


@dataclass(frozen=True, slots=True)
class Changed:
    """Delivered items by what became of the number they should move; the share that improved it, with its interval."""

    counts: tuple[tuple[str, int], ...]
    n: int
    share: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Took:
    """Days from a finding to a verified change: half took at most so long, of *n*; the interval where there are enough."""

    n: int
    median_days: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Of the promises whose day came, so many were looked at within two weeks; weeks of the newest twelve with an entry."""

    n_due: int
    n_kept: int
    n_weeks: int
    of_weeks: int


def outcome_of(improvement: Improvement, judged: Sequence[Judged]) -> str:
    """Return what became of an improvement: as it was closed, else the verdict on its first number."""
    if improvement.closed is not None:
        return NOT_MEASURED if improvement.closed == WITHOUT_EVIDENCE else improvement.closed
    return judged[0].verdict if judged else NOT_MEASURED


def delivered(results: Results, org: Organisation, since: dt.datetime) -> tuple[int, dt.datetime] | None:
    """Return how many items were done in the whole months since an instant, and when these began; None: no work."""
    months = results.series(THROUGHPUT, whole_of(org), days=DAYS_OF_A_MONTH, window=CALENDAR)
    kept = [each for each in months if each.cell.from_at >= since and each.value.value is not None]
    return (round(sum(each.value.value or 0.0 for each in kept)), kept[0].cell.from_at) if kept else None


def work_that_changed(
    improvements: Sequence[Improvement], outcomes: Mapping[str, str], stories: Iterable[Story], since: dt.datetime,
    n_done: int = 0,
) -> Changed:  # fmt: skip
    """
    Return the delivered items by outcome: an item of work has that of the improvement it is tied to, else it is not measured.

    Shape    items done, and improvements that reached people, since an instant; an improvement whose work was counted is not
             counted again. *n_done*: so many items were done in all; stories are kept of those that pages show only
    """
    known = {each.id: each for each in improvements}
    found: list[str] = []
    with_work: set[str] = set()
    for story in stories:
        if story.done_at is None or story.done_at < since or story.kind == KIND or story.item in known:
            continue
        tied = next((tie.id for tie in story.ties if tie.table == "item" and tie.id in known), None)
        with_work |= {tied} if tied else set()
        found.append(outcomes.get(tied, NOT_MEASURED) if tied else NOT_MEASURED)
    found += [NOT_MEASURED] * max(0, n_done - len(found))
    reached = [each for each in improvements if each.started_at is not None and each.started_at >= since]
    found += [outcomes.get(each.id, NOT_MEASURED) for each in reached if each.id not in with_work]
    n, better = len(found), found.count(IMPROVED)
    return Changed(tuple((each, found.count(each)) for each in OUTCOMES), n, better / n if n else None, wilson(better, n))


def from_finding_to_change(
    improvements: Sequence[Improvement], judged: Mapping[str, Sequence[Judged]], firsts: Mapping[str, FirstSeen]
) -> Took:  # fmt: skip
    """Return how long it took from the first sight of a finding to the verdict that a change for it improved the number."""
    begins: dict[str, dt.datetime] = {}
    for key, first in firsts.items():
        code, entity, *_ = key.split("|")
        ref = f"{FINDING}{code}.{entity}"
        begins[ref] = min(first.at, begins.get(ref, first.at))
    days = sorted(
        (ends - begins[ref]).total_seconds() / 86400
        for each in improvements if (ends := _verified_at(each, judged.get(each.id, ()))) is not None
        for ref in each.findings if ref in begins and begins[ref] <= ends
    )  # fmt: skip
    ranks = quantile_ranks(0.5, len(days))
    low, high = (days[ranks[0] - 1], days[ranks[1] - 1]) if ranks and ranks[0] >= 1 else (None, None)
    return Took(len(days), median(days) if days else None, low, high)


def _verified_at(improvement: Improvement, judged: Sequence[Judged]) -> dt.datetime | None:
    if improvement.closed == IMPROVED:
        return improvement.closed_at
    return next((each.to_at for each in judged if each.verdict == IMPROVED and improvement.closed is None), None)


def rhythm_of(improvements: Sequence[Improvement], as_of: dt.datetime) -> Rhythm:
    """Return whether promises were looked at when their day came, and in how many of the newest weeks anything was written."""
    due = [
        (each, max(promise.until for promise in each.promises if promise.until)) for each in improvements
        if any(promise.until and promise.until + GRACE <= as_of for promise in each.promises)
    ]  # fmt: skip
    kept = sum(
        any(entry.question in (VERDICT, CLOSED, LEARNT) and entry.at <= until + GRACE for entry in each.entries)
        for each, until in due
    )
    ages = {(as_of - entry.at).days // 7 for each in improvements for entry in each.entries if entry.at <= as_of}
    return Rhythm(len(due), kept, len([age for age in ages if age < WEEKS]), WEEKS)
