"""What rules about flow get of the facts: sums over streams, stages, services and teams, made once per snapshot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from wholeservice.findings import flow_front as front
from wholeservice.findings import flow_pace as pace
from wholeservice.findings import flow_returns as returns
from wholeservice.findings import flow_waits as waits
from wholeservice.findings.flow import Flow, flow_of
from wholeservice.organisation.graph import Organisation

if TYPE_CHECKING:
    from wholeservice.derived.flowing import Flowing

DAYS = 182
"""The newest half year is looked at: recent enough to act on, long enough for work that takes months."""

LOOKED_AT = "flow_looked_at"
MADE: Mapping[str, Callable[[Flow], Iterable[Any]]] = {
    waits.WAITED_FOR: waits.waited_for,
    waits.SPLIT: waits.splits,
    returns.SENT_BACK: returns.sent_back,
    returns.THROWN: returns.thrown,
    returns.PUT_DOWN: returns.put_down,
    front.KEPT: front.kept,
    pace.REQUESTED: pace.requested,
    pace.AGED: pace.aged,
    pace.LOADED: pace.loaded,
    pace.GATED: pace.gated,
    pace.BATCHED: pace.batched,
}
"""Extract -> what makes its rows."""


def flow_extracts(
    seen: Flowing | None, organisation: Organisation, from_at: dt.datetime, to_at: dt.datetime
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every extract about flow, and the time looked at; nothing where no work was seen."""
    if seen is None:
        return {}
    flow = flow_of(seen, organisation, _microseconds(from_at), _microseconds(to_at))
    found = {name: [asdict(each) for each in make(flow)] for name, make in MADE.items()}
    return {**found, LOOKED_AT: [{"from_at": from_at, "to_at": to_at}]}


def _microseconds(instant: dt.datetime) -> int:
    return (instant - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
