"""
F134 rows refused: many rows of a source could not be read at its latest reading, or suddenly more than before.

What it looks at   rows refused of rows read, at the latest reading of each source and at the ones before. It speaks from 5
                   %, or when the share is surely above that of every earlier reading (their ranges lie apart) and twice it
                   or more; never of fewer than 10 rows
Why it matters     what was refused is in no number; and rows are seldom refused at random: it is one kind of row, such as
                   all of one channel or all large amounts
False alarms       an export that is tidied up by hand now and then
What to do         read the reasons: each has an example and what to do about it. The rows wait in quarantine; ingest again
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.facts.quality import Reading, SourceQuality
from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.sources import entity_of, rests_on
from wholeservice.findings.wording import counted, first_few
from wholeservice.mapping.quarantine import Reason
from wholeservice.uncertainty import wilson
from wholeservice.units import COUNT, SHARE, write

MANY, LEAST, TWICE = 0.05, 10, 2.0


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each source that had many rows refused, most rows first."""
    for source in sorted(facts.sources, key=lambda each: (-_refused(each), each.source)):
        if _refused(source) >= LEAST and (_is_many(source.readings[0]) or _is_sudden(source)):
            yield _finding(facts, source)


def _refused(source: SourceQuality) -> int:
    return source.readings[0].refused if source.readings else 0


def _is_many(reading: Reading) -> bool:
    return reading.refused >= MANY * reading.read


def _is_sudden(source: SourceQuality) -> bool:
    newest, *before = [each for each in source.readings if each.read]
    now = wilson(newest.refused, newest.read)
    then = [wilson(each.refused, each.read) for each in before]
    if not before or now is None:
        return False
    most = max(each.refused / each.read for each in before)
    return now.low > max(each.high for each in then if each) and newest.refused >= TWICE * most * newest.read


def _finding(facts: Facts, source: SourceQuality) -> Finding:
    newest, *before = [each for each in source.readings if each.read]
    share = write(newest.refused / newest.read, SHARE)
    title = f"{newest.refused:,} of {counted(newest.read, 'row')} of {source.source} could not be read ({share})"
    if before:
        earlier = sum(each.refused for each in before) / sum(each.read for each in before)
        title += f"; before that {write(earlier, SHARE)}"
    return Finding(
        code=RULE.code,
        entity=entity_of(facts, source),
        title=title,
        unit=COUNT,
        size=float(newest.refused),
        try_next="Read the reasons: each has an example and what to do about it; then ingest again.",
        evidence=first_few([*map(_line, source.reasons), *rests_on(facts, source)]),
        about_data=True,
    )


def _line(reason: Reason) -> Evidence:
    return Evidence(says=f"{reason.n:,} times: {reason.what}. To do: {reason.next_step}", where_from=reason.place)


RULE = Rule(code="F134", name="rows refused", check=check)
