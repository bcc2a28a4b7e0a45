"""
F101 target missed: the number is on the wrong side of its target, and chance alone would not put it there.

What it looks at   each target (level, direction, window, step, channel, kind of consumer) beside the newest number of its
                   window; only when the whole range the number could lie in is on the wrong side. The range holds in 95 of 100
                   cases, so a target that is just met is called missed in at most 2 to 3 of 100
Why it matters     this is where people do not get what they came for, and it is large enough to be real. A single number
                   below a line is often noise (Wheeler 1993, Understanding Variation)
False alarms       a season compared with no season; answers only from those who were angry enough to answer; an old number
                   (the finding says when it ends). Fewer than 30 answers or attempts never speak
What to do         open the loss map of the service and see where the gap starts; then ask who can act there
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.scope import who_can_act
from wholeservice.findings.target_result import TargetResult, result_of
from wholeservice.findings.wording import ago, measured, period_of, title_of, when
from wholeservice.measures.durations import share_longer
from wholeservice.organisation.graph import Need
from wholeservice.periods import civil
from wholeservice.tables import ANSWERS
from wholeservice.units import COUNT, SHARE, difference_unit, write

VOLUME = "volume"
WORDS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}


def check(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each target that is missed beyond doubt, largest gap first within its unit."""
    for need in facts.organisation.needs:
        for target in need.targets:
            result = result_of(facts.results, need, target, facts.zone)
            if result and result.is_missed:
                yield _finding(facts, need, result)


def _finding(facts: Facts, need: Need, result: TargetResult) -> Finding:
    per_day = _people_per_day(facts, result)
    period = period_of(result.point.cell)
    return Finding(
        code=RULE.code,
        entity=need.service,
        title=_title(facts, need, result),
        unit=difference_unit(result.unit),
        size=result.gap,
        interval=result.gap_interval,
        people=None if per_day is None else per_day * period.days,
        period=period,
        step=result.target.step,
        need=need.id,
        who_can_act=who_can_act(facts, need.service),
        try_next="Open the loss map of the service to see where the gap starts, then ask who can act there.",
        evidence=tuple(_evidence(facts, result, per_day)),
    )


def _title(facts: Facts, need: Need, result: TargetResult) -> str:
    target, unit = result.target, result.unit
    where = [title_of(facts, need.service)]
    where += [f"step {target.step}"] if target.step else []
    where += [f"by {target.channel}"] if target.channel else []
    where += [f"for {title_of(facts, target.consumer)}"] if target.consumer else []
    level = f"{WORDS[target.op]} {write(result.level, unit)}"
    said = ": " if target.quantile is not None else " "  # `80 of 100 21 d` reads as one number
    number = f"{result.measure.title}{said}{measured(result.point, unit, facts)}"
    return f"“{need.says}” ({', '.join(where)}): {number}; the target is {level}"


def _evidence(facts: Facts, result: TargetResult, per_day: float | None) -> Iterator[Evidence]:
    unit, spread, gap = result.unit, result.point.value.interval, result.gap_interval
    if spread and gap:
        number = f"{result.measure.title}: {measured(result.point, unit, facts)}"
        says = f"{number}; it could be from {write(spread.low, unit)} to {write(spread.high, unit)}"
        yield Evidence(says=says, cell=result.point.cell)
        least, change = write(gap.low, difference_unit(unit)), difference_unit(unit)
        yield Evidence(says=f"Target “{result.target.text}” is missed by {write(result.gap, change)}, by at least {least}")
    yield from _about_longer(result)
    if per_day is not None:
        yield Evidence(says=f"About {write(per_day, COUNT)} people a day: the gap times how many come a day")
    yield from _about_time(facts, result)


def _about_longer(result: TargetResult) -> Iterator[Evidence]:
    """The same said as a share, where a limit is set for so many of all."""
    share, sums = result.target.quantile, result.point.statistics
    longer = share_longer(sums.durations, result.level)
    if share is not None and longer is not None:
        limit, allowed = write(result.level, result.unit), write(1 - share, SHARE)
        yield Evidence(says=f"{write(longer, SHARE)} took longer than {limit}; the target allows {allowed}")


def _about_time(facts: Facts, result: TargetResult) -> Iterator[Evidence]:
    cell = result.point.cell
    if not result.is_own_window:
        asked = f"The target is over {result.target.window_days} days"
        yield Evidence(says=f"{asked}; the number that comes nearest to it is counted over {when(cell, facts)}")
    end_on, newest_on = civil(cell.to_at, facts.zone), civil(facts.as_of, facts.zone)
    if (newest_on - end_on).days > max(period_of(cell).days, result.target.window_days):
        yield Evidence(says=f"The number is old: its period ended {ago(end_on, newest_on)} before the newest data")


def _people_per_day(facts: Facts, result: TargetResult) -> float | None:
    """How many people a day the gap stands for, where the measure is a share of people and their volume is known.

    Of answers it is not: a gap on a scale is no people, and those who answered are not all who came.
    """
    cell = result.point.cell
    rows = facts.results.rows(VOLUME, cell.entity, step=cell.step, channel=cell.channel, segment=cell.segment)
    same = next((each for each, _ in rows if (each.from_at, each.to_at) == (cell.from_at, cell.to_at)), None)
    is_answered = ANSWERS.name in result.measure.needs or result.point.statistics.histogram
    is_of_people = result.unit == SHARE and not is_answered
    if not is_of_people or same is None or result.gap is None:
        return None
    volume = facts.results.measures[VOLUME].finish(dict(rows)[same]).value
    return None if volume is None else result.gap * volume / period_of(same).days


RULE = Rule(code="F101", name="target missed", check=check)
