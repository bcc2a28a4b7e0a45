"""How what else happened is said: each kind once, with its own plural."""

from __future__ import annotations

import datetime as dt

import pytest

from wholeservice.improvements.judged import Rival
from wholeservice.improvements.rival_words import coincident_words, rival_words

TITLES = {"rooms": "Room status", "change": "Change a booking", "prices": "Prices"}


def rival(kind: str, of: str, n: int = 1) -> Rival:
    return Rival(kind, of, n, dt.datetime(2026, 7, 3, tzinfo=dt.UTC))


@pytest.mark.parametrize(("rivals", "words"), [
    ((rival("loss", "rooms", 3),), "3 losses at Room status"),
    ((rival("incident", "rooms"),), "1 incident of Room status"),
    ((rival("release", "rooms"), rival("release", "prices", 5), rival("loss", "change", 2)),
     "6 releases (5 of Prices and 1 of Room status); 2 losses at Change a booking"),
    ((rival("improvement", "IMP-2"), rival("loss", "rooms")), "improvement IMP-2, begun 3 Jul 2026; 1 loss at Room status"),
])  # fmt: skip
def test_each_kind_is_counted_in_one_piece(rivals, words):
    """The most first; a loss is lost at a place, and several of them are losses."""
    assert rival_words(rivals, TITLES) == words


def test_what_came_at_the_same_time_is_one_list_per_kind():
    """No chain of `and a loss of ... and a loss of ...`."""
    rivals = (rival("release", "prices", 4), rival("loss", "rooms"), rival("loss", "change", 2), rival("incident", "prices"))
    assert coincident_words(rivals, TITLES) == (
        "a release of Prices and losses at Room status and Change a booking and an incident of Prices"
    )
    assert rival_words((), TITLES) is None
