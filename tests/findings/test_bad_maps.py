"""Bad input is said plainly: a circle, a name that stands for nothing, no data, and a gap that chance could explain."""

import pytest

from findings.test_losses_map import PLACES, STEP, asked
from findings.test_trace import N, Told, mapped
from wholeservice.app.loss_maps import _why_no_map
from wholeservice.findings.ledger import Pattern
from wholeservice.findings.losses import Observations, draw_up
from wholeservice.findings.not_followed import not_followed
from wholeservice.findings.propagation import Dependency
from wholeservice.findings.target_result import TargetResult
from wholeservice.organisation.load import load_texts
from wholeservice.uncertainty import Interval

LOST = ((STEP,),)
ORGANISATION = """
org: { name: Small }
consumers: { guest: { outside: true } }
value-streams: { stream: { owner: ada } }
services:
  stay:
    for: { guest: [uses] }
    stream: stream
    journey: [find, pay, sleep]
    parts:
      search: { team: one, at: find }
      checkout: { team: one, at: pay, uses: [bank-lnk] }
teams: { one: { type: stream-aligned } }
"""


def test_a_name_that_stands_for_nothing_is_told_beside_the_map():
    """checkout is declared to use bank-lnk, which is nothing: the map is drawn without it, and says so."""
    organisation, _ = load_texts({"organisation/all.yaml": ORGANISATION})
    told = Told()
    for number in range(N):
        told.attempt("pay" if number < 10 else None, [("pay", "2", None, "checkout", number < 10)])
    found, boxes = mapped(told, organisation)
    assert boxes["checkout"].starts_here + boxes["checkout"].not_traced == pytest.approx(10 / 39)
    assert list(not_followed(organisation, found)) == [
        "Checkout is declared to use 'bank-lnk', which nothing is called: fix the name or declare it"
    ]


def test_a_circle_is_told_beside_the_map():
    """Page and bank use each other: one box, and words that say why."""
    wiring = {STEP: (Dependency("page"),), "page": (Dependency("bank"),), "bank": (Dependency("page"),)}
    seen = frozenset([(STEP, "page", True), ("page", "bank", True), ("bank", "page", True)])
    found = draw_up(asked(60), Observations([Pattern(seen, LOST, 60)], wiring, PLACES, {"page": 9.0, "bank": 9.0}))
    organisation, _ = load_texts({"organisation/all.yaml": ORGANISATION})
    assert list(not_followed(organisation, found)) == [
        "Bank + Page use each other in a circle, so that no order says which of them fails first: they count as one"
    ]


class Clustered:
    statistics = type("Sums", (), {"clusters": 9.0})()


@pytest.mark.parametrize(("gap", "interval", "is_missed", "why"), [
    (0.01, Interval(-0.01, 0.03, "by hand"), False, "the gap could be chance: the interval of the number reaches the target"),
    (0.01, None, True, "how much this number varies by chance is not known: it takes three periods of its kind"),
    (-0.01, Interval(-0.03, 0.01, "by hand"), False, "the target is met"),
    (None, None, False, "the target is met"),
])  # fmt: skip
def test_no_map_is_made_of_nothing(gap, interval, is_missed, why):
    """A gap smaller than its noise, a number of unknown noise and a target that is met draw nothing, and say why."""
    result = type("Result", (), {"gap": gap, "gap_interval": interval, "is_missed": is_missed, "point": Clustered})()
    assert _why_no_map(result) == why
    assert TargetResult.__dataclass_fields__.keys() >= {"point"}
