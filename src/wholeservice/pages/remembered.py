"""What many pages ask for is worked out once a snapshot, and kept no longer than the results it was made from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from wholeservice.measures.asked import unasked
from wholeservice.measures.results import Results
from wholeservice.pages.base import Data
from wholeservice.periods import Period

T = TypeVar("T")
Asked = tuple[Period | None, Period | None, str]
Kept = WeakKeyDictionary[Results, dict[Asked, tuple[tuple[object, ...], T]]]
MOST = 6
"""So many pairs of periods are kept of a snapshot, those asked for last."""


def remembered(kept: Kept[T], data: Data, work: Callable[[Data], T]) -> T:
    """Return what *work* makes of the data: once for each snapshot and the periods asked for of it."""
    made_of = (data.organisation, data.findings, data.loss_maps, data.measures, data.sources)
    of_results = kept.setdefault(unasked(data.results), {})
    asked = (data.results.period, data.results.against, data.log_mark)  # the log grows without a new snapshot
    before, found = of_results.pop(asked, ((), None))
    if found is None or any(one is not other for one, other in zip(before, made_of, strict=True)):
        found = work(data)
    while len(of_results) >= MOST:
        of_results.pop(next(iter(of_results)), None)
    of_results[asked] = (made_of, found)  # the one used last stands last
    return found
