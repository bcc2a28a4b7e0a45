"""What sources say of work that nobody can follow: it is told, and nothing of it is dropped."""

from __future__ import annotations

from typing import Any

from measures.given import at, engine_with, organisation, prepared, service
from wholeservice.facts.identity import FactTables
from wholeservice.measures.unclear_work import backwards, blocks, no_stage
from wholeservice.organisation.graph import Entity


def facts_with(**rows: list[dict[str, Any]]) -> FactTables:
    stages = ({"stage": "build", "named": ("In Dev",)}, {"stage": "check"})
    streams = [Entity("flow", "value-stream", "Flow", fields={"stages": stages}), Entity("free", "value-stream", "Free")]
    return FactTables(prepared(engine_with(**rows), organisation(service("shop"), *streams), ["lives", "tiles"]))


def test_a_name_that_is_no_stage_is_told_with_its_stays():
    """`in_dev` is a stage by another spelling; a stream that declares no stages has none that a name could miss."""
    items = [
        {"item": "A", "stream": "flow", "created_at": at("2026-01-01")},
        {"item": "B", "stream": "free", "created_at": at("2026-01-01")},
    ]
    names = [("A", "in_dev"), ("A", "QA"), ("A", "QA"), ("A", None), ("B", "QA")]
    work = [{"item": item, "stage": name, "state": "active", "from_at": at(f"2026-01-0{n + 1}"), "where_from": f"b.csv:{n}"}
            for n, (item, name) in enumerate(names)]  # fmt: skip
    facts = facts_with(items=items, work=work)
    assert facts.run(no_stage(facts)).to_pylist() == [
        {"source": "test", "stream": "flow", "stage": "QA", "n_stays": 2, "n_items": 1, "where_from": "b.csv:1"}
    ]


def test_what_was_done_before_it_was_created_is_told_by_what_it_is_about():
    """One example of them, with where it is written."""
    days = {"A": ("02", "01"), "B": ("03", "01"), "C": ("01", "02")}
    items = [{"item": name, "service": "shop", "created_at": at(f"2026-01-{a}"), "done_at": at(f"2026-01-{b}"),
              "where_from": f"b.csv:{name}"}
             for name, (a, b) in days.items()]  # fmt: skip
    facts = facts_with(items=items)
    assert facts.run(backwards(facts)).to_pylist() == [
        {"source": "test", "entity": "shop", "n": 2, "item": "A", "where_from": "b.csv:A"}
    ]


def test_only_links_that_can_be_in_a_circle_are_looked_at():
    """What blocks and is blocked by nothing is the end of a chain."""
    pairs = [("A", "B"), ("B", "A"), ("B", "C"), ("C", "D")]
    links = [{"from_ref": f"items:{a}", "relation": " Blocks", "to_ref": f"items:{b}"} for a, b in pairs]
    facts = facts_with(links=[*links, {"from_ref": "items:A", "relation": "part-of", "to_ref": "items:A"}])
    found = {(row["from_ref"], row["to_ref"]) for row in facts.run(blocks(facts)).to_pylist()}
    assert found == {("items:A", "items:B"), ("items:B", "items:A"), ("items:B", "items:C")}
