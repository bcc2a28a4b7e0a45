"""Tables that others made, each mapped by one declaration: the counts are those that are known of the files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ingested import Workspace
from wholeservice.facts.ingest import SourceReport
from wholeservice.periods import civil

pytestmark = pytest.mark.real_data


class Mapped:
    """One mapping, ingested: what became of its rows, and its facts."""

    def __init__(self, folder: Path, data: Path, mapping: str) -> None:
        self.workspace, self.data = Workspace(folder), data
        declared = mapping.replace("${data}", str(data))
        self.warnings = self.workspace.check(declared)
        report = self.workspace.ingest(declared)
        assert report.problems == ()
        (self.report,) = report.sources

    def rows(self, table: str, *columns: str) -> list:
        return self.workspace.rows(table, *columns)


@pytest.fixture
def mapped(real_data, tmp_path):
    """Ingest one mapping of the public data."""
    return lambda mapping: Mapped(tmp_path, real_data, mapping)


def assert_all_read(report: SourceReport, n_rows: int) -> None:
    """Every row is there, and none was refused or gave nothing."""
    assert report.kept + report.known + report.superseded + report.refused == report.read == n_rows
    assert (report.refused, report.quarantined, report.empty) == (0, 0, 0)


HOTELS = """\
hotel-bookings:
  file: ${data}/hotel-bookings/hotel_bookings.csv.zip
  missing: ["NULL"]
  facts:
    - interaction:
        happened_at: { column: reservation_status_date, format: "%m/%d/%Y" }
        service: "{hotel}"
        step: stay
        channel: "{distribution_channel}"
        outcome: { column: reservation_status, map: { Check-Out: done, Canceled: left, No-Show: failed } }
"""


@pytest.fixture(scope="module")
def hotels(real_data, tmp_path_factory):
    return Mapped(tmp_path_factory.mktemp("hotels"), real_data, HOTELS)


def test_every_booking_is_kept_though_many_are_equal(hotels):
    """119 390 rows, of which 31 994 say the same as another one; none has a number of its own."""
    assert_all_read(hotels.report, 119_390)
    assert hotels.report.kept == hotels.report.facts == 119_390


def test_how_bookings_ended(hotels):
    """37.04 % were cancelled or not used: 41.73 % in the city, 27.76 % in the resort."""
    ended = Counter(hotels.rows("interactions", "service", "outcome"))
    assert Counter(hotels.rows("interactions", "outcome")) == {"done": 75_166, "left": 43_017, "failed": 1_207}
    lost = {hotel: 1 - ended[hotel, "done"] / sum(n for (each, _), n in ended.items() if each == hotel)
            for hotel in ("City Hotel", "Resort Hotel")}  # fmt: skip
    assert {hotel: round(100 * share, 2) for hotel, share in lost.items()} == {"City Hotel": 41.73, "Resort Hotel": 27.76}
    assert round(100 * (1 - 75_166 / 119_390), 2) == 37.04


def test_days_of_bookings_are_month_first(hotels):
    """`7/1/2015` is the first of July: were the day first, a third of the rows would have no such month."""
    days = {civil(each, "Europe/London").isoformat() for each in hotels.rows("interactions", "happened_at")}
    assert (min(days), max(days)) == ("2014-10-17", "2017-09-14")


def test_a_date_that_two_formats_read_differently_is_refused_and_told(mapped):
    """With both orders listed, only days after the 12th, and those like 7/7, are beyond doubt."""
    both = HOTELS.replace('format: "%m/%d/%Y"', 'format: ["%d/%m/%Y", "%m/%d/%Y"]')
    report = mapped(both).report
    (reason,) = report.reasons
    assert reason.code == "SRC149"
    assert reason.n == report.refused == 119_390 - report.kept
    assert 0 < report.kept < 119_390


def test_bookings_of_one_month_of_arrival(mapped):
    """The date of arrival stands in three columns; its rooms come from where: with a comparison."""
    found = mapped("""\
stays:
  file: ${data}/hotel-bookings/hotel_bookings.csv.zip
  where: { is_canceled: "0", adr: { ">": 0 } }
  facts:
    - interaction:
        happened_at: { text: "{arrival_date_day_of_month} {arrival_date_month} {arrival_date_year}", format: "%d %B %Y" }
        service: "{hotel}"
      where: { arrival_date_year: "2016" }
""")
    assert found.report.refused == found.report.quarantined == 0
    assert found.report.read + found.report.left_out == 119_390
    assert {each.year for each in found.rows("interactions", "happened_at")} == {2016}


BACKSTAGE = """\
catalog:
  file: ["${data}/backstage-catalog/REVISION/components.yaml", "${data}/backstage-catalog/REVISION/groups.yaml"]
  record: [kind, { column: metadata.namespace, default: default }, metadata.name]
  may-lack: [spec.system, spec.dependsOn, spec.providesApis, spec.consumesApis]
  each-of:
    dependency: spec.dependsOn
    provided: spec.providesApis
    consumed: spec.consumesApis
  facts:
    - sighting: { kind: service, name: "{metadata.name}", title: "{metadata.title}", version:
                  "{metadata.annotations.giantswarm.io/latest-release-tag}",
                  relation: owned-by, to_kind: team, to_name: { column: spec.owner, extract: "[^/:]+$" } }
      where: { kind: [Component, API] }
    - sighting: { kind: team, name: "{metadata.name}", title: "{metadata.title}" }
      where: { kind: Group }
    - sighting: { kind: service, name: "{metadata.name}", relation: uses, to_kind: service,
                  to_name: { column: dependency, extract: "[^/:]+$" } }
    - sighting: { kind: service, name: "{metadata.name}", relation: provides, to_name: "{provided}" }
    - sighting: { kind: service, name: "{metadata.name}", relation: uses, to_name: "{consumed}" }
    - sighting: { kind: service, name: "{metadata.name}", relation: part-of, to_name: "{spec.system}" }
"""
"""One declaration for every Backstage catalog; this company's names owners, and no other relation."""


def catalog(mapped, revision: str) -> Mapped:
    return mapped(BACKSTAGE.replace("REVISION", revision))


def test_a_company_catalog(mapped):
    """319 components, each with its owner and its line in the file; 11 groups, of which two have one name."""
    found = catalog(mapped, "2026-01-08")
    assert_all_read(found.report, 330)
    seen = found.rows("sightings", "kind", "name", "where_from")
    assert Counter(kind for kind, _, _ in seen) == {"service": 319, "team": 11}
    assert len({name for kind, name, _ in seen if kind == "service"}) == 319
    assert next(where for _, name, where in seen if name == "ailefroide-app").endswith("components.yaml:6")


def test_owners_that_are_no_group(mapped):
    """18 owners are named, and 8 of them are no group; one of those by the case of a letter."""
    found = catalog(mapped, "2026-01-08")
    groups = {name for kind, name in found.rows("sightings", "kind", "name") if kind == "team"}
    owners = {to for to in found.rows("sightings", "to_name") if to is not None}
    assert (len(owners), len(owners - groups)) == (18, 8)
    assert {owner for owner in owners - groups if owner.lower() in groups} == {"team-Phoenix"}


def test_the_catalog_a_year_before(mapped):
    """232 components."""
    found = catalog(mapped, "2025-01")
    assert Counter(found.rows("sightings", "kind")) == {"service": 232, "team": 11}


def test_a_column_that_no_document_has_is_told(real_data, tmp_path):
    """Without may-lack: a column that never comes is taken for a mistake, and nothing is committed."""
    mapping = BACKSTAGE.replace("  may-lack", "  # may-lack").replace("REVISION", "2025-01").replace("${data}", str(real_data))
    report = Workspace(tmp_path).ingest(mapping)
    assert report.run is None
    assert {each.what.split(" has ")[1] for each in report.problems} == {
        "'spec.system'", "'spec.dependsOn'", "'spec.providesApis'", "'spec.consumesApis'",
    }  # fmt: skip


def test_the_repositories_of_an_estate(mapped):
    """136 entries of a YAML list; one repository is listed three times, and all its entries are kept."""
    found = mapped("""\
repositories:
  file: ${data}/govuk/estate/repos.yml
  record: [repo_name]
  facts:
    - sighting: { kind: part, name: "{repo_name}", relation: owned-by, to_kind: team, to_name: "{team}" }
    - sighting: { kind: part, name: "{repo_name}" }
""")
    assert_all_read(found.report, 136)
    names = found.rows("sightings", "name", "relation")
    assert len({name for name, _ in names}) == 134
    assert len([name for name, relation in names if relation is None]) == 136


PROCESS = """\
log:
  file: ${data}/FILE
  facts:
    - work: { item: "{case:concept:name}", stage: "{Activity}", state: active, from_at: "{start_timestamp}",
              to_at: "{time:timestamp}" }
"""


@pytest.mark.parametrize(("file", "n_rows", "n_cases"), [("Production.csv", 4_953, 225), ("PurchasingExample.csv", 9_119, 608)])
def test_logs_with_start_and_end(mapped, file, n_rows, n_cases):
    """Every row is a stay; a stay that is over at once is one too."""
    found = mapped(PROCESS.replace("FILE", f"waiting-time/{file}"))
    assert_all_read(found.report, n_rows)
    assert len(set(found.rows("work", "item"))) == n_cases


def test_a_small_log_of_events(mapped):
    """42 events in 6 cases; the first column has no name."""
    found = mapped("""\
running-example:
  file: ${data}/process-small/running-example.csv
  record: [1]
  facts:
    - interaction: { happened_at: "{time:timestamp}", service: claims, attempt: "{case:concept:name}", step: "{concept:name}" }
""")
    assert_all_read(found.report, 42)
    assert len(set(found.rows("interactions", "attempt"))) == 6


ROLLING = """\
transactions:
  file: ${data}/govuk/transaction-volumes.csv
  record: [Department Abbreviation, Name of service]
  missing: ["-", "#REF!"]
  each:
    columns: { volume: "{from} to {to}: volume", cost: "{from} to {to}: cost per transaction (£)" }
    lasts: 1y
  facts:
    - tally: { entity: "{Department Abbreviation}/{Name of service}", of: transactions, statistic: count, value: "{volume}",
               from_at: "{from}", to_at: "{to}", window: rolling }
    - tally: { entity: "{Department Abbreviation}/{Name of service}", of: costs, statistic: mean, value: "{cost}",
               denominator: "{volume}", currency: GBP, from_at: "{from}", to_at: "{to}", window: rolling }
"""


def test_twenty_one_rolling_years_by_one_rule(mapped):
    """63 columns need three lines; all 11 024 volumes and 2 083 costs are there, and the last year adds up."""
    found = mapped(ROLLING)
    volumes = [(value, to) for of, value, to in found.rows("tallies", "of", "value", "to_at") if of == "transactions"]
    assert len(volumes) == 11_024
    assert len(found.rows("tallies", "of")) - len(volumes) == 2_083
    assert len({to for _, to in volumes}) == 21
    last = max(to for _, to in volumes)
    assert sum(value for value, to in volumes if to == last) == 1_039_075_681


def test_the_label_that_spans_two_years_is_told_and_the_declared_year_used(mapped):
    """`January 2014 to December 2015` stands between years: lasts: wins, and check says what the label says."""
    found = mapped(ROLLING)
    (warning,) = [each for each in found.warnings if each.code == "SRC115"]
    assert "which is 2014-01-01 to 2015-12-31; the mapping declares 2014-01-01 to 2014-12-31" in warning.what
    assert max(found.rows("tallies", "to_at")).year == 2017
    without = found.workspace.check(ROLLING.replace("    lasts: 1y\n", "").replace("${data}", str(found.data)))
    assert ["1 of 21 periods" in each.what for each in without] == [True]


def test_charges_with_json_in_a_cell(mapped):
    """1 000 charges of 20.520227 and 14.976514; of the 711 with tags, 660 name an application."""
    found = mapped("""\
charges:
  file: ${data}/focus/focus_sample.csv
  record: [Id]
  missing: ["NULL"]
  facts:
    - money: { entity: "{ServiceName}", pool: "{Tags.application}", flow: spent, kind: billed, amount: "{BilledCost}",
               currency: "{BillingCurrency}", from_on: "{ChargePeriodStart}",
               to_on: { column: ChargePeriodStart, plus: 1d } }
    - money: { entity: "{ServiceName}", pool: "{Tags.application}", flow: spent, kind: effective, amount: "{EffectiveCost}",
               currency: "{BillingCurrency}", from_on: "{ChargePeriodStart}",
               to_on: { column: ChargePeriodStart, plus: 1d } }
""")
    assert_all_read(found.report, 1_000)
    sums = Counter[str]()
    for kind, amount in found.rows("money", "kind", "amount"):
        sums[kind] += amount
    assert {kind: round(total, 6) for kind, total in sums.items()} == {"billed": 20.520227, "effective": 14.976514}
    pools = [pool for kind, pool in found.rows("money", "kind", "pool") if kind == "billed"]
    assert (len(pools), len([pool for pool in pools if pool is not None])) == (1_000, 660)
