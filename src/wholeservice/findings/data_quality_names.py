"""
F133 names that stand for nothing: rows of a source wait for a name that the organisation does not know.

What it looks at   the names that facts of a source use for services, parts and what money is spent on, and for the steps of
                   services with a journey; how many of them stand for nothing declared or seen, and how many rows wait for
                   them. It speaks from 2 % of the rows
Why it matters     rows that wait are in no number: what they say of a service is not counted anywhere until their name is
                   known
False alarms       a source that also speaks of what is not yours: pick your rows with where:
What to do         declare the name, or add it to aliases: of what it means; the rows count from then on, also the old ones.
                   Of a step: correct its name in the journey, or translate it with map: in the mapping
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wholeservice.facts.quality import SourceQuality, Unknown
from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.sources import entity_of
from wholeservice.findings.wording import counted, first_few
from wholeservice.units import COUNT, SHARE, write

LEAST_SHARE, LEAST = 0.02, 5
TRY_NAMES = "Declare the name, or add it to the aliases of what it means: old rows count from then on, too."
TRY_STEPS = "Correct the name of the step in the journey, or translate it with map: in the mapping and ingest again."


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each source in which many rows wait, most rows first."""
    for source in sorted(facts.sources, key=lambda each: (-each.waiting.n, each.source)):
        if source.waiting.n >= LEAST and (source.waiting.value or 0.0) >= LEAST_SHARE:
            yield _finding(facts, source)


def _finding(facts: Facts, source: SourceQuality) -> Finding:
    n_lost = source.names.of - source.names.n
    waiting = f"{source.waiting.n:,} of {counted(source.waiting.of, 'row')} ({write(source.waiting.value, SHARE)})"
    titles = {each.id: each.title for each in facts.organisation.entities.values()}
    verb = "waits" if source.waiting.n == 1 else "wait"
    return Finding(
        code=RULE.code,
        entity=entity_of(facts, source),
        title=f"{waiting} of {source.source} {verb} for {n_lost:,} of {counted(source.names.of, 'name')} "
        f"that {'stands' if n_lost == 1 else 'stand'} for nothing yet",
        unit=COUNT,
        size=float(source.waiting.n),
        try_next=TRY_STEPS if all(each.step_of for each in source.unknown) else TRY_NAMES,
        evidence=first_few([*(_line(each, titles) for each in source.unknown), *_more(source)]),
        about_data=True,
    )


def _line(each: Unknown, titles: Mapping[str, str]) -> Evidence:
    kind = "step" if each.step_of else "name"
    nearest = f"; the nearest {kind} is “{each.nearest}”" if each.nearest else ""
    of = f", as a step of {titles.get(each.step_of, each.step_of)}" if each.step_of else ""
    return Evidence(says=f"“{each.name}”{of}: {counted(each.n_rows, 'row')}{nearest}")


def _more(source: SourceQuality) -> Iterator[Evidence]:
    more = source.names.of - source.names.n - len(source.unknown)
    if more:
        yield Evidence(says=f"and {counted(more, 'more name')}")


RULE = Rule(code="F133", name="names that stand for nothing", check=check)
