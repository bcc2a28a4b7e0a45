"""Links make persons of aliases on reading; two accounts are never made one, whatever the order of rows."""

from __future__ import annotations

import random
import time
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derived.plain_attempts import plain_persons
from measures.given import at, engine_with, organisation, service
from wholeservice.facts.identity import FactTables, resolve
from wholeservice.facts.identity_people import ALIASES, REFUSED, follow, unite

EVENT = {"service": "shop", "happened_at": at("2026-01-05")}


def same(one: str, other: str, **more: Any) -> dict[str, Any]:
    return {"from_ref": one, "relation": "same-as", "to_ref": other, **more}


def resolved(links: list[dict[str, Any]], consumers: str = "") -> Any:
    """Return an engine in which one interaction per letter was resolved."""
    engine = engine_with(links=links, interactions=[{**EVENT, "consumer": each} for each in consumers])
    resolve(engine, organisation(service("shop")))
    return engine


def persons(links: list[dict[str, Any]]) -> dict[str, str]:
    engine = resolved(links)
    return {row["alias"]: row["person"] for row in engine.run(engine.table(ALIASES)).to_pylist()}


def refused(engine: Any) -> list[dict[str, Any]]:
    return list(engine.run(engine.table(REFUSED)).to_pylist())


def test_aliases_that_are_linked_are_one_person_in_every_table():
    """A cookie, an account and a booking: through two links, in interactions, answers and contacts; others stay themselves."""
    rows = [{"service": "shop", "consumer": each} for each in ("cookie", "guest", None)]
    engine = engine_with(
        links=[same("consumer:cookie", "account:guest"), same("consumer:booking", "consumer:cookie")],
        interactions=[{**row, "happened_at": at("2026-01-05")} for row in rows],
        answers=[{"service": "shop", "asked_at": at("2026-01-06"), "consumer": "booking"}],
        contacts=[{**EVENT, "consumer": "nobody-else"}],
    )
    resolve(engine, organisation(service("shop")))
    facts = FactTables(engine)
    named = [engine.run(table).column("consumer").to_pylist() for table in (facts.interactions, facts.answers, facts.contacts)]
    assert [sorted(each, key=str) for each in named] == [[None, "guest", "guest"], ["guest"], ["nobody-else"]]


def test_a_person_is_named_by_the_account_else_by_the_smallest_alias():
    """The account's own alias, though another one comes first in the alphabet; without an account the first in it."""
    assert persons([same("consumer:b", "account:z"), same("consumer:a", "consumer:b")]) == dict.fromkeys("abz", "z")
    assert persons([same("consumer:c", "consumer:b"), same("consumer:b", "consumer:a")]) == dict.fromkeys("abc", "a")


def test_two_accounts_stay_two_people_and_the_link_is_told():
    """The cookie goes with the account it was linked to first; four facts of one person and one of the other stay apart."""
    links = [
        same("consumer:c", "account:y", known_at=at("2026-01-02"), record="later", where_from="logins.csv:9"),
        same("consumer:c", "account:x", known_at=at("2026-01-01"), record="sooner"),
    ]
    engine = resolved(links, "cccxyb")
    (row,) = refused(engine)
    assert (row["record"], row["where_from"], row["why"]) == ("later", "logins.csv:9", "two accounts")
    assert (row["from_ref"], row["to_ref"]) == ("consumer:c", "account:y")
    assert (row["person_a"], row["facts_a"], row["person_b"], row["facts_b"]) == ("x", 4, "y", 1)
    assert sorted(engine.run(FactTables(engine).interactions).column("consumer").to_pylist()) == ["b", *"xxxx", "y"]


def test_an_alias_is_an_account_wherever_it_is_called_one():
    """A later link that calls z an account makes it one in the link before, which then joins two."""
    links = [same("consumer:z", "account:a", record="1"), same("account:z", "consumer:z", record="2")]
    (row,) = refused(resolved(links, "a"))
    assert (row["record"], row["facts_a"], row["facts_b"]) == ("1", 0, 1)


@pytest.mark.parametrize(
    ("sooner", "later"),
    [
        ({"known_at": at("2026-01-01"), "happened_at": at("2026-01-09")}, {"known_at": at("2026-01-02")}),
        ({"happened_at": at("2026-01-01"), "source": "z"}, {"happened_at": at("2026-01-02"), "source": "a"}),
        ({"happened_at": at("2026-01-02")}, {"happened_at": None, "source": "a"}),
        ({"source": "a", "record": "9"}, {"source": "b", "record": "1"}),
        ({"record": "1", "part": "9"}, {"record": "2", "part": "1"}),
        ({"part": "1"}, {"part": "2"}),
    ],
)
def test_links_are_followed_in_their_order(sooner: dict[str, Any], later: dict[str, Any]):
    """Known first, then happened first (undated last), then by source, record and part."""
    base = {"source": "m", "record": "5"}
    links = [same("consumer:c", "account:y", **{**base, **later}), same("consumer:c", "account:x", **{**base, **sooner})]
    for each in (links, links[::-1]):
        assert persons(each)["c"] == "x"


def test_links_of_other_kinds_are_left_alone_and_half_ones_told():
    """Other relations and other things mean nothing here; a link between a person and a booking is told, and not followed."""
    links = [
        same("item:A-1", "item:B-2"),
        {"from_ref": "consumer:a", "relation": "for", "to_ref": "consumer:b"},
        same("consumer:a", "booking:7"),
        same("consumer:", "consumer:b"),
        same(" Consumer: a ", "ACCOUNT:c", relation=" Same-As "),
    ]
    engine = resolved(links)
    assert persons(links) == {"a": "c", "c": "c"}
    assert [(row["to_ref"], row["why"], row["person_a"]) for row in refused(engine)] == [
        ("booking:7", "no person", None), ("consumer:b", "no person", None)
    ]  # fmt: skip


def test_circles_and_links_to_oneself_change_nothing():
    """a-b, b-c, c-a and a-a are one person, and nothing is refused."""
    links = [same(f"consumer:{one}", f"consumer:{other}") for one, other in ("ab", "bc", "ca", "aa")]
    assert persons(links) == dict.fromkeys("abc", "a")
    assert refused(resolved(links)) == []


def test_a_new_link_heals_old_facts():
    """Resolved again with one link more, the facts of before are those of one person."""
    engine = resolved([], "ab")
    assert sorted(engine.run(FactTables(engine).interactions).column("consumer").to_pylist()) == ["a", "b"]
    again = resolved([same("consumer:a", "consumer:b")], "ab")
    assert again.run(FactTables(again).interactions).column("consumer").to_pylist() == ["a", "a"]


refs = st.tuples(st.sampled_from(["consumer", "consumer", "account"]), st.sampled_from("abcdefgh")).map(":".join)


@settings(deadline=None)
@given(st.lists(st.tuples(refs, refs), max_size=14))
def test_persons_agree_with_the_plain_version(links: list[tuple[str, str]]):
    """Over any links, chains, circles and conflicts with them, the kernel says what merging plain sets says."""
    expected, expected_refused = plain_persons(links)
    aliases, told = follow(link_table(links))
    assert {row["alias"]: row["person"] for row in aliases.to_pylist()} == expected
    assert [int(row["record"]) for row in told.to_pylist()] == expected_refused
    assert all(expected[row["person_a"]] != expected[row["person_b"]] for row in told.to_pylist())


@settings(deadline=None)
@given(st.lists(st.tuples(refs, refs), min_size=2, max_size=10), st.randoms(use_true_random=False))
def test_which_end_comes_first_changes_nothing(links: list[tuple[str, str]], draw: random.Random):
    """A link says the same from both ends."""
    table = link_table(links)
    turned = [pair[::-1] if draw.random() < 0.5 else pair for pair in links]
    one, other = follow(table), follow(link_table(turned))
    assert sorted(one[0].to_pylist(), key=str) == sorted(other[0].to_pylist(), key=str)
    assert one[1].column("record").to_pylist() == other[1].column("record").to_pylist()


def test_shuffled_rows_in_the_engine_make_the_same_persons():
    """The engine puts the links in order; a heap of conflicts in any order ends alike."""
    draw = random.Random(3)
    links = [
        same(f"consumer:{draw.choice('abcdefgh')}", f"account:{draw.choice('vwxyz')}", record=f"{number:02}")
        for number in range(30)
    ]
    first = persons(links)
    assert len(set(first.values())) > 1
    for _ in range(3):
        draw.shuffle(links)
        assert persons(links) == first


def test_a_million_links_take_seconds():
    """Pairs and chains over codes: nearly linear, about two seconds for a million when written."""
    n = 200_000
    draw = np.random.default_rng(1)
    ends = draw.integers(0, n, (2, n)).tolist()
    started = time.perf_counter()
    groups, _ = unite(ends[0], ends[1], [code % 3 == 0 for code in range(n)])
    took = time.perf_counter() - started
    assert len(groups) == n
    assert took < 3, f"took {took:.2f} s; measured 0.25 s when written"


def link_table(links: list[tuple[str, str]]) -> pa.Table:
    """Links in the order in which they are followed."""
    columns = {"source": ["s"] * len(links), "record": [str(n) for n in range(len(links))], "where_from": ["x:1"] * len(links)}
    columns |= {"from_ref": [link[0] for link in links], "to_ref": [link[1] for link in links]}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
