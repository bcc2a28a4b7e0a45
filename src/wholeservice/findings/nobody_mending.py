"""
F190 nobody on it: people are surely lost at a place, and nobody is known to be working on that.

What it looks at   every place of a loss map that surely loses something and still does. Work on it is a defect or an
                   improvement about the place, or an item that a link says fixes it; one that was done, reached people and did
                   not end the loss within two weeks is over. An item that came up before the loss did is not work on it. The
                   size is what was lost since it began
Why it matters     a loss that nobody works on lasts for ever, and costs the same each day; it is the only one that no speeding
                   up of work will end (Reinertsen 2009, The Principles of Product Development Flow: cost of delay)
False alarms       somebody may be at work and has written it down nowhere, or under another name; it was looked at and judged
                   not worth it, which a finding cannot know until that is written down
What to do         Those who run the place write one item for it, with a link to the place that it mends, and say by when they
                   look at it: one hour, this week. If it is not worth mending, say so where others see it
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.flow_words import acting, rows
from wholeservice.findings.junction import EXTRACT, Lasting, amount
from wholeservice.findings.losses import ATTEMPTS
from wholeservice.findings.open_time import NOBODY
from wholeservice.findings.wording import counted, title_of
from wholeservice.periods import Period, civil
from wholeservice.units import COUNT


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each place that nobody is known to be working on, the one that lost most first."""
    left = [row for row in rows(facts, EXTRACT, Lasting) if row.state == NOBODY or not row.n_items]
    for row in sorted(left, key=lambda row: (-row.lost, row.box)):
        yield _finding(facts, row)


def _finding(facts: Facts, row: Lasting) -> Finding:
    since = f"{'at least ' if row.is_at_least else ''}{civil(row.from_at, facts.zone):%-d %b %Y}"
    a_day = amount(row.per_day, row.of)
    return Finding(
        code=RULE.code,
        entity=row.box if row.box in facts.organisation.entities else row.entity,
        title=f"{row.title}: nobody is known to be working on it; {a_day} a day are lost there,"
        f" {amount(row.lost, row.of)} since {since}",
        unit=COUNT,
        size=row.lost,
        people=row.lost if row.of == ATTEMPTS else None,
        period=Period(row.from_at, row.to_at),
        need=row.need if row.box == row.entity else None,
        who_can_act=acting(facts, row.team, row.box) or row.owner,
        try_next=f"Write one item for it, with a link that says it fixes {row.title}, and say by when you look at it.",
        evidence=tuple(_evidence(facts, row)),
    )


def _evidence(facts: Facts, row: Lasting) -> Iterator[Evidence]:
    where = title_of(facts, row.entity)
    yield Evidence(says=f"Lost at {where}, {_a_day(row)}; {row.days:,.0f} days so far")
    if row.n_items:
        yield Evidence(says=f"{counted(row.n_items, 'item')} on it reached people and did not end it")
    elif not row.is_known:
        yield Evidence(says="No item, incident or judgement tells of it, and nobody has named it in their words")
    else:
        yield Evidence(says="It is known, and no item is about it")


def _a_day(row: Lasting) -> str:
    return f"{amount(row.per_day, row.of)} a day"


RULE = Rule(code="F190", name="nobody on it", check=check)
