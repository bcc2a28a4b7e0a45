"""
F121 conflicting identity: what is declared and what sources saw, or two sources, say different things of one name or owner.

What it looks at   a name declared or seen as an alias of two things; a team or a whole that a source saw, beside the one that
                   is declared or that another source saw; one name to which sources give two ids
Why it matters     the facts of one are counted for another, or the wrong team is asked to act; which of the two is right cannot
                   be told from the data, so what counts meanwhile is said here and never chosen in silence
False alarms       a source that is slow to learn of a move: it speaks until the source has caught up
What to do         find out which is right; then correct the organisation, or the source's mapping
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.scope import meeting_point, whole
from wholeservice.findings.wording import counted, first_few, listed, title_of
from wholeservice.organisation.graph import Conflict
from wholeservice.units import COUNT

SAID = {
    "alias": ("name stands", "names stand", "for more than one thing"),
    "id": ("name has", "names have", "more than one id"),
    "owned-by": ("thing has", "things have", "more than one team"),
    "part-of": ("thing is", "things are", "inside more than one other"),
}


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each kind of conflict, with those that take most things in first."""
    groups: dict[str, list[Conflict]] = {}
    for each in facts.organisation.conflicts:
        groups.setdefault(each.relation, []).append(each)
    for relation, group in sorted(groups.items(), key=lambda each: (-len(each[1]), each[0])):
        yield _finding(facts, relation, sorted(group, key=lambda each: each.about))


def _finding(facts: Facts, relation: str, group: list[Conflict]) -> Finding:
    one, many, what = SAID[relation]
    known = [each for conflict in group for each in (conflict.about, *conflict.said) if each in facts.organisation.entities]
    return Finding(
        code=RULE.code,
        entity=meeting_point(facts, known) if known else whole(facts),
        title=f"{counted(len(group), one, many)} {what}",
        unit=COUNT,
        size=float(len(group)),
        try_next="Find out which is right; then correct the organisation, or the mapping of the source.",
        evidence=first_few(_line(facts, each) for each in group),
        about_data=True,
    )


def _line(facts: Facts, conflict: Conflict) -> Evidence:
    said = [title_of(facts, each) for each in conflict.said]
    if conflict.kept is None:
        counts = "none of them counts"
    else:
        counts = f"{title_of(facts, conflict.kept)} counts, {'as declared' if conflict.is_declared else 'until it is settled'}"
    about = f"“{conflict.about}”" if conflict.relation in ("alias", "id") else title_of(facts, conflict.about)
    return Evidence(says=f"{about}: {listed(said)}; {counts}", where_from=next(iter(conflict.where_from), None))


RULE = Rule(code="F121", name="conflicting identity", check=check)
