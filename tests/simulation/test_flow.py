"""How work flows at the example: what is planted is there, can be left out alone, and the accounts add up."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise

import pytest

from simulation.stayline import declared, happened
from wholeservice.simulation.flow import simulate_flow
from wholeservice.simulation.flow_facts import ENDLESS, told
from wholeservice.simulation.flow_truth import End
from wholeservice.simulation.flow_world import ENVIRONMENTS, LAYERS, REVIEW, TROUBLES
from wholeservice.simulation.queues import ACTIVE, BLOCKED

DAY_S = 86400


def test_the_same_seed_gives_the_same_facts():
    """Twice the same, and another seed another: all tables, row by row."""
    again = told(simulate_flow(declared(), 20260907))
    facts, other = happened()[1], happened(seed=1)[1]
    assert again == facts
    assert other != facts


def test_there_is_as_much_as_a_real_tool_would_hold():
    """Half a thousand items of the whole service's stream in half a year, and some hundred of those who provide for it."""
    facts = happened()[1]
    by_stream = Counter(each.stream for each in facts.items)
    assert 400 <= by_stream["look-to-stay"] <= 700
    assert 150 <= by_stream["platform-ready"] + by_stream["people-found"] <= 400
    assert {each.kind for each in facts.items if each.stream == "look-to-stay"} >= {"feature", "defect", "debt", "risk"}
    assert {each.state for each in facts.work} == {"queued", "active", "blocked", "returned", "done", "Parked"}
    assert 10 <= len(facts.incidents) <= 50


def test_an_item_is_always_somewhere():
    """The stays of an item follow one another without a gap, from the day it is created until it is done: they are its life."""
    flowed, facts, _ = happened()
    endless = {item for item, how in facts.dirt.items() if how == ENDLESS}
    done_s = {each.id: each.done_s for each in flowed.tickets}
    for ticket in flowed.tickets:
        assert ticket.stays[0].from_s == ticket.created_s
        reached = ticket.created_s
        for stay in ticket.stays:
            assert stay.from_s <= reached
            reached = max(reached, float("inf") if stay.to_s is None else stay.to_s)
        assert reached == (ticket.done_s or float("inf")) or ticket.stays[-1].state == "done"
    open_stays = {each.item for each in facts.work if each.to_at is None} - endless
    assert {item for item in open_stays if done_s[item] is not None} == set()


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_trouble_can_be_left_out_alone(trouble: str):
    """Without it the same items ask for the same; what it costs falls below a third, what the others cost stays about so."""
    (_, facts, with_it), (_, left, without) = happened(), happened(without=trouble)
    assert asked(facts) == asked(left)
    assert without.waited[trouble].wait_s < with_it.waited[trouble].wait_s / 3
    for other in set(TROUBLES) - {trouble}:
        assert without.waited[other].wait_s == pytest.approx(with_it.waited[other].wait_s, rel=0.3)


def asked(facts) -> list[tuple[object, ...]]:
    """Return what nobody inside decides: what is asked for, when and how large."""
    mine = [each for each in facts.items if each.item.startswith("stay-") and each.kind != "change"]
    return [(each.item, each.kind, each.about_part, each.known_at_source, each.created_at, each.size) for each in mine]


def test_waiting_for_an_environment_ends_in_recruitment():
    """Features wait for the platform, the platform for people, and most of that is a notice that nobody can shorten."""
    environments = happened()[2].waited[ENVIRONMENTS]
    assert sum(environments.ends_in.values()) == pytest.approx(environments.wait_s)
    recruiting = {end: s for end, s in environments.ends_in.items() if end.stage in ("allow", "look", "talk", "agree")}
    assert sum(recruiting.values()) > environments.wait_s / 2
    assert max(environments.ends_in, key=lambda end: environments.ends_in[end]) == End(None, "agree", "queued")
    assert not any(end.stage == "agree" for end in happened(without=ENVIRONMENTS)[2].waited[ENVIRONMENTS].ends_in)


def test_layers_are_deployed_together_on_one_day():
    """A layered feature first reaches production as three deployments on one day, and every layer has its piece."""
    _, facts, truth = happened()
    days: dict[str | None, list[dt.date]] = {}
    for each in (each for each in facts.deployments if each.environment == "production" and each.planned):
        days.setdefault(each.version, []).append(each.deployed_at.date())
    layered = [days[item] for item in truth.waited[LAYERS].by_item if item in days]
    assert len(layered) > 15
    assert {each.count(each[0]) for each in layered} == {3}
    pieces = {each.from_ref for each in facts.links if each.relation == "part-of"}
    assert len(pieces) == 3 * len({each.to_ref for each in facts.links if each.relation == "part-of"})


def test_a_late_review_sends_work_back():
    """About three in ten first reviews send back; what comes back is built, tested and reviewed again."""
    _, facts, truth = happened()
    verdicts: dict[str, list[str]] = {}
    for each in facts.judgements:
        verdicts.setdefault(each.about, []).append(each.verdict)
    sent_back = [about for about, each in verdicts.items() if each[0] == "sent back"]
    assert 0.2 < len(sent_back) / len(verdicts) < 0.4
    assert {tuple(each) for each in verdicts.values()} <= {("accepted",), ("sent back",), ("sent back", "accepted")}
    returned = {f"item:{each.item}" for each in facts.work if each.state == "returned"}
    assert set(sent_back) <= returned
    assert truth.waited[REVIEW].rework_s > 30 * DAY_S
    assert happened(without=REVIEW)[1].judgements == []


def test_the_decoys_are_harmless():
    """The busy team is busier than any other and nothing waits for it; the day of many deployments harms nobody; many short
    stays at one stage are not much time."""
    flowed, facts, truth = happened()
    assert truth.busy_share > 0.9
    assert truth.busy_waited_s == 0
    (day, n), (_, next_most) = Counter(each.deployed_at.date() for each in facts.deployments).most_common(2)
    assert n > 1.3 * next_most
    renewed = {f"deployment:{each.deployment}" for each in facts.deployments if "renewal" in (each.version or "")}
    assert {each.deployed_at.date() for each in facts.deployments if f"deployment:{each.deployment}" in renewed} == {day}
    assert not [each for each in facts.links if {each.from_ref, each.to_ref} & renewed]
    notice = [each.to_s - each.from_s for t in flowed.tickets for each in t.stays if each.stage == "notice" and each.to_s]
    assert len(notice) > 400
    assert sum(notice) / len(notice) < 3600


def test_what_broke_room_status_is_known_and_still_waits():
    """A defect of room status was written down in late July; at the end it still waits for an environment, that for people."""
    facts = happened()[1]
    item = next(each for each in facts.items if each.item == "stay-room-status")
    last = max((each for each in facts.work if each.item == item.item), key=lambda each: each.from_at)
    assert (item.about_part, item.done_at, last.state, last.to_at) == ("room-status", None, BLOCKED, None)
    behind = [each for each in facts.work if each.item == last.waits_on]
    assert {each.waits_on for each in behind if each.state == BLOCKED} <= {f"post-platform-{n}" for n in (1, 2, 3)}
    assert behind


def test_failures_are_put_right():
    """Every incident comes from one failed deployment, ends with an unplanned one, and leaves a defect to be mended."""
    facts = happened()[1]
    caused = {each.from_ref: each.to_ref for each in facts.links if each.relation == "caused-by"}
    fixed = {each.to_ref for each in facts.links if each.relation == "fixes" and each.to_ref.startswith("incident:")}
    assert set(caused) == fixed == {f"incident:{each.incident}" for each in facts.incidents}
    failed = {f"deployment:{each.deployment}" for each in facts.deployments if each.result != "succeeded"}
    assert set(caused.values()) == failed
    unplanned = {(each.service, each.deployed_at) for each in facts.deployments if not each.planned}
    assert unplanned == {(each.service, each.restored_at) for each in facts.incidents}


def test_nobody_is_at_two_things_at_once():
    """A person of a team works on one item at a time, and every team that works on items has five people or more."""
    flowed = happened()[0]
    by_worker: dict[str, list[tuple[float, float]]] = {}
    for stay in (stay for ticket in flowed.tickets for stay in ticket.stays if stay.state == ACTIVE and stay.worker):
        by_worker.setdefault(stay.worker or "", []).append((stay.from_s, float("inf") if stay.to_s is None else stay.to_s))
    for spans in by_worker.values():
        spans.sort()
        assert all(first[1] <= second[0] for first, second in pairwise(spans))
