"""What is proposed for tables that others made: their counts and sums, as read another way."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest
import yaml

from proposal.expected import expected_of
from proposal.score import RIGHT, WRONG, verdicts_of
from wholeservice.app.map_file import Around, Found, Wanted, find_out
from wholeservice.documents import parse
from wholeservice.facts import ingest

pytestmark = pytest.mark.real_data

LONG = 120.0  # seconds; here the whole file is read, however busy the machine


@cache
def looked_at(folder: Path, file: str, kind: str | None) -> Found:
    """Propose a declaration; several tests look at the same one."""
    return find_out(Wanted(folder / file, kind=kind, look_s=LONG, try_s=LONG), Around(folder), lambda doing: None)


@pytest.fixture
def mapped(real_data):
    """Propose a declaration for one of the files, and try it out on all its rows."""

    def find(file: str, kind: str | None = None) -> Found:
        found = looked_at(real_data, file, kind)
        root, problems = parse(found.text(120), "x")
        _, own = ingest.load(root, {}, "UTC") if found.is_whole else ((), [])
        assert [each for each in problems + own if each.severity == "error"] == []
        assert found.is_all
        return found

    return find


def line(found: Found, key: str) -> list[str]:
    return [each.value for entry in found.proposal.entries for each in entry.lines if each.key == key]


def number(text: str) -> float | None:
    """Read a number the way a person would; None for anything else."""
    try:
        return float(text.strip().replace(",", "").removeprefix("£"))
    except ValueError:
        return None


def in_columns(path: Path, wanted: str) -> list[float]:
    """Return all numbers in the columns whose header ends so."""
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    at = [n for n, header in enumerate(rows[0]) if header.endswith(wanted)]
    found = [number(row[n]) for row in rows[1:] for n in at if n < len(row)]
    return [each for each in found if each is not None]


# numbers that were counted --------------------------------------------------------------------------------------------------


def test_rolling_years_of_the_british_government(mapped, real_data):
    """21 overlapping years become a rule; the header that spans two years does not count, and that is said."""
    found = mapped("govuk/transaction-volumes.csv")
    assert found.proposal.is_sure
    assert set(line(found, "window")) == {"rolling"}
    (lasts,) = [each for each in found.proposal.each if each.key == "lasts"]
    assert (lasts.value, lasts.why) == ("1y", "3 of 63 headers name another length")
    path = real_data / "govuk/transaction-volumes.csv"
    parts = [in_columns(path, f": {each}") for each in ("volume", "digital volume", "cost per transaction (£)")]
    assert found.tried.by_table["tallies"] == sum(map(len, parts))
    assert (len(parts[0]), len(parts[2])) == (11_024, 2_083)
    assert found.tried.sums["tallies.value"] == pytest.approx(sum(map(sum, parts)))
    assert found.tried.n_refused == 0


def test_columns_whose_headers_name_quarters(mapped, real_data):
    """144 columns of a file of 170 follow six patterns. That they are years is nowhere said: the windows are unsure."""
    found = mapped("govuk/services.csv")
    endings = ("Q1 Vol.", "Q2 Vol.", "Q3 Vol.", "Q4 Vol.")
    volumes = [each for ending in endings for each in in_columns(real_data / "govuk/services.csv", ending)]
    assert len(volumes) == 11_024
    (window,) = {(each.value, each.is_sure) for entry in found.proposal.entries for each in entry.lines if each.key == "window"}
    assert window == ("calendar", False)
    counted = Counter((row["of"], row["channel"]) for row in found.tried.rows["tallies"])
    assert counted["transactions", None] > 0
    only = mapped_only(found, real_data, "{from} Vol.")
    assert (only[0], only[1]) == (len(volumes), pytest.approx(sum(volumes)))


def mapped_only(found: Found, folder: Path, pattern: str) -> tuple[int, float]:
    """Return how many facts the columns of one pattern give when the proposal is ingested with the others taken out."""
    from wholeservice.documents import plain
    from wholeservice.proposal.trial import try_out
    from wholeservice.sources.base import Context

    declared = plain(parse(found.text(500), "x")[0])
    (source,) = declared.values()
    (name,) = [name for name, each in source["each"]["columns"].items() if each == pattern]
    source["facts"] = [each for each in source["facts"] if each["tally"]["value"] == f"{{{name}}}"]
    (one,), _ = ingest.load(parse(json.dumps(declared), "x")[0], {}, "UTC")
    tried = try_out(one, one.source.read(one.options, Context(folder), None))
    return tried.n_facts, tried.sums["tallies.value"]


@pytest.mark.parametrize("file", ["services.2015-06-30.369bbadb.csv.gz", "transaction-volumes.2016-11-30.1082c417.csv.gz"])
def test_older_files_are_no_worse(mapped, file):
    """What was published years before has other columns, and is found as well."""
    found = mapped(f"govuk/history/{file}")
    assert (found.proposal.kind, found.proposal.is_sure, found.tried.n_refused) == ("tally", True, 0)


def test_numbers_of_an_interface_that_nests_them(mapped, real_data):
    """Weeks within steps: the rows are found in the document, and totals around them are not counted."""
    found = mapped("govuk/backdrop-stubs/carers_allowance_journey.json")
    document = json.loads((real_data / "govuk/backdrop-stubs/carers_allowance_journey.json").read_text(encoding="utf-8"))
    weeks = [week["uniqueEvents:sum"] for step in document["data"] for week in step["values"]]
    assert found.tried.sums["tallies.value"] == sum(each for each in weeks if each is not None)
    assert found.tried.by_table["tallies"] == sum(each is not None for each in weeks)


def test_every_reply_of_the_platform_is_right_or_says_that_it_is_unsure(mapped, real_data):
    """66 replies of a real interface, all of them numbers by time: none is taken for something else without a word of doubt."""
    from wholeservice.errors import WholeserviceError

    verdicts: Counter[str] = Counter()
    for path in sorted((real_data / "govuk/backdrop-stubs").glob("*.json")):
        try:
            found = mapped(f"govuk/backdrop-stubs/{path.name}")
        except WholeserviceError:
            verdicts["no rows"] += 1
            continue
        verdict = "right" if found.proposal.kind == "tally" else "wrong"
        verdicts[verdict if found.proposal.is_sure else "unsure"] += 1
    assert verdicts["wrong"] == 0
    assert verdicts["no rows"] == 3
    assert verdicts["right"] >= 30


# what happened ---------------------------------------------------------------------------------------------------------------


def test_hotel_bookings(mapped, real_data):
    """Days with the month first, found by those after the 12th; how bookings ended, translated."""
    found = mapped("hotel-bookings/hotel_bookings.csv.zip")
    assert found.proposal.kind == "interaction"
    assert found.tried.by_table["interactions"] == 119_390
    assert found.tried.n_refused == 0
    assert '{ column: reservation_status_date, format: "%m/%d/%Y" }' in line(found, "happened_at")
    assert "map: { Check-Out: done, Canceled: left, No-Show: failed }" in line(found, "outcome")[0]
    with zipfile.ZipFile(real_data / "hotel-bookings/hotel_bookings.csv.zip") as archive:
        n_rows = archive.read(archive.namelist()[0]).count(b"\n") - 1
    assert n_rows == 119_390


@pytest.mark.parametrize(("file", "n_rows", "n_cases"), [
    ("Production.csv", 4_953, 225), ("PurchasingExample.csv", 9_119, 608), ("column_mapping.csv", 57, 15),
])  # fmt: skip
def test_logs_with_start_and_end(mapped, file, n_rows, n_cases):
    """Stays of cases, with the people who worked on them as pseudonyms."""
    found = mapped(f"waiting-time/{file}")
    assert (found.proposal.kind, found.proposal.is_sure) == ("work", True)
    assert found.tried.by_table["work"] == n_rows
    (item,) = line(found, "item")
    assert next(each.n_distinct for each in found.proposal.columns if f"{{{each.ref}}}" in item) == n_cases
    assert "only a pseudonym is stored" in found.text(120)


def test_handoffs_without_a_day_are_no_fact(mapped):
    """There is no instant in it: nothing is proposed rather than something wrong."""
    found = mapped("waiting-time/bimp-example_handoffs.csv")
    assert not found.is_whole


def test_a_small_log_of_events(mapped):
    """42 events of 6 cases."""
    found = mapped("process-small/running-example.csv")
    assert found.proposal.kind in ("work", "interaction")
    assert found.tried.n_facts == 42


# money and things ------------------------------------------------------------------------------------------------------------


def test_a_cost_export_of_the_standard(mapped):
    """Billed and effective are two views of one charge; hours of a day last that day, else every row would be refused."""
    found = mapped("focus/focus_sample.csv")
    assert (found.proposal.kind, found.proposal.is_sure) == ("money", True)
    assert line(found, "kind") == ["billed", "effective"]
    assert found.tried.by_table["money"] == 2_000
    assert found.tried.n_refused == 0
    assert found.tried.sums["money.amount"] == pytest.approx(20.520227 + 14.976514)


def test_a_company_catalogue(mapped, real_data):
    """319 components with their owners, of whom only the last piece of `group:default/team` is the name."""
    found = mapped("backstage-catalog/2026-01-08/components.yaml")
    assert (found.proposal.kind, found.proposal.is_sure) == ("sighting", True)
    text = (real_data / "backstage-catalog/2026-01-08/components.yaml").read_text(encoding="utf-8")
    documents = [each for each in yaml.load_all(text, Loader=yaml.CSafeLoader) if each]
    assert len(documents) == 319
    assert found.tried.by_table["sightings"] == 2 * len(documents)
    owners = {each["spec"]["owner"].rpartition("/")[2] for each in documents}
    assert {row["to_name"] for row in found.tried.rows["sightings"]} - {None} <= owners


def test_the_repositories_of_an_estate(mapped, real_data):
    """136 entries with their teams."""
    found = mapped("govuk/estate/repos.yml")
    entries = yaml.safe_load((real_data / "govuk/estate/repos.yml").read_text(encoding="utf-8"))
    n_owned = sum(each.get("team") is not None for each in entries)
    assert found.tried.by_table["sightings"] == len(entries) + n_owned == 272


# all of them ------------------------------------------------------------------------------------------------------------------

JUDGED = """
govuk/transaction-volumes.csv: tally: from | - | volume, digital-volume, cost-per-transaction
govuk/history/services.2015-06-30.369bbadb.csv.gz: tally: from | - | vol, digital-vol, cpt, digital-cpt
hotel-bookings/hotel_bookings.csv.zip: interaction: reservation_status_date | - | -
waiting-time/Production.csv: work: start_timestamp | item=case:concept:name | -
waiting-time/PurchasingExample.csv: work: start_timestamp | item=case:concept:name | -
waiting-time/column_mapping.csv: work: Start_time | item=Contract_ID | -
waiting-time/bimp-example_handoffs.csv: -: - | - | -
process-small/running-example.csv: work: time:timestamp | item=case:concept:name | -
focus/focus_sample.csv: money: ChargePeriodStart | entity=ServiceName | BilledCost, EffectiveCost
backstage-catalog/2026-01-08/components.yaml: sighting: - | name=metadata.name to_name=spec.owner | -
govuk/estate/repos.yml: sighting: - | name=repo_name to_name=team | -
govuk/backdrop-stubs/kpi.json: tally: _timestamp/_day_start_at | entity=service_id | number_of_transactions, (total_cost), \
(number_of_digital_transactions), (cost_per_transaction), (digital_cost_per_transaction), (digital_takeup)
"""


def test_nothing_is_wrong_and_sounds_sure_of_files_of_others(mapped):
    """Of real tables, too, what is not right says that it is unsure, and most is right."""
    scores: dict[str, Counter[str]] = defaultdict(Counter)
    wrong = []
    lines = JUDGED.strip().split("\n")
    for file, kind, said in (text.split(": ", 2) for text in lines):
        found = mapped(file)
        for what, verdict in verdicts_of((kind,) if kind != "-" else (), expected_of(said), found).items():
            scores[what][verdict] += 1
            wrong += [f"{file}: {what}"] if verdict == WRONG else []
    assert wrong == []
    assert all(score[RIGHT] >= 0.7 * len(lines) for score in scores.values())


# more than a table -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("file", "kind", "counts"), [
    ("git-flow/alphagov+spotlight.commits.csv.gz", "git", {"items": 3_839}),
    ("git-flow/alphagov+spotlight.tags.csv.gz", "git", {"items": 3_839}),
    ("process-small/helpdesk.xes.gz", "xes", {"items": 4_580, "work": 21_348}),
    ("process-small/running-example.xes", "xes", {"items": 6, "work": 42}),
    ("process-small/ocel/ocel20_example.sqlite", "ocel", {"items": 9}),
    ("process-small/ocel/recruiting-red.jsonocel.gz", "ocel", {"items": 1_051}),
    ("govuk/estate/docker-compose.yml", "compose", {}),
])  # fmt: skip
def test_what_is_more_than_a_table_is_left_to_its_source(mapped, file, kind, counts):
    """The kind of source is named, and reads the file without a mapping."""
    found = mapped(file)
    assert (found.source, found.proposal) == (kind, None)
    assert {name: found.tried.by_table[name] for name in counts} == counts


def test_an_export_of_git_can_be_read_as_a_table_too(mapped, real_data):
    """Somebody who says so gets a mapping of its columns."""
    found = mapped("git-flow/pyrra-dev+pyrra.commits.csv.gz", kind="item")
    with gzip.open(real_data / "git-flow/pyrra-dev+pyrra.commits.csv.gz", "rt", encoding="utf-8") as stream:
        n_rows = sum(1 for _ in csv.DictReader(stream))
    assert found.tried.by_table["items"] == n_rows
