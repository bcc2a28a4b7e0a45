"""
F174 ping-pong: items go to and fro between two teams.

What it looks at   the items of each value stream in the newest half year that two teams handed to each other three times or
                   more in a row. A hand-over from one declared stage to another is the way that was meant, or sent back
                   (F171), and does not count. It speaks where that happens to surely more than one item in twenty, of 50 or
                   more
Why it matters     each hand-over is a new queue, and none of them brings the item further: nobody holds all that is needed
                   (Van Dongen and others 2013, the BPI Challenge: to and fro between support teams)
False alarms       two teams that share one item by agreement, day and night; names of teams that are two spellings of one.
                   Without names of teams on the stays nothing is said
What to do         Take the last ten and ask of each what the second team knew that the first did not; then let one person of
                   each team work on such items together, for 2 weeks, and write down who takes which kind
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.flow_returns import THROWN, Thrown
from wholeservice.findings.flow_words import acting, long, looked_at, percent, rows, when
from wholeservice.findings.wording import counted, title_of
from wholeservice.uncertainty import wilson
from wholeservice.units import SHARE

LEAST_ITEMS, LEAST_SHARE = 50, 0.05


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each stream in which many items go to and fro."""
    for row in rows(facts, THROWN, Thrown):
        spread = wilson(row.n_thrown, row.n_items)
        if row.n_items >= LEAST_ITEMS and spread and spread.low >= LEAST_SHARE:
            yield _finding(facts, row)


def _finding(facts: Facts, row: Thrown) -> Finding:
    share = row.n_thrown / row.n_items
    n = f"(n = {counted(row.n_items, 'item')}, {when(facts)})"
    return Finding(
        code=RULE.code,
        entity=row.stream,
        title=f"{title_of(facts, row.stream)}: {percent(share)} of the items go to and fro between two teams {n}",
        unit=SHARE,
        size=share,
        interval=wilson(row.n_thrown, row.n_items),
        period=looked_at(facts),
        who_can_act=acting(facts, None, row.stream),
        try_next="Look at the last ten: what did the second team know? Then one of each team on such items together, 2 weeks.",
        evidence=tuple(_evidence(facts, row)),
    )


def _evidence(facts: Facts, row: Thrown) -> Iterator[Evidence]:
    spread = wilson(row.n_thrown, row.n_items)
    likely = f"; it could be from {percent(spread.low)} to {percent(spread.high)}" if spread else ""
    yield Evidence(says=f"{row.n_thrown:,} of {counted(row.n_items, 'item')}{likely}")
    yield Evidence(says=f"From first to last they went to and fro for {long(row.seconds / row.n_thrown)} each, work in it")
    for one, other, n in row.pairs:
        if acting(facts, one, None) and acting(facts, other, None):
            yield Evidence(
                says=f"{counted(n, 'item')} that {title_of(facts, one)} and {title_of(facts, other)} could take together"
            )


RULE = Rule(code="F174", name="ping-pong", check=check)
