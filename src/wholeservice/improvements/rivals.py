"""Rivals: what else happened near the start of an improvement that could have moved the same number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence, Set
from dataclasses import replace

from wholeservice.improvements.base import IMPROVED, STARTED, Improvement, Number
from wholeservice.improvements.judged import IMPROVEMENT, INCIDENT, LOSS, RELEASE, Happened, Rival
from wholeservice.improvements.looked import Looked
from wholeservice.improvements.reach import all_behind, entities_behind, entities_named, numbers_named
from wholeservice.improvements.rival_words import coincident_words
from wholeservice.improvements.series import MOST_AFTER, Series

ROUTINE = 8  # periods with a release: of fewer nobody knows whether they are routine


def rivals_of(looked: Looked, improvement: Improvement, number: Number, days: int, *, is_tried: bool) -> tuple[Rival, ...]:
    """
    Return what could have moved the number besides: releases and incidents within one period of the start of what the
    improvement names, is made of or uses, losses that began there, and other improvements with the same number that began while
    it was looked at.

    Coincident are, within one period of the start: the incidents, the losses that began elsewhere than at what the improvement
    names, the releases of the very place, the other improvements. What the place uses is released all the time, at the earlier
    dates too that the verdict is held against; so is a place of which a release is routine, where such dates were tried.
    """
    started_at = improvement.started_at
    if started_at is None:
        return ()
    measure = looked.results.measures.get(number.measure)
    is_share = measure is not None and measure.unit.kind == "share"  # who is lost moves how many succeed, not how long it takes
    near, whole = dt.timedelta(days=days), dt.timedelta(days=days * MOST_AFTER[days])
    behind = entities_behind(looked.organisation, improvement)
    own = {each.evidence for each in improvement.entries if each.question == STARTED and each.evidence}
    happened = [
        each for each in looked.happened
        if each.entity in behind and each.id not in own and (each.kind != LOSS or is_share)
        and each.at - near <= started_at <= (each.until or each.at) + near
    ]  # fmt: skip
    others = [
        Happened(IMPROVEMENT, each.id, each.started_at, each.id) for each in looked.improvements
        if each.id != improvement.id and each.started_at is not None and number in numbers_named(each)
        and abs(each.started_at - started_at) <= whole
    ]  # fmt: skip
    here = {*entities_named(looked.organisation, improvement), number.entity}
    return tuple(
        replace(each, is_coincident=_is_coincident(looked, each, here, (started_at, near), is_tried=is_tried))
        for each in _grouped([*others, *happened])
    )


def _is_coincident(
    looked: Looked, rival: Rival, here: Set[str], start: tuple[dt.datetime, dt.timedelta], *, is_tried: bool
) -> bool:
    started_at, near = start
    if rival.kind in (IMPROVEMENT, LOSS):  # what is lost at the very place may be what the change did there
        return abs(rival.first_at - started_at) <= near and not (rival.kind == LOSS and rival.of in here)
    if rival.kind == INCIDENT:
        return True
    return rival.of in here and not (is_tried and is_routine(looked, rival.of, started_at, near))


def is_routine(looked: Looked, entity: str, started_at: dt.datetime, period: dt.timedelta) -> bool:
    """Say whether an entity was released in at least half of the periods before the one in which a change began."""
    before = started_at - period
    ages = [(before - each.at) // period for each in looked.happened if each.kind == RELEASE and each.entity == entity]
    past = {age for age in ages if age >= 0}
    return len(past) >= ROUTINE and len(past) >= (max(past) + 1) / 2


def not_taken_off(looked: Looked, rivals: Sequence[Rival], compared_with: Sequence[str]) -> tuple[Rival, ...]:
    """Return the coincident rivals that the services compared with did not have too: of those, nothing is taken off."""
    theirs = all_behind(looked.organisation, compared_with)
    return tuple(each for each in rivals if each.is_coincident and (each.kind not in (INCIDENT, LOSS) or each.of not in theirs))


def without_what_is_over(series: Series, rivals: Sequence[Rival]) -> Series:
    """Return a series without the periods in which there were incidents that are over."""
    over = [(each.first_at, each.until) for each in rivals if each.kind == INCIDENT and each.until is not None]
    kept = tuple(
        each for each in series.periods
        if not any(each.cell.from_at < until and each.cell.to_at > from_at for from_at, until in over if until is not None)
    )  # fmt: skip
    return replace(series, periods=kept)


def nothing_tells_apart(looked: Looked, rivals: Sequence[Rival], verdict: str) -> str | None:
    """
    Say why a *verdict* cannot be had beside rivals that came at the same time.

    None where they are incidents that ended, or losses in spite of which it improved.
    """
    open_ones = [each for each in rivals if (each.kind != INCIDENT or each.until is None)
                 and not (each.kind == LOSS and verdict == IMPROVED)]  # fmt: skip
    if not open_ones:
        return None
    titles = {each.id: each.title for each in looked.organisation.entities.values()}
    words = coincident_words(open_ones, titles)
    can_help = any(each.kind in (INCIDENT, LOSS) for each in open_ones)
    what = "name a service that had it too and did not change: --compare-with" if can_help else "only time apart could"
    return f"{words} at the same time; nothing tells them apart; {what}"


def _grouped(happened: Sequence[Happened]) -> tuple[Rival, ...]:
    """Count what happened to each entity; what several loss maps tell of one place is one loss."""
    found: dict[tuple[str, str], list[Happened]] = {}
    for each in happened:
        found.setdefault((each.kind, each.entity), []).append(each)
    return tuple(
        Rival(kind, of, 1 if kind == LOSS else len(each), min(one.at for one in each), until=_over_at(each))
        for (kind, of), each in found.items()
    )


def _over_at(happened: Sequence[Happened]) -> dt.datetime | None:
    ends = [each.until for each in happened if each.until is not None]
    return max(ends) if len(ends) == len(happened) else None
