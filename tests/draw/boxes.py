"""The boxes of all texts of a diagram: as measured before anything is drawn, and as a browser draws them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

from wholeservice.draw import svg

TYPES = {each.name: each for each in svg.TYPES}
SVG = "{http://www.w3.org/2000/svg}"
ASCENT, DESCENT = 0.76, 0.2  # em: what letters of Inter use
DRAWN = """markup => {
  const room = document.getElementById("room");
  room.innerHTML = markup;
  const drawing = room.querySelector("svg"), view = drawing.viewBox.baseVal;
  return [[view.x, view.x + view.width, view.y, view.y + view.height],
    [...drawing.querySelectorAll("text")].filter(each => each.textContent).map(each => {
      const box = each.getBBox();
      return [each.textContent, box.x, box.x + box.width, Number(each.getAttribute("y")),
        parseFloat(getComputedStyle(each).fontSize)];
    })];
}"""


@dataclass(frozen=True)
class TextBox:
    """One text with its box in pixels."""

    words: str
    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: TextBox) -> bool:
        """Say whether two boxes share more than an edge."""
        return min(self.right, other.right) - max(self.left, other.left) > 0.5 and (
            min(self.bottom, other.bottom) - max(self.top, other.top) > 0.5
        )


def text_boxes(markup: str) -> Iterator[TextBox]:
    """Yield the box of every <text> as measured: ascent 0.76 em and descent 0.2 em."""
    root = ElementTree.fromstring(markup)  # noqa: S314  our own markup
    for each in root.iter():
        if each.tag.removeprefix(SVG) == "text" and each.text:
            kind = TYPES[each.attrib["class"].split()[0]]
            wide, x, y = svg.width(each.text, kind), float(each.attrib["x"]), float(each.attrib["y"])
            left = x - {"end": wide, "middle": wide / 2}.get(each.attrib.get("text-anchor", ""), 0.0)
            yield TextBox(each.text, left, left + wide, y - ASCENT * kind.size, y + DESCENT * kind.size)


def overlaps(markup: str) -> list[tuple[str, str]]:
    """Return the pairs of texts that lie on each other."""
    return meetings(text_boxes(markup))


def meetings(boxes: Iterator[TextBox] | list[TextBox]) -> list[tuple[str, str]]:
    """Return the pairs of boxes that lie on each other, by their words."""
    return [(one.words, other.words) for one, other in combinations(boxes, 2) if one.meets(other)]


def outside(markup: str) -> list[str]:
    """Return the texts that leave the drawing to the left or right."""
    width = float(ElementTree.fromstring(markup).attrib["width"])  # noqa: S314  our own markup
    return [each.words for each in text_boxes(markup) if each.left < -0.5 or each.right > width + 0.5]


def drawn_boxes(page, markup: str) -> tuple[tuple[float, ...], list[TextBox]]:
    """Return the view (left, right, top, bottom) and the box of every text, as Chromium draws it: getBBox, in their own height.

    getBBox is as high as the line of the font; ascent and descent are those of the letters, so that lines may stand close.
    """
    view, texts = page.evaluate(DRAWN, markup)
    boxes = [TextBox(words, left, right, y - ASCENT * size, y + DESCENT * size) for words, left, right, y, size in texts]
    return tuple(view), boxes


def drawn_outside(view: tuple[float, ...], boxes: list[TextBox]) -> list[str]:
    """Return the texts that leave the view to any side."""
    left, right, top, bottom = view
    return [
        each.words
        for each in boxes
        if each.left < left - 1 or each.right > right + 1 or each.top < top - 1 or each.bottom > bottom + 1
    ]
