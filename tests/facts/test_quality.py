"""The quality of each source, on facts few enough to count by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from measures.given import at, facts_table, organisation, service
from wholeservice import tables
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.facts.assessment import assess
from wholeservice.facts.identity import resolve
from wholeservice.facts.quality import Share, SourceQuality
from wholeservice.facts.rhythm import Span
from wholeservice.facts.store import Run
from wholeservice.mapping import quarantine

FIRST, SECOND = at("2026-03-01"), at("2026-04-01")
ZONE = "Europe/Amsterdam"
KNOWN = organisation(service("shop", title="Corner shop"), service("desk"))


def quality(
    rows: dict, *, counts: tuple = (), zone: str = ZONE, refused: tuple = (), declared: tuple = ()
) -> dict[str, SourceQuality]:
    """Assess facts given per table; the newest run is the first of April."""
    engine = DuckdbEngine()
    for name, each in rows.items():
        engine.add(name, facts_table(tables.BY_NAME[name], each))
    resolve(engine, KNOWN)
    runs = [Run("0001-a", FIRST, {}, {}, ({"source": "test", "read": 3, "refused": 1},)), Run("0002-b", SECOND, {}, {}, counts)]
    table = quarantine.quarantined([{"known_at": SECOND, **each} for each in refused])
    return {each.source: each for each in assess(engine, KNOWN, runs, table, zone, declared=declared)}


def contact(when: str, **more) -> dict:
    return {"happened_at": at(when), "service": "shop", **more}


def answers(n: int, day: str, **more) -> list[dict]:
    """Answers on one day, each of another person."""
    return [{"asked_at": at(f"{day} 12:00"), "service": "shop", "consumer": f"{day}-{i}", **more} for i in range(n)]


def test_days_are_civil_days_of_the_zone():
    """Half past ten at night in UTC is still today in Amsterdam in winter and tomorrow in summer: the days stay whole.

    On 29 March the civil day has 23 hours. A row at 21:30 UTC is of the 29th after the change, one at 22:30 of the 30th.
    """
    evenings = [contact(f"2026-03-{day} 22:30") for day in range(20, 29)] + [contact("2026-03-29 21:30")]
    rows = evenings + [contact(f"2026-03-{day} 22:30") for day in (29, 30)]
    found = quality({"contacts": rows})["test"]
    assert found.spans == (Span(dt.date(2026, 3, 20), dt.date(2026, 4, 1)),)
    assert (found.rhythm.n_days, found.rhythm.long_days) == (12, 1)
    assert quality({"contacts": rows}, zone="UTC")["test"].rhythm.n_days == 11


def test_a_month_that_nobody_counted_is_a_gap():
    """Tallies cover their periods: of January to May only April is lacking, all thirty days of it, and not by chance."""
    months = [(f"2026-{month:02}-01", f"2026-{month + 1:02}-01") for month in (1, 2, 3, 5)]
    rows = [
        {"from_at": at(first), "to_at": at(after), "window": "calendar", "entity": "shop", "of": "visits", "statistic": "count"}
        for first, after in months
    ]
    found = quality({"tallies": rows}, zone="UTC")["test"]
    (gap,) = found.gaps
    assert (gap.first_on, gap.after_on, gap.n_expected, gap.chance) == (dt.date(2026, 4, 1), dt.date(2026, 5, 1), 30, None)
    assert (found.rhythm.newest_on, found.rhythm.usual_days, found.rhythm.long_days) == (dt.date(2026, 5, 31), 31, 61)


def test_money_covers_civil_days():
    """Two months of money: none of 59 days lacks; the newest is the last day, not the day after."""
    rows = [
        {"from_on": first, "to_on": after, "entity": "shop", "flow": "spent", "amount": 1.0, "currency": "EUR"}
        for first, after in [(dt.date(2026, 1, 1), dt.date(2026, 2, 1)), (dt.date(2026, 2, 1), dt.date(2026, 3, 1))]
    ]
    found = quality({"money": rows})["test"]
    assert (found.gaps, found.spans[0].n_days, found.rhythm.newest_on) == ((), 59, dt.date(2026, 2, 28))


def test_a_history_is_held_against_the_other_sources_and_not_against_today():
    """Both were read once. The desk ends on 31 January as the shop does: nobody is late, though it is April by the run."""
    rows = [contact(f"2026-01-{day:02} 10:00", source=source) for day in range(1, 32) for source in ("desk", "shop")]
    found = quality({"contacts": rows})
    assert [found[name].is_late for name in ("desk", "shop")] == [False, False]
    shorter = [row for row in rows if row["source"] == "shop" or row["happened_at"].day < 20]
    found = quality({"contacts": shorter})
    assert [(found[name].is_late, found[name].silent_days) for name in ("desk", "shop")] == [(True, 12), (False, 0)]


def test_a_source_that_follows_the_calendar_is_held_against_the_run_less_its_usual_lag():
    """Rows come two days later. On 1 April its newest day is 30 March: not late. Without the last days it is."""
    rows = [
        contact(f"2026-03-{day:02} 10:00", known_at=at(f"2026-03-{day:02} 12:00") + dt.timedelta(days=2))
        for day in range(1, 31)
    ]
    found = quality({"contacts": rows})["test"]
    assert (found.lag_days, found.compared_on, found.silent_days, found.is_late) == (2, dt.date(2026, 4, 1), 0, False)
    assert found.on(dt.date(2026, 4, 9)).is_late
    (late,) = [quality({"contacts": rows[:-4]})["test"]]
    assert (late.silent_days, late.is_late) == (4, True)


def test_the_same_fact_under_another_record_is_told():
    """Three records say one thing: two of them say nothing new. Another channel, or one record twice, is no repeat."""
    rows = [
        *(contact("2026-03-01 10:00", record=record, contact="c1", digest="one") for record in ("a", "b", "c")),
        contact("2026-03-01 10:00", record="d", contact="c1", channel="post", digest="two"),
        *(contact("2026-03-03 10:00", record="f", part=part, contact="c2", digest="six") for part in ("0", "1")),
    ]
    (found,) = quality({"contacts": rows})["test"].repeated
    assert (found.table, found.other, found.n_rows, found.of, found.one, found.two) == ("contacts", "test", 2, 5, "a", "c")


def test_two_facts_of_nobody_in_particular_are_two():
    """Two visits in one second that name nobody may well be of two people."""
    rows = [
        {"happened_at": at("2026-03-01 10:00"), "service": "shop", "digest": "one", "record": record} for record in ("a", "b")
    ]
    assert quality({"interactions": rows})["test"].repeated == ()


def test_two_sources_that_hold_the_same_people_are_found_though_their_aliases_differ():
    """Five visits stand in both, each second and step the same; a sixth is in one only. Aliases are each source's own."""
    visits = [{"happened_at": at(f"2026-03-0{day} 10:00"), "service": "shop", "step": "pay"} for day in range(1, 6)]
    rows = [{**each, "source": source, "record": f"{source}{i}", "consumer": f"{source}-{i}", "digest": f"{source}{i}"}
            for source in ("till", "web") for i, each in enumerate(visits)]  # fmt: skip
    rows.append({"happened_at": at("2026-03-09"), "service": "shop", "source": "web", "consumer": "x", "digest": "x"})
    found = quality({"interactions": rows})
    assert found["till"].repeated == ()
    (repeated,) = found["web"].repeated
    assert (repeated.other, repeated.n_rows, repeated.of, repeated.one, repeated.two) == ("till", 5, 6, "till0", "web0")


def test_two_sources_with_a_visit_in_every_second_are_not_taken_for_one():
    """Both have the same step in the same second, and a week later, too: that is chance. So are days without a time."""
    seconds = [at("2026-03-01 10:00") + dt.timedelta(weeks=week, seconds=s) for week in range(3) for s in range(20)]
    rows = [{"happened_at": each, "service": "shop", "source": source, "consumer": f"{source}{i}", "digest": f"{source}{i}"}
            for source in ("till", "web") for i, each in enumerate(seconds)]  # fmt: skip
    assert quality({"interactions": rows})["web"].repeated == ()
    days = [{**each, "happened_at": each["happened_at"].replace(hour=0, minute=0, second=0)} for each in rows]
    assert quality({"interactions": days})["web"].repeated == ()


def test_an_item_in_two_sources_is_found_by_what_it_says():
    """Items name nobody by an alias, so that equal digests are equal facts."""
    rows = [{"item": "i1", "created_at": FIRST, "source": source, "record": f"{source}-1", "digest": "same"}
            for source in ("jira", "backlog")]  # fmt: skip
    (repeated,) = quality({"items": rows})["jira"].repeated
    assert (repeated.table, repeated.other, repeated.n_rows, repeated.one, repeated.two) == (
        "items", "backlog", 1, "backlog-1", "jira-1",
    )  # fmt: skip


def test_a_column_that_went_empty_is_told():
    """All forty old answers name a channel and none of the thirty new ones does; instants are open until they end."""
    old = answers(40, "2026-03-01", channel="web", known_at=FIRST, answered_at=FIRST, score=3.0)
    new = answers(30, "2026-03-31", known_at=SECOND, score=3.0)
    (found,) = quality({"answers": old + new})["test"].emptied
    assert (found.table, found.column, found.newest, found.before) == ("answers", "channel", Share(0, 30), Share(40, 40))


@pytest.mark.parametrize(("n_new", "share_before"), [(10, 1.0), (30, 0.05), (30, 0.2)])
def test_a_column_that_was_hardly_filled_or_few_rows_prove_nothing(n_new, share_before):
    """Ten rows are too few; a column that one in twenty fills may be empty for once; of one in five, thirty rows may be."""
    old = [{**each, "channel": "web" if i < 100 * share_before else None}
           for i, each in enumerate(answers(100, "2026-03-01", known_at=FIRST))]  # fmt: skip
    assert quality({"answers": old + answers(n_new, "2026-03-31", known_at=SECOND)})["test"].emptied == ()


def test_names_that_stand_for_nothing_say_how_many_rows_wait():
    """Two of four names are unknown, five of nine rows wait; the commonest comes first, with the nearest known name."""
    names = ["Corner shop", "shop", "shopp", "shopp", "shopp", "shopp", "till 9", "shop", "shop"]
    found = quality({"contacts": [contact("2026-03-01", service=name) for name in names]})["test"]
    assert (found.names, found.waiting) == (Share(2, 4), Share(5, 9))
    assert [(each.name, each.n_rows, each.nearest) for each in found.unknown] == [("shopp", 4, "shop"), ("till 9", 1, None)]
    assert [(each.entity, each.n_rows) for each in found.rests] == [("shop", 4)]


def test_counts_are_those_of_each_reading_of_the_source():
    """The second run read only `desk`; the other keeps what the first run noted. The reasons are those of the quarantine."""
    desk = {"source": "desk", "read": 10, "kept": 7, "refused": 2, "superseded": 1, "deleted": 4, "quarantined": 3}
    refused = ({"source": "desk", "place": "a.csv:9", "code": "SRC154", "reason": "'x' is no number", "raw": "x"},)
    found = quality({"contacts": [contact("2026-03-01", source="desk")]}, counts=(desk,), refused=refused)
    (reading,) = found["desk"].readings
    assert (reading.run, reading.read, reading.refused, reading.deleted, reading.quarantined) == ("0002-b", 10, 2, 4, 3)
    assert [(each.n, each.place, each.value) for each in found["desk"].reasons] == [(1, "a.csv:9", "x")]
    assert [each.run for each in found["test"].readings] == ["0001-a"]
    assert (found["test"].n_rows, found["test"].rhythm, found["test"].names.value) == (0, None, None)


def test_sources_stand_as_they_are_declared_and_those_without_a_fact_are_there():
    """A source that was declared and never read has no facts; one that is no longer declared comes after."""
    found = quality({"contacts": [contact("2026-03-01", source="old")]}, declared=("new", "test"))
    assert list(found) == ["new", "test", "old"]
    assert (found["new"].n_rows, found["new"].readings, found["new"].is_late) == (0, (), None)


def test_a_table_of_an_older_store_may_lack_columns():
    """Columns that the files do not have are neither missing nor compared."""
    engine = DuckdbEngine()
    rows = facts_table(tables.CONTACTS, [contact("2026-03-01", record=record, contact=record) for record in ("a", "b")])
    engine.add("contacts", rows.drop_columns([tables.CONTACTS.columns[-1].name]))
    resolve(engine, KNOWN)
    (found,) = assess(engine, KNOWN, [Run("0001-a", FIRST, {}, {}, ())], quarantine.schema().empty_table(), ZONE)
    assert (found.n_rows, found.n_new) == (2, 2)
