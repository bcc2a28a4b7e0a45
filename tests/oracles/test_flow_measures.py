"""The measures of work against plain Python that walks through the life of every item hour by hour."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from measures.given import START, engine_with, organisation, prepared, service
from wholeservice.measures import MEASURES
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.compute import compute
from wholeservice.organisation.graph import Edge, Entity

STAGES = ({"stage": "Design", "kind": "necessary"}, {"stage": "Build", "kind": "value-adding", "named": ("In Dev",)},
          {"stage": "Approve", "queue": "approval", "team": "board", "kind": "waste"},
          {"stage": "Ship", "meets": ("id-check",)})  # fmt: skip
WORDS = {"design": 0, "IN_DEV": 1, "Approve": 2, "ship": 3, "Parked": None}
NAMES = {0: "Design", 1: "Build", 2: "Approve", 3: "Ship", None: "Parked"}
RANK = {"active": 0, "blocked": 1, "returned": 2, "queued": 3, "done": 4, "odd": 5}
HOURS = 31 * 24
HOUR_S = 3600.0
MONTH = (START, dt.datetime(2026, 2, 1, tzinfo=dt.UTC), "calendar")
OWN, OTHER = "makers", "board"


@dataclass
class Life:
    """An item in whole hours since the start: where it was in each hour (None: nobody knows)."""

    name: str
    kind: str | None
    known: int | None
    created: int
    done: int | None
    stays: list[tuple[str, str, int, int, str | None, str | None]] = field(
        default_factory=list
    )  # word, state, from, to, team, on

    def hours(self, end: int) -> list[int | None]:
        """Which stay has each hour of the life: the one that counts most, of equals the first."""
        last = end if self.done is None else self.done
        inside = [[n for n, s in enumerate(self.stays) if s[2] <= hour < s[3]] for hour in range(self.created, last)]
        return [min(each, key=lambda n: (RANK[self.stays[n][1]], self.stays[n][2], n)) if each else None for each in inside]


def some_lives() -> list[Life]:
    draw = random.Random(7)
    lives = []
    for n in range(120):
        created = draw.randrange(0, HOURS - 60)
        life = Life(f"i{n}", draw.choice(("defect", "feature", None)), draw.choice((None, max(0, created - 9))), created, None)
        hour = created
        for _ in range(draw.randrange(0, 9)):
            hour += draw.choice((0, 0, 3))
            to = min(hour + draw.randrange(1, 30), HOURS)
            state = draw.choice(("active", "active", "queued", "blocked", "returned", "odd"))
            on = draw.choice((None, None, None, OTHER, OWN, f"i{n}")) if state != "active" else None
            life.stays.append((draw.choice(list(WORDS)), state, hour, to, draw.choice((OWN, OWN, OWN, OTHER)), on))
            hour = to
        if draw.random() < 0.7 and hour < HOURS - 2:
            life.done = hour + 1
        life.stays = [each for each in life.stays if each[2] < each[3]]
        lives.append(life)
    lives.append(Life("last", None, None, HOURS - 2, None, [("design", "queued", HOURS - 2, HOURS, None, None)]))
    return lives


def facts_of(lives: list[Life]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    def instant(hour: int | None) -> dt.datetime | None:
        return None if hour is None else START + dt.timedelta(hours=hour)

    items = [{"item": each.name, "service": "shop", "kind": each.kind, "known_at_source": instant(each.known),
              "created_at": instant(each.created), "done_at": instant(each.done)} for each in lives]  # fmt: skip
    work = [{"item": each.name, "stage": word, "state": state, "from_at": instant(a), "to_at": instant(b), "team": team,
             "waits_on": on}
            for each in lives for word, state, a, b, team, on in each.stays]  # fmt: skip
    return items, work


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    return some_lives()


@pytest.fixture(scope="module")
def sums(lives: list[Life]) -> Mapping[tuple[str, str | None, str | None], Statistics]:
    """What the measures say of the stream in January: by measure, step and segment."""
    items, work = facts_of(lives)
    stream = Entity("flow", "value-stream", "Flow", fields={"stages": STAGES})
    teams = [Entity(each, "team", each, fields={"people": 6, "line": line}) for each, line in ((OWN, 1), (OTHER, 2))]
    edges = (Edge("shop", "runs-in", "flow"), Edge("shop", "owned-by", OWN))
    known = organisation(service("shop", team=OWN), stream, *teams, Entity("id-check", "policy", "Id"), edges=edges)
    ours = [each for each in MEASURES if "lives" in each.needs]
    engine = prepared(engine_with(items=items, work=work), known, ["lives", "tiles"])
    rows = compute(engine, known, zone="UTC", source_order=(), measures=ours)
    return {(c.measure, c.step, c.segment): each for c, each in rows if c.entity == "flow" and in_month(c, MONTH)}


def in_month(cell: Cell, month: tuple[dt.datetime, dt.datetime, str]) -> bool:
    return (cell.from_at, cell.to_at, cell.window) == month


def started(life: Life) -> int | None:
    hours = life.hours(HOURS)
    return next((life.created + n for n, s in enumerate(hours) if s is not None and life.stays[s][1] == "active"), None)


def states(life: Life) -> list[str | None]:
    return [None if s is None else life.stays[s][1] for s in life.hours(HOURS)]


def worked(life: Life) -> int:
    return states(life).count("active")


def waited(life: Life) -> int:
    return sum(each in ("queued", "blocked", "returned") for each in states(life))


def visits(life: Life) -> list[tuple[str, int | None, str, str | None, int]]:
    """The pieces of its life that somebody saw, in order: stage, its place, state, what it waits on, hours."""
    found: list[list[Any]] = []
    for s in life.hours(HOURS):
        if s is not None and found and found[-1][0] == s:
            found[-1][1] += 1
        elif s is not None:
            found.append([s, 1])
    said = [(WORDS[life.stays[s][0]], life.stays[s], n) for s, n in found]
    return [(NAMES[place], place, stay[1], stay[5], n) for place, stay, n in said]


def sent_back(life: Life) -> set[str]:
    """The stages it was sent back to."""
    found, before = set(), None
    for name, place, state, _, _ in visits(life):
        if state == "returned" or (place is not None and before is not None and place < before):
            found.add(name)
        before = before if place is None else place
    return found


def median(values: list[float]) -> float:
    return sorted(values)[math.ceil(len(values) / 2) - 1]


def is_median(found: Statistics, hours: list[float], name: str) -> None:
    measure = next(each for each in MEASURES if each.name == name)
    assert found.n == len(hours)
    assert measure.finish(found).value == pytest.approx(median(hours) * HOUR_S, rel=0.032)


def test_times_of_items(lives: list[Life], sums: Any):
    """Cycle and lead time of what is done, time to permission of what began, age of what is open."""
    done = [each for each in lives if each.done is not None]
    began = [(each, start) for each in lives if (start := started(each)) is not None]
    is_median(sums["lead-time", None, None], [each.done - each.created for each in done], "lead-time")
    is_median(
        sums["cycle-time", None, None], [each.done - start for each, start in began if each.done is not None], "cycle-time"
    )
    waits = [start - (each.created if each.known is None else each.known) for each, start in began]
    is_median(sums["time-to-permission", None, None], waits, "time-to-permission")
    is_median(sums["work-item-age", None, None], [HOURS - start for each, start in began if each.done is None], "work-item-age")


def test_counts_of_items(lives: list[Life], sums: Any):
    """How many were done, of which kinds, and how many were in progress in an hour, on average."""
    kinds = Counter(each.kind for each in lives if each.done is not None)
    assert (sums["throughput", None, None].numerator, sums["throughput", None, None].n) == (kinds.total(), len(lives))
    for kind in ("defect", "feature"):
        assert sums["throughput", None, f"kind:{kind}"].numerator == kinds[kind]
        share = sums["flow-distribution", None, f"kind:{kind}"]
        assert (share.numerator, share.denominator) == (kinds[kind], kinds["defect"] + kinds["feature"])
    first = min(each.created for each in lives)
    at_work = [(start, HOURS if each.done is None else each.done) for each in lives if (start := started(each)) is not None]
    in_hour = [sum(a <= hour < b for a, b in at_work) for hour in range(first, HOURS)]
    wip = next(each for each in MEASURES if each.name == "wip").finish(sums["wip", None, None]).value
    assert wip == pytest.approx(sum(in_hour) / len(in_hour))


def test_time_that_is_work(lives: list[Life], sums: Any):
    """How time was spent, and what it was worth, as one ratio of sums."""
    done = [each for each in lives if each.done is not None]
    work, wait = sum(map(worked, done)), sum(map(waited, done))
    whole = sum(each.done - each.created for each in done)
    by_stage = Counter()
    for each in done:
        for name, _, state, _, n in visits(each):
            by_stage[name] += n if state == "active" else 0
    known = wait + by_stage["Design"] + by_stage["Build"] + by_stage["Approve"]
    expected = {
        "flow-efficiency": (work, work + wait), "flow-time-known": (work + wait, whole), "stage-kind-known": (known, whole),
        "value-adding-time": (by_stage["Build"], known), "waste-time": (wait + by_stage["Approve"], known),
    }  # fmt: skip
    for name, (over, under) in expected.items():
        found = sums[name, None, None]
        assert (found.numerator / HOUR_S, found.denominator / HOUR_S) == (over, under), name


def test_what_came_back(lives: list[Life], sums: Any):
    """Which items came back at all, and to which stage."""
    done = [each for each in lives if each.done is not None and each.stays]
    rework = sums["rework", None, None]
    assert (rework.numerator, rework.denominator) == (sum(bool(sent_back(each)) for each in done), len(done))
    for name in ("Design", "Build", "Approve", "Ship"):
        through = [each for each in done if any(visit[0] == name for visit in visits(each))]
        found = sums["first-pass", name, None]
        assert (found.numerator, found.denominator) == (sum(name not in sent_back(each) for each in through), len(through))
    assert ("first-pass", "Parked", None) not in sums


def test_times_at_stages(lives: list[Life], sums: Any):
    """Work and waiting at each stage, a name that is no stage under its own; who had none there counts with 0."""
    done = [each for each in lives if each.done is not None]
    for name in ("Design", "Build", "Approve", "Ship", "Parked"):
        through = [[v for v in visits(each) if v[0] == name] for each in done]
        through = [each for each in through if each]
        is_median(
            sums["stage-work-time", name, None], [sum(v[4] for v in e if v[2] == "active") for e in through], "stage-work-time"
        )
        waits = [sum(v[4] for v in e if v[2] in ("queued", "blocked", "returned")) for e in through]
        is_median(sums["stage-wait-time", name, None], waits, "stage-wait-time")


def test_who_was_needed(lives: list[Life], sums: Any):
    """What one team did alone, and how often somebody outside was asked."""
    done = [each for each in lives if each.done is not None]
    known = [each for each in done if any(stay[1] == "active" for stay in each.stays)]
    alone = sums["done-alone", None, None]
    assert (alone.numerator, alone.denominator) == (sum(map(is_alone, known)), len(known))
    asked = [permissions(each) for each in done if visits(each)]
    found = sums["permissions-per-change", None, None]
    assert (found.numerator, found.denominator) == (sum(asked), len(asked))


def test_what_the_front_solved(lives: list[Life], sums: Any):
    """Who ever had it, at work or not; what nobody's stays tell of is left out, and what is open is not done."""
    had = [{stay[4] for stay in each.stays} - {None} for each in lives if each.done is not None]
    found = sums["solved-at-front", None, None]
    assert (found.numerator, found.denominator) == (sum(each == {OWN} for each in had), sum(bool(each) for each in had))
    assert 0 < found.numerator < found.denominator


def is_alone(life: Life) -> bool:
    teams = {stay[4] for stay in life.stays if stay[1] == "active"}
    kept = {s for s in life.hours(HOURS) if s is not None}
    waits = [life.stays[s] for s in kept if life.stays[s][1] in ("queued", "blocked", "returned")]
    return len(teams) == 1 and all(stay[4] == OWN and stay[5] != OTHER for stay in waits)


def permissions(life: Life) -> int:
    passes: list[tuple[str, bool]] = []
    for name, place, _, on, _ in visits(life):
        asks = place in (2, 3) or on == OTHER
        if passes and passes[-1][0] == name:
            asks = passes.pop()[1] or asks
        passes.append((name, asks))
    return sum(asks for _, asks in passes)


def test_littles_law():
    """Over a span that begins and ends with nothing in progress, it is the rate of finishing times the mean time it takes."""
    spans = [(2, 30), (10, 200), (25, 31), (40, 340), (200, 201)]  # hours
    lives = [Life(f"i{n}", None, None, 0, b, [("Build", "active", a, b, OWN, None)]) for n, (a, b) in enumerate(spans)]
    items, work = facts_of([*lives, Life("end", None, None, 0, HOURS - 1)])
    engine = prepared(engine_with(items=items, work=work), organisation(service("shop")), ["lives"])
    wip = next(each for each in MEASURES if each.name == "wip")
    rows = compute(engine, organisation(service("shop")), zone="UTC", source_order=(), measures=[wip])
    found = next(each for cell, each in rows if cell.entity == "shop" and in_month(cell, MONTH))
    rate, mean = len(spans) / (HOURS - 1), sum(b - a for a, b in spans) / len(spans)
    assert wip.finish(found).value == pytest.approx(rate * mean)
