"""What is worked out once a snapshot: not twice, not for other data, and not kept longer than that."""

from __future__ import annotations

import gc
from dataclasses import replace
from weakref import WeakKeyDictionary

from pages import sample
from wholeservice.measures.asked import over
from wholeservice.pages.base import Data
from wholeservice.pages.remembered import MOST, Kept, remembered
from wholeservice.periods import parse_period


def test_it_is_made_once_for_each_period_of_a_snapshot_and_goes_with_it():
    """Newest, June, newest is two; other findings are another; six other periods put out June, not what is used again."""
    made: list[str] = []
    kept: Kept[int] = WeakKeyDictionary()

    def work(data: Data) -> int:
        made.append(str(data.results.period and data.results.period.from_at.date()))
        return len(made)

    newest = sample.data()
    june = replace(newest, results=over(newest.results, parse_period("2026-06")))
    assert [remembered(kept, each, work) for each in (newest, june, newest, june)] == [1, 2, 1, 2]
    assert remembered(kept, replace(newest, findings=()), work) == 3
    assert remembered(kept, newest, work) == 4
    for year in range(2010, 2010 + MOST):
        remembered(kept, replace(newest, results=over(newest.results, parse_period(str(year)))), work)
        remembered(kept, newest, work)
    assert made[4:] == [f"{year}-01-01" for year in range(2010, 2010 + MOST)]
    assert remembered(kept, june, work) == len(made) == 5 + MOST
    assert len(kept) == 1
    del newest, june
    gc.collect()
    assert len(kept) == 0
