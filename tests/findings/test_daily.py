"""What was lost day by day adds up to the map, box by box, and says since when a loss stands clear of its background."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from findings.test_trace import BANK, FINE, ORGANISATION, PERIOD, START, Told
from simulation.as_product import arrow_rows
from wholeservice import tables
from wholeservice.derived.exposures import observe
from wholeservice.derived.faults import observe_hours
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.findings.began import Began, began, cuts
from wholeservice.findings.daily import Window, daily
from wholeservice.findings.losses import LossMap
from wholeservice.findings.trace import trace
from wholeservice.measures.compute import prepare
from wholeservice.organisation.load import load_texts
from wholeservice.periods import Period
from wholeservice.simulation.organisations import random_world
from wholeservice.simulation.run import simulate
from wholeservice.simulation.world import STARTS_ON
from wholeservice.units import SHARE

DAY = dt.timedelta(days=1)
TOLERANT = ORGANISATION.replace(
    "bank-link: { team: one }", "bank-link: { team: one, needs: { works: { says: x, targets: [success >= 90% over 28d] } } }"
)


def organisation(text: str = ORGANISATION):
    return load_texts({"organisation/all.yaml": text})[0]


def asked(n: float, lost: float, period: Period = PERIOD) -> LossMap:
    return LossMap("stay", "need", "target", SHARE, 1, 1.0, 1 - lost / n, lost / n, None, n, period)


def told(lost_days, n_days=28, calls=BANK):
    """Two attempts a day, twelve hours apart; both of a lost day are lost at paying."""
    story = Told()
    for number in range(2 * n_days + 4):
        is_lost = number // 2 in lost_days
        story.attempt("pay" if is_lost else None, calls if is_lost else FINE)
    return story


@pytest.mark.parametrize("text", [ORGANISATION, TOLERANT], ids=["no failures", "a target of its own"])
def test_the_days_of_a_period_add_up_to_its_map(text):
    """Box by box, also where a part has a target of its own, and a part of the loss lies within it."""
    org, engine = organisation(text), told({3, 9, 10, 20}).engine()
    prepare(engine, org)
    observed = observe(engine, "stay", PERIOD)
    n = observed.units.num_rows
    drawn = trace(asked(n, 8), org, observed)
    found = daily(asked(n, 8), org, [Window(PERIOD, observed)], "UTC")
    engine.close()
    sizes = {box.id: (box.starts_here + box.not_traced) * n for box in drawn.boxes}
    summed = {box: sum(each) for box, each in found.losses.items()}
    assert summed == pytest.approx({box: sizes[box] for box in summed})
    assert sum(sizes.values()) == pytest.approx(sum(summed.values()))
    assert [day for day, lost in enumerate(found.losses["bank-link"]) if lost] == [3, 9, 10, 20]
    assert found.n == (2.0,) * 28


def test_days_before_are_held_against_the_same_reference_as_those_of_the_map():
    """A loss that began on the last day before the period costs as much on that day as on any of it.

    Held against its own quiet days, that day's two failures would lie within the target of the part.
    """
    org, engine = organisation(TOLERANT), told({29, 30, 31, 32, 33, 34, 35}, n_days=56).engine()
    prepare(engine, org)
    late = Period(START + 30 * DAY, START + 56 * DAY)
    before = Period(START, START + 30 * DAY)
    windows = [Window(each, observe(engine, "stay", each)) for each in (before, late)]
    found = daily(asked(52, 12, late), org, windows, "UTC").losses["bank-link"]
    engine.close()
    assert found[29] == pytest.approx(found[30])
    assert found[29] > 0


def test_loss_joined_by_time_adds_up_too():
    """A part whose calls no attempt is linked to: its days add up to its box, and are gone from those of the step."""
    world = replace(random_world(5, in_spells=True), n_days=28, attempts_per_day=50.0)
    seen = simulate(world, 5)
    engine = engine_of(
        world, replace(seen, calls=[replace(each, trace=each.span, parent=None, step=None) for each in seen.calls])
    )
    start = dt.datetime.combine(STARTS_ON, dt.time(), dt.UTC)
    period = Period(start, start + 28 * DAY)
    observed = observe(engine, world.service, period)
    hours = observe_hours(engine, world.service, period, observed.units)
    n, lost = observed.units.num_rows, observed.units.num_rows - observed.units["lost_step"].null_count
    question = replace(asked(n, lost, period), entity=world.service)
    drawn = trace(question, world.organisation, observed, hours)
    found = daily(question, world.organisation, [Window(period, observed, hours)], "UTC")
    engine.close()
    timed = dict(drawn.by_rung)["timed"]
    assert timed > 0
    for box in drawn.boxes:
        size = (box.starts_here + box.not_traced) * n
        assert sum(found.losses.get(box.id, (0.0,))) == pytest.approx(size, abs=1e-6)
    assert min(min(each) for each in found.losses.values()) > -1e-9


def engine_of(world, seen):
    engine = DuckdbEngine()
    for table, rows in (
        (tables.INTERACTIONS, seen.interactions),
        (tables.CALLS, seen.calls),
        (tables.INCIDENTS, seen.incidents),
    ):
        engine.add(table.name, arrow_rows(table, rows))
    prepare(engine, world.organisation)
    return engine


def test_a_day_is_the_civil_day_of_the_workspace():
    """An attempt at 23:00 UTC belongs to the next day in Amsterdam."""
    org, story = organisation(), Told()
    story.n = 2  # begins on the second day at 00:00 UTC
    for number in range(6):
        story.attempt("pay" if number == 0 else None, BANK if number == 0 else FINE)
    engine = story.engine()
    prepare(engine, org)
    period = Period(START + DAY - dt.timedelta(hours=2), START + 3 * DAY - dt.timedelta(hours=2))
    found = daily(asked(4, 1, period), org, [Window(period, observe(engine, "stay", period))], "Europe/Amsterdam")
    engine.close()
    assert (found.first_on, found.n) == (dt.date(2026, 9, 2), (2.0, 2.0))


def test_a_loss_began_on_the_day_on_which_its_rate_changed():
    """Twenty quiet days at one a day, then six a day: the day, and not the first bad one by chance on day 7."""
    losses = [1.0] * 7 + [4.0] + [1.0] * 12 + [6.0] * 10
    assert began(losses, [100.0] * 30) == Began(20, False, None, pytest.approx(0.0115))


def test_twice_as_many_attempts_are_no_loss_that_began():
    """The rate counts, not the number: a doubled volume with a doubled loss is the same loss."""
    assert began([5.0] * 15 + [10.0] * 15, [100.0] * 15 + [200.0] * 15).is_at_least


def test_a_loss_that_went_and_came_back_began_when_it_came_back():
    """The spell before is told, and is not part of the open time."""
    losses = [8.0] * 10 + [0.0] * 10 + [9.0] * 10
    assert began(losses, [100.0] * 30) == Began(20, False, None, 0.0, (0, 10))


def test_a_loss_that_is_gone_ended_on_the_first_quiet_day():
    """It is over, though it stands in the map of the period."""
    assert began([0.0] * 8 + [9.0] * 10 + [0.0] * 10, [100.0] * 28) == Began(8, False, 18, 0.0)


def test_where_it_was_always_there_it_lasts_at_least_since_the_first_day():
    """A drift of a fifth is no beginning."""
    assert began([10.0] * 14 + [12.0] * 14, [100.0] * 28) == Began(0, True)


def test_chance_alone_makes_a_loss_begin_in_less_than_one_of_fifty():
    """Counts without any change, rare and frequent, over 84 and 168 days."""
    draw = np.random.default_rng(20261130)
    series = [(days, draw.poisson(rate, days).astype(float).tolist()) for days in (84, 168) for rate in (0.4, 3, 15)
              for _ in range(40)]  # fmt: skip
    assert sum(bool(cuts(each, [150.0] * days)) for days, each in series) <= len(series) / 50


def test_a_planted_beginning_is_found_within_three_days():
    """From 0.5 to 3 a day, in 38 of 40 series."""
    draw = np.random.default_rng(7)
    near = 0
    for _ in range(40):
        losses = [*draw.poisson(0.5, 50).tolist(), *draw.poisson(3.0, 34).tolist()]
        near += abs(began(losses, [150.0] * 84).first - 50) <= 3
    assert near >= 38
