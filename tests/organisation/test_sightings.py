"""Sightings: what sources saw joins what is declared; a clash is said and declared wins."""

from __future__ import annotations

import csv
import json
import random
import time
from pathlib import Path

import pytest

from organisation.texts import HOTEL, declared, seen
from wholeservice.organisation.check import check
from wholeservice.organisation.graph import SEEN, ancestors, children, normalise, resolve, used_by
from wholeservice.organisation.load import load_texts
from wholeservice.organisation.sightings import with_sightings


def test_new_things_are_seen_and_found_by_their_name():
    """The id comes from the attributes, else from the name; the foreign name is an alias; both ends of a relation exist."""
    org, problems = with_sightings(
        declared(HOTEL),
        [
            seen(
                "service", "Carer's Allowance: applications", attributes='{"id": "dwp-carers-allowance", "high_volume": true}'
            ),
            seen("service", "Carer's Allowance: applications", relation="part-of", to_kind="agency", to_name="DWP"),
            seen("department", "DWP", title="Department for Work and Pensions"),
        ],
    )
    service = org.entities["dwp-carers-allowance"]
    assert problems == []
    assert (service.basis, service.parent, service.title) == (SEEN, "dwp", "Carer's Allowance: applications")
    assert service.fields["high_volume"] is True
    assert (org.entities["dwp"].kind, org.entities["dwp"].title) == ("unit", "Department for Work and Pensions")
    assert resolve(org, "CARER'S ALLOWANCE: applications") == "dwp-carers-allowance"
    assert children(org, "dwp") == ("dwp-carers-allowance",)


def test_what_is_seen_again_is_the_declared_one():
    """By id, title or alias: nothing is made twice, and what is declared stays declared."""
    before = declared(HOTEL.replace("search:   { team", "search:   { aliases: [search-api], title: Room search, team"))
    rows = [seen("part", name) for name in ("search", "Room Search", "SEARCH-API")]
    after, _ = with_sightings(before, rows)
    assert set(after.entities) == set(before.entities)
    assert after.entities["search"].basis == "declared"


def test_a_clash_keeps_what_is_declared_and_says_so():
    """Another team was seen: a warning with both names and the place of what is declared."""
    org, problems = with_sightings(
        declared(HOTEL), [seen("part", "search", relation="owned-by", to_kind="team", to_name="money")]
    )
    assert org.entities["search"].team == "discovery"
    assert [(each.code, each.severity) for each in problems] == [("ORG045", "warning")]
    assert "'discovery'" in problems[0].what
    assert "'money'" in problems[0].what
    assert problems[0].place == org.entities["search"].place


def test_what_is_not_declared_is_filled_in():
    """A team and a dependency nobody declared come from what was seen; a declared dependency is not doubled."""
    rows = [
        seen("service", "card-acquiring", relation="owned-by", to_name="money"),
        seen("part", "prices", relation="uses", to_kind="part", to_name="rooms"),
        seen("part", "search", relation="uses", to_kind="part", to_name="prices"),
    ]
    org, problems = with_sightings(declared(HOTEL), rows)
    assert problems == []
    assert org.entities["card-acquiring"].team == "money"
    assert used_by(org, "rooms") == ("checkout", "prices")
    assert [edge.basis for edge in org.edges if (edge.from_id, edge.to_id) == ("search", "prices")] == ["declared"]


def test_two_kinds_may_share_a_name():
    """A department and a service of one name get two ids; the bare name finds the service, whatever came first."""
    rows = [
        seen("unit", "Land Registry"),
        seen("service", "Land Registry"),
        seen("service", "Land Registry", relation="part-of", to_kind="unit", to_name="Land Registry"),
    ]
    for order in (rows, rows[::-1]):
        org, _ = with_sightings(load_texts({})[0], order)
        assert sorted(entity.kind for entity in org.entities.values()) == ["service", "unit"]
        service = resolve(org, "Land Registry")
        assert service is not None
        assert org.entities[service].kind == "service"
        assert org.entities[service].parent == resolve(org, "land registry", "unit") != service


def test_the_order_of_rows_does_not_change_ids():
    """Names that give the same id are numbered the same way however rows come."""
    rows = [seen("service", name) for name in ("A b", "A-b", "a_b", "A/B")]
    found = {
        tuple(sorted((e.id, e.title) for e in with_sightings(load_texts({})[0], order)[0].entities.values()))
        for order in (rows, rows[::-1])
    }
    assert len(found) == 1
    assert [identity for identity, _ in found.pop()] == ["a-b", "a-b-2", "a-b-3", "a-b-4"]


def test_an_alias_that_was_seen_is_another_name():
    """`alias` makes a name, not a thing."""
    org, _ = with_sightings(declared(HOTEL), [seen("part", "search", relation="alias", to_name="srch-prod-01")])
    assert resolve(org, "SRCH-prod-01") == "search"
    assert "srch-prod-01" not in org.entities


def test_bad_rows_are_said_and_left_out():
    """Unknown kinds, impossible relations, circles and attributes that are no object: one warning each, nothing raised."""
    rows = [
        seen("planet", "Mars"),
        seen("planet", "Venus"),
        seen("team", "care", relation="binds", to_kind="service", to_name="payments"),
        seen("unit", "a", relation="part-of", to_kind="unit", to_name="b"),
        seen("unit", "b", relation="part-of", to_kind="unit", to_name="a"),
        seen("unit", "c", attributes="[1]"),
        seen("unit", "d", attributes="{"),
        seen("unit", " "),
        seen("unit", "a", relation="part-of", to_kind="unit", to_name="a"),
    ]
    org, problems = with_sightings(load_texts({})[0], rows)
    assert sorted(problem.code for problem in problems) == ["ORG043", "ORG043", "ORG044", "ORG044", "ORG045"]
    assert all(problem.place and problem.next_step for problem in problems)
    assert {"a", "b", "c", "d"} <= set(org.entities)
    assert (org.entities["a"].parent, org.entities["b"].parent) == ("b", None)


def test_a_sighting_heals_a_reference_that_led_nowhere():
    """A declared name that only a source knows is found once the source was read; then check is silent."""
    org, _ = load_texts({"a.yaml": "org: { name: X }\nservices: { s: { unit: dwp, team: web, uses: [ledger] } }"})
    assert [problem.code for problem in check(org)] == ["ORG012"] * 3
    healed, _ = with_sightings(org, [seen("unit", "dwp"), seen("team", "web"), seen("service", "ledger")])
    assert check(healed) == []
    assert (healed.entities["s"].parent, healed.entities["s"].team, used_by(healed, "ledger")) == ("dwp", "web", ("s",))


def test_attributes_never_pose_as_fields_of_another_type():
    """A free attribute is kept; a `from` that is text would break the dates of what is declared, so it is left out."""
    row = seen("team", "care", attributes='{"from": "soon", "until": 3, "floor": 2, "title": "Care", "type": "odd"}')
    org, _ = with_sightings(load_texts({})[0], [row])
    assert org.entities["care"].fields == {"floor": 2, "title": "Care"}
    assert check(org) == []


def test_the_hash_stays_that_of_what_is_declared():
    """Results name the declared organisation by hash and the sightings by run."""
    org = declared(HOTEL)
    assert with_sightings(org, [seen("unit", "new")])[0].hash == org.hash


def test_ten_thousand_rows_merge_in_a_moment():
    """734 services in 80 units, seen over and over: well under a second."""
    draw = random.Random(7)
    rows = [
        seen("service", f"Service {number}", title=f"Service {number}", attributes=f'{{"id": "service-{number}"}}',
             relation="part-of", to_kind="unit", to_name=f"Unit {number % 80}")
        for number in (draw.randrange(734) for _ in range(10_000))
    ]  # fmt: skip
    org = declared(HOTEL)
    started = time.perf_counter()
    merged, problems = with_sightings(org, rows)
    took = time.perf_counter() - started
    assert problems == []
    assert len(merged.entities) > 800
    assert took < 2, f"took {took:.2f} s; measured 0.2 s when written"


@pytest.mark.real_data
def test_the_real_estate_of_services_joins_without_a_clash(real_data: Path):
    """734 services keep the ids their owners gave; each is inside its agency, each agency inside its department."""
    with (real_data / "govuk" / "services.csv").open(encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    rows = []
    for row in table:
        name, agency, department = row["Name of service"], row["Agency/body"], row["Department"]
        attributes = json.dumps({"id": row["Slug"], "category": row["Category"]})
        rows.append(seen("service", name, attributes=attributes, relation="part-of", to_kind="agency", to_name=agency))
        rows.append(seen("agency", agency, relation="part-of", to_kind="department", to_name=department))
    org, problems = with_sightings(load_texts({})[0], rows)
    assert problems == []
    services = {entity.id for entity in org.entities.values() if entity.kind == "service"}
    assert services == {row["Slug"] for row in table}
    assert len(services) == 734
    assert all(resolve(org, row["Name of service"]) == row["Slug"] for row in table)
    units = {normalise(row[column]) for row in table for column in ("Department", "Agency/body")}
    assert len(org.entities) == 734 + len(units)
    carers = ancestors(org, "dwp-carers-allowance-new-claims")
    assert [org.entities[unit].title for unit in carers] == ["Department for Work and Pensions"]
