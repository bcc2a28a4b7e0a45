"""A loss map in words and as rows: the gap, what it starts from, what is not traced, and which data would tell more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wholeservice.app.printing import Column, Row, sentence
from wholeservice.errors import InputError, Problem, suggest
from wholeservice.findings.inseparable import titles_of
from wholeservice.findings.junction import amount
from wholeservice.findings.losses import (
    GOES_WITH,
    ITEMS,
    TAKEN_FOR_GRANTED,
    UNRECORDED,
    Box,
    LossMap,
    MissingData,
    precedence,
)
from wholeservice.findings.propagation import AT_OR_BELOW, STARTS_HERE
from wholeservice.pages.base import Data
from wholeservice.pages.loss_part import beside_origins, with_words
from wholeservice.pages.open_part import state_words
from wholeservice.periods import label
from wholeservice.uncertainty import Interval
from wholeservice.units import SHARE, Unit, difference_unit, write

CODES = {
    "ASK004": "This service has no need of that name, or none with a target. The needs stand under `needs:` of the service in"
    " the organisation; each needs a target before a loss can be traced.",
}

MOST_LASTING = 4  # places of which it is said why they last
MOST_ORIGINS = 8  # a table for people; the smaller ones are summed in one line


def maps_of(data: Data, entity: str, need: str | None) -> list[LossMap]:
    """Return the loss maps of an entity, most people first. Raises InputError when there is none of that name."""
    found = {each_need: each for (of, each_need), each in data.loss_maps.items() if of == entity}
    if need is not None and need not in found:
        raise InputError(Problem("ASK004", f"'{entity}' has no traced need '{need}'", nearest=suggest(need, found),
                                 expected=f"one of {sentence(found, 'or')}" if found else "a need with a target",
                                 next_step=f"wholeservice trace {entity} shows all of them"))  # fmt: skip
    kept = [found[need]] if need is not None else list(found.values())
    return sorted(kept, key=precedence)


def without_assumed(drawn: LossMap) -> LossMap:
    """Return the map as it is listed: what somebody assumes stands in no ranking unless somebody asks for it."""
    return replace(drawn, boxes=tuple(box for box in drawn.boxes if box.claim != TAKEN_FOR_GRANTED))


def rows(drawn: LossMap, snapshot: str) -> list[Row]:
    """Return one row per box that carries loss, the largest origin first; shares are of all attempts (0 to 1)."""
    return [
        {
            "entity": drawn.entity, "need": drawn.need, "target": drawn.target, "gap": drawn.gap, "value": drawn.value,
            "level": drawn.level, "unit": drawn.unit.name, "n": drawn.n, "box": box.id, "kind": box.kind, "title": box.title,
            "claim": box.claim, "flow_in": box.flow_in, "starts_here": box.starts_here, "not_traced": box.not_traced,
            "low": box.interval.low if box.interval else None, "high": box.interval.high if box.interval else None,
            "alone": box.alone, "last": box.last, "is_named": box.is_named, "is_top": box.is_top,
            "observed": box.observed, "reference": box.reference, "from": drawn.period.from_at, "to": drawn.period.to_at,
            "snapshot": snapshot,
        }
        for box in sorted(drawn.boxes, key=_by_origin) if box.flow_in or box.starts_here or box.not_traced
    ]  # fmt: skip


def lasting(data: Data, drawn: LossMap) -> Iterator[str]:
    """Yield one line for each place that surely loses something: stream, owner, how long it is open and what it waits for."""
    of_map = [each for each in data.open_times if (each.entity, each.need) == (drawn.entity, drawn.need) and each.is_named]
    for each in sorted(of_map, key=lambda each: -each.lost)[:MOST_LASTING]:
        stream = data.organisation.entities.get(each.stream or "")
        who = f"{stream.title if stream else 'no stream'}, {each.owner or 'nobody answers for it'}"
        days = f"open {'at least ' if each.is_at_least else ''}{each.days:,.0f} days"
        yield f"{each.title}: {who}; {days}, {amount(each.lost, each.of)} lost so far; {state_words(data, each)}"


def _by_origin(box: Box) -> tuple[float, str]:
    return (-box.starts_here - box.not_traced, box.id)


def headline(data: Data, drawn: LossMap) -> list[str]:
    """Return what is missed and by how much, and what can be said of where it starts."""
    need = next((each for each in data.organisation.needs if (each.service, each.id) == (drawn.entity, drawn.need)), None)
    says = f'"{need.says}"' if need and need.says else drawn.need
    lines = [f"{says}   target: {drawn.target}"]
    when = label(drawn.period, data.zone)
    lines.append(f"  {_measured(drawn)} of n = {drawn.n:,.0f} in {when}; {_gap_words(drawn)}")
    if drawn.of == ITEMS and drawn.unit == SHARE:
        late, allowed = round((1 - drawn.value) * drawn.n), round((1 - drawn.level) * drawn.n)
        lines.append(f"  {late:,} of {drawn.n:,.0f} items were late; the target allows {allowed:,}")
    if drawn.people_per_day:
        people = f"{drawn.people_per_day:,.0f}" if drawn.people_per_day >= 1.5 else f"{drawn.people_per_day:.1f}"
        lines.append(f"  about {people} people a day")
    if drawn.why_no_map:
        return [*lines, f"  no map: {drawn.why_no_map}"]
    return [*lines, f"  {_origin_words(drawn)}"]


def _measured(drawn: LossMap) -> str:
    """The number that the map splits; of a quantile that is the share that took longer, with the time beside it."""
    value = write(drawn.value, drawn.unit)
    return (
        f"{drawn.beside}: {value} took longer, {write(drawn.level, drawn.unit)} may," if drawn.beside else f"measured {value}"
    )


def _gap_words(drawn: LossMap) -> str:
    if drawn.gap <= 0:
        return "the target is met"
    return f"gap {write(drawn.gap, difference_unit(drawn.unit))}{_between(drawn.gap_interval, difference_unit(drawn.unit))}"


def _between(interval: Interval | None, unit: Unit) -> str:
    return f" (95 %: {write(interval.low, unit)} to {write(interval.high, unit)})" if interval else ""


def _origin_words(drawn: LossMap) -> str:
    boxes = {box.id: box for box in drawn.boxes}
    named = [("at or below " if boxes[each].claim == AT_OR_BELOW else "at ") + boxes[each].said for each in drawn.top]
    dark = next(iter(_origins(drawn)), None)
    if not named and dark is not None and dark.kind == UNRECORDED:
        return f"no origin can be named for certain: the largest part is time with {dark.said}"
    if not named:
        return "no origin can be named for certain"
    said = f"the largest part that can be traced starts {sentence(named, 'or')}"
    return said if len(named) == 1 else f"{said}: the data does not separate them"


def origin_rows(drawn: LossMap) -> list[Row]:
    """Return the rows of the table for people: where loss starts or is not traced further, the largest first."""
    return [{"box": box} for box in _origins(drawn)[:MOST_ORIGINS]]


def _origins(drawn: LossMap) -> list[Box]:
    return sorted((box for box in drawn.boxes if box.starts_here + box.not_traced > 0), key=_by_origin)


def origin_columns(drawn: LossMap) -> list[Column]:
    """Return the columns of the table for people; sizes are in the unit of the gap."""
    unit = difference_unit(drawn.unit)

    def amount(number: float | None) -> str:
        return "–" if number is None else write(number, unit)

    return [
        Column("box", "Where", lambda row: row["box"].title, wraps=True),
        Column("kind", "Kind", lambda row: row["box"].kind),
        Column("claim", "Starts", lambda row: _claim(row["box"]), wraps=True),
        Column("size", "Size", lambda row: amount(row["box"].starts_here + row["box"].not_traced), is_number=True),
        Column("interval", "95 % interval", lambda row: _interval(row["box"], unit)),
        Column("alone", "Mended alone", lambda row: amount(row["box"].alone), is_number=True),
        Column("last", "Left alone", lambda row: amount(row["box"].last), is_number=True),
    ]


def _interval(box: Box, unit: Unit) -> str:
    return f"{write(box.interval.low, unit)} to {write(box.interval.high, unit)}" if box.interval else "–"


def _claim(box: Box) -> str:
    if box.claim in (GOES_WITH, TAKEN_FOR_GRANTED):
        return box.claim
    if box.starts_here and box.claim == STARTS_HERE:
        return "here" if box.is_named else "here, or by chance"
    return "here or below" if box.claim == AT_OR_BELOW else "not traced"


def footnotes(drawn: LossMap) -> Iterator[str]:
    """Yield what the map does not explain, the evidence it rests on, and the data that would tell more."""
    unit = difference_unit(drawn.unit)
    smaller = _origins(drawn)[MOST_ORIGINS:]
    if smaller:
        together = sum(box.starts_here + box.not_traced for box in smaller)
        yield f"and {len(smaller)} smaller: {write(together, unit)} together (all with --format csv)"
    if drawn.unit == SHARE and drawn.direction > 0:
        lost, tolerated = (write(1 - share, unit) for share in (drawn.value, drawn.level))
        yield f"in all {lost} are lost; the target tolerates {tolerated} of them"
    titles = {box.id: box.title for box in drawn.boxes}
    for group in drawn.together:
        yield f"{titles_of(group, titles)} ({write(group.size, unit)}) cannot be told apart: it takes {group.separated_by}"
    yield from (f"who it was with: {each}" for each in with_words(drawn))
    if drawn.unexplained:
        yield f"unexplained: {write(drawn.unexplained, unit)} of the gap has no origin among what was seen"
    if drawn.headroom:
        is_measured = all(box.claim not in (GOES_WITH, TAKEN_FOR_GRANTED) for box in drawn.boxes)
        how = "mending everything would go" if is_measured else "were all of it as at its reference, one would be"
        yield f"headroom: {how} {write(drawn.headroom, unit)} beyond the target"
    shares = [f"{write(share, SHARE)} {rung}" for rung, share in drawn.by_rung]
    if shares:
        yield f"evidence: {sentence(shares)}"
    yield from beside_origins(drawn)
    yield from _missing(drawn, unit)


def _missing(drawn: LossMap, unit: Unit) -> list[str]:
    return [f"would tell more: {each.what} ({_worth(each, unit)})" for each in drawn.missing]


def _worth(missing: MissingData, unit: Unit) -> str:
    """The most it could explain, and what it would if it is like what is recorded of the same places."""
    most = f"up to {write(missing.could_explain, unit)}"
    return most if missing.likely is None else f"{most}; about {write(missing.likely, unit)} if it is like the rest"
