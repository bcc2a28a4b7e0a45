"""Rivals: what else happened near the start of an improvement that could have moved the same number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from wholeservice.improvements.base import STARTED, Improvement, Number
from wholeservice.improvements.judged import IMPROVEMENT, Happened, Rival
from wholeservice.improvements.looked import Looked
from wholeservice.improvements.reach import entities_behind, numbers_named
from wholeservice.improvements.series import MOST_AFTER


def rivals_of(looked: Looked, improvement: Improvement, number: Number, days: int) -> tuple[Rival, ...]:
    """
    Return what could have moved the number besides: releases and incidents within one period of the start of what the
    improvement names, is made of or uses, and other improvements with the same number that began while it was looked at.
    """
    if improvement.started_at is None:
        return ()
    near, whole = dt.timedelta(days=days), dt.timedelta(days=days * MOST_AFTER[days])
    behind = entities_behind(looked.organisation, improvement)
    own = {each.evidence for each in improvement.entries if each.question == STARTED and each.evidence}
    happened = [
        each for each in looked.happened
        if each.entity in behind and each.id not in own and abs(each.at - improvement.started_at) <= near
    ]  # fmt: skip
    others = [
        Happened(IMPROVEMENT, each.id, each.started_at, each.id) for each in looked.improvements
        if each.id != improvement.id and each.started_at is not None and number in numbers_named(each)
        and abs(each.started_at - improvement.started_at) <= whole
    ]  # fmt: skip
    return _grouped([*others, *happened])


def _grouped(happened: Sequence[Happened]) -> tuple[Rival, ...]:
    found: dict[tuple[str, str], list[Happened]] = {}
    for each in happened:
        found.setdefault((each.kind, each.entity), []).append(each)
    return tuple(Rival(kind, of, len(each), min(one.at for one in each)) for (kind, of), each in found.items())
