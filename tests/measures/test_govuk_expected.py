"""Every number of the public GOV.UK data is had again: volume, take-up and cost of 21 periods, and why two of them changed."""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from measures.given import engine_with, organisation, prepared, service
from wholeservice.measures import MEASURES
from wholeservice.measures.base import Statistics
from wholeservice.measures.compute import compute
from wholeservice.measures.finish import finish_count, finish_ratio, finish_score
from wholeservice.measures.kpi_change import change
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Target
from wholeservice.periods import instant
from wholeservice.units import SHARE, Amount

DATA = Path(os.environ.get("WHOLESERVICE_TEST_DATA", Path(__file__).parents[2] / "../shared/data"))
PEERS = DATA.parent / "peers"
VOLUMES, EXPECTED, EXPERIENCE = DATA / "govuk/transaction-volumes.csv", PEERS / "govuk_expected.json", PEERS / "experience.json"
KPI = DATA / "govuk/backdrop-stubs/kpi.json"
SATISFACTION = DATA / "govuk/backdrop-stubs/carers-allowance-user-satisfaction.json"
ROOT = "the organisation"
N_NAMES = 5  # columns that say what the service is, before the columns of the periods

pytestmark = pytest.mark.real_data
needs = {
    path: pytest.mark.skipif(not path.exists(), reason=f"the public data is not here: {path.name}")
    for path in (VOLUMES, EXPECTED, EXPERIENCE, KPI, SATISFACTION)
}
MONTHS = list(calendar.month_name)[1:]
MISLABELLED = {"January 2014 to December 2015": "January 2014 to December 2014"}
PERIODS = list(json.loads(EXPECTED.read_text())["periods"]) if EXPECTED.exists() else []
DECOMPOSITIONS = {
    "takeup 2016/17 -> Jul16-Jun17": ("channel-take-up", "April 2016 to March 2017", "July 2016 to June 2017"),
    "takeup 2012/13 -> 2016/17": ("channel-take-up", "April 2012 to March 2013", "April 2016 to March 2017"),
    "cpt 2012/13 -> 2016/17": ("cost-per-transaction", "April 2012 to March 2013", "April 2016 to March 2017"),
}


def bounds(label: str) -> tuple[dt.datetime, dt.datetime]:
    """Return the instants of `April 2011 to March 2012`."""
    (first, from_year), (last, to_year) = (word.split() for word in MISLABELLED.get(label, label).split(" to "))
    month = MONTHS.index(last) + 1
    from_on = dt.date(int(from_year), MONTHS.index(first) + 1, 1)
    after_on = dt.date(int(to_year) + month // 12, month % 12 + 1, 1)
    return instant(from_on, "Europe/London"), instant(after_on, "Europe/London")


def tallies(names: list[str], header: list[str], row: list[str]) -> list[dict[str, Any]]:
    """Return the tallies of one service: what stands in its cells, and nothing for an empty one."""
    found = []
    kinds = [("transactions", "count", None), ("transactions", "count", "digital"), ("costs", "mean", None)]
    for place, text in enumerate(row[N_NAMES : N_NAMES + 3 * len(PERIODS)]):
        of, statistic, channel = kinds[place % 3]
        from_at, to_at = bounds(header[N_NAMES + place].rpartition(":")[0])
        if text:
            found.append(
                {"from_at": from_at, "to_at": to_at, "window": "rolling", "entity": names[-1], "of": of, "statistic": statistic,
                 "channel": channel, "value": float(text), "currency": "GBP" if of == "costs" else None}
            )  # fmt: skip
    return found


@cache
def results() -> Results:
    """Return everything measured over the published file, in its tree of departments and agencies."""
    header, *rows = csv.reader(VOLUMES.read_text(encoding="utf-8-sig").splitlines())
    facts: list[dict[str, Any]] = []
    entities: dict[str, Any] = {}
    for number, row in enumerate(rows):
        department, agency, name = row[0], f"{row[0]}/{row[2]}", row[4]
        entities[department] = service(department, kind="unit", title=department)
        entities[agency] = service(agency, kind="unit", title=agency, parent=department)
        entities[f"s{number}"] = service(f"s{number}", title=name, parent=agency)
        facts += tallies([department, agency, name], header, row)
    computed = compute(
        engine_with(tallies=facts), organisation(*entities.values()), zone="Europe/London", source_order=["test"]
    )
    return Results(MEASURES, computed)


def rows_of(measure: str, label: str, entities: frozenset[str] | None = None) -> dict[str, Statistics]:
    """Return the sums of each service in one period."""
    from_at, to_at = bounds(label)
    return {
        entity: sums
        for entity in entities or results().entities(measure)
        for cell, sums in results().rows(measure, entity)
        if (cell.from_at, cell.to_at) == (from_at, to_at)
    }


@needs[VOLUMES]
@needs[EXPECTED]
@pytest.mark.parametrize("label", PERIODS)
def test_every_period_recomputes(label: str):
    """Volume, digital take-up and cost per transaction of the whole tree are those computed from the file alone."""
    expected = json.loads(EXPECTED.read_text())["periods"][label]
    volume, takeup, cost = (
        rows_of(name, label, frozenset({ROOT}))[ROOT] for name in ("volume", "channel-take-up", "cost-per-transaction")
    )
    assert (volume.reporting, finish_count(volume).value) == (expected["services"], expected["volume"])
    assert (takeup.reporting, round(finish_ratio(takeup).value, 6)) == (expected["takeup_n"], expected["takeup"])
    assert (cost.reporting, round(cost.numerator, 2)) == (expected["cpt_n"], expected["total_cost"])
    assert round(finish_ratio(cost).value, 6) == expected["cpt_weighted"]
    assert volume.expected == takeup.expected == cost.expected == 734


@needs[VOLUMES]
@needs[EXPECTED]
@pytest.mark.parametrize("label", PERIODS)
def test_digital_above_all_is_kept_as_given(label: str):
    """A service whose digital count exceeds its volume keeps a take-up above 1: it is a finding, not a correction."""
    listed = json.loads(EXPECTED.read_text())["periods"][label]["takeup_over_1"]
    services = frozenset(each for each in results().entities("channel-take-up") if each.startswith("s"))
    over = [sums for sums in rows_of("channel-take-up", label, services).values() if finish_ratio(sums).value > 1]
    assert len(over) == len(listed)


@needs[VOLUMES]
@needs[EXPECTED]
@pytest.mark.parametrize("name", DECOMPOSITIONS)
def test_every_decomposition_recomputes(name: str):
    """Within, mix and coverage are those computed independently, and add up to the change."""
    expected = json.loads(EXPECTED.read_text())["decomposition"][name]
    measure, before, after = DECOMPOSITIONS[name]
    services = frozenset(each for each in results().entities(measure) if each.startswith("s"))
    pairs = [
        {entity: (sums.numerator, sums.denominator) for entity, sums in rows_of(measure, label, services).items()}
        for label in (before, after)
    ]
    found = change(*pairs)
    assert found is not None
    for part in ("before", "after", "total", "within", "mix", "coverage"):
        assert getattr(found, part) == pytest.approx(expected[part], rel=1e-9, abs=1e-12)
    assert (found.n_matched, found.n_left, found.n_joined) == (expected["matched"], expected["left"], expected["joined"])
    assert found.within + found.mix + found.coverage == pytest.approx(found.total, abs=1e-12)


@needs[VOLUMES]
@needs[EXPECTED]
def test_overlapping_years_are_no_variation():
    """Of 21 rolling years only those that do not overlap tell how much a year varies: six of them."""
    newest = results().series("volume", ROOT)[-1]
    assert len(results().series("volume", ROOT)) == 21
    assert newest.value.interval is not None
    years = [results().series("volume", ROOT)[index].value.value for index in (0, 4, 8, 12, 16, 20)]
    assert newest.value.interval.high - newest.value.interval.low > max(years) - min(years)


@needs[SATISFACTION]
def test_carers_allowance_ratings():
    """8 451 ratings of 1 to 5 give 0.8905."""
    days = json.loads(SATISFACTION.read_text())["data"]
    facts = [
        {"from_at": dt.datetime.fromisoformat(day["_start_at"]), "to_at": dt.datetime.fromisoformat(day["_end_at"]),
         "window": "calendar", "entity": "carers-allowance", "of": "answers", "statistic": "histogram",
         "histogram": [day[f"rating_{point}:sum"] for point in range(1, 6)]}
        for day in days if day["total:sum"] is not None
    ]  # fmt: skip
    known, window = organisation(service("carers-allowance")), Target("", "satisfaction", ">=", Amount(0.9, SHARE), 95)
    computed = compute(engine_with(tallies=facts), known, zone="UTC", source_order=[], targets=[window])
    (whole,) = [sums for cell, sums in computed if cell.entity == "carers-allowance" and cell.window == "rolling"]
    assert whole.histogram == (49, 50, 374, 2606, 5372)
    assert (whole.n, round(finish_score(whole).value, 4)) == (8451, 0.8905)


@needs[KPI]
def test_archived_indicators_recompute():
    """The five periods of the archived indicators: take-up, and cost per transaction of all and of digital ones."""
    days = json.loads(KPI.read_text())["data"]
    facts = []
    for day in days:
        from_at, to_at = (dt.datetime.fromisoformat(day[name]) for name in ("_timestamp", "end_at"))
        given = [
            ("transactions", "count", None, day["number_of_transactions"]),
            ("transactions", "count", "digital", day["number_of_digital_transactions"]),
            ("costs", "count", None, day["total_cost"]),
            ("costs", "mean", "digital", day["digital_cost_per_transaction"]),
        ]
        facts += [
            {"from_at": from_at, "to_at": to_at, "window": "rolling", "entity": day["service_id"], "of": of,
             "statistic": statistic, "channel": channel, "value": value, "currency": "GBP" if of == "costs" else None}
            for of, statistic, channel, value in given
        ]  # fmt: skip
    engine, known = engine_with(tallies=facts), organisation(service(days[0]["service_id"]))
    found = Results(MEASURES, compute(engine, known, zone="UTC", source_order=[]))
    for point in found.series("channel-take-up", days[0]["service_id"]):
        day = next(each for each in days if dt.datetime.fromisoformat(each["_timestamp"]) == point.cell.from_at)
        assert point.value.value == pytest.approx(day["digital_takeup"], abs=1e-12)
        cost = next(each for each in found.series("cost-per-transaction", day["service_id"]) if each.period == point.period)
        assert cost.value.value == pytest.approx(day["total_cost"] / day["number_of_transactions"], abs=1e-12)
        assert round(cost.value.value, 2) == day["cost_per_transaction"]
    assert len(found.series("channel-take-up", days[0]["service_id"])) == len(days) == 5


def spotlight() -> dict[str, Any]:
    return dict(json.loads(EXPERIENCE.read_text())["govuk_spotlight"])


MONTH = {
    "from_at": dt.datetime(2014, 1, 1, tzinfo=dt.UTC),
    "to_at": dt.datetime(2014, 2, 1, tzinfo=dt.UTC),
    "window": "calendar",
}


def values(measure: str, facts: list[dict[str, Any]], *entities: Any) -> dict[str, Any]:
    """Return the finished value of each entity from some tallies of one month."""
    known = organisation(*entities)
    chosen = next(each for each in MEASURES if each.name == measure)
    engine = prepared(engine_with(tallies=[{**MONTH, **fact} for fact in facts]), known, chosen.needs)
    computed = compute(engine, known, zone="UTC", source_order=[], measures=[chosen])
    return {cell.entity: chosen.finish(sums).value for cell, sums in computed if cell.channel is None}


@needs[EXPERIENCE]
def test_spotlight_scores():
    """The user satisfaction of the dashboard's own tests."""
    cases = spotlight()["satisfaction"]
    facts = [
        {"entity": f"s{n}", "of": "answers", "statistic": "histogram", "histogram": case["ratings"]}
        for n, case in enumerate(cases)
    ]
    found = values("satisfaction", facts, *(service(f"s{n}") for n in range(len(cases))))
    assert [found[f"s{n}"] for n in range(len(cases))] == [case["score"] for case in cases]


@needs[EXPERIENCE]
def test_spotlight_completion():
    """The completion rate of the dashboard's own tests; where it has none, we have none."""
    cases = spotlight()["completion"]
    facts = [
        {"entity": f"s{n}", "of": "visits", "statistic": "count", "step": step, "value": case[step]}
        for n, case in enumerate(cases) for step in ("start", "end")
    ]  # fmt: skip
    found = values("completion", facts, *(service(f"s{n}", "start end") for n in range(len(cases))))
    assert [found.get(f"s{n}") for n in range(len(cases))] == [case["rate"] for case in cases]


@needs[EXPERIENCE]
def test_spotlight_take_up():
    """Digital over digital and paper."""
    case = spotlight()["digital_takeup"]
    facts = [
        {"entity": "s", "of": "transactions", "statistic": "count", "channel": name, "value": case[name]}
        for name in ("digital", "paper")
    ]
    assert values("channel-take-up", facts, service("s"))["s"] == pytest.approx(case["rate"], abs=1e-12)


@needs[EXPERIENCE]
@pytest.mark.parametrize(("measure", "of", "key"), [
    ("cost-per-transaction", "costs", "cpt"), ("satisfaction", "satisfaction", "satisfaction"),
    ("completion", "completion", "completion"), ("channel-take-up", "take-up", "takeup"),
])  # fmt: skip
def test_spotlight_weighted_totals(measure: str, of: str, key: str):
    """The total of three services is weighted with their volume."""
    rows = spotlight()["services"]
    facts = [
        {"entity": f"s{n}", "of": of, "statistic": "mean", "value": row[key], "denominator": row["volume"]}
        for n, row in enumerate(rows)
    ]
    total = values(measure, facts, *(service(f"s{n}") for n in range(len(rows))))[ROOT]
    assert total == pytest.approx(sum(row[key] * row["volume"] for row in rows) / sum(row["volume"] for row in rows), abs=1e-12)
    names = {"cpt": "cost_per_transaction", "satisfaction": "user_satisfaction", "completion": "completion_rate"}
    for case in spotlight()["weighted"]:
        if case["key"] == names.get(key):
            assert round(total, case["decimals"]) == case["expected"]
