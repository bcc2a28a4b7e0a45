"""
F135 a column went empty: what a source used to fill in, its newest reading leaves out.

What it looks at   each column that may be empty, in the rows that the newest reading brought and in those of the readings
                   before it. It speaks when nothing is in it any more although every earlier reading had something, or,
                   after five readings, when it is filled less than half as often as in the one that filled it least, and
                   chance would not do that. Instants are left out: what has not ended yet has none
Why it matters     whatever is broken down by it, or needs it, goes quiet without an error: an export that lost a column
                   still reads
False alarms       a reading that brings another kind of rows than the ones before
What to do         look whether the column was renamed or dropped in the source; correct the mapping, and ingest again
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.facts.quality import Emptied, Share, SourceQuality
from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.sources import entity_of, rests_on
from wholeservice.findings.wording import counted, first_few, listed
from wholeservice.units import COUNT, SHARE, write

N_NAMED = 3


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each source with columns that went empty."""
    for source in facts.sources:
        if source.emptied:
            yield _finding(facts, source)


def _finding(facts: Facts, source: SourceQuality) -> Finding:
    columns = [f"“{each.column}” of {each.table}" for each in source.emptied]
    named = listed([*columns[:N_NAMED], counted(len(columns) - N_NAMED, "more column")] if len(columns) > N_NAMED else columns)
    return Finding(
        code=RULE.code,
        entity=entity_of(facts, source),
        title=f"The newest rows of {source.source} hardly fill {named} any more",
        unit=COUNT,
        size=float(max(each.newest.of - each.newest.n for each in source.emptied)),
        try_next="Look whether the column was renamed or dropped in the source; correct the mapping, and ingest again.",
        evidence=first_few([*map(_line, source.emptied), *rests_on(facts, source)]),
        about_data=True,
    )


def _line(each: Emptied) -> Evidence:
    return Evidence(says=f"“{each.column}” of {each.table}: filled in {_said(each.newest)} now, {_said(each.before)} before")


def _said(share: Share) -> str:
    return f"{share.n:,} of {counted(share.of, 'row')} ({write(share.value, SHARE)})"


RULE = Rule(code="F135", name="a column went empty", check=check)
