"""How work flows, told once a snapshot: what pages draw of each value stream, team and service, and the story of each item."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from wholeservice.organisation import kinds
from wholeservice.periods import instant

if TYPE_CHECKING:
    from wholeservice.engines.base import Engine
    from wholeservice.measures.flow_told import Flow, Story
    from wholeservice.organisation.graph import Organisation

TOLD_OF = (kinds.STREAM, kinds.TEAM, kinds.SERVICE)


def flows(engine: Engine, organisation: Organisation, zone: str) -> tuple[tuple[Flow, ...], Mapping[str, Story]]:
    """Return the flow of everything that work counts for, and the stories of the items in it; nothing without any work."""
    from wholeservice.measures.compute import work_extent
    from wholeservice.measures.flow_made import LONG, Seen, flows_of
    from wholeservice.measures.flow_read import read_work
    from wholeservice.measures.stories import stories_of

    covered = work_extent(engine, zone)
    if covered is None:
        return (), {}
    work = read_work(engine, instant(covered.complete_on - dt.timedelta(days=LONG), zone))
    told_of = {each.id: each.kind for each in organisation.entities.values() if each.kind in TOLD_OF}
    found = flows_of(Seen(work, covered.first_on, covered.complete_on, zone), told_of)
    return found, stories_of(work, found)
