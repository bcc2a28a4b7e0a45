"""Facts of a simulated flow: what tiles make of them is what was accounted for, and they can be read as they are written."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from functools import cache
from typing import Any

import pytest

from measures.given import engine_with, organisation, prepared
from simulation.stayline import happened
from wholeservice.app import example
from wholeservice.app.settings import load
from wholeservice.app.workspace import ingest_workspace
from wholeservice.simulation.flow_facts import CLOSED_FIRST, DIRT, ENDLESS, PARKED, UNMAPPED
from wholeservice.simulation.flow_world import ENVIRONMENTS, LAYERS, REVIEW


@cache
def tiles() -> list[dict[str, Any]]:
    facts = happened()[1]
    engine = prepared(
        engine_with(items=[asdict(each) for each in facts.items], work=[asdict(each) for each in facts.work]),
        organisation(), ["tiles"],
    )  # fmt: skip
    return list(engine.run(engine.table("tiles")).to_pylist())


def seconds(tile: dict[str, Any]) -> float:
    return float((tile["to_at"] - tile["from_at"]).total_seconds())


def is_for(trouble: str, tile: dict[str, Any]) -> bool:
    """Say from the facts alone whether a tile waits as a trouble makes items wait, for what can be told so."""
    if trouble == ENVIRONMENTS:
        return str(tile["waits_on"]).startswith("env-")
    if trouble == LAYERS:
        return str(tile["waits_on"]).startswith(f"{tile['item']}-")
    return tile["stage"] == "review" and tile["kind"] == "wait"


@pytest.mark.parametrize("trouble", [ENVIRONMENTS, LAYERS, REVIEW])
def test_tiles_find_what_the_simulation_accounted_for(trouble: str):
    """Item by item, by another way: the waits that the tiles of the facts hold are those that the truth tells, to the second.

    Layers wait for their shared day of release too, and what a review sends back waits to be built: no fact tells these apart.
    """
    _, facts, truth = happened()
    found: dict[str, float] = defaultdict(float)
    for tile in tiles():
        found[tile["item"]] += seconds(tile) if is_for(trouble, tile) else 0.0
    expected = truth.waited[trouble].by_item
    clean = [item for item in expected if item not in facts.dirt]
    assert len(clean) > 20
    if trouble == ENVIRONMENTS:
        assert {item: found[item] for item in clean} == {item: pytest.approx(expected[item], abs=2) for item in clean}
    assert all(found[item] <= expected[item] + 2 for item in clean)
    assert sum(found[item] for item in clean) > 0.7 * sum(expected[item] for item in clean)


def test_working_and_waiting_are_the_whole_life():
    """Of items whose rows are as they should be, no instant is unknown; the pieces add up to the life."""
    _, facts, truth = happened()
    lived: dict[str, float] = defaultdict(float)
    for tile in (tile for tile in tiles() if tile["item"] not in facts.dirt):
        assert tile["kind"] in ("work", "wait")
        lived[tile["item"]] += seconds(tile)
    for item in (each for each in facts.items if each.item not in facts.dirt):
        assert lived[item.item] == pytest.approx(((item.done_at or truth.until) - item.created_at).total_seconds(), abs=1)


def test_a_handful_of_rows_are_as_real_tools_give_them():
    """A status nobody mapped, an item closed before it was opened, a stay that never ends: each is there, and listed."""
    _, facts, truth = happened()
    hows = list(truth.dirt.values())
    assert {how: hows.count(how) for how in DIRT} == DIRT
    soiled = {how: {item for item, said in truth.dirt.items() if said == how} for how in DIRT}
    assert {each.item for each in facts.work if each.stage == PARKED} == soiled[UNMAPPED]
    assert {each.item for each in facts.items if each.done_at and each.done_at < each.created_at} == soiled[CLOSED_FIRST]
    done = {each.item for each in facts.items if each.done_at}
    assert {each.item for each in facts.work if each.to_at is None and each.item in done} == soiled[ENDLESS]


def test_no_fact_tells_a_cause():
    """The words of the troubles stand in no fact: what waits is told, never what for."""
    facts = happened()[1]
    told = {str(value) for row in facts.work for value in asdict(row).values()}
    assert not told & {ENVIRONMENTS, LAYERS}
    assert {each.relation for each in facts.links} == {"fixes", "improves", "part-of", "blocks", "delivers", "caused-by"}


def test_the_files_are_small_and_read_without_a_refusal(tmp_path):
    """The example reads what its tools give: every row is kept, the guard withholds nothing, and two megabytes hold all."""
    example.copy_example(tmp_path)
    settings, _ = load(tmp_path)
    facts = happened()[1]
    example.write_facts(settings, facts)
    files = [each for each in (tmp_path / "data").iterdir() if each.stat().st_size]
    assert sum(each.stat().st_size for each in files) < 2_000_000
    read = {each.source: each for each in ingest_workspace(settings).sources}
    for source, rows in (("backlog", facts.items), ("board", facts.work), ("tickets", facts.links), ("harm", facts.incidents)):
        assert (read[source].read, read[source].facts) == (len(rows), len(rows))
    assert [each.source for each in read.values() if each.refused or each.quarantined] == []
    assert [each.code for report in read.values() for each in report.problems if each.code != "SRC130"] == ["SRC118"]
