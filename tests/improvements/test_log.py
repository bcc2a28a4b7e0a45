"""What the log makes of facts: the newest entry wins, nothing is lost, and what is told twice is one."""

from __future__ import annotations

import pytest

from improvements.told import PAY, at, item, link, said
from wholeservice.improvements.alike import alike
from wholeservice.improvements.base import DAILY, PROMISED, VERDICTS, WITHOUT_EVIDENCE, Number
from wholeservice.improvements.log import newest_verdicts, read_log
from wholeservice.improvements.states import state_of


def test_the_newest_entry_wins_and_all_are_kept():
    """A later owner and a later promise of the same number replace the earlier ones; a promise of another number adds up."""
    (one,) = read_log([item("A")], [
        said("A", "owner", "later", 2), said("A", "owner", "first", 1), said("A", "improvement", "Ask once"),
        said("A", "promise", PAY, 1, value=3.0, unit="pp"), said("A", "promise", PAY, 2, value=2.0, unit="pp"),
        said("A", "promise", "ease of stay", 1, value=0.2, unit="points", evidence="scenario:now", expires_at=at(9)),
        said("B", "owner", "of another one"), said("A", "failure demand", "not ours"),
    ], [])  # fmt: skip
    assert (one.says, one.owner, one.sort) == ("Ask once", "later", PROMISED)
    assert [(each.number, each.by, each.source, each.until) for each in one.promises] == [
        (Number("completion", "stay", "pay"), 2.0, "typed in", None), (Number("ease", "stay"), 0.2, "scenario:now", at(9)),
    ]  # fmt: skip
    assert [(each.question, each.says) for each in one.entries if each.question == "owner"] == [
        ("owner", "first"), ("owner", "later"),
    ]  # fmt: skip


def test_a_start_that_was_corrected_backwards_counts():
    """The start said last counts, though the day it names is the earlier one: by the day named, the wrong one would win."""
    first = said("A", "started", "10 March", 9, version=at(9).isoformat())
    corrected = said("A", "started", "3 March", 2, version=at(11).isoformat())
    (one,) = read_log([item("A")], [corrected, first], [])
    assert one.started_at == at(2)


def test_an_item_that_says_nothing_is_a_daily_one_at_its_service():
    """What a tracker knows as an improvement is read the same way: its place is that of the item, its words are its id."""
    (one,) = read_log([item("DEV-7", service="Stay", team="booking")], [], [], place_of={"Stay": "service:stay"}.get)
    assert (one.says, one.sort, one.where, one.team) == ("DEV-7", DAILY, ("service:stay",), "booking")
    assert state_of(one) == "not started"


def test_places_findings_and_work_come_from_links():
    """`improves` says where, `for` a finding why, and other items are the work on it, whichever way the link is said."""
    links = [
        link("item:A", "improves", "part:checkout"), link("item:A", "improves", "step:stay.pay"),
        link("item:A", "improves", "part:checkout"), link("item:A", "for", "finding:F101.stay"),
        link("item:W1", "part-of", "item:A"), link("item:A", "delivers", "item:W2"), link("item:W3", "blocks", "item:A"),
        link("item:X", "improves", "part:rooms"),
    ]  # fmt: skip
    (one,) = read_log([item("A")], [], links)
    assert one.where == ("part:checkout", "step:stay.pay")
    assert one.findings == ("finding:F101.stay",)
    assert one.work == ("W1", "W2")


def test_telling_the_same_again_changes_nothing():
    """What the spool holds may be in the facts already: reading both gives each entry once."""
    facts = (
        [item("A")],
        [said("A", "improvement", "Ask once"), said("A", "learnt", "It helps")],
        [link("item:A", "improves", "x:y")],
    )
    once = read_log(*facts)
    assert read_log(*facts, known=once) == once
    more = read_log([], [said("A", "learnt", "Only at night", 3)], [], known=once)
    assert more[0].learnt == ("It helps", "Only at night")


def test_closed_without_evidence_stays_visible():
    """It is a state of its own, and nothing of what was said goes."""
    (one,) = read_log(
        [item("A")], [said("A", "promise", PAY, value=3.0, unit="pp"), said("A", "closed", WITHOUT_EVIDENCE, 5)], []
    )
    assert (state_of(one), one.closed_at, len(one.promises)) == ("closed without evidence", at(5), 1)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_only_a_verdict_that_tells_something_is_evidence(verdict):
    """Closed as unclear it was looked at, and nobody knows whether it helped: the state says that, and not `by evidence`."""
    (one,) = read_log([item("A")], [said("A", "promise", PAY, value=3.0, unit="pp"), said("A", "closed", verdict, 5)], [])
    tells = verdict in ("improved", "no effect", "worse")
    assert state_of(one) == ("closed by evidence" if tells else "closed, not told by the evidence")


def test_of_verdicts_on_one_number_the_newest_counts():
    """`evidence` says which number a verdict is on."""
    (one,) = read_log([item("A")], [
        said("A", "verdict", "improved", 4, evidence=PAY, value=2.5), said("A", "verdict", "still measuring", 2, evidence=PAY),
        said("A", "verdict", "worse", 3, evidence="ease of stay"),
    ], [])  # fmt: skip
    assert {each.evidence: each.says for each in newest_verdicts(one)} == {PAY: "improved", "ease of stay": "worse"}


def test_who_else_solved_its_like():
    """Only what surely helped and made nothing worse is shown, the most alike first; it is never itself."""
    judged = [said(id_, "verdict", "improved", 2, evidence=PAY) for id_ in ("SAME", "LIKE", "HARM", "FAR")]
    judged += [said("HARM", "verdict", "worse", 3, evidence="ease of stay")]
    judged += [said(id_, "promise", PAY, value=1.0, unit="pp") for id_ in ("ONE", "LIKE", "SAME")]
    links = [link(f"item:{id_}", "improves", "part:checkout") for id_ in ("ONE", "SAME", "HARM", "UNPROVEN")]
    links += [link("item:LIKE", "improves", "part:rooms"), link("item:FAR", "improves", "team:booking"),
              link("item:ONE", "for", "finding:F101.stay"), link("item:SAME", "for", "finding:F101.other")]  # fmt: skip
    every = read_log([item(each) for each in ("ONE", "SAME", "LIKE", "HARM", "FAR", "UNPROVEN")], judged, links)
    one = next(each for each in every if each.id == "ONE")
    found = alike(one, every)
    assert [each.id for each, _ in found] == ["SAME", "LIKE"]
    assert found[0][1] == "at the same place; for the same finding, F101; promised the same, completion, at a part"
