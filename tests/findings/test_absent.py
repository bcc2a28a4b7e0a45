"""Absent journeys: what people come for that no step serves, clustered by hand-countable words."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import asdict

import pytest

from measures.given import at, engine_with, organisation, prepared, service
from wholeservice.facts.identity import FactTables
from wholeservice.findings.absent import absent_journeys, absent_of
from wholeservice.findings.absent_words import Text, clusters, persons
from wholeservice.findings.telling_words import telling_words
from wholeservice.measures.said import ANSWER, CONTACT, DEAD_END, SEARCH, Heard, Said, heard, said

STAY = service("stay", "find pay arrive", title="Book and stay")
INN = organisation(STAY)
JUNE = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
JULY_31 = dt.datetime(2026, 7, 31, 12, tzinfo=dt.UTC)


def row(words: str | None, person: str | None, day: int = 0, **more: object) -> Said:
    """A contact of one person, so many days after the first of June."""
    fixed = {"source": "desk", "entity": "stay", "origin": CONTACT, "step": None, "said_at": JUNE + dt.timedelta(days=day)}
    return Said(**{**fixed, "words": words, "consumer": person, **more})


def absent(rows: list[Said], n: int = 100, known=INN):
    heard_ = [Heard(entity="stay", origin=each, n=n, first_at=JUNE, last_at=JULY_31) for each in (CONTACT, ANSWER, SEARCH)]
    return absent_journeys(rows, heard_, known, "UTC")


def luggage_and_check_in() -> list[Said]:
    """Six people about luggage (one of them four times), five about an early check-in, four about a cot."""
    rows = [row("Where can I store my luggage?", f"l{n}", n) for n in range(4)]
    rows += [row("store luggages please", "l4", 40), row("Luggage!", "l5", 41)]
    rows += [row(f"I still want to store luggage, {n}", "l0", 5 + n) for n in range(3)]
    rows += [row("Is an early check-in possible?", f"c{n}", 45) for n in range(5)]
    return rows + [row("a cot for a baby", f"b{n}") for n in range(4)]


def test_people_are_counted_and_not_rows():
    """Nine contacts about luggage are of six people; in June it was four, in July two, which are too few to tell."""
    first, second = absent(luggage_and_check_in())
    assert (first.words, first.n_people, second.words, second.n_people) == (("store", "luggage"), 6, ("early", "check"), 5)
    assert [(each.first_on.month, each.n_people, each.is_whole) for each in first.months] == [(6, None, True), (7, None, True)]
    assert [(each.origin, each.n, each.of) for each in first.tellings] == [(CONTACT, 9, 100)]
    assert second.month.n_people == 5
    assert second.month.first_on == dt.date(2026, 7, 1)


def test_four_people_are_too_few_to_be_shown_however_often_they_write():
    """Twenty contacts of four people give nothing; a fifth person makes them a cluster."""
    cots = [row("a cot for a baby", f"b{n % 4}") for n in range(20)]
    assert absent(cots) == ()
    (found,) = absent([*cots, row("a cot", "b4")])
    assert (found.words, found.n_people, found.tellings[0].n) == (("cot",), 5, 21)


def test_the_order_of_rows_has_no_part_in_it():
    """Twenty shufflings give the same clusters."""
    rows, expected = luggage_and_check_in(), absent(luggage_and_check_in())
    chance = random.Random(7)
    for _ in range(20):
        chance.shuffle(rows)
        assert absent(rows) == expected


def test_what_is_told_in_the_words_of_a_step_is_about_that_step():
    """Three of six who write of a card also say pay: half is about paying; with two of six it is absent."""
    card = [row("I cannot pay by card", f"p{n}") for n in range(3)] + [row("my card", f"q{n}") for n in range(3)]
    assert absent(card) == ()
    (found,) = absent([*card[1:], row("card?", "q3")])
    assert (found.words, found.n_people) == (("card",), 6)


def test_unknown_people_are_told_apart_and_never_counted():
    """Five known and seven nameless contacts are five people; nameless ones alone are nothing."""
    nameless = [row("lost luggage", None) for _ in range(7)]
    assert absent(nameless) == ()
    (found,) = absent([*nameless, *(row("luggage", f"l{n}") for n in range(5))])
    assert (found.n_people, found.n_nameless, found.tellings[0].n) == (5, 7, 12)


def test_dead_ends_at_a_known_step_and_searches_for_an_unknown_one_are_told():
    """Six find nothing at find; five look at store-luggage, which is no step of the journey."""
    rows = [row(None, f"d{n}", origin=DEAD_END, step="find") for n in range(6)]
    rows += [row("store-luggage", f"s{n}", origin=SEARCH) for n in range(5)]
    found = [(each.words, each.step, each.n_people, each.tellings[0].origin) for each in absent(rows)]
    assert found == [((), "find", 6, DEAD_END), (("store", "luggage"), None, 5, SEARCH)]


def test_a_hostile_text_is_text_and_what_is_personal_stays_out():
    """Masks, markup and names of those who answer are no words; only what five people share is told."""
    rows = [row(f"<script>alert({n})</script> [mail address] luggage Okafor secret{'abcde'[n]}", f"h{n}") for n in range(5)]
    owner = organisation(STAY, service("x", kind="value-stream", fields={"owner": "maya.okafor"}))
    (found,) = absent(rows, known=owner)
    assert set(found.words) == {"script", "alert", "luggage"}
    assert absent([row("'; drop table --" * 9000, f"h{n}") for n in range(5)])[0].n_people == 5


def test_a_word_that_is_written_like_a_name_is_never_told():
    """Six people name Okafor, five with a capital; of the luggage, which only begins sentences so, we hear."""
    rows = [row("Luggage. I gave it to Okafor", f"n{n}") for n in range(5)] + [row("luggage, okafor has it", "n5")]
    (found,) = absent(rows)
    assert (found.words, found.n_people) == (("luggage",), 6)
    assert absent([row("I asked for Okafor", f"n{n}") for n in range(6)]) == ()


@pytest.mark.parametrize("text", ["", "   ", "!!!", "12 34", "I was there", "[phone number]", "\ud800", "é" * 100_000])
def test_any_text_has_words_or_none(text):
    """Whatever stands there, nothing fails and no word is a stop word."""
    assert len(telling_words(text)) <= 1


def test_an_empty_organisation_and_rows_of_what_has_no_journey_give_nothing():
    """Nothing is absent from a journey that is not there."""
    assert absent(luggage_and_check_in(), known=organisation()) == ()
    assert absent(luggage_and_check_in(), known=organisation(service("stay"))) == ()


def test_a_cluster_is_what_an_oracle_finds_by_trying_every_word():
    """Where every text has one word, clusters are the groups of the words of five people or more."""
    chance = random.Random(3)
    texts = [Text((chance.choice("abcdefgh") * 3,), f"p{chance.randrange(30)}") for _ in range(90)]
    groups = {word: {each.person for each in texts if word in each.words} for word in {each.words[0] for each in texts}}
    expected = {(word,): people for word, people in groups.items() if len(people) >= 5}
    assert {each.label: persons(texts, each.texts) for each in clusters(texts)} == expected
    assert len(expected) > 2


def test_it_comes_back_from_the_extract_as_it_was():
    """Rules get it as plain rows."""
    for each in absent(luggage_and_check_in()):
        assert absent_of(asdict(each)) == each


def test_the_query_leaves_out_what_stands_at_a_step_or_an_end_and_counts_it():
    """A contact, an answer, an unknown step and a dead end are lost; what is old, of a test or of no journey is not read."""
    inn = organisation(service("stay", "find pay", ends=("no-room",)), service("desk"))
    june = at("2026-06-10")
    contacts = [
        {"service": "stay", "words": "luggage", "consumer": "a"}, {"service": "stay", "words": "bill", "step": "pay"},
        {"service": "stay", "words": "full", "step": "no-room"}, {"service": "desk", "words": "no journey"},
        {"service": "stay", "words": "old", "happened_at": at("2026-01-01")},
    ]  # fmt: skip
    events = [
        {"service": "stay", "step": "find"}, {"service": "stay", "step": "Store-Luggage", "consumer": "b"},
        {"service": "stay", "step": "find", "outcome": "Not-Found"}, {"service": "stay", "step": "x", "environment": "test"},
        {"service": "stay"},
    ]  # fmt: skip
    answers = [{"service": "stay", "text": "a cot", "asked_at": june}, {"service": "stay", "asked_at": june, "score": 1.0}]
    engine = prepared(
        engine_with(contacts=[{"happened_at": june, **each} for each in contacts],
                    interactions=[{"happened_at": june, **each} for each in events], answers=answers), inn, ())  # fmt: skip
    facts, since = FactTables(engine), at("2026-05-01")
    found = [Said(**each) for each in engine.run(said(facts, since)).to_pylist()]
    counts = [Heard(**each) for each in engine.run(heard(facts, since)).to_pylist()]
    engine.close()
    assert sorted((each.origin, each.words or "", each.step or "", each.consumer or "") for each in found) == [
        (ANSWER, "a cot", "", ""), (CONTACT, "luggage", "", "a"), (DEAD_END, "", "find", ""),
        (SEARCH, "Store-Luggage", "", "b"),
    ]  # fmt: skip
    assert {(each.entity, each.origin): each.n for each in counts} == {
        ("desk", CONTACT): 1, ("stay", CONTACT): 3, ("stay", ANSWER): 1, ("stay", SEARCH): 4,
    }  # fmt: skip
