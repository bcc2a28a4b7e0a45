"""What consumers want of a service, in their words, against what they get; what nobody measures stays in the list."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.draw.axes import signed
from wholeservice.draw.gap import Gap
from wholeservice.findings.target_result import TargetResult, asked_measure, measure_of, result_of
from wholeservice.measures.asked import unasked
from wholeservice.organisation.graph import Need, Target
from wholeservice.pages.base import Data
from wholeservice.pages.listing import needs_of
from wholeservice.pages.numbers import NOT_MEASURED, Number, listed, number_of, plural, possible, unit_of, when
from wholeservice.pages.why_missing import CORRECT, why_no_number
from wholeservice.units import Unit, write

MET, MISSED, OPEN, UNKNOWN = "met", "missed", "cannot tell yet", NOT_MEASURED
FACTS = {
    "tallied": "counts", "tallies": "counts", "journeys": "", "reached": "", "ends": "", "eligible": "", "exposures": "calls",
}  # fmt: skip
_VERDICTS = {"above": MET, "below": MISSED, "open": OPEN, "unknown": UNKNOWN}


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One target beside the number it is held against; `number` None is not measured, `fill` says what would fill it."""

    declared: str
    words: str
    number: Number | None
    gap: Gap | None
    verdict: str
    difference: str | None
    own_window: bool
    fill: str | None


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One need. A need without a target has no rows: nobody can say whether it is met."""

    id: str
    says: str
    because: str | None
    evidence_on: str | None
    verdict: str
    targets: tuple[TargetRow, ...]


def need_rows(data: Data, entity: str) -> tuple[NeedRow, ...]:
    """Return the needs of an entity, those missed first, in declared order within each verdict."""
    rows = [_need_row(data, need) for need in needs_of(data, entity)]
    order = (MISSED, OPEN, MET, UNKNOWN)
    return tuple(sorted(rows, key=lambda row: order.index(row.verdict)))


def _need_row(data: Data, need: Need) -> NeedRow:
    targets = tuple(_target_row(data, need, each) for each in need.targets)
    verdicts = {each.verdict for each in targets}
    verdict = next((each for each in (MISSED, OPEN, MET) if each in verdicts), UNKNOWN)
    dated = f"{need.evidence_on.day} {need.evidence_on:%b %Y}" if need.evidence_on else None
    return NeedRow(need.id, need.says, need.because, dated, verdict, targets)


def _target_row(data: Data, need: Need, target: Target) -> TargetRow:
    result = result_of(data.results, need, target, data.zone)
    words = target_words(data, target)
    if result is None or result.point.value.value is None:
        gap = _empty_gap(data, target)
        return TargetRow(target.text, words, None, gap, UNKNOWN, None, True, _fill(data, need, target))
    gap = _gap(result)
    verdict = OPEN if gap.is_few and gap.verdict == "below" else _VERDICTS[gap.verdict]
    number = number_of(data, result.measure, result.point)
    difference = None if gap.value is None else signed(gap.value - gap.level, gap.unit)
    return TargetRow(target.text, words, number, gap, verdict, difference, result.is_own_window, None)


def _gap(result: TargetResult) -> Gap:
    value, unit = result.point.value, unit_of(result.measure, result.point)
    spread = possible(value.interval, unit)
    low, high = (spread.low, spread.high) if spread else (None, None)
    return Gap(unit, result.target.direction, result.level, value.value, low, high, value.is_few)


def _empty_gap(data: Data, target: Target) -> Gap | None:
    """A hatched place for the number that is not there; only where the target's level can be written."""
    measure = measure_of(data.results, target)
    unit: Unit = measure.unit if measure else target.level.unit
    if target.level.top is not None or target.level.per is not None or unit.kind != target.level.unit.kind:
        return None
    return Gap(unit, target.direction, target.level.number, None)


def _fill(data: Data, need: Need, target: Target) -> str:
    measure = measure_of(data.results, target) or next(
        (m for m in data.measures.values() if target.measure in (m.name, *m.words)), None
    )
    if measure is None:
        return f"“{target.measure}” is not a measure yet: name one that is, or add it."
    asked = data.results.period
    elsewhere = result_of(unasked(data.results), need, target, data.zone) if asked else None
    if asked and elsewhere:
        return f"No number for {when(data, asked)}; the newest is of {when(data, elsewhere.point.period)}."
    if target.consumer is None and target.channel is None:
        why = why_no_number(data, measure.name, need.service, target.step)
        if why is not None:
            return f"{why[0].upper()}{why[1:]}. {CORRECT}"
    facts = " or ".join(dict.fromkeys(FACTS.get(each, each) for each in measure.needs if FACTS.get(each, each))) or "facts"
    return f"{facts.capitalize()} about “{_title(data, need.service)}” would fill it; name their source in wholeservice.yaml."


def _title(data: Data, entity: str) -> str:
    known = data.organisation.entities.get(entity)
    return known.title if known else entity


def target_words(data: Data, target: Target) -> str:
    """Say a target in plain words: what, how much, over how long, where and for whom."""
    measure = asked_measure(data.results, target) or measure_of(data.results, target)
    name = measure.title if measure else target.measure
    op = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}.get(target.op, target.op)
    parts = [f"{name}: {op} {_level(target)}", f"over {plural(target.window_days, 'day')}"]
    parts += [f"at step {target.step}"] if target.step else []
    parts += [f"by {target.channel}"] if target.channel else []
    parts += [f"for {_title(data, target.consumer)}"] if target.consumer else []
    return ", ".join(parts)


def _level(target: Target) -> str:
    if target.level.top is not None:
        return f"{target.level.number:g} of {target.level.top:g}"
    per = {"yr": " a year", "q": " a quarter", "mo": " a month", "w": " a week", "d": " a day"}.get(target.level.per or "", "")
    return write(target.level.number, target.level.unit) + per


def needs_title(rows: tuple[NeedRow, ...]) -> str:
    """State in one sentence how the needs are met."""
    if not rows:
        return "Nobody has written down yet what people need from it"
    counts = {verdict: [row for row in rows if row.verdict == verdict] for verdict in (MISSED, OPEN, MET, UNKNOWN)}
    if len(counts[UNKNOWN]) == len(rows):
        return (
            f"Whether its {plural(len(rows), 'need')} are met is not measured"
            if len(rows) > 1
            else "Whether its one need is met is not measured"
        )
    rest = [
        f"{len(counts[verdict])} {words}"
        for verdict, words in ((MET, "met"), (OPEN, "too close to call"), (UNKNOWN, NOT_MEASURED))
        if counts[verdict]
    ]
    if not counts[MISSED]:
        return f"Of {plural(len(rows), 'need')}: {listed(rest)}; none is surely missed"
    worst = counts[MISSED][0]
    by = next((each.difference for each in worst.targets if each.verdict == MISSED), None)
    more = f", and {plural(len(counts[MISSED]) - 1, 'other need')} missed too" if len(counts[MISSED]) > 1 else ""
    return f"“{worst.says}” is not met ({by}){more}" + (f"; {listed(rest)}" if rest else "")
