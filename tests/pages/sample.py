"""A small hotel organisation with results made by hand, and a large one to measure speed with."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from wholeservice.facts.quality import (
    Declaration,
    Emptied,
    Reading,
    Repeated,
    Rests,
    Share,
    SourceQuality,
    TableRows,
    Unknown,
)  # fmt: skip
from wholeservice.facts.rhythm import Gap, Rhythm, Span
from wholeservice.findings.base import Evidence, Finding
from wholeservice.findings.losses import ASSUMED, Box, LossMap, MissingData, Ribbon
from wholeservice.mapping.quarantine import Reason
from wholeservice.measures.base import FULL_COUNT, SAMPLE, Cell, Measure, Statistics, Value
from wholeservice.measures.behind_rows import Behind, RowBehind
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Edge, Entity, Need, Organisation, Step, Target
from wholeservice.pages.base import Data
from wholeservice.periods import ROLLING, Period
from wholeservice.uncertainty import Interval, wilson
from wholeservice.units import COUNT, SHARE, Amount, money, parse_amount

MONTHS = [dt.datetime(2025 + (m // 12), m % 12 + 1, 1, tzinfo=dt.UTC) for m in range(25)]
EMPTY = "nothing was counted"


def finish_share(sums: Statistics) -> Value:
    """Share with a Wilson interval."""
    if not sums.denominator:
        return Value(None, None, sums.n, EMPTY)
    return Value(sums.numerator / sums.denominator, wilson(sums.numerator, sums.denominator), sums.n)


def finish_count(sums: Statistics) -> Value:
    """The count itself."""
    return Value(sums.numerator, None, sums.n)


def finish_cost(sums: Statistics) -> Value:
    """Cost per transaction."""
    return Value(sums.numerator / sums.denominator, None, sums.n) if sums.denominator else Value(None, None, 0, EMPTY)


def _no_units(*_: object) -> object:
    raise AssertionError("a page never asks for units")


VOLUME = Measure("volume", "How often it is used", COUNT, "neither", ("tallies",), _no_units, finish_count, FULL_COUNT)
COMPLETION = Measure("completion", "People who finish", SHARE, "higher", ("attempts",), _no_units, finish_share, SAMPLE)
PRICE = Measure(
    "price-as-shown", "Price paid is the price shown", SHARE, "higher", ("attempts",), _no_units, finish_share, SAMPLE
)
EASE = Measure("ease", "Found it easy", SHARE, "higher", ("answers",), _no_units, finish_share, SAMPLE)
CONVERSION = Measure("step-conversion", "People who go on", SHARE, "higher", ("visits",), _no_units, finish_share, SAMPLE)
COST = Measure("cost-per-transaction", "Cost of one use", money("EUR"), "lower", ("money",), _no_units, finish_cost, FULL_COUNT)
MEASURES = {each.name: each for each in (VOLUME, COMPLETION, PRICE, EASE, CONVERSION, COST)}

STEPS = (("find", "Find"), ("choose", "Choose"), ("pay", "Pay"), ("arrive", "Arrive and get the key"), ("stay", "Stay"),
         ("leave", "Leave"), ("thanks", "Say how it was"))  # fmt: skip
REACHED = {"find": 10000, "choose": 7880, "pay": 6170, "arrive": 4970, "leave": 4840, "thanks": 5210}


def cell(measure: Measure, entity: str, month: int, *, step: str | None = None, channel: str | None = None) -> Cell:
    """A calendar month of one entity."""
    currency = "EUR" if measure is COST else None
    return Cell(measure.name, entity, MONTHS[month], MONTHS[month + 1], "calendar", step, channel, None, currency)


def _share(hits: float, n: float) -> Statistics:
    return Statistics(n=n, numerator=hits, denominator=n, reporting=3, expected=4)


def rows() -> Iterator[tuple[Cell, Statistics]]:
    for month in range(24):
        if month in (15, 16):
            continue
        used = 40_000 + 900 * month + 700 * math.sin(month)
        yield cell(VOLUME, "stay", month), Statistics(n=used, numerator=used, reporting=3, expected=4)
        yield cell(COMPLETION, "stay", month), _share(round(20_000 + 90 * month), 40_000)
        yield cell(PRICE, "stay", month), _share(3_860 - 4 * month, 4_000)
        yield cell(EASE, "stay", month), _share(15 if month < 20 else 18, 24)
        yield cell(COST, "stay", month), Statistics(n=used, numerator=used * (1.30 - 0.01 * month), denominator=used)
    for month in range(21, 24):
        for step, people in REACHED.items():
            yield cell(VOLUME, "stay", month, step=step), Statistics(n=people, numerator=people)
        for before, after in (("find", "choose"), ("choose", "pay"), ("pay", "arrive"), ("leave", "thanks")):
            yield cell(CONVERSION, "stay", month, step=after), _share(min(REACHED[after], REACHED[before]), REACHED[before])
        yield cell(VOLUME, "stay", month, channel="web"), Statistics(n=30_000, numerator=30_000)
    for month in range(24):
        yield cell(COMPLETION, "spa", month), _share(700 if month < 12 else 640, 1_000)
        yield cell(COMPLETION, "parking", month), _share(480 if month < 23 else 640, 1_000)


def _target(text: str, measure: str, level: str, *, step: str | None = None) -> Target:
    amount = parse_amount(level)
    assert amount is not None
    return Target(text, measure, ">=", amount, 30, step=step)


def _entities() -> Iterator[Entity]:
    journey = tuple(Step(id_, title) for id_, title in STEPS)
    outcome = "A room I trust, at the price I was shown, ready when I come"
    yield Entity("kestrel", "unit", "Kestrel Hotels")
    yield Entity("guest", "consumer", "Guests", fields={"outside": True, "volume": Amount(4.1e6, COUNT, per="yr")})
    yield Entity("look-to-stay", "value-stream", "Look to stay", fields={"owner": "Maya Okafor"})
    yield Entity("booking", "team", "Booking team")
    yield Entity("pricing", "team", "Pricing team")
    yield Entity(
        "stay", "service", "Book and stay", parent="kestrel", team="booking", channels=("web", "app", "phone", "desk"),
        journey=journey, fields={"outcome": outcome, "for": {"guest": ("pays", "uses", "judges")}},
    )  # fmt: skip
    for id_, title, team in (("search", "Search page", "booking"), ("checkout", "Payment page", "booking"),
                             ("prices", "Price build-up with a rather long name", "pricing"),
                             ("rooms", "Room release", "booking"),
                             ("feed", "Room status feed", "booking")):  # fmt: skip
        yield Entity(id_, "part", title, parent="stay", team=team)
    yield Entity("spa", "service", "Spa", parent="kestrel")
    yield Entity("parking", "service", "Parking & <valet>", parent="kestrel")
    yield Entity("night-desk", "service", "Night desk", parent="kestrel")


def organisation() -> Organisation:
    """The hotel organisation."""
    entities = {each.id: each for each in _entities()}
    edges = (Edge("stay", "for", "guest"), Edge("stay", "runs-in", "look-to-stay"), Edge("stay", "uses", "prices"))
    needs = (
        Need("sure-of-price", "stay", "I want to know what I will pay", "24 guests watched", dt.date(2026, 5, 12),
             (_target("price-as-shown >= 99% over 30d", "price-as-shown", "99%"),)),
        Need("finish", "stay", "Let me book without starting over", "212 guests asked", dt.date(2026, 3, 1),
             (_target("completion >= 50% over 30d", "completion", "50%"),)),
        Need("easy", "stay", "Do not make me work for it", None, None, (_target("ease >= 80% over 30d", "ease", "80%"),)),
        Need("quiet", "stay", "Let me sleep", "reviews", dt.date(2026, 2, 1),
             (_target("noise >= 95% over 30d", "noise", "95%"),)),
        Need("known", "stay", "Know me when I come back", None, None, ()),
        Need("lean", "stay", "Cost less", is_aim=True),
    )  # fmt: skip
    return Organisation(
        "Kestrel Hotels", "A good night anywhere", "guests who come back", entities, edges, needs, {}, "0a1b2c3d"
    )


def loss_map() -> LossMap:
    """A map whose numbers add up: 6.0 pp are lost, 0.6 of them unexplained."""
    spread = Interval(0.009, 0.031, "bootstrap")

    def box(
        id_: str, kind: str, title: str, layer: int, numbers: tuple[float, float, float], claim: str, **more: object
    ) -> Box:
        flow, here, below = numbers
        return Box(id_, kind, title, layer, flow, here, below, claim, **more)  # type: ignore[arg-type]

    boxes = (
        box("stay.find", "step", "Find", 0, (0, 0, 0), "healthy"),
        box("stay.choose", "step", "Choose", 0, (0.011, 0, 0), "passes on"),
        box("stay.pay", "step", "Pay", 0, (0.043, 0, 0), "passes on"),
        box("search", "part", "Search page", 1, (0, 0, 0), "healthy", observed=0.9),
        box(
            "checkout",
            "part",
            "Payment page",
            1,
            (0.043, 0.006, 0),
            "starts here",
            interval=spread,
            alone=0.004,
            last=0.007,
            observed=1.0,
        ),
        box("idcheck", "policy", "ID check at desk", 1, (0.011, 0.011, 0), "starts here", alone=0.01, observed=1.0),
        box(
            "prices",
            "part",
            "Price build-up with a rather long name",
            2,
            (0.027, 0.02, 0),
            "starts here",
            interval=spread,
            alone=0.018,
            last=0.021,
            reference="no failures",
            observed=0.97,
            is_named=True,
            is_top=True,
        ),
        box("repairs", "service", "Repairs", 2, (0, 0, 0), "not observed"),
        box("records", "service", "Guest records", 2, (0.01, 0, 0.01), "at or below", alone=0.008, observed=0.4),
        box("bank", "supplier", "Card bank", 3, (0.007, 0.007, 0), "starts here", alone=0.005, observed=1.0),
    )
    ribbons = (
        Ribbon("stay.find", "search", 0), Ribbon("stay.choose", "idcheck", 0.011), Ribbon("stay.pay", "checkout", 0.043),
        Ribbon("checkout", "prices", 0.027), Ribbon("checkout", "records", 0.01, ASSUMED), Ribbon("search", "repairs", 0),
        Ribbon("prices", "bank", 0.007), Ribbon("stay.pay", "bank", 0),
    )  # fmt: skip
    month = Period(MONTHS[23], MONTHS[24])
    return LossMap(
        "stay", "sure-of-price", "price-as-shown >= 99% over 30d", SHARE, 1, 0.99, 0.93, 0.06,
        Interval(0.052, 0.068, "Wilson"), 4000, month, boxes, ribbons, unexplained=0.006,
        by_rung=(("linked", 0.73), ("assumed", 0.17), ("untraced", 0.1)), top=("prices",),
        missing=(MissingData("calls to Guest records, linked to their attempt", 0.01),), people_per_day=84.0,
    )  # fmt: skip


def findings() -> tuple[Finding, ...]:
    """One finding about a service, one about the data."""
    evidence = Evidence("the newest month", cell(PRICE, "stay", 23), "bookings.csv:12")
    return (
        Finding("F101", "stay", "What guests pay is not what they were shown: 6.0 pp below the promise", SHARE, 0.058,
                Interval(0.05, 0.066, "Wilson"), 232, Period(MONTHS[23], MONTHS[24]), need="sure-of-price",
                who_can_act="pricing",
                try_next="Ask where fees are added; try the price with all fees on the first page.", evidence=(evidence,)),
        Finding("F103", "stay", "More people say how it was than leave: 5,210 against 4,840", step="thanks", about_data=True,
                try_next="Check what the last step counts."),
    )  # fmt: skip


def sources() -> tuple[SourceQuality, ...]:
    """A source with something of everything wrong, one that is as it should be, and one that was never read."""
    as_of, on = dt.datetime(2027, 1, 2, 8, 30, tzinfo=dt.UTC), dt.date(2027, 1, 2)
    first = dt.date(2026, 10, 1)
    at = [first + dt.timedelta(days=n) for n in (0, 20, 26, 40)]
    readings = (
        Reading("run-7", as_of, 5120, 4900, 100, 100, 20, 3, 23),
        Reading("run-6", as_of - dt.timedelta(days=7), 220, 220, 0, 0, 0, 0, 0),
    )
    bookings = SourceQuality(
        "bookings", "run-7", as_of, on, on, 1, True, (TableRows("interactions", 5220, 5000),),
        Rhythm(at[0], at[3] - dt.timedelta(days=1), 34, 1, 1, 3), (Span(at[0], at[1]), Span(at[2], at[3])),
        (Gap(at[1], at[2], 6, 0.0001),), (Repeated("interactions", "desk", 60, 5220, False, "b1", "d1"),), Share(11, 12),
        Share(40, 5220), (Unknown("Spaa & <sauna>", 40, "Spa"),), (Rests("stay", 5000), Rests("spa", 180)),
        (Emptied("interactions", "channel", Share(0, 5000), Share(220, 220)),), readings,
        (Reason("SRC154", 23, "column 'paid' is no number", "bookings.csv:12", "12,50 <b>", "a number with '.'",
                "say decimal: in the mapping"),), 23,
    )  # fmt: skip
    month = Rhythm(first, dt.date(2026, 12, 31), 92, 1, 1, 3)
    fine = SourceQuality("desk", "run-7", as_of, on, on, 0, True, (TableRows("contacts", 92, 2),), month,
                         (Span(first, dt.date(2027, 1, 1)),),
                         names=Share(1, 1), waiting=Share(0, 92),
                         rests=(Rests("night-desk", 92),), readings=readings[1:])  # fmt: skip
    return bookings, fine, SourceQuality("survey", "run-7", as_of, on, on)


def data() -> Data:
    """The hotel organisation with its results, finished."""
    run = {
        "id": "run-7", "committed_at": dt.datetime(2027, 1, 2, 8, 30, tzinfo=dt.UTC), "versions": {}, "cursors": {},
        "counts": ({"source": "bookings", "read": 5120, "kept": 5000, "known": 100, "superseded": 3, "refused": 20,
                    "resolved": 11, "names": 12},),
    }  # fmt: skip
    maps = {("stay", "sure-of-price"): loss_map()}
    return Data(
        organisation(), Results(MEASURES.values(), rows()), findings(), maps, MEASURES, (run,), "run-7.0a1b2c3d.v1", "UTC",
        sources(), {"bookings": Declaration("table", "wholeservice.yaml, line 8")},
        rows=partial(rows_behind, dict(rows())),
    )  # fmt: skip


def rows_behind(known: Mapping[Cell, Statistics], cells: Sequence[Cell], first: int, most: int) -> Behind:
    """As many attempts as the number counts, one a minute, of people and from a file with long names."""
    at, n = min(each.from_at for each in cells), round(sum(known[each].n for each in cells))
    given = tuple(
        RowBehind(
            "attempt", at + dt.timedelta(minutes=i), None, cells[0].entity, cells[0].step, ("web", "phone")[i % 2],
            "left at choose" if i % 4 == 0 else "done; took 12 min 5 s", 1.0, float(i % 4 > 0), f"p_{i % 97:04}…", "bookings",
            f"exports/booking-system/2026/bookings-with-a-long-name.csv:{i + 2}",
        )
        for i in range(first, min(n, first + most))
    )  # fmt: skip
    return Behind(n, n, n - n // 9, given)


def large(n_services: int = 734, n_periods: int = 21) -> Data:
    """Many services with rolling years, as a government would have them."""
    entities = {"dep": Entity("dep", "unit", "Department of Everything")}
    entities |= {f"s{i}": Entity(f"s{i}", "service", f"Service number {i}", parent="dep") for i in range(n_services)}
    rows: list[tuple[Cell, Statistics]] = []
    for i in range(n_services):
        for period in range(n_periods):
            to_at = dt.datetime(2012, 10, 1, tzinfo=dt.UTC) + dt.timedelta(days=91 * period)
            used = 1000.0 * (i + 1) + 37 * period * (i % 5) + 400 * math.sin(period + i)
            for measure, hits in ((VOLUME, used), (COMPLETION, used * 0.8), (COST, used * 3.0)):
                currency = "GBP" if measure is COST else None
                where = Cell(measure.name, f"s{i}", to_at - dt.timedelta(days=365), to_at, ROLLING, None, None, None, currency)
                rows.append((where, Statistics(n=used, numerator=hits, denominator=used, reporting=1, expected=1)))
    whole = replace(organisation(), entities=entities, needs=(), edges=())
    return Data(whole, Results(MEASURES.values(), rows), (), {}, MEASURES, (), "large", "Europe/London")
