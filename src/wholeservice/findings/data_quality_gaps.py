"""
F131 days are missing: inside its extent a source has days without facts on which facts usually come.

What it looks at   each stretch of days without a fact, held against the same weekdays in the weeks around it: how likely a
                   day like these has none, given how many facts such days have and how much that varies; for reports that
                   come regularly, whether one and a half distances went by; for counts over periods, days that no period
                   covers
Why it matters     what happened on those days is in no number: sums are too small, and shares speak of the other days only
False alarms       public holidays and days on which a service was closed. By chance, in fewer than 5 of 100 histories
What to do         ask for the days by name and ingest them: they fall into their place
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.facts.quality import SourceQuality
from wholeservice.facts.rhythm import Gap
from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.sources import days, entity_of, rests_on, written
from wholeservice.findings.wording import counted, first_few


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each source that lacks days, most days first."""
    for source in sorted(facts.sources, key=lambda each: (-each.missing_days, each.source)):
        if source.gaps:
            yield _finding(facts, source)


def _finding(facts: Facts, source: SourceQuality) -> Finding:
    longest = source.gaps[0]
    when = written(facts, longest.first_on, longest.after_on)
    which = f"{counted(len(source.gaps), 'stretch', 'stretches')}, the longest {when}" if len(source.gaps) > 1 else when
    first, after = min(each.first_on for each in source.gaps), max(each.after_on for each in source.gaps)
    return Finding(
        code=RULE.code,
        entity=entity_of(facts, source),
        title=f"{source.source} has no facts on {counted(source.missing_days, 'day')} on which some usually come: {which}",
        period=days(facts, first, after),
        try_next="Ask for these days by name and ingest them: they fall into their place.",
        evidence=first_few([*rests_on(facts, source), *(_line(facts, each) for each in source.gaps)]),
        about_data=True,
    )


def _line(facts: Facts, gap: Gap) -> Evidence:
    why = "nothing covers them" if gap.chance is None else f"by chance in {_rarely(gap.chance)} such histories"
    return Evidence(says=f"{written(facts, gap.first_on, gap.after_on)}: {counted(gap.n_expected, 'day')} expected, {why}")


def _rarely(chance: float) -> str:
    return f"{100 * chance:.0f} of 100" if chance >= 0.01 else "fewer than 1 of 100"


RULE = Rule(code="F131", name="days are missing", check=check)
