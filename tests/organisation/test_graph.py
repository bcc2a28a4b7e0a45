"""Walking the graph: composition, steps, what uses what, names."""

from __future__ import annotations

import pytest

from organisation.texts import HOTEL, declared
from wholeservice.organisation.graph import (
    ancestors,
    children,
    consumers_of,
    descendants,
    needs_of,
    parts_at,
    resolve,
    steps,
    team_of,
    used_by,
    uses,
)

NESTED = """\
org: { name: X }
units: { head: { units: { branch: {} } } }
teams: { t: {}, t2: {} }
services:
  a:
    unit: branch
    team: t
    journey: [find, { choice: [card, cash] }, { optional: rate }]
    services:
      b:
        at: [card, cash]
        parts:
          p: { parts: { q: { team: t2 } } }
          r: { at: find }
"""


def test_composition_is_walked_both_ways():
    """Children as declared, descendants nearest first, ancestors up to the outermost unit."""
    org = declared(NESTED)
    assert children(org, "b") == ("p", "r")
    assert descendants(org, "branch") == ("a", "b", "p", "r", "q")
    assert ancestors(org, "q") == ("p", "b", "a", "branch", "head")
    assert (children(org, "nobody"), ancestors(org, "nobody")) == ((), ())


def test_steps_are_the_leaves_of_the_typed_journey():
    """Groups are no steps; the order is that of the journey."""
    assert [step.id for step in steps(declared(NESTED), "a")] == ["find", "card", "cash", "rate"]
    assert steps(declared(NESTED), "b") == ()


def test_parts_serve_a_step_and_what_is_inside_them_too():
    """p and q inherit from b, r says otherwise; bare and full names of a step are the same."""
    org = declared(NESTED)
    assert set(parts_at(org, "a", "card")) == {"b", "p", "q"}
    assert parts_at(org, "a", "find") == ("r",)
    assert parts_at(org, "a", "a.find") == ("r",)
    assert parts_at(org, "a", "rate") == ()


def test_the_team_is_its_own_or_that_around_it():
    """q has its own; p takes that of the whole service."""
    org = declared(NESTED)
    assert (team_of(org, "q"), team_of(org, "p"), team_of(org, "head")) == ("t2", "t", None)


def test_dependencies_and_consumers():
    """An internal service's consumers are those who use it; a named consumer comes first."""
    org = declared(HOTEL)
    assert [edge.to_id for edge in uses(org, "search")] == ["prices", "hotel-content"]
    assert used_by(org, "rooms") == ("checkout",)
    assert consumers_of(org, "payments") == ("checkout",)
    assert consumers_of(org, "hotel-content") == ("hotelier", "search")
    assert [need.id for need in needs_of(org, "book-and-stay")] == ["quick-find", "easy", "lean"]


@pytest.mark.parametrize(
    ("name", "found"),
    [("book-and-stay", "book-and-stay"), ("Book and  STAY", "book-and-stay"), (" component:default/SEARCH ", "search"),
     ("old-search", "search"),     ("Free rooms", "rooms"), ("free-room", None), ("", None), ("Same", None)],
)  # fmt: skip
def test_foreign_names_find_their_entity(name: str, found: str | None):
    """By id, alias, former id and title, whatever the case and spaces; an ambiguous title finds nothing."""
    org = declared(
        "org: { name: X }\n"
        "services: { book-and-stay: { parts: { rooms: { title: Free Rooms }, search: { was: old-search, aliases: "
        "{ backstage: 'component:default/search' } }, x: { title: Same }, y: { title: same } } } }"
    )
    assert resolve(org, name) == found


def test_a_kind_helps_where_two_carry_one_name():
    """A unit and a service of one title are told apart by kind."""
    org = declared("org: { name: X }\nunits: { u: { title: Companies House } }\nservices: { s: { title: Companies House } }")
    assert resolve(org, "companies house") is None
    assert (resolve(org, "Companies House", "unit"), resolve(org, "Companies House", "service")) == ("u", "s")
    assert resolve(org, "Companies House", "team") is None
