"""A small SVG builder: elements that escape what they are given, and text whose width is known before it is drawn.

Colours never stand here: an element has a class, the style sheet gives the class its colour in light and dark. Widths come
from the metrics of Inter, the font of the pages, so that a label is only written where it fits.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from wholeservice.draw.inter import ADVANCES, CODES, UNITS_PER_EM

REGULAR, BOLD = 400, 620


_FROM_RIGHT, _END = "\u2068", "\u2069"  # words read from right to left keep their own order, and what shortens them its side


class Markup(str):
    """Text that is markup already: what is put into it was escaped, so templates leave it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


@dataclass(frozen=True, slots=True)
class Type:
    """A way of setting text: its class in the style sheet, its size in pixels and its weight there."""

    name: str
    size: float
    weight: int = REGULAR


BODY = Type("t-body", 14)
SMALL = Type("t-small", 12.5)
TINY = Type("t-tiny", 11.5)
HEAD = Type("t-head", 14.5, BOLD)
STRONG = Type("t-strong", 14, BOLD)
NODE = Type("t-node", 13, BOLD)
TYPES = (BODY, SMALL, TINY, HEAD, STRONG, NODE)


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a diagram as a table: the first cell of a row names it."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What every diagram has: an id that is unique on its page, a title that states the finding, and what it shows."""

    id: str
    title: str
    says: str
    width: float
    height: float
    is_interactive: bool = False


def element(tag: str, *children: Any, **attributes: Any) -> Markup:
    """Return one element; attributes that are None are left out, `class_` and `data_box` become `class` and `data-box`.

    >>> print(element("text", "a < b", class_="t-body", x=1.5))
    <text class="t-body" x="1.5">a &lt; b</text>
    """
    pairs = ((name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items() if value is not None)
    written = "".join(f' {name}="{escape(_number(value))}"' for name, value in pairs)
    if not children:
        return Markup(f"<{tag}{written}/>")
    inside = "".join(child if isinstance(child, Markup) else escape(str(child)) for child in children)
    return Markup(f"<{tag}{written}>{inside}</{tag}>")


def group(*children: Any, **attributes: Any) -> Markup:
    """Return a group of elements; an empty one draws nothing."""
    return element("g", *(children or ("",)), **attributes)


def text(x: float, y: float, words: str, kind: Type = BODY, *, anchor: str = "start", tone: str = "") -> Markup:
    """Return one line of text with its baseline at *y*; *tone* is a colour class (`loss`, `gain`, `soft`)."""
    cls = f"{kind.name} {tone}".strip()
    words = f"{_FROM_RIGHT}{words}{_END}" if any(unicodedata.bidirectional(each) in ("R", "AL") for each in words) else words
    return element("text", words, x=x, y=y, class_=cls, text_anchor=None if anchor == "start" else anchor)


def line(x1: float, y1: float, x2: float, y2: float, cls: str) -> Markup:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=cls)


def rect(x: float, y: float, width: float, height: float, cls: str, *, rx: float | None = None) -> Markup:
    return element("rect", x=x, y=y, width=max(0.0, width), height=max(0.0, height), rx=rx, class_=cls)


def circle(x: float, y: float, radius: float, cls: str) -> Markup:
    return element("circle", cx=x, cy=y, r=radius, class_=cls)


def path(d: str, cls: str, **attributes: Any) -> Markup:
    return element("path", d=d, class_=cls, **attributes)


def titled(words: str, *children: Any, **attributes: Any) -> Markup:
    """Return a group that says *words* when pointed at."""
    return group(element("title", words), *children, **attributes)


def linked(href: str | None, words: str, *children: Any) -> Markup:
    """Return a group that says *words*; with an address it is a link that the keyboard reaches."""
    if href is None:
        return titled(words, *children)
    return element("a", element("title", words), *children, href=href, aria_label=words)


def polygon(points: Sequence[tuple[float, float]]) -> str:
    """Return path data of a closed outline."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def polyline(points: Sequence[tuple[float, float]]) -> str:
    """Return path data of straight lines through the points: between two measurements nothing is claimed."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def figure(drawing: Drawing, *children: Any) -> Markup:
    """Wrap a diagram as an SVG that names itself; interactive ones are a group of buttons, the others one image."""
    title_id, says_id = f"{drawing.id}-title", f"{drawing.id}-says"
    return element(
        "svg", element("title", drawing.title, id=title_id), element("desc", drawing.says, id=says_id), *children,
        class_="diagram", id=drawing.id, role="group" if drawing.is_interactive else "img",
        aria_labelledby=title_id, aria_describedby=says_id, viewBox=f"0 0 {drawing.width:.0f} {drawing.height:.0f}",
        width=round(drawing.width), height=round(drawing.height), xmlns="http://www.w3.org/2000/svg",
    )  # fmt: skip


def patterns() -> Markup:
    """Return the hatches, once a page: `hatch` for what nobody measured, `hatch-loss` for what is assumed; and `meets`."""
    return element("svg", element("defs", _hatch("hatch"), _hatch("hatch-loss"), _meets()),
                   width=0, height=0, aria_hidden="true", class_="patterns")  # fmt: skip


def _meets() -> Markup:
    """The way from what is lost to how it is changed."""
    stops = (element("stop", offset=at, class_=cls) for at, cls in (("0", "meets-from"), ("1", "meets-to")))
    return element("linearGradient", *stops, id="meets")


def _hatch(name: str) -> Markup:
    return element(
        "pattern", rect(0, 0, 6, 6, "hatch-ground"), line(0, 0, 0, 6, f"{name}-line"),
        id=name, width=6, height=6, patternUnits="userSpaceOnUse", patternTransform="rotate(45)",
    )  # fmt: skip


def width(words: str, kind: Type = BODY) -> float:
    """Return how wide *words* are, in pixels.

    >>> 30 < width("Arrive") < 50
    True
    >>> width("Arrive", STRONG) > width("Arrive")
    True
    """
    advances = _ADVANCES[kind.weight]
    return sum(advances[letter] if letter in advances else _stranger(letter) for letter in words) * kind.size / UNITS_PER_EM


@functools.cache
def _stranger(letter: str) -> int:
    """How wide a letter is that Inter lacks: marks and joiners take no room, pictures more than a letter."""
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    is_picture = unicodedata.category(letter) == "So" and unicodedata.east_asian_width(letter) == "W"
    return round(UNITS_PER_EM * (1.4 if is_picture else 1.0))


def shorten(words: str, kind: Type, room: float) -> str:
    """Return *words*, or as many of them as fit with an ellipsis."""
    if width(words, kind) <= room:
        return words
    kept = words
    while kept and width(kept.rstrip() + "…", kind) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…" if kept.strip() else ""


def wrap(words: str, kind: Type, room: float, n_lines: int) -> list[str]:
    """Return *words* on at most *n_lines* lines, each no wider than *room*; the last one is shortened if need be."""
    lines: list[str] = []
    rest = _pieces(words)
    while rest and len(lines) < n_lines - 1:
        n_words = 1
        while n_words < len(rest) and width("".join(rest[: n_words + 1]).strip(), kind) <= room:
            n_words += 1
        lines.append(shorten("".join(rest[:n_words]).strip(), kind, room))
        rest = rest[n_words:]
    return [*lines, shorten("".join(rest).strip(), kind, room)] if rest else lines


def _pieces(words: str) -> list[str]:
    """Cut words where a line may end: after a space, and between the letters of Chinese and Japanese, which have none."""
    pieces: list[str] = []
    for word in words.split():
        is_wide = unicodedata.east_asian_width(word[0]) == "W"
        pieces += [*word[:-1], f"{word[-1]} "] if is_wide else [f"{word} "]
    return pieces


def first_that_fits(choices: Sequence[str], kind: Type, room: float) -> str:
    """Return the first of *choices* that is no wider than *room*, or nothing."""
    return next((words for words in choices if words and width(words, kind) <= room), "")


def _number(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


_ADVANCES = {weight: dict(zip(map(chr, CODES), wide, strict=True)) for weight, wide in ADVANCES.items()}


def id_of(words: str) -> str:
    """Return words as part of an id in a page.

    >>> id_of("book & stay")
    'book---stay'
    """
    return "".join(letter if letter.isalnum() else "-" for letter in words)
