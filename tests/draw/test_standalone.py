"""A diagram as a file of its own needs nothing from outside, in every theme, and keeps its words."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from chromium import CHROMIUM, needs_chromium
from draw.test_contrast import contrast
from wholeservice.app import pictures
from wholeservice.draw import gap, standalone, svg
from wholeservice.draw.gap import Gap
from wholeservice.errors import OutsideError
from wholeservice.units import SHARE

ROOT = Path(__file__).resolve().parents[2]
DRAWN = runpy.run_path(str(ROOT / "scripts" / "draw_examples.py"))
EXAMPLES = DRAWN["EXAMPLES"]
NAMED = {"transparent", "none"}
EACH = pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
EVERY_THEME = pytest.mark.parametrize("theme", standalone.THEMES)


def parsed(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)  # noqa: S314  our own markup


def plain(example, theme: str) -> str:
    """Return the picture without its letters: they are the same in every theme, and slow to cut."""
    return standalone.standalone(example.markup, pictures._themes()[theme])


@EACH
@EVERY_THEME
def test_a_picture_needs_nothing_from_outside(example, theme):
    """No class, no token, no address, no link, no script; every colour stands on its element; each hatch is inside."""
    drawn = plain(example, theme)
    assert not re.search(
        r"\bclass=|var\(|https?://(?!www\.w3\.org/2000/svg)|\bhref=|<script|<style|role=\"button\"|tabindex", drawn
    )
    root = parsed(drawn)
    ids = {each.attrib["id"] for each in root.iter() if "id" in each.attrib}
    assert {*re.findall(r"url\(#([\w-]+)\)", drawn)} <= ids
    texts = [each for each in root.iter() if each.tag.endswith("}text")]
    assert all({"fill", "font-size", "font-weight", "font-family"} <= set(each.attrib) for each in texts)


@EACH
def test_a_picture_keeps_every_word_and_wears_its_title(example):
    """All that the diagram says is there, and its title stands over it."""
    whole = parsed(example.markup)
    drawn = parsed(plain(example, "light"))
    before = [each.text for each in whole.iter() if each.tag.endswith("text") and each.text]
    after = [each.text for each in drawn.iter() if each.tag.endswith("text") and each.text]
    heading = after[: len(after) - len(before)]
    assert after[len(heading) :] == before
    assert " ".join(heading).split() == (whole[0].text or "").split()


@EACH
@EVERY_THEME
def test_every_text_can_be_read_where_it_stands(example, theme):
    """Each text has a contrast of 4.5 or more with the last ground that was drawn under its middle."""
    assert list(unreadable(plain(example, theme))) == []


def test_a_text_in_the_colour_of_its_ground_is_found():
    """The test of contrast finds what it is there for."""
    drawn = plain(EXAMPLES[0], "light")
    assert list(unreadable(drawn.replace('fill="#181c21"', 'fill="#cccccc"')))


def unreadable(drawn: str):
    """Yield the texts with too little contrast, each with its colour, its ground and the contrast of the two."""
    grounds: list[tuple[float, float, float, float, str]] = []
    for each in parsed(drawn).iter():
        tag = each.tag.rpartition("}")[2]
        fill = each.attrib.get("fill", "")
        if tag == "rect" and "x" in each.attrib and fill not in NAMED:
            x, y, wide, high = (float(each.attrib[name]) for name in ("x", "y", "width", "height"))
            grounds.append((x, x + wide, y, y + high, fill))
        if tag == "text" and each.text:
            size = float(each.attrib["font-size"])
            kind = svg.Type("", size, int(each.attrib["font-weight"]))
            shift = {"end": -0.5, "middle": 0.0}.get(each.attrib.get("text-anchor", ""), 0.5)
            x, y = float(each.attrib["x"]) + shift * svg.width(each.text, kind), float(each.attrib["y"]) - size * 0.35
            under = [ground for left, right, top, bottom, ground in grounds if left <= x <= right and top <= y <= bottom]
            ground = each.attrib["stroke"] if each.attrib.get("paint-order") == "stroke" else under[-1]
            ground = grounds[0][4] if ground.startswith("url") else ground
            if contrast(long(fill), long(ground)) < 4.5:
                yield each.text, fill, ground


def long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(digit * 2 for digit in colour[1:4])


def test_the_heavier_rule_wins_and_a_state_is_no_picture():
    """As in a browser: two classes beat one, the later of two alike wins; hovering is no part of a file."""
    sheet = (
        ":root{--paper:#fff;--band:#0d4b5a26}.dot.hollow{fill:#111}.dot{fill:#222;cursor:pointer}.dot:hover{fill:#333}"
        ".diagram .x{fill:#444}.band{fill:var(--band)}@media print{.dot{fill:#555}}"
    )
    markup = svg.figure(
        svg.Drawing("d", "T", "S", 100, 50), svg.circle(1, 1, 1, "dot hollow"), svg.circle(1, 1, 1, "dot"),
        svg.circle(1, 1, 1, "x"),
        svg.circle(1, 1, 1, "band"),
    )  # fmt: skip
    drawn = standalone.standalone(markup, standalone.themes(sheet)["light"], heading=False)
    circles = re.findall(r"<circle[^>]*>", drawn)
    assert [re.search(r'fill="([^"]*)"', each)[1] for each in circles] == ["#111", "#222", "#444", "#0d4b5a"]
    assert 'fill-opacity="0.149"' in circles[3]
    assert "hover" not in drawn
    assert "cursor" not in drawn


def test_themes_differ_in_their_ground():
    """Light and dark have their paper, print has white."""
    drawn = gap.draw(Gap(SHARE, 1, 0.95, 0.87))
    grounds = [re.search(r'<rect[^>]*fill="([^"]*)"', pictures.as_svg(drawn, theme))[1] for theme in standalone.THEMES]
    assert grounds == ["#fbfaf6", "#12161a", "#fff"]


def test_the_page_of_pictures_is_up_to_date():
    """docs/pictures.md and its pictures are what the script draws; letters may be packed differently by another library."""
    assert DRAWN["page"]() == (ROOT / "docs" / "pictures.md").read_text(encoding="utf-8"), "run: scripts/draw_examples.py"
    for example in EXAMPLES:
        for theme in ("light", "dark"):
            stored = (ROOT / "docs" / "pictures" / f"{example.name}-{theme}.svg").read_text(encoding="utf-8")
            assert re.sub(r"<style>.*?</style>", "", stored).strip() == plain(example, theme), "run: scripts/draw_examples.py"


def test_without_the_extra_a_person_is_told_what_to_install(monkeypatch):
    """No traceback: the code, and the line to type."""
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(OutsideError, match=r"PIC001.*(?s:.*)wholeservice\[export\]"):
        pictures.as_png("<svg/>")


def test_without_a_browser_a_person_is_told_where_to_get_one(monkeypatch):
    """A Chromium that is not there is a problem with a next step."""
    monkeypatch.setenv("WHOLESERVICE_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(OutsideError, match="PIC002"):
        pictures.as_png("<svg/>")


@pytest.mark.browser
@needs_chromium
def test_png_and_pdf_are_as_large_as_the_picture(monkeypatch):
    """Two dots a pixel in PNG; one sheet of PDF, its text kept as text in Inter."""
    monkeypatch.setenv("WHOLESERVICE_CHROMIUM", str(CHROMIUM))
    picture = pictures.as_svg(gap.draw(Gap(SHARE, 1, 0.95, 0.87)), "print")
    png, pdf = pictures.as_png(picture), pictures.as_pdf(picture)
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    root = parsed(picture)
    assert (width, height) == (2 * float(root.attrib["width"]), 2 * float(root.attrib["height"]))
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") == 1
    assert b"Inter" in pdf
