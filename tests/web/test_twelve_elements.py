"""The page of a service holds all twelve elements, each found by its name; without data each says what would fill it."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from pages import sample_asked
from web.elements import ELEMENTS
from wholeservice.app.web import create_app

VOID = {"meta", "link", "input", "br", "img"}
MOST_BYTES = 250_000


class Elements(HTMLParser):
    """The HTML of each named element: the section it names, else the element that has the name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self._open: list[tuple[str, str | None]] = []
        self.words: dict[str, str] = {}
        self.classes: dict[str, set[str]] = {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if given.get("id"):
            self.names.append(given["id"])
        name = given.get("aria-labelledby") if tag == "section" else given.get("id")
        if tag not in VOID:
            self._open.append((tag, name))
        for _, each in self._open:
            self.classes.setdefault(each or "", set()).update((given.get("class") or "").split())

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        for each in {each for _, each in self._open if each}:
            self.words[each] = self.words.get(each, "") + data.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def client():
    """The hotel with more of everything."""
    data = sample_asked.data()
    return TestClient(create_app(lambda: data), base_url="http://127.0.0.1")


@pytest.fixture(scope="module")
def measured(client):
    """The main service of the sample."""
    return Elements(client.get("/service/stay").text)


@pytest.fixture(scope="module")
def empty(client):
    """A service of which nothing is known but its name."""
    return Elements(client.get("/service/night-desk").text)


@pytest.mark.parametrize("name", ELEMENTS.values(), ids=ELEMENTS)
def test_each_element_stands_on_the_page_once(measured, empty, name):
    """With data and without."""
    assert (measured.names.count(name), empty.names.count(name)) == (1, 1)
    assert measured.words[name].strip()


@pytest.mark.parametrize("name", sorted(set(ELEMENTS.values()) - {"unmeasured"}))
def test_an_element_without_data_is_hatched_and_says_what_would_fill_it(empty, name):
    """Nothing is left out because nothing is known of it."""
    assert "hatch" in empty.classes[name]
    assert re.search(r"\b(Say|Name|name|Write|List|Count|Record|With|What is missing)\b", empty.words[name])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("purpose", "A room I trust"), ("consumers", "4,100,000 a year"), ("consumers", "80.0% how satisfied people are"),
        ("needs", "at least 99.0%"), ("needs", "−4.8 pp"), ("needs", "93.4% to 94.9%"), ("trends", "Dec 2026"),
        ("journey", "How it feels is known at 1 of 7 steps"), ("journey", "Ask people right after Find"),
        ("unmeasured", "How many people reach Stay"), ("drop-out", "15,480 of 30,000 visits (51.6%)"),
        ("channels", "“Pay” by app falls furthest short"), ("losses", "How the loss is known"),
        ("unexplained", "of −6.0 pp, −0.60 pp is claimed by no place"),
        ("answers", "Maya Okafor answers for it; Booking team can act"),
        ("changed", "People who finish"),
    ],
)  # fmt: skip
def test_each_element_says_what_the_numbers_say(measured, name, words):
    """One telling piece of each."""
    assert words in re.sub(r"\s+", " ", measured.words[name])


def test_the_first_visit_loads_little(client):
    """The page, what it loads and the font, as they are sent."""
    page = client.get("/service/stay")
    others = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    version = next(iter(others)).rsplit("/", 1)[0]
    sent = [client.get(each) for each in {*others, f"{version}/inter.woff2"}]
    assert all(each.status_code == 200 for each in sent)
    assert sum(_sent(each) for each in (page, *sent)) < MOST_BYTES


def _sent(answer):
    """As compressed on its way; a font is never compressed again."""
    packed = "gzip" in answer.headers.get("content-encoding", "")
    return len(gzip.compress(answer.content)) if packed else len(answer.content)
