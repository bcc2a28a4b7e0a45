"""When a step counts as reached, as an organisation says it."""

from __future__ import annotations

import pytest

from organisation.texts import codes_of, declared
from wholeservice.organisation.funnel import FunnelRule, funnel_rule
from wholeservice.organisation.load import load_texts

DAY_S = 86400.0
STAY = """\
org: { name: Stayline }
services:
  stay:
    funnel: { order: strict, within: 14d }
    parts:
      desk: { funnel: { by: consumer, within: 2h, per: step } }
      search: {}
  other: {}
"""


@pytest.mark.parametrize(
    ("entity", "rule"),
    [
        ("stay", FunnelRule("strict", "attempt", 14 * DAY_S, "journey")),
        ("search", FunnelRule("strict", "attempt", 14 * DAY_S, "journey")),
        ("desk", FunnelRule("ordered", "consumer", 7200.0, "step")),
        ("other", FunnelRule("ordered", "attempt", 90 * DAY_S, "journey")),
        ("nobody", FunnelRule()),
    ],
)
def test_the_nearest_rule_counts_as_a_whole(entity: str, rule: FunnelRule):
    """What is inside follows what it is inside of; nothing is mixed of two rules, and what is not said is as usual."""
    assert funnel_rule(declared(STAY), entity) == rule


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("{ order: sideways }", "ORG016"),
        ("{ by: team }", "ORG016"),
        ("{ within: 14 }", "ORG014"),
        ("{ within: 0d }", "ORG014"),
        ("{ per: day }", "ORG016"),
        ("{ until: end }", "ORG011"),
        ("strict", "ORG014"),
        ("{ order: any, per: step }", "ORG047"),
    ],
)
def test_a_rule_that_cannot_be_read_is_a_problem(written: str, code: str):
    """Said once, with its place."""
    assert codes_of(f"services:\n  a: {{ funnel: {written} }}") == [code]


def test_in_any_order_time_counts_from_the_first_step():
    """There is no step before, so until the rule is mended the window is that of the journey."""
    org, _ = load_texts({"a.yaml": "org: { name: X }\nservices:\n  a: { funnel: { order: any, within: 2d, per: step } }"})
    assert funnel_rule(org, "a") == FunnelRule("any", "attempt", 2 * DAY_S, "journey")


def test_another_rule_is_another_organisation():
    """The hash names how steps are counted, so that a result can say why it moved."""
    assert declared(STAY).hash != declared(STAY.replace("14d", "13d")).hash
