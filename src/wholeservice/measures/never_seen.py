"""Where nobody was ever seen there is no number: a step that no event names is not one at which everybody was lost.

An end that was never reached, in the whole store, is far more often a name that does not match than a service that nobody gets
through. So shares of those who got there are kept only where somebody once did; a period in which nobody did is then a true 0.
Counts that a source gives (tallies) are its own words and are not touched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wholeservice.measures.base import Cell

if TYPE_CHECKING:
    from wholeservice.engines.base import Engine

VISITS = "visits"


@dataclass(frozen=True, slots=True)
class EverSeen:
    """What events ever reached: the entities of which an end was reached, and (entity, step) of each step with an event."""

    ends: frozenset[str]
    steps: frozenset[tuple[str, str]]


Kept = Callable[[Cell, EverSeen], bool]
"""(cell from events, what was ever seen) -> whether its number is one."""


def at_an_end(cell: Cell, seen: EverSeen) -> bool:
    """Say whether anybody was ever seen at an end of the entity, by whatever event, also one that failed there."""
    return cell.entity in seen.ends


def at_its_step(cell: Cell, seen: EverSeen) -> bool:
    """Say whether anybody was ever seen at the step of the cell."""
    return (cell.entity, cell.step) in seen.steps


def ever_seen(engine: Engine) -> EverSeen:
    """Return what the events of the whole store ever reached."""
    v = engine.table(VISITS)
    rows = v.select(v.entity, v.step, is_at_end=v.is_end.fill_null(False) | v.is_done).distinct()
    found = engine.run(rows).to_pylist()
    ends = frozenset(row["entity"] for row in found if row["is_at_end"])
    return EverSeen(ends, frozenset((row["entity"], row["step"]) for row in found if row["step"] is not None))
