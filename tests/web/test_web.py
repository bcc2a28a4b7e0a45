"""Every page is HTML and JSON with the same numbers, says what it may load, and never shows a traceback."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from pages import sample
from wholeservice.app import web
from wholeservice.app.web import create_app
from wholeservice.errors import InputError, Problem

ADDRESSES = (
    "/", "/service/stay", "/service/night-desk", "/service/kestrel", "/service/prices", "/service/booking", "/service/guest",
    "/findings", "/finding/1", "/finding/2", "/measures", "/measure/completion", "/data",
    "/sources", "/sources/bookings", "/sources/desk", "/sources/survey", "/coverage/stay", "/coverage/prices",
)  # fmt: skip


def words(page: str) -> str:
    """Return what a reader sees of a page, without the markup."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page)).replace("\N{NO-BREAK SPACE}", " ")


def numbers(value: object) -> list[str]:
    """Return everything in the JSON that was written as a number for people."""
    if isinstance(value, dict):
        own = [
            value[key] for key in ("written", "range_written", "difference", "change", "gap") if isinstance(value.get(key), str)
        ]
        return own + [each for child in value.values() for each in numbers(child)]
    return [each for child in value for each in numbers(child)] if isinstance(value, list) else []


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_and_its_data_hold_the_same_numbers(client, address):
    """Each number of the JSON stands in the HTML, written the same way."""
    page, data = client.get(address), client.get(address.rstrip("/") + "/index.json" if address == "/" else address + ".json")
    assert (page.status_code, data.status_code) == (200, 200)
    assert data.headers["content-type"].startswith("application/json")
    seen = words(page.text)
    assert [each for each in numbers(data.json()) if each not in seen] == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_loads_nothing_from_outside_and_runs_nothing_inline(client, address):
    """The policy allows only our own files; there is no inline style, script or handler; every address is local."""
    page = client.get(address)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script>|javascript:", page.text)
    assert not re.findall(r'(?:href|src)="(?!/|#)[^"]*', page.text)
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "same-origin"


def test_names_are_escaped(client):
    """A service called Parking & <valet> is text, not an element."""
    page = client.get("/").text
    assert "Parking &amp; &lt;valet&gt;" in page
    assert "<valet>" not in page


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_method_and_no_internal_word_stands_on_the_face(client, address):
    """The name of a statistical method stands only behind a fold."""
    face = words(re.sub(r"<details.*?</details>", "", client.get(address).text, flags=re.DOTALL))
    assert not re.search(r"Wilson|bootstrap|Shapley|successive differences|None|NaN|\bnan\b", face)


def test_what_did_not_change_is_not_sent_again():
    """The same snapshot answers 304 without a body; a newer one answers whole."""
    shown = [sample.data()]
    client = TestClient(create_app(lambda: shown[0]), base_url="http://127.0.0.1")
    tag = client.get("/service/stay").headers["etag"]
    again = client.get("/service/stay", headers={"If-None-Match": tag})
    assert (again.status_code, again.text) == (304, "")
    shown[0] = replace(shown[0], snapshot="newer")
    assert client.get("/service/stay", headers={"If-None-Match": tag}).status_code == 200
    assert client.get("/service/spa").headers["etag"] != tag


def test_a_wrong_name_gets_the_nearest(client):
    """404 with the service that was meant, and a way back."""
    answer = client.get("/service/nigth-desk")
    assert answer.status_code == 404
    assert '<a href="/service/night-desk">Night desk</a>' in answer.text
    assert client.get("/nowhere").status_code == 404
    assert client.get("/finding/99").status_code == 404


def test_our_mistake_shows_a_sane_page(monkeypatch, capsys):
    """An exception while a page is built becomes a page that says so; no traceback, no message of the exception."""
    monkeypatch.setattr(web, "report", lambda error: 70)
    broken = replace(sample.data(), results=None)
    answer = TestClient(create_app(lambda: broken), base_url="http://127.0.0.1").get("/service/stay")
    assert answer.status_code == 500
    assert "This page could not be made" in answer.text
    assert "Traceback" not in answer.text
    assert "NoneType" not in answer.text


def test_unreadable_results_say_what_to_do():
    """A problem of the workspace is shown in its own words."""

    def load():
        raise InputError(Problem("RES001", "Nothing was measured in this workspace yet"))

    answer = TestClient(create_app(load), base_url="http://127.0.0.1").get("/")
    assert answer.status_code == 503
    assert "Nothing was measured in this workspace yet" in answer.text


def test_only_this_machine_is_answered(app):
    """Another host name, as a page elsewhere could use it, is refused."""
    assert TestClient(app, base_url="http://evil.example").get("/").status_code == 400
    assert TestClient(app, base_url="http://localhost:8765").get("/").status_code == 200


def test_static_files_may_be_kept_for_a_year_under_an_address_that_names_their_content(client):
    """The font, the style and the script; an unknown file is 404; nothing outside the folder is served."""
    page = client.get("/").text
    for address in set(re.findall(r'"(/static/[^"]+)"', page)):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert client.get(f"/static/{web.static_version()}/inter-licence.txt").status_code == 404
    assert client.get(f"/static/{web.static_version()}/..%2fweb.py").status_code == 404


def test_the_first_load_is_light(client):
    """Page, style, script, font and icon together are at most 250 kB as they travel."""
    page = client.get("/service/stay", headers={"Accept-Encoding": "gzip"})
    addresses = set(re.findall(r'"(/static/[^"]+)"', page.text))
    sizes = [int(client.get(each, headers={"Accept-Encoding": "gzip"}).headers["content-length"]) for each in addresses]
    assert int(page.headers["content-length"]) + sum(sizes) <= 250_000


def test_the_search_works_without_script(client):
    """The form is answered by the server."""
    page = client.get("/", params={"q": "spa"}).text
    listed = page.partition('id="service-list"')[2].partition("</section>")[0]
    assert "/service/spa" in listed
    assert "/service/stay" not in listed
