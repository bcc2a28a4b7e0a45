"""Stages of a value stream: their work, waits, returns and questions, as data, in words and as a table.

`value_stream` draws them. Times that are added up are means: halves and 85% of stages do not add up.
"""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.draw import ladder, svg
from wholeservice.draw.axes import NOT_MEASURED
from wholeservice.draw.ladder import UNKNOWN, WAIT, WORK, Ladder, Rung
from wholeservice.units import COUNT, SECONDS, SHARE, write

VALUE, NECESSARY, WASTE = "value-adding", "necessary", "waste"
NOT_RECORDED = "not recorded"
SMALLEST = 1.0  # second: sums of means may differ by rounding


@dataclass(frozen=True, slots=True)
class Times:
    """Times of items in seconds: the mean, half within, 85% within, and how many items; None is not measured."""

    mean_s: float | None = None
    median_s: float | None = None
    p85_s: float | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """What items wait for before a stage goes on: its cause, the mean over all items, and who or what is waited for."""

    cause: str
    seconds: float | None
    on: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. `kind` is value-adding, necessary or waste; None is not said.

    `process` is the time somebody works on an item, `lead` the time from when the stage before handed it over until this one
    does: its waits and its work. `right` is the share that arrives complete and accurate, `rolled` the share that did so at
    every stage up to this one. `n_waiting` are the items that wait before it now.
    """

    id: str
    title: str
    kind: str | None = None
    team: str | None = None
    process: Times = Times()
    lead: Times = Times()
    waits: tuple[Wait, ...] = ()
    n_waiting: int | None = None
    right: float | None = None
    rolled: float | None = None
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """Rework: the share of the items of a stage that go back to an earlier one, or do it again."""

    from_id: str
    to_id: str
    share: float | None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Who or what a stage has to ask: `kind` is approval, policy or another word for what is asked."""

    stage_id: str
    kind: str
    whom: str


@dataclass(frozen=True, slots=True)
class ValueStream:
    """Stages in their order; `process` and `lead` are those of whole items, from end to end."""

    id: str
    title: str
    stages: tuple[Stage, ...]
    process: Times = Times()
    lead: Times = Times()
    returns: tuple[Return, ...] = ()
    asked: tuple[Asked, ...] = ()


def finding(stream: ValueStream) -> str:
    """Return what the map says in one sentence: how much work takes how long.

    >>> finding(ValueStream("s", "", (), Times(2820), Times(270000)))
    '47 min of work takes 3.12 d'
    """
    work, whole = stream.process.mean_s, stream.lead.mean_s
    if whole is None:
        return (
            "How long it takes is not measured"
            if work is None
            else f"{write(work, SECONDS)} of work; how long it takes is {NOT_MEASURED}"
        )
    if work is None:
        return f"It takes {write(whole, SECONDS)}; how much of that is work is {NOT_MEASURED}"
    return f"{write(work, SECONDS)} of work takes {write(whole, SECONDS)}"


def says(stream: ValueStream) -> str:
    """Return the whole time, what it is spent on, and each stage in words."""
    stages = "; ".join(stage_says(stream, stage) for stage in stream.stages)
    return (
        f"{finding(stream)}. {ladder.says(as_ladder(stream))} {stages or 'No stage is described'}. {too_much(stream)}".rstrip()
    )


def table(stream: ValueStream) -> svg.Table:
    """Return every stage with its numbers, what it waits for, what goes back, and whom it asks."""
    rows = []
    for stage in stream.stages:
        times = [write(each, SECONDS) for of in (stage.process, stage.lead) for each in (of.mean_s, of.median_s, of.p85_s)]
        back = "; ".join(back_words(stream, each) for each in stream.returns if each.from_id == stage.id)
        asks = "; ".join(f"{each.whom} ({each.kind})" for each in stream.asked if each.stage_id == stage.id)
        rows.append((
            stage.title, stage.kind or "not said", stage.team or "not said", *times, waits_words(stage),
            write(stage.right, SHARE), write(stage.rolled, SHARE), write(stage.n_waiting, COUNT), back or "–", asks or "–",
            write(counted(stage), COUNT),
        ))  # fmt: skip
    header = (
        "Stage", "Kind", "Team", "Work, mean", "Work, half within", "Work, 85% within", "Lead time, mean", "Half within",
        "85% within", "Waits for", "Complete and accurate", "At all stages up to it", "Waiting now", "Goes back",
        "Asks", "Counted",
    )  # fmt: skip
    return svg.Table(stream.title, header, tuple(rows))


def as_ladder(stream: ValueStream) -> Ladder:
    """Return the stream as work and waits in their order; what a stage's lead time leaves open is not known."""
    rungs = [rung for stage in stream.stages for rung in _rungs(stage)]
    return Ladder(stream.id, stream.title, tuple(rungs), stream.lead.mean_s, "pieces of work and waits", NOT_RECORDED)


def _rungs(stage: Stage) -> list[Rung]:
    """The waits of a stage, what is open, its work. Within a known lead time nothing is missing: the rest holds it."""
    waits = [
        Rung(stage.title, WAIT, each.seconds, each.cause) if each.cause not in ("", NOT_RECORDED)
        else Rung(stage.title, UNKNOWN, each.seconds)
        for each in stage.waits
    ]  # fmt: skip
    work = Rung(stage.title, WORK, stage.process.mean_s)
    if stage.lead.mean_s is None:
        return [*waits, *([] if waits else [Rung(stage.title, UNKNOWN, None)]), work]
    rest = _rest_s(stage)
    known = [*waits, *([Rung(stage.title, UNKNOWN, rest)] if rest else []), work]
    return [rung for rung in known if rung.seconds is not None]


def _rest_s(stage: Stage) -> float:
    """What the lead time of a stage is longer than its known work and waits."""
    known = (stage.process.mean_s or 0.0) + sum(each.seconds or 0.0 for each in stage.waits)
    rest = (stage.lead.mean_s or 0.0) - known
    return 0.0 if rest < SMALLEST else rest


def too_much(stream: ValueStream) -> str:
    """Return what must be said where the stages take longer together than whole items do, or nothing."""
    added, whole = sum(rung.seconds or 0.0 for rung in as_ladder(stream).rungs), stream.lead.mean_s
    if whole is None or added < whole + SMALLEST:
        return ""
    return (
        f"Stages add up to {write(added, SECONDS)}, more than the {write(whole, SECONDS)} of whole items: "
        "some go on at the same time, or not every item goes through all."
    )


def unrecorded_s(stage: Stage) -> float | None:
    """Return the part of a stage's lead time that is neither work nor a recorded wait.

    None where nothing is known of its waits: none is recorded, and without its lead time or its work nobody can say that there
    was none. Where a recorded wait or the work has no length, the rest is theirs as well, and not told apart.
    """
    if stage.lead.mean_s is None or stage.process.mean_s is None:
        return 0.0 if stage.waits else None
    return 0.0 if any(each.seconds is None for each in stage.waits) else _rest_s(stage)


def counted(stage: Stage) -> int | None:
    """Return how many items stand behind the times of a stage."""
    return stage.lead.n if stage.lead.n is not None else stage.process.n


def waits_words(stage: Stage) -> str:
    """Return all a stage waits for, in words."""
    parts = [f"{cause_words(each)} {length_words(each.seconds)}" + (f" ({each.on})" if each.on else "") for each in stage.waits]
    rest = unrecorded_s(stage)
    parts += [f"{NOT_RECORDED} {write(rest, SECONDS)}"] if rest else [NOT_RECORDED] if rest is None else []
    return "; ".join(parts) or "nothing"


def cause_words(wait: Wait) -> str:
    """Return the cause of a wait in words, also where nobody recorded it."""
    return wait.cause or "cause " + NOT_RECORDED


def length_words(seconds: float | None) -> str:
    """Return how long a wait is, also where nobody recorded it."""
    return "(how long is not recorded)" if seconds is None else write(seconds, SECONDS)


def stage_says(stream: ValueStream, stage: Stage) -> str:
    """Return a stage in one line."""
    back = [back_words(stream, each) for each in stream.returns if each.from_id == stage.id]
    parts = [
        stage.kind, stage.team, f"work {write(stage.process.mean_s, SECONDS)}", f"waits for {waits_words(stage)}",
        f"{write(stage.right, SHARE)} complete and accurate" if stage.right is not None else None, *back,
    ]  # fmt: skip
    return f"{stage.title}: {', '.join(filter(None, parts))}"


def back_words(stream: ValueStream, back: Return) -> str:
    """Return who goes back where."""
    titles = {stage.id: stage.title for stage in stream.stages}
    where = "do it again" if back.from_id == back.to_id else f"go back to {titles.get(back.to_id, back.to_id)}"
    return f"{write(back.share, SHARE)} {where}" if back.share is not None else f"some {where}, how many is {NOT_MEASURED}"
