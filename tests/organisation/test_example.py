"""The example organisation is sound and shows what the product is about."""

from __future__ import annotations

from pathlib import Path

from wholeservice.measures import MEASURES
from wholeservice.organisation.check import check
from wholeservice.organisation.graph import Organisation, parts_at, steps, uses
from wholeservice.organisation.load import load
from wholeservice.organisation.remit import misplaced_owners, owner_of

STAYLINE = Path(__file__).resolve().parents[2] / "examples" / "stayline"


def stayline() -> Organisation:
    org, problems = load(STAYLINE)
    words = {word: measure.unit for measure in MEASURES for word in (measure.name, *measure.words)}
    assert [*problems, *check(org, words)] == []
    return org


def test_stayline_has_no_problems_and_every_target_can_be_measured():
    """Not even a warning, with the measures and units that are registered."""
    assert len(stayline().needs) >= 15


def test_every_step_is_served_and_every_service_owned():
    """Something serves each of the nine steps; somebody answers for each service; the owner reaches both ends."""
    org = stayline()
    journey = [step.id for step in steps(org, "book-and-stay")]
    assert journey == ["find", "choose", "pay", "prepare", "arrive", "stay", "leave", "get-help", "come-back"]
    assert all(parts_at(org, "book-and-stay", step) for step in journey)
    assert all(owner_of(org, entity.id) for entity in org.entities.values() if entity.kind in ("service", "part"))
    assert misplaced_owners(org) == ()


def test_stayline_shows_redundancy_and_what_may_fail():
    """Two acquirers of which one is enough, an optional history, keys that are tried again."""
    org = stayline()
    acquirers = uses(org, "payments")
    assert {edge.how for edge in acquirers} == {"any"}
    assert len({edge.group for edge in acquirers}) == 1
    hows = {edge.how for entity in org.entities for edge in uses(org, entity)}
    assert hows == {"all", "any", "optional", "retry"}


def test_needs_of_guests_are_believed_for_a_reason():
    """Every need of the whole service has dated evidence."""
    whole = [need for need in stayline().needs if need.service == "book-and-stay" and not need.is_aim]
    assert all(need.because and need.evidence_on for need in whole)
