"""The documentation as a site: it builds strictly, every link leads somewhere, no page is forgotten, no other host is asked."""

from __future__ import annotations

import http.server
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from architecture.reading import ROOT
from chromium import IS_CI, needs_chromium

LOADED = {"link": "href", "script": "src", "img": "src", "source": "srcset", "iframe": "src"}
NO_LOADING = {"canonical", "next", "prev"}  # what a <link> names without asking for it


@dataclass
class Seen(HTMLParser):
    """What one page of the site links to, loads, and offers as targets."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    targets: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.targets |= {named[each] for each in ("id", "name") if each in named}
        if tag == "a" and "href" in named:
            self.links.append(named["href"])
        if tag in LOADED and LOADED[tag] in named and named.get("rel") not in NO_LOADING:
            self.loads.append(named[LOADED[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> tuple[Path, str]:
    """The site, built from a copy of docs/, and what the strict build said."""
    if not find_spec("zensical") and not IS_CI:
        pytest.skip("the site is made with the extra: pip install -e '.[docs]'")
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(ROOT / "zensical.toml", folder)
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site", done.stdout + done.stderr


@pytest.fixture(scope="module")
def pages(site) -> dict[Path, Seen]:
    """Every page of the site, read."""
    found: dict[Path, Seen] = {}
    for path in sorted(site[0].rglob("*.html")):
        found[path] = Seen()
        found[path].feed(path.read_text(encoding="utf-8"))
    return found


def menu(entry: Any) -> Iterator[str]:
    """Yield the pages that the menu names."""
    if isinstance(entry, str):
        yield entry
    else:
        for each in entry.values() if isinstance(entry, dict) else entry:
            yield from menu(each)


def test_the_menu_has_every_page_once():
    """A page that nobody can find is as good as none."""
    named = list(menu(tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"]))
    assert sorted(named) == sorted(path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md"))


def test_the_strict_build_has_nothing_to_say(site):
    """A warning is an error."""
    assert "No issues found" in site[1]


def test_every_link_leads_to_a_page_and_to_a_heading_that_is_there(site, pages):
    """Also to pictures, styles and scripts, and from every page."""
    links = [(path, link) for path, seen in pages.items() for link in seen.links + seen.loads if not urlsplit(link).scheme]
    wrong = [f"{path.name}: {link}" for path, link in links if not _is_there(site[0], path, link, pages)]
    assert len(pages) > 40
    assert wrong == []


def _is_there(root: Path, path: Path, link: str, pages: dict[Path, Seen]) -> bool:
    parts = urlsplit(link)
    start = root if parts.path.startswith("/") else path.parent
    target = (start / unquote(parts.path).lstrip("/")).resolve() if parts.path else path
    target = target / "index.html" if target.is_dir() else target
    return target.exists() and (not parts.fragment or target not in pages or unquote(parts.fragment) in pages[target].targets)


def test_no_page_loads_anything_from_another_host(pages):
    """No fonts, scripts, styles or pictures of others; a link to them is only text until somebody follows it."""
    assert [(path.name, each) for path, seen in pages.items() for each in seen.loads if urlsplit(each).netloc] == []


def test_every_block_of_code_is_written_so_that_the_site_knows_it():
    """A fence has a language at most, and a title; anything else would stand on the page as text."""
    fence = re.compile(r'^ *```(?:\w+(?: title="[^"]+")?)?$')
    lines = [
        (path.name, line) for path in (ROOT / "docs").rglob("*.md") for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert [each for each in lines if each[1].lstrip().startswith("```") and not fence.match(each[1])] == []


@pytest.fixture
def address(site) -> Iterator[str]:
    """The site, served on this machine."""
    handler = partial(Quiet, directory=str(site[0]))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serve files, and say nothing."""

    def log_message(self, *_: object) -> None:
        pass


@needs_chromium
@pytest.mark.browser
def test_a_browser_finds_words_in_light_and_dark_and_asks_nobody_else(address, browser):
    """The search answers from the site itself; the ground is light or dark as the reader has it."""
    asked: list[str] = []
    grounds = []
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}tutorial.html", wait_until="networkidle")
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        page.keyboard.press("/")
        page.get_by_placeholder("Search").fill("quarantine")
        page.get_by_text("SRC150").first.wait_for(timeout=10_000)
        page.close()
    assert len(set(grounds)) == 2
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert len(asked) > 10
