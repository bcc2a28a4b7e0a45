"""Tiles: the life of an item is cut exactly; parallel work is not waiting, and what nobody saw is unknown."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from derived.plain_tiles import ORDER, plain_tiles
from measures.given import at, engine_with, organisation, prepared
from wholeservice.derived.tiling import Lives, Stays, least_covering, tile

DAY = at("2026-03-02")


def hour(number: float) -> dt.datetime:
    return DAY + dt.timedelta(hours=number)


def stay(state: str, from_hour: float, to_hour: float | None, **more: Any) -> dict[str, Any]:
    to_at = None if to_hour is None else hour(to_hour)
    return {"item": "A", "state": state, "from_at": hour(from_hour), "to_at": to_at, **more}


def item(created: float, done: float | None, **more: Any) -> dict[str, Any]:
    return {"item": "A", "created_at": hour(created), "done_at": None if done is None else hour(done), **more}


def tiles(items: list[dict[str, Any]], work: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the pieces of some items, in order."""
    engine = prepared(engine_with(items=items, work=work), organisation(), ["tiles"])
    found = engine.run(engine.table("tiles")).to_pylist()
    return sorted(found, key=lambda row: (row["item"], row["from_at"], row["to_at"]))


def told(rows: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    """Say where each piece lies, in hours, and what else is asked for."""
    hours = [tuple((row[end] - DAY) / dt.timedelta(hours=1) for end in ("from_at", "to_at")) for row in rows]
    return [(*span, *(row[column] for column in columns)) for span, row in zip(hours, rows, strict=True)]


def test_a_life_is_cut_without_gap_or_overlap():
    """Created at 0, worked on from 1 to 3, blocked from 5 to 9, done at 10: three stretches that nobody saw are unknown."""
    found = tiles([item(0, 10)], [stay("active", 1, 3), stay("Blocked ", 5, 9, waits_on="security", team="web", stage="test")])
    assert told(found, "kind", "state") == [
        (0, 1, "unknown", None), (1, 3, "work", "active"), (3, 5, "unknown", None), (5, 9, "wait", "blocked"),
        (9, 10, "unknown", None),
    ]  # fmt: skip
    assert [row["waits_on"] for row in found if row["kind"] == "wait"] == ["security"]
    assert (found[3]["team"], found[3]["stage"]) == ("web", "test")


def test_parallel_work_is_not_waiting():
    """Somebody works from 2 to 4 while it is queued and blocked elsewhere: work, of three at once; the stays add up to 16."""
    found = tiles([item(0, 8)], [stay("queued", 0, 8), stay("blocked", 1, 7), stay("active", 2, 4)])
    assert told(found, "state", "n_parallel") == [
        (0, 1, "queued", 1), (1, 2, "blocked", 2), (2, 4, "active", 3), (4, 7, "blocked", 2), (7, 8, "queued", 1),
    ]  # fmt: skip


def test_states_count_in_their_order():
    """Active, blocked, returned, queued, done, then any other word; of equals the one that began first."""
    states = ["odd", "done", "queued", "returned", "blocked", "active"]
    found = tiles([item(0, 6)], [stay(state, number, 6) for number, state in enumerate(states)])
    assert [row["state"] for row in found] == states
    assert [row["kind"] for row in found] == ["unknown", "wait", "wait", "wait", "wait", "work"]
    later, earlier = stay("active", 1, 5, stage="later"), stay("active", 0, 3, stage="earlier")
    assert told(tiles([item(0, 5)], [later, earlier]), "stage") == [
        (0, 1, "earlier"), (1, 3, "earlier"), (3, 5, "later")
    ]  # fmt: skip


def test_stays_outside_of_the_life_are_cut_and_say_so():
    """Worked on before it was created and after it was done; a stay wholly outside, or backwards, is a piece of no length."""
    work = [stay("active", -2, 1), stay("queued", 1, 2), stay("active", 3, 6), stay("blocked", 7, 9), stay("returned", 3, 2)]
    found = tiles([item(0, 4)], work)
    assert told(found, "state", "is_clipped") == [
        (0, 1, "active", True), (1, 2, "queued", False), (2, 3, None, False), (3, 3, "returned", True), (3, 4, "active", True),
        (4, 4, "blocked", True),
    ]  # fmt: skip
    assert sum((row["to_at"] - row["from_at"] for row in found), dt.timedelta()) == dt.timedelta(hours=4)


def test_an_item_that_ends_before_it_begins_is_not_hidden():
    """Done at 2, created at 5: one clipped piece of no length, and no negative time."""
    assert told(tiles([item(5, 2)], []), "kind", "is_clipped") == [(5, 5, "unknown", True)]


def test_an_open_item_lives_until_its_sources_fall_silent():
    """The newest instant is that of its own source: another source that goes on for years makes nobody wait longer."""
    old = {"source": "old"}
    found = tiles(
        [item(0, None, **old), item(90_000, None, item="B", source="new")],
        [stay("queued", 1, None, **old), stay("active", 2, 6, item="C", **old)],
    )
    assert told([row for row in found if row["item"] == "A"], "state", "is_open") == [
        (0, 1, None, False), (1, 6, "queued", True)
    ]  # fmt: skip
    assert [row["item"] for row in found if row["is_open"]] == ["A", "C"]


def test_a_last_stay_in_done_ends_a_life():
    """Where no item says when it was done; going back to work opens it again."""
    done = [stay("active", 0, 2), stay(" Done", 2, None)]
    assert told(tiles([], done), "state", "is_open") == [(0, 2, "active", False)]
    again = tiles([], [*done, stay("active", 5, None), stay("queued", 7, 8, item="B")])
    assert told([row for row in again if row["item"] == "A"], "state", "n_parallel", "is_open") == [
        (0, 2, "active", 1, False), (2, 5, None, 0, False), (5, 8, "active", 1, True)
    ]  # fmt: skip


def test_a_stay_that_another_follows_and_whose_end_nobody_wrote_down_is_unknown_until_then():
    """Queued at 0, worked on at 2 and blocked from 5 to 6, at 9 queued still: no work that goes on covers the waiting."""
    work = [stay("queued", 0, 1), stay("active", 2, None), stay("blocked", 5, 6), stay("queued", 9, None)]
    assert told(tiles([item(0, 10)], work), "state", "kind") == [
        (0, 1, "queued", "wait"), (1, 5, None, "unknown"), (5, 6, "blocked", "wait"), (6, 9, None, "unknown"),
        (9, 10, "queued", "wait"),
    ]  # fmt: skip
    together = [stay("queued", 2, None), stay("active", 2, None)]
    assert told(tiles([item(0, 4)], together), "state", "n_parallel") == [(0, 2, None, 0), (2, 4, "active", 2)]


def test_what_the_item_says_goes_before_what_its_stays_say():
    """Resolved at 2, closed at 4: two hours in which it waited for somebody to close it."""
    found = tiles([item(0, 4)], [stay("active", 0, 2), stay("done", 2, None)])
    assert told(found, "state", "kind") == [(0, 2, "active", "work"), (2, 4, "done", "wait")]


def test_a_stay_of_no_length_gives_no_piece():
    """It takes no time, so it can be given none."""
    assert told(tiles([item(0, 2)], [stay("active", 1, 1)]), "kind", "is_clipped") == [(0, 2, "unknown", False)]


STATES = st.sampled_from(["active", "blocked", "queued", "returned", "done", "odd"])
hours = st.integers(0, 12)
stays = st.fixed_dictionaries(
    {"item": st.sampled_from("ABC"), "state": STATES, "from_at": hours, "to_at": st.one_of(st.none(), hours),
     "source": st.sampled_from(["s", "t"]), "stage": st.sampled_from(["x", "y", None])}
)  # fmt: skip
lives = st.fixed_dictionaries(
    {"item": st.sampled_from("ABCD"), "created_at": hours, "done_at": st.one_of(st.none(), hours, hours),
     "source": st.sampled_from(["s", "t"])}
)  # fmt: skip


@settings(max_examples=5, deadline=None, phases=(Phase.generate,))
@given(st.lists(st.tuples(st.lists(lives, max_size=5), st.lists(stays, max_size=12)), min_size=30, max_size=30))
def test_tiles_agree_with_the_plain_version(worlds: list[tuple[list[dict[str, Any]], list[dict[str, Any]]]]):
    """Over any items and stays, ties and nonsense with them, the kernel says what plain loops say."""
    items: list[dict[str, Any]] = []
    work: list[dict[str, Any]] = []
    for number, (some, more) in enumerate(worlds):
        own = {"record": "", "team": None, "resource": None, "waits_on": None}
        items += [{**row, "item": f"{number}{row['item']}", "source": f"{number}{row['source']}"} for row in some]
        work += [{**own, **row, "item": f"{number}{row['item']}", "source": f"{number}{row['source']}"} for row in more]
    items = [{**row, "record": f"i{n:05}"} for n, row in enumerate(items)]
    work = [{**row, "record": f"w{n:05}"} for n, row in enumerate(work)]
    found = tiles([dated(row) for row in items], [dated(row) for row in work])
    expected = [dated(row) for row in plain_tiles(items, work)]
    assert sorted(found, key=repr_of) == sorted(expected, key=repr_of)


def dated(row: dict[str, Any]) -> dict[str, Any]:
    return {name: hour(value) if name.endswith("_at") and value is not None else value for name, value in row.items()}


def repr_of(row: dict[str, Any]) -> str:
    return repr(sorted(row.items()))


numbers = st.integers(0, 9)
kernel_stays = st.lists(st.tuples(st.integers(0, 2), st.integers(-2, 11), st.integers(-2, 11), st.integers(0, 5)), max_size=14)


@settings(deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=3, max_size=3), kernel_stays)
def test_the_kernel_agrees_with_the_plain_version(spans: list[tuple[int, int]], drawn: list[tuple[int, int, int, int]]):
    """Piece for piece, with the stay that has it, over lives of no length, backwards stays, ties and whole heaps of stays."""
    drawn = sorted(drawn, key=lambda each: (each[0], each[1]))
    life, from_at, to_at, rank = (np.array([each[place] for each in drawn], dtype=np.int64) for place in range(4))
    lives_ = Lives(*(np.array([span[side] for span in spans], dtype=np.int64) for side in (0, 1)))
    pieces = tile(lives_, Stays(life, from_at, to_at, rank))
    columns = (pieces.life, pieces.from_at, pieces.to_at, pieces.stay, pieces.n_parallel, pieces.is_clipped)
    found = sorted(zip(*(column.tolist() for column in columns), strict=True))
    blank = {"source": "s", "stage": None, "team": None, "resource": None, "waits_on": None}
    items = [{"item": n, "created_at": start, "done_at": end, "source": "s"} for n, (start, end) in enumerate(spans)]
    work = [
        {
            **blank,
            "item": each[0],
            "from_at": each[1],
            "to_at": each[2],
            "state": (*ORDER, "odd")[each[3]],
            "record": n,
            "team": n,
        }
        for n, each in enumerate(drawn)
    ]
    expected = [
        (
            row["item"],
            row["from_at"],
            row["to_at"],
            -1 if row["team"] is None else row["team"],
            row["n_parallel"],
            row["is_clipped"],
        )
        for row in plain_tiles(items, work)
    ]
    assert found == sorted(expected)


ranges = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), max_size=30)


@settings(deadline=None)
@given(ranges, st.randoms(use_true_random=False))
def test_the_least_covering_number_is_found(spans: list[tuple[int, int]], draw: Any):
    """Of all ranges over a point the least numbered, whatever their lengths; one more than the last where there is none."""
    numbers = list(range(len(spans)))
    draw.shuffle(numbers)
    begins, lengths = (np.array([span[side] for span in spans], dtype=np.int64) for side in (0, 1))
    found = least_covering(begins, begins + lengths, np.array(numbers, dtype=np.int64), 81)
    covering = [
        min((n for n, (start, length) in zip(numbers, spans, strict=True) if start <= x < start + length), default=len(spans))
        for x in range(81)
    ]
    assert found.tolist() == covering


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-3, 9), st.integers(-3, 9), st.integers(0, 2)), max_size=12), st.integers(-2, 8))
def test_pieces_add_up_to_the_life(given_stays: list[tuple[int, int, int]], length: int):
    """Whatever the stays, the pieces that have length follow one another and fill the life; the others lie in it."""
    columns = [np.array([each[place] for each in given_stays], dtype=np.int64) for place in range(3)]
    pieces = tile(Lives(np.array([0]), np.array([length])), Stays(np.zeros(len(given_stays), dtype=np.int64), *columns))
    spans = sorted(zip(pieces.from_at.tolist(), pieces.to_at.tolist(), strict=True))
    long = [span for span in spans if span[0] < span[1]]
    assert [end for _, end in long[:-1]] == [start for start, _ in long[1:]]
    assert sum(end - start for start, end in spans) == max(length, 0)
    assert all(0 <= start <= end <= max(length, 0) for start, end in spans)


def test_a_thousand_stays_on_one_another_cost_little():
    """Stays without an end, all at once: pieces stay as many as edges, and nothing is compared pair by pair."""
    n = 200_000
    from_at = np.arange(n, dtype=np.int64)
    nested = Stays(np.zeros(n, dtype=np.int64), from_at, np.full(n, 2 * n, dtype=np.int64), np.zeros(n, dtype=np.int64))
    pieces = tile(Lives(np.array([0]), np.array([2 * n])), nested)
    assert len(pieces.life) == n
    assert set(pieces.stay.tolist()) == {0}
    assert pieces.n_parallel.tolist() == list(range(1, n + 1))
