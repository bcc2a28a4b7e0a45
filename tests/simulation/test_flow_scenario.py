"""The flow of a scenario: read from the declared organisation, and every mistake said with its place."""

from __future__ import annotations

import datetime as dt

import pytest

from simulation.stayline import declared
from simulation.test_scenario import ORGANISATION
from wholeservice.errors import InputError
from wholeservice.organisation.load import load_texts
from wholeservice.simulation.scenario import load_world

DOES = "does: { notice: one, understand: one, review: one, environments: one, recruitment: one }"


def flow_of(text: str, days: int = 28):
    organisation, _ = load_texts({"organisation/all.yaml": ORGANISATION})
    return load_world(f"service: stay\ndays: {days}\nflow: {text}", "now.yaml", organisation).flow


def test_a_flow_follows_the_declared_organisation():
    """A part is changed by the team that owns it; weeks end with the days of guests; a team that says no number is five."""
    flow = flow_of(f"{{ stream: stream, weeks: 2, about: {{ search: 60%, prices: 40% }}, {DOES}, troubles: [layers] }}")
    assert (flow.about, flow.team_of) == ({"search": 0.6, "prices": 0.4}, {"search": "one", "prices": "one"})
    assert (flow.starts_on, flow.workers, flow.troubles) == (dt.date(2026, 6, 15), {"one": 5}, {"layers"})


def test_without_a_flow_there_is_none():
    """A scenario of guests alone is what it was."""
    organisation, _ = load_texts({"organisation/all.yaml": ORGANISATION})
    assert load_world("service: stay", "now.yaml", organisation).flow is None


@pytest.mark.parametrize(
    ("text", "code", "nearest"),
    [
        ("{ strem: stream }", "SIM002", "stream"),
        ("{ stream: stream, about: { serch: 1% } }", "SIM003", "search"),
        ("{ stream: stream, troubles: [layer] }", "SIM003", "layers"),
        ("{ stream: stream, people: { on: 3 } }", "SIM003", "one"),
        ("{ stream: stream, short: { form-day: 3 } }", "SIM002", "from-day"),
        ("{ stream: stream, items-per-week: many }", "SIM004", None),
    ],
)
def test_mistakes_are_said_with_their_place(text: str, code: str, nearest: str | None):
    """A wrong word, name or number is named where it stands, with the nearest right one."""
    with pytest.raises(InputError) as caught:
        flow_of(f"{text.removesuffix('}')}, {DOES} }}")
    problem = caught.value.problems[0]
    assert (problem.code, problem.nearest, str(problem.place).split(":")[:2]) == (code, nearest, ["now.yaml", "3"])


def test_working_time_has_no_nights_and_no_weekends():
    """The end of the first Friday is the beginning of Monday; from 30 March on, nine o'clock in Amsterdam is seven."""
    flow = declared()
    assert str(flow.starts_on) == "2026-02-23"
    assert [str(flow.instant(hours * 3600)) for hours in (39.5, 40, 25 * 8)] == [
        "2026-02-27 15:30:00+00:00", "2026-03-02 08:00:00+00:00", "2026-03-30 07:00:00+00:00",
    ]  # fmt: skip
