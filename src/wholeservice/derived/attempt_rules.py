"""What makes one attempt, as tables: the rule of each entity, and the civil days of the workspace's zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from wholeservice.organisation.graph import attempt_rule

if TYPE_CHECKING:
    import pyarrow as pa

    from wholeservice.engines.base import Engine
    from wholeservice.organisation.graph import Organisation

ATTEMPT_RULES, OFFSETS = "attempt_rules", "offsets"
FIRST_YEAR, AFTER_YEAR = 1970, 2100  # outside of these years a zone keeps the offset it had at their edge
ALWAYS_S = 1 << 40


def add_attempt_rules(engine: Engine, organisation: Organisation, zone: str) -> None:
    """Add the tables `attempt_rules` and `offsets`."""
    engine.add(ATTEMPT_RULES, attempt_rules_table(organisation))
    engine.add(OFFSETS, offsets_table(zone))


def attempt_rules_table(organisation: Organisation) -> pa.Table:
    """Return entity_id, idle_s (null: no pause ends it), until_end and per_day, one row per entity."""
    import pyarrow as pa

    rules = {each: attempt_rule(organisation, each) for each in organisation.entities}
    return pa.table(
        {
            "rule_of": pa.array(list(rules), pa.string()),
            "idle_s": pa.array([each.idle_s for each in rules.values()], pa.float64()),
            "until_end": pa.array([each.until_end for each in rules.values()], pa.bool_()),
            "per_day": pa.array([each.per_day for each in rules.values()], pa.bool_()),
        }
    )


def offsets_table(zone: str) -> pa.Table:
    """Return from_s, to_s (exclusive) and offset_s: how far the zone's clocks are ahead of UTC."""
    import pyarrow as pa

    turns = _turns(zone)
    starts = [-ALWAYS_S, *(second for second, _ in turns[1:])]
    columns = {"from_s": starts, "to_s": [*starts[1:], ALWAYS_S], "offset_s": [each for _, each in turns]}
    return pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})


@cache
def _turns(zone: str) -> tuple[tuple[int, int], ...]:
    """The seconds since 1970 at which a zone's clocks turned, and their offset from then on; the first is the beginning."""
    return tuple(_turned(zone))


def _turned(zone: str) -> Iterator[tuple[int, int]]:
    local, day_s = ZoneInfo(zone), 86400
    first, last = (int(dt.datetime(year, 1, 1, tzinfo=dt.UTC).timestamp()) for year in (FIRST_YEAR, AFTER_YEAR))
    before = _offset(first, local)
    yield first, before
    for day in range(first, last, day_s):
        after = _offset(day + day_s, local)
        if after != before:
            low, high = day, day + day_s
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(middle, local) == before else (low, middle)
            yield high, after
            before = after


def _offset(second: int, local: ZoneInfo) -> int:
    offset = dt.datetime.fromtimestamp(second, local).utcoffset()
    return int(offset.total_seconds()) if offset else 0
