"""Search, step, channel, owner and team as HTML, JSON and CSV: hostile names, wrong names, and in a real browser."""

from __future__ import annotations

import csv
import html
import io
import re
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from chromium import needs_chromium
from pages import sample_asked
from web.test_browser import OVERLAPS, served
from wholeservice.app.web import create_app
from wholeservice.pages.entries import entries_of

HOSTILE = quote(sample_asked.HOSTILE)
ADDRESSES = (
    "/search", "/search?q=pay", "/search?q=serch", "/search?q=qqqqqq", "/search?kind=part", "/service/stay/step/pay",
    "/service/stay/step/stay", "/channel/web", "/channel/desk", "/owner/Maya%20Okafor", f"/owner/{HOSTILE}", "/team/booking",
    "/team/pricing", "/service/cards", "/service/stay/blueprint", "/service/stay/feedback", "/service/spa/blueprint",
    "/service/spa/feedback",
)  # fmt: skip
in_a_browser = [
    pytest.mark.browser,
    needs_chromium,
]


@pytest.fixture(scope="module")
def app():
    """The hotel with more of everything."""
    data = sample_asked.data()
    return create_app(lambda: data)


@pytest.fixture(scope="module")
def client(app):
    """A client on this machine."""
    return TestClient(app, base_url="http://127.0.0.1")


def with_form(address: str, form: str) -> str:
    path, mark, query = address.partition("?")
    return f"{path}{form}{mark}{query}"


def written(value: object) -> list[str]:
    """Return every text of the JSON that is written for people as a number."""
    if isinstance(value, dict):
        keys = ("written", "range_written", "difference", "share", "size", "people")
        return [value[key] for key in keys if isinstance(value.get(key), str)] + [
            each for child in value.values() for each in written(child)
        ]
    return [each for child in value for each in written(child)] if isinstance(value, list) else []


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_is_a_page_its_data_and_its_table(client, address):
    """Three forms at one address, with the same numbers; the page leads to the other two."""
    page, data, table = (client.get(with_form(address, form)) for form in ("", ".json", ".csv"))
    assert (page.status_code, data.status_code, table.status_code) == (200, 200, 200)
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="[A-Za-z0-9-]+\.csv"', table.headers["content-disposition"])
    seen = html.unescape(re.sub(r"<[^>]+>", " ", page.text)).replace("\N{NO-BREAK SPACE}", " ")
    assert [each for each in written(data.json()) if each not in seen] == []
    for form in (".json", ".csv"):
        assert f'href="{html.escape(with_form(address, form))}"' in page.text


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_runs_inline_and_nothing_is_fetched_from_elsewhere(client, address):
    """The policy of the other pages, and no method, code or gap of ours on the face."""
    page = client.get(address).text
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script>|javascript:", page)
    assert not re.findall(r'(?:href|src)="(?!/|#)[^"]*', page)
    face = re.sub(r"<[^>]+>", " ", re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL))
    assert not re.search(r"Wilson|bootstrap|\bNone\b|\bnan\b|F1\d\d", face)


def test_everything_that_search_knows_opens(client, app):
    """No entry leads nowhere."""
    addresses = {each.address.partition("#")[0] for each in entries_of(sample_asked.data()).all}
    assert [each for each in sorted(addresses) if client.get(each).status_code != 200] == []


def test_every_link_on_these_pages_opens(client):
    """Owners, teams, steps, channels, parts and tables: each address leads to a page."""
    links = {each for address in (*ADDRESSES, "/service/stay", "/finding/3") for each in
             re.findall(r'href="(/[^"#]*)', client.get(address).text)}  # fmt: skip
    assert [each for each in sorted(links) if client.get(html.unescape(each)).status_code != 200] == []


def test_owners_teams_channels_and_steps_are_links_on_the_service_page(client):
    """From Book and stay to who answers for it, who can act, each channel and each step."""
    page = client.get("/service/stay").text
    for address in ("/owner/Maya%20Okafor", "/team/booking", "/channel/web", "/service/stay/step/pay"):
        assert f'href="{address}"' in page
    assert 'href="/owner/Maya%20Okafor"' in client.get("/finding/3").text
    assert 'href="/service/stay/step/pay"' in client.get("/finding/3").text


def test_a_hostile_name_is_text_everywhere(client):
    """As owner, as what is searched for, as a wrong name and in the table."""
    for address in (f"/owner/{HOSTILE}", f"/search?q={HOSTILE}", f"/team/{HOSTILE}", f"/service/stay/step/{HOSTILE}"):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page
    rows = list(csv.reader(io.StringIO(client.get("/search.csv?kind=owner").text, newline="")))
    assert [row[1] for row in rows[1:]] == [sample_asked.HOSTILE, "Maya Okafor"]
    assert client.get("/search?q=x&kind=%22%3E%3Cscript%3E").text.count("<script") == 1


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [
        ("/service/stay/step/pya", "/service/stay/step/pay"), ("/channel/wbe", "/channel/web"),
        ("/team/boking", "/team/booking"), ("/owner/Maya%20Okafr", "/owner/Maya%20Okafor"),
        ("/owner/Okafor.csv", "/owner/Maya%20Okafor"), ("/team/spa", "/service/spa"),
    ],
)  # fmt: skip
def test_a_wrong_name_gets_the_nearest(client, wrong, nearest):
    """404, with a link to what was meant and the word ready to be searched for."""
    answer = client.get(wrong)
    assert answer.status_code == 404
    assert f'<a href="{nearest}">' in answer.text
    assert 'href="/search?q=' in answer.text


def test_a_name_that_ends_like_a_form_is_still_found():
    """A source called bookings.csv has its page at that address, and its table at bookings.csv.csv."""
    from dataclasses import replace

    data = sample_asked.data()
    named = replace(data, sources=(replace(data.sources[0], source="desk.csv"),), snapshot="dots")
    client = TestClient(create_app(lambda: named), base_url="http://127.0.0.1")
    assert client.get("/sources/desk.csv").headers["content-type"].startswith("text/html")
    assert client.get("/sources/desk.csv.csv").headers["content-type"].startswith("text/csv")


def test_a_table_is_not_sent_again_unchanged(client):
    """The same snapshot answers 304; another query is another table."""
    tag = client.get("/search.csv?q=pay").headers["etag"]
    assert client.get("/search.csv?q=pay", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/search.csv?q=spa", headers={"If-None-Match": tag}).status_code == 200


@pytest.fixture(scope="module")
def address(app):
    """The application on a port of this machine."""
    with served(app) as where:
        yield where


class TestInABrowser:
    """What only a real browser can tell."""

    pytestmark = in_a_browser

    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize("path", ["/search?q=pay", "/service/stay/step/pay", "/channel/web", "/owner/Maya%20Okafor",
                                      "/team/pricing", "/service/checkout", "/service/nowhere", "/service/stay/blueprint",
                                      "/service/stay/feedback"])  # fmt: skip
    def test_axe_finds_nothing_wrong_and_no_text_lies_on_another(self, browser, address, path, theme):
        """In both themes, all folds open, and on a phone the page never scrolls sideways."""
        from axe_playwright_python.sync_playwright import Axe

        page = browser.new_page(color_scheme=theme, reduced_motion="reduce")
        page.goto(address + path)
        page.evaluate("document.fonts.ready.then(() => true)")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        violations = Axe().run(page).response["violations"]
        assert [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in violations] == []
        assert page.evaluate(OVERLAPS) == []
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.close()

    @pytest.mark.parametrize("path", ["/", "/service/stay", "/findings", "/sources"])
    def test_a_slash_goes_to_the_search_and_escape_leaves_it(self, browser, address, path):
        """From any page; while something is typed elsewhere a slash is a slash."""
        page = browser.new_page()
        page.goto(address + path)
        page.keyboard.press("/")
        box = page.get_by_label("Search everything")
        assert box.evaluate("each => each === document.activeElement")
        page.keyboard.type("a/b")
        assert box.input_value() == "a/b"
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement === document.body")
        page.keyboard.press("/")
        page.keyboard.type("pay")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=pay")
        assert page.get_by_role("link", name="Payment page").is_visible()
        page.close()

    def test_search_needs_no_script(self, browser, address):
        """The form is answered by the server, and no hint speaks of a key that does nothing."""
        page = browser.new_page(java_script_enabled=False)
        page.goto(address + "/service/stay")
        assert not page.locator(".find kbd").is_visible()
        page.get_by_label("Search everything").fill("pakring")
        page.get_by_label("Search everything").press("Enter")
        page.get_by_role("link", name="Parking").first.click()
        assert page.url == address + "/service/parking"
        page.close()
