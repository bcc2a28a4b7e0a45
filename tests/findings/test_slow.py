"""Where time is lost: calls joined as they were made, steps by when people came to them, and what is usual beside both."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from wholeservice.findings.called_times import call_trees
from wholeservice.findings.losses import AT_OR_BELOW, STARTS_HERE, LossMap
from wholeservice.findings.slow import as_share, trace_calls_times, trace_steps_times
from wholeservice.findings.timing import PARALLEL, RETRY, TimedCall, split_time, took_s
from wholeservice.organisation.load import load_texts
from wholeservice.periods import Period
from wholeservice.units import SECONDS

START = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
ORGANISATION = """
org: { name: Small }
consumers: { guest: { outside: true } }
value-streams: { stream: { owner: ada } }
services:
  stay:
    for: { guest: [uses] }
    stream: stream
    journey: [find, pay, sleep]
    parts:
      search: { team: one, at: find, uses: [prices, photos] }
      prices: { team: one }
      photos: { team: one, uses: [disk] }
      disk: { team: one }
teams: { one: { type: stream-aligned } }
"""
TREE = load_texts({"organisation.yaml": ORGANISATION})[0]


def asked(entity="search", level=2.0, value=3.0):
    period = Period(START, START + dt.timedelta(days=28))
    return LossMap(
        entity, "quick", f"p95 response-time <= {level}s over 28d", SECONDS, -1, level, value, value - level, None, 0, period
    )


def call(trace, span, parent, part, from_s, lasted_s, failed=False):
    return {"trace": trace, "span": span, "parent": parent, "part": part, "name": part, "failed": failed,
            "from_us": int(from_s * 1e6), "lasted_s": float(lasted_s)}  # fmt: skip


def table(rows):
    texts = [(name, pa.string()) for name in ("trace", "span", "parent", "part", "name")]
    schema = pa.schema([*texts, ("failed", pa.bool_()), ("from_us", pa.int64()), ("lasted_s", pa.float64())])
    return pa.Table.from_pylist(rows, schema=schema)


def search(trace, prices_s, photos_s, *, beside=True):
    """A search that calls prices and photos, and takes a tenth of a second itself."""
    after = 0.05 if beside else 0.05 + prices_s
    whole = 0.1 + (max(prices_s, photos_s) if beside else prices_s + photos_s)
    return [call(trace, "s", None, "search", 0, whole), call(trace, "p", "s", "prices", 0.05, prices_s),
            call(trace, "f", "s", "photos", after, photos_s)]  # fmt: skip


def units(rows, part="search"):
    kept = [row for row in rows if row["part"] == part]
    return pa.table({"hit": [1.0] * len(kept), "weight": [1.0] * len(kept), "cluster": [row["trace"] for row in kept],
                     "unit_s": [0] * len(kept), "lasted_s": [row["lasted_s"] for row in kept],
                     "trace": [row["trace"] for row in kept], "span": [row["span"] for row in kept]})  # fmt: skip


def mapped(rows):
    behind = units(rows)
    return trace_calls_times(as_share(asked(), behind, 0.95), TREE, behind, table(rows), 2.0)


def test_the_longer_of_two_calls_side_by_side_counts():
    """Of calls that are at times 0.9 and 1.0 s too long, 0.81 s are lost: shares 0.365 and 0.445, alone 0.19 and 0.27."""
    only_a, only_b, both = 0.19 / 0.9, 0.62 - (0.54 - 0.19) / 0.9, (0.54 - 0.19) / 0.9
    lost, alone, whole = {"a": 0.0, "b": 0.0}, {"a": 0.0, "b": 0.0}, 0.0
    for more_a, more_b, many in ((0.9, 0.0, only_a), (0.0, 1.0, only_b), (0.9, 1.0, both)):
        tree = TimedCall("page", 0.0, 0.0, (TimedCall("a", 0.5 + more_a, 0.5), TimedCall("b", 0.5 + more_b, 0.5)), PARALLEL)
        boxes, split = split_time(tree)
        whole += many * (took_s(tree) - 0.5)
        for box, share, by_itself in zip(boxes, split.share, split.alone, strict=True):
            lost[box] += many * share
            alone[box] += many * by_itself
    assert whole == pytest.approx(0.81)
    assert lost == pytest.approx({"a": 0.365, "b": 0.445})
    assert alone == pytest.approx({"a": 0.19, "b": 0.27})


def test_how_calls_were_joined_is_read_off_their_times():
    """Calls that overlap were made side by side, a call after a failed one of the same part is a try, the rest adds up."""
    rows = [
        call("t", "s", None, "search", 0, 5.0),
        call("t", "a", "s", "prices", 0.5, 1.0), call("t", "b", "s", "photos", 0.6, 1.4),
        call("t", "c", "s", "disk", 2.5, 0.5, failed=True), call("t", "d", "s", "disk", 3.0, 1.0),
    ]  # fmt: skip
    tree = call_trees(table(rows))["t", "s"]
    assert [each.join for each in tree.calls] == [PARALLEL, RETRY]
    assert tree.own_s == pytest.approx(5.0 - 1.5 - 0.5 - 1.0)
    assert took_s(tree) == pytest.approx(2.0 + 1.4 + 1.5)


def test_a_slow_part_beside_a_quick_one_takes_all_of_the_loss():
    """Where calls run side by side, only the longer one costs time: adding them up would blame both."""
    rows = [row for at in range(200) for row in search(f"t{at}", 4.0 if at % 5 == 0 else 0.5, 0.6)]
    found = mapped(rows)
    boxes = {box.id: box for box in found.boxes}
    assert found.value == pytest.approx(0.2)
    assert found.gap == pytest.approx(0.15)
    assert boxes["prices"].starts_here == pytest.approx(0.2)
    assert boxes["prices"].claim == STARTS_HERE
    assert "photos" not in boxes
    assert found.top == ("prices",)
    assert found.beside == "3 s instead of 2 s"
    assert found.gap == pytest.approx(sum(each.starts_here for each in found.boxes) + found.unexplained - found.headroom)


def test_two_slow_parts_one_after_the_other_share_and_either_mends():
    """In sequence, two parts that are each too long by enough share the loss, and mending one alone mends nothing."""
    rows = [row for at in range(200) for row in search(f"t{at}", *((1.8, 1.8) if at % 5 == 0 else (0.5, 0.5)), beside=False)]
    boxes = {box.id: box for box in mapped(rows).boxes}
    assert boxes["prices"].starts_here == pytest.approx(0.1)
    assert boxes["photos"].not_traced == pytest.approx(0.1)
    assert boxes["photos"].claim == AT_OR_BELOW  # its disk was not timed
    assert boxes["prices"].alone == pytest.approx(0.0)
    assert boxes["prices"].last == pytest.approx(0.2)


def test_a_long_step_takes_the_loss_of_those_it_made_late():
    """An attempt that took too long lost it at the step at which it was longer than usual, whatever is the longest step."""
    came, rows = [], []
    for at in range(100):
        pay_s = 900 if at % 4 == 0 else 60
        for step, at_s, waited_s in (("find", 0, None), ("pay", 600, 600), ("sleep", 600 + pay_s, pay_s)):
            came.append({"attempt": f"a{at}", "step": step, "at_s": at_s, "waited_s": waited_s})
        rows.append(
            {"hit": 1.0, "weight": 1.0, "cluster": f"a{at}", "unit_s": 0, "lasted_s": float(600 + pay_s), "attempt": f"a{at}"}
        )
    behind = pa.Table.from_pylist(rows)
    asked_for = as_share(asked("stay", level=900.0, value=1500.0), behind, 0.9)
    found = trace_steps_times(asked_for, TREE, behind, pa.Table.from_pylist(came), 900.0)
    boxes = {box.id: box for box in found.boxes}
    assert found.value == pytest.approx(0.25)
    assert found.gap == pytest.approx(0.15)
    assert boxes["stay.pay"].not_traced == pytest.approx(0.25)
    assert "stay.find" not in boxes
    assert dict(found.by_rung)["linked"] == pytest.approx(1.0)
