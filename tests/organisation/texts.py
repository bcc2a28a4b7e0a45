"""Small organisations in YAML, and the short words tests use to load and check them."""

from __future__ import annotations

from types import SimpleNamespace

from wholeservice.errors import Problem
from wholeservice.organisation.check import check
from wholeservice.organisation.graph import Organisation
from wholeservice.organisation.load import load_texts

HOTEL = """\
org: { name: Stayline, purpose: A good night anywhere, north-star: guests who come back }
consumers:
  guest:    { outside: true, volume: 4.1M/yr }
  hotelier: { outside: true }
value-streams:
  look-to-stay: { owner: maya.okafor, fund: 6.4M EUR/yr }
services:
  book-and-stay:
    for: { guest: [pays, uses, judges] }
    stream: look-to-stay
    channels: [web, app, phone, desk]
    journey: [find, choose, pay, arrive, come-back]
    ends: [not-eligible]
    needs:
      quick-find: { says: Let me find a room quickly, targets: [ p95 search-time < 800ms over 28d @ find ] }
      easy:       { says: Do not make me work for it, targets: [ satisfaction >= 80% over 90d in app for guest ] }
    aims: { lean: cost-per-transaction <= 1.10 EUR over 90d }
    parts:
      search:   { team: discovery, at: find, uses: [prices, hotel-content] }
      prices:   { team: pricing, at: [find, choose] }
      checkout: { team: booking, at: pay, uses: [payments, { any: [rooms, prices] }, { optional: search }, { retry: rooms }] }
      rooms:    { team: booking, at: [choose, pay, arrive] }
  payments:
    team: money
    uses: [card-acquiring]
  hotel-content: { team: discovery, for: { hotelier: [uses] } }
policies:
  id-check: { owner: maya.okafor, basis: our own choice, binds: [ book-and-stay.arrive ] }
teams:
  discovery: { type: stream-aligned, people: 7 }
  pricing:   { type: complicated-subsystem, people: 5 }
  booking:   { type: stream-aligned, people: 8 }
  money:     { type: platform, people: 6, serves: { booking: x-as-a-service } }
suppliers:
  adyen: { provides: card-acquiring, contract: { ends: 2027-03-31, cost: 0.11 EUR per booking } }
"""


def declared(text: str) -> Organisation:
    """Return the organisation of a text that has nothing wrong with it."""
    org, problems = load_texts({"organisation/all.yaml": text})
    assert not problems, problems
    return org


def problems_of(text: str, *, measures: object = None) -> list[Problem]:
    """Return what loading and checking say of a text."""
    org, problems = load_texts({"organisation/all.yaml": "org: { name: X }\n" + text})
    return [*problems, *check(org, measures)]  # type: ignore[arg-type]


def codes_of(text: str, *, measures: object = None) -> list[str]:
    return [problem.code for problem in problems_of(text, measures=measures)]


def seen(kind: str, name: str, **given: str | None) -> SimpleNamespace:
    """Return a row of sightings."""
    blank = dict.fromkeys(("title", "relation", "to_kind", "to_name", "attributes"))
    return SimpleNamespace(kind=kind, name=name, **{**blank, **given})
