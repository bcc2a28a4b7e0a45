"""
F174 ping-pong: items go to and fro between two teams.

What it looks at   the items of each value stream in the newest half year that two teams handed to each other three times or
                   more in a row. A hand-over from one declared stage to another is the way that was meant, or sent back
                   (F171), and does not count. It speaks by what it costs: where surely a twentieth of all that the stream
                   waits is waited between these hand-overs, by 20 items or more. Where no waiting is recorded, or too little
                   time to say how far that could be off, it speaks where it happens to surely one item in twenty, of 50 or
                   more
Why it matters     each hand-over is a new queue, and none of them brings the item further: nobody holds all that is needed
                   (Van Dongen and others 2013, the BPI Challenge: to and fro between support teams)
False alarms       two teams that share one item by agreement, day and night; names of teams that are two spellings of one.
                   Harder items go to and fro more and wait longer anyway: what like items waited less stands beside it
                   Without names of teams on the stays nothing is said
What to do         Take the last ten and ask of each what the second team knew that the first did not; then let one person of
                   each team work on such items together, for 2 weeks, and write down who takes which kind
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.flow_returns import THROWN, Thrown
from wholeservice.findings.flow_words import acting, interval, long, looked_at, number, percent, rows, when
from wholeservice.findings.wording import counted, title_of
from wholeservice.uncertainty import Interval, wilson
from wholeservice.units import SHARE

LEAST_ITEMS, LEAST_THROWN, LEAST_SHARE = 50, 20, 0.05


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each stream in which going to and fro costs much; where no cost is known, where it is frequent."""
    for row in rows(facts, THROWN, Thrown):
        spread, n = wilson(row.n_thrown, row.n_items), f"(n = {counted(row.n_items, 'item')}, {when(facts)})"
        if row.low is not None and row.n_thrown >= LEAST_THROWN and row.low >= LEAST_SHARE:
            share = row.waited_s / row.of_waited_s
            says = f"{percent(share)} of the waiting is between two teams that hand items to and fro"
            yield _finding(facts, row, f"{title_of(facts, row.stream)}: {says} {n}", share, interval(row.low, row.high))
        elif row.low is None and row.n_items >= LEAST_ITEMS and spread and spread.low >= LEAST_SHARE:
            share = row.n_thrown / row.n_items
            says = f"{percent(share)} of the items go to and fro between two teams"
            yield _finding(facts, row, f"{title_of(facts, row.stream)}: {says} {n}", share, spread)


def _finding(facts: Facts, row: Thrown, title: str, share: float, spread: Interval | None) -> Finding:
    return Finding(
        code=RULE.code,
        entity=row.stream,
        title=title,
        unit=SHARE,
        size=share,
        interval=spread,
        period=looked_at(facts),
        who_can_act=acting(facts, None, row.stream),
        try_next="Look at the last ten: what did the second team know? Then one of each team on such items together, 2 weeks.",
        evidence=tuple(_evidence(facts, row)),
    )


def _evidence(facts: Facts, row: Thrown) -> Iterator[Evidence]:
    spread = wilson(row.n_thrown, row.n_items)
    likely = f"; it could be from {percent(spread.low)} to {percent(spread.high)}" if spread else ""
    did = f"{row.n_thrown:,} of {counted(row.n_items, 'item')} did{likely}"
    yield Evidence(says=did, cell=number(facts, "done-alone", row.stream), where_from=row.thrown_at)
    waiting = f"; {long(row.waited_s / row.n_thrown)} of that was waiting" if row.of_waited_s else ", work in it"
    yield Evidence(says=f"From first to last they went to and fro for {long(row.seconds / row.n_thrown)} each{waiting}")
    if row.low is not None and row.high is not None:
        sums = f"{long(row.waited_s)} of {long(row.of_waited_s)} waited in all"
        yield Evidence(says=f"{sums}; the share could be from {percent(row.low)} to {percent(row.high)}")
    if row.like_s is not None:
        more = f"{long(abs(row.like_s))} {'longer' if row.like_s > 0 else 'less'}"
        like = "like items that were handed over, but not to and fro; that need not be because of it"
        yield Evidence(says=f"All in all {row.n_like:,} of them waited {more} each than {like}")
    for one, other, n in row.pairs:
        if acting(facts, one, None) and acting(facts, other, None):
            yield Evidence(
                says=f"{counted(n, 'item')} that {title_of(facts, one)} and {title_of(facts, other)} could take together"
            )


RULE = Rule(code="F174", name="ping-pong", check=check)
