"""Loan applications as a journey: every count is that of a plain search in the log, and the pages draw it."""

from __future__ import annotations

import datetime as dt
import gzip
import re
import shutil
import statistics
from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from measures.given import START, engine_with, organisation, prepared, service
from wholeservice.app import settings
from wholeservice.app.web import render
from wholeservice.app.workspace import current_data, ingest_workspace
from wholeservice.facts.store import Store
from wholeservice.measures.asked import over
from wholeservice.pages import blueprint, feedback
from wholeservice.pages import service as service_page
from wholeservice.pages.base import Data
from wholeservice.periods import parse_period

pytestmark = pytest.mark.real_data

ROOT = Path(__file__).resolve().parents[2]
STEPS = {
    "A_SUBMITTED": "submit", "A_PREACCEPTED": "pass-first-check", "A_ACCEPTED": "be-accepted", "A_FINALIZED": "get-offer",
    "O_SENT_BACK": "send-papers-back", "A_APPROVED": "get-loan", "A_DECLINED": "declined", "A_CANCELLED": "cancelled",
}  # fmt: skip
WAY = list(STEPS.values())[:6]
ENDS = {"get-loan", "declined", "cancelled"}


@dataclass(frozen=True)
class Case:
    """One application as the file has it: the month it began in, its states with theirs, and the name of every event."""

    month: str
    states: tuple[tuple[str, str], ...]
    events: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[str, ...]:
        return tuple(step for step, _ in self.states)


@pytest.fixture(scope="module")
def cases(real_data: Path) -> list[Case]:
    """Every application, found by regular expressions and nothing of ours."""
    with gzip.open(real_data / "loan" / "bpic2012.xes.gz", "rt", encoding="utf-8") as file:
        histories = file.read().split("<trace>")[1:]
    return [_case(each) for each in histories]


def _case(history: str) -> Case:
    found, events = [], []
    for event in history.split("<event>")[1:]:
        state, month = re.search(r'concept:name" value="([^"]*)"', event), re.search(r'timestamp" value="(\d{4}-\d\d)', event)
        found.append((STEPS.get(state[1]), month[1]))
        events.append(state[1])
    return Case(found[0][1], tuple((step, month) for step, month in found if step), tuple(events))


@pytest.fixture(scope="module")
def loan(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> settings.Settings:
    """The example with its facts."""
    folder = tmp_path_factory.mktemp("loan") / "loan"
    shutil.copytree(ROOT / "examples" / "loan", folder, ignore=shutil.ignore_patterns(".wholeservice"))
    declared, _ = settings.load(folder, overrides=[f"data={real_data / 'loan'}"])
    ingest_workspace(declared)
    return declared


@pytest.fixture(scope="module")
def data(loan: settings.Settings) -> Data:
    """The example, measured."""
    return current_data(loan)


def of_november(data: Data, measure: str, step: str | None = None):
    """Return the one number of those who applied in November 2011: long enough ago that each of them can be judged."""
    (point,) = over(data.results, parse_period("2011-11", data.zone)).series(measure, "loan", step=step)[-1:]
    return point.value


def test_every_application_and_every_state_is_a_fact(loan, cases):
    """13,087 applications; as many rows at each step as the file has events, and as many applications."""
    store = Store(loan.folder / ".wholeservice" / "store")
    rows = store.read(store.latest(), "interactions").to_pylist()
    assert len({row["attempt"] for row in rows}) == len(cases) == 13_087
    assert Counter(row["step"] for row in rows) == Counter(step for each in cases for step in each.steps)
    reached = Counter(step for _, step in {(row["attempt"], row["step"]) for row in rows})
    assert reached == Counter(step for each in cases for step in set(each.steps)) == {
        "submit": 13_087, "pass-first-check": 7_367, "be-accepted": 5_113, "get-offer": 5_015, "send-papers-back": 3_254,
        "get-loan": 2_246, "declined": 7_635, "cancelled": 2_807,
    }  # fmt: skip


def test_each_application_ends_in_one_way_or_is_open(cases):
    """2,246 got the loan, 7,635 were declined, 2,807 called it off, 399 were open when the log ends; none did two of these."""
    assert Counter(frozenset(ENDS & set(each.steps)) for each in cases) == {
        frozenset({"get-loan"}): 2_246, frozenset({"declined"}): 7_635, frozenset({"cancelled"}): 2_807, frozenset(): 399,
    }  # fmt: skip


def test_a_clear_no_is_a_completion(data, cases):
    """Of those who applied in November, as many got to an end as in the file: all 2,940, not the 460 who got the loan."""
    begun = [each for each in cases if each.month == "2011-11"]
    ended = sum(bool(ENDS & set(each.steps)) for each in begun)
    value = of_november(data, "completion")
    assert (value.n, value.value) == (len(begun), ended / len(begun)) == (2_940, 1.0)


@pytest.mark.parametrize(("before", "step"), list(pairwise(WAY)))
def test_as_many_go_on_as_in_the_file(data, cases, before, step):
    """Applications, not events: papers that came back twice count once."""
    begun = [set(each.steps) for each in cases if each.month == "2011-11"]
    here, further = sum(before in each for each in begun), sum({before, step} <= each for each in begun)
    value = of_november(data, "step-conversion", step)
    assert (value.n, value.value) == (here, pytest.approx(further / here, abs=1e-12))


def way_of(case: Case) -> str:
    """The steps of an application as a path has them: no end besides the last step, no step twice in a row."""
    return " > ".join(step for step, _ in groupby(step for step in case.steps if step not in ENDS - {"get-loan"}))


def test_a_path_folds_what_the_variants_of_the_log_tell_apart(cases):
    """By every event 13,087 applications have 4,366 variants; with what is repeated in a row as one stay 1,309 paths."""
    rows = [
        {"happened_at": START + dt.timedelta(seconds=place), "service": "loan", "attempt": f"{number}", "step": name}
        for number, each in enumerate(cases) for place, name in enumerate(each.events)
    ]  # fmt: skip
    engine = prepared(engine_with(interactions=rows), organisation(service("loan", "begin")), ["paths"])
    ours = Counter(engine.run(engine.table("paths").select("path")).column("path").to_pylist())
    engine.close()
    folded = [[name for name, _ in groupby(each.events)] for each in cases]
    assert ours == Counter(" > ".join([*stays[:30], *["…"][: len(stays) > 30]]) for stays in folded)
    assert (len({each.events for each in cases}), len(set(map(tuple, folded)))) == (4_366, 1_309)


def test_the_ways_of_november_are_those_of_the_file(data, cases):
    """Each path that five applicants or more took, how many took it, and how many of those came to an end; the rest as one."""
    november = replace(data, results=over(data.results, parse_period("2011-11", data.zone)))
    begun = [each for each in cases if each.month == "2011-11"]
    taken, ended = Counter(map(way_of, begun)), Counter(way_of(each) for each in begun if ENDS & set(each.steps))
    told = sorted((path for path in taken if taken[path] >= 5), key=lambda path: (-taken[path], path))[:20]
    shown = service_page.build(november, "loan").band.paths
    assert [(each.path, each.n, each.arrived.value) for each in shown.rows if each.steps] == [
        (path, taken[path], ended[path] / taken[path]) for path in told
    ]
    assert shown.n == len(begun) == 2_940
    assert sum(each.n for each in shown.rows if not each.steps) == sum(taken.values()) - sum(taken[path] for path in told)


def test_who_leaves_had_come_to_an_end(data, cases):
    """Of the November applications that never passed the first check, each was declined or called off."""
    left = [set(each.steps) for each in cases if each.month == "2011-11" and "pass-first-check" not in each.steps]
    value = of_november(data, "left-at-an-end", "pass-first-check")
    assert (value.n, value.value) == (len(left), sum(bool(each & ENDS) for each in left) / len(left)) == (1_450, 1.0)


def test_the_pages_draw_the_journey(data, cases):
    """The river and the blueprint of November's applications, each once and in order; nobody was lost without being told."""
    november = replace(data, results=over(data.results, parse_period("2011-11", data.zone)))
    counted = Counter(step for each in cases if each.month == "2011-11" for step in set(each.steps))
    page = service_page.build(november, "loan")
    drawn = page.band.journey.drawing.steps
    assert [(each.id, each.people) for each in drawn] == [(step, counted[step]) for step in WAY]
    assert page.band.journey.leaving == (
        "2,480 of 2,940 attempts (84.4%) leave between “Apply” and “Get the loan”; 2,480 with nothing more to do"
    )
    assert page.band.journey.leaving in render(service_page.PAGE, page).replace("\N{NO-BREAK SPACE}", " ")
    whole = render(blueprint.PAGE, blueprint.build(november, "loan"))
    assert all(f"{counted[step]:,} come" in whole for step in WAY)
    assert "Nobody is asked at any step" in render(feedback.PAGE, feedback.build(november, "loan"))


@pytest.fixture(scope="module")
def histories(real_data: Path) -> list[list[tuple[str, int]]]:
    """The first time that each application came to each state, in whole seconds, in the order of the file."""
    with gzip.open(real_data / "loan" / "bpic2012.xes.gz", "rt", encoding="utf-8") as file:
        found = file.read().split("<trace>")[1:]
    return [_first_times(each) for each in found]


def _first_times(history: str) -> list[tuple[str, int]]:
    first: dict[str, int] = {}
    for event in history.split("<event>")[1:]:
        name, at = re.search(r'concept:name" value="([^"]*)"', event)[1], re.search(r'timestamp" value="([^"]*)"', event)[1]
        if name in STEPS and 'transition" value="COMPLETE"' in event:
            first.setdefault(STEPS[name], int(dt.datetime.fromisoformat(at).timestamp()))
    return sorted(first.items(), key=lambda each: each[1])


def test_who_waits_longer_than_two_weeks_waits_for_the_offer_to_come_back(data, histories):
    """As many took longer as plain loops count, and mending one stage alone wins back as many as they find it late by."""
    drawn = data.loss_maps["loan", "soon"]
    limit_s = 14 * 86400
    ends = [next((at for step, at in each if step in ENDS), None) for each in histories]
    took = sorted(end - each[0][1] for each, end in zip(histories, ends, strict=True) if end is not None)
    place = (len(took) - 1) * 0.99
    usual = took[int(place)] + (took[int(place) + 1] - took[int(place)]) * (place % 1)
    newest = max(at for each in histories for _, at in each)
    lo, hi = drawn.period.from_at.timestamp(), drawn.period.to_at.timestamp()
    units = [
        (each, end - each[0][1]) for each, end in zip(histories, ends, strict=True)
        if end is not None and lo <= each[0][1] < hi and newest - each[0][1] >= usual
    ]  # fmt: skip
    late = [(each, took_s - limit_s) for each, took_s in units if took_s > limit_s]
    assert drawn.n == len(units)
    assert drawn.value == pytest.approx(len(late) / len(units))
    known: dict[str, list[int]] = {}
    for each, took_s in units:
        if took_s <= limit_s:
            for (step, at), (_, after) in pairwise(each):
                known.setdefault(step, []).append(after - at)
    middle = {step: statistics.median(lengths) for step, lengths in known.items() if len(lengths) >= 8}
    alone = Counter(
        step for each, over in late for (step, at), (_, after) in pairwise(each) if after - at - middle.get(step, 0) >= over
    )
    boxes = {box.id: box for box in drawn.boxes}
    for step in ("get-offer", "pass-first-check", "send-papers-back"):
        assert boxes[f"loan.{step}"].alone == pytest.approx(alone[step] / len(units), abs=1e-3)
    assert drawn.top == ("loan.get-offer",)
    assert sum(box.starts_here + box.not_traced for box in drawn.boxes) == pytest.approx(len(late) / len(units))
