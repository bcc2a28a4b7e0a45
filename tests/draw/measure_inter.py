"""Measure the letters of Inter, the font of the pages.

Write them anew: python tests/draw/measure_inter.py > src/wholeservice/draw/inter.py
"""

from __future__ import annotations

import importlib.resources
import io
import sys
import textwrap
from typing import Any

WEIGHTS = (400, 620)
FIRST, LAST = 0x20, 0x17F
BEYOND = (
    *range(0x2010, 0x2028),
    0x2030,
    0x20AC,
    *range(0x2190, 0x2194),
    0x2212,
    0x2248,
    0x2264,
    0x2265,
    0x25B2,
    0x25BC,
    0x2713,
)


def measure(weight: int) -> dict[int, int]:
    """Return the advance of each character in 1/2048 em; digits as wide as the tabular ones the pages use."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib.models import normalizeLocation, piecewiseLinearMap
    from fontTools.varLib.varStore import VarStoreInstancer

    files = importlib.resources.files("fontpkg_inter") / "files"
    file = next(each for each in files.iterdir() if each.name.startswith("Inter["))
    font: Any = TTFont(io.BytesIO(file.read_bytes()), lazy=True)
    axes = {axis.axisTag: (axis.minValue, axis.defaultValue, axis.maxValue) for axis in font["fvar"].axes}
    at = {
        tag: piecewiseLinearMap(x, font["avar"].segments[tag]) for tag, x in normalizeLocation({"wght": weight}, axes).items()
    }
    table, glyphs = font["HVAR"].table, font.getBestCmap()
    deltas = VarStoreInstancer(table.VarStore, font["fvar"].axes, at)

    def advance(glyph: str) -> int:
        return round(font["hmtx"].metrics[glyph][0] + deltas[table.AdvWidthMap.mapping[glyph]])

    tabular = dict.fromkeys(map(ord, "0123456789"), advance("zero.tf"))
    return {code: advance(glyphs[code]) for code in (*range(FIRST, LAST + 1), *BEYOND) if code in glyphs} | tabular


def columns(numbers: list[int], indent: int) -> str:
    """Return numbers as lines of source."""
    pad = " " * indent
    return textwrap.fill(", ".join(map(str, numbers)) + ",", 124, initial_indent=pad, subsequent_indent=pad)


def module() -> str:
    """Return the text of `draw/inter.py`."""
    measured = {weight: measure(weight) for weight in WEIGHTS}
    codes = sorted(measured[WEIGHTS[0]])
    advances = "".join(
        f"    {weight}: (\n{columns([wide[code] for code in codes], 8)}\n    ),\n" for weight, wide in measured.items()
    )
    return (
        '"""How wide the letters of Inter are, read from the font itself by tests/draw/measure_inter.py."""\n\n'
        f"UNITS_PER_EM = 2048\nCODES = (\n{columns(codes, 4)}\n)  # fmt: skip\n"
        f"ADVANCES = {{\n{advances}}}  # fmt: skip\n"
    )


if __name__ == "__main__":
    sys.stdout.write(module())
