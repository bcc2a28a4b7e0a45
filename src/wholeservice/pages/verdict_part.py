"""Did it help? The verdicts on one improvement: each number before and after, what else it could be, and what got worse."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.draw.interrupted import Interrupted, InterruptedPoint
from wholeservice.draw.svg import id_of
from wholeservice.improvements.base import WORSE, Improvement, Number
from wholeservice.improvements.judged import ALSO_WORSE, Judged
from wholeservice.improvements.places import STEP, place_at
from wholeservice.improvements.rival_words import rival_words
from wholeservice.improvements.telling import alarm_words, effect_words, method_words
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import plural, when
from wholeservice.pages.verdicts import verdicts_on, worse_elsewhere
from wholeservice.periods import Period, civil
from wholeservice.units import difference_unit, write

SURELY_WORSE = "Also worse since then"
UNTOLD_WORSE = "Also worse since then, and nothing tells whether by this"


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One number: what was promised, what was found, how sure, and the series it was found in."""

    title: str
    of: str
    role: str
    verdict: str
    effect: str
    why: str | None
    promised: str | None
    worth: str | None
    n: str | None
    period: str | None
    value: str | None
    expected: str | None
    rivals: str | None
    compared: str | None
    not_compared: tuple[str, ...]
    alarms: str | None
    method: str | None
    drawing: Interrupted | None


@dataclass(frozen=True, slots=True)
class VerdictPart:
    """All verdicts on one improvement. `says` is the finding in one sentence."""

    says: str
    rows: tuple[VerdictRow, ...]
    worse: tuple[VerdictRow, ...]
    n_elsewhere: int
    worse_title: str = ""  # above `worse`


def verdict_part(data: Data, improvement: Improvement) -> VerdictPart | None:
    """Return the verdicts on an improvement; None where it names no number, so that there is nothing to verify."""
    judged = verdicts_on(data, improvement)
    if not judged:
        return None
    found = worse_elsewhere(data, improvement)
    rows = tuple(_row(data, improvement, each) for each in judged)
    worse = tuple(_row(data, improvement, each) for each in found.worse)
    return VerdictPart(_says(rows, len(found.worse)), rows, worse, found.n_looked, _worse_title(worse))


def _worse_title(rows: tuple[VerdictRow, ...]) -> str:
    """Claim no more than the verdicts below it do."""
    if not rows:
        return ""
    return SURELY_WORSE if any(each.verdict == WORSE for each in rows) else UNTOLD_WORSE


def _says(rows: tuple[VerdictRow, ...], n_worse: int) -> str:
    first = rows[0]
    also = f"; {plural(n_worse, 'other number')} got worse" if n_worse else ""
    return f"{first.title}: {first.verdict}, {first.effect}{also}"


def _row(data: Data, improvement: Improvement, judged: Judged) -> VerdictRow:
    measure, unit = data.measures.get(judged.number.measure), difference_unit(judged.unit)
    titles = {each.id: each.title for each in data.organisation.entities.values()}
    has_effect = judged.effect is not None
    period = when(data, Period(judged.from_at, judged.to_at)) if judged.from_at and judged.to_at else None
    return VerdictRow(
        title=measure.title if measure else judged.number.measure, of=_of(data, judged.number), role=judged.role,
        verdict=judged.verdict, effect=effect_words(judged), why=judged.why if has_effect else None,
        promised=write(judged.promised, unit, signed=True) if judged.promised is not None else None,
        worth=f"{write(judged.worth, unit)}, {judged.worth_from}" if judged.worth is not None else None,
        n=f"{judged.n:,.0f} counted since the start, {judged.n_units_before:,.0f} before" if judged.n else None, period=period,
        value=write(judged.value, judged.unit) if has_effect else None,
        expected=write(judged.expected, judged.unit) if has_effect else None,
        rivals=None if judged.role == ALSO_WORSE else rival_words(judged.rivals, titles),
        compared=", ".join(titles.get(each, each) for each in judged.compared_with) or None, not_compared=judged.not_compared,
        alarms=alarm_words(judged), method=method_words(judged) if has_effect else None,
        drawing=_drawing(data, improvement, judged) if judged.points else None,
    )  # fmt: skip


def _of(data: Data, number: Number) -> str:
    """Say whose number it is, as people call it: the service or its step, and the channel."""
    place = place_at(data.organisation, f"{STEP}:{number.entity}.{number.step}") if number.step else None
    entity = data.organisation.entities.get(number.entity)
    where = place.title if place else entity.title if entity else number.entity
    missing = f", step {number.step}" if number.step and not place else ""
    return where + missing + (f", in {number.channel}" if number.channel else "")


def _drawing(data: Data, improvement: Improvement, judged: Judged) -> Interrupted:
    number, measure = judged.number, data.measures.get(judged.number.measure)
    name = "-".join(each for each in (improvement.id, number.measure, number.entity, number.step, number.channel) if each)
    points = tuple(
        InterruptedPoint(when(data, Period(each.from_at, each.to_at)), each.value, each.low, each.high, each.n, each.is_after,
                         each.expected, each.expected_low, each.expected_high)
        for each in judged.points
    )  # fmt: skip
    since = f", since {civil(judged.started_at, data.zone):%-d %b %Y}" if judged.started_at else ""
    title = f"{measure.title if measure else number.measure}: {judged.verdict}"
    return Interrupted(f"verdict-{id_of(name)}", title, judged.unit, points, improvement.id, improvement.says + since,
                       -1 if measure and measure.better == "lower" else 1)  # fmt: skip
