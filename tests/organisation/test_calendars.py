"""When a team works, as an organisation says it; and stages whose names lead nowhere."""

from __future__ import annotations

import datetime as dt

import pytest

from organisation.texts import codes_of, declared
from wholeservice.organisation.calendars import Calendar, calendar_of
from wholeservice.organisation.check import check

SHIFTS = """\
org: { name: Stayline }
teams:
  desk: { calendar: { days: [mon, Tuesday, sat], hours: ["13:00-17:00", 9:00-12:30], holidays: [2026-12-25] } }
  nights: { calendar: { days: [fri] } }
  rota: {}
"""


def test_what_is_not_said_is_open():
    """Days without hours are whole days; a team without a calendar has none, which is not one that never works."""
    org = declared(SHIFTS)
    assert calendar_of(org.entities["desk"]) == Calendar(
        frozenset({0, 1, 5}), ((540, 750), (780, 1020)), frozenset({dt.date(2026, 12, 25)})
    )
    assert calendar_of(org.entities["nights"]) == Calendar(frozenset({4}), ((0, 1440),))
    assert calendar_of(org.entities["rota"]) is None


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{ days: [mon, teu] }", "an unknown day 'teu'"),
        ("{ hours: [9-17] }", "hours that cannot be read: '9-17'"),
        ('{ hours: ["22:00-06:00"] }', "hours that cannot be read: '22:00-06:00'"),
        ('{ hours: ["09:00-13:00", "12:00-17:00"] }', "hours that lie over each other: '12:00-17:00' and '09:00-13:00'"),
        ("{ holidays: [2026-02-30] }", "a holiday that is no day: '2026-02-30'"),
        ("{ days: [] }", "no working time"),
    ],
)
def test_a_calendar_that_cannot_be_is_a_problem(written: str, says: str):
    """Said once, of the team, with its place; hours over midnight are those of two days."""
    text = f"org: {{ name: X }}\nteams:\n  care: {{ calendar: {written} }}"
    (problem,) = check(declared(text))
    assert (problem.code, problem.what) == ("ORG048", f"the calendar of 'care' has {says}")
    assert problem.place
    assert problem.place.line == 3
    assert problem.expected


def test_the_nearest_day_is_named():
    """A slip of the finger is worth a hint."""
    (problem,) = check(declared("org: { name: X }\nteams:\n  care: { calendar: { days: [wensday] } }"))
    assert problem.nearest == "wednesday"


@pytest.mark.parametrize(
    ("stages", "codes"),
    [
        ("[build, check, Build]", ["ORG049"]),
        ("[{ stage: build, named: [In Dev] }, { stage: check, named: [in_dev] }]", ["ORG049"]),
        ("[{ stage: build, named: [Build, in dev] }, check]", []),
    ],
)
def test_a_name_stands_for_one_stage(stages: str, codes: list[str]):
    """As names are compared: a stage may repeat its own name, and no other's."""
    assert codes_of(f"value-streams:\n  flow: {{ stages: {stages} }}") == codes
