"""Open time is drawn so that an area is what was lost: as long as the days, as high as the loss a day."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from wholeservice.draw import open_time
from wholeservice.draw.open_time import OpenPart, OpenRow, OpenTimes

PARTS = (OpenPart("unseen", 10, 50, ("unseen 10", "10"), "unseen: 10 days"),
         OpenPart("waiting", 30, 250, ("waits for Platform 30", "30"), "waits for Platform: 30 days"))  # fmt: skip
ROW = OpenRow("A", "Room status", "service", "± 1 pp", "−9.1 pp", 7.5, "7.5", "Rooms ready", "ada", "half in 12 d", 0.5,
              "1 of 2 who must act", "with Platform", PARTS, 40, False, 10, 22, 31, True, "300", "7.5 × 40 d")  # fmt: skip
SMALL = replace(ROW, letter="B", title="The bill", per_day=3.0, known_days=None, median_days=None, p85_days=None, is_past=False)
STATES = (("unseen", 0.2), ("waiting", 0.8))
SHOWN = OpenTimes("o", "It waits", (ROW, SMALL), "These", "", "1 owner", 0.0, "none", STATES, "600", "people so far")


def bars(drawn: str) -> list[tuple[float, float]]:
    """Width and height of the parts of the bars of places, in order."""
    found = re.findall(r'width="([\d.]+)" height="([\d.]+)" class="[\w -]+ segment"', drawn)
    return [(float(wide), float(high)) for wide, high in found][:4]


def test_a_part_is_as_wide_as_its_days_and_as_high_as_the_loss_a_day():
    """30 days are three times 10; 7.5 a day is 2.5 times 3."""
    (w1, h1), (w2, h2), (w3, h3), _ = bars(open_time.draw(SHOWN))
    assert w2 / w1 == pytest.approx(3, rel=0.01)
    assert (h1, w3) == (h2, w1)
    assert h1 / h3 == pytest.approx(2.5, rel=0.01)


def test_what_nobody_saw_is_hatched_and_what_is_known_is_marked():
    """A hatch for unseen; one ▼ for the place that is known, and none where nobody is recorded to have known."""
    drawn = open_time.draw(SHOWN)
    assert "hatched segment" in drawn
    assert drawn.count("l-5 7z") == 1
    assert "past its 85 %" in drawn


def test_the_table_has_every_piece_with_who_could_change_it():
    """Two places of two pieces each; days and what was lost meanwhile."""
    rows = open_time.table(SHOWN).rows
    assert [row[1:4] for row in rows[:2]] == [
        ("unseen: 10 days", "10.0", "50.0"),
        ("waits for Platform: 30 days", "30.0", "250.0"),
    ]
    assert (len(rows), *rows[0][4:]) == (4, "Rooms ready", "ada")


def test_how_much_was_lost_in_which_way_stands_below():
    """A fifth unseen, the rest known and waiting."""
    drawn = open_time.draw(SHOWN)
    assert [each in drawn for each in ("unseen 20%", "known, but waiting 80%", "in work")] == [True, True, False]
