"""A block: some traces of an event log with all their events, as columns. What both readings of XES give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

NAME, INSTANCE, IDENTITY = "concept:name", "concept:instance", "identity:id"
TIME, TRANSITION = "time:timestamp", "lifecycle:transition"
RESOURCE, GROUP = "org:resource", "org:group"
"""Keys that the standard extensions of XES define."""


@dataclass(frozen=True, slots=True)
class Block:
    """Whole traces in the order of the file. `traces` and `events` are key -> text, null where an element lacks the key."""

    traces: Mapping[str, pa.Array]
    trace_lines: np.ndarray
    events: Mapping[str, pa.Array]
    event_lines: np.ndarray
    trace_of: np.ndarray  # for each event, the position of its trace in this block

    @property
    def n_traces(self) -> int:
        return len(self.trace_lines)

    @property
    def n_events(self) -> int:
        return len(self.event_lines)
