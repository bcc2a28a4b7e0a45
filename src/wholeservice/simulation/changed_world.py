"""What the improvements of the example really did: planted by taking away from the time before them, and the truth about it.

The world is drawn from one stream of lots, in which another outcome would shift all that follows. So what an improvement
mended is planted into facts that stand: before its start, so many people more gave up at a step. Who did has lots of his own.
People who came again in the newest four weeks are left as they are, and so is every number of those weeks.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wholeservice.improvements.base import Number
from wholeservice.simulation.run import Simulated
from wholeservice.simulation.world import STARTS_ON
from wholeservice.tables import KEYS, Answer, Interaction

NEWEST_DAYS = 28
LEFT, DONE = "left", "done"


@dataclass(frozen=True, slots=True)
class Mended:
    """Until that day (0 is the first), `share` of all who came to a step gave up there besides; from then on nobody did."""

    improvement: str
    number: Number
    step: str
    on_day: int
    share: float


MENDED = (Mended("IMP-3", Number("step-conversion", "book-and-stay", "come-back"), "leave", 42, 0.08),)
"""Each one is told in `improvements_told`; those told and not named here changed nothing."""


def before_it_was_mended(simulated: Simulated, n_days: int, seed: int, mended: Sequence[Mended] = MENDED) -> Simulated:
    """
    Return facts in which more people were lost before each improvement, and what they would have done after it is gone.

    Of a step that nobody came to, and of a start in the newest four weeks, nothing is changed.
    """
    for each in mended:
        if each.on_day <= n_days - NEWEST_DAYS:
            simulated = _without(simulated, _given_up(simulated, each, n_days, seed), each.step)
    return simulated


def sizes_of(before: Simulated, after: Simulated, mended: Sequence[Mended] = MENDED) -> dict[str, float]:
    """Return the truth: by improvement, how much larger the share that passes its step is for what it mended."""
    return {each.improvement: _passed(before, each) - _passed(after, each) for each in mended}


def _passed(simulated: Simulated, mended: Mended) -> float:
    """The share of those who came to the step before that day who went on."""
    outcomes = [
        row.outcome for row in simulated.interactions if row.step == mended.step and _day(row.happened_at) < mended.on_day
    ]
    return sum(each == "reached" for each in outcomes) / len(outcomes)


def _given_up(simulated: Simulated, mended: Mended, n_days: int, seed: int) -> dict[str, Interaction]:
    """Attempts that would have been finished, with the moment at the step at which they are given up."""
    came_again = {row.consumer for row in simulated.interactions if _day(row.happened_at) >= n_days - NEWEST_DAYS - 1}
    finished = {row.attempt for row in simulated.interactions if row.outcome == DONE}
    here = [row for row in simulated.interactions if row.step == mended.step and _day(row.happened_at) < mended.on_day]
    could = [row for row in here if row.attempt in finished and row.consumer not in came_again and row.outcome != DONE]
    draw = random.Random(f"mended {mended.improvement} {seed}")  # noqa: S311 - a simulation, not security
    chance = min(1.0, mended.share * len(here) / max(1, len(could)))
    return {row.attempt: row for row in could if row.attempt and draw.random() < chance}


def _without(simulated: Simulated, given_up: Mapping[str, Interaction], step: str) -> Simulated:
    """Drop all that came after the step: what people did, what was called for them, and what they were asked later."""
    later: dict[str, set[str]] = {attempt: set() for attempt in given_up}
    for row in simulated.interactions:
        if row.attempt in later and row.happened_at > given_up[row.attempt].happened_at and row.step:
            later[row.attempt].add(row.step)

    def is_later(attempt: str | None, where: str | None) -> bool:
        return where in later.get(attempt or "", ())

    return replace(
        simulated,
        interactions=[
            replace(row, outcome=LEFT) if row.attempt in given_up and row.step == step else row
            for row in simulated.interactions if not is_later(row.attempt, row.step)
        ],
        calls=[row for row in simulated.calls if not is_later(row.trace, row.step)],
        answers=list(_asked_then([row for row in simulated.answers if not is_later(row.attempt, row.step)], given_up)),
        lost_otherwise=simulated.lost_otherwise + type(simulated.lost_otherwise)({f"step:{step}": len(given_up)}),
    )  # fmt: skip


def _asked_then(answers: Sequence[Answer], given_up: Mapping[str, Interaction]) -> Iterator[Answer]:
    """Whoever gave up is asked half an hour after that, as everybody is after the last thing he did."""
    for row in answers:
        last = given_up.get(row.attempt or "")
        if last is None:
            yield row
            continue
        asked_at = last.happened_at + dt.timedelta(minutes=30)
        keys: dict[str, Any] = {KEYS[3]: asked_at}
        answered_at = asked_at + dt.timedelta(minutes=5) if row.answered_at else None
        yield replace(row, asked_at=asked_at, answered_at=answered_at, **keys)


def _day(at: dt.datetime) -> int:
    return (at.date() - STARTS_ON).days
