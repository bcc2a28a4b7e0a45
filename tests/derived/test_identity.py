"""Names in facts resolve to entities on reading; what resolves to nothing is counted, never guessed."""

from __future__ import annotations

import pyarrow as pa

from measures.given import at, engine_with, organisation, service
from wholeservice import tables
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.facts.identity import FactTables, Unresolved, names_table, resolve
from wholeservice.facts.known_steps import known_steps

EVENT = {"happened_at": at("2026-01-05")}


def names(known) -> dict[str, str]:
    return {row["name"]: row["entity_id"] for row in names_table(known).to_pylist()}


def test_an_id_goes_before_an_alias_and_an_alias_before_a_title():
    """Each name leads to one entity, the strongest claim first."""
    known = organisation(
        service("pay", title="Shop"), service("shop", title="Pay"), aliases={"checkout": "pay", "shop ": "pay"}
    )
    assert names(known) == {"pay": "pay", "shop": "shop", "checkout": "pay"}


def test_a_title_that_two_share_resolves_to_neither():
    """A service goes before a team of the same title; two services of one title are not guessed between."""
    team = service("licences-team", kind="team", title="Licences")
    known = organisation(service("a", title="Permits"), service("b", title="Permits"), service("c", title="Licences"), team)
    assert "permits" not in names(known)
    assert names(known)["licences"] == "c"


def test_names_that_stand_for_nothing_are_counted():
    """Per table and name, most rows first; the rows stay, without an entity."""
    rows = [{**EVENT, "service": name} for name in ("Shop ", "shopp", "shopp", "else")]
    engine = engine_with(interactions=rows, money=[])
    unresolved = resolve(engine, organisation(service("shop")))
    assert unresolved == (Unresolved("interactions", "shopp", 2), Unresolved("interactions", "else", 1))
    found = engine.run(FactTables(engine).interactions).column("entity").to_pylist()
    assert sorted(found, key=str) == [None, None, None, "shop"]


def test_hyphens_of_a_step_do_not_count_unless_they_tell_two_apart():
    """`go_home` is `go-home`; `pay_now` and `pay-now` are two steps of one journey and each is found only as it is written."""
    known = organisation(service("shop", "pay-now pay_now go-home"))
    written = ["Pay_Now ", "pay-now", "pay  now", "go_home", "GO HOME", "shop.go-home", "home"]
    engine = engine_with(interactions=[{**EVENT, "service": "shop", "step": name} for name in written])
    resolve(engine, known)
    rows = FactTables(engine).interactions
    found = engine.run(rows.order_by(rows.record)).column("step").to_pylist()
    assert found == ["pay_now", "pay-now", "pay  now", "go-home", "go-home", "go-home", "home"]
    steps = known_steps(known)["shop"]
    assert [steps.step(name) or name for name in written] == found


def test_a_new_alias_heals_old_facts():
    """Resolving again after the organisation learned a name takes in the rows it left out."""
    month = {"from_at": at("2026-01-01"), "to_at": at("2026-02-01"), "window": "calendar"}
    engine = engine_with(tallies=[{**month, "entity": "Old name", "of": "transactions", "statistic": "count", "value": 1}])
    assert resolve(engine, organisation(service("shop")))
    assert resolve(engine, organisation(service("shop"), aliases={"old name": "shop"})) == ()
    assert engine.run(FactTables(engine).tallies).column("entity").to_pylist() == ["shop"]


def test_steps_take_the_journeys_own_id_where_it_matches():
    """By id, full id or title, whatever the case; a part uses the journey of its service; a strange step stays as it is."""
    known = organisation(service("shop", "pay-now"), service("till", kind="part", parent="shop"))
    rows = [{**EVENT, "service": "shop", "step": step} for step in ("Pay-Now ", "shop.pay-now", "PAY-NOW", "Odd")]
    rows = [
        {"record": f"{number}", **row} for number, row in enumerate([*rows, {**EVENT, "service": "till", "step": "PAY-now"}])
    ]
    engine = engine_with(interactions=rows)
    resolve(engine, known)
    steps = {row["record"]: row["step"] for row in engine.run(FactTables(engine).interactions).to_pylist()}
    assert [steps[f"{number}"] for number in range(5)] == ["pay-now", "pay-now", "pay-now", "Odd", "pay-now"]


def test_a_store_of_an_older_version_may_lack_columns():
    """A column that is not there yet is missing in every row."""
    engine = DuckdbEngine()
    engine.add(
        "interactions",
        pa.table({"service": ["shop"], "happened_at": pa.array([at("2026-01-05")], pa.timestamp("us", tz="UTC"))}),
    )
    resolve(engine, organisation(service("shop")))
    (row,) = engine.run(FactTables(engine).interactions).to_pylist()
    assert set(tables.INTERACTIONS.column_names) < set(row)
    assert (row["entity"], row["consumer"]) == ("shop", None)
