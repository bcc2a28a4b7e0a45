"""What makes one attempt, as an organisation says it."""

from __future__ import annotations

import pytest

from organisation.texts import codes_of, declared
from wholeservice.organisation.graph import AttemptRule, attempt_rule

STAY = """\
org: { name: Stayline }
services:
  stay:
    attempt: { idle: 7d, until: end }
    parts:
      desk: { attempt: { per: day } }
      search: {}
  other: {}
"""


@pytest.mark.parametrize(
    ("entity", "rule"),
    [
        ("stay", AttemptRule(idle_s=7 * 86400.0, until_end=True)),
        ("search", AttemptRule(idle_s=7 * 86400.0, until_end=True)),
        ("desk", AttemptRule(idle_s=None, per_day=True)),
        ("other", AttemptRule(idle_s=1800.0)),
        ("nobody", AttemptRule()),
    ],
)
def test_the_nearest_rule_counts_and_half_an_hour_without_one(entity: str, rule: AttemptRule):
    """What is inside follows what it is inside of, as a whole: nothing is mixed of two rules."""
    assert attempt_rule(declared(STAY), entity) == rule


@pytest.mark.parametrize(
    ("written", "idle_s"), [("30m", 1800.0), ("90 min", 5400.0), ("8h", 28800.0), ("7d", 604800.0), ("1 s", 1.0)]
)
def test_a_pause_is_written_with_its_unit(written: str, idle_s: float):
    """`m` is a minute."""
    org = declared(f"org: {{ name: X }}\nservices:\n  a: {{ attempt: {{ idle: {written} }} }}")
    assert attempt_rule(org, "a").idle_s == idle_s


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("{ idle: 30 }", "ORG014"),
        ("{ idle: 0s }", "ORG014"),
        ("{ idle: 5ms }", "ORG014"),
        ("{ idle: -1h }", "ORG014"),
        ("{ idle: [1h] }", "ORG014"),
        ("{ per: week }", "ORG016"),
        ("{ until: pay }", "ORG016"),
        ("{ pause: 1h }", "ORG011"),
        ("30m", "ORG014"),
        ("{ idle: 30m, per: day }", "ORG046"),
    ],
)
def test_a_rule_that_cannot_be_read_is_a_problem(written: str, code: str):
    """Said once, with its place; what is inside then follows the rule above."""
    assert codes_of(f"services:\n  a: {{ attempt: {written} }}") == [code]


def test_a_rule_that_could_not_be_read_does_not_count():
    """An idle time of nothing falls back to half an hour, never to no time at all."""
    from wholeservice.organisation.load import load_texts

    org, _ = load_texts({"a.yaml": "org: { name: X }\nservices:\n  a: { attempt: { idle: 0s } }"})
    assert attempt_rule(org, "a") == AttemptRule()


def test_another_rule_is_another_organisation():
    """The hash names what attempts are made by, so that a result can say why it moved."""
    assert declared(STAY).hash != declared(STAY.replace("7d", "6d")).hash
