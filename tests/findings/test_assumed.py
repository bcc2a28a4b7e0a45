"""What somebody assumes of a loss is drawn apart, takes only what nothing explains, and is never the answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from app.small import data
from wholeservice.app.traced import footnotes, rows, without_assumed
from wholeservice.findings.assumed import with_assumed
from wholeservice.findings.losses import (
    ASSUMED,
    AT_OR_BELOW,
    LINKED,
    RUNGS,
    STARTS_HERE,
    TAKEN_FOR_GRANTED,
    UNTRACED,
    Box,
    LossMap,
    Ribbon,
)
from wholeservice.organisation.check import check
from wholeservice.organisation.load import load_texts
from wholeservice.pages.loss_part import loss_parts
from wholeservice.pages.unexplained_part import unexplained_words
from wholeservice.periods import Period
from wholeservice.units import SHARE

START = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
TEXT = """
org: {{ name: Small }}
consumers: {{ guest: {{ outside: true }} }}
value-streams: {{ stream: {{ owner: ada }} }}
services:
  stay:
    for: {{ guest: [uses] }}
    stream: stream
    journey: [find, pay]
    needs:
      easy: {{ says: Let me pay, targets: [ completion >= 90% over 28d ], assumes: {assumes} }}
    parts:
      rooms: {{ team: one, at: pay }}
teams: {{ one: {{ type: stream-aligned }} }}
"""


def declared(assumes):
    tree, problems = load_texts({"organisation.yaml": TEXT.format(assumes=assumes)})
    return tree, [each.what for each in [*problems, *check(tree)] if each.code == "ORG050"]


def drawn():
    """Of thirty points lost at two steps ten are traced to rooms."""
    boxes = (
        Box("stay.find", "step", "Find", 0, 0.12, 0.0, 0.12, AT_OR_BELOW),
        Box("stay.pay", "step", "Pay", 0, 0.18, 0.0, 0.08, AT_OR_BELOW),
        Box("rooms", "part", "Rooms", 1, 0.10, 0.10, 0.0, STARTS_HERE, alone=0.1),
    )
    rungs = tuple((rung, {LINKED: 1 / 3, UNTRACED: 2 / 3}.get(rung, 0.0)) for rung in RUNGS)
    period = Period(START, START + dt.timedelta(28))
    asked = LossMap("stay", "easy", "completion >= 90% over 28d", SHARE, 1, 0.9, 0.7, 0.2, None, 1000, period)
    ribbons = (Ribbon("stay.pay", "rooms", 0.10),)
    return replace(asked, boxes=boxes, ribbons=ribbons, unexplained=0.1, by_rung=rungs, top=("rooms",))


def test_an_assumed_share_comes_out_of_what_is_not_traced():
    """A fifth of all that is lost, six points, comes from both steps by what each left over; the top stays what was seen."""
    tree, problems = declared("{ at: rooms, share: 20%, because: what staff say, dated: 2026-05-12 }")
    found = with_assumed(drawn(), tree, tree.needs[0])
    box = next(each for each in found.boxes if each.claim == TAKEN_FOR_GRANTED)
    assert problems == []
    assert (box.id, box.title, box.alone, box.is_named) == ("assumed:rooms", "Rooms", None, False)
    assert box.flow_in == pytest.approx(0.06)
    assert {each.from_id: each.size for each in found.ribbons if each.rung == ASSUMED} == pytest.approx(
        {"stay.find": 0.036, "stay.pay": 0.024}
    )
    assert found.top == ("rooms",)
    assert dict(found.by_rung)[ASSUMED] == pytest.approx(0.2)
    assert found.gap == pytest.approx(sum(each.starts_here for each in found.boxes) + found.unexplained - found.headroom)
    for each in found.boxes:
        out = sum(ribbon.size for ribbon in found.ribbons if ribbon.from_id == each.id)
        assert each.flow_in == pytest.approx(each.starts_here + each.not_traced + out)


def test_no_more_is_assumed_than_is_left():
    """Nine tenths of the loss are assumed, and two thirds are not traced: two thirds are drawn."""
    tree, _ = declared("[{ at: rooms, share: 60%, because: a }, { at: find, share: 30%, because: b }]")
    found = with_assumed(drawn(), tree, tree.needs[0])
    assert [each.flow_in for each in found.boxes if each.claim == TAKEN_FOR_GRANTED] == pytest.approx([0.2 * 2 / 3, 0.2 / 3])
    assert dict(found.by_rung)[UNTRACED] == pytest.approx(0.0)


def test_what_is_assumed_is_listed_only_when_asked_for():
    """It is no row of the list, and the line below says it with its reason and its day."""
    tree, _ = declared("{ at: rooms, share: 20%, because: what staff say, dated: 2026-05-12 }")
    found = with_assumed(drawn(), tree, tree.needs[0])
    assert "assumed:rooms" in [each["box"] for each in rows(found, "s")]
    assert "assumed:rooms" not in [each["box"] for each in rows(without_assumed(found), "s")]
    said = [line for line in footnotes(found) if "assumed to be lost" in line]
    assert said == ["6.0 pp are assumed to be lost at Rooms, and no data say so: what staff say (written 2026-05-12)"]


@pytest.mark.parametrize(
    ("assumes", "what"),
    [
        ("{ at: rooms, share: 20% }", "an assumption does not say where, how much (up to 100%) and why"),
        ("{ at: rooms, share: 120%, because: a }", "an assumption does not say where, how much (up to 100%) and why"),
        ("{ at: roomz, share: 20%, because: a }", "nothing is called 'roomz', so nothing can be lost there"),
        ("[{ at: rooms, share: 60%, because: a }, { at: find, share: 50%, because: b }]",
         "need 'easy' of 'stay' assumes 110% of what is lost"),
    ],
)  # fmt: skip
def test_an_assumption_that_cannot_hold_is_a_problem(assumes, what):
    """Without a reason, of something unknown or of more than all, an assumption is told with what to write instead."""
    assert declared(assumes)[1] == [what]


def test_who_assumes_something_has_another_organisation():
    """A result says by the hash of the organisation with which assumptions it was made."""
    tree, _ = declared("[]")
    other, _ = declared("{ at: rooms, share: 20%, because: what staff say }")
    assert tree.hash != other.hash


def test_the_page_says_what_is_no_origin():
    """What is assumed is no place where a loss starts: who said so stands below the map, and nothing is called explained."""
    tree, _ = declared("{ at: rooms, share: 20%, because: what staff say }")
    found = with_assumed(drawn(), tree, tree.needs[0])
    part = loss_parts(replace(data(), loss_maps={("stay", "easy"): replace(found, unexplained=0.0)}), "stay")[0]
    assert [each.title for each in part.origins] == ["Rooms", "Find", "Pay"]
    assert [each.alone is None for each in part.origins] == [False, True, True]
    assert part.besides == ("6.0 pp are assumed to be lost at Rooms, and no data say so: what staff say.",)
    assert [rung.share for rung in part.rungs] == ["33.3%", "0.0%", "0.0%", "20.0%", "46.7%"]
    assert unexplained_words((part,))[0].endswith("what it goes with is no explanation.")
