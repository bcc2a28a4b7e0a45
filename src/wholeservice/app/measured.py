"""Measured numbers as rows: which points are asked for, and how each is written for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from wholeservice.app.printing import Column, Row
from wholeservice.errors import InputError, Problem, suggest
from wholeservice.measures.base import Measure
from wholeservice.measures.kinds import OTHER_PATHS, PATH, SEGMENT, TOLD_BY, kind_of, of_kind, what_of
from wholeservice.measures.results import Point
from wholeservice.organisation.graph import steps, whole_of
from wholeservice.pages.attribution import FAIL_RATE, attributed
from wholeservice.pages.base import Data
from wholeservice.periods import ROLLING, Period, label
from wholeservice.uncertainty import BETWEEN_PERIODS
from wholeservice.units import Unit, money, write, write_range

CHANNEL, STEP = "channel", "step"
MARK = "~"

CODES = {
    "ASK001": "No measure has this name. `wholeservice measure` without a name lists what was measured; `wholeservice explain`"
    " lists all measures.",
    "ASK002": "No service, part, unit or team has this id in the organisation, neither declared nor seen by a source.",
    "ASK003": "The period cannot be read. Write 2026, 2026-Q3, 2026-09 or 2026-09-01..2026-10-01 (the end is exclusive).",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What `measure` was asked: None means all. Of a period that was measured as such (a month, a week) that number is given;
    of another one, those of all periods that overlap it."""

    measure: str | None = None
    entity: str | None = None
    by: str | None = None
    period: Period | None = None


def ask(data: Data, question: Question) -> list[Row]:
    """
    Return one row per measured number.

    Shape    by measure, then entity in the organisation's order, then breakdown; the newest period unless one is asked for.
             Asked for nothing in particular: the organisation as a whole
    Errors   InputError when the measure or entity is not known
    """
    measures = [find_measure(data, question.measure)] if question.measure else list(data.measures.values())
    entity = find_entity(data, question.entity) if question.entity else None
    if question == Question() and data.results.measures_of(whole_of(data.organisation)):
        entity = whole_of(data.organisation)
    return [
        _row(data, measure, point)
        for measure in measures
        for each in ([entity] if entity else _in_order(data, measure.name))
        for point in _in_reading_order(list(_points(data, measure.name, each, question)), question)
    ]


def _in_reading_order(points: list[Point], question: Question) -> list[Point]:
    """Paths stand as they were taken most, and only those of the newest period: another one had paths of its own."""
    if question.by != PATH:
        return points
    newest_at = max((each.cell.to_at for each in points), default=None)
    kept = [each for each in points if question.period or each.cell.to_at == newest_at]
    return sorted(kept, key=lambda each: (what_of(each.cell.segment or "") == OTHER_PATHS, -each.value.n))


def find_measure(data: Data, word: str) -> Measure:
    """Return the measure that *word* names. Raises InputError with ASK001."""
    named = {name: each for each in data.measures.values() for name in (each.name, *each.words)}
    if word in named:
        return named[word]
    raise InputError(Problem("ASK001", f"no measure is called '{word}'", expected=f"one of {', '.join(data.measures)}",
                             nearest=suggest(word, named), next_step="wholeservice explain lists all measures"))  # fmt: skip


def find_entity(data: Data, word: str) -> str:
    """Return the id of the entity that *word* names: an id, an alias or a title. Raises InputError with ASK002."""
    known = data.organisation.entities
    whole = {data.organisation.name.lower(): whole_of(data.organisation)}
    by_name = {each.title.lower(): each.id for each in known.values()} | dict(data.organisation.aliases) | whole
    found = word if word in known else by_name.get(word.lower())
    if found is not None:
        return found
    raise InputError(Problem("ASK002", f"nothing is called '{word}'", expected=f"the id of one of {len(known)} entities",
                             nearest=suggest(word, known) or suggest(word, by_name),
                             next_step="wholeservice measure lists what was measured"))  # fmt: skip


def _in_order(data: Data, measure: str) -> list[str]:
    """Return what was measured, the organisation as a whole first, then in its order."""
    measured = data.results.entities(measure)
    known = [each for each in (whole_of(data.organisation), *data.organisation.entities) if each in measured]
    return known + sorted(measured.difference(known))


def without_twins(data: Data, rows: Sequence[Row]) -> list[Row]:
    """Leave out the numbers of the whole organisation where they are those of the one thing that was measured in it."""
    whole, seen = whole_of(data.organisation), ("measure", STEP, CHANNEL, SEGMENT, "value", "low", "high", "n", "from", "to")
    others = [row for row in rows if row["entity"] != whole]
    if len({row["entity"] for row in others}) != 1:
        return list(rows)
    said = {tuple(row[key] for key in seen) for row in others}
    return [row for row in rows if row["entity"] != whole or tuple(row[key] for key in seen) not in said]


def _points(data: Data, measure: str, entity: str, question: Question) -> Iterator[Point]:
    for step, channel, segment in _breakdowns(data, measure, entity, question.by):
        of = partial(data.results.series, measure, entity, step=step, channel=channel, segment=segment)
        series = of()
        if question.period:
            asked, days = question.period, (question.period.to_at - question.period.from_at).total_seconds() / 86400
            alike = of(days=days)
            exact = [each for each in alike if (each.cell.from_at, each.cell.to_at) == (asked.from_at, asked.to_at)]
            yield from exact or (each for each in series if _overlaps(each, asked))
        else:
            # A rolling window ends with the newest complete day; a calendar period may have only begun.
            rolling = of(window=ROLLING)
            yield from (rolling or series)[-1:]


def _breakdowns(data: Data, measure: str, entity: str, by: str | None) -> Iterator[tuple[str | None, str | None, str | None]]:
    """Yield step, channel and segment of what to show; where a number is only known per channel, its channels stand for it."""
    results = data.results
    if by in TOLD_BY:
        for step in (None,) if results.segments(measure, entity) else _steps(data, measure, entity):
            yield from ((step, None, each) for each in of_kind(results.segments(measure, entity, step), by))
        return
    for step in _steps(data, measure, entity) if by == STEP else (None,):
        channels = sorted(results.channels(measure, entity, step))
        has_total = bool(results.rows(measure, entity, step=step))
        yield from ((step, channel, None) for channel in (channels if by == CHANNEL or not has_total else (None,)))


def _steps(data: Data, measure: str, entity: str) -> list[str]:
    """Return the steps with a number, in the order of the journey; of a value stream its stages, in theirs."""
    measured = data.results.steps(measure, entity)
    journey = [each.id.removeprefix(f"{entity}.") for each in steps(data.organisation, entity)]
    known = data.organisation.entities.get(entity)
    journey += [each["stage"] for each in (known.fields.get("stages") or () if known else ())]
    return [each for each in journey if each in measured] + sorted(measured.difference(journey))


def _overlaps(point: Point, period: Period) -> bool:
    return point.cell.from_at < period.to_at and period.from_at < point.cell.to_at


def _row(data: Data, measure: Measure, point: Point) -> Row:
    cell, value, sums = point.cell, point.value, point.statistics
    interval = value.interval
    return {
        "measure": measure.name,
        "entity": cell.entity,
        "step": cell.step,
        "channel": cell.channel,
        "segment": cell.segment,
        "value": value.value,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "interval_method": interval.method if interval else None,
        "interval_of": interval.of if interval else None,
        "unit": _unit(measure, cell.currency).name,
        "n": value.n,
        "from": cell.from_at,
        "to": cell.to_at,
        "window": cell.window,
        "reporting": sums.reporting or None,
        "expected": sums.expected or None,
        "why_missing": value.why_missing,
        "zone": data.zone,
        "snapshot": data.snapshot,
    }


def _unit(measure: Measure, currency: str | None) -> Unit:
    return money(currency) if currency and measure.unit.kind == "money" else measure.unit


def ranges(data: Data, rows: Sequence[Row]) -> list[str]:
    """Say of each share of failed deployments between what and what it lies, by the rules that tell a failure."""
    whole = [row for row in rows if row["measure"] == FAIL_RATE and not row[SEGMENT]]
    told = ((row, attributed(data, row["entity"], row["from"], row["to"])) for row in whole)
    return [f"{title(data, row['entity'])}: {words} (--by rule)" for row, words in told if words]


def columns(data: Data, rows: Sequence[Row]) -> list[Column]:
    """Return the columns of the table for people; what is the same in all rows (entity) or in none (step) is left out."""
    of = [Column("entity", "Of", lambda row: title(data, row["entity"]), wraps=True)]
    breakdown = [Column(key, key.capitalize()) for key in (STEP, CHANNEL) if any(row[key] for row in rows)]
    kinds = list(dict.fromkeys(kind_of(row[SEGMENT]) for row in rows if row[SEGMENT]))
    return [
        Column("measure", "Measure"),
        *(of if len({row["entity"] for row in rows}) > 1 else []),
        *breakdown,
        *(Column(SEGMENT, " or ".join(kinds).capitalize(), lambda row: what_of(row[SEGMENT] or "")) for _ in kinds[:1]),
        Column("value", "Value", lambda row: _value(data, row), is_number=True, wraps=True),
        Column("low", "95 % interval", lambda row: _interval(data, row)),
        Column("n", "n", lambda row: f"{row['n']:,.0f}", is_number=True),
        Column("from", "Period", lambda row: label(Period(row["from"], row["to"]), row["zone"])),
        Column("reporting", "Reporting", _coverage, is_number=True),
    ]


def title(data: Data, entity: str) -> str:
    """Return the entity's name for people; its id when it is not known."""
    known = data.organisation.entities.get(entity)
    return known.title if known else entity


def _row_unit(data: Data, row: Row) -> Unit:
    unit = data.measures[row["measure"]].unit
    return money(row["unit"]) if unit.kind == "money" else unit


def _value(data: Data, row: Row) -> str:
    if row["value"] is None:
        return f"not measured: {row['why_missing']}"
    return write(row["value"], _row_unit(data, row))


def _interval(data: Data, row: Row) -> str:
    if row["low"] is None:
        return "–"
    unit = _row_unit(data, row)
    mark = f" {MARK}" if row["interval_of"] == BETWEEN_PERIODS else ""
    return write_range(row["low"], row["high"], unit) + mark


def note(rows: Sequence[Row]) -> str | None:
    """Return what the mark behind an interval means, None where no interval has it."""
    is_marked = any(row["interval_of"] == BETWEEN_PERIODS for row in rows)
    return (
        f"{MARK} how much a full count varies from period to period; the other intervals are of sampling" if is_marked else None
    )


def _coverage(row: Row) -> str:
    if row["expected"]:
        return f"{row['reporting'] or 0:,.0f} of {row['expected']:,.0f}"
    return f"{row['reporting']:,.0f}" if row["reporting"] else "–"
