"""Who is served worst: who is named, who is not, and how sure that is, computed another way."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest
from scipy import stats

from wholeservice.measures import MEASURES
from wholeservice.measures.against_others import Group, chance_of
from wholeservice.measures.base import Cell, Statistics
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Entity, Organisation
from wholeservice.pages import rows
from wholeservice.pages.base import Data
from wholeservice.pages.served_part import ServedPart, served_part
from wholeservice.periods import ROLLING

BY_NAME = {each.name: each for each in MEASURES}
FIRST = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
KNOWN = Organisation(
    "Small",
    "",
    "",
    {"stay": Entity("stay", "service", "Stay"), "guest": Entity("guest", "consumer", "Guests")},
    (),
    (),
    {},
    "0",
)
SHARE, NET = (0.0, 1.0), (-100.0, 100.0)


def sums(*values: float, each: int = 1) -> Statistics:
    """Return the sums of some units, each person giving *each* of them in a row."""
    people = [values[start : start + each] for start in range(0, len(values), each)]
    return Statistics(
        n=len(values), numerator=sum(values), denominator=len(values), squares=sum(value**2 for value in values),
        clusters=len(people), cluster_aa=sum(sum(some) ** 2 for some in people),
        cluster_ab=sum(sum(some) * len(some) for some in people), cluster_bb=sum(len(some) ** 2 for some in people),
    )  # fmt: skip


def of(hits: int, n: int) -> Statistics:
    """Return so many who finished, each of them once."""
    return Statistics(
        n=n, numerator=hits, denominator=n, squares=hits, clusters=n, cluster_aa=hits, cluster_ab=hits, cluster_bb=n
    )


def data_of(*rows: tuple[dict[str, Any], Statistics]) -> Data:
    """Return these sums of the service as results; a row without a kind is of everybody."""
    to_at = FIRST + dt.timedelta(days=28)
    cells = [(Cell("completion", "stay", FIRST, to_at, ROLLING, **where), each) for where, each in rows]
    return Data(KNOWN, Results(MEASURES, cells), (), {}, BY_NAME, (), "s", "UTC")


def part(*rows: tuple[dict[str, Any], Statistics]) -> ServedPart | None:
    """Return what is said of the service by these sums."""
    return served_part(data_of(*rows), "stay")


def named(found: ServedPart | None) -> list[tuple[str, str, str, float]]:
    assert found
    return [(each.who, each.number.written, each.others, each.number.n) for one in found.measures for each in one.worse]


@pytest.mark.parametrize("ends", [SHARE, NET])
def test_the_chance_is_that_of_welch_with_a_worst_and_a_best_answer_more(ends: tuple[float, float]):
    """Where each person counts once it is what scipy says of the answers themselves."""
    draw = random.Random(3)
    own, others = ([draw.choice(ends) for _ in range(n)] for n in (40, 90))
    expected = stats.ttest_ind([*own, *ends], [*others, *ends], equal_var=False, alternative="less").pvalue
    assert chance_of(Group(sums(*own), sums(*others), sums(*own, *others)), ends) == pytest.approx(expected)


def test_those_who_tried_ten_times_are_no_ten_people():
    """The same answers given by a tenth of the people, all of one mind, are much less sure."""
    own, others = [0.0] * 300 + [1.0] * 300, [0.0] * 400 + [1.0] * 600
    once, often = (
        chance_of(Group(sums(*own, each=each), sums(*others, each=each), sums(*own, *others, each=each)), SHARE)
        for each in (1, 10)
    )
    assert once < 1e-4 < 0.05 < often


def test_who_is_surely_served_worse_is_named_worst_first():
    """61% on the phone against 74% by the web; the evening against all other hours; laptops are as good as the rest."""
    found = part(
        ({}, of(1350, 2000)), ({"channel": "phone"}, of(610, 1000)), ({"channel": "web"}, of(740, 1000)),
        ({"segment": "hour:19"}, of(100, 200)), ({"segment": "hour:09"}, of(600, 860)), ({"segment": "hour:10"}, of(650, 940)),
        ({"segment": "device:laptop"}, of(680, 1000)), ({"segment": "device:tablet"}, of(670, 1000)),
    )  # fmt: skip
    assert named(found) == [("at 19 h to 20 h", "50.0%", "69.4%", 200), ("by phone", "61.0%", "74.0%", 1000)]
    assert found
    assert found.title == "Served worst: at 19 h to 20 h and by phone"
    assert found.not_recorded == "Nobody recorded which kind of consumer they are (“segment”)."


def test_few_are_never_named_however_badly_they_fare():
    """None of 29 finish: no word; none of 30: the worst there is. Kinds of consumers have their title."""
    everybody = ({}, of(900, 1000))
    few, enough = (part(everybody, ({"segment": "guest"}, of(0, n)), ({"segment": "host"}, of(900, 970))) for n in (29, 30))
    assert named(few) == []
    assert few
    assert few.measures[0].says == "No two kinds of people are known of whom 30 or more were counted."
    assert named(enough) == [("Guests", "0.0%", "92.8%", 30)]


def test_the_worst_of_many_hours_is_no_surer_for_being_looked_for():
    """36 of 60 against 75% alone would be sure; among 24 hours one such is to be expected."""
    hours = {f"hour:{hour:02}": of(36 if hour == 7 else 45, 60) for hour in range(24)}
    two = [({"segment": "hour:07"}, hours["hour:07"]), ({"segment": "hour:08"}, of(23 * 45, 23 * 60))]
    every = [({"segment": name}, each) for name, each in hours.items()]
    whole = ({}, of(23 * 45 + 36, 24 * 60))
    assert [each[0] for each in named(part(whole, *two))] == ["at 7 h to 8 h"]
    found = part(whole, *every)
    assert named(found) == []
    assert found
    assert found.title == "Nobody is surely served worse than the others"
    assert found.measures[0].says == "No kind of people is surely served worse than the others; 24 were compared."


def test_where_all_are_served_alike_hardly_anybody_is_ever_named():
    """Of 300 services with 24 hours and 4 channels each, all alike, at most one in twenty names somebody."""
    draw, wrong = random.Random(11), 0
    for _ in range(300):
        hours = [sum(draw.random() < 0.7 for _ in range(50)) for _ in range(24)]
        by = [sum(draw.random() < 0.7 for _ in range(60)) for _ in range(4)]
        rows = [({"segment": f"hour:{hour:02}"}, of(hits, 50)) for hour, hits in enumerate(hours)]
        rows += [({"channel": f"by-{place}"}, of(hits, 60)) for place, hits in enumerate(by)]
        wrong += bool(named(part(({}, of(sum(hours), 1200)), *rows)))
    assert wrong <= 15


def test_without_a_number_there_is_no_part_and_counts_of_others_are_not_compared():
    """Tallies say nothing of people; a service without numbers has no such part."""
    told = Statistics(n=1000, numerator=100, denominator=1000)
    found = part(
        ({}, told), ({"channel": "web"}, told), ({"channel": "app"}, Statistics(n=900, numerator=800, denominator=900))
    )
    assert found
    assert found.title == "Nobody knows who is served worst"
    assert part() is None


CHANNELS = ("web", "app", "phone")


def by_the_hour(n: int, share: Callable[[str, int], float], draw: random.Random | None = None) -> ServedPart | None:
    """Return what is said of three channels with *n* people in each hour, of whom a share finishes: exactly, or as drawn."""
    hits = {
        (by, hour): round(n * share(by, hour)) if draw is None else sum(draw.random() < share(by, hour) for _ in range(n))
        for by in CHANNELS
        for hour in range(24)
    }
    channels = [({"channel": by}, of(sum(hits[by, hour] for hour in range(24)), 24 * n)) for by in CHANNELS]
    hours = [({"segment": f"hour:{hour:02}"}, of(sum(hits[by, hour] for by in CHANNELS), 3 * n)) for hour in range(24)]
    both = [({"channel": by, "segment": f"hour:{hour:02}"}, of(each, n)) for (by, hour), each in hits.items()]
    return part(({}, of(sum(hits.values()), 72 * n)), *channels, *hours, *both)


def test_the_bad_hours_of_one_channel_are_named_where_neither_shows_it():
    """75% everywhere but 50% in the app from 19 to 22 h: the app as a whole has 71.9%, and each of these hours 66.7%."""
    in_the_app = {(by, hour): 0.5 for by in ("app",) for hour in (19, 20, 21)}
    found = by_the_hour(40, lambda by, hour: in_the_app.get((by, hour), 0.75))
    assert named(found) == [("by app at 19 h to 22 h", "50.0%", "75.0%", 120)]
    assert found
    assert found.title == "Served worst: by app at 19 h to 22 h"
    (row,) = found.measures[0].worse
    assert "channel=app&segment=hour%3A19-21" in row.number.rows


def test_the_page_of_rows_knows_hours_in_a_row():
    """30 of 60 from 23 to 1 h: two hours are added up for it, that of the web and that at noon are not."""
    hours = [("app", "23", of(10, 20)), ("app", "00", of(20, 40)), ("app", "12", of(40, 40)), ("web", "23", of(50, 50))]
    data = data_of(*(({"channel": by, "segment": f"hour:{hour}"}, each) for by, hour, each in hours))
    found = rows.build(data, entity="stay", measure="completion", channel="app", segment="hour:23-00")
    assert isinstance(found, rows.RowsPage)
    assert found.number
    assert (found.number.written, found.number.n, found.number.reporting) == ("50.0%", 60, None)


def test_trouble_over_midnight_is_one_span():
    """From 23 to 1 h by phone: one name, not two."""
    bad = {("phone", 23): 0.5, ("phone", 0): 0.5}
    assert named(by_the_hour(60, lambda by, hour: bad.get((by, hour), 0.75)))[0][:2] == ("by phone at 23 h to 1 h", "50.0%")


def test_an_evening_that_is_bad_everywhere_is_no_trouble_of_a_channel():
    """Half finish at 19 h by whatever channel, and half by phone all day: the hour and the channel are named, no crossing."""
    evening = named(by_the_hour(200, lambda by, hour: 0.5 if hour == 19 else 0.75))
    assert [each[0] for each in evening] == ["at 19 h to 20 h"]
    phone = named(by_the_hour(200, lambda by, hour: 0.5 if by == "phone" else 0.75))
    assert [each[0] for each in phone] == ["by phone"]


def test_where_every_hour_of_every_channel_is_alike_hardly_any_is_named():
    """Of 200 services at the level of one in forty, with three channels by 24 hours: no more than chance names somebody."""
    wrong = sum(bool(named(by_the_hour(40, lambda by, hour: 0.7, random.Random(seed)))) for seed in range(200))
    assert wrong <= stats.binom.ppf(0.99, 200, 0.025)
