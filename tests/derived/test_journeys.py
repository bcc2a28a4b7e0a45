"""Journeys: what each step is measured against, and where a journey ends."""

from __future__ import annotations

from wholeservice.derived.journeys import flatten
from wholeservice.organisation.graph import Step


def leaf(name: str) -> Step:
    return Step(name, name)


def bases(*journey: Step) -> dict[str, str | None]:
    return {stop.step: stop.base for stop in flatten(journey)}


def ends(*journey: Step) -> set[str]:
    return {stop.step for stop in flatten(journey) if stop.is_end}


def test_an_optional_step_is_never_the_base_of_the_next():
    """Whoever skips help has lost nothing: pay is measured against find."""
    help_ = Step("optional#1", "Help", "optional", (leaf("help"), leaf("chat")))
    assert bases(leaf("find"), help_, leaf("pay")) == {"find": None, "help": "find", "chat": "help", "pay": "find"}


def test_the_ways_of_a_choice_share_a_base():
    """Card and cash are both shares of choose, and leave is measured against choose as well."""
    ways = Step("choice#1", "Pay", "choice", (leaf("card"), leaf("cash")))
    assert bases(leaf("choose"), ways, leaf("leave")) == {"choose": None, "card": "choose", "cash": "choose", "leave": "choose"}


def test_all_branches_of_a_parallel_are_passed():
    """What comes after a parallel is measured against the last of its branches."""
    both = Step("parallel#1", "Both", "parallel", (leaf("check"), leaf("pack")))
    assert bases(leaf("order"), both, leaf("send")) == {"order": None, "check": "order", "pack": "order", "send": "pack"}


def test_a_journey_that_begins_with_a_choice_has_no_first_base():
    """Both ways in begin the journey; nothing can be said of the step after them."""
    ways = Step("choice#1", "In", "choice", (leaf("phone"), leaf("web")))
    assert bases(ways, leaf("talk")) == {"phone": None, "web": None, "talk": None}


def test_a_journey_ends_at_its_last_step_that_cannot_be_left_out():
    """Coming back is optional, so leaving is the end; each way of a last choice is one."""
    come_back = Step("optional#1", "Back", "optional", (leaf("come-back"),))
    ways = Step("choice#1", "Out", "choice", (leaf("approved"), Step("sequence#1", "", "sequence", (leaf("no"), leaf("told")))))
    assert ends(leaf("stay"), leaf("leave"), come_back) == {"leave"}
    assert ends(leaf("ask"), ways) == {"approved", "told"}
    assert ends() == set()
