"""What may be written into the log: every reference is looked up, and all that is wrong is told at once."""

from __future__ import annotations

import datetime as dt

import pytest

from wholeservice.improvements.base import Number
from wholeservice.improvements.checks import Known, Said, check
from wholeservice.improvements.log import read_log
from wholeservice.improvements.numbers import Moved, parse_moved
from wholeservice.improvements.typed import MAX_LINE, MAX_MANY, Typed
from wholeservice.organisation.graph import Entity, Organisation, Step
from wholeservice.tables import KEYS, Item, Judgement
from wholeservice.units import COUNT, POINTS, SECONDS, SHARE, Unit

NOW = dt.datetime(2026, 8, 20, 10, tzinfo=dt.UTC)
STAY = Entity("stay", "service", "Book and stay", channels=("web", "Desk"), journey=(Step("find", "Find"), Step("pay", "Pay")))
CHECKOUT = Entity("checkout", "part", "Checkout", parent="stay")
ORGANISATION = Organisation(
    "Small", "", "", {each.id: each for each in (
        STAY, CHECKOUT, Entity("look-to-stay", "value-stream", "Look to stay"), Entity("care", "team", "Care"),
        Entity("two-reviews", "policy", "Two reviews"))}, (), (), {}, "0")  # fmt: skip
KEY = dict(zip(KEYS, ("log", "1", "0", NOW, "log", ""), strict=True))
BEFORE = read_log(
    [Item(**KEY, item="IMP-1", kind="improvement", created_at=NOW)],
    [Judgement(**KEY, about="item:IMP-1", question="promise", verdict="completion of stay", value=2.0, unit="pp", judged_at=NOW,
               evidence="scenario:now"),
     Judgement(**KEY, about="item:IMP-1", question="verdict", verdict="no effect", judged_at=NOW,
               evidence="completion of stay")],
    [],
)  # fmt: skip
MONEY = Unit("money", "", "money")
KNOWN = Known(
    ORGANISATION, {"completion": SHARE, "cycle-time": SECONDS, "sus": POINTS, "volume": COUNT, "cost": MONEY, "wip": COUNT},
    NOW, "Europe/Amsterdam",
    {"IMP-1": BEFORE[0]}, frozenset({"F101.stay"}), frozenset({"now"}), frozenset({"volume"}),
)  # fmt: skip


def wrong(**typed):
    """Return (field, code, nearest) of all that is wrong."""
    submission, found = check(Typed(**{"says": "Ask once", **typed}), KNOWN)
    assert (submission is None) == bool(found)
    assert all(each.what and each.next_step for _, each in found)
    return [(name, each.code, each.nearest) for name, each in found]


def kept(**typed):
    submission, found = check(Typed(**{"says": "Ask once", **typed}), KNOWN)
    assert found == []
    return submission


def test_names_become_references_by_id_title_or_step():
    """Whatever a person calls a place, the log holds the one reference of it, each once."""
    found = kept(
        is_daily=True, where=("Checkout", "part:checkout", "stay.pay", "stay @ Pay", "Look to stay", "care", "two-reviews")
    )
    assert [reference for _, reference in found.links] == [
        "part:checkout", "step:stay.pay", "stream:look-to-stay", "team:care", "policy:two-reviews",
    ]  # fmt: skip


def test_a_promise_is_kept_as_the_organisation_names_it():
    """Titles become ids, the day is that of the workspace's zone, the unit stays as written."""
    found = kept(promise=("completion of Book and stay @ Pay in DESK by 3 pp until 2026-12-01",), scenario="now")
    until = dt.datetime(2026, 11, 30, 23, tzinfo=dt.UTC)  # midnight in Amsterdam
    assert found.said[1] == Said("promise", "completion of stay @ pay in desk", 3.0, "pp", "scenario:now", until)


@pytest.mark.parametrize(("typed", "expected"), [
    ({"is_daily": True, "where": ("chekout", "stay.pya", "team:checkout")},
     [("where", "IMP001", "checkout"), ("where", "IMP001", "stay.pay"), ("where", "IMP001", "checkout")]),
    ({"promise": ("more bookings",)}, [("promise", "IMP005", None)]),
    ({"promise": ("completion of stay by 0pp",)}, [("promise", "IMP005", None)]),
    ({"promise": ("completion of stay by -3pp",)}, [("promise", "IMP005", None)]),
    ({"promise": ("completion of stay by 3%",)}, [("promise", "IMP005", None)]),
    ({"promise": ("cycle-time of stay by 3 pp",)}, [("promise", "IMP005", None)]),
    ({"promise": ("complete of stay by 3pp",)}, [("promise", "IMP003", "completion")]),
    ({"promise": ("completion of stay @ pai by 3pp",)}, [("promise", "IMP004", "pay")]),
    ({"promise": ("completion of stay in wep by 3pp",)}, [("promise", "IMP004", "web")]),
    ({"promise": ("completion of sty by 3pp",)}, [("promise", "IMP001", "stay")]),
    ({"is_daily": True, "judged_by": ("completion",)}, [("judged_by", "IMP002", None)]),
    ({"is_daily": True, "compare_with": ("stai",)}, [("compare_with", "IMP001", "stay")]),
    ({"is_daily": True, "because": ("F101.sty",)}, [("because", "IMP014", "F101.stay")]),
    ({"promise": ("completion of stay by 3pp",), "scenario": "nov"}, [("scenario", "IMP015", "now")]),
    ({}, [("promise", "IMP009", None)]),
    ({"is_daily": True, "promise": ("completion of stay by 3pp",)}, [("promise", "IMP009", None)]),
    ({"is_daily": True, "start": "2026-08-21"}, [("start", "IMP010", None)]),
    ({"is_daily": True, "start": "soon"}, [("start", "IMP010", None)]),
    ({"is_daily": True, "deployment": "d1"}, [("start", "IMP010", None)]),
    ({"is_daily": True, "priority": "high"}, [("priority", "IMP011", None)]),
    ({"is_daily": True, "priority": "simulated gain"}, [("priority", "IMP011", None)]),
    ({"says": "", "is_daily": True}, [("says", "IMP013", None)]),
    ({"to": "IMP-2", "learnt": "x"}, [("to", "IMP006", "IMP-1")]),
    ({"says": "", "to": "IMP-1"}, [("learnt", "IMP013", None)]),
    ({"says": "", "to": "IMP-1", "is_daily": True, "learnt": "x"}, [("is_daily", "IMP009", None)]),
    ({"says": "", "to": "IMP-1", "close": "improved"}, [("close", "IMP012", None)]),
    ({"says": "", "to": "IMP-1", "close": "without evidnce"}, [("close", "IMP012", "without evidence")]),
    ({"is_daily": True, "close": "without evidence"}, [("close", "IMP012", None)]),
    ({"says": "a\nb", "is_daily": True}, [("says", "IMP007", None)]),
    ({"says": "a\x07b", "is_daily": True}, [("says", "IMP007", None)]),
    ({"says": "a\u202eb", "is_daily": True}, [("says", "IMP007", None)]),
    ({"says": "a" * (MAX_LINE + 1), "is_daily": True}, [("says", "IMP007", None)]),
    ({"is_daily": True, "where": tuple(f"w{n}" for n in range(MAX_MANY + 1))}, [("where", "IMP007", None)]),
    ({"is_daily": True, "owner": "jane@example.org"}, [("owner", "IMP008", None)]),
])  # fmt: skip
def test_what_is_wrong_is_told_with_the_nearest(typed, expected):
    """Each mistake has its field, its code and, where something comes near, what was probably meant."""
    assert wrong(**typed) == expected


def test_all_that_is_wrong_is_told_at_once():
    """Nobody mends one mistake to be told of the next."""
    found = wrong(where=("chekout",), promise=("complete of stay by 3pp",), start="soon")
    assert [code for _, code, _ in found] == ["IMP003", "IMP010", "IMP001"]


def test_it_is_closed_by_a_verdict_that_the_log_holds_or_without_evidence():
    """The verdict brings its evidence along; a verdict that nobody found closes nothing."""
    assert kept(says="", to="IMP-1", close="no effect").said == (Said("closed", "no effect", evidence="completion of stay"),)
    assert kept(says="", to="IMP-1", close="Without evidence").said == (Said("closed", "without evidence"),)


def test_a_simulated_gain_is_what_the_scenario_promised():
    """It is not typed in: it is the promise of the same entry, or of an earlier one."""
    assert Said("priority", "simulated gain", 2.0, "pp") in kept(says="", to="IMP-1", priority="simulated gain").said


def test_line_ends_of_any_kind_are_one():
    """A browser sends carriage returns with line feeds; long texts keep their lines."""
    assert kept(is_daily=True, problem=" one\r\ntwo ").said[1] == Said("problem", "one\ntwo")


def test_nothing_is_promised_of_a_number_that_has_no_direction():
    """Whether more visits are better is not said: a promise of fewer would be judged the wrong way round."""
    assert wrong(promise=("volume of stay by 119",)) == [("promise", "IMP020", None)]


def test_money_is_promised_in_any_currency():
    """What a measure of money is in is known only from the facts."""
    assert kept(promise=("cost of stay by 0.007 EUR until 2027-01-01",)).said[1].unit == "EUR"
    assert wrong(promise=("cost of stay by 0.007 euros",)) == [("promise", "IMP005", None)]


def test_a_count_is_promised_by_a_day():
    """A number without a unit may have a day by which it moves."""
    assert parse_moved("wip of stay by 3 until 2026-12-01") == Moved(Number("wip", "stay"), 3, "", dt.date(2026, 12, 1))
