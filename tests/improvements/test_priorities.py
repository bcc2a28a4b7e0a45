"""Which improvement comes first: never two kinds of priority, currencies or units in one order."""

from __future__ import annotations

from improvements.told import item, said
from wholeservice.improvements.log import read_log
from wholeservice.improvements.priorities import order

FACTS = (
    ("LATE", "cost of delay", 4000.0, "EUR a week"),
    ("DEAR", "cost of delay", 9000.0, "EUR a week"),
    ("POUND", "cost of delay", 8000.0, "GBP a week"),
    ("RATIO", "wsjf", 99.0, None),
)
GAIN = "completion of stay"


def log(*more):
    every = ("LATE", "DEAR", "POUND", "RATIO", "GAIN", "NONE")
    judged = [said(id_, "priority", by, value=value, unit=unit) for id_, by, value, unit in FACTS]
    judged += [said("GAIN", "promise", GAIN, value=2.0, unit="pp", evidence="scenario:now")]
    return read_log([item(id_, days) for days, id_ in enumerate(every)], [*judged, *more], [])


def ids(found):
    return [(group.unit, [each.id for each, _ in group.rows]) for group in found.groups], [each.id for each in found.rest]


def test_what_the_workspace_chose_orders_and_the_rest_comes_after():
    """A ratio of 99 is not more than 9,000 euros a week, and pounds are not euros: each unit is an order of its own."""
    found = order(log(), "cost of delay")
    assert ids(found) == ([("EUR a week", ["DEAR", "LATE"]), ("GBP a week", ["POUND"])], ["NONE", "GAIN", "RATIO"])
    assert found.why == "the workspace chose it"
    assert ids(order(log(), "wsjf")) == ([(None, ["RATIO"])], ["NONE", "GAIN", "POUND", "DEAR", "LATE"])
    assert ids(order(log(), "simulated gain"))[0] == [("pp", ["GAIN"])]


def test_without_a_choice_the_commonest_orders_and_it_is_said():
    """Three have a cost of delay, one each of the others."""
    found = order(log(), None)
    assert (found.by, found.why) == ("cost of delay", "3 of 6 have one, more than any other kind; the workspace chose none")
    nothing = order(read_log([item("A"), item("B", 1)], [], []), None)
    assert (nothing.by, ids(nothing)) == (None, ([], ["B", "A"]))


def test_the_newest_estimate_of_the_kind_counts():
    """An estimate of another kind that came later does not undo it."""
    later = said("LATE", "priority", "cost of delay", 5, value=10000.0, unit="EUR a week")
    other = said("LATE", "priority", "wsjf", 6, value=1.0)
    assert ids(order(log(later, other), "cost of delay"))[0][0] == ("EUR a week", ["LATE", "DEAR"])
