"""Owners and remits: derived, inherited, misplaced."""

from __future__ import annotations

import pytest

from organisation.texts import declared
from wholeservice.organisation.remit import misplaced_owners, owner_of, remit, team_streams

BASE = """\
org: { name: X }
consumers: { guest: { outside: true }, agent: {} }
value-streams: { front: { owner: maya }, back: { owner: ines } }
policies: { rule: { owner: ines, binds: [stay] } }
units: { branch: { owner: lena } }
teams:
  web: { stream: front }
  desk: { stream: back }
  branch-team: { unit: branch }
services:
  stay:
    for: guest
    stream: front
    journey: [find, pay, sleep]
    parts:
      search: { team: web, at: find }
      checkout: { team: web, at: pay, parts: { form: {} } }
      keys: { team: LAST, at: sleep }
      notice: {}
  payments: { team: desk }
  archive: { owner: olaf, parts: { shelf: {} } }
  hall: { unit: branch }
  tool: { for: agent, team: desk }
  lost: {}
suppliers: { acme: { provides: cards } }
"""


def base(last: str = "desk") -> str:
    return BASE.replace("LAST", last)


@pytest.mark.parametrize(
    ("entity", "owner"),
    [
        ("stay", "maya"),  # an outside consumer: its stream's
        ("search", "maya"), ("form", "maya"), ("notice", "maya"),
        ("keys", "ines"),  # its own team runs in the other stream
        ("payments", "ines"),  # internal: its team's stream
        ("tool", "ines"),  # an agent of ours is not outside
        ("archive", "olaf"), ("shelf", "olaf"),  # declared, and inherited
        ("hall", "lena"),  # the unit around it
        ("lost", None), ("cards", None), ("guest", None), ("nobody", None),
        ("web", "maya"), ("front", "maya"), ("rule", "ines"), ("branch", "lena"),
    ],
)  # fmt: skip
def test_owners_follow_from_streams_teams_and_units(entity: str, owner: str | None):
    """Each rule of ownership, one example each; the entity carries it too."""
    org = declared(base())
    assert owner_of(org, entity) == owner
    if entity in org.entities:
        assert org.entities[entity].owner == owner


def test_what_a_supplier_provides_is_answered_for_by_its_user():
    """One owner of all that uses it; with two there is none."""
    assert owner_of(declared(base().replace("lost: {}", "lost: { owner: olaf, uses: cards }")), "cards") == "olaf"
    two = base().replace(
        "lost: {}", "lost: { owner: olaf, uses: cards }, more: { owner: ann, uses: cards }".replace(", more", "\n  more")
    )
    assert owner_of(declared(two), "cards") is None


def test_a_remit_is_what_its_teams_run():
    """Streams, teams, policies and parts; not the part of another's team inside one's own service."""
    org = declared(base())
    assert remit(org, "maya") == {"front", "web", "stay", "search", "checkout", "form", "notice"}
    assert remit(org, "ines") == {"back", "desk", "rule", "keys", "payments", "tool"}
    assert remit(org, "lena") == {"branch", "branch-team", "hall"}
    assert remit(org, "nobody") == frozenset()


def test_an_owner_who_does_not_reach_the_last_step_is_misplaced():
    """Maya owns the stay but the keys are another's; with the keys in her remit all is well."""
    assert misplaced_owners(declared(base("desk"))) == ("stay",)
    assert misplaced_owners(declared(base("web"))) == ()


def test_an_end_that_nothing_serves_tells_nothing():
    """Without a part at the last step nobody can say whether the remit reaches it."""
    assert misplaced_owners(declared(base().replace("at: sleep", "at: pay"))) == ()


def test_the_stream_of_a_team_follows_from_its_work():
    """One stream of all its work, or the one with a stage of it; two leave it open, and what is declared wins."""
    text = "org: { name: X }\nvalue-streams: { a: {}, b: { stages: [{ stage: s, team: t3 }] } }\n"
    text += "teams: { t1: {}, t2: {}, t3: {}, t4: { stream: b } }\n"
    text += "services: { x: { stream: a, parts: { p: { team: t1 }, q: { team: t2 }, r: { team: t3 }, u: { team: t4 } } }, "
    text += "y: { stream: b, team: t2 } }"
    assert team_streams(declared(text)) == {"t1": "a", "t3": "b", "t4": "b"}
