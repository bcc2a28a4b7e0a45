"""The loss map where only counts per step are known: it says at which step people are lost, and that it stops there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from wholeservice.findings.losses import AT_OR_BELOW, PASSES_ON, Box, LossMap, MissingData
from wholeservice.measures.base import Cell, Statistics
from wholeservice.organisation.graph import Step

WOULD_TELL_MORE = "single attempts with the calls they made: counts per step say nothing of what lies behind a step"


def trace_steps(asked: LossMap, journey: Iterable[Step], conversions: Iterable[tuple[Cell, Statistics]]) -> LossMap:
    """
    Split a gap in completion over the steps at which people were lost, from counts per step.

    Shape    asked: a map without boxes; conversions: `step-conversion` of the same entity, period and channel, as sums
             (numerator: people at the step, denominator: people at the step before). A step that more people reached than
             came loses none: that is a finding about the data
    Unit     share of the people at the first step
    Source   drop-out at a step = people at its base less people at it; steps partition the lost, so their sizes are exact
    """
    sums = {cell.step: statistics for cell, statistics in conversions if cell.step}
    required = [step for step in journey if step.kind != "optional" and not step.children]
    boxes = []
    for before, step in pairwise(required):
        found = sums.get(step.id)
        if found is not None and found.denominator:
            lost = max(0.0, found.denominator - found.numerator) / asked.n
            claim = AT_OR_BELOW if lost else PASSES_ON
            boxes.append(
                Box(before.id, "step", before.title, 0, lost, 0.0, lost, claim, reference="everybody goes on", observed=1.0)
            )
    traced = sum(box.flow_in for box in boxes)
    if not traced:
        return replace(asked, why_no_map="the steps before the end were not counted in this period")
    return replace(
        asked,
        boxes=tuple(boxes),
        unexplained=max(0.0, asked.gap),
        by_rung=(("linked", 0.0), ("timed", 0.0), ("fitted", 0.0), ("assumed", 0.0), ("untraced", 1.0)),
        missing=(MissingData(WOULD_TELL_MORE, traced),),
    )
