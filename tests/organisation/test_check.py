"""Checking: names that lead nowhere, circles, targets that cannot be measured, and how a problem is printed."""

from __future__ import annotations

import pytest

from organisation.texts import HOTEL, codes_of, declared, problems_of
from wholeservice.errors import describe
from wholeservice.organisation.check import check
from wholeservice.organisation.load import load_texts
from wholeservice.units import COUNT, NET_SCORE, POINTS, SCALE, SCORE, SECONDS, SHARE, Unit

MEASURES = ("search-time", "satisfaction", "cost-per-transaction", "completion")
MONEY = Unit("money", "", "money")
JOURNEY = "journey: [find, pay], channels: [web, app]"


def test_an_organisation_in_order_has_no_problems():
    """The example of the design has nothing wrong with it."""
    assert check(declared(HOTEL), MEASURES) == []


def test_an_unknown_team_prints_as_the_design_says():
    """Where, what, expected, nearest and next step, letter for letter."""
    teams = "".join(f"  {team}: {{}}\n" for team in ("payments", "a", "b", "c", "d"))
    text = f"org: {{ name: X }}\nteams:\n{teams}\nservices:\n  s:\n    for: []\n\n  pay:\n    team: paymnts\n"
    org, problems = load_texts({"organisation/teams.yaml": text})
    assert problems == []
    assert describe(check(org)[0]) == (
        "organisation/teams.yaml:14:11  ORG012  unknown team 'paymnts'\n"
        "   14 |     team: paymnts\n"
        "      |           ^^^^^^^\n"
        "  expected  one of the 5 teams declared in organisation/teams.yaml\n"
        "  nearest   'payments'\n"
        "  next      fix the name or declare the team; wholeservice explain ORG012"
    )


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("services: { a: { uses: b } }", "ORG012", "unknown service, part or supplier 'b'"),
        ("services: { a: { for: nobody } }", "ORG012", "unknown consumer or team 'nobody'"),
        ("services: { a: { stream: x } }", "ORG012", "unknown value-stream 'x'"),
        ("services: { a: { unit: x } }", "ORG012", "unknown unit 'x'"),
        ("policies: { p: { binds: [a] } }", "ORG012", "unknown step, service, part, value-stream or team 'a'"),
        ("value-streams: { v: { stages: [{ stage: s, team: x }] } }", "ORG012", "unknown team 'x'"),
        ("services: { a: { team: b, parts: { b: {} } } }", "ORG013", "'b' is a part, not a team"),
        ("teams: { t: {} }\nservices: { a: { uses: t } }", "ORG013", "'t' is a team, not a service or part or supplier"),
        ("units: { a: { part-of: b }, b: { part-of: a } }", "ORG020", "'b' is inside itself: b -> a -> b"),
        ("units: { a: { part-of: a } }", "ORG020", "'a' is inside itself: a -> a"),
        ("services: { a: { parts: { p: { uses: q }, q: { uses: p } } } }", "ORG021",
         "these use each other in a circle: p -> q -> p"),
        ("services: { a: { uses: a } }", "ORG021", "these use each other in a circle: a -> a"),
        ("teams: { a: { from: 2026-05-01, until: 2026-05-01 } }", "ORG024",
         "'a' ends on 2026-05-01, not after it begins on 2026-05-01"),
        ("parts: { p: {} }", "ORG026", "part 'p' is in no service"),
        ("policies: { p: {} }", "ORG042", "policy 'p' binds nothing"),
        (f"services: {{ a: {{ {JOURNEY}, parts: {{ p: {{ at: pya }} }} }} }}", "ORG032", "unknown step 'pya'"),
        (f"services: {{ a: {{ {JOURNEY} }} }}\npolicies: {{ p: {{ binds: [ a.pya ] }} }}", "ORG032", "unknown step 'a.pya'"),
    ],
)  # fmt: skip
def test_what_does_not_hold_together_is_said(text: str, code: str, says: str):
    """Each has its code and says what it found, circles step by step."""
    assert [(problem.code, problem.what) for problem in problems_of(text)] == [(code, says)]


def test_a_name_of_another_service_s_step_finds_the_nearest():
    """A step is looked up in the journey it would be in."""
    problem = problems_of(f"services: {{ a: {{ {JOURNEY}, parts: {{ p: {{ at: pya }} }} }} }}")[0]
    assert (problem.nearest, problem.expected) == ("pay", "one of the steps of a: find, pay")


@pytest.mark.parametrize(
    ("target", "code", "marked", "nearest"),
    [
        ("completness >= 90% over 28d", "ORG031", "completness", "completion"),
        ("completion >= 90% over 28d @ pya", "ORG032", "pya", "pay"),
        ("completion >= 90% over 28d in wbe", "ORG033", "wbe", "web"),
        ("completion >= 90% over 28d for gest", "ORG012", "gest", "guest"),
        ("completion about 90% over 28d", "ORG030", "about 90% over 28d", None),
        ("completion >= lots over 28d", "ORG030", "lots", None),
        ("completion >= 90% over soon", "ORG030", "soon", None),
        ("completion >= 90%", "ORG030", "90%", None),
        ("completion >= 90% over 28d near pay", "ORG030", "near pay", None),
        ("completion >= 90% over 28d @ pay @ find", "ORG030", "@ find", None),
        ("completion >= 90% over 28d from spring", "ORG030", "from spring", None),
        ("volume >= 4M/yr over 28d", "ORG030", "4M/yr", None),
    ],
)  # fmt: skip
def test_a_target_s_problem_points_into_its_line(target: str, code: str, marked: str, nearest: str | None):
    """The caret stands under the very word, quoted or not."""
    for written in (target, f'"{target}"'):
        text = "consumers: { guest: {} }\n"
        text += f"services: {{ a: {{ {JOURNEY}, needs: {{ n: {{ says: x, targets: [ {written} ] }} }} }} }}"
        problem = problems_of(text, measures=(*MEASURES, "volume"))[0]
        place = problem.place
        assert place is not None
        assert (problem.code, problem.nearest) == (code, nearest)
        assert place.text is not None
        assert place.column is not None
        assert place.text[place.column - 1 :][: place.length] == marked


def test_a_part_s_target_uses_the_journey_around_it():
    """A step is a step of the service that the part is in."""
    inner = "parts: { p: { needs: { n: { says: x, targets: [ completion >= 90% over 28d @ pay in app ] } } } }"
    assert codes_of(f"services: {{ a: {{ {JOURNEY}, {inner} }} }}") == []


@pytest.mark.parametrize(
    ("unit", "level", "fits"),
    [
        (SHARE, "90%", True), (SHARE, "90s", False), (SHARE, "4.5 of 5", False), (SHARE, "120%", False), (COUNT, "1.2M", True),
        (COUNT, "90%", False), (SECONDS, "800ms", True), (SECONDS, "800", False), (MONEY, "1.10 EUR", True),
        (MONEY, "1.10", False), (POINTS, "4.5 of 5", True), (POINTS, "6 of 5", False), (POINTS, "40", True),
        (SCALE, "4.5 of 5", True), (SCALE, "90%", True), (SCALE, "4.5", False), (SCORE, "70 of 100", True),
        (NET_SCORE, "40", True), (NET_SCORE, "-10", True), (NET_SCORE, "40%", False), (NET_SCORE, "4 of 5", False),
        (NET_SCORE, "140", False), (SCORE, "4 of 5", False), (SCORE, "70", True), (SCORE, "-1", False),
    ],
)  # fmt: skip
def test_a_level_fits_the_measure_s_unit(unit: Unit, level: str, fits: bool):
    """Shares are compared with shares, times with times, money with money."""
    text = f"services: {{ a: {{ needs: {{ n: {{ says: x, targets: [ m >= {level} over 28d ] }} }} }} }}"
    assert codes_of(text, measures={"m": unit}) == ([] if fits else ["ORG035"])


def test_an_owner_cannot_be_typed_where_a_guest_is_served():
    """The owner of what an outside consumer uses is its stream's; the message names both."""
    text = "consumers: { guest: { outside: true } }\nvalue-streams: { v: { owner: maya } }\n"
    text += "services: { a: { for: guest, stream: v, owner: ann } }"
    problem = problems_of(text)[0]
    assert problem.code == "ORG019"
    assert "value stream 'v': maya" in problem.what
    assert codes_of("services: { a: { owner: ann } }") == []


def test_one_circle_of_use_is_said_once_and_shortest():
    """Five things in a knot with a short way round: one warning, the short way."""
    parts = "a: { uses: [b, e] }, b: { uses: c }, c: { uses: d }, d: { uses: a }, e: { uses: a }"
    found = problems_of(f"services: {{ s: {{ parts: {{ {parts} }} }} }}")
    assert [(problem.what, problem.severity) for problem in found] == [
        ("these use each other in a circle: a -> e -> a", "warning")
    ]


def test_a_long_chain_is_no_circle():
    """Three thousand things one behind the other neither overflow nor count as a circle."""
    parts = ", ".join(f"p{number}: {{ uses: p{number + 1} }}" for number in range(3000))
    assert codes_of(f"services: {{ s: {{ parts: {{ {parts}, p3000: {{}} }} }} }}") == []


def test_a_policy_with_a_wrong_name_is_said_once():
    """It names something, so it is not also told that it binds nothing."""
    assert codes_of("policies: { p: { binds: [ x ] } }") == ["ORG012"]


def test_a_step_that_stands_twice_says_what_to_do_instead():
    """One event never fills two steps: the way out is a retry, or a name of its own; the first of the two is kept."""
    text = "services:\n  a: { journey: [look, choose, look] }"
    (problem,) = [each for each in problems_of(text) if each.code == "ORG041"]
    assert problem.what.startswith("step 'look' stands twice; first at line ")
    assert problem.expected == "each step once; one that is tried again is {retry: look}; one event never fills two steps"
    assert "a name of its own, that its events have too" in problem.next_step
    org, _ = load_texts({"a.yaml": text})
    assert [step.id for step in org.entities["a"].journey] == ["look", "choose"]
