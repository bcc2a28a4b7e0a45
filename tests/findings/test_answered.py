"""The map of a score: what failed in the attempts of the less satisfied, and nothing that merely happened beside it."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from simulation.as_product import arrow_rows
from wholeservice import tables
from wholeservice.derived.drivers import observe_drivers_of
from wholeservice.derived.exposures import observe_attempts
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.findings.answered import Answered, trace_answers
from wholeservice.findings.losses import LINKED, STARTS_HERE, UNTRACED, LossMap
from wholeservice.findings.trace import met_by
from wholeservice.measures.base import Cell
from wholeservice.measures.compute import prepare
from wholeservice.measures.mean_form import mean_units, units_word
from wholeservice.measures.nps import MEASURE as NPS
from wholeservice.measures.satisfaction import MEASURE as SATISFACTION
from wholeservice.organisation.load import load_texts
from wholeservice.periods import ROLLING, Period
from wholeservice.tables import Answer, Call, Interaction
from wholeservice.units import NET_SCORE, SCALE

START, N = dt.datetime(2026, 9, 1, tzinfo=dt.UTC), 1600
PERIOD = Period(START, START + dt.timedelta(days=28))
TREE = load_texts({"organisation.yaml": """
org: { name: Small }
consumers: { guest: { outside: true } }
value-streams: { stream: { owner: ada } }
services:
  stay:
    for: { guest: [uses] }
    stream: stream
    journey: [find, pay, sleep]
    parts:
      search: { team: one, at: find, title: Search }
      photos: { team: one, at: find, title: Photos }
teams: { one: { type: stream-aligned } }
"""})[0]  # fmt: skip


def keys(record):
    return {"source": "test", "record": record, "part": "0", "known_at": START, "where_from": "test", "digest": record}


def told():
    """Every fifth search fails at first and costs two points of five; photos often fail with it, and cost nothing."""
    draw, facts = random.Random(7), {"interactions": [], "calls": [], "answers": []}
    for nth in range(N):
        name, at = f"a{nth}", START + dt.timedelta(minutes=nth * 24)
        search = draw.random() < 0.2
        photos = draw.random() < (0.6 if search else 0.1)
        for place, step in enumerate(("find", "pay", "sleep")):
            facts["interactions"].append(
                Interaction(**keys(name + step), happened_at=at + dt.timedelta(minutes=place), consumer=name, attempt=name,
                            service="stay", step=step, channel="web"))  # fmt: skip
        for part, failed in (("search", search), ("photos", photos)):
            facts["calls"].append(
                Call(**keys(name + part), trace=name, span=part, service=part, step="find", started_at=at, failed=failed)
            )
        score = max(1.0, draw.choice([4.0, 5.0]) - (2.0 if search else 0.0))
        for word, points, least, most in (("csat", score, 1.0, 5.0), ("nps", 10.0 if score > 3 else 3.0, 0.0, 10.0)):
            about = name if nth % 4 else None  # of every fourth answer nobody knows the attempt
            facts["answers"].append(
                Answer(**keys(name + word), asked_at=at, answered_at=at, consumer=name, attempt=about, service="stay",
                       instrument=word, score=points, scale_min=least, scale_max=most))  # fmt: skip
    return facts


@pytest.fixture(scope="module")
def engine():
    made = DuckdbEngine()
    for name, rows in told().items():
        made.add(name, arrow_rows(tables.BY_NAME[name], rows))
    prepare(made, TREE)
    return made


def mapped(engine, measure, unit, level, value=None):
    cell = Cell(measure.name, "stay", PERIOD.from_at, PERIOD.to_at, ROLLING)
    units = mean_units(engine, measure, cell)
    assert units_word(engine, measure, cell) == "answers"
    rows = units.to_pylist()
    mean = sum(row["hit"] for row in rows) / len(rows)
    asked = LossMap(
        "stay", "need", "target", unit, 1, level, mean if value is None else value, level - mean, None, len(rows), PERIOD
    )
    attempts = units.select(["attempt"]).drop_null()
    seen = Answered(
        units, observe_drivers_of(engine, "stay", attempts), met_by(TREE, "stay", observe_attempts(engine, "stay", attempts))
    )
    return trace_answers(asked, TREE, seen), rows


def test_a_score_is_lost_at_the_part_that_failed(engine):
    """The search costs two of four steps of the scale in a fifth of the answers; photos that fail beside it are not blamed."""
    found, rows = mapped(engine, SATISFACTION, SCALE, 0.95)
    boxes = {box.id: box for box in found.boxes}
    met = sum(row["hit"] < 0.6 for row in rows if row["attempt"]) / len(rows)  # none who met no failure said so little
    assert found.top == ("search",)
    assert (boxes["search"].claim, boxes["search"].title) == (STARTS_HERE, "Search")
    assert boxes["search"].starts_here == pytest.approx(0.5 * met, rel=0.08)
    assert boxes["search"].alone == boxes["search"].starts_here
    assert "photos" not in boxes
    assert [(each.from_id, each.to_id, each.rung) for each in found.ribbons] == [("stay", "search", LINKED)]


def test_a_map_of_a_score_adds_up(engine):
    """The loss is all that is missing to the best there is; gap = shares + unexplained - headroom."""
    found, rows = mapped(engine, SATISFACTION, SCALE, 0.95)
    root = next(box for box in found.boxes if box.layer == 0)
    assert root.flow_in == pytest.approx(1 - sum(row["hit"] for row in rows) / len(rows))
    shares = sum(box.starts_here for box in found.boxes)
    assert found.gap == pytest.approx(shares + found.unexplained - found.headroom)
    assert root.flow_in == pytest.approx(root.not_traced + shares)
    assert dict(found.by_rung)[LINKED] + dict(found.by_rung)[UNTRACED] == pytest.approx(1.0)


def test_answers_without_an_attempt_are_what_would_tell_more(engine):
    """A quarter of the answers name no attempt: the map says how much they could explain, and how much they likely would."""
    found, rows = mapped(engine, SATISFACTION, SCALE, 0.95)
    (missing,) = (each for each in found.missing if each.what == "which attempt an answer is about")
    assert missing.could_explain == pytest.approx(sum(1 - row["hit"] for row in rows if not row["attempt"]) / len(rows))
    search = next(box for box in found.boxes if box.id == "search")
    assert missing.likely == pytest.approx(search.flow_in / 3, rel=0.1)  # those that are linked are three times as many


def test_a_net_score_is_lost_in_its_own_points(engine):
    """One who would not recommend it is two hundred points below one who would: the map is in those points."""
    found, rows = mapped(engine, NPS, NET_SCORE, 90.0)
    search = next(box for box in found.boxes if box.id == "search")
    detractors = sum(row["hit"] < 0 for row in rows if row["attempt"]) / len(rows)
    assert search.starts_here == pytest.approx(200 * detractors, rel=0.08)
    assert found.gap == pytest.approx(search.starts_here + found.unexplained - found.headroom)


def test_a_number_that_is_no_mean_of_its_units_has_no_map(engine):
    """A value that the units do not give, such as one added up over services, is said to be that, and not split."""
    found, _ = mapped(engine, SATISFACTION, SCALE, 0.95, value=0.5)
    assert found.why_no_map is not None
    assert not found.boxes
