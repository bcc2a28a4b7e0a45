"""Take-up that is patched says the same as take-up in full: also that nobody knows which channels are digital."""

from __future__ import annotations

import datetime as dt

from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.channel_take_up import NOT_KNOWN, finish, patch
from wholeservice.periods import CALENDAR

FROM, TO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 2, 1, tzinfo=dt.UTC)


def of(channel: str | None, done: float, of_all: float) -> tuple[Cell, Statistics]:
    """Return the sums of a channel: *done* of *of_all*."""
    sums = Statistics(n=of_all, numerator=done, denominator=of_all)
    return Cell("channel-take-up", "shop", FROM, TO, CALENDAR, channel=channel), sums


def test_the_first_channel_that_is_known_gives_a_value_and_the_last_one_takes_it_away():
    """Three came by `organic`: no value. One by phone comes: 0 of 4, which is a true zero. It goes again: no value."""
    whole, _ = of(None, 0, 0)
    organic, phone = dict([of("organic", 3, 3)]), dict([of("phone", 1, 1)])
    before = patch({}, {}, organic)
    after = patch(before, {}, phone)
    assert (finish(before[whole]).value, finish(before[whole]).why_missing) == (None, NOT_KNOWN)
    assert (finish(after[whole]).value, finish(after[whole]).n) == (0.0, 4)
    assert patch(after, phone, {}) == before
