"""
F130 a source went silent: nothing has come from it for longer than it ever usually takes.

What it looks at   the days each source has facts of, and how far they lie apart. It speaks when the silence is more than
                   one and a half times the longest usual distance (of which 99 of 100 are no longer) and two days more than
                   it, less what its facts always take to come. A source that was seen to follow the calendar is held
                   against the day of the run; one that was read once or twice against the newest facts of the other
                   sources, since a history is not late. Of fewer than ten distances (three, where they are alike) nothing
                   is said
Why it matters     a number over a time without facts looks like a fall, or, worse, like no change; what happens meanwhile
                   is unseen
False alarms       a source that was replaced or has done its work: take it out of wholeservice.yaml. By chance, where facts
                   come at random, fewer than 5 in 100 such sources
What to do         ask whoever supplies it; until it is back, read the numbers that rest on it as of its newest day
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.facts.quality import SourceQuality
from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.sources import day, days, entity_of, every, rests_on
from wholeservice.findings.wording import counted, first_few


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each thing whose sources fell silent, the longest silence first."""
    groups: dict[str, list[SourceQuality]] = {}
    late = [each for each in facts.sources if each.is_late]
    for source in sorted(late, key=lambda each: (-(each.silent_days or 0), each.source)):
        groups.setdefault(entity_of(facts, source), []).append(source)
    for entity, sources in groups.items():
        yield _finding(facts, entity, sources)


def _finding(facts: Facts, entity: str, sources: list[SourceQuality]) -> Finding:
    longest = sources[0]
    others = f"; {counted(len(sources) - 1, 'other source is', 'other sources are')} silent, too" if len(sources) > 1 else ""
    newest = min(each.rhythm.newest_on for each in sources if each.rhythm)
    after = max(each.compared_on for each in sources)
    return Finding(
        code=RULE.code,
        entity=entity,
        title=f"{_says(longest)}{others}",
        period=days(facts, newest, after),
        try_next="Ask whoever supplies it; until it is back, read the numbers that rest on it as of its newest day.",
        evidence=first_few([*_lines(sources), *rests_on(facts, *sources)]),
        about_data=True,
    )


def _says(source: SourceQuality) -> str:
    since = f" since {day(source.rhythm.newest_on)}" if source.rhythm else ""
    return f"{source.source} has said nothing{since}{_usually(source)}"


def _usually(source: SourceQuality) -> str:
    rhythm = source.rhythm
    if rhythm is None or rhythm.usual_days is None:
        return ""
    most = f", at most {rhythm.long_days:,} days apart" if rhythm.long_days and rhythm.long_days > rhythm.usual_days else ""
    return f"; its facts usually come {every(rhythm.usual_days)}{most}"


def _lines(sources: list[SourceQuality]) -> Iterator[Evidence]:
    for each in sources:
        if each.rhythm:
            lag = f", less the {counted(each.lag_days, 'day')} it always takes" if each.lag_days else ""
            span = f"newest facts {day(each.rhythm.newest_on)}, held against {day(each.compared_on)}{lag}"
            yield Evidence(says=f"{each.source}: {span}; silent for {counted(each.silent_days or 0, 'day')}{_usually(each)}")


RULE = Rule(code="F130", name="a source went silent", check=check)
