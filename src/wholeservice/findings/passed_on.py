"""
F182 passed on: one team of the front solves what other teams of the front pass further back.

What it looks at   the items of each value stream that were done in the newest half year and came to a team of the front first
                   (its `line` is 1). It was passed on when a team of a further line ever had it. Each team of the front with
                   30 items or more is held against the others in like items: about the same thing, of the same kind and
                   priority, of which the others had ten or more. It speaks where a team surely passes on less, by ten of 100
                   items or more, and the others passed on 20 like ones or more
Why it matters     each line is a queue more, and takes those who should mend causes; what one team of the front solves, the
                   front can solve (BPI Challenge 2013, push to front)
False alarms       teams that get the harder ones of the same thing; agreements about who takes what. That little is passed on
                   is no good sign by itself: look at `rework` beside it. Without a `line` at the teams nothing is said, nor
                   where each thing has one team of its own
What to do         Those who pass on most sit beside the team that does not, for its next ten: what does it know, or may do,
                   that they may not? One afternoon, then write it down, and look again after 4 weeks
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.flow_front import KEPT, Keeper, Kept
from wholeservice.findings.flow_words import acting, looked_at, number, percent, rows, when
from wholeservice.findings.wording import counted, title_of
from wholeservice.uncertainty import Interval, wilson
from wholeservice.units import SHARE

LEAST_LESS, LEAST_PASSED = 0.1, 20


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each stream in which a team of the front solves what others pass on."""
    for row in rows(facts, KEPT, Kept):
        keepers = [each if isinstance(each, Keeper) else Keeper(**each) for each in row.keepers]
        found = [each for each in keepers if _less(each) >= LEAST_LESS and each.n_others_passed >= LEAST_PASSED]
        if found:
            yield _finding(facts, row, found)


def _less(keeper: Keeper) -> float:
    return (keeper.expected - keeper.n_passed) / keeper.n


def _finding(facts: Facts, row: Kept, keepers: list[Keeper]) -> Finding:
    best = keepers[0]
    beside = f"{percent(best.n_passed / best.n)} of what others pass on {percent(best.expected / best.n)} of"
    n = f"(n = {counted(best.n, 'item')}, {when(facts)})"
    return Finding(
        code=RULE.code,
        entity=row.stream,
        title=f"{title_of(facts, row.stream)}: one team of the front passes on {beside} {n}",
        unit=SHARE,
        size=_less(best),
        interval=Interval(best.low, best.high, "weeks as clusters"),
        period=looked_at(facts),
        who_can_act=acting(facts, best.team, row.stream),
        try_next="Those who pass on most sit beside that team for its next ten: what does it know or may it do? One afternoon.",
        evidence=tuple(_evidence(facts, row, keepers)),
    )


def _evidence(facts: Facts, row: Kept, keepers: list[Keeper]) -> Iterator[Evidence]:
    spread = wilson(row.n_passed, row.n_items)
    likely = f"; it could be from {percent(spread.low)} to {percent(spread.high)}" if spread else ""
    passed = f"{row.n_passed:,} of {counted(row.n_items, 'item')} that came to the front were passed on{likely}"
    yield Evidence(says=passed, cell=number(facts, "solved-at-front", row.stream), where_from=row.passed_at)
    if row.n_back:
        yield Evidence(says=f"{row.n_back:,} of these were done at the front after all")
    for each in keepers:
        named = acting(facts, each.team, None)
        team = title_of(facts, named) if named else "Another team of the front" if each is not keepers[0] else "That team"
        usual = f"where {each.expected:.0f} would be usual for the same things and priorities"
        others = f"the others passed on {each.n_others_passed:,} of {each.n_others:,} like ones"
        yield Evidence(says=f"{team} passed on {each.n_passed:,} of {each.n:,}, {usual}; {others}")


RULE = Rule(code="F182", name="passed on", check=check)
