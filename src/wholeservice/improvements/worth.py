"""The smallest effect worth having, and a promise, in the unit of the measure they are about."""

from __future__ import annotations

from wholeservice.improvements.base import Improvement, Number
from wholeservice.measures.base import Measure
from wholeservice.units import parse_amount

POINTS_OF_A_SHARE = ("pp", "%", "points", "percentage points", "percent")
HALF, SHARE_STEP, POINT_STEP, REST = 0.5, 0.01, 1.0, 0.05


def in_unit_of(measure: Measure, by: float, unit: str | None) -> float:
    """
    Return an amount written with its unit as one of the measure's: points of a share as 0 to 1, lengths of time in seconds.

    >>> from wholeservice.units import SECONDS, SHARE
    >>> from wholeservice.measures.base import Measure
    >>> of = lambda unit: Measure("m", "M", unit, "higher", (), None, None)
    >>> in_unit_of(of(SHARE), 5, "pp"), in_unit_of(of(SHARE), 0.05, "share"), in_unit_of(of(SECONDS), 2, "min")
    (0.05, 0.05, 120.0)
    """
    words = (unit or "").strip()
    if measure.unit.kind == "share":
        return by / 100 if words in POINTS_OF_A_SHARE else by
    if measure.unit.kind == "seconds":
        read = parse_amount(f"{by:.12g} {words}") if words else None
        return read.number if read is not None and read.unit.kind == "seconds" else by
    return by


def promised_of(improvement: Improvement, number: Number, measure: Measure) -> float | None:
    """Return by how much a number was promised to move for the better, the newest promise; None: nothing was promised of it."""
    found = [in_unit_of(measure, each.by, each.unit) for each in improvement.promises if each.number == number]
    return found[-1] if found else None


def worth_of(improvement: Improvement, number: Number, measure: Measure, level: float) -> tuple[float, str]:
    """
    Return the smallest effect worth having on a number, and who says so: the log, else half of the promise, else a usual size.

    Shape    *level* is what the number was before; the usual size of what is no share and no score is 5 % of it
    """
    said = [in_unit_of(measure, by, unit) for each, by, unit in improvement.worth if each == number]
    if said:
        return abs(said[-1]), "as the log says"
    promised = promised_of(improvement, number, measure)
    if promised:
        return HALF * abs(promised), "half of what was promised, as the log names none"
    usual = "a usual size, as the log names none"
    if measure.unit.kind == "share":
        return SHARE_STEP, usual
    return (POINT_STEP if measure.unit.kind == "points" else REST * abs(level)), usual
