"""As known when, over which period, beside which other one: said on every page, kept in every link, never guessed."""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from pages import sample_asked
from wholeservice.app.earlier import Earlier
from wholeservice.app.web import create_app
from wholeservice.pages import PAGES

KEPT = "as_of=run-6&period=2026-12&against=2026-11"
MAY = dt.datetime(2026, 5, 3, 7, tzinfo=dt.UTC)
ADDRESSES = (
    "/", "/service/stay", "/service/stay/step/pay", "/channel/web", "/owner/Maya%20Okafor", "/team/booking", "/findings",
    "/finding/1", "/measures", "/measure/completion", "/sources", "/sources/bookings", "/data", "/search?q=pay",
    "/runs?back=%2F%3Fperiod%3D2026-12%26against%3D2026-11",
    "/service/nowhere", "/service/prices", "/service/stay/blueprint", "/service/stay/feedback",
)  # fmt: skip


def snapshots():
    """The hotel as known now, and as known on 3 May, when it was called otherwise; of run 5 nobody has results."""
    now = sample_asked.data()
    older = {"id": "run-6", "committed_at": MAY.isoformat(), "counts": ()}
    oldest = {"id": "run-5", "committed_at": (MAY - dt.timedelta(days=2)).isoformat(), "counts": ()}
    before = replace(now.organisation, entities={**now.organisation.entities, "stay": replace(
        now.organisation.entities["stay"], title="Stay with us")})  # fmt: skip
    then = replace(now, organisation=before, runs=(older, oldest), snapshot="run-6.x")
    return replace(now, runs=(*now.runs, older, oldest), snapshot="run-7.x"), {"run-6": then}


@pytest.fixture(scope="module")
def app():
    """The application over both."""
    now, earlier = snapshots()
    return create_app(lambda: now, earlier=Earlier(earlier.get, lambda: frozenset(earlier)))


@pytest.fixture(scope="module")
def client(app):
    """A client on this machine."""
    return TestClient(app, base_url="http://127.0.0.1")


def asked(address: str, words: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{words}"


def face(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_was_asked_for_is_kept_in_every_link_and_form(client, address):
    """On every page, also one that is not there, each way onward leads to the same day and periods, or chooses them itself."""
    page = client.get(asked(address, KEPT)).text
    links = [html.unescape(each) for own, each in re.findall(r'(data-view )?href="(/(?!static/)[^"]*)', page) if not own]
    assert len(links) > 5
    kept = [{name: given[0] for name, given in parse_qs(urlsplit(each).query).items()} for each in links]
    names = ("as_of", "period", "against")
    assert {tuple(each.get(name) for name in names) for each in kept} == {("run-6", "2026-12", "2026-11")}
    forms = re.findall(r"<form\b.*?</form>", page, re.DOTALL)
    assert forms
    for form in forms:
        assert 'name="as_of"' in form
        assert 'name="period"' in form
        assert 'name="against"' in form


def test_every_kept_link_opens(client):
    """What the links of a page lead to is there, with the same day."""
    pages = [client.get(asked(each, KEPT)).text for each in ("/", "/service/stay", "/findings", "/sources")]
    links = {html.unescape(each) for page in pages for each in re.findall(r'href="(/(?!static/)[^"#]*)', page)}
    assert len(links) > 40
    assert [each for each in sorted(links) if client.get(each).status_code != 200] == []


def test_a_page_without_a_wish_is_as_before(client):
    """No parameter is added to any link, and no hidden field to a form."""
    page = client.get("/service/stay").text
    assert not re.search(r'(?<!data-view )href="/[^"]*(as_of|period|against)=', page)
    assert 'type="hidden"' not in page


@pytest.mark.parametrize("address", [each for each in ADDRESSES if not each.startswith("/runs")])
def test_an_older_view_is_marked_on_every_page(client, address):
    """With the way back to now; the page of now has no such mark."""
    page = client.get(asked(address, "as_of=2026-05-03")).text
    assert "You see what was known on 3 May 2026, 07:00. Back to now" in face(page)
    assert f'<a data-view href="{html.escape(address)}">Back to now</a>' in page
    assert "You see what was known" not in client.get(address).text


def test_an_older_view_that_was_counted_otherwise_says_so(client):
    """Results of then, with another organisation or other definitions, are no revision of those of now."""
    now, earlier = snapshots()
    then = replace(earlier["run-6"], snapshot="run-6.other")
    other = TestClient(create_app(lambda: now, earlier=Earlier(lambda run: then)), base_url="http://127.0.0.1")
    words = "as it was counted then"
    assert [words in each.get("/?as_of=run-6").text for each in (other, client)] == [True, False]


@pytest.mark.parametrize("word", ["2026-05-03", "2026-12-31", "run-6", "2026-05-03T07:00:00"])
def test_a_day_shows_what_was_known_at_its_end(client, word):
    """The name of then stands on the page of then, in HTML, JSON and CSV; on the day of the newest run stands that of now."""
    assert "Stay with us" in client.get(f"/service/stay?as_of={word}").text
    assert client.get(f"/service/stay.json?as_of={word}").json()["title"] == "Stay with us"
    assert "Stay with us" in client.get(f"/search.csv?q=stay&as_of={word}").text
    assert client.get("/service/stay.json?as_of=2027-01-02").json()["title"] == "Book and stay"


def test_a_run_that_was_never_measured_is_said_with_the_next_step(client):
    """It is not computed while somebody waits."""
    answer = client.get("/service/stay?as_of=2026-05-01&period=2026-12")
    assert answer.status_code == 404
    assert "What was known on 1 May 2026, 07:00 was never measured" in face(answer.text)
    assert "wholeservice measure --as-of run-5" in face(answer.text)
    assert 'href="/service/stay?period=2026-12">what is known now' in answer.text


@pytest.mark.parametrize(
    ("word", "says", "nearest"),
    [("run-66", "No run 'run-66' in the store", "run-6"), ("2020-01-01", "Nothing was known yet as of 2020-01-01", "run-5"),
     ("0001-01-01T00:00:00+09:00", "No run '0001", ""), ("<script>", "No run '<script>'", ""), ("9" * 5000, "No run '999", "")],
)  # fmt: skip
def test_an_unknown_run_is_not_found_and_the_nearest_named(client, word, says, nearest):
    """404 with what was asked for as text, and a link to what is near."""
    answer = client.get("/", params={"as_of": word})
    assert answer.status_code == 404
    assert says in face(answer.text)
    assert "<script>alert" not in answer.text
    assert (f'href="/?as_of={nearest}"' in answer.text) == bool(nearest)
    assert len(answer.text) < 40_000


@pytest.mark.parametrize("word", ["soon", "2026-13", "2026-12-01..2026-11-01", "0001-01-01..0001-01-01", "<b>", "Q3-2026"])
def test_a_period_that_cannot_be_read_is_said_with_how_it_is_written(client, word):
    """In either place; it is not taken for the newest."""
    for name in ("period", "against"):
        answer = client.get("/service/stay", params={name: word})
        assert answer.status_code == 400
        assert f"“{word}” is no period" in face(answer.text)
        assert "Expected: 2026, 2026-Q3, 2026-09" in face(answer.text)


def test_a_page_shows_the_numbers_of_the_period_in_every_form(client):
    """HTML and JSON of June 2026 hold the same number, which is not the newest."""
    page = client.get("/service/stay?period=2026-06")
    assert "Numbers of Jun 2026" in face(page.text)
    data = client.get("/service/stay.json?period=2026-06").json()
    assert {each["number"]["period"] for each in data["series"]} == {"Jun 2026"}
    assert data["series"][0]["number"]["written"] in page.text
    rows = client.get("/channel/web.csv?period=2026-11").text
    assert "2026-11-01" in rows
    assert "2027-01-01" not in rows  # the end of December


@pytest.mark.parametrize("name", ["period", "against"])
def test_a_period_without_any_number_is_said_and_others_are_offered(client, name):
    """May 2026 has none: the newest is shown and said to be, with links to periods that have one; nothing is hatched for it."""
    page = client.get(f"/service/stay?{name}=2026-05").text
    assert "Nothing here has a number for May 2026" in face(page)
    assert f'<a data-view href="/service/stay?{name}=2026-12">Dec 2026</a>' in page
    assert "no number for May" not in page
    quarter = client.get("/service/stay?period=2026-Q3").text
    assert re.findall(r'data-view href="/service/stay\?period=([^"]*)"', quarter) == ["2026-09", "2026-08", "2026-07"]


def test_a_step_offers_the_periods_in_which_it_was_counted(client):
    """June has a number of the service but none of the step: the newest of the step, and said so."""
    page = client.get("/service/stay/step/pay?period=2026-06").text
    assert "Nothing here has a number for Jun 2026: you see the newest. There are numbers for Dec 2026" in face(page)
    assert "Nobody measures" not in face(page).partition("What nobody measures")[0]
    assert "No step has a number for Jun 2026" in face(client.get("/service/stay?period=2026-06").text)


def test_one_number_without_the_period_is_hatched_and_the_rest_shown(client):
    """In June the spa has completion; the night desk has nothing of any period."""
    page = client.get("/?period=2026-06").text
    assert "no number for Jun 2026" in page
    assert "64.0%" in page


def test_the_controls_hold_what_is_seen_and_send_what_else_was_asked(client):
    """The selects name the periods with numbers; what was searched for and the day go along, no period twice."""
    page = client.get("/?q=spa&as_of=run-6&period=2026-11").text
    form = re.search(r'<form data-view aria-label="Period".*?</form>', page, re.DOTALL)[0]
    assert '<option value="2026-11" selected>Nov 2026</option>' in form
    assert re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form) == [("q", "spa"), ("as_of", "run-6")]
    assert "against" in form
    step = client.get("/service/stay/step/pay?against=2026-11").text
    form = re.search(r'<form data-view aria-label="Period".*?</form>', step, re.DOTALL)[0]
    assert re.findall(r'type="hidden" name="(\w+)"', form) == ["against"]
    assert 'select name="against"' not in form


def test_pages_without_periods_offer_none(client):
    """A finding is about its own period; whom a service is for has no number, and a unit compares nothing."""
    assert 'select name="period"' not in client.get("/service/guest?period=2026-06").text
    assert "Nothing here has a number" not in client.get("/service/guest?period=2026-06").text
    unit = client.get("/service/kestrel?period=2026-06").text
    assert 'select name="period"' in unit
    assert 'select name="against"' not in unit
    shown = {page.name for page in PAGES if page.has_period}
    assert shown == {"home", "service", "step", "blueprint", "feedback", "channel", "owner", "measure"}
    assert {page.name for page in PAGES if page.has_against} == {"home", "service"}


def test_a_finding_keeps_its_evidence_whatever_period_is_asked_for(client):
    """Its number is of its own period."""
    assert client.get("/finding/1.json").json() == client.get("/finding/1.json?period=2026-06").json()


def test_what_is_asked_for_is_another_page_to_a_browser(client):
    """Day, period and the one beside it each change the tag; the same again is not sent twice."""
    words = ("", "as_of=run-6", "period=2026-11", "against=2026-11", "period=2026-11&against=2026-10")
    tags = [client.get(asked("/service/stay", each)).headers["etag"] for each in words]
    assert len(set(tags)) == len(words)
    again = client.get(asked("/service/stay", words[2]), headers={"If-None-Match": tags[2]})
    assert again.status_code == 304


def test_the_runs_lead_back_to_the_page_as_known_then(client):
    """With what else was asked; a run nobody measured says how to, and an older view lists the newer runs too."""
    link = html.unescape(re.search(r'data-view href="([^"]*)">change', client.get("/?q=spa&period=2026-12").text)[1])
    for address in (link, f"{link}&as_of=run-6"):
        page = client.get(address).text
        assert 'data-view href="/?q=spa&amp;period=2026-12">as known now' in page
        assert 'data-view href="/?q=spa&amp;period=2026-12&amp;as_of=run-6">as known on 3 May 2026' in page
        assert "wholeservice measure --as-of run-5" in page
    data = client.get("/runs.json?as_of=run-6").json()
    assert [(each["id"], each["is_measured"]) for each in data["runs"]] == [("run-7", True), ("run-6", True), ("run-5", False)]


def test_a_run_measured_since_is_another_list_of_runs():
    """The tag tells it, though the snapshot is the same."""
    now, _ = snapshots()
    measured: set[str] = set()
    client = TestClient(
        create_app(lambda: now, earlier=Earlier(lambda run: None, lambda: frozenset(measured))), base_url="http://127.0.0.1"
    )
    tag = client.get("/runs").headers["etag"]
    measured.add("run-6")
    assert client.get("/runs", headers={"If-None-Match": tag}).status_code == 200


def test_hostile_words_are_text_in_links_and_forms(client):
    """A word of the address ends no attribute: the newest period is shown under a word that means it."""
    page = client.get("/", params={"q": '"><script>alert(1)</script>', "as_of": "2027-01-02", "period": "2026-12"}).text
    assert "<script>alert" not in page
    assert page.count("<script") == 1


def test_the_list_of_periods_stays_light(client):
    """The first load holds with the choices in it."""
    page = client.get("/service/stay", headers={"Accept-Encoding": "gzip"})
    addresses = set(re.findall(r'"(/static/[^"]+)"', page.text))
    sizes = [int(client.get(each, headers={"Accept-Encoding": "gzip"}).headers["content-length"]) for each in addresses]
    assert int(page.headers["content-length"]) + sum(sizes) <= 250_000
