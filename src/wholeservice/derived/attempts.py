"""Attempts: one row per attempt of a service, from its first event to its last.

Outcome    done: somebody reached the last step, a legitimate end, or the source says so; failed: the last thing that
           happened at any step was a failure; left: everything else
Matured    as long has passed since the start as 99 % of the finished attempts of the service took, and at least 30 minutes:
           only then can an attempt without an end be said to have none
Key        entity and thread, as in `visits`, but for is_matured, which looks at all attempts of the entity and the newest event
Shape      entity, attempt, thread, consumer, channel, segment and device (each first seen), channels_used, started_at, last_at
           (when its last event began), ended_at, first_step, last_step, furthest_step, outcome, finished_at, failed_step,
           n_events, is_matured
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.derived.base import Derived
from wholeservice.derived.maturity import judged, newest, took, usual
from wholeservice.derived.outcomes import unjudged

if TYPE_CHECKING:
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables


def build(facts: FactTables) -> IbisTable:
    """Sum up the visits of each attempt, and say whether its outcome can be known yet."""
    attempts = unjudged(facts.visits)
    return judged(attempts, usual(took(attempts)), newest(attempts))


ATTEMPTS = Derived(name="attempts", needs=("visits",), build=build, key=("entity", "thread"))
