"""In a real browser: readable by everyone, nothing leaves the machine, nothing overlaps, nothing scrolls sideways."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from chromium import needs_chromium

ROWS = "/rows?entity=stay&measure=completion&from=2026-12-01&to=2027-01-01"
ADDRESSES = ("/", "/improvements", "/service/stay", "/service/night-desk", "/service/kestrel", "/coverage/stay", "/findings",
             "/finding/1", "/measures", "/measure/completion", "/streams", "/streams/look-to-stay", "/junction", ROWS,
             "/data", "/sources",
             "/sources/bookings", "/sources/survey",
             "/service/nowhere")  # fmt: skip
OVERLAPS = """() => {
  const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
  return [...document.querySelectorAll("svg")].flatMap(svg => {
    const texts = [...svg.querySelectorAll("text")].map(each => [each.textContent, each.getBoundingClientRect()]);
    const shown = texts.filter(([_, box]) => box.width > 0);
    return shown.flatMap(([words, box], i) => shown.slice(i + 1)
      .filter(([_, other]) => meet(box, other)).map(([others]) => [words, others]));
  });
}"""
pytestmark = [
    pytest.mark.browser,
    needs_chromium,
]


@contextmanager
def served(app) -> Iterator[str]:
    """Serve an application on a free port of this machine; gives its address."""
    import uvicorn

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture(scope="module")
def address(app) -> Iterator[str]:
    """The application over the sample data."""
    with served(app) as address:
        yield address


@pytest.fixture
def visit(browser, address):
    """A function that opens a page and fails on what the console says or on a request that leaves the machine."""
    pages, said, left = [], [], []

    def open_page(path: str, **options):
        page = browser.new_page(**options)
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith(address) else left.append(request.url))
        page.goto(address + path, wait_until="load")
        page.evaluate("() => document.fonts.ready.then(() => true)")
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert left == []
    assert [each for each in said if "404 (Not Found)" not in each] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ADDRESSES)
def test_axe_finds_nothing_wrong(visit, path, theme):
    """No violation of the accessibility rules axe knows, in both themes, all folds open."""
    from axe_playwright_python.sync_playwright import Axe

    page = visit(path, color_scheme=theme, reduced_motion="reduce")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    violations = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in violations] == []


@pytest.mark.parametrize("width", [390, 1400])
@pytest.mark.parametrize("path", ADDRESSES)
def test_no_two_texts_of_a_picture_lie_on_each_other(visit, path, width):
    """As the browser draws them, with the font as it is loaded; and the page itself never scrolls sideways."""
    page = visit(path, viewport={"width": width, "height": 900})
    assert page.evaluate("document.fonts.check('14px Inter')")
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_picked_box_lights_up_its_paths_by_its_share(visit):
    """The ribbon into the picked box keeps its colour, one elsewhere fades; Escape lets go; the keyboard does the same."""
    page = visit("/service/stay", reduced_motion="reduce")
    box, opacity = page.locator("[data-box=prices]"), "each => +getComputedStyle(each).opacity"
    box.focus()
    box.press("Enter")
    assert box.get_attribute("aria-pressed") == "true"
    assert page.locator("[data-from=checkout][data-to=prices]").evaluate(opacity) == 1
    through_pay = page.locator("[data-from='stay.pay'][data-to=checkout]").evaluate(opacity)
    assert through_pay == pytest.approx(0.08 + 0.92 * 0.027 / 0.043, abs=0.01)
    assert page.locator("[data-to=idcheck]").evaluate(opacity) == pytest.approx(0.08)
    box.press("Escape")
    assert page.locator("[data-to=idcheck]").evaluate(opacity) == 1


def test_the_theme_is_kept_from_page_to_page(visit):
    """The switch turns dark on, and the next page is dark at once."""
    page = visit("/", color_scheme="light")
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(18, 22, 26)"


def test_typing_filters_the_services(visit):
    """What is typed above the list filters it."""
    page = visit("/")
    page.get_by_label("Find a service, or those of a unit").press_sequentially("night")
    page.locator("#service-list").get_by_text("Spa").wait_for(state="detached")
    assert page.locator("#service-list tbody tr").count() == 1


def test_everything_is_there_without_script(visit):
    """With script off the same numbers, pictures and tables stand on the page."""
    page = visit("/service/stay", java_script_enabled=False)
    assert page.locator("svg.diagram").count() > 10
    assert page.get_by_text("94.2%").first.is_visible()
    assert not page.get_by_role("button", name="Light or dark").is_visible()
