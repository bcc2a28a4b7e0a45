"""Search: what is typed is found by any of its names, best first; a misspelt word is mended and said."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from improvements.told import item, said
from pages import sample, sample_asked
from wholeservice.improvements.log import read_log
from wholeservice.pages import search
from wholeservice.pages.entries import Entry, entries_of, nearest_entries, spaced


@pytest.fixture(scope="module")
def asked():
    """The hotel with more of everything."""
    return sample_asked.data()


def found(page) -> list[str]:
    return [hit.address for group in page.groups for hit in group.hits]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("Book and stay", "/service/stay"),
        ("komp:pay-ui", "/service/checkout"),  # an alias of another system
        ("old-cards", "/service/cards"),  # a former id
        ("BOOKING team", "/team/booking"),
        ("maya", "/owner/Maya%20Okafor"),
        ("papers", "/service/id-check"),
        ("desk", "/channel/desk"),
        ("get the key", "/service/stay/step/arrive"),
        ("sleep", "/service/stay#needs"),
        ("people who finish", "/measure/completion"),
        ("survey", "/sources/survey"),
        ("shown: 6.0 pp below", "/finding/1"),
        ("zurich self service", "/service/zuerich"),  # without the accent and the signs
    ],
)
def test_everything_with_a_page_is_found_by_its_names(asked, query, first):
    """Title, id, alias, former id; of every kind."""
    assert found(search.build(asked, q=query))[0] == first


def test_a_name_as_typed_comes_before_names_that_hold_it(asked):
    """“Pay” is the step; the payment page only begins so, and comes later although its kind does not."""
    page = search.build(asked, q="pay")
    assert found(page)[0] == "/service/stay/step/pay"
    assert page.groups[0].name == "Steps"
    assert "/service/checkout" in found(page)


def test_one_word_may_be_of_what_it_belongs_to_but_not_all(asked):
    """“stay search” finds the part of Book and stay; “stay” alone does not find its every part."""
    assert "/service/search" in found(search.build(asked, q="stay search"))
    assert "/service/search" not in found(search.build(asked, q="stay"))


@pytest.mark.parametrize(("typed", "meant"), [("serch", "search"), ("pakring", "parking"), ("bokking taem", "booking team")])
def test_a_misspelt_word_is_mended_and_said(asked, typed, meant):
    """The nearest known word is looked for, and the page says so."""
    page = search.build(asked, q=typed)
    assert page.meant == meant
    assert page.title == f"Nothing is called “{typed}”; this is near: “{meant}”"
    assert found(page) == found(search.build(asked, q=meant))


def test_what_is_right_is_never_mended(asked):
    """“spa” is found as typed, although other words are near."""
    assert search.build(asked, q="spa").meant is None


def test_nothing_is_said_to_be_nothing_and_what_there_is_is_shown(asked):
    """No hit, no guess; the counts are those of the organisation."""
    page = search.build(asked, q="qqqqqq")
    assert (page.n_found, page.groups, page.meant) == (0, (), None)
    counts = {kind: n for kind, _, n in page.counts}
    entities = asked.organisation.entities.values()
    assert counts["service"] == sum(each.kind == "service" for each in entities)
    assert counts["step"] == len(sample.STEPS)
    assert counts["finding"] == len(asked.findings)
    assert (counts["owner"], counts["channel"]) == (2, 4)


def test_one_kind_shows_all_of_it(asked):
    """Without words the list of a kind is alphabetical; an unknown kind is no filter."""
    page = search.build(asked, kind="part")
    titles = [hit.title for hit in page.groups[0].hits]
    assert titles == sorted(titles, key=str.casefold)
    assert len(titles) == 5
    assert {each.kind for each in search.build(asked, q="pay", kind="step").groups} == {"step"}
    assert search.build(asked, q="pay", kind="<b>").kind == ""


def test_a_long_list_says_how_many_there_are(asked):
    """Of 734 services eight are shown, and the number is that of all."""
    large = replace(sample.large(734, 1), snapshot="large search")
    page = search.build(large, q="service number")
    group = next(each for each in page.groups if each.kind == "service")
    assert (group.n, len(group.hits)) == (734, search.PER_KIND)
    assert len(search.build(large, q="service number", kind="service").groups[0].hits) == search.MOST_OF_ONE


@pytest.mark.parametrize("query", ["", " ", "\x00", "é" * 5000, "a " * 500, "%", "' OR 1=1", "\N{ZERO WIDTH SPACE}", "房间"])
def test_whatever_is_typed_is_answered(asked, query):
    """Nothing that can be typed breaks the page or makes it slow."""
    started = time.perf_counter()
    page = search.build(asked, q=query)
    assert len(page.query) <= search.MOST_LETTERS
    assert page.title
    assert time.perf_counter() - started < 1


def test_a_wrong_address_names_the_nearest_of_its_own_kind(asked):
    """A step is looked for among the steps of that service first, an owner among owners, also by a part of the name."""
    assert nearest_entries(asked, "/service/stay/step/pya")[0].address == "/service/stay/step/pay"
    assert nearest_entries(asked, "/team/bookin")[0].address == "/team/booking"
    assert nearest_entries(asked, "/owner/Okafor")[0].address == "/owner/Maya%20Okafor"
    assert nearest_entries(asked, "/channel/wbe")[0].address == "/channel/web"
    assert nearest_entries(asked, "/owner/qqqqqq") == ()


def test_words_are_compared_without_case_accents_and_signs():
    """Names with underscores and dashes are words."""
    assert Entry("x", "Übernachtung_Plus", "/", ("a.b-C",)).words.named == " ubernachtung plus a b c"
    assert spaced("…") == ""


def test_the_entries_of_a_snapshot_are_made_once(asked):
    """The same data gives the same entries; other data under the same name do not."""
    assert entries_of(asked) is entries_of(asked)
    assert entries_of(replace(asked, organisation=replace(asked.organisation))) is not entries_of(asked)


def test_improvements_and_items_are_found_by_what_they_say_and_by_id(asked):
    """What is written down since the snapshot is found, too; an improvement that is an item stands there once."""
    log = read_log([item("IMP-1", 0)], [said("IMP-1", "improvement", "Ask only once")], [])
    grown = replace(asked, improvements=log, log_mark="1")
    assert found(search.build(grown, q="ask only once")) == ["/improvements/IMP-1"]
    assert found(search.build(grown, q="IMP-1"))[0] == "/improvements/IMP-1"
    assert not found(search.build(asked, q="IMP-1"))
    known = next(iter(asked.stories))
    assert f"/items/{known}" in found(search.build(asked, q=known))
