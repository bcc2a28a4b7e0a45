"""Fitted losses: what was planted is found, what goes with it is not blamed, and of nothing nothing is made."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from simulation.as_product import arrow_rows
from wholeservice import tables
from wholeservice.derived.drivers import observe_drivers
from wholeservice.derived.exposures import observe
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.findings.cases import classes, times
from wholeservice.findings.fitted import Cases, fit
from wholeservice.findings.losses import DRIVER, FITTED, GOES_WITH, UNTRACED, LossMap
from wholeservice.findings.told_apart import Driver
from wholeservice.findings.trace import trace
from wholeservice.measures.compute import prepare
from wholeservice.organisation.load import load_texts
from wholeservice.periods import Period
from wholeservice.tables import Interaction, Judgement
from wholeservice.units import SHARE

N, N_DAYS = 4000, 28


def blind(seed, effect=0.0, follows=0.7, day_spread=0.0):
    """Attempts at one step; device 1 loses *effect* more. The segment goes with the device, and is harmless; so is the rest."""
    draw = np.random.default_rng(seed)
    device = draw.choice(3, N, p=[0.6, 0.3, 0.1])
    segment = np.where(draw.random(N) < follows, device > 0, draw.integers(0, 2, N)).astype(int)
    others = {"channel": (draw.choice(2, N, p=[0.7, 0.3]), 2), "lead": (draw.choice(6, N), 6), "same": (np.zeros(N, int), 1)}
    day, hour = draw.integers(0, N_DAYS, N), draw.integers(0, 24, N)
    rate = 0.15 + 0.05 * (hour >= 18) + effect * (device == 1) + draw.normal(0, day_spread, N_DAYS)[day]
    levels = {"device": (device, 3), "segment": (segment, 2)} | others
    drivers = tuple(
        Driver(name, name.capitalize(), codes, tuple(f"{name}-{at}" for at in range(n))) for name, (codes, n) in levels.items()
    )
    again = Driver("again", "Again", (draw.random(N) < 0.15).astype(int), ("no", "yes"), 0)
    at_s = day * 86400 + hour * 3600
    lost = (draw.random(N) < rate).astype(float)
    return Cases(("pay",), np.zeros(N, int), lost, np.ones(N), draw.integers(0, N, N), day, times(at_s), (*drivers, again))


def named(found):
    return [each for each in found.losses if each.is_named]


@cache
def fitted(seed, effect, follows, day_spread):
    return fit(blind(seed, effect, follows, day_spread))


@pytest.mark.parametrize(("effect", "follows", "day_spread", "least"),
                         [(0.0, 0.7, 0.05, 0), (0.12, 0.7, 0.0, 17), (0.12, 0.95, 0.0, 6)])  # fmt: skip
def test_wrong_and_confident_is_rare(effect, follows, day_spread, least):
    """A harmless driver is told for what another does, or for chance, in at most one of twenty organisations."""
    wrong = right = 0
    for seed in range(20):
        told = named(fitted(seed, effect, follows, day_spread))
        of_device = [each for each in told if "device" in (each.driver.parts or (each.driver.id,))]
        wrong += any(each not in of_device or not effect for each in told)
        right += bool(of_device and effect)
    assert wrong <= 1
    assert right >= least


def test_what_goes_with_a_driver_that_is_missing_is_not_told_for_it():
    """Of four in ten nobody wrote the device down: there the segment goes with what the device does, elsewhere not."""
    told = []
    for seed in range(20):
        cases = blind(seed, 0.3)
        device, *others = cases.drivers
        codes = np.where(np.random.default_rng([seed, 1]).random(N) < 0.4, 3, device.codes)
        cases = replace(cases, drivers=(replace(device, codes=codes, levels=(*device.levels, None)), *others))
        told += [each.driver.id for each in named(fit(cases))]
    assert told.count("device") >= 18
    assert told.count("segment") <= 1


def test_the_size_is_what_was_planted_on_average():
    """Over many draws a driver takes what it really cost: no more, though the baseline was chosen as the best."""
    found = [fitted(seed, 0.12, 0.7, 0.0) for seed in range(20)]
    sizes = [each.size for one in found for each in one.losses if each.driver.id == "device"]
    assert np.mean(sizes) == pytest.approx(0.12 * 0.3 * N, rel=0.12)


def test_of_drivers_that_go_together_one_claim_is_made():
    """Two drivers that nobody can tell apart are told as one or the other, and never one alone."""
    cases = blind(5, 0.15, follows=1.0)
    told = named(fit(replace(cases, drivers=tuple(each for each in cases.drivers if each.id in ("device", "segment")))))
    assert [each.driver.title for each in told] == ["Device or Segment"]
    assert told[0].driver.parts == ("device", "segment")
    assert told[0].by_level[0][0] == "device-1, segment-1"


def test_a_driver_that_never_changes_is_not_identified():
    """What was the same in all attempts can be neither blamed nor cleared, and is listed."""
    found = fit(blind(6))
    assert ("Same", "it was the same in all, or too rare to be compared") in found.not_identified


def certain(levels, losses):
    """Units of one driver whose loss follows from its level alone: (level, how many), the losses in their order."""
    codes = np.repeat(np.arange(len(levels)), [n for _, n in levels])
    order = np.random.default_rng(1).permutation(len(codes))
    loss, names = np.repeat(losses, [n for _, n in levels])[order], tuple(name for name, _ in levels)
    one, day = np.zeros(len(codes), int), np.arange(len(codes)) % 20
    driver = Driver("way", "Way", codes[order], names)
    return Cases(("pay",), one, loss, np.ones(len(codes)), np.arange(len(codes)), day, (one,), (driver,))


def test_the_baseline_is_where_least_is_lost_and_not_where_most_are():
    """Most came by a way at which half is lost; they lose 0.3 each beyond those who came by the other, and not half."""
    (found,) = fit(certain([("long", 600), ("short", 400)], [0.5, 0.2])).losses
    assert (found.baseline, found.by_level[0][0], found.is_named) == ("short", "long", True)
    assert found.size == pytest.approx(600 * 0.3)


def test_what_is_not_recorded_claims_nothing():
    """Those of whom nobody wrote down the way lost everything: that is no way, and no claim is made of it."""
    (found,) = fit(certain([("long", 300), ("short", 400), (None, 300)], [0.5, 0.2, 1.0])).losses
    assert found.size == pytest.approx(300 * 0.3)
    assert [level for level, _ in found.by_level] == ["long"]


def test_numbers_become_classes_and_equal_numbers_stay_together():
    """A number is cut into about five classes of one size; what is not recorded is in none of them."""
    codes, levels = classes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, None, 1, 1])
    assert levels == ("up to 1", "over 1 up to 3", "over 3 up to 5", "over 5 up to 7", "over 7", None)
    assert codes.tolist() == [0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 5, 0, 0]


START = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
PERIOD = Period(START, START + dt.timedelta(days=N_DAYS))
ORGANISATION = """
org: { name: Small }
consumers: { guest: { outside: true } }
value-streams: { stream: { owner: ada } }
services:
  stay: { for: { guest: [uses] }, stream: stream, journey: [find, pay, sleep] }
"""


def keys(record):
    return {"source": "test", "record": record, "part": "0", "known_at": START, "where_from": "test", "digest": record}


def told(n=1500):
    """People with a phone are lost at paying three times as often; what was said of them afterwards goes with being lost."""
    draw, interactions, judgements = random.Random(4), [], []
    for nth in range(n):
        name, at = f"a{nth}", START + dt.timedelta(minutes=nth * 25)
        device = draw.choice(["phone", "desktop", "desktop"])
        is_lost = draw.random() < (0.45 if device == "phone" else 0.15)
        for place, step in enumerate(("find", "pay") if is_lost else ("find", "pay", "sleep")):
            outcome = "failed" if is_lost and step == "pay" else "reached"
            interactions.append(Interaction(
                **keys(name + step), happened_at=at + dt.timedelta(minutes=place), consumer=name, attempt=name, service="stay",
                step=step, channel="web", device=device, outcome=outcome,
            ))  # fmt: skip
        said = (("lead", draw.choice("abc"), at), ("mood", "bad" if is_lost else "good", at + dt.timedelta(1)))
        judgements += [
            Judgement(**keys(name + question), about=f"attempt:{name}", question=question, verdict=verdict, judged_at=when)
            for question, verdict, when in said
        ]
    return interactions, judgements


@pytest.fixture(scope="module")
def drawn():
    interactions, judgements = told()
    tree, problems = load_texts({"organisation.yaml": ORGANISATION})
    assert not [each for each in problems if each.severity == "error"]
    engine = DuckdbEngine()
    engine.add("interactions", arrow_rows(tables.INTERACTIONS, interactions))
    engine.add("judgements", arrow_rows(tables.JUDGEMENTS, judgements))
    prepare(engine, tree)
    observed, drivers = observe(engine, "stay", PERIOD), observe_drivers(engine, "stay", PERIOD)
    n_lost = sum(each is not None for each in observed.units["lost_step"].to_pylist())
    value = 1 - n_lost / observed.units.num_rows
    asked = LossMap("stay", "need", "completion >= 95% over 28d", SHARE, 1, 0.95, value, 0.95 - value, None,
                    float(observed.units.num_rows), PERIOD)  # fmt: skip
    return trace(asked, tree, observed, None, drivers), drivers


def test_a_driver_takes_its_part_of_what_was_not_traced(drawn):
    """Of a loss that no call explains, the device takes what it goes with; it is no origin, and mending it is not promised."""
    found, _ = drawn
    (box,) = (each for each in found.boxes if each.kind == DRIVER)
    assert (box.title, box.claim, box.alone, box.is_named, box.is_top) == ("Device: phone", GOES_WITH, None, False, False)
    assert box.starts_here == pytest.approx(0.30 / 3, abs=0.03)
    assert box.reference == "what was lost with desktop"
    assert [(each.to_id, each.rung) for each in found.ribbons if each.size] == [("driver:device", FITTED)]
    assert found.top == ()


def test_a_fitted_map_adds_up(drawn):
    """The gap is the shares and what nobody claims, and at every box as much goes out as came in."""
    found, _ = drawn
    shares = sum(each.starts_here for each in found.boxes)
    assert found.gap == pytest.approx(shares + found.unexplained - found.headroom)
    for box in found.boxes:
        out = sum(each.size for each in found.ribbons if each.from_id == box.id)
        assert box.flow_in == pytest.approx(box.starts_here + box.not_traced + out)
    rungs = dict(found.by_rung)
    assert rungs[FITTED] + rungs[UNTRACED] == pytest.approx(1.0)
    assert rungs[FITTED] == pytest.approx(shares / (1 - found.value))


def test_what_was_said_after_the_end_explains_nothing(drawn):
    """A word on an attempt that came after it began may come from how it ended, and is no driver."""
    _, drivers = drawn
    assert set(drivers.attributes["question"].to_pylist()) == {"lead"}


def test_what_was_looked_at_in_vain_is_listed(drawn):
    """Drivers that nobody could tell anything of are said, so that nobody takes them for cleared."""
    found, _ = drawn
    assert "Channel" in dict(found.not_identified)
    assert "Device" not in dict(found.not_identified)
