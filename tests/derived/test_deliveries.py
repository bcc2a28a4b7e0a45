"""Deliveries: each production deployment of a service once, how it went, and whom it counts for."""

from __future__ import annotations

from typing import Any

from measures.given import at, engine_with, organisation, prepared, service
from wholeservice.derived.streams import by_holder
from wholeservice.facts.identity import FactTables
from wholeservice.organisation.graph import Edge, Entity


def deliveries(deployments: list[dict[str, Any]], **facts: Any) -> Any:
    """A part in a service of a stream, run by a team of six."""
    team = Entity("web", "team", "Web", fields={"people": 6})
    stream = Entity("flow", "value-stream", "Flow")
    part = Entity("till", "part", "Till", parent="pay")
    runs = Edge("pay", "runs-in", "flow"), Edge("pay", "owned-by", "web")
    known = organisation(service("pay", team="web"), part, team, stream, service("desk"), edges=runs)
    return prepared(engine_with(deployments=deployments, **facts), known, ["delivered"])


def rows(engine: Any, name: str = "deliveries") -> list[dict[str, Any]]:
    return sorted(engine.run(engine.table(name)).to_pylist(), key=lambda row: row["delivery"])


def test_a_deployment_told_of_twice_is_one_and_one_of_two_services_is_two():
    """It was first there when the first row says, and went as the last says; other environments and unknown names are none."""
    engine = deliveries([
        {"deployment": "A", "service": "Till", "deployed_at": at("2026-03-02"), "result": "succeeded", "source": "hub"},
        {"deployment": "A", "service": "till", "deployed_at": at("2026-03-01"), "result": "failed", "source": "pipeline"},
        {"deployment": "A", "service": "desk", "deployed_at": at("2026-03-02")},
        {"deployment": "A", "service": "pay", "deployed_at": at("2026-03-01"), "environment": "staging"},
        {"deployment": "B", "service": "nowhere", "deployed_at": at("2026-03-01")},
    ])  # fmt: skip
    found = [(row["delivery"], row["deployed_at"], row["result"], row["stream"], row["team"]) for row in rows(engine)]
    assert found == [
        ("desk/A", at("2026-03-02"), None, None, None), ("till/A", at("2026-03-01"), "succeeded", "flow", "web"),
    ]  # fmt: skip


def test_a_deployment_counts_once_for_everything_that_holds_what_was_deployed():
    """Of a part: the part, its service, the stream, the team and the whole."""
    engine = deliveries([{"deployment": "A", "service": "till", "deployed_at": at("2026-03-01")}])
    facts = FactTables(engine)
    held = engine.run(by_holder(facts, facts.deliveries, "delivery").select("entity")).to_pylist()
    assert sorted(row["entity"] for row in held) == ["flow", "pay", "the organisation", "till", "web"]


def test_what_failed_or_was_rolled_back_delivers_nothing():
    """Only the last of three brought the change; it was committed when it was created."""
    deployments = [
        {"deployment": name, "service": "pay", "deployed_at": at(f"2026-03-0{day}"), "result": result}
        for day, (name, result) in enumerate((("A", "failed"), ("B", "rolled_back"), ("C", "Succeeded")), 1)
    ]
    links = [{"from_ref": f"deployments:{name}", "relation": "Delivers", "to_ref": "item:one"} for name in "ABC"]
    items = [{"item": "one", "kind": "Change", "created_at": at("2026-02-01")}]
    (row,) = rows(deliveries(deployments, links=links, items=items), "delivered")
    assert (row["deployment"], row["committed_at"]) == ("C", at("2026-02-01"))


def test_nobody_having_said_so_is_no_success():
    """Without a result, an incident, or a word on what was planned no rule has an answer; it is not rework, nor coupled."""
    (row,) = rows(deliveries([{"deployment": "A", "service": "pay", "deployed_at": at("2026-03-01")}]))
    judged = (
        "failed_told",
        "failed_linked",
        "failed_after",
        "failed_newest",
        "is_failed",
        "is_rework",
        "is_coordinated",
        "recovered_at",
    )
    assert [row[name] for name in judged] == [None] * len(judged)
