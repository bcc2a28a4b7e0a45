"""Improvements as pages list them: what was promised, where, how far it is, and what the verdict says. Ids rank nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from wholeservice.findings.base import Finding
from wholeservice.improvements.base import IMPROVED, SCENARIO, STILL_MEASURING, WORSE, Entry, Improvement, Number, Promise
from wholeservice.improvements.judged import Judged
from wholeservice.improvements.log import FINDING, newest_verdicts
from wholeservice.improvements.numbers import number_words, parse_number
from wholeservice.improvements.places import STEP, place_at
from wholeservice.improvements.priorities import Priority, priority_words
from wholeservice.improvements.states import NEVER_JUDGED, NO_VERDICT, UNPROVEN, UNTOLD, is_measured, state_of
from wholeservice.improvements.states import OPEN as NOT_STARTED
from wholeservice.organisation import graph
from wholeservice.organisation.graph import Entity
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data
from wholeservice.pages.entries import address_of
from wholeservice.pages.numbers import plural, when
from wholeservice.pages.verdicts import verdicts_on
from wholeservice.periods import Period
from wholeservice.units import difference_unit, write

MOST_DAILY = 200
UNJUDGED = (NOT_STARTED, NO_VERDICT, NEVER_JUDGED, STILL_MEASURING)
GAIN, LOSS, GREY = "gain", "loss", "grey"


@dataclass(frozen=True, slots=True)
class Place:
    """Something with a page; `address` is None where it is not declared any more."""

    title: str
    address: str | None


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """What was promised of one number, beside what was found of it. `tone` is gain, loss or grey; the words say it, too."""

    number: str
    by: str
    until: str | None
    source: str
    verdict: str
    effect: str | None
    tone: str
    is_judged: bool
    detail: str | None = None  # the likely range, of how many, when; or when the log was told


@dataclass(frozen=True, slots=True)
class ImprovementRow:
    """One improvement in a list. Without a promise it is a daily one, and not measured."""

    id: str
    address: str
    says: str
    is_measured: bool
    where: tuple[Place, ...]
    findings: tuple[Place, ...]
    promises: tuple[PromiseRow, ...]
    state: str
    is_unproven: bool
    since: str
    owner: str | None
    priority: str | None
    made_of: str | None
    learnt: str | None


@dataclass(frozen=True, slots=True)
class ImprovementsPart:
    """The improvements that touch one service: those with a promise, the daily ones, and in one sentence how they went."""

    title: str
    promised: tuple[ImprovementRow, ...]
    daily: tuple[ImprovementRow, ...]
    n_daily: int
    is_open: bool


def row_of(data: Data, each: Improvement, priority: Priority | None = None) -> ImprovementRow:
    """Return the row of one improvement."""
    state = state_of(each)
    return ImprovementRow(
        id=each.id, address=address("improvements", each.id), says=each.says, is_measured=is_measured(each),
        where=tuple(place_of(data, one) for one in each.where), findings=tuple(finding_of(data, one) for one in each.findings),
        promises=promise_rows(data, each), state=state, is_unproven=state == UNPROVEN, since=_since(data, each),
        owner=each.owner, priority=priority_words(priority) if priority else None,
        made_of=priority.made_of if priority else None, learnt=each.learnt[-1] if each.learnt else None,
    )  # fmt: skip


def _since(data: Data, each: Improvement) -> str:
    if each.closed_at:
        return f"on {day(data, each.closed_at)}"
    return f"since {day(data, each.started_at)}" if each.started_at else f"written down on {day(data, each.created_at)}"


def day(data: Data, at: dt.datetime) -> str:
    """Write the civil day of an instant."""
    local = at.astimezone(ZoneInfo(data.zone))
    return f"{local.day} {local:%b %Y}"


def place_of(data: Data, reference: str) -> Place:
    """Return what a reference points to, with its page."""
    found = place_at(data.organisation, reference)
    if found is None:
        return Place(reference, None)
    if found.kind == STEP:
        return Place(found.title, address("service", found.entity, "step", found.step or ""))
    return Place(found.title, address_of(data.organisation.entities[found.entity]))


def finding_of(data: Data, reference: str) -> Place:
    """Return the finding that a reference names; one that is no longer made keeps its name, and has no page."""
    name = reference.removeprefix(FINDING)
    for number, finding in enumerate(data.findings, 1):
        if name == name_of(finding):
            return Place(finding.title, address("finding", str(number)))
    return Place(f"{name}, which is no longer found", None)


def name_of(finding: Finding) -> str:
    """Return what an improvement calls a finding."""
    return f"{finding.code}.{finding.entity}"


def promise_rows(data: Data, each: Improvement) -> tuple[PromiseRow, ...]:
    """Return what was promised with the newest verdict on the same number; verdicts on other numbers come after."""
    verdicts = {parse_number(one.evidence or ""): _told(data, one) for one in newest_verdicts(each)} | _found_now(data, each)
    sole = verdicts.pop(None, None)  # it says of no number; with one promise it is about that
    rows = []
    for one in each.promises:
        found = verdicts.pop(one.number, sole if len(each.promises) == 1 else None)
        rows.append(_promise_row(data, one, found, each))
    rows += [_other_row(data, number, one) for number, one in verdicts.items() if number]
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found of one number: in the log, or by its numbers today."""

    verdict: str
    effect: str | None
    detail: str


def _told(data: Data, entry: Entry) -> _Found:
    effect = None if entry.value is None else f"{'−' if entry.value < 0 else '+'}{abs(entry.value):.3g} {entry.unit or ''}"
    return _Found(entry.says, effect.rstrip() if effect else None, f"as the log says since {day(data, entry.at)}")


def _found_now(data: Data, each: Improvement) -> dict[Number | None, _Found]:
    """Return what the numbers say today, while it is open; what it was closed with stays as it was told."""
    if each.closed or each.started_at is None:
        return {}
    return {one.number: _measured(data, one) for one in verdicts_on(data, each) if one.effect is not None}


def _measured(data: Data, judged: Judged) -> _Found:
    unit = difference_unit(judged.unit)
    low, high = (write(end, unit, signed=True) for end in (judged.low, judged.high))
    since = f", {when(data, Period(judged.from_at, judged.to_at))}" if judged.from_at and judged.to_at else ""
    counted = f"; {judged.n:,.0f} counted{since}" if judged.n else ""
    return _Found(judged.verdict, write(judged.effect, unit, signed=True), f"likely {low} to {high}{counted}")


def _promise_row(data: Data, promise: Promise, found: _Found | None, each: Improvement) -> PromiseRow:
    until = day(data, promise.until) if promise.until else None
    source = f"simulated: {promise.source.removeprefix(SCENARIO)}" if promise.source.startswith(SCENARIO) else "typed in"
    missing = NEVER_JUDGED if each.closed else NOT_STARTED if each.started_at is None else NO_VERDICT
    return PromiseRow(numbers_words(data, promise.number), _moved(promise.by, promise.unit), until, source,
                      *_columns(found, missing))  # fmt: skip


def _other_row(data: Data, number: Number, found: _Found) -> PromiseRow:
    return PromiseRow(numbers_words(data, number), "nothing promised", None, "also judged by", *_columns(found, NO_VERDICT))


def _columns(found: _Found | None, missing: str) -> tuple[str, str | None, str, bool, str | None]:
    if found is None:
        return missing, None, GREY, False, None
    return found.verdict, found.effect, {IMPROVED: GAIN, WORSE: LOSS}.get(found.verdict, GREY), True, found.detail


def _moved(by: float, unit: str) -> str:
    return f"better by {by:g} {unit}".rstrip()


def numbers_words(data: Data, number: Number) -> str:
    """Write a number as people call it: the measure, whose it is, at which step, in which channel."""
    entity, measure = data.organisation.entities.get(number.entity), data.measures.get(number.measure)
    if entity is None:
        return number_words(number)
    place = place_at(data.organisation, f"{STEP}:{number.entity}.{number.step}") if number.step else None
    words = f"{measure.title if measure else number.measure}: {place.title if place else entity.title}"
    words += f" @ {number.step}" if number.step and not place else ""
    return words + (f", in {number.channel}" if number.channel else "")


def improvements_part(data: Data, entity: Entity) -> ImprovementsPart:
    """Return the improvements that touch an entity: at it, its steps, or what is inside it, or promised for a number of it."""
    ids = frozenset((entity.id, *graph.descendants(data.organisation, entity.id)))
    found = sorted((each for each in data.improvements if touches(each, ids)), key=lambda each: each.created_at, reverse=True)
    rows = [row_of(data, each) for each in found]
    promised, daily = ([each for each in rows if each.is_measured is wanted] for wanted in (True, False))
    return ImprovementsPart(title_of(rows), tuple(promised), tuple(daily[:MOST_DAILY]), len(daily), data.is_open)


def touches(each: Improvement, ids: frozenset[str]) -> bool:
    """Say whether an improvement is at one of some entities, or promises something for one."""
    at = {one.partition(":")[2].rpartition(".")[0] if one.startswith(f"{STEP}:") else one.partition(":")[2]
          for one in each.where}  # fmt: skip
    return bool(ids & {*at, *(one.number.entity for one in each.promises)})


def title_of(rows: Iterable[ImprovementRow]) -> str:
    """Say in one line how the promised ones went: how many helped, of those that were judged."""
    promised = [each for each in rows if each.is_measured]
    if not promised:
        return "Nothing that we change has promised anything that can be measured"
    judged = [each for each in promised if any(one.verdict not in UNJUDGED
                                               for one in each.promises)]  # fmt: skip
    helped = sum(any(one.tone == GAIN for one in each.promises) and all(one.tone != LOSS for one in each.promises)
                 for each in judged)  # fmt: skip
    words = f"{plural(len(promised), 'improvement')} promised a better number"
    words += (
        f"; of {len(judged)} that {'was' if len(judged) == 1 else 'were'} judged, {helped} surely helped"
        if judged
        else ("; none was judged yet")
    )
    return words + _closed_words(promised, UNTOLD, "closed as unclear") + _closed_words(promised, UNPROVEN, UNPROVEN)


def _closed_words(rows: Iterable[ImprovementRow], state: str, words: str) -> str:
    """Say how many were closed without knowing whether they helped; nothing where none was."""
    n = sum(each.state == state for each in rows)
    return f"; {n} {'was' if n == 1 else 'were'} {words}" if n else ""
