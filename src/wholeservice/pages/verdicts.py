"""The verdicts on the improvements of a snapshot, worked out when somebody asks for them and then kept with its results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from wholeservice.improvements.base import Improvement
from wholeservice.improvements.elsewhere import Elsewhere, elsewhere
from wholeservice.improvements.judged import LOSS, Happened, Judged
from wholeservice.improvements.looked import Looked
from wholeservice.improvements.verify import judge
from wholeservice.measures.asked import unasked
from wholeservice.measures.results import Results
from wholeservice.pages.base import Data

_KNOWN: WeakKeyDictionary[Results, dict[Any, Any]] = WeakKeyDictionary()


def verdicts_on(data: Data, improvement: Improvement) -> tuple[Judged, ...]:
    """Return the verdict on each number that an improvement promises or is judged by, whatever period a reader asked for."""
    known = _KNOWN.setdefault(unasked(data.results), {})
    key = (improvement, data.improvements)
    if key not in known:
        known[key] = judge(_looked(data), improvement)
    found: tuple[Judged, ...] = known[key]
    return found


def worse_elsewhere(data: Data, improvement: Improvement) -> Elsewhere:
    """Return what else got worse since an improvement reached people; some hundred series are looked at."""
    known = _KNOWN.setdefault(unasked(data.results), {})
    if improvement not in known:
        known[improvement] = elsewhere(_looked(data), improvement)
    found: Elsewhere = known[improvement]
    return found


def _looked(data: Data) -> Looked:
    return Looked(data.organisation, unasked(data.results), data.zone, data.improvements, (*data.happened, *_losses(data)))


def _losses(data: Data) -> Iterator[Happened]:
    """Yield the places at which people began to be lost on a day that is known: they may be why a number got worse."""
    for each in data.open_times:
        if each.is_named and not each.is_at_least:
            yield Happened(LOSS, each.box, each.began_at, f"{each.entity}/{each.need}", each.ended_at)
