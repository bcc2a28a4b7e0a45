"""Losses that no call is linked to, joined by time: all parts at once, like beside like, and chance as placebo days show it."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pyarrow as pa
import pytest

from wholeservice.derived.faults import Hours
from wholeservice.findings.joined_in_time import join_in_time
from wholeservice.findings.propagation import AT_OR_BELOW, STARTS_HERE, Dependency
from wholeservice.findings.windows import excess, worse_hours
from wholeservice.periods import Period

START = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)  # a Monday
N_DAYS = 28
PERIOD = Period(START, START + dt.timedelta(days=N_DAYS))
FIRST_S, N_HOURS = int(START.timestamp()), N_DAYS * 24
WIRING = {
    "s.pay": (Dependency("shop"), Dependency("mail", "optional")),
    "shop": (Dependency("bank"), Dependency("spare", "any", "g"), Dependency("other", "any", "g")),
}
BEGIN = ((2, 9), (5, 14), (9, 10), (12, 18), (17, 9), (20, 13), (25, 16))
SPELLS = [(day * 24 + hour, day * 24 + hour + 4) for day, hour in BEGIN]


def happened(lost_in=(), *, share=0.5, usual=0.05, n=20, seed=1):
    """Twenty people an hour by day at one step; *share* of them lost more in the hours of *lost_in*."""
    draw, rows = random.Random(seed), []
    for hour in range(N_HOURS):
        if 8 <= hour % 24 < 22:
            rate = usual + (share if any(begin <= hour < end for begin, end in lost_in) else 0.0)
            rows.append(("pay", "web", FIRST_S + hour * 3600, n, sum(draw.random() < rate for _ in range(n))))
    return pa.table({name: list(column) for name, column in
                     zip(("step", "channel", "hour_s", "n", "n_lost"), zip(*rows, strict=True), strict=True)})  # fmt: skip


def calls(failing, n=60):
    """Sixty calls an hour to each part; *failing*: part -> (spells, failures an hour in them)."""
    rows = [
        (part, FIRST_S + hour * 3600, n, k if any(begin <= hour < end for begin, end in spells) else 0)
        for part, (spells, k) in failing.items()
        for hour in range(N_HOURS)
    ]
    return pa.table({name: list(column) for name, column in
                     zip(("part", "hour_s", "n_calls", "n_failed"), zip(*rows, strict=True), strict=True)})  # fmt: skip


def incidents(open_in):
    """Whole hours in which an incident of a part was open."""
    rows = [(part, hour) for part, spells in open_in.items() for begin, end in spells for hour in range(begin, end)]
    return pa.table(
        {
            "part": pa.array([part for part, _ in rows], pa.string()),
            "hour_s": pa.array([FIRST_S + hour * 3600 for _, hour in rows], pa.int64()),
            "harm_s": pa.array([3600.0] * len(rows), pa.float64()),
        }
    )


def joined(passed, *, parts=None, harm=None):
    hours = Hours(passed, parts or calls({"none": ((), 0)}), harm or incidents({}))
    return join_in_time(hours, PERIOD, WIRING, {"pay": "s.pay"})


def sizes(timed):
    found: dict[str, float] = {}
    for each in timed.losses:
        found[each.part] = found.get(each.part, 0.0) + each.size
    return found


def noise(timed, part):
    return sum(each.get(part, 0.0) ** 2 for each in timed.chance) ** 0.5


def test_what_is_lost_beside_an_incident_is_joined_to_its_part():
    """Half of 20 people an hour in 28 hours are lost beside incidents of the bank: about 280, far beyond the placebo days."""
    passed = happened(SPELLS)
    timed = joined(passed, harm=incidents({"bank": SPELLS}))
    lost = sum(row["n_lost"] - 0.05 * row["n"] for row in passed.to_pylist()
               if any(begin <= (row["hour_s"] - FIRST_S) // 3600 < end for begin, end in SPELLS))  # fmt: skip
    assert sizes(timed)["bank"] == pytest.approx(lost, rel=0.1)
    assert timed.as_one["bank"] > 5 * noise(timed, "bank")
    assert {each.route for each in timed.losses} == {("s.pay", "shop", "bank")}


def test_two_signals_are_looked_at_together_and_the_harmless_one_is_not_blamed():
    """The shop has incidents in half of the bank's hours and in others: alone it would be blamed, beside the bank it is not."""
    elsewhere = [(day * 24 + 12, day * 24 + 17) for day in (3, 7, 10, 14, 21)]
    passed = happened(SPELLS)
    both = joined(passed, harm=incidents({"bank": SPELLS, "shop": SPELLS[:3] + elsewhere}))
    alone = joined(passed, harm=incidents({"shop": SPELLS[:3] + elsewhere}))
    assert sizes(alone)["shop"] > 60
    assert abs(sizes(both).get("shop", 0.0)) < 30
    assert sizes(both)["bank"] > 200


def test_parts_that_are_always_worse_together_share_the_claim():
    """Nothing tells the bank from the shop: each carries half, and may have lost all of it."""
    timed = joined(happened(SPELLS), harm=incidents({"bank": SPELLS, "shop": SPELLS}))
    assert sizes(timed)["bank"] == pytest.approx(sizes(timed)["shop"])
    assert timed.as_one["bank"] == pytest.approx(2 * sizes(timed)["bank"])
    assert {each.together for each in timed.losses} == {("bank", "shop")}
    assert {each.claim for each in timed.losses} == {AT_OR_BELOW}


def test_a_busy_hour_is_no_incident():
    """Every evening more people leave, and every evening the bank has an incident: the hour explains it."""
    evenings = [(day * 24 + 18, day * 24 + 20) for day in range(N_DAYS)]
    timed = joined(happened(evenings, share=0.2), harm=incidents({"bank": evenings}))
    assert timed.losses == ()


def test_one_day_is_no_proof():
    """An incident on one quiet day stays within what the same hours of other days give."""
    timed = joined(happened(seed=5), harm=incidents({"bank": [(10 * 24 + 9, 10 * 24 + 12)]}))
    assert all(each.size < 3 * noise(timed, "bank") for each in timed.losses)


def test_what_can_be_done_without_or_stood_in_for_is_never_blamed():
    """Mail is optional, and the spare has another beside it that works: neither can have lost anybody."""
    timed = joined(happened(SPELLS), harm=incidents({"mail": SPELLS, "spare": SPELLS}))
    assert timed.losses == ()


def test_a_part_judged_by_its_calls_starts_a_loss_only_where_all_below_it_was_seen():
    """The shop fails by itself while all it uses is seen and well; without calls of the bank it is "at or below"."""
    seen = calls({"shop": (SPELLS, 30), "bank": ((), 0), "spare": ((), 0), "other": ((), 0)})
    assert {each.claim for each in joined(happened(SPELLS), parts=seen).losses} == {STARTS_HERE}
    dark = calls({"shop": (SPELLS, 30), "spare": ((), 0), "other": ((), 0)})
    assert {each.claim for each in joined(happened(SPELLS), parts=dark).losses} == {AT_OR_BELOW}


def test_what_a_part_passes_on_is_not_its_own():
    """The bank fails and the shop with it: all of it is the bank's."""
    worse = worse_hours(calls({"shop": (SPELLS, 31), "bank": (SPELLS, 30)}), incidents({}), WIRING, FIRST_S, N_HOURS)
    assert set(worse.own) == {"bank"}


def test_the_usual_rate_is_that_of_the_quiet_hours():
    """Twelve of sixty fail for half of the time, one in 240 else: the bad half is worse, though the mean lies between."""
    failed = np.where(np.arange(N_HOURS) < N_HOURS // 2, 12.0, (np.arange(N_HOURS) % 4 == 0) * 1.0)
    dose = excess(failed, np.full(N_HOURS, 60.0))
    assert dose[: N_HOURS // 2].min() > 0.15
    assert dose[N_HOURS // 2 :].max() == 0.0


def test_few_calls_an_hour_are_taken_together():
    """Two calls an hour tell nothing one by one; twelve hours of failures among them do."""
    failed = np.zeros(N_HOURS)
    failed[240:264] = 1.0
    dose = excess(failed, np.full(N_HOURS, 2.0))
    assert dose[240:264].mean() > 0.3
    assert dose[:200].max() == 0.0


def test_a_fortnight_is_the_least():
    """With ten days there are nine placebo days: too few to know what chance does."""
    hours = Hours(happened(SPELLS), calls({"none": ((), 0)}), incidents({"bank": SPELLS}))
    assert join_in_time(hours, Period(START, START + dt.timedelta(days=10)), WIRING, {"pay": "s.pay"}).losses == ()
