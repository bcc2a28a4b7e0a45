"""Work that flows, made by hand: lives in days, a stream of five stages and four teams."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

from wholeservice.findings.base import Facts
from wholeservice.findings.flow import DAY_US, Flow, Life
from wholeservice.findings.flow_extracts import LOOKED_AT
from wholeservice.findings.waits import Tile
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Organisation
from wholeservice.organisation.load import load_texts

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
KINDS = {"active": "work", "queued": "wait", "blocked": "wait", "returned": "wait", None: "unknown"}
TEXT = """
org: { name: Stayline, purpose: A good night anywhere, north-star: guests who come back }
consumers:
  guest: { outside: true }
value-streams:
  stay:
    title: Look to stay
    owner: maya
    stages:
      - { stage: build, team: booking, named: [In Dev] }
      - { stage: test, team: booking }
      - { stage: review, team: security, meets: [safe] }
      - { stage: approve, meets: [approval] }
      - { stage: release, team: booking }
  places: { title: Platform ready }
policies:
  safe: { title: Nothing unreviewed }
  approval: { title: Change approval, owner: ines }
services:
  whole: { title: Book and stay, for: { guest: [uses] }, stream: stay, team: booking, journey: [find], uses: [rooms] }
  rooms: { title: Rooms, team: booking }
  environments: { title: Environments, team: platform, stream: places, for: { booking: [uses] } }
  people: { title: Recruitment, team: finders, for: { platform: [uses] } }
teams:
  booking: { title: Booking, people: 8, stream: stay }
  platform: { title: Platform, people: 6, stream: places }
  security: { title: Security, people: 5, stream: stay }
  finders: { title: People, people: 5 }
  pair: { title: Two of us, people: 2 }
"""


@cache
def stayline() -> Organisation:
    """Return the organisation that all of it happens in."""
    organisation, problems = load_texts({"organisation/x.yaml": TEXT})
    assert not [each for each in problems if each.severity == "error"], problems
    return organisation


def life(item: str, parts: Sequence[tuple[Any, ...]], begins: float = 0.0, **more: Any) -> Life:
    """Return an item with its tiles, one part after another: stage, state, days, and what it waits on, the team."""
    tiles, at = [], begins * DAY_US
    for stage, state, days, *rest in parts:
        waits, team = (*rest, None, None)[:2]
        tiles.append(Tile(round(at), round(at + days * DAY_US), KINDS[state], state, stage, team, waits))
        at += days * DAY_US
    fields = {"kind": "feature", "entity": "rooms", "stream": "stay", "team": "booking", "priority": None, "is_open": False}
    created = round(begins * DAY_US)
    return Life(
        item, created_us=created, from_us=created, to_us=round(at), is_alive=True, where_from="test:1", tiles=tuple(tiles),
        **{**fields, **more},
    )  # fmt: skip


def flow(
    *lives: Life, pieces: Mapping[str, str] | None = None, deliveries: Sequence[Mapping[str, Any]] = (), days: int = 182
) -> Flow:
    """Return what was seen of some items."""
    return Flow(stayline(), {each.item: each for each in lives}, pieces or {}, deliveries, 0, days * DAY_US)


def facts_with(extract: str, *rows: Any) -> Facts:
    """Return what a rule looks at: rows of one extract."""
    looked_at = {"from_at": START, "to_at": START + dt.timedelta(days=182)}
    extracts = {extract: [asdict(each) for each in rows], LOOKED_AT: [looked_at]}
    return Facts(stayline(), Results((), ()), "UTC", looked_at["to_at"], extracts)
