"""Every text can be read on every ground it stands on, in light and in dark: contrast of 4.5 or more (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wholeservice.draw import svg

CSS = (Path(svg.__file__).parents[1] / "app" / "static" / "app.css").read_text(encoding="utf-8")
PAIRS = (
    ("ink", "paper"), ("ink2", "paper"), ("ink3", "paper"), ("ink", "surface"), ("ink2", "surface"), ("link", "paper"),
    ("loss", "paper"), ("gain", "paper"), ("paper", "ink"), ("ink", "step"), ("ink", "people"),
    ("ink", "loss1"), ("ink", "loss2"),
    ("ink", "gain1"), ("ink2", "step"), ("gain", "gain1"), ("loss", "step"),
    ("loss", "loss1"), ("ink2", "surface"), ("loss", "surface"), ("delivered", "paper"), ("link", "surface"),
    ("ink", "waits"), ("ink", "how"), ("ink", "gain2"), ("paper", "loss4"), ("paper", "gain"), ("paper", "delivered"),
)  # fmt: skip
MARKS = (
    ("loss4", "paper"),
    ("loss4", "loss2"),
    ("delivered", "paper"),
    ("ink3", "paper"),
    ("loss4", "surface"),
    ("gain3", "paper"),
    ("delivered", "loss1"),
    ("delivered", "loss2"),
    ("delivered", "gain1"),
    ("delivered", "step"),
    ("ink", "loss2"),
    ("loss4", "loss1"),
    ("delivered", "people"),
    ("loss4", "people"),
    ("loss4", "step"),
)


def tokens(selector: str) -> dict[str, str]:
    """Return the colours a rule of the style sheet sets."""
    body = CSS[CSS.index(selector) :].partition("{")[2].partition("}")[0]
    return {name: _long(colour) for name, colour in re.findall(r"--(\w+):(#[0-9a-f]{3,6})\b", body)}


def _long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(digit * 2 for digit in colour[1:])


LIGHT, DARK = tokens(":root{"), tokens(":root[data-theme=dark]{")


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_of_black_on_white_is_21():
    """The formula is the one of the standard."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(theme, text, ground):
    """A reader with low vision can read it."""
    assert contrast(theme[text], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks_that_carry_meaning_stand_out(theme, mark, ground):
    """A dot, an edge or a whisker has a contrast of 2.5 or more with what it lies on; the sign beside it is text."""
    assert contrast(theme[mark], theme[ground]) >= 2.5


def test_both_ways_to_be_dark_are_the_same():
    """The system's wish and the reader's switch give one dark."""
    wish = CSS[CSS.index("@media (prefers-color-scheme:dark)") :]
    body = wish[wish.index("{:root") + 1 :].partition("{")[2].partition("}")[0]
    assert {name: _long(colour) for name, colour in re.findall(r"--(\w+):(#[0-9a-f]{3,6})\b", body)} == DARK
    assert set(LIGHT) == set(DARK)


def test_python_names_no_colour():
    """Diagrams have classes; colours live in the style sheet alone."""
    sources = Path(svg.__file__).parent.glob("*.py")
    assert not [path.name for path in sources if re.search(r"#[0-9a-fA-F]{6}\b|rgb\(", path.read_text(encoding="utf-8"))]
