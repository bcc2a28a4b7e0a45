"""Scenarios: YAML in, a world out, and every mistake said with its place."""

from dataclasses import replace

import pytest

from wholeservice.errors import InputError
from wholeservice.organisation.load import load_texts
from wholeservice.simulation.run import simulate
from wholeservice.simulation.scenario import load_world

ORGANISATION = """
org: { name: Small }
consumers: { guest: { outside: true } }
value-streams: { stream: { owner: ada } }
services:
  stay:
    for: { guest: [uses] }
    stream: stream
    channels: [web, app]
    journey: [find, pay]
    parts:
      search: { team: one, at: find, uses: [prices] }
      checkout: { team: one, at: pay, uses: [{ optional: prices }, { retry: card-acquiring }] }
      chat: { team: one, at: pay, channels: [app] }
  prices: { team: one }
teams: { one: { type: stream-aligned } }
suppliers: { bank: { provides: card-acquiring } }
"""


@pytest.fixture(scope="module")
def organisation():
    return load_texts({"organisation/all.yaml": ORGANISATION})[0]


def test_a_world_follows_the_declared_organisation(organisation):
    """Steps call their parts by channel, parts call what they use, a supplier stands for what it provides."""
    world = load_world("service: stay\nchannels: { web: 60%, app: 40% }", "now.yaml", organisation)
    assert [(step.id, step.calls) for step in world.steps] == [
        ("find", {"web": ("search",), "app": ("search",)}),
        ("pay", {"web": ("checkout",), "app": ("checkout", "chat")}),
    ]
    assert [(use.to, use.how) for use in world.parts["checkout"].uses] == [("prices", "optional"), ("bank", "retry")]


def test_a_planted_trouble_strikes_when_and_where_it_says(organisation):
    """Only from day 10 and only in the app does checkout fail."""
    text = """
service: stay
days: 20
attempts-per-day: 40
channels: { web: 50%, app: 50% }
fails: { usual: 0% }
troubles: [{ part: checkout, fails: 100%, from-day: 10, channels: [app] }]
"""
    happened = simulate(load_world(text, "now.yaml", organisation), 1)
    failed = [row for row in happened.interactions if row.outcome == "failed"]
    assert {row.channel for row in failed} == {"app"}
    assert min(row.happened_at for row in failed).date().isoformat() == "2026-06-11"
    n_app_pays = sum(row.channel == "app" and row.step == "pay" for row in happened.interactions if row.happened_at.day >= 11)
    assert happened.lost_by_cause["checkout"] == len(failed) == n_app_pays


@pytest.mark.parametrize(
    ("text", "code", "where", "nearest"),
    [
        ("- a list", "SIM001", "now.yaml:1:1", None),
        ("service: stay\ndayz: 3", "SIM002", "now.yaml:2:1", "days"),
        ("service: stay\nleaves: { fnd: 5% }", "SIM003", "now.yaml:2:16", "find"),
        ("service: stay\nfails: { chekout: 5% }", "SIM003", "now.yaml:2:19", "checkout"),
        ("service: stay\ntroubles: [{ part: serch, fails: 5% }]", "SIM003", "now.yaml:2:20", "search"),
        ("service: stay\ndays: many", "SIM004", "now.yaml:2:7", None),
        ("service: [", "ORG001", "now.yaml:2:1", None),
    ],
)
def test_mistakes_are_said_with_their_place(organisation, text, code, where, nearest):
    """A wrong word, name or number is named where it stands, with the nearest right one."""
    with pytest.raises(InputError) as caught:
        load_world(text, "now.yaml", organisation)
    problem = caught.value.problems[0]
    assert (problem.code, str(problem.place), problem.nearest) == (code, where, nearest)


def test_what_people_hold_changes_nothing_of_what_happens(organisation):
    """Devices are drawn from lots of their own: the same people do the same, now with a phone or a laptop where it is said."""
    text = "service: stay\ndays: 3\nchannels: { web: 50%, app: 50% }\nleaves: { find: 30% }\n"
    devices = "devices: { web: { phone: 60%, laptop: 40% } }"
    plain, told = (load_world(text + more, "now.yaml", organisation) for more in ("", devices))
    before, after = simulate(plain, 1), simulate(told, 1)
    assert [replace(row, device=None) for row in after.interactions] == before.interactions
    assert {(row.channel, row.device) for row in after.interactions} == {("web", "phone"), ("web", "laptop"), ("app", None)}
    with pytest.raises(InputError) as caught:
        load_world(text + "devices: { wbe: { phone: 100% } }", "now.yaml", organisation)
    assert [(each.code, each.nearest) for each in caught.value.problems] == [("SIM003", "web")]
