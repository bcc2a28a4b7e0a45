"""Dataclasses to JSON values and back."""

from __future__ import annotations

import datetime as dt
import json

from wholeservice.app.records import from_plain, to_plain
from wholeservice.findings.base import Evidence, Finding
from wholeservice.findings.losses import Box, LossMap, MissingData, Ribbon
from wholeservice.measures.base import Cell
from wholeservice.periods import Period
from wholeservice.uncertainty import Interval
from wholeservice.units import SHARE

AT = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
PERIOD = Period(AT, AT + dt.timedelta(days=28), "rolling")


def there_and_back(kind, value):
    return from_plain(kind, json.loads(json.dumps(to_plain(value))))


def test_a_finding_comes_back_equal():
    """Nested evidence, cell, interval and period keep their types; what is missing stays missing."""
    cell = Cell("completion", "stay", AT, PERIOD.to_at, "rolling", step="pay")
    finding = Finding("F101", "stay", "Too few finish", SHARE, 0.1, Interval(0.05, 0.15, "Wilson"), None, PERIOD,
                      evidence=(Evidence("9 of 10", cell, "a.csv:3"), Evidence("no cell")))  # fmt: skip
    assert there_and_back(Finding, finding) == finding


def test_a_loss_map_comes_back_equal():
    """Tuples of dataclasses, of text, and of pairs are all tuples again."""
    drawn = LossMap("stay", "easy", "completion >= 90%", SHARE, 1, 0.9, 0.8, 0.1, None, 1000.0, PERIOD,
                    boxes=(Box("pay", "step", "Pay", 0, 0.1, 0.1, 0.0, "starts here", Interval(0.0, 0.2, "x")),),
                    ribbons=(Ribbon("pay", "rooms", 0.1),), by_rung=(("linked", 1.0),), top=("pay",),
                    missing=(MissingData("calls of rooms", 0.02),))  # fmt: skip
    assert there_and_back(LossMap, drawn) == drawn


def test_a_field_of_another_version_is_left_out():
    """Results stored by a newer version can be read: what this version does not know is not there."""
    assert from_plain(Ribbon, {"from_id": "a", "to_id": "b", "size": 1.0, "colour": "red"}) == Ribbon("a", "b", 1.0)
