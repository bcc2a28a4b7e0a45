"""Why work of published logs waits: every row that others computed is met, cause by cause and to the second."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wholeservice.derived.batching import batches_of
from wholeservice.derived.calendars import SECOND, laid_out, weekly
from wholeservice.derived.concurrency import Stays, by_order, enabled
from wholeservice.derived.pool_lines import Pools, Visits
from wholeservice.derived.waiting import causes, tiles_of

pytestmark = pytest.mark.real_data

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
HOURS = {"Marcus": [(600, 720), (750, 1200)]}
OTHERS = [(600, 1200)]
PUBLISHED = {"batching": "batching", "contention": "contention", "prioritisation": "prioritization",
             "unavailability": "unavailability", "unaccounted": "extraneous"}  # fmt: skip
SOURCE = ("source_activity", "source_resource", "target_activity", "target_resource")


def numbered(words: list[str]) -> tuple[np.ndarray[Any, Any], list[str]]:
    names = sorted(set(words))
    return np.array([names.index(word) for word in words], np.int64), names


def microseconds(instant: str) -> int:
    at = dt.datetime.fromisoformat(instant)
    return (at.replace(tzinfo=at.tzinfo or dt.UTC) - EPOCH) // dt.timedelta(microseconds=1)


def seconds(duration: str) -> float:
    """Read `0 days 01:30:00` and `0 days`."""
    parts = re.fullmatch(r"(\d+) days(?: (\d+):(\d+):(\d+))?", duration)
    assert parts
    days, hours, minutes, rest = (int(part or 0) for part in parts.groups())
    return dt.timedelta(days, rest, hours=hours, minutes=minutes).total_seconds()


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def waits_of(rows: list[dict[str, str]], hours: dict[str, list[tuple[int, int]]]) -> tuple[Visits, Pools, Any, Any]:
    """Return the stays of a log with what enables them, one pool for each person."""
    (case, _), (activity, activities), (who, people) = (
        numbered([row[column] for row in rows]) for column in ("case_id", "Activity", "Resource")
    )
    start, end = (np.array([microseconds(row[column]) for row in rows]) for column in ("start_time", "end_time"))
    stays = Stays(case, activity, start, end)
    found = enabled(stays, by_order(stays))
    batch = batches_of(who * len(activities) + activity, found.at, start, end)
    calendars = [laid_out(weekly("UTC", hours.get(name, OTHERS)), int(start.min()), int(end.max())) for name in people]
    pools = Pools(np.ones(len(people), np.int64), np.arange(len(people)))
    return Visits(who, found.at, start, end, batch=batch), pools, calendars, found.by


@pytest.mark.parametrize(("number", "n_rows"), [(1, 8), (2, 8), (3, 14)])
def test_every_published_row_is_met(real_peers: Path, number: int, n_rows: int):
    """From whom to whom, how often, in which cases, and the seconds of each of the five causes."""
    folder = real_peers / "waiting-time-logs"
    rows = read(folder / f"manual_log_{number}.csv")
    visits, pools, calendars, by = waits_of(rows, HOURS)
    found = causes(visits, pools, calendars)
    ours: dict[tuple[str, ...], dict[str, Any]] = defaultdict(lambda: defaultdict(float, cases=set()))
    for place in np.flatnonzero(by >= 0).tolist():
        before, row = rows[by[place]], rows[place]
        mine = ours[before["Activity"], before["Resource"], row["Activity"], row["Resource"]]
        mine["cases"].add(row["case_id"])
        mine["n"] += 1
        mine["waited"] += found.waited[place] / SECOND
        for cause in PUBLISHED:
            mine[cause] += getattr(found, cause)[place] / SECOND
    theirs = read(folder / f"manual_log_{number}_expected.csv")
    assert len(theirs) == len(ours) == n_rows
    for row in theirs:
        mine = ours[tuple(row[column] for column in SOURCE)]
        assert mine["cases"] == set(row["cases"].split(","))
        assert (mine["n"], mine["waited"]) == (float(row["frequency"]), float(row["wt_total_seconds"]))
        assert {cause: mine[cause] for cause in PUBLISHED} == {
            cause: seconds(row[f"wt_{word}"]) for cause, word in PUBLISHED.items()
        }


def test_the_pieces_of_a_published_wait(real_peers: Path):
    """Case 0 of the third log waits from 10:45 to 14:00 for Marcus, and each stretch has its cause."""
    rows = read(real_peers / "waiting-time-logs" / "manual_log_3.csv")
    visits, pools, calendars, _ = waits_of(rows, HOURS)
    place = next(place for place, row in enumerate(rows) if (row["case_id"], row["Activity"]) == ("0", "B"))
    found = tiles_of(np.array([place]), visits, pools, calendars)
    clock = [[f"{EPOCH + dt.timedelta(microseconds=int(at)):%H:%M}" for at in each] for each in (found.from_at, found.to_at)]
    assert list(zip(*clock, found.cause.tolist(), strict=True)) == [
        ("10:45", "11:30", 0), ("11:30", "12:00", 1), ("12:00", "12:30", 3), ("12:30", "14:00", 2)
    ]  # fmt: skip


@pytest.mark.parametrize(("log", "n_stays"), [("Production.csv", 4953), ("PurchasingExample.csv", 9119)])
def test_pieces_and_sums_of_real_logs_agree(real_data: Path, log: str, n_stays: int):
    """With no working hours but those of an office, what is drawn of a wait is what is summed up of it."""
    rows = [
        {"case_id": row["case:concept:name"], "Activity": row["Activity"], "Resource": row["Resource"],
         "start_time": row["start_timestamp"], "end_time": row["time:timestamp"]}
        for row in read(real_data / "waiting-time" / log)
    ]  # fmt: skip
    assert len(rows) == n_stays
    visits, pools, calendars, by = waits_of(rows, {})
    found = causes(visits, pools, calendars)
    total = sum(getattr(found, cause) for cause in PUBLISHED)
    assert (total == found.waited).all()
    assert all((getattr(found, cause) >= 0).all() for cause in PUBLISHED)
    assert (visits.enabled_at[by >= 0] == visits.end_at[by[by >= 0]]).all()
    chosen = np.argsort(-found.waited, kind="stable")[:200]
    tiles = tiles_of(chosen, visits, pools, calendars)
    for cause, name in enumerate(PUBLISHED):
        lasted = np.where(tiles.cause == cause, tiles.to_at - tiles.from_at, 0)
        drawn = np.zeros(len(rows), np.int64)
        np.add.at(drawn, tiles.visit, lasted)
        assert (drawn[chosen] == getattr(found, name)[chosen]).all()
