"""
F136 answers left out: people answered, and no measure counts it.

What it looks at   scores whose instrument no measure knows, that have no scale or lie off it, and statements of a scale such as
                   SUS of which the others were not answered; by source, reason and instrument
Why it matters     somebody took the time to say how it was. Left out, they are missing from every number, and those who are
                   missing are seldom like the others
False alarms       an instrument of your own: then no measure can count it, and it is kept for the day when one can. People may
                   leave a questionnaire half way: a few responses that are not whole are usual
What to do         say in the mapping which question is which instrument, and its scale; the words are in
                   docs/measure_experience.md
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.scope import meeting_point, whole
from wholeservice.findings.wording import counted, first_few, title_of
from wholeservice.measures.left_out import LEFT_OUT, NO_SCALE, NOT_WHOLE, OFF_SCALE, UNKNOWN, LeftOut
from wholeservice.units import COUNT

WHY = {
    UNKNOWN: "no measure knows the instrument {instrument}",
    NO_SCALE: "{instrument} has no scale",
    OFF_SCALE: "off the scale of {instrument}",
    NOT_WHOLE: "other statements of {instrument} were not answered",
}
NEXT = {
    UNKNOWN: "Name the instrument in the mapping by one of the words that measures read: docs/measure_experience.md has them.",
    NO_SCALE: "Give scale_min and scale_max in the mapping of the source.",
    OFF_SCALE: "Look at the rows with whoever supplies them, and at scale_min and scale_max in the mapping.",
    NOT_WHOLE: "See whether each statement has its instrument in the mapping, and what was asked together the same asked_at.",
}


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each source, reason and instrument, with most of the answers first."""
    groups: dict[tuple[str, str, str], list[LeftOut]] = {}
    for row in facts.extracts.get(LEFT_OUT, []):
        each = LeftOut(**row)
        groups.setdefault((each.source, each.why, each.instrument or ""), []).append(each)
    for _, group in sorted(groups.items(), key=lambda item: (-_total(item[1]), item[0])):
        yield _finding(facts, sorted(group, key=lambda each: (-each.n, each.entity)))


def _total(group: list[LeftOut]) -> int:
    return sum(each.n for each in group)


def _finding(facts: Facts, group: list[LeftOut]) -> Finding:
    first = group[0]
    known = [each.entity for each in group if each.entity in facts.organisation.entities]
    named = f"“{first.instrument}”" if first.instrument else "the question"
    why = WHY[first.why].format(instrument=named)
    return Finding(
        code=RULE.code,
        entity=meeting_point(facts, known) if known else whole(facts),
        title=f"{counted(_total(group), 'answer')} of {first.source} in no number: {why}",
        unit=COUNT,
        size=float(_total(group)),
        try_next=NEXT[first.why],
        evidence=first_few(
            Evidence(says=f"{title_of(facts, each.entity)}: {counted(each.n, 'answer')}, the first at {each.where_from}",
                     where_from=each.where_from) for each in group
        ),
        about_data=True,
    )  # fmt: skip


RULE = Rule(code="F136", name="answers left out", check=check)
