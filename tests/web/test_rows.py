"""The rows behind a number: the same on every form of the page, nobody to be known by them, and nothing breaks it."""

from __future__ import annotations

import csv
import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from wholeservice.app import settings
from wholeservice.app.web import create_app
from wholeservice.app.workspace import current_data, ingest_workspace
from wholeservice.mapping.pseudonyms import PREFIX
from wholeservice.measures import behind_rows
from wholeservice.pages import rows as rows_page
from wholeservice.pages.base import Data

ORGANISATION = """\
org: { name: Small, purpose: To be looked at, north-star: people who come back }
consumers: { guest: { outside: true } }
services:
  stay: { for: { guest: [uses] }, channels: [web, desk], journey: [find, pay] }
  post: { for: { guest: [uses] } }
"""
SOURCES = """\
name: Small
zone: Europe/Amsterdam
sources:
  visits:
    file: visits.csv
    record: [id]
    facts:
      - interaction: { happened_at: "{at}", service: stay, step: "{step}", channel: "{channel}", consumer: "{guest}" }
  counted:
    file: counted.csv
    record: [month]
    facts:
      - tally:
          { from_at: "{month}-01", to_at: "{next}-01", window: calendar, entity: post, of: transactions, statistic: count,
            value: "{letters}" }
"""
GUESTS = [(f"guest-{n}@example.org", "web" if n < 8 else "desk") for n in range(11)]
STAY = "/rows?entity=stay&measure=completion&from=2026-03-01&to=2026-04-01"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """Thirteen guests in March, three of them at the desk; two find a room and do not pay. Letters as somebody counted them."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "organisation").mkdir()
    (folder / "organisation" / "organisation.yaml").write_text(ORGANISATION, encoding="utf-8")
    (folder / "wholeservice.yaml").write_text(SOURCES, encoding="utf-8")
    (folder / "visits.csv").write_text("id,at,step,channel,guest\n" + "".join(visits()), encoding="utf-8")
    (folder / "counted.csv").write_text("month,next,letters\n2026-02,2026-03,40\n2026-03,2026-04,2\n", encoding="utf-8")
    declared, _ = settings.load(folder)
    ingest_workspace(declared)
    return current_data(declared)


def visits():
    """Everybody finds a room on a day of their own; from the third on they pay, half an hour later."""
    yield "first,2026-03-01 00:10,find,web,early@example.org\nlast,2026-03-31 23:50,find,web,late@example.org\n"
    for number, (guest, channel) in enumerate(GUESTS):
        yield f"{number}a,2026-03-{number + 2:02} 12:00,find,{channel},{guest}\n"
        if number > 1:
            yield f"{number}b,2026-03-{number + 2:02} 12:20,pay,{channel},{guest}\n"


@pytest.fixture(scope="module")
def client(data: Data):
    return TestClient(create_app(lambda: data), base_url="http://127.0.0.1")


def test_page_json_and_csv_show_the_same_rows(client):
    """Twelve attempts were old enough to judge, nine finished; each row leads to the line of the file where it began."""
    page, found = client.get(STAY), client.get(STAY.replace("/rows", "/rows.json")).json()
    table = list(csv.DictReader(io.StringIO(client.get(STAY.replace("/rows", "/rows.csv")).text)))
    assert found["number"]["n"] == found["n"] == found["n_rows"] == len(found["rows"]) == 12
    assert sum(row["adds"] for row in found["rows"]) == 9
    assert "12 rows stand behind 75.0%" in re.sub(r"\s+", " ", page.text)
    places = [row["where_from"] for row in found["rows"]]
    assert places == [row["raw record"] for row in table]
    assert places[:3] == ["visits.csv:2", "visits.csv:4", "visits.csv:5"]
    assert all(place in page.text for place in places)
    assert [row["says"] for row in found["rows"][1:4]] == ["left at find", "left at find", "done"]


def test_a_person_is_a_few_letters_of_a_pseudonym(client):
    """No address, no whole pseudonym, in any form of the page."""
    for form in ("", ".json", ".csv"):
        text = client.get(STAY.replace("/rows", f"/rows{form}")).text
        assert "example.org" not in text
        assert not re.search(PREFIX + r"[A-Za-z0-9_-]{5,}", text)
    who = {row["who"] for row in client.get(STAY.replace("/rows", "/rows.json")).json()["rows"]}
    assert len(who) > 10


@pytest.mark.parametrize("form", ["", ".json", ".csv"])
def test_of_fewer_than_five_people_no_row_is_shown(client, form: str):
    """Three guests came to the desk: how many, and why there is no more; no file and no line."""
    text = client.get(STAY.replace("/rows", f"/rows{form}") + "&channel=desk").text
    assert "visits.csv:" not in text
    assert "Fewer than 5 people" in text
    assert form == ".csv" or re.search(r"\b3\b", text)
    assert "visits.csv:" in client.get(STAY.replace("/rows", f"/rows{form}") + "&channel=web").text


def test_what_a_source_counted_is_its_own_row(client):
    """A small count is of nobody in particular: the tally is shown, and adds what it counts."""
    found = client.get("/rows.json?entity=post&measure=volume&from=2026-03-01&to=2026-04-01").json()
    assert [(row["says"], row["counts"], row["where_from"]) for row in found["rows"]] == [
        ("transactions, count: 2", 2, "counted.csv:3")
    ]


def test_a_sum_over_services_has_the_rows_of_each(client):
    """The whole organisation: what was counted of one service, and the single attempts of the other."""
    found = client.get("/rows.json?entity=Small&measure=volume&from=2026-03-01&to=2026-04-01").json()
    assert found["differs"] is None
    assert {row["entity"] for row in found["rows"]} == {"post", "stay"}
    assert found["n"] == found["number"]["n"] == 2 + 13


def test_pages_follow_one_another_and_the_table_says_where_it_was_cut(client, monkeypatch: pytest.MonkeyPatch):
    """Five rows a page: 5, 5, 2, and past the end the last; a table cut after four says so in its last line."""
    monkeypatch.setattr(rows_page, "PER_PAGE", 5)
    monkeypatch.setattr(rows_page, "MOST_IN_SHEET", 4)
    pages = [client.get(f"{STAY.replace('/rows', '/rows.json')}&page={page}").json() for page in (1, 2, 3, 9)]
    assert [len(page["rows"]) for page in pages] == [5, 5, 2, 2]
    assert len({row["where_from"] for page in pages[:3] for row in page["rows"]}) == 12
    assert client.get(pages[0]["after"]).status_code == 200
    assert pages[0]["before"] is None is pages[2]["after"]
    assert "cut here: the first 4 of 12 rows" in client.get(STAY.replace("/rows", "/rows.csv") + "&cut").text


def test_a_wrong_name_gets_the_nearest(client):
    """A measure or a service that is misspelt: 404, with the same question about the right one."""
    wrong = client.get("/rows?entity=stay&measure=completon")
    assert (wrong.status_code, "/rows?entity=stay&amp;measure=completion" in wrong.text) == (404, True)
    wrong = client.get("/rows?entity=sty&measure=completion")
    assert (wrong.status_code, "/rows?measure=completion&amp;entity=stay" in wrong.text) == (404, True)
    assert client.get("/rows").status_code == 404


@pytest.mark.parametrize("form", ["", ".json", ".csv"])
def test_a_number_that_is_not_there_has_no_rows_and_says_so(client, form: str):
    """A month without facts is a page that says so and leads to the newest; not a 0, and not an error."""
    answer = client.get(f"/rows{form}?entity=stay&measure=completion&from=2020-01-01&to=2020-02-01")
    assert answer.status_code == 200
    assert "There is no number for this" in answer.text
    assert "visits.csv:" not in answer.text


HOSTILE = ("'; DROP TABLE attempts; --", '"><script>alert(1)</script>', "9" * 400, "-1", "\N{ARABIC-INDIC DIGIT ONE}", "²",
           "0001-01-01", "9999-12-31", "9999-12-31T23:59:59-14:00", "\0", "%", "a,b,c", ",", "{{ 7*7 }}")  # fmt: skip


@pytest.mark.parametrize("name", ["entity", "measure", "from", "to", "window", "step", "channel", "segment", "page"])
def test_no_parameter_breaks_it(client, name: str):
    """Quotes, markup, huge numbers, impossible days: a page or a 404, its words escaped, and the next reader is answered."""
    asked = {"entity": "stay", "measure": "completion", "from": "2026-03-01", "to": "2026-04-01"}
    for n, value in enumerate(HOSTILE):
        query = "&".join(f"{each}={quote(word)}" for each, word in {**asked, name: value}.items())
        form = ("", ".json", ".csv")[n % 3]
        answer = client.get(f"/rows{form}?{query}")
        assert answer.status_code in (200, 404), (name, value)
        assert form == ".json" or "<script>alert" not in answer.text
    assert client.get(STAY).status_code == 200


def test_many_may_ask_at_once(client):
    """Twelve questions at the same time get the answers that they get one after the other."""
    asked = [f"{STAY.replace('/rows', '/rows.json')}&channel={('web', 'desk')[n % 2]}&at={n}" for n in range(12)]
    one_by_one = [client.get(each).json() for each in asked]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda each: client.get(each + "0").json(), asked)) == one_by_one


def test_numbers_of_pages_lead_to_their_rows(client):
    """Every such link of the page of a service and a step is answered, and its rows add up to its number."""
    links = {link for page in ("/service/stay", "/service/stay/step/pay") for link in linked(client.get(page).text)}
    assert len(links) > 3
    for link in links:
        found = client.get(link.replace("/rows?", "/rows.json?")).json()
        assert found["number"]["n"] == found["n"], link


def linked(page: str) -> set[str]:
    return {each.replace("&amp;", "&") for each in re.findall(r'href="(/rows\?[^"]+)"', page)}


def test_results_without_facts_say_that_the_facts_are_elsewhere(data: Data):
    """Where there are results only, the number stands with the reason why no row is shown."""
    page = TestClient(create_app(lambda: replace(data, rows=None)), base_url="http://127.0.0.1").get(STAY)
    assert (page.status_code, rows_page.NO_FACTS in page.text) == (200, True)


def test_only_a_pseudonym_is_shown_in_part():
    """What is none, such as a name that slipped through, is not shown at all."""
    assert behind_rows.shortened("maya.okafor") == "somebody"
    assert behind_rows.shortened(None) is None
