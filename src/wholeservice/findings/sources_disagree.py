"""
F107 two sources disagree: the same number, of the same thing and time, is different in two places.

What it looks at   numbers that two sources give for one entity, period and channel, where the two are not equal
Why it matters     whichever is shown, somebody will hold the other against it; and one of the two is wrong, or they count
                   different things under one name
False alarms       rounding (differences below one in a million are left out); a later revision that only one source took over
What to do         find out what each source counts; then name one as the source, or give the two things two names
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.disagreement import EXTRACT, Disagreement
from wholeservice.findings.scope import meeting_point
from wholeservice.findings.wording import counted, first_few, title_of
from wholeservice.periods import Period, label
from wholeservice.units import COUNT, write


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each pair of sources and thing counted."""
    groups: dict[tuple[str, str, str], list[Disagreement]] = {}
    for row in facts.extracts.get(EXTRACT, []):
        known: dict[str, Any] = {field.name: row.get(field.name) for field in fields(Disagreement)}
        each = Disagreement(**known)
        if each.is_real:
            groups.setdefault((each.of, _source(each.source_a), _source(each.source_b)), []).append(each)
    for group in groups.values():
        yield _finding(facts, sorted(group, key=lambda each: -each.size))


def _source(name: str) -> str:
    """A record of a source is written behind it: `volumes: row 7`."""
    return name.partition(": ")[0]


def _finding(facts: Facts, group: list[Disagreement]) -> Finding:
    worst = group[0]
    entity = meeting_point(facts, (each.entity for each in group))
    return Finding(
        code=RULE.code,
        entity=entity,
        title=f"{_who(worst)} different {worst.of} for {title_of(facts, entity)}: {counted(len(group), 'number')}, "
        f"at most {write(worst.size, COUNT)} apart",
        unit=COUNT,
        size=worst.size,
        period=Period(min(each.from_at for each in group), max(each.to_at for each in group)),
        try_next="Find out what each of the two counts; then name one as the source, or give the two things two names.",
        evidence=first_few(_line(facts, each) for each in group),
        about_data=True,
    )


def _who(each: Disagreement) -> str:
    first, second = _source(each.source_a), _source(each.source_b)
    return f"{first} gives twice, and" if first == second else f"{first} and {second} give"


def _line(facts: Facts, each: Disagreement) -> Evidence:
    values = f"{write(each.value_a, COUNT)} in {each.source_a}, {write(each.value_b, COUNT)} in {each.source_b}"
    where = ", ".join(word for word in (title_of(facts, each.entity), each.step, each.channel) if word)
    return Evidence(says=f"{where}, {label(Period(each.from_at, each.to_at), facts.zone)}: {values}")


RULE = Rule(code="F107", name="two sources disagree", check=check)
