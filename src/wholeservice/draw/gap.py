"""Gap: what was promised (dark tick) against what was delivered (dot with its likely range), and the signed difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.axes import NOT_MEASURED, Scale, likely, signed
from wholeservice.draw.svg import Markup
from wholeservice.units import Unit, write

MIDDLE, RIGHT = 26.0, 86.0


@dataclass(frozen=True, slots=True)
class Gap:
    """A target and what was measured. `direction` is +1 when more is better, -1 when less is. None is not measured."""

    unit: Unit
    direction: int
    level: float
    value: float | None
    low: float | None = None
    high: float | None = None
    is_few: bool = False

    @property
    def difference(self) -> float | None:
        """Delivered less promised, in the direction that is better: below 0 is a shortfall."""
        return None if self.value is None else self.direction * (self.value - self.level)

    @property
    def verdict(self) -> str:
        """`below` or `above` when the whole likely range is on that side, `open` when it is not, `unknown` without a number."""
        if self.value is None:
            return "unknown"
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        ends = sorted((self.direction * (low - self.level), self.direction * (high - self.level)))
        return "below" if ends[1] < 0 else "above" if ends[0] >= 0 else "open"


def draw(gap: Gap, *, width: float = 320) -> Markup:
    """Return the gap as an SVG: promised above the line, delivered below it, the difference at the right."""
    x = _scale(gap, width)
    parts = [*_ground(gap, x), *_delivered(gap, x), *_promised(gap, x)]
    if gap.value is not None:
        parts.append(svg.text(width, MIDDLE + 5, signed(_shown(gap), gap.unit), svg.STRONG, anchor="end", tone=_tone(gap)))
    return svg.element(
        "svg", svg.element("title", says(gap)), *parts, class_="diagram", role="img",
        viewBox=f"0 0 {width:g} 56", width=width, height=56,
    )  # fmt: skip


def says(gap: Gap) -> str:
    """Return the gap in words."""
    if gap.value is None:
        return f"promised {write(gap.level, gap.unit)}, {NOT_MEASURED}"
    few = "few counted" if gap.is_few else ""
    both = f"promised {write(gap.level, gap.unit)}, delivered {write(gap.value, gap.unit)}"
    parts = (both, likely(gap.low, gap.high, gap.unit), signed(_shown(gap), gap.unit), few)
    return ", ".join(filter(None, parts))


def table(gap: Gap) -> svg.Table:
    """Return the gap as one row."""
    row = (write(gap.level, gap.unit), write(gap.value, gap.unit), likely(gap.low, gap.high, gap.unit) or "–",
           signed(_shown(gap), gap.unit))  # fmt: skip
    return svg.Table("Promised and delivered", ("Promised", "Delivered", "Likely range", "Difference"), (row,))


def _shown(gap: Gap) -> float | None:
    return None if gap.value is None else gap.value - gap.level


def _tone(gap: Gap) -> str:
    return {"below": "loss", "above": "gain"}.get(gap.verdict, "soft")


def _scale(gap: Gap, width: float) -> Scale:
    numbers = [number for number in (gap.level, gap.value, gap.low, gap.high) if number is not None]
    low, high = min(numbers), max(numbers)
    spare = (high - low) * 0.25 or abs(high) * 0.1 or 1.0
    return Scale(low - spare, high + spare, 4, width - RIGHT)


def _ground(gap: Gap, x: Scale) -> Iterator[Markup]:
    if gap.value is None:
        yield svg.rect(x.from_px, MIDDLE - 8, x.to_px - x.from_px, 16, "hatched", rx=3)
        return
    yield svg.line(x.from_px, MIDDLE, x.to_px, MIDDLE, "baseline")
    left, right = sorted((x(gap.level), x(gap.value)))
    side = "short" if (gap.difference or 0) < 0 else "beyond"
    yield svg.rect(left, MIDDLE - 5, right - left, 10, f"gap-bar {side}")


def _delivered(gap: Gap, x: Scale) -> Iterator[Markup]:
    if gap.value is None:
        yield svg.text(x.from_px, 53, NOT_MEASURED, svg.SMALL)
        return
    if gap.low is not None and gap.high is not None:
        tone = {"below": "down", "above": "up"}.get(gap.verdict, "flat")
        yield svg.line(x(gap.low), MIDDLE, x(gap.high), MIDDLE, f"whisker wide {tone}")
    yield svg.circle(x(gap.value), MIDDLE, 5.5, "dot hollow" if gap.is_few else "dot")
    yield _centred(x(gap.value), 53, write(gap.value, gap.unit), svg.STRONG, x)


def _promised(gap: Gap, x: Scale) -> Iterator[Markup]:
    yield svg.line(x(gap.level), MIDDLE - 11, x(gap.level), MIDDLE + 11, "tick")
    yield _centred(x(gap.level), 11, f"promised {write(gap.level, gap.unit)}", svg.SMALL, x)


def _centred(x: float, y: float, words: str, kind: svg.Type, scale: Scale) -> Markup:
    """Centre *words* on x, but keep them inside the drawing."""
    half = svg.width(words, kind) / 2
    return svg.text(max(half, min(x, scale.to_px + RIGHT - half)), y, words, kind, anchor="middle")
