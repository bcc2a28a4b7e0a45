"""The form of the improvement log: it works without a script, gives back what was typed, and takes nothing from elsewhere."""

from __future__ import annotations

import re
import warnings
from urllib.parse import urlencode

import pyarrow as pa
import pytest

from chromium import needs_chromium
from web.conftest import BASE
from web.test_browser import served
from wholeservice.app import stored_results
from wholeservice.app.asked import Asked
from wholeservice.app.improve_form import ADDRESS, MAX_BYTES, Door
from wholeservice.app.improvement_log import improvements_of
from wholeservice.app.turning import MANY
from wholeservice.app.web import create_app
from wholeservice.app.web_form import routes_of
from wholeservice.app.workspace import newest_stored
from wholeservice.measures import MEASURES
from wholeservice.measures.compute import to_arrow
from wholeservice.measures.results import Results
from wholeservice.organisation.load import load
from wholeservice.pages.base import Data
from wholeservice.tables import SIGHTINGS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

PROMISE = "completion of stay @ pay by 3pp until 2026-12-01"


@pytest.fixture
def settings(small_workspace):
    """A workspace with stored results that hold nothing."""
    data = Data(load(small_workspace)[0], Results(MEASURES, ()), (), {}, {}, (), "0001-a.b.c", "UTC")
    rows = stored_results.Rows(to_arrow(()), pa.table({each: pa.array([], pa.string()) for each in SIGHTINGS.column_names}))
    stored_results.save(small_workspace / ".wholeservice" / "results", data, rows, small_workspace / "organisation")
    return Asked(small_workspace).settings()


@pytest.fixture
def door(settings):
    return Door(settings)


@pytest.fixture
def client(settings, door):
    """A client of a server that may be written to."""
    app = create_app(newest_stored(settings, is_open=True), more=routes_of(door))
    return TestClient(app, base_url=BASE, follow_redirects=False)


def send(client, door, headers=None, **typed):
    once = re.search(r'name="once" value="([^"]+)"', client.get(ADDRESS).text)[1]
    return client.post(ADDRESS, data={"token": door.token, "once": once, **typed}, headers=headers)


def test_what_is_sent_is_kept_and_leads_to_its_page(client, door, settings):
    """POST, then 303 to the improvement, which is on the pages at once though they were looked at a moment ago."""
    assert "Nobody has promised a number yet" in client.get("/improvements").text
    answer = send(client, door, says="Ask <b>once</b>", where="stay.pay\r\nbooking\r\n", promise=PROMISE, problem="one\r\ntwo")
    assert (answer.status_code, answer.headers["location"]) == (303, "/improvements/IMP-1")
    (one,) = improvements_of(settings)
    assert (one.where, one.problem) == (("step:stay.pay", "team:booking"), "one\ntwo")
    for address in ("/improvements", "/improvements/IMP-1", "/service/stay"):
        page = client.get(address)
        assert page.status_code == 200
        assert "Ask &lt;b&gt;once&lt;/b&gt;" in page.text, address
    assert client.get("/improvements.csv").text.splitlines()[1].startswith("IMP-1,Ask <b>once</b>,promised,")
    assert client.get("/improvements/IMP-1.json").json()["improvement"]["promises"][0]["by"] == "better by 3 pp"


def test_an_entry_shows_at_once_though_many_pages_are_kept(client, door):
    """A newer snapshot waits until what readers asked for is printed; whoever wrote to the log does not."""
    for number in range(MANY + 5):
        client.get(f"/improvements?n={number}")
    send(client, door, says="Tidy up", is_daily="yes")
    assert "Tidy up" in client.get("/improvements?n=0").text


def test_what_is_wrong_comes_back_with_what_was_typed(client, door, settings):
    """Each field that is wrong says so beside it and at the top, with what comes near; nothing is kept."""
    answer = send(client, door, says='A "quoted" line', where="sty\nbooking", problem="<script>alert(1)</script>", promise="x")
    assert answer.status_code == 422
    text = answer.text
    assert 'role="alert"' in text
    assert "The nearest is “stay”" in text
    assert 'value="A &#34;quoted&#34; line"' in text
    assert "sty\nbooking</textarea>" in text
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text
    assert 'id="f-where" name="where" rows="2" aria-describedby="h-where w-where" aria-invalid="true"' in text
    assert improvements_of(settings) == ()


def test_sent_twice_it_is_kept_once(client, door, settings):
    """A double click, or a repeat after a lost answer, leads to the entry that is there."""
    sent = {"token": door.token, "once": "abc", "says": "Tidy up", "is_daily": "yes"}
    answers = [client.post(ADDRESS, data=sent).headers["location"] for _ in range(2)]
    assert answers == ["/improvements/IMP-1"] * 2
    assert len(improvements_of(settings)) == 1


@pytest.mark.parametrize("headers", [
    {"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"}, {"origin": "http://127.0.0.1:9999"},
])  # fmt: skip
def test_another_page_cannot_write_even_with_the_token(client, door, settings, headers):
    """What the browser says of where a request comes from counts before all else, and nothing of it is shown."""
    answer = send(client, door, headers=headers, says="Planted", is_daily="yes")
    assert answer.status_code == 403
    assert "Planted" not in answer.text
    assert improvements_of(settings) == ()


def test_without_the_token_nothing_is_kept_and_what_was_typed_is_not_lost(client, settings):
    """The server was started again meanwhile: the form comes back filled in, with the token of now."""
    for token in ({}, {"token": "of-before"}, {"token": "ü"}):
        answer = client.post(ADDRESS, data={"says": "Tidy up", "is_daily": "yes", **token}, headers={"origin": BASE})
        assert answer.status_code == 403
        assert 'value="Tidy up"' in answer.text
    assert improvements_of(settings) == ()


def test_a_form_has_bounds(client, door, settings):
    """Too large, of another type or with too many fields: told, and nothing is kept."""
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post(ADDRESS, content=b"a" * (MAX_BYTES + 1), headers=form).status_code == 413
    assert client.post(ADDRESS, content=b"{}", headers={"content-type": "application/json"}).status_code == 400
    many = urlencode([("says", "x")] * 100)
    assert client.post(ADDRESS, content=many.encode(), headers=form).status_code == 400
    assert client.post(ADDRESS, content=b"says=%FF&is_daily=yes", headers=form).status_code == 400
    assert client.put(ADDRESS).status_code == 405
    assert improvements_of(settings) == ()


def test_it_is_never_kept_in_a_cache_and_says_what_it_adds_to(client, door):
    """The form holds a token, so no cache holds it; with an id it asks what was learnt, and how it ends."""
    send(client, door, says="Tidy up", is_daily="yes")
    page = client.get(f"{ADDRESS}?to=IMP-1")
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "Add to IMP-1" in page.text
    assert "without evidence</option>" in page.text
    answer = send(client, door, to="IMP-1", learnt="It was not needed", close="without evidence")
    assert answer.headers["location"] == "/improvements/IMP-1"
    assert "closed without evidence" in client.get("/improvements/IMP-1").text


def test_a_read_only_server_has_no_form_and_offers_none(settings):
    """Without a door there is no such address, and no page leads to it."""
    client = TestClient(create_app(newest_stored(settings)), base_url=BASE)
    assert client.get(ADDRESS).status_code == 404
    assert client.post(ADDRESS, data={"says": "x"}).status_code in (404, 405)
    assert ADDRESS not in client.get("/improvements").text + client.get("/service/stay").text


@pytest.mark.browser
@needs_chromium
def test_a_person_without_scripts_writes_one_down(settings, browser):
    """In a real browser on a phone, with scripts off: a mistake is told and what was typed stays, then it is kept."""
    app = create_app(newest_stored(settings, is_open=True), more=routes_of(Door(settings)))
    with served(app) as address:
        page = browser.new_page(java_script_enabled=False, viewport={"width": 390, "height": 800})
        page.goto(f"{address}/improvements")
        page.get_by_role("link", name="Write one down").click()
        page.get_by_label("What is changed").fill("Ask for the card last")
        page.get_by_label("Where", exact=True).fill("sty")
        page.get_by_label("What it promises").fill(PROMISE)
        page.get_by_role("button", name="Keep it").click()
        assert "The nearest is “stay”" in page.get_by_role("alert").inner_text()
        assert page.get_by_label("What is changed").input_value() == "Ask for the card last"
        page.get_by_label("Where", exact=True).fill("stay")
        page.get_by_role("button", name="Keep it").click()
        assert page.url == f"{address}/improvements/IMP-1"
        assert page.get_by_role("heading", level=1).inner_text() == "Ask for the card last"
        page.close()
