"""The coverage audit, on an organisation small enough to list its holes by hand."""

from __future__ import annotations

import datetime as dt

from organisation.texts import declared
from wholeservice.findings.coverage import holes_of, summary
from wholeservice.measures import MEASURES
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Organisation
from wholeservice.periods import parse_period

MAY = parse_period("2026-05")
TODAY = dt.date(2026, 5, 31)
ORGANISATION = """\
org: { name: Inn, purpose: To sleep, north-star: nights }
consumers: { guest: { outside: true, title: Guests }, agent: { outside: true, title: Agents } }
value-streams: { look-to-stay: { owner: Ana } }
services:
  stay:
    for: { guest: [uses], agent: [pays] }
    stream: look-to-stay
    channels: [web, desk]
    journey:
      - { step: find, stage: before }
      - sequence: [pay, sleep]
        stage: during
      - { step: leave, title: Go home, stage: after }
    ends: [no-room]
    needs:
      sure: { says: Be sure, because: { research: 9, dated: 2026-01-05 }, targets: [ completion >= 90% over 31d for guest ] }
      warm: { says: Be warm, because: { research: 9 asked, dated: 2025-05-30 }, targets: [ satisfaction >= 90% over 31d ] }
      calm: { says: Be calm, because: hearsay, targets: [ satisfaction >= 90% over 31d @ pay ] }
    aims: { lean: [ cost-per-transaction <= 3.40 EUR over 31d ] }
    parts:
      till: { at: pay, uses: [bank] }
      bank: { at: pay }
      beds: { at: sleep }
policies:
  id-check: { basis: law, binds: [ stay.pay ] }
"""
ROWS = (
    ("volume", "stay", None, "web", None), ("volume", "stay", "find", None, None), ("volume", "stay", "pay", "phone", None),
    ("completion", "stay", None, None, "guest"), ("satisfaction", "stay", "pay", None, None),
    ("satisfaction", "stay", None, None, "guest"),
    ("success", "bank", None, None, None),
)  # fmt: skip


def results(rows=ROWS) -> Results:
    sums = Statistics(n=10, numerator=9, denominator=10)
    cells = (Cell(*where[:2], MAY.from_at, MAY.to_at, MAY.window, *where[2:]) for where in rows)
    return Results(MEASURES, [(cell, sums) for cell in cells])


def told(text: str = ORGANISATION, rows=ROWS, entity: str = "stay") -> dict[str, str | None]:
    """Return what is missing -> how much of the service that is."""
    holes = holes_of(declared(text), results(rows), entity, TODAY)
    return {hole.what: hole.concerns and hole.concerns.words for hole in holes}


def test_every_hole_is_told_once_with_how_much_of_the_service_it_is():
    """Four steps, three needs, two channels, three parts and one rule, of which these are dark and the others are not."""
    assert told() == {
        "Nobody has said which step is the ending": "1 of 5 stages",
        "Nobody has said which step is coming back": "1 of 5 stages",
        "What Agents need from it": "1 of 2 consumers",
        "Why we believe “Be calm”": "1 of 3 needs",
        "Whether people still want “Be warm”": "1 of 3 needs",
        "Whether people get “Be warm”": "1 of 3 needs",
        "Whose need cost-per-transaction <= 3.40 EUR over 31d stands for": "1 of 4 targets",
        "How many people reach Sleep and Go home": "2 of 4 steps",
        "How it feels at Find, Sleep and Go home": "3 of 4 steps",
        "What people say whose way ends at no-room": "1 of 1 end",
        "What Agents say of it": "1 of 2 consumers",
        "What those inside who use Bank say of it": "1 of 1 part used inside",
        "How many come by desk": "1 of 2 channels",
        "Whether it is offered by phone: people come by it, and it is not declared": "1 of 2 channels that facts name",
        "What stands behind Find and Go home": "2 of 4 steps",
        "What happens behind Sleep": "1 of 4 steps",
        "How often Till and Beds work": "2 of 3 parts",
        "What Id check costs people": "1 of 1 rule",
    }


def test_the_title_states_the_two_holes_that_tell_most():
    """The last step that somebody put into a stage is the one after which nothing is described."""
    holes = holes_of(declared(ORGANISATION), results(), "stay", TODAY)
    assert summary(holes) == "Nobody is asked at 3 of 4 steps, and nothing is described after Go home"
    assert all(hole.fill for hole in holes)


def test_a_year_to_the_day_is_not_old_and_without_facts_nothing_is():
    """366 days are, 365 are not; where no fact says what day it is, no evidence is called old."""
    assert "Whether people still want “Be warm”" not in told(ORGANISATION.replace("2025-05-30", "2025-05-31"))
    org = declared(ORGANISATION)
    assert not any(hole.what.startswith("Whether people still") for hole in holes_of(org, results(()), "stay", None))


def test_an_undeclared_stage_is_not_guessed():
    """A step called leave, the last of its journey, is neither the ending nor aftercare until somebody says so."""
    plain = "org: { name: Inn }\nservices: { stay: { journey: [find, leave, come-back] } }\n"
    assert told(plain)["Nobody has said which step is before it begins, aftercare, the ending or coming back"] == "3 of 3 steps"
    gap = plain.replace("find,", "{ step: find, stage: before },").replace("come-back", "{ step: back, stage: return }")
    holes = holes_of(declared(gap), results(()), "stay", TODAY)
    assert [hole.clause for hole in holes if "aftercare" in hole.what] == ["nobody has said which step is aftercare"]
    assert "Which stage Leave is in" in {hole.what for hole in holes}


def test_who_answered_is_no_question_where_there_is_one_kind_of_consumer():
    """Answers without a segment are of the only consumer there is; of two they could be of either."""
    one = ORGANISATION.replace(", agent: [pays]", "")
    anybody = (("satisfaction", "stay", None, None, None),)
    assert not any(what.endswith("s say of it") and "inside" not in what for what in told(one, anybody))
    assert told(rows=anybody)["What Guests and Agents say of it"] == "2 of 2 consumers"


def test_what_is_neither_service_nor_part_has_no_holes_and_an_empty_organisation_none():
    """A consumer, a name that stands for nothing, and nothing at all."""
    assert told(entity="guest") == {}
    empty = Organisation("Small", "", "", entities={}, edges=(), needs=(), aliases={}, hash="0")
    assert holes_of(empty, results(), "stay", TODAY) == ()
    assert summary(()) == "All that this audit asks for is described and measured"


def test_names_are_text_whatever_they_hold():
    """A step called like an element of a page stays a word."""
    hostile = 'org: { name: Inn }\nservices: { stay: { journey: [{ step: find, title: "<script>{{ 7*7 }}</script>" }] } }\n'
    assert "How many people reach <script>{{ 7*7 }}</script>" in told(hostile, rows=())
