"""From facts to a loss map: calls joined to attempts, what was absorbed, what was sampled, and internal services."""

import datetime as dt
from dataclasses import replace

import pytest

from simulation.as_product import arrow_rows
from wholeservice import tables
from wholeservice.derived.exposures import observe, observe_part
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.findings.losses import AT_OR_BELOW, STARTS_HERE, LossMap
from wholeservice.findings.trace import trace
from wholeservice.measures.compute import prepare
from wholeservice.organisation.load import load_texts
from wholeservice.periods import Period
from wholeservice.tables import Call, Interaction
from wholeservice.units import SHARE

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
      search: { team: one, at: find }
      checkout: { team: one, at: pay, uses: [bank-link, { optional: advert }] }
      bank-link: { team: one }
      advert: { team: one }
teams: { one: { type: stream-aligned } }
"""
START = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
PERIOD = Period(START, START + dt.timedelta(days=28))
N = 40


def keys(record):
    return {"source": "test", "record": record, "part": "0", "known_at": START, "where_from": "test", "digest": record}


class Told:
    """Facts told attempt by attempt: twelve hours apart, one person each."""

    def __init__(self):
        self.interactions, self.calls, self.n = [], [], 0

    def attempt(self, lost_at=None, calls=(), weight=None):
        """*calls*: (step, span, parent, part, failed); people are lost at a step by failing there."""
        name, at = f"a{self.n}", START + dt.timedelta(hours=12 * self.n)
        self.n += 1
        for nth, step in enumerate(("find", "pay", "sleep")):
            outcome = "failed" if step == lost_at else "done" if step == "sleep" else "reached"
            when = at + dt.timedelta(minutes=nth)
            self.interactions.append(
                Interaction(**keys(f"{name}{step}"), happened_at=when, consumer=name, attempt=name, service="stay", step=step,
                            channel="web", outcome=outcome))  # fmt: skip
            if step == lost_at:
                break
        for step, span, parent, part, failed in calls:
            self.calls.append(
                Call(**keys(name + span), trace=name, span=span, parent=parent, service=part, step=step, started_at=at,
                     failed=failed, weight=weight))  # fmt: skip
        return self

    def engine(self):
        engine = DuckdbEngine()
        engine.add("interactions", arrow_rows(tables.INTERACTIONS, self.interactions))
        engine.add("calls", arrow_rows(tables.CALLS, self.calls))
        return engine


@pytest.fixture(scope="module")
def organisation():
    return load_texts({"organisation/all.yaml": ORGANISATION})[0]


def mapped(told, organisation, entity="stay", step=None):
    engine = told.engine()
    prepare(engine, organisation)
    is_part = entity != "stay"
    observed = observe_part(engine, entity, PERIOD) if is_part else observe(engine, entity, PERIOD, step)
    lost, n = sum(row is not None for row in observed.units["lost_step"].to_pylist()), observed.units.num_rows
    value = 1 - lost / n
    asked = LossMap(entity, "need", "target", SHARE, 1, 1.0, value, 1 - value, None, n, PERIOD)
    found = trace(asked, organisation, observed)
    engine.close()
    return found, {box.id: box for box in found.boxes}


FINE = [("find", "1", None, "search", False), ("pay", "2", None, "checkout", False), ("pay", "3", "2", "bank-link", False)]
BANK = [FINE[0], ("pay", "2", None, "checkout", True), ("pay", "3", "2", "bank-link", True)]


def told(n_lost, calls=BANK, weight=None, n=N):
    """*n* attempts, the first *n_lost* of them lost at paying with these calls."""
    story = Told()
    for number in range(n):
        story.attempt("pay" if number < n_lost else None, calls if number < n_lost else FINE, weight)
    return story


def test_calls_are_joined_to_the_call_that_made_them(organisation):
    """Ten of forty were lost at paying; the trail goes from the step over checkout to the bank link."""
    found, boxes = mapped(told(10), organisation)
    assert found.top == ("bank-link",)
    assert boxes["bank-link"].starts_here == pytest.approx(10 / 39)  # the last attempt cannot be judged yet
    assert {(r.from_id, r.to_id) for r in found.ribbons if r.size} == {("stay.pay", "checkout"), ("checkout", "bank-link")}


def test_a_try_that_came_too_early_is_not_counted(organisation):
    """An attempt in the last half hour of the facts cannot be judged yet: 39 of 40 are."""
    found, _ = mapped(told(10), organisation)
    assert found.n == N - 1


def test_an_undeclared_part_whose_failures_are_survived_explains_nothing(organisation):
    """checkout calls an undeclared meter that fails all the time; checkout minds it no more than an advert."""
    story, noisy = Told(), [*FINE, ("pay", "4", "2", "meter", True)]
    calls = [FINE[0], ("pay", "2", None, "checkout", True), FINE[2], ("pay", "4", "2", "advert", True)]
    for number in range(N):
        story.attempt("pay" if number < 10 else None, calls if number < 10 else noisy)
    _, boxes = mapped(story, organisation)
    assert (boxes["checkout"].claim, boxes["checkout"].starts_here) == (STARTS_HERE, pytest.approx(10 / 39))


def test_a_part_called_once_well_and_once_in_silence_is_not_seen_healthy(organisation):
    """checkout was called twice; only its healthy call recorded the bank link: the other may have died there."""
    calls = [FINE[0], ("pay", "2", None, "checkout", False), ("pay", "3", "2", "bank-link", False),
             ("pay", "5", None, "checkout", True)]  # fmt: skip
    found, boxes = mapped(told(10, calls), organisation)
    assert boxes["checkout"].claim == AT_OR_BELOW
    assert "calls of Bank link" in [each.what for each in found.missing]


def test_an_attempt_without_calls_stays_untraced(organisation):
    """Nothing was recorded of the lost attempts: the loss stays at the step and the map says what would help."""
    found, boxes = mapped(told(10, ()), organisation)
    assert boxes["stay.pay"].not_traced == pytest.approx(10 / 39)
    assert dict(found.by_rung)["untraced"] == pytest.approx(1.0)
    assert "calls of the lost attempts for which none is recorded" in [each.what for each in found.missing]


def test_sampled_traces_stand_for_those_that_were_not_recorded(organisation):
    """Half of the lost attempts are traced, each for two: the whole loss is at the bank link, less certainly."""
    story = Told()
    for number in range(N):
        is_lost, is_traced = number < 20, number % 2 == 0
        story.attempt("pay" if is_lost else None, (BANK if is_lost else FINE) if is_traced else (), 2.0)
    found, boxes = mapped(story, organisation)
    assert boxes["bank-link"].starts_here == pytest.approx(20 / 39)
    whole, certain = mapped(told(20), organisation)
    widths = [each["bank-link"].interval.high - each["bank-link"].interval.low for each in (boxes, certain)]
    assert widths[0] > 1.2 * widths[1]
    assert found.gap == pytest.approx(whole.gap)


def test_a_sample_that_favours_failures_does_no_harm(organisation):
    """All 12 with a failure are traced, of 20 who only left every tenth: 12 of 32 are at the bank link, not 12 of 14."""
    story = Told()
    for number in range(50):
        failed, left, is_traced = number < 12, 12 <= number < 32, number < 12 or number % 10 == 2
        calls = (BANK if failed else FINE) if is_traced else ()
        story.attempt("pay" if failed or left else None, calls, 1.0 if failed else 10.0)
    _, boxes = mapped(story, organisation)
    assert boxes["bank-link"].starts_here == pytest.approx(12 / 49)
    assert boxes["stay.pay"].not_traced == pytest.approx(20 / 49)


def test_where_a_channel_has_no_trace_those_of_the_step_stand_for_it(organisation):
    """Twelve of 24 lost on the web are traced, none of six in the app: the thirty are all at the bank link."""
    story = Told()
    for number in range(50):
        is_lost, is_traced = number < 30, number < 12 or number >= 30
        story.attempt("pay" if is_lost else None, (BANK if is_lost else FINE) if is_traced else (), 2.0)
    story.interactions = [replace(each, channel="app") if each.attempt in {f"a{n}" for n in range(24, 30)} else each
                          for each in story.interactions]  # fmt: skip
    _, boxes = mapped(story, organisation)
    assert boxes["bank-link"].starts_here == pytest.approx(30 / 49)
    assert boxes["stay.pay"].not_traced == 0


def test_a_few_traces_stand_for_nobody_else(organisation):
    """Nine of thirty lost attempts are traced: the other 21 stay at their step, in the dark."""
    story = Told()
    for number in range(50):
        is_lost, is_traced = number < 30, number < 9 or number >= 30
        story.attempt("pay" if is_lost else None, (BANK if is_lost else FINE) if is_traced else (), 3.0)
    found, boxes = mapped(story, organisation)
    assert boxes["bank-link"].starts_here == pytest.approx(9 / 49)
    assert boxes["stay.pay"].not_traced == pytest.approx(21 / 49)
    assert found.top == ("stay.pay",)


def test_a_step_target_counts_those_who_came_before_it(organisation):
    """Of those who came to pay, ten did not reach sleep; those lost at finding are not its business."""
    story = told(10)
    for _ in range(8):
        story.attempt("find", [("find", "1", None, "search", True)])
    found, boxes = mapped(story, organisation, step="sleep")
    assert found.n == N
    assert boxes["bank-link"].starts_here == pytest.approx(10 / N)
    assert boxes["search"].flow_in == 0.0


def test_an_internal_service_loses_the_calls_made_to_it(organisation):
    """For checkout the unit is a visit that called it; ten of forty failed, and they start at the bank link."""
    found, boxes = mapped(told(10), organisation, entity="checkout")
    assert (found.n, found.top) == (N, ("bank-link",))
    assert boxes["checkout"].layer == 0
    assert boxes["checkout"].flow_in == pytest.approx(boxes["bank-link"].starts_here) == pytest.approx(0.25)


def test_an_internal_service_can_be_where_it_starts(organisation):
    """checkout failed with everything behind it healthy: it is the origin of its own failed calls."""
    calls = [FINE[0], ("pay", "2", None, "checkout", True), FINE[2]]
    found, boxes = mapped(told(10, calls), organisation, entity="checkout")
    assert (found.top, boxes["checkout"].claim) == (("checkout",), STARTS_HERE)


def test_nothing_lost_draws_no_map(organisation):
    """A period in which nobody was lost has a reason, not a map."""
    found, _ = mapped(told(0), organisation)
    assert found.why_no_map == "nothing was seen to be lost in this period"


def test_other_environments_are_left_out(organisation):
    """A failed call in staging is not a failure that people met."""
    from dataclasses import replace

    story = told(10)
    story.calls += [replace(call, environment="staging", span=call.span + "s", failed=True) for call in story.calls]
    _, boxes = mapped(story, organisation)
    assert boxes["bank-link"].starts_here == pytest.approx(10 / 39)
    assert boxes["search"].flow_in == 0.0


def test_what_was_lost_at_no_step_stands_in_a_row(organisation):
    """Of 40 attempts ten were lost at paying and four named no step: the rows add up to all fourteen."""
    story = told(10)
    for number in range(11, 15):
        first = story.interactions.index(next(each for each in story.interactions if each.attempt == f"a{number}"))
        story.interactions[first : first + 3] = [replace(story.interactions[first], step=None, outcome="failed")]
    found, boxes = mapped(story, organisation)
    assert boxes["stay.no step recorded"].title == "No step recorded"
    assert boxes["stay.no step recorded"].not_traced == pytest.approx(4 / 39)  # the last attempt cannot be judged yet
    assert sum(box.starts_here + box.not_traced for box in found.boxes) == pytest.approx(14 / 39)
    assert found.gap == pytest.approx(14 / 39)
