"""The life of an item is drawn to scale: each piece as wide as it was long, what nobody recorded hatched."""

from __future__ import annotations

import datetime as dt
import re

from wholeservice.draw import life
from wholeservice.draw.life import Life, LifePiece

BEGIN = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def piece(kind: str, from_h: int, to_h: int, cause: str = "", href: str | None = None) -> LifePiece:
    return LifePiece("test", kind, BEGIN + dt.timedelta(hours=from_h), BEGIN + dt.timedelta(hours=to_h), cause, href)


SHOWN = Life(
    "l", "A life", (piece("work", 0, 10), piece("wait", 10, 70, "Environments", "/items/env-1"), piece("unknown", 70, 100))
)


def widths(drawn: str) -> list[float]:
    return [float(each) for each in re.findall(r'width="([\d.]+)"[^>]* class="[\w -]+ segment"', drawn)]


def test_each_piece_is_as_wide_as_it_was_long():
    """10, 60 and 30 of 100 hours are 10, 60 and 30% of the bar; what nobody recorded is hatched."""
    drawn = life.draw(SHOWN, width=1002)
    assert widths(drawn) == [100, 600, 300]
    assert "hatched segment" in drawn


def test_a_wait_for_something_with_a_page_is_a_link_that_says_so():
    """It says what it waited for and how long; the picture is then a group, not one image."""
    drawn = life.draw(SHOWN)
    assert 'href="/items/env-1"' in drawn
    assert "test: waiting for Environments, 2.5 d" in drawn
    assert 'role="group"' in drawn


def test_the_table_has_every_piece_and_the_words_add_up():
    """Each piece with its kind, cause and time; in words the shares of the whole."""
    assert [row[2:] for row in life.table(SHOWN).rows] == [
        ("work", "–", "10 h"), ("waiting", "Environments", "2.5 d"), ("not recorded", "–", "30 h"),
    ]  # fmt: skip
    assert "Environments 2.5 d, 60.0%" in life.says(SHOWN)


def test_nothing_recorded_is_hatched_and_says_so():
    """Without any piece there is no bar of zero length."""
    drawn = life.draw(Life("l", "A life", ()))
    assert "hatched" in drawn
    assert "not measured" in drawn
