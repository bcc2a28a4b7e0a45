"""Lives of items made by hand or by a small generator with a planted delay: what the fulfilment map is tested on."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from wholeservice.derived.lived import Lived
from wholeservice.findings.losses import LossMap
from wholeservice.periods import Period
from wholeservice.units import SHARE

HOUR_US = 3_600_000_000
PERIOD = Period(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
STAGES = ("receive", "check", "advise", "decide", "send")


def life(item: str, parts: Sequence[tuple[Any, ...]], begins: float = 0.0) -> list[dict[str, Any]]:
    """Return the tiles of an item, one part after another: stage, kind, state (None: no stay), hours, waits, team."""
    rows, at = [], begins
    for stage, kind, state, hours, *more in parts:
        waits, team = (*more, None, None)[:2]
        rows.append({"item": item, "stage": stage, "state": state, "kind": kind, "team": team, "waits": waits,
                     "from_us": round(at * HOUR_US), "to_us": round((at + hours) * HOUR_US)})  # fmt: skip
        at += hours
    return rows


def lived(
    units: Mapping[str, Sequence[tuple[Any, ...]]], allowed: float, others: Sequence[dict[str, Any]] = (),
    *, places: Mapping[str, str] | None = None, channel: str | None = "web",
) -> Lived:  # fmt: skip
    """Return what was seen of units, each with its parts, all with so many hours; *others*: tiles of what they waited for."""
    tiles = [row for item, parts in units.items() for row in life(item, parts)]
    took = {item: sum(part[3] for part in parts) for item, parts in units.items()}
    rows = [
        {"item": item, "channel": channel, "is_late": took[item] > allowed, "due_day": number,
         "allowed_us": round(allowed * HOUR_US), "took_us": round(took[item] * HOUR_US)}
        for number, item in enumerate(units)
    ]  # fmt: skip
    named = [{"item": item, "place": place} for item, place in (places or {}).items()]
    schema = pa.schema([("item", pa.string()), ("place", pa.string())])
    return Lived(
        pa.Table.from_pylist(rows), pa.Table.from_pylist([*tiles, *others]), pa.Table.from_pylist(named, schema=schema)
    )


def asked(seen: Lived, level: float = 0.95) -> LossMap:
    """Return the question: how many were in time, against a target."""
    n = seen.units.num_rows
    value = 1 - sum(seen.units["is_late"].to_pylist()) / n
    return LossMap("permit", "in-time", f"in-time >= {level}", SHARE, 1, level, value, level - value, None, float(n), PERIOD)


def simulated(seed: int, planted: str, *, n: int, dark: float = 0.0) -> Lived:
    """
    Return items that go through five stages; in *planted*, three in ten of them take some two hundred hours more.

    Decoys: `advise` is the longest stage in every item, `check` the most uncertain one, and `send` is longer in the very items
    that are delayed, by far less than their delay. Of *dark*, a share of the tiles, nothing is recorded.
    """
    draw = random.Random(seed)
    units = {}
    for number in range(n):
        is_hit = draw.random() < 0.3
        hours = {
            "receive": draw.gammavariate(8, 5), "check": draw.gammavariate(1.2, 25), "advise": 150 + draw.gammavariate(20, 5),
            "decide": draw.gammavariate(10, 3), "send": draw.gammavariate(6, 2) + (6 if is_hit else 0),
        }  # fmt: skip
        if is_hit:
            hours[planted] += draw.gammavariate(6, 35)
        units[f"p{number}"] = [
            (None, "unknown", None, hours[stage]) if draw.random() < dark else (stage, "work", "active", hours[stage])
            for stage in STAGES
        ]
    return lived(units, 480.0)
