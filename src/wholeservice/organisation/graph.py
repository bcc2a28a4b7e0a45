"""The organisation as one typed graph: entities, edges, needs and targets, declared in YAML or seen in facts.

Plain functions over frozen data. Ids are unique over services, parts, teams, policies, suppliers, units, consumers and
value streams; a step's id is `service.step`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wholeservice.errors import Place
from wholeservice.units import Amount

DECLARED, SEEN, DERIVED = "declared", "seen", "derived"


@dataclass(frozen=True, slots=True)
class Step:
    """One node of a journey. A leaf is a step; `kind` sequence, choice, parallel, retry or optional nests others."""

    id: str
    title: str
    kind: str = "step"
    children: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing of the organisation. `parent` is composition: part -> service, service -> service or unit."""

    id: str
    kind: str  # service, part, team, policy, supplier, unit, consumer, value-stream
    title: str
    parent: str | None = None
    basis: str = DECLARED
    state: str = "live"
    team: str | None = None
    owner: str | None = None  # as derived: the stream's owner for what an outside consumer uses
    channels: tuple[str, ...] = ()
    journey: tuple[Step, ...] = ()
    ends: tuple[str, ...] = ()  # legitimate ends besides the last step
    fields: Mapping[str, Any] = field(default_factory=dict)  # everything declared, as typed
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation. For `uses`, `how` is all, any, optional or retry; edges of one `group` belong together (any of)."""

    from_id: str
    relation: str  # uses, at, part-of, serves, owned-by, binds, provides, for, runs-in
    to_id: str
    basis: str = DECLARED
    how: str = "all"
    group: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A measurable stand-in for a need: `completion >= 90% over 28d @ pay in app for guest from 2026-01-01`."""

    text: str
    measure: str  # the measure word as typed
    op: str  # >=, >, <=, <
    level: Amount
    window_days: int
    quantile: float | None = None
    step: str | None = None
    channel: str | None = None
    consumer: str | None = None
    from_on: dt.date | None = None
    place: Place | None = None

    @property
    def direction(self) -> int:
        """+1 when more is better, -1 when less is."""
        return 1 if self.op.startswith(">") else -1


@dataclass(frozen=True, slots=True)
class Need:
    """What a consumer wants, in their words. `is_aim` marks the organisation's own wish, which is not a need."""

    id: str  # unique within its service
    service: str
    says: str
    because: str | None = None
    evidence_on: dt.date | None = None
    targets: tuple[Target, ...] = ()
    is_aim: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """The whole graph. `hash` names its content, so that a result can say which organisation it was made with."""

    name: str
    purpose: str
    north_star: str
    entities: Mapping[str, Entity]
    edges: tuple[Edge, ...]
    needs: tuple[Need, ...]
    aliases: Mapping[str, str]  # foreign name (lower case) -> entity id
    hash: str
