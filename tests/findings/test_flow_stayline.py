"""What rules say of how work flows at the example, held against what was planted there, and their silence where nothing was."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace
from functools import cache

import pytest

from measures.given import engine_with, prepared
from simulation.stayline import EXAMPLE, SEED, declared
from wholeservice.derived.flowing import newest_work, observe_flow
from wholeservice.findings import RULES
from wholeservice.findings.base import Facts, Finding
from wholeservice.findings.find import find
from wholeservice.findings.flow_extracts import DAYS, flow_extracts
from wholeservice.findings.flow_returns import SENT_BACK, SentBack
from wholeservice.findings.flow_waits import SPLIT, WAITED_FOR, Split, WaitedFor
from wholeservice.measures.results import Results
from wholeservice.organisation.load import load
from wholeservice.simulation.flow import simulate_flow
from wholeservice.simulation.flow_facts import told
from wholeservice.simulation.flow_truth import Truth, truth_of
from wholeservice.simulation.flow_world import ENVIRONMENTS, LAYERS, REVIEW, TROUBLES

OF_FLOW = [rule for rule in RULES if "F170" <= rule.code <= "F179"]
WAITING, LATE, LAYERED = "F170", "F171", "F172"


@cache
def seen(seed: int, troubles: frozenset[str]) -> tuple[Facts, Truth]:
    """Return what rules get of a simulated half year, and the truth about it."""
    organisation, _ = load(EXAMPLE)
    flowed = simulate_flow(replace(declared(), troubles=troubles), seed)
    facts = told(flowed)
    rows = {name: [without_digest(each) for each in getattr(facts, name)] for name in ("items", "work", "deployments", "links")}
    engine = prepared(engine_with(**rows), organisation, ["waits"])
    until = newest_work(engine)
    assert until is not None
    since = until - dt.timedelta(days=DAYS)
    extracts = flow_extracts(observe_flow(engine, since), organisation, since, until)
    return Facts(organisation, Results((), ()), "UTC", until, extracts), truth_of(flowed, facts)


def without_digest(row) -> dict[str, object]:
    return {name: value for name, value in asdict(row).items() if name != "digest"}


def said(facts: Facts) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for each in find(facts, OF_FLOW):
        found.setdefault(each.code, []).append(each)
    return found


def test_the_sums_are_those_of_the_truth():
    """Waiting for environments within a tenth, and its ends; what a review makes done again to the second; the layers without
    the release day that they share, which is no wait for a piece."""
    facts, truth = seen(SEED, frozenset(TROUBLES))
    waited = next(row for each in facts.extracts[WAITED_FOR] if (row := WaitedFor(**each)).entity == "environments")
    planted = truth.waited[ENVIRONMENTS]
    assert waited.seconds == pytest.approx(planted.wait_s, rel=0.1)
    recruited = sum(share for entity, _, share in waited.ends if entity == "recruitment")
    ends = sum(s for end, s in planted.ends_in.items() if end.stage in ("allow", "look", "talk", "agree"))
    assert recruited == pytest.approx(ends / planted.wait_s, abs=0.03)
    review = next(row for each in facts.extracts[SENT_BACK] if (row := SentBack(**each)).stage == "review")
    assert review.worked_s == pytest.approx(truth.waited[REVIEW].rework_s, rel=0.01)
    (split,) = (Split(**each) for each in facts.extracts[SPLIT])
    shared = sum(s for end, s in truth.waited[LAYERS].ends_in.items() if end.stage == "release")
    assert split.seconds == pytest.approx(truth.waited[LAYERS].wait_s - shared, rel=0.05)


def test_the_three_troubles_are_told_and_followed_to_where_they_end():
    """Environments with the recruitment behind it, the layers, the review; never the busy team or the stage of short stays."""
    found = said(seen(SEED, frozenset(TROUBLES))[0])
    titles = [each.title for each in found[WAITING]]
    assert any("Look to stay is for Environments" in each and "ends in Recruitment" in each for each in titles)
    assert [each.entity for each in found[LATE] + found[LAYERED]] == ["look-to-stay"] * 2
    everything = [each for rows in found.values() for each in rows]
    assert not [each for each in everything if "arrivals" in (each.who_can_act, each.entity) or "notice" in each.title]


@pytest.mark.parametrize("seed", [SEED, 1, 2, 3])
def test_without_troubles_nothing_is_said(seed):
    """The same items on the same days, with the busy team and the day of many deployments left in."""
    assert said(seen(seed, frozenset())[0]) == {}


@pytest.mark.parametrize(("trouble", "code"), [(ENVIRONMENTS, WAITING), (REVIEW, LATE), (LAYERS, LAYERED)])
def test_each_trouble_alone_is_told_by_its_own_rule(trouble, code):
    """Of these three rules only the one that is about it speaks."""
    assert said(seen(1, frozenset({trouble}))[0]).keys() & {WAITING, LATE, LAYERED} == {code}


def test_each_finding_opens_what_it_rests_on():
    """Its evidence leads to a raw row, and what it waited for others is told by the causes that its waits have."""
    facts, _ = seen(SEED, frozenset(TROUBLES))
    found = [each for findings in said(facts).values() for each in findings]
    opened = {each.code for each in found if any(line.where_from for line in each.evidence)}
    assert {WAITING, LATE, LAYERED} <= opened
    assert {each.code for each in found} - opened <= {"F176", "F178"}  # sums over weeks and deployments: numbers open them
    rows = [WaitedFor(**each) for each in facts.extracts[WAITED_FOR]]
    assert all(sum(share for _, share in row.causes) == pytest.approx(1.0) for row in rows)
    assert not any(cause == "rework" for row in rows for cause, _ in row.causes)
