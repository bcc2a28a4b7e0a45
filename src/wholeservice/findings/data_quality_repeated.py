"""
F132 told twice: the same fact stands under two records, or in two sources, and numbers may count it twice.

What it looks at   facts that are equal in everything they say (when, who, what, where), under two records of a source or in
                   two sources; only facts that something tells from their like (a person, an attempt, an item, a trace). It
                   speaks from 1 % of the facts compared. Of a large table every sixteenth fact is compared, with all that
                   equal it
Why it matters     every sum is too large by as much, and people who come twice look like two
False alarms       systems that log the same step twice in one second, or an export without seconds
What to do         where two sources hold the same, take one out of wholeservice.yaml; within one, name under record: what
                   tells one row from another, and ask the supplier why rows come twice
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.facts.quality import Repeated, SourceQuality
from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.sources import entity_of, rests_on
from wholeservice.findings.wording import counted, first_few
from wholeservice.units import COUNT, SHARE, write

LEAST_SHARE, LEAST = 0.01, 10


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each source and other source that say the same, most facts first."""
    groups: dict[tuple[str, str], list[tuple[SourceQuality, Repeated]]] = {}
    for source in facts.sources:
        for each in source.repeated:
            if each.n_rows >= LEAST and each.n_rows >= LEAST_SHARE * each.of:
                groups.setdefault((source.source, each.other), []).append((source, each))
    for group in sorted(groups.values(), key=lambda each: -sum(repeated.n_rows for _, repeated in each)):
        yield _finding(facts, group)


def _finding(facts: Facts, group: list[tuple[SourceQuality, Repeated]]) -> Finding:
    source, first = group[0]
    n_rows = sum(each.n_rows for _, each in group)
    if first.other == source.source:
        title = f"{counted(n_rows, 'fact')} of {source.source} stand under two records: they may count twice"
        try_next = "Name under record: what tells one row from another, and ask the supplier why rows come twice."
    else:
        title = f"{counted(n_rows, 'fact')} stand both in {first.other} and in {source.source}: they may count twice"
        try_next = "Take one of the two out of wholeservice.yaml, or split what they hold."
    return Finding(
        code=RULE.code,
        entity=entity_of(facts, source),
        title=title,
        unit=COUNT,
        size=float(n_rows),
        try_next=try_next,
        evidence=first_few([*(_line(each) for _, each in group), *rests_on(facts, source)]),
        about_data=True,
    )


def _line(each: Repeated) -> Evidence:
    share = write(each.n_rows / each.of, SHARE)
    looked = f" of {each.of:,} compared, a sixteenth of all" if each.is_sample else f" of {each.of:,}"
    return Evidence(says=f"{each.table}: {each.n_rows:,}{looked} ({share}); for example records {each.one} and {each.two}")


RULE = Rule(code="F132", name="told twice", check=check)
