"""The journey of a service: how many are left at each step over the same periods, and which numbers cannot be true.

Under one row of heads stand how it feels, who goes on and how it goes in each channel; here are the heads and who goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.derived.journeys import Stop, flatten
from wholeservice.draw import svg
from wholeservice.draw.axes import NOT_MEASURED
from wholeservice.draw.drop_out import River, RiverStep, leaving
from wholeservice.draw.journey import Journey, JourneyStep
from wholeservice.findings.wording import period_of
from wholeservice.measures.base import Cell, Measure, Statistics, Value
from wholeservice.organisation.graph import Entity, Step
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import listed, plural, when
from wholeservice.periods import Period
from wholeservice.units import COUNT, SHARE, write

VOLUME = "volume"
ATTEMPTS, VISITS = "attempts", "visits"  # what is counted: our own count of events, or that of somebody else
CONVERSION = "step-conversion"
FAILED, ENDED = "left-after-failure", "left-at-an-end"
MOST_DAYS = 92.0  # the picture is of about a quarter: recent enough to act on, long enough to count
FEWEST = 2  # steps that are needed to see anybody leave
WHY_THEY_LEFT = (
    "Why others left is not known. Record why people leave, or that there was nothing more for them to do, at the step where "
    "it happens; the river then parts into those who could be kept and the rest."
)

Window = tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class JourneyPart:
    """Who goes on: the drawing, a sentence that states what it shows, and its period.

    `heads` are the steps as the row that everything about the journey stands under; `leaving` says how many leave on the whole
    way, None where fewer than two steps have a number that can be true; `fill` what would tell why, where that is not known.
    """

    drawing: River
    heads: Journey
    title: str
    period: str | None
    reading: str
    n_periods: int
    leaving: str | None = None
    fill: str | None = None
    window: Window = ()  # the periods that are added up
    channel: str | None = None  # the only one in which people were counted; None is all together


def journey_part(data: Data, entity: Entity) -> JourneyPart | None:
    """Return the journey of an entity; None when it declares none."""
    stops = flatten(entity.journey)
    if not stops:
        return None
    channel = _channel(data, entity, [stop.step for stop in stops])
    counts = {stop.step: _counts(data, entity.id, stop.step, channel) for stop in stops}
    counted = _Counted(counts, _common_window(counts), channel)
    window = counted.window
    drawn = tuple(_step(data, entity, stop, counted) for stop in stops)
    period = when(data, Period(window[0].from_at, window[-1].to_at)) if window else None
    title = _title(drawn, when(data, data.results.period) if data.results.period else None)
    drawing = River(f"river-{svg.id_of(entity.id)}", title, _who(data, entity), drawn)
    says, is_open = _leaving(drawing), any(leaving(drawing, index).unknown >= 1 for index in range(len(drawn)))
    return JourneyPart(
        drawing, _heads(entity, drawn), title, period, _reading(drawn, period, counted), len(window), says,
        WHY_THEY_LEFT if says and is_open else None, window, channel,
    )  # fmt: skip


def _who(data: Data, entity: Entity) -> str:
    """What stands behind the numbers: of events, attempts, each of which reaches a step once; nothing of it says people."""
    rows = [each for stop in flatten(entity.journey) for each in data.results.rows(CONVERSION, entity.id, step=stop.step)]
    return ATTEMPTS if any(sums.clusters for _, sums in rows) else VISITS


def _heads(entity: Entity, steps: tuple[RiverStep, ...]) -> Journey:
    heads = tuple(
        JourneyStep(each.title, address("service", entity.id, "step", each.id), remark=each.why_impossible or each.remark)
        for each in steps
    )
    return Journey(f"journey-{svg.id_of(entity.id)}", f"The journey of {entity.title}", heads)


def _titles(steps: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
    for step in steps:
        yield step.id, step.title
        yield from _titles(step.children)


@dataclass(frozen=True, slots=True)
class _Counted:
    """People by step and period; the periods that are shown; the one channel they were counted in, None for all."""

    counts: dict[str, dict[Period, float]]
    window: Window
    channel: str | None


def _channel(data: Data, entity: Entity, steps: list[str]) -> str | None:
    """All channels together where that was counted; else the channel in which most steps were."""
    if any(data.results.rows(VOLUME, entity.id, step=step) for step in steps):
        return None
    seen = Counter(channel for step in steps for channel in data.results.channels(VOLUME, entity.id, step))
    return min(seen, key=lambda channel: (-seen[channel], channel), default=None)


def _counts(data: Data, entity: str, step: str, channel: str | None) -> dict[Period, float]:
    """People at a step by period; only periods of the usual length, or the one that was asked for."""
    if VOLUME not in data.measures:
        return {}
    points = data.results.series(VOLUME, entity, step=step, channel=channel)
    points = tuple(each for each in points if each.is_asked) or points
    return {each.period: each.value.value for each in points if each.value.value is not None}


def _common_window(counts: dict[str, dict[Period, float]]) -> Window:
    """The newest periods, a quarter at most, in which every measured step has a number: none is counted longer."""
    measured = [set(each) for each in counts.values() if each]
    if not measured:
        return ()
    common = set.intersection(*measured) or max(measured, key=lambda periods: max(periods))
    newest = sorted(common, reverse=True)
    kept = [each for each in newest if (newest[0].to_at - each.from_at).days <= MOST_DAYS] or newest[:1]
    apart: list[Period] = []
    for period in kept:
        if not apart or period.to_at <= apart[-1].from_at:
            apart.append(period)
    return tuple(reversed(apart))


def _step(data: Data, entity: Entity, stop: Stop, counted: _Counted) -> RiverStep:
    counts, window = counted.counts, counted.window
    people, before = _people(counts[stop.step], window), _people(counts.get(stop.base or "", {}), window)
    kept = _of_window(data, CONVERSION, entity.id, stop.step, counted)
    why = None
    if people is not None and before is not None and people > before:
        why = f"more than at the step before ({people:,.0f} against {before:,.0f})"
    share = kept.value if kept else people / before if people is not None and before else None
    spread = kept.interval if kept and not why else None
    bases = {each.base for each in flatten(entity.journey)}
    left = max(0.0, before - people) if people is not None and before is not None and not why else None
    avoidable, anyway = (_share_of(left, _of_window(data, each, entity.id, stop.step, counted)) for each in (FAILED, ENDED))
    return RiverStep(
        stop.step, dict(_titles(entity.journey)).get(stop.step, stop.step), people, avoidable, anyway,
        kept=None if why else share,
        low=spread.low if spread else None, high=spread.high if spread else None, base=stop.base,
        is_detour=stop.step not in bases and not stop.is_end, why_impossible=why,
        remark=_remarks(data, entity.id).get(stop.step),
    )  # fmt: skip


def _people(counts: dict[Period, float], window: Window) -> float | None:
    """The sum over the window; None when one of its periods has no number: a part is never shown as the whole."""
    return sum(counts[each] for each in window) if window and all(each in counts for each in window) else None


def _remarks(data: Data, entity: str) -> dict[str, str]:
    """What findings about the data say of a step."""
    return {
        each.step: each.title for each in reversed(data.findings) if each.about_data and each.entity == entity and each.step
    }


def _share_of(left: float | None, value: Value | None) -> float | None:
    """So many of those who left; None where either is not known."""
    return None if left is None or value is None or value.value is None else left * value.value


def _of_window(data: Data, name: str, entity: str, step: str, counted: _Counted) -> Value | None:
    """A measure of a step over the whole window, from the sums behind it; None unless each of its periods has a number."""
    measure = data.measures.get(name)
    if measure is None:
        return None
    found = data.results.rows(measure.name, entity, step=step, channel=counted.channel)
    rows = [row for row in found if period_of(row[0]) in counted.window]
    return _added(measure, rows) if len(rows) == len(counted.window) and rows else None


def _added(measure: Measure, rows: list[tuple[Cell, Statistics]]) -> Value:
    total = rows[0][1]
    for _, statistics in rows[1:]:
        total = total + statistics
    return measure.finish(total)


def _title(steps: tuple[RiverStep, ...], asked: str | None) -> str:
    measured = [each for each in steps if each.people is not None]
    if not measured and asked:
        return f"No step has a number for {asked}"
    if not measured:
        return f"Nobody measures any of its {plural(len(steps), 'step')}"
    wrong = [f"“{each.title}”" for each in steps if each.why_impossible]
    lost = _largest_drop(steps)
    if lost is None:
        return (
            f"The numbers at {listed(wrong)} cannot be true" if wrong else "Nobody leaves between the steps that are measured"
        )
    before, after = lost
    people = (before.people or 0) - (after.people or 0)
    words = f"Most leave between “{before.title}” and “{after.title}”: {people:,.0f} of {before.people:,.0f}"
    return words + (f"; the numbers at {listed(wrong)} cannot be true" if wrong else "")


def _leaving(river: River) -> str | None:
    """How many of those who start get to the last step that is measured, and why; None where that cannot be seen."""
    through = [each for each in river.steps if each.is_sound and not each.is_detour]
    if len(through) < FEWEST:
        return None
    first, last = through[0], through[-1]
    gone = (first.people or 0.0) - (last.people or 0.0)
    if gone <= 0:
        return f"Nobody is lost between “{first.title}” and “{last.title}”"
    share = f" ({write(gone / first.people, SHARE)})" if first.people else ""
    of = f"{write(gone, COUNT)} of {write(first.people, COUNT)} {river.who}{share}"
    return f"{of} leave between “{first.title}” and “{last.title}”; {_why(river)}"


def _why(river: River) -> str:
    left = [leaving(river, index) for index in range(len(river.steps))]
    avoidable, anyway, unknown = (sum(getattr(each, name) for each in left) for name in ("avoidable", "anyway", "unknown"))
    known = [f"{write(round(n), COUNT)} {words}" for n, words in
             ((avoidable, "because something failed"), (anyway, "with nothing more to do")) if n >= 1]  # fmt: skip
    rest = "why is not known" if not known else f"why {write(round(unknown), COUNT)} did is not known" if unknown >= 1 else ""
    return ", ".join(filter(None, (*known, rest)))


def _largest_drop(steps: tuple[RiverStep, ...]) -> tuple[RiverStep, RiverStep] | None:
    by_id = {step.id: step for step in steps}
    pairs = [(by_id[step.base], step) for step in steps if step.base in by_id and not step.is_detour]
    pairs = [
        (one, other) for one, other in pairs if one.is_sound and other.is_sound and (one.people or 0) > (other.people or 0)
    ]
    return max(pairs, key=lambda pair: (pair[0].people or 0) - (pair[1].people or 0), default=None)


def _reading(steps: tuple[RiverStep, ...], period: str | None, counted: _Counted) -> str:
    missing = sum(each.people is None for each in steps)
    words = "The band is as high as people are left; what bends down leaves."
    if period:
        only = f", by {counted.channel} only" if counted.channel else ""
        words += f" {period}, {plural(len(counted.window), 'period')} in which every measured step was counted{only}."
    detours = [f"“{each.title}”" for each in steps if each.is_detour]
    words += f" Going past {listed(detours)} is no loss." if detours else ""
    if missing:
        words += f" {plural(missing, 'step')} of {len(steps)}: {NOT_MEASURED}."
    return words


def drop_between(part: JourneyPart) -> tuple[str, str] | None:
    """Return the two steps between which most people leave; None when none is known."""
    drop = _largest_drop(part.drawing.steps)
    return (drop[0].title, drop[1].title) if drop else None


def drop_words(part: JourneyPart) -> tuple[str, str] | None:
    """Return (share lost, where) of the largest drop; None when none is known."""
    drop = _largest_drop(part.drawing.steps)
    if drop is None or not drop[0].people:
        return None
    share = 1 - (drop[1].people or 0) / drop[0].people
    return "−" + write(share, SHARE), f"between {drop[0].title} and {drop[1].title}"
