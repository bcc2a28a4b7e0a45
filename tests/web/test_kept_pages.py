"""Printed pages are kept for the next reader: the same to the byte, never one of an older snapshot, never without bound."""

from __future__ import annotations

import gzip
import threading
import time
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from pages import sample
from wholeservice.app import turning, web
from wholeservice.app.kept_pages import KeptPages, printed
from wholeservice.app.web import create_app


@pytest.fixture
def shown():
    """What the application shows now, in a list whose one element may be replaced."""
    return [sample.data()]


@pytest.fixture
def client(shown):
    return TestClient(create_app(lambda: shown[0]), base_url="http://127.0.0.1")


def test_the_second_reader_gets_the_page_of_the_first(client, monkeypatch: pytest.MonkeyPatch):
    """It is built once, for both: same bytes, same headers; another address is another page."""
    first = client.get("/service/stay")
    built = []
    monkeypatch.setattr(web, "render", lambda page, *_, **__: built.append(page.name) or "")
    second = client.get("/service/stay")
    assert (second.content, dict(second.headers), built) == (first.content, dict(first.headers), [])
    client.get("/service/spa")
    client.get("/service/stay?query=other")
    assert built == ["service", "service"]


def test_a_newer_snapshot_is_never_answered_with_an_older_page(client, shown):
    """After the swap every form shows the new name at once, and so it does when the old results come back."""
    older = shown[0]
    newer = replace(older, snapshot="newer", organisation=replace(older.organisation, name="Heron Hotels"))
    for data, name in ((older, "Kestrel"), (newer, "Heron"), (older, "Kestrel"), (newer, "Heron")):
        shown[0] = data
        for _ in range(2):
            assert client.get("/index.json").json()["snapshot"] == data.snapshot
            assert f"{name} Hotels" in client.get("/").text


def test_what_was_begun_before_the_swap_is_not_kept_after_it():
    """A page of the older snapshot that is finished late is given to whoever asked, and to nobody else."""
    kept, older, newer = KeptPages(), object(), object()
    kept.turn(older)
    assert kept.get(older, "a") is None
    kept.turn(newer)
    kept.put(older, "a", printed(b"older", {}))
    assert (kept.get(newer, "a"), kept.get(older, "a")) == (None, None)


def test_where_many_pages_are_kept_they_are_printed_of_the_newer_snapshot_before_it_is_shown(
    client, shown, monkeypatch: pytest.MonkeyPatch
):
    """Until then readers see the older one; afterwards no page that was asked for before has to be built for a reader."""
    monkeypatch.setattr(turning, "MANY", 2)
    older, gate, rendered = shown[0], threading.Event(), web.render
    before = [client.get(path).text for path in ("/", "/service/stay")]
    monkeypatch.setattr(web, "render", lambda *given, **named: gate.wait(20) and rendered(*given, **named))
    shown[0] = replace(older, snapshot="newer", organisation=replace(older.organisation, name="Heron Hotels"))
    assert [client.get(path).text for path in ("/", "/service/stay")] == before
    gate.set()
    until = time.monotonic() + 20
    while "Heron Hotels" not in (now := client.get("/").text) and time.monotonic() < until:
        time.sleep(0.01)
    assert "Heron Hotels" in now
    monkeypatch.setattr(web, "render", lambda *_, **__: pytest.fail("a reader had to wait for a page to be built"))
    after = [client.get(path) for path in ("/", "/service/stay")]
    assert [answer.status_code for answer in after] == [200, 200]
    assert after[0].text == now
    fresh = TestClient(create_app(lambda: shown[0]), base_url="http://127.0.0.1")
    monkeypatch.setattr(web, "render", rendered)
    assert [answer.content for answer in after] == [fresh.get(path).content for path in ("/", "/service/stay")]


def test_a_snapshot_that_is_taken_back_while_it_is_printed_is_never_shown(client, shown, monkeypatch: pytest.MonkeyPatch):
    """The older one is the newest again: what was being printed of the other is dropped."""
    monkeypatch.setattr(turning, "MANY", 1)
    older, gate, rendered = shown[0], threading.Event(), web.render
    before = client.get("/").text
    monkeypatch.setattr(web, "render", lambda *given, **named: gate.wait(20) and rendered(*given, **named))
    shown[0] = replace(older, snapshot="newer", organisation=replace(older.organisation, name="Heron Hotels"))
    assert client.get("/").text == before
    shown[0] = older
    assert client.get("/").text == before
    gate.set()
    for printer in [thread for thread in threading.enumerate() if thread.name == turning.PRINTER]:
        printer.join(20)
    assert client.get("/").text == before


def test_it_is_packed_for_who_can_unpack_it(client):
    """The same words either way; short answers travel plain; caches are told that both exist."""
    packed = client.get("/service/stay", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/service/stay", headers={"Accept-Encoding": "identity"})
    assert (packed.headers["content-encoding"], plain.headers.get("content-encoding")) == ("gzip", None)
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 3
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert printed(b"short", {}).packed is None
    assert gzip.decompress(printed(b"long" * 999, {}).packed or b"") == b"long" * 999


def test_what_nobody_asked_for_longest_goes_first():
    """Room for four answers: the fifth takes the place of the one that was not asked for again; a giant is not kept at all."""
    kept, of = KeptPages(most_bytes=8 * 1024 + 100), object()
    kept.turn(of)
    for tag in "abcd":
        kept.put(of, tag, printed(tag.encode() * 1000, {}))
    assert kept.get(of, "a") is not None
    kept.put(of, "e", printed(b"e" * 1000, {}))
    assert [tag for tag in "abcde" if kept.get(of, tag)] == ["a", "c", "d", "e"]
    kept.put(of, "giant", printed(bytes(range(256)) * 40, {}))
    assert kept.get(of, "giant") is None


def test_trouble_is_not_kept(client, shown, monkeypatch: pytest.MonkeyPatch):
    """A page that could not be made is tried again for the next reader."""
    monkeypatch.setattr(web, "report", lambda error: 70)
    results, broken = shown[0].results, replace(shown[0], results=None)
    shown[0] = broken
    assert client.get("/service/stay").status_code == 500
    assert client.get("/service/nobody").status_code in (404, 500)
    object.__setattr__(broken, "results", results)
    assert client.get("/service/stay").status_code == 200
