"""The rows behind a number of work are its items: which, what came of each, and where it is written."""

from __future__ import annotations

from measures.given import at, engine_with, organisation, prepared, service
from wholeservice.engines.with_views import WithViews
from wholeservice.measures import MEASURES
from wholeservice.measures.base import Cell
from wholeservice.measures.behind import Behind, Ground, behind
from wholeservice.measures.compute import compute
from wholeservice.measures.roll_up import Tree
from wholeservice.organisation.graph import Entity


def behind_number(name: str, segment: str | None = None) -> Behind:
    """What stands behind a number of January: one item done, one open, on which two days of work are known."""
    items = [
        {"item": "ST-1", "service": "shop", "kind": "defect", "created_at": at("2026-01-01"), "done_at": at("2026-01-09"),
         "where_from": "board.csv:2"},
        {"item": "ST-2", "service": "shop", "created_at": at("2026-01-05"), "where_from": "board.csv:3"},
    ]  # fmt: skip
    work = [
        {"item": f"ST-{n}", "state": "active", "from_at": at(f"2026-01-0{n + 5}"), "to_at": at(f"2026-01-0{n + 6}")}
        for n in (1, 2)
    ]
    work.append({"item": "ST-2", "state": "queued", "from_at": at("2026-01-31 23:30")})
    known = organisation(service("shop"), Entity("web", "team", "Web"))
    engine = prepared(engine_with(items=items, work=work), known, ["lives", "tiles"])
    measure = next(each for each in MEASURES if each.name == name)
    compute(engine, known, zone="UTC", source_order=(), measures=[measure])
    cell = Cell(name, "shop", at("2026-01-01"), at("2026-02-01"), "calendar", segment=segment)
    return behind(Ground(WithViews(engine), Tree(known), "UTC", ()), measure, [cell])


def test_items_are_shown_though_there_are_few_of_them():
    """An item is no person: fewer than five are not hidden, and none is counted as a person."""
    found = behind_number("throughput")
    assert (found.n, found.n_rows, found.n_people, found.why_hidden) == (2, 2, None, None)
    assert [(row.kind, row.says, row.adds, row.source, row.where_from) for row in found.rows] == [
        ("item", "ST-1, defect; done 2026-01-09", 1, "test", "board.csv:2"),
        ("item", "ST-2; open since 2026-01-05", 0, "test", "board.csv:3"),
    ]


def test_a_time_is_said_with_the_item_it_is_of():
    """The age of what is open, from its first work to the newest instant that its source tells of."""
    (row,) = behind_number("work-item-age").rows
    assert row.says == "ST-2; open since 2026-01-05; for 25 d"


def test_the_items_of_a_kind_are_its_own():
    """Behind the number of defects stand defects."""
    assert [row.says for row in behind_number("throughput", "kind:defect").rows] == ["ST-1, defect; done 2026-01-09"]
