"""Strangers at work in a real Chromium: what somebody who has never seen the pages comes for is at most four clicks away.

Choosing from a list and typing what one looks for count as a click each; scrolling does not.
"""

from __future__ import annotations

import re

import pytest

from chromium import needs_chromium
from web.test_browser import OVERLAPS, served
from web.test_view import snapshots
from wholeservice.app.earlier import Earlier
from wholeservice.app.web import create_app

MOST_CLICKS = 4
WIDTHS = (1400, 390)
pytestmark = [
    pytest.mark.browser,
    needs_chromium,
]


class Stranger:
    """Somebody with a mouse or a thumb, who starts at the first page; every act is counted."""

    def __init__(self, browser, address: str, width: int) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 844}, has_touch=width < 700)
        self.n_clicks = 0
        self.page.goto(address)

    def click(self, name: str, role: str = "link", within: str = "body") -> None:
        """Click what is called so, as it stands on the page first."""
        self.n_clicks += 1
        self.page.locator(within).get_by_role(role, name=name, exact=True).first.click()

    def choose(self, label: str, word: str) -> None:
        """Choose from a list."""
        self.n_clicks += 1
        self.page.get_by_label(label).and_(self.page.locator("select")).select_option(label=word)

    def look_for(self, words: str) -> None:
        """Type what one looks for."""
        self.n_clicks += 1
        self.page.get_by_label("Search everything").fill(words)
        self.page.keyboard.press("Enter")

    def reads(self, selector: str = "main") -> str:
        """What stands there to be seen, with plain blanks."""
        return " ".join(self.page.locator(selector).first.inner_text().split())


@pytest.fixture(scope="module")
def address():
    """The hotel with more of everything, as known now and on an earlier day."""
    now, earlier = snapshots()
    with served(create_app(lambda: now, earlier=Earlier(earlier.get, lambda: frozenset(earlier)))) as where:
        yield where


@pytest.fixture(params=WIDTHS)
def stranger(request, browser, address):
    """Somebody at a desk, and somebody with a phone."""
    found = Stranger(browser, address, request.param)
    yield found
    assert found.n_clicks <= MOST_CLICKS
    assert found.page.evaluate("document.documentElement.scrollWidth") <= request.param
    found.page.close()


def test_the_step_that_loses_most_people_and_how_sure_that_is(stranger):
    """10,000 find a room and 7,880 choose one, three months running: 21.2 % leave, give or take half a point; and the rows."""
    stranger.click("Book and stay", within="#service-list")
    says = stranger.reads("section[aria-labelledby=journey]")
    assert "Most leave between “Find” and “Choose”: 6,360 of 30,000" in says
    stranger.click("Find", within="section[aria-labelledby=journey]")
    leave = stranger.reads(".flows li:nth-child(3)")
    assert leave.startswith("Leave 21.2% likely ")
    low, high = (float(each) for each in re.search(r"likely ([\d.]+)% to ([\d.]+)%", leave).groups())
    assert low < 21.2 < high < low + 1.5
    stranger.click("21.2%", within=".flows")
    assert stranger.reads("h1") == "30,000 rows stand behind 78.8%"
    assert "bookings-with-a-long-name.csv:2" in stranger.reads("section[aria-labelledby=rows] tbody tr")


def test_who_owns_a_part_and_what_rides_on_it(stranger):
    """The payment page is run by the booking team, and guests who book and stay pay there."""
    stranger.look_for("payment page")
    stranger.click("Payment page")
    assert "Booking team can act" in stranger.reads("section[aria-labelledby=answers]")
    rides = stranger.reads("section[aria-labelledby=reach]")
    assert "Book and stay" in rides
    assert "Pay" in rides


def test_two_periods_side_by_side(stranger):
    """January against December 2026: how many finish then and now, the change, and how far off it could be."""
    stranger.click("Book and stay", within="#service-list")
    stranger.choose("Numbers of", "Jan 2026")
    stranger.choose("against", "Dec 2026")
    stranger.click("Show", role="button", within=".view")
    stranger.page.wait_for_url("**period=2026-01**")
    changed = stranger.reads("section[aria-labelledby=changed]")
    assert re.search(r"People who finish (Before: )?55\.2% likely 54\.7% to 55\.7%; Dec 2026", changed)
    assert re.search(r"−2\.5 pp worse likely −3\.2 pp to −1\.8 pp", changed)


def test_what_was_known_on_an_earlier_day_and_the_way_back(stranger):
    """The page one stands on, as known on 3 May, and the same page as known now."""
    stranger.click("Book and stay", within="#service-list")
    stranger.click("change", within=".view")
    stranger.click("as known on 3 May 2026")
    assert stranger.reads("h1") == "Stay with us"
    assert "You see what was known on 3 May 2026" in stranger.reads(".view")
    stranger.click("Back to now")
    assert stranger.reads("h1") == "Book and stay"


def test_it_goes_without_script(browser, address):
    """The form and the list of days are answered by the server."""
    page = browser.new_page(java_script_enabled=False)
    page.goto(address + "/service/stay")
    page.get_by_label("Numbers of").select_option("2026-11")
    page.get_by_role("button", name="Show").click()
    assert page.url == address + "/service/stay?period=2026-11&against="
    page.get_by_role("link", name="Booking team").first.click()
    assert page.url == address + "/team/booking?period=2026-11"
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/service/stay?as_of=run-6&period=2026-12&against=2026-11", "/?period=2026-05", "/runs",
                                  "/?as_of=run-5"])  # fmt: skip
def test_axe_finds_nothing_wrong_in_what_was_asked_for(browser, address, path, theme):
    """In both themes; no text lies on another, and on a phone nothing scrolls sideways. The rest of these pages is looked
    at elsewhere."""
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(color_scheme=theme, reduced_motion="reduce")
    page.goto(address + path)
    page.evaluate("document.fonts.ready.then(() => true)")
    seen = [[".view"]] if "as_of=run-5" not in path else []
    seen += [["section[aria-labelledby=changed]"]] if "service" in path else [["main"]]
    violations = Axe().run(page, context={"include": seen}).response["violations"]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in violations] == []
    assert page.evaluate(OVERLAPS) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_paper_says_what_it_shows_and_offers_nothing(browser, address):
    """In print the controls are gone; the day and the periods stay."""
    page = browser.new_page(viewport={"width": 794, "height": 1123})
    page.goto(address + "/service/stay?as_of=run-6&period=2026-11&against=2026-10")
    page.emulate_media(media="print")
    assert not page.locator(".view form").is_visible()
    assert not page.get_by_text("Back to now").is_visible()
    assert page.get_by_text("You see what was known on 3 May 2026").is_visible()
    assert page.get_by_text("Numbers of Nov 2026").is_visible()
    page.close()
