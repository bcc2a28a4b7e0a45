"""What findings about a source have in common: where they are told, what rests on the source, and how days are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from wholeservice.facts.quality import SourceQuality
from wholeservice.findings.base import Evidence, Facts
from wholeservice.findings.scope import meeting_point, whole
from wholeservice.findings.wording import counted, listed, title_of
from wholeservice.periods import Period, instant, label

N_NAMED = 5


def entity_of(facts: Facts, source: SourceQuality) -> str:
    """Return the one thing that holds everything whose numbers rest on a source."""
    known = [each.entity for each in source.rests if each.entity in facts.organisation.entities]
    return meeting_point(facts, known) if known else whole(facts)


def rests_on(facts: Facts, *sources: SourceQuality) -> Iterator[Evidence]:
    """Yield one line that says whose numbers rest on some sources; nothing when nobody's do."""
    rows: dict[str, int] = {}
    for each in (rests for source in sources for rests in source.rests):
        rows[each.entity] = rows.get(each.entity, 0) + each.n_rows
    if rows:
        most = sorted(rows, key=lambda entity: (-rows[entity], entity))
        named = [title_of(facts, entity) for entity in most[:N_NAMED]]
        words = listed([*named, counted(len(most) - N_NAMED, "other")] if len(most) > N_NAMED else named)
        on = sources[0].source if len(sources) == 1 else f"these {len(sources)}"
        yield Evidence(says=f"On {on} rest the numbers of {words}: {counted(sum(rows.values()), 'row')}")


def days(facts: Facts, first_on: dt.date, after_on: dt.date) -> Period:
    """Return civil days as a period; the end is exclusive."""
    return Period(instant(first_on, facts.zone), instant(max(after_on, first_on + dt.timedelta(days=1)), facts.zone))


def written(facts: Facts, first_on: dt.date, after_on: dt.date) -> str:
    """Write civil days for people: `3 to 14 Jul 2026`."""
    return label(days(facts, first_on, after_on), facts.zone)


def day(on: dt.date) -> str:
    """Write a day: `3 Jul 2026`."""
    return f"{on.day} {on:%b %Y}"


def every(n_days: float) -> str:
    """Say how often: `every day`, `every 7 days`.

    >>> every(1), every(91.5)
    ('every day', 'about every 92 days')
    """
    if n_days <= 1:
        return "every day"
    return f"every {n_days:g} days" if n_days == int(n_days) else f"about every {n_days:.0f} days"
