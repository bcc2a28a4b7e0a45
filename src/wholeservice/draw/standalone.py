"""Standalone: a diagram as an SVG file that needs nothing from outside; every colour and size stands on its element.

The style sheet of the pages stays the only place that names a colour: its rules are read, its tokens resolved for one theme,
and what they say of each element becomes attributes of it, which every program that shows SVG understands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from wholeservice.draw import svg
from wholeservice.draw.svg import Markup

LIGHT, DARK, PRINT = "light", "dark", "print"
THEMES = (LIGHT, DARK, PRINT)
PAD, LINE = 24.0, 21.0
NAMESPACE = "http://www.w3.org/2000/svg"
PROPERTIES = (
    "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "stroke-opacity",
    "opacity", "font-family", "font-size", "font-weight", "paint-order",
)  # fmt: skip
_BLOCK = re.compile(r"([^{}]+)\{([^{}]*)\}")
_PART = re.compile(r"([.#]?)([\w-]+)")
_TOKEN = re.compile(r"--([\w-]+):([^;}]+)")
_VARIABLE = re.compile(r"var\(--([\w-]+)\)")
_CLEAR = re.compile(r"#[0-9a-fA-F]{8}")


@dataclass(frozen=True, slots=True)
class Rule:
    """One selector (compounds of tag and classes, outermost first) and what it sets."""

    compounds: tuple[tuple[str, frozenset[str]], ...]
    sets: Mapping[str, str]

    @property
    def weight(self) -> tuple[int, int]:
        """Number of classes, then of tags: the heavier rule wins."""
        return sum(len(classes) for _, classes in self.compounds), sum(bool(tag) for tag, _ in self.compounds)


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme with its tokens, and the rules of the style sheet with these put in, the lightest first."""

    name: str
    tokens: Mapping[str, str]
    rules: tuple[Rule, ...]


def themes(style_sheet: str) -> dict[str, Theme]:
    """Return the themes of a style sheet by name: light, dark and print.

    >>> sheet = ":root{--ink:#000}:root[data-theme=dark]{--ink:#fff}.dot{fill:var(--ink)}@media print{:root{--ink:#111}}"
    >>> {name: theme.rules[0].sets["fill"] for name, theme in themes(sheet).items()}
    {'light': '#000', 'dark': '#fff', 'print': '#111'}
    """
    sheet = re.sub(r"/\*.*?\*/", "", style_sheet, flags=re.DOTALL)
    plain, media = _split_media(sheet)
    light, dark = _tokens(plain, ":root"), _tokens(plain, ":root[data-theme=dark]")
    paper = _tokens(media.get("print", ""), ":root")
    sets = {LIGHT: light, DARK: light | dark, PRINT: light | paper}
    return {name: Theme(name, tokens, _rules(plain, tokens)) for name, tokens in sets.items()}


def standalone(markup: str, theme: Theme, *, heading: bool = True, font: str = "") -> Markup:
    """Return a diagram as an SVG that needs no style sheet, on its own ground, with its title over it.

    Shape    markup: what `draw` of a diagram returned; font: a `data:` address of Inter to carry along, or nothing
    """
    root = ElementTree.fromstring(markup)  # noqa: S314  our own markup
    uses_hatch = "hatched" in markup or "assumed" in markup or "day-missing" in markup
    _plain(root)
    if uses_hatch:
        root.insert(0, _plain(ElementTree.fromstring(svg.patterns())).find("defs") or ElementTree.Element("defs"))  # noqa: S314
    _dress(root, theme, ())
    _frame(root, theme, root.findtext("title", "") if heading else "")
    if font:
        face = ElementTree.Element("style")
        face.text = f"@font-face{{font-family:Inter;src:url({font}) format('woff2');font-weight:100 900}}"
        root.insert(0, face)
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _split_media(sheet: str) -> tuple[str, dict[str, str]]:
    """Take the blocks that stand in @media out of a style sheet; braces are counted."""
    plain, at = "", 0
    media: dict[str, str] = {}
    while (start := sheet.find("@media", at)) >= 0:
        plain += sheet[at:start]
        opened = sheet.index("{", start)
        end, depth = opened + 1, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(sheet[end], 0)
            end += 1
        name = sheet[start + 6 : opened].strip()
        media[name] = media.get(name, "") + sheet[opened + 1 : end - 1]
        at = end
    return plain + sheet[at:], media


def _tokens(sheet: str, selector: str) -> dict[str, str]:
    return {
        name: value.strip()
        for found, body in _BLOCK.findall(sheet)
        if found.strip() == selector
        for name, value in _TOKEN.findall(body)
    }


def _rules(sheet: str, tokens: Mapping[str, str]) -> tuple[Rule, ...]:
    rules = [rule for selectors, body in _BLOCK.findall(sheet) for rule in _rules_of(selectors, body, tokens)]
    return tuple(sorted(rules, key=lambda rule: rule.weight))


def _rules_of(selectors: str, body: str, tokens: Mapping[str, str]) -> Iterator[Rule]:
    """Yield what a block sets of an SVG; a state (`:hover`), an attribute or a child is of the page, not of a picture."""
    pairs = (each.partition(":") for each in body.split(";") if ":" in each)
    sets = {name.strip(): _resolved(value, tokens) for name, _, value in pairs if name.strip() in PROPERTIES}
    for selector in selectors.split(",") if sets else ():
        if not re.search(r"[:\[>+~*@]", selector):
            yield Rule(tuple(_compound(each) for each in selector.split()), sets)


def _compound(words: str) -> tuple[str, frozenset[str]]:
    parts = _PART.findall(words)
    return next((name for mark, name in parts if not mark), ""), frozenset(name for mark, name in parts if mark == ".")


def _resolved(value: str, tokens: Mapping[str, str]) -> str:
    resolved = _VARIABLE.sub(lambda found: tokens[found[1]], value.strip())
    return "none" if resolved == "transparent" else resolved.removesuffix("px")


def _plain(root: ElementTree.Element) -> ElementTree.Element:
    """Drop the name space of tags and what only a page needs: links, buttons, keyboard, script data."""
    for each in root.iter():
        each.tag = each.tag.removeprefix(f"{{{NAMESPACE}}}")
        each.tag = "g" if each.tag == "a" else each.tag
        for name in [name for name in each.attrib if name in ("href", "tabindex", "aria-pressed") or name.startswith("data-")]:
            del each.attrib[name]
        if each.attrib.get("role") == "button":
            del each.attrib["role"]
    return root


Ancestors = tuple[tuple[str, frozenset[str]], ...]


def _dress(each: ElementTree.Element, theme: Theme, above: Ancestors) -> None:
    """Set on every element what the rules that match it say; classes are no longer needed then."""
    here = (*above, (each.tag, frozenset(each.attrib.pop("class", "").split())))
    sets: dict[str, str] = {}
    for rule in theme.rules:
        if _matches(rule.compounds, here):
            sets |= rule.sets
    written = {name: each.attrib[name] for name in PROPERTIES if name in each.attrib and name not in sets}
    for name, value in (sets | written).items():
        each.attrib |= _opaque(name, value)
    for child in each:
        _dress(child, theme, here)


def _matches(compounds: Ancestors, here: Ancestors) -> bool:
    """Say whether the last compound fits the element itself, and the others its ancestors in their order."""
    if not _fits(compounds[-1], here[-1]):
        return False
    rest = list(compounds[:-1])
    for ancestor in reversed(here[:-1]):
        if rest and _fits(rest[-1], ancestor):
            rest.pop()
    return not rest


def _fits(compound: tuple[str, frozenset[str]], element: tuple[str, frozenset[str]]) -> bool:
    return compound[0] in ("", element[0]) and compound[1] <= element[1]


def _opaque(name: str, value: str) -> dict[str, str]:
    """Split a colour with transparency in two: older programs read no colour of eight digits."""
    if name in ("fill", "stroke") and _CLEAR.fullmatch(value):
        return {name: value[:7], f"{name}-opacity": f"{int(value[7:], 16) / 255:.3g}"}
    return {name: value}


def _frame(root: ElementTree.Element, theme: Theme, title: str) -> None:
    """Give the picture a ground, room around it, and its title; the heading is wrapped to the width of the drawing."""
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    width = max(width, 240.0)
    lines = svg.wrap(title, svg.HEAD, width, 3)
    head = LINE * len(lines) + 12 if lines else 0.0
    whole = width + 2 * PAD, height + head + 2 * PAD
    size = {"width": f"{whole[0]:g}", "height": f"{whole[1]:g}"}
    ground = {"x": f"{-PAD:g}", "y": f"{-PAD - head:g}", **size, "fill": theme.tokens["paper"]}
    at = next((index for index, each in enumerate(root) if each.tag not in ("title", "desc", "defs")), len(root))
    root.insert(at, ElementTree.Element("rect", ground))
    for index, words in enumerate(lines):
        text = ElementTree.fromstring(svg.text(0, LINE * (index + 1) - head - 6, words, svg.HEAD))  # noqa: S314
        root.insert(at + 1 + index, text)
        _dress(text, theme, (("svg", frozenset({"diagram"})),))
    view = f"{-PAD:g} {-PAD - head:g} {whole[0]:g} {whole[1]:g}"
    root.attrib |= {"xmlns": NAMESPACE, "viewBox": view, **size}
