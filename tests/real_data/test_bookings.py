"""Hotel bookings: which cancellations go with which bookings, counted a second time from the file by plain loops."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
import zipfile
from collections import defaultdict
from pathlib import Path

import pytest

from wholeservice.app import settings
from wholeservice.app.workspace import current_data, ingest_workspace
from wholeservice.findings.losses import DRIVER, FITTED, GOES_WITH, RUNGS, LossMap
from wholeservice.measures.kpi_change import change

pytestmark = pytest.mark.real_data

ROOT = Path(__file__).resolve().parents[2]
EVERY = 8  # of the bookings, so that the test is quick
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


def day(row):
    return int(row["arrival_date_year"]), MONTHS.index(row["arrival_date_month"]) + 1, int(row["arrival_date_day_of_month"])


@pytest.fixture(scope="module")
def bookings(real_data):
    """Every eighth booking of the file, as it is written there."""
    path = real_data / "hotel-bookings" / "hotel_bookings.csv.zip"
    if not path.is_file():
        pytest.skip("no hotel bookings there")
    with zipfile.ZipFile(path) as archive, archive.open("hotel_bookings.csv") as raw:
        rows = list(csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8")))
    assert (len(rows), sum(row["is_canceled"] == "1" for row in rows)) == (119_390, 44_224)
    return rows[::EVERY]


@pytest.fixture(scope="module")
def drawn(bookings, tmp_path_factory) -> LossMap:
    folder = tmp_path_factory.mktemp("bookings")
    with (folder / "bookings.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", *bookings[0]])
        writer.writeheader()
        writer.writerows({"id": nth, **row} for nth, row in enumerate(bookings))
    shutil.copytree(ROOT / "examples" / "bookings", folder / "ws", ignore=shutil.ignore_patterns(".wholeservice"))
    declared, _ = settings.load(folder / "ws", overrides=[f"data={folder}"])
    ingest_workspace(declared)
    return current_data(declared).loss_maps["booking", "comes-true"]


@pytest.fixture(scope="module")
def year(bookings, drawn):
    """The bookings of the map's period, and whether each was lost."""
    first, after = drawn.period.from_at, drawn.period.to_at
    days = (first.date().toordinal(), after.date().toordinal())
    # the period begins at midnight in Lisbon, which is an hour earlier by UTC in summer
    lo, hi = days[0] + (first.hour > 12), days[1] + (after.hour > 12)
    return [(row, row["reservation_status"] != "Check-Out") for row in bookings if lo <= dt.date(*day(row)).toordinal() < hi]


def test_the_map_counts_what_the_file_says(drawn, year):
    """As many bookings, and as large a share that came true, as plain loops over the file find."""
    n, lost = len(year), sum(is_lost for _, is_lost in year)
    assert drawn.n == n
    assert drawn.value == pytest.approx(1 - lost / n)
    assert drawn.gap == pytest.approx(0.75 - (1 - lost / n))


def matched(year, name, healthy):
    """
    What is lost beyond the healthy values, cell by cell: in each month, among bookings alike in all else.

    Shape    healthy: says of a booking whether its value is one. What cells without a healthy booking lose is taken for as much
             a booking as in the others
    """
    cells = defaultdict(lambda: [0, 0, 0, 0])
    others = [each for each in ("hotel", "market_segment", "deposit_type", "customer_type", "lead") if each != name]
    for row, is_lost in year:
        known = row | {"lead": sum(int(row["lead_time"]) > edge for edge in (14, 45, 100, 180))}
        cell = cells[(row["arrival_date_year"], row["arrival_date_month"], *(known[each] for each in others))]
        at = 0 if healthy(row) else 2
        cell[at] += 1
        cell[at + 1] += is_lost
    alike = [each for each in cells.values() if each[0] and each[2]]
    more = sum(lost - n * lost_of_healthy / healthy_n for healthy_n, lost_of_healthy, n, lost in alike)
    return more * sum(each[2] for each in cells.values()) / sum(each[2] for each in alike)


def test_the_lead_time_is_what_like_beside_like_says(drawn, year):
    """Bookings made long before are lost more often than others alike, and by about as many as loops over cells find."""
    box = next(each for each in drawn.boxes if each.kind == DRIVER and each.title.startswith("Lead time"))
    assert box.claim == GOES_WITH
    assert box.interval.low < matched(year, "lead", lambda row: int(row["lead_time"]) <= 42) / drawn.n < box.interval.high


def test_a_deposit_that_is_not_paid_back_goes_with_nearly_all_that_is_lost_there(drawn, year):
    """Of bookings with a deposit that is kept nearly all are cancelled: a quirk of how they are written, and no cause."""
    kept = [is_lost for row, is_lost in year if row["deposit_type"] == "Non Refund"]
    assert sum(kept) / len(kept) > 0.98
    box = next(each for each in drawn.boxes if each.kind == DRIVER and each.title.startswith("Deposit"))
    assert box.title == "Deposit: Non Refund"
    assert 0.4 * sum(kept) / drawn.n < box.starts_here < sum(kept) / drawn.n


def test_no_origin_is_made_of_what_goes_together(drawn):
    """Nothing is recorded behind a booking: the map names no origin, says how each part is known, and what would tell more."""
    assert drawn.top == ()
    assert not any(box.is_named or box.is_top for box in drawn.boxes)
    assert [rung for rung, _ in drawn.by_rung] == list(RUNGS)
    rungs = dict(drawn.by_rung)
    assert 0.4 < rungs[FITTED] < 0.9
    assert sum(rungs.values()) == pytest.approx(1.0)
    assert any("calls of the lost attempts" in each.what for each in drawn.missing)


def test_more_cancellations_by_channel_and_lead_time(bookings):
    """The rate moved from year to year within kinds of bookings and by their mix: the parts add up to what loops find."""
    sides = []
    for at in ("2016", "2017"):
        cells = defaultdict(lambda: [0, 0])
        for row in bookings:
            if row["arrival_date_year"] == at and row["arrival_date_month"] in MONTHS[:8]:
                key = f"{row['distribution_channel']} {sum(int(row['lead_time']) > edge for edge in (14, 45, 100, 180))}"
                cells[key][0] += row["is_canceled"] == "1"
                cells[key][1] += 1
        sides.append({key: (float(lost), float(n)) for key, (lost, n) in cells.items()})
    found = change(*sides)
    rates = [sum(lost for lost, _ in side.values()) / sum(n for _, n in side.values()) for side in sides]
    assert found.total == pytest.approx(rates[1] - rates[0])
    assert found.within + found.mix + found.coverage == pytest.approx(found.total)
    alike = [key for key in sides[0] if key in sides[1]]
    weights = [sum(side[key][1] for key in alike) for side in sides]
    more = {key: sides[1][key][1] / weights[1] - sides[0][key][1] / weights[0] for key in alike}
    mix = sum(more[key] * sum(side[key][0] / side[key][1] for side in sides) / 2 for key in alike)
    assert found.mix == pytest.approx(mix)
    assert found.mix > 0  # people booked longer before
