"""The pages of 734 real services in a real browser: a stranger finds a service, reads it, and follows a number."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chromium import needs_chromium
from web.test_browser import OVERLAPS, served
from wholeservice.app.web import create_app
from wholeservice.pages.base import Data

CARER = "/service/dwp-carers-allowance-new-claims"

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.browser,
    needs_chromium,
]


@pytest.fixture(scope="module")
def address(govuk: Data) -> Iterator[str]:
    """The example served on a free port of this machine."""
    with served(create_app(lambda: govuk)) as address:
        yield address


def test_a_stranger_finds_a_service_and_follows_its_numbers(address, browser):
    """From home by search to Carer's Allowance, its late counter, its findings, and back to the data behind it."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(address)
    assert "735 services, in alphabetical order" in page.content()
    page.keyboard.press("/")
    page.keyboard.type("carer's allowance")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Carer's Allowance: new claims").first.click()
    page.wait_for_url(f"**{CARER}*")
    words = page.inner_text("body").replace("\u00a0", " ")
    assert "Let me claim in one go, without help" in words
    assert "Most leave between “Eligibility” and “About you”" in words
    assert "counted in only 2 of 9 weeks" in words
    assert "8,451 counted" in words
    page.get_by_role("link", name="Findings").first.click()
    assert "90.75%" in page.inner_text("body")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", CARER, "/findings", "/data"])
def test_real_pages_are_readable_by_everyone(address, browser, path, scheme):
    """No violation of accessibility, no two texts on one another, nothing asked of another machine."""
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": 1400, "height": 900}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + path)
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:120]) for each in found] == []
    assert page.evaluate(OVERLAPS) == []
    assert all(url.startswith(address) for url in asked)
    page.close()


@pytest.mark.parametrize("path", ["/", CARER])
def test_real_pages_fit_a_phone(address, browser, path):
    """At 390 pixels nothing scrolls sideways but a diagram in its own box."""
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(address + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
