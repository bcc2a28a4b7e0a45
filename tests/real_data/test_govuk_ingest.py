"""The govuk workspace on the real files: every count, sum and defect that is known of them."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pytest

from wholeservice.documents import parse
from wholeservice.facts import ingest
from wholeservice.facts.store import Store
from wholeservice.sources.base import Context

pytestmark = pytest.mark.real_data

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "govuk"
TRANSACTIONS, SERVICES = "transaction-volumes", "service-volumes"


@pytest.fixture(scope="module")
def declared(real_data):
    root, problems = parse((FOLDER / "wholeservice.yaml").read_text(encoding="utf-8"), "wholeservice.yaml")
    assert root is not None
    assert problems == []
    sources, problems = ingest.load(root.mapping["sources"], {"data": str(real_data / "govuk")}, "Europe/London")
    assert problems == []
    return sources


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return Store(tmp_path_factory.mktemp("govuk") / "store")


@pytest.fixture(scope="module")
def report(declared, store) -> ingest.Report:
    return ingest.ingest(
        declared, store, Context(FOLDER, "Europe/London"), dt.datetime(2026, 1, 1, tzinfo=dt.UTC), guards=lambda source: None
    )


@pytest.fixture(scope="module")
def tallies(report, store) -> list[dict]:
    return store.read(report.run, "tallies").to_pylist()


def of(tallies: list[dict], source: str, **wanted: object) -> list[dict]:
    return [row for row in tallies if row["source"] == source and all(row[name] == value for name, value in wanted.items())]


def values(rows: list[dict]) -> dict[tuple, float]:
    return {(row["entity"], row["from_at"], row["to_at"], row["channel"]): row["value"] for row in rows}


def test_every_row_is_accounted_for(report):
    """kept + known + superseded + refused = read in each source, nothing refused, nothing quarantined."""
    assert report.problems == ()
    for each in report.sources:
        assert each.kept + each.known + each.superseded + each.refused == each.read
        assert (each.refused, each.quarantined) == (0, 0)
    assert {each.source: each.read for each in report.sources} == {
        "estate": 734, TRANSACTIONS: 734, SERVICES: 734, "carers-journey": 385, "carers-ratings": 95, "carers-channels": 20,
        "annual-returns": 5,
    }  # fmt: skip


def test_ingesting_again_changes_nothing(declared, store, report):
    """The second time every row is known, and no run is written."""
    again = ingest.ingest(
        declared, store, Context(FOLDER, "Europe/London"), dt.datetime(2026, 1, 2, tzinfo=dt.UTC), guards=lambda source: None
    )
    assert (again.is_new, again.run.id) == (False, report.run.id)
    assert all(each.known == each.read for each in again.sources)
    assert len(store.runs()) == 1


def test_the_estate_is_seen(report, store):
    """18 departments, 79 agencies inside them, 734 services inside the agencies."""
    rows = [row for row in store.read(report.run, "sightings").to_pylist() if row["source"] == "estate"]
    seen = {(row["kind"], row["name"]) for row in rows}
    inside = {(row["kind"], row["name"]): row["to_name"] for row in rows if row["relation"] == "part-of"}
    assert Counter((kind, (kind, name) in inside) for kind, name in seen) == {
        ("unit", False): 18, ("unit", True): 79, ("service", True): 734,
    }  # fmt: skip
    assert inside["service", "dwp-carers-allowance-new-claims"] == "DWP/Department for Work and Pensions"


def test_the_two_volume_files_agree_in_every_value(tallies):
    """11 024 volumes and 2 083 costs, paired by position: not one differs."""
    for of_what, n in (("transactions", None), ("costs", 2083)):
        one, other = (values(of(tallies, source, of=of_what)) for source in (TRANSACTIONS, SERVICES))
        assert one == other
        assert n is None or len(one) == n
    assert len(of(tallies, TRANSACTIONS, of="transactions", channel=None)) == 11_024


def test_sums_of_each_period_are_those_of_others(tallies, real_peers):
    """Volume and cost-bearing services of every period, as computed elsewhere; the last is 1 039 075 681."""
    periods = json.loads((real_peers / "govuk_expected.json").read_text())["periods"]
    volumes, costs = of(tallies, TRANSACTIONS, of="transactions", channel=None), of(tallies, TRANSACTIONS, of="costs")
    starts = sorted({row["from_at"] for row in volumes})
    assert len(starts) == len(periods) == 21
    for start, expected in zip(starts, periods.values(), strict=True):
        assert sum(row["value"] for row in volumes if row["from_at"] == start) == expected["volume"]
        paired = [row for row in costs if row["from_at"] == start and row["denominator"]]  # one has a cost and no use
        assert len(paired) == expected["cpt_n"]
        assert sum(row["value"] * row["denominator"] for row in paired) == pytest.approx(expected["total_cost"], abs=0.01)
    assert sum(row["value"] for row in volumes if row["from_at"] == starts[-1]) == 1_039_075_681


def test_a_rolling_year_starts_at_midnight_in_london(tallies):
    """The window of the last column is October 2016 to September 2017, in British time."""
    last = max(of(tallies, TRANSACTIONS), key=lambda row: row["to_at"])
    assert last["from_at"] == dt.datetime(2016, 9, 30, 23, tzinfo=dt.UTC)
    assert last["to_at"] == dt.datetime(2017, 9, 30, 23, tzinfo=dt.UTC)
    assert last["window"] == "rolling"


def test_the_mislabelled_header_is_reported_and_mapped_right(declared, tallies):
    """`January 2014 to December 2015` is the year 2014; the other file's labels count in another way, which is said once."""
    warnings = ingest.check(declared, Context(FOLDER, "Europe/London"))
    assert [(each.code, each.severity) for each in warnings] == [("SRC115", "warning")] * 2
    assert "'January 2014 to December 2015: volume'" in warnings[0].what
    assert "21 of 21 entries" in warnings[1].what
    year = {(row["from_at"].year, row["to_at"].year) for row in of(tallies, TRANSACTIONS) if row["from_at"].month == 1}
    assert (2014, 2015) in year
    assert (2014, 2016) not in year


def test_carers_allowance_ratings(tallies):
    """8 451 ratings on 86 of 95 days; a day without ratings is missing, not five zeros."""
    days = of(tallies, "carers-ratings", statistic="histogram")
    assert [sum(counts) for counts in zip(*(row["histogram"] for row in days), strict=True)] == [49, 50, 374, 2606, 5372]
    assert len(days) == 86


def test_carers_allowance_journey(tallies):
    """Eleven steps; ten were counted in nine weeks, thank-you in two."""
    weeks = Counter(row["step"] for row in of(tallies, "carers-journey", of="visits"))
    assert len(weeks) == 11
    assert weeks.pop("thank-you") == 2
    assert set(weeks.values()) == {9}
    assert sum(row["value"] for row in of(tallies, "carers-journey", step="eligibility")) == 48_880


def test_carers_allowance_by_channel(tallies):
    """Weekly claims, on paper and online, under our words for the channels."""
    sums = Counter[str]()
    for row in of(tallies, "carers-channels"):
        sums[row["channel"]] += row["value"]
    assert sums == {"clerical": 24_665, "digital": 13_860}


def test_annual_returns_recompute(tallies):
    """Total cost over volume is the published cost per transaction in each of the five years."""
    costs = of(tallies, "annual-returns", of="costs")
    assert len(costs) == 5
    assert all(round(row["numerator"] / row["denominator"], 2) == row["value"] for row in costs)


def test_carers_allowance_is_one_service(tallies):
    """The analytics and the tables use one name, so that their numbers meet."""
    named = {row["source"]: row["entity"] for row in tallies if row["entity"] == "DWP/Carer's Allowance: new claims"}
    assert set(named) == {TRANSACTIONS, SERVICES, "carers-journey", "carers-ratings", "carers-channels"}
