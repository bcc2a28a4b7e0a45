"""Conflicting identity: what counts meanwhile is said, the same in whatever order things come."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest

from organisation.texts import HOTEL, declared, seen
from wholeservice.organisation.graph import Conflict, resolve
from wholeservice.organisation.load import load_texts
from wholeservice.organisation.sightings import with_sightings
from wholeservice.tables import Sighting

KNOWN_AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def row(name: str, relation: str, to_name: str, source: str = "cmdb", day: int | None = None, **more: Any) -> Sighting:
    keys = {"record": "1", "part": "0", "known_at": KNOWN_AT, "where_from": f"{source}:{to_name}", "digest": "-"}
    seen_at = dt.datetime(2026, 3, day, tzinfo=dt.UTC) if day else None
    to_kind = None if relation == "alias" else "team" if relation == "owned-by" else "unit"
    said: dict[str, Any] = {"kind": "service", "relation": relation, "to_name": to_name, "to_kind": to_kind, **more}
    return Sighting(**keys, source=source, name=name, seen_at=seen_at, **said)  # type: ignore[arg-type]


def merged(*rows: Any) -> Any:
    """Merge into an organisation of nothing, in every order; all orders must end alike."""
    found = {}
    for order in itertools.permutations(rows):
        org, problems = with_sightings(load_texts({})[0], order)
        ends = (sorted((each.id, each.team, each.parent) for each in org.entities.values()), org.conflicts, org.aliases)
        found[repr((ends[0], ends[1], sorted(org.aliases.items()), sorted(each.what for each in problems)))] = org
    assert len(found) == 1, found.keys()
    return next(iter(found.values()))


def test_an_alias_of_two_stands_for_neither():
    """Declared twice, it names nothing until one is removed, whichever file comes first."""
    texts = {"a.yaml": "services: { a: { aliases: [Pay] } }", "b.yaml": "services: { b: { was: pay } }"}
    for each in (texts, {"a.yaml": texts["b.yaml"], "b.yaml": texts["a.yaml"]}):
        org, problems = load_texts({"org.yaml": "org: { name: X }", **each})
        assert [problem.code for problem in problems] == ["ORG025"]
        assert org.conflicts == (Conflict("pay", "alias", ("a", "b"), None, is_declared=True),)
        assert resolve(org, "PAY") is None


def test_an_id_goes_before_an_alias_that_is_called_the_same():
    """A part whose alias is another part's id: the id keeps it, and the conflict is told."""
    org, problems = load_texts({"a.yaml": "org: { name: X }\nservices: { a: { aliases: [B] }, b: {} }"})
    assert [problem.code for problem in problems] == ["ORG025"]
    assert org.conflicts == (Conflict("b", "alias", ("b", "a"), "b", is_declared=True),)
    assert resolve(org, "b") == "b"


def test_three_that_share_an_alias_are_one_conflict():
    """One conflict, and a problem at each of the others."""
    org, problems = load_texts(
        {"a.yaml": "org: { name: X }\nservices: { c: { aliases: [x] }, a: { was: x }, b: { aliases: X } }"}
    )
    assert [problem.code for problem in problems] == ["ORG025", "ORG025"]
    assert [each.said for each in org.conflicts] == [("a", "b", "c")]


def test_a_clash_with_what_is_declared_is_a_conflict():
    """The declared team and the declared place count; the row that says otherwise is named."""
    rows = [seen("part", "search", relation="owned-by", to_kind="team", to_name="money"),
            seen("part", "search", relation="part-of", to_kind="service", to_name="payments")]  # fmt: skip
    org, problems = with_sightings(declared(HOTEL), rows)
    assert [(each.about, each.relation, each.said, each.kept, each.is_declared) for each in org.conflicts] == [
        ("search", "owned-by", ("discovery", "money"), "discovery", True),
        ("search", "part-of", ("book-and-stay", "payments"), "book-and-stay", True),
    ]
    assert [problem.code for problem in problems] == ["ORG045", "ORG045"]


def test_two_sources_that_differ_are_a_conflict_and_the_newest_is_kept():
    """Whatever the order of rows; a row without a date is the oldest; the raw row of the other is named."""
    org = merged(
        row("s", "owned-by", "b", "catalog", 2), row("s", "owned-by", "c", "cmdb", 3), row("s", "owned-by", "a", "wiki")
    )
    assert org.entities["s"].team == "c"
    assert org.conflicts == (
        Conflict("s", "owned-by", ("c", "b", "a"), "c", is_declared=False, where_from=("catalog:b", "wiki:a")),
    )


def test_of_equally_new_ones_the_first_by_id_is_kept():
    """Two rows of one source, seen on one day."""
    org = merged(row("s", "part-of", "b", day=2), row("s", "part-of", "a", day=2))
    assert (org.entities["s"].parent, len(org.conflicts)) == ("a", 1)


def test_one_source_that_saw_a_move_is_no_conflict():
    """Its newest row counts, although the older one comes first by id."""
    org = merged(row("s", "owned-by", "a", day=2), row("s", "owned-by", "b", day=3))
    assert (org.entities["s"].team, org.conflicts) == ("b", ())


def test_sources_that_agree_are_no_conflict():
    """The same team under two spellings, and the declared one seen again."""
    assert merged(row("s", "owned-by", "Team A"), row("s", "owned-by", "team a", "wiki")).conflicts == ()
    rows = [
        seen("part", "search", relation="owned-by", to_name="Discovery"),
        seen("part", "search", relation="alias", to_name="x"),
    ]
    assert with_sightings(declared(HOTEL), rows)[0].conflicts == ()


def test_an_alias_that_was_seen_on_two_things_stands_for_neither():
    """Nobody can say which of them a fact with that name is about."""
    org = merged(row("s", "alias", "X"), row("t", "alias", "x", "wiki"))
    assert resolve(org, "x") is None
    assert [(each.said, each.kept) for each in org.conflicts] == [(("s", "t"), None)]


@pytest.mark.parametrize("name", ["Rooms", "room-db"])
def test_an_alias_that_was_seen_never_takes_a_declared_name(name: str):
    """Neither an id nor an alias of another thing."""
    known = declared(HOTEL.replace("rooms:    { team", "rooms:    { aliases: [room-db], team"))
    org, problems = with_sightings(known, [seen("part", "search", relation="alias", to_name=name)])
    assert resolve(org, name) == "rooms"
    assert [(each.about, each.kept, each.said) for each in org.conflicts] == [(name.lower(), "rooms", ("rooms", "search"))]
    assert [problem.code for problem in problems] == ["ORG045"]


def test_one_name_with_two_ids_is_a_conflict():
    """The first id by the alphabet is taken, whatever came first."""
    rows = [row("Permits", "owned-by", "t", attributes=f'{{"id": "{each}"}}') for each in ("z-permits", "a-permits")]
    org = merged(*rows)
    assert "a-permits" in org.entities
    assert [(each.relation, each.about, each.said, each.kept) for each in org.conflicts] == [
        ("id", "Permits", ("a-permits", "z-permits"), "a-permits")
    ]


def test_two_names_with_one_id_are_one_thing():
    """A service that was renamed between two readings is still itself, and found by both names."""
    rows = [seen("service", name, attributes='{"id": "permits"}') for name in ("Permits", "Licences and permits")]
    for order in (rows, rows[::-1]):
        org, problems = with_sightings(load_texts({})[0], order)
        assert (list(org.entities), problems) == (["permits"], [])
        assert resolve(org, "permits") == resolve(org, "licences and PERMITS") == "permits"
