"""
F138 done before it was created: a source says of items that they were done before there was anything to do.

What it looks at   items whose `done_at` lies before their `created_at`
Why it matters     such an item counts among what was done, when it says so, and is in no time: how long it took nobody knows.
                   Left in, it would make every time shorter than it was
False alarms       items that were moved from another tool, and got the day of the move as the day they were created
What to do         map the field that holds when the item first came to be, in whichever tool; clocks in two time zones are the
                   other usual reason
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.scope import meeting_point, whole
from wholeservice.findings.wording import counted, first_few, title_of
from wholeservice.measures.unclear_work import BACKWARDS, Backwards
from wholeservice.units import COUNT


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each source, the one with most such items first."""
    groups: dict[str, list[Backwards]] = {}
    for row in facts.extracts.get(BACKWARDS, []):
        each = Backwards(**row)
        groups.setdefault(each.source, []).append(each)
    for source, group in sorted(groups.items(), key=lambda item: (-_total(item[1]), item[0])):
        yield _finding(facts, source, sorted(group, key=lambda each: (-each.n, each.entity or "", each.item)))


def _total(group: list[Backwards]) -> int:
    return sum(each.n for each in group)


def _finding(facts: Facts, source: str, group: list[Backwards]) -> Finding:
    known = [each.entity for each in group if each.entity in facts.organisation.entities]
    were, they = ("was", "it") if _total(group) == 1 else ("were", "they")
    return Finding(
        code=RULE.code,
        entity=meeting_point(facts, [each for each in known if each]) if known else whole(facts),
        title=f"{counted(_total(group), 'item')} of {source} {were} done before being created; how long {they} took is unknown",
        unit=COUNT,
        size=float(_total(group)),
        try_next="Map the field that says when the item first came to be, and look whether both times are in one time zone.",
        evidence=first_few(
            Evidence(says=f"{title_of(facts, each.entity) if each.entity else 'about nothing that is known'}: "
                     f"{counted(each.n, 'item')}, such as {each.item} at {each.where_from}",
                     where_from=each.where_from) for each in group
        ),
        about_data=True,
    )  # fmt: skip


RULE = Rule(code="F138", name="done before it was created", check=check)
