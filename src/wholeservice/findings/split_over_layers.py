"""
F172 split over layers: items are cut into pieces for three teams or more, and wait until the last piece is there.

What it looks at   items of each value stream that were cut into pieces of at least three teams, some at the same time, and
                   that waited for them. It speaks when that happens to surely more than one item in twenty and to ten or
                   more in the newest half year, these wait five days each or more, and for at least half of that nobody
                   works on the piece
Why it matters     a change that needs three teams at once takes as long as the slowest calendar of the three; more people in
                   each team do not help (Skelton & Pais 2019, Team Topologies: teams along the stream, not along the layers)
False alarms       a large change that is split on purpose and done side by side: then somebody works while the others wait,
                   and it is silent. Only pieces that a source links to their whole are seen
What to do         Let one team change all layers for one kind of change: the owner of the stream with one person of each
                   layer, one planning day for all of them from next week on, one team after 8 to 12 weeks
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.flow_waits import SPLIT, Split
from wholeservice.findings.flow_words import DAY_S, acting, from_to, interval, long, looked_at, number, percent, rows, when
from wholeservice.findings.wording import counted, listed, title_of
from wholeservice.uncertainty import wilson
from wholeservice.units import SECONDS

LEAST_ITEMS, LEAST_SHARE, LEAST_DAYS, MOST_WORKED = 10, 0.05, 5.0, 0.5


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each stream whose items wait long for pieces that nobody works on."""
    for row in rows(facts, SPLIT, Split):
        spread = wilson(row.n_split, row.n_items)
        is_often = row.n_split >= LEAST_ITEMS and spread is not None and spread.low >= LEAST_SHARE
        is_long = row.seconds >= LEAST_DAYS * DAY_S * row.n_split and row.worked_s <= MOST_WORKED * row.seconds
        if is_often and is_long:
            yield _finding(facts, row)


def _finding(facts: Facts, row: Split) -> Finding:
    n = f"(n = {counted(row.n_split, 'item')}, {when(facts)})"
    each = long(row.seconds / row.n_split)
    return Finding(
        code=RULE.code,
        entity=row.stream,
        title=f"{title_of(facts, row.stream)}: items cut into pieces for three teams wait {each} for the last piece {n}",
        unit=SECONDS,
        size=row.seconds / row.n_split,
        interval=interval(row.per_item_low, row.per_item_high),
        period=looked_at(facts),
        who_can_act=acting(facts, None, row.stream),
        try_next="Give the teams of the layers one planning day, from next week on; then one team for one kind of change.",
        evidence=tuple(_evidence(facts, row)),
    )


def _evidence(facts: Facts, row: Split) -> Iterator[Evidence]:
    spread = wilson(row.n_split, row.n_items)
    likely = f"; it could be from {percent(spread.low)} to {percent(spread.high)}" if spread else ""
    share = percent(row.n_split / row.n_items)
    yield Evidence(says=f"{row.n_split:,} of {counted(row.n_items, 'item')} are cut so: {share}{likely}")
    each = from_to(row.per_item_low, row.per_item_high)
    yield Evidence(
        says=f"They wait {long(row.seconds / row.n_split)} each for their pieces{each}",
        cell=number(facts, "done-alone", row.stream),
        where_from=row.longest_at,
    )
    idle = percent(1 - row.worked_s / row.seconds)
    yield Evidence(says=f"For {idle} of that nobody works on the piece that is waited for")
    if row.last:
        done = sum(n for _, n in row.last)
        who = listed([f"{title_of(facts, entity)} {n:,}" for entity, n in row.last])
        yield Evidence(says=f"The last piece, of the {done:,} that came together: {who}")


RULE = Rule(code="F172", name="split over layers", check=check)
