"""What the page of a service says first where its work is late: what to write down, where to look, who could act."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from pages import sample
from wholeservice.findings.losses import INTERVAL, ITEMS, PASSES_ON, UNRECORDED, Box, LossMap
from wholeservice.findings.propagation import AT_OR_BELOW
from wholeservice.pages.late_part import late_part
from wholeservice.periods import Period
from wholeservice.uncertainty import Interval
from wholeservice.units import SHARE

DARK = Box("Nothing recorded after the last step", UNRECORDED, "Nothing recorded after the last step", 1, 0.2, 0.0, 0.2,
           "not observed", alone=0.22, reference="its usual length: 20 d")  # fmt: skip
SEEN = Box("u", INTERVAL, "Until ‘Confirm’", 1, 0.1, 0.0, 0.1, AT_OR_BELOW, interval=Interval(0.07, 0.13, "m"), alone=0.12,
           reference="its usual length: 14 d", by_team=((None, 0.09), ("Front", 0.01)))  # fmt: skip
WEB = Box("channel:web", "channel", "Web", 0, 0.3, 0.0, 0.0, PASSES_ON)


def late(*boxes: Box, dark: float = 2 / 3, entity: str = "stay", of: str = ITEMS):
    """Of 200 due, 60 were late and 140 not; 10 of them may be late."""
    period = Period(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2027, 1, 1, tzinfo=dt.UTC), "calendar")
    found = LossMap(entity, "in-time", "in-time >= 95%", SHARE, 1, 0.95, 0.7, 0.25, None, 200.0, period, boxes=boxes, of=of,
                    by_rung=(("linked", 1 - dark), ("untraced", dark)))  # fmt: skip
    return late_part(sample.data(), found)


def test_what_nobody_recorded_comes_first_with_what_it_hides():
    """Of 60 late ones two thirds lie in time nobody recorded: 0.22 of 200 would be in time; then 0.12 of 200 at the step."""
    page = late(WEB, DARK, SEEN)
    assert page.title == (
        "60 of 200 were late; 67% of that lies in time of which nothing is recorded; of the rest most lies in the time until"
        " ‘Confirm’ was recorded"
    )
    record, look, begins, who = page.first
    assert record.startswith("Write down what happens after the last step")
    assert "44 of the 60 would be in time (its usual length: 20 d)" in record
    assert "24 of the 60 would be in time" in look
    assert look.endswith("Its part of all that made them late is 20, likely 14 to 26.")
    assert begins.startswith("Write down when that begins, too")
    assert who == "Write down who has it in hand then: for 90% of the time lost there nobody did."


def test_where_all_is_recorded_the_step_comes_first_and_who_has_it_could_act():
    """No dark time: nothing is to be written down but when it begins; three quarters were with the front."""
    page = late(WEB, replace(SEEN, by_team=((None, 0.025), ("Front", 0.075))), dark=0.0)
    assert page.title == "60 of 200 were late; most lies in the time until ‘Confirm’ was recorded"
    assert page.first[0].startswith("Of what is recorded, look first")
    assert page.first[-1] == "Ask Front: it has 75% of that in hand, so that it could act; that is no blame."


def test_somebody_who_answers_is_asked_for_only_where_nobody_does():
    """Nobody answers for an entity that is not declared."""
    assert "Name who answers for it" in late(SEEN, entity="nowhere").first[-1]
    assert not any("Name who answers" in each for each in late(SEEN).first)


def test_a_map_of_people_has_no_late_ones():
    """It is of attempts, or has nothing to draw."""
    assert late(SEEN, of="attempts") is None
    assert late() is None
