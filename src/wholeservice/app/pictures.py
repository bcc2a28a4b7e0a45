"""Pictures: a diagram as a file of its own: SVG with the letters it needs; PNG and PDF with the extra `wholeservice[export]`.

PNG and PDF are printed by Chromium, which draws the same picture as the pages; the picture itself loads nothing.
"""

from __future__ import annotations

import base64
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any

from wholeservice.draw import standalone
from wholeservice.draw.svg import Markup
from wholeservice.errors import OutsideError, Problem

CODES = {
    "PIC001": "PNG and PDF need the extra: pip install 'wholeservice[export]'. SVG needs nothing more.",
    "PIC002": "PNG and PDF are printed by Chromium, which was not found. Install it with `playwright install chromium`, or name"
    " the one of this machine in the environment variable WHOLESERVICE_CHROMIUM. SVG needs no browser.",
}
ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
_SIZE = re.compile(r'\bwidth="([\d.]+)"[^>]*?\bheight="([\d.]+)"|\bheight="([\d.]+)"[^>]*?\bwidth="([\d.]+)"')


def as_svg(markup: str, theme: str = standalone.LIGHT, *, heading: bool = True) -> Markup:
    """Return a diagram as an SVG file that needs nothing from outside, in the theme `light`, `dark` or `print`."""
    return standalone.standalone(markup, _themes()[theme], heading=heading, font=letters(markup))


def as_png(picture: str, *, scale: float = 2.0) -> bytes:
    """
    Return a picture of `as_svg` as PNG, *scale* dots a pixel.

    Errors   OutsideError PIC001 without the extra, PIC002 without Chromium
    """
    with _page(picture, scale) as page:
        return bytes(page.locator("svg").first.screenshot())


def as_pdf(picture: str) -> bytes:
    """
    Return a picture of `as_svg` as a PDF of one sheet, as large as the picture; text stays text.

    Errors   OutsideError PIC001 without the extra, PIC002 without Chromium
    """
    width, height = _size(picture)
    with _page(picture, 1.0) as page:
        return bytes(page.pdf(width=f"{width}px", height=f"{height + 1}px", print_background=True, page_ranges="1"))


def _size(picture: str) -> tuple[float, float]:
    found = _SIZE.search(picture)
    numbers = [float(each) for each in found.groups() if each] if found else [1280.0, 800.0]
    return (numbers[0], numbers[1]) if not found or found[1] else (numbers[1], numbers[0])


@contextmanager
def _page(picture: str, scale: float) -> Iterator[Any]:
    """Open a page that holds nothing but the picture, and may load nothing."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise OutsideError(_problem("PIC001", "the extra for PNG and PDF is not installed")) from error
    width, height = (int(-(-each // 1)) for each in _size(picture))
    with sync_playwright() as driver:
        try:
            chromium = driver.chromium.launch(executable_path=os.environ.get("WHOLESERVICE_CHROMIUM"), args=list(ARGUMENTS))
        except Error as error:
            raise OutsideError(_problem("PIC002", "Chromium was not found")) from error
        page = chromium.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
        page.route("**/*", lambda route: route.abort())
        page.set_content(f"<style>*{{margin:0}}@page{{margin:0}}svg{{display:block}}</style>{picture}")
        page.evaluate("() => document.fonts.ready.then(() => true)")
        yield page
        chromium.close()


def _problem(code: str, what: str) -> Problem:
    return Problem(code, what, next_step=CODES[code])


@cache
def _themes() -> dict[str, standalone.Theme]:
    return standalone.themes((files("wholeservice.app") / "static" / "app.css").read_text(encoding="utf-8"))


def letters(markup: str) -> str:
    """Return Inter, only the letters that the picture uses, as a `data:` address."""
    from fontTools import subset

    options = subset.Options(
        flavor="woff2", layout_features=["kern", "tnum", "cv05", "ccmp", "locl", "mark"], notdef_outline=True
    )
    options.drop_tables += ["DSIG"]
    with (files("wholeservice.app") / "static" / "inter.woff2").open("rb") as file:
        font = subset.load_font(io.BytesIO(file.read()), options)
    chosen = subset.Subsetter(options)
    chosen.populate(text="".join(sorted(set(re.sub(r"<[^>]*>", "", markup)) | set("0123456789…&<>\"'"))))
    chosen.subset(font)
    written = io.BytesIO()
    subset.save_font(font, written, options)
    return "data:font/woff2;base64," + base64.b64encode(written.getvalue()).decode("ascii")
