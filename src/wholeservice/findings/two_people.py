"""
F120 links not followed: a source says that two are one person, and following it would merge people who are not.

What it looks at   links `same-as` between aliases of consumers, in the order in which they became known: those that would make
                   one person of two who each logged in to an account of their own, and those of which one end names nobody
Why it matters     a machine that two people share, or a booking made for somebody else, would join their histories for good;
                   until it is settled they stay two people, so one who does have two accounts is counted twice
False alarms       people who do have two accounts: have the source that holds the accounts say so, and drop one of them
What to do         look at the link's own row with whoever supplies it; mend it there, or leave it as it is: nobody was merged
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.facts.identity_people import REFUSED, TWO_ACCOUNTS, RefusedLink
from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.scope import whole
from wholeservice.findings.wording import counted, first_few
from wholeservice.units import COUNT

N_LETTERS = 16  # of an alias: enough to find it, and still a line


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each source and reason, with most of the links first."""
    groups: dict[tuple[str, str], list[RefusedLink]] = {}
    for row in facts.extracts.get(REFUSED, []):
        each = RefusedLink(**row)
        groups.setdefault((each.source, each.why), []).append(each)
    for _, group in sorted(groups.items(), key=lambda each: (-len(each[1]), each[0])):
        yield _finding(facts, sorted(group, key=lambda each: (-each.facts_a - each.facts_b, each.record, each.where_from)))


def _finding(facts: Facts, group: list[RefusedLink]) -> Finding:
    first = group[0]
    links = counted(len(group), "link")
    if first.why == TWO_ACCOUNTS:
        title = f"{links} of {first.source} would make one person of two accounts; nobody was merged"
        try_next = "Look at the rows with whoever supplies them: a shared machine, or one person with two accounts?"
    else:
        title = f"{links} of {first.source} between a person and what is no person; nothing follows from it"
        try_next = "Write both ends as consumer:ID or account:ID, or correct the mapping of the source."
    return Finding(
        code=RULE.code,
        entity=whole(facts),
        title=title,
        unit=COUNT,
        size=float(len(group)),
        try_next=try_next,
        evidence=first_few(_line(each) for each in group),
        about_data=True,
    )


def _line(link: RefusedLink) -> Evidence:
    ends = f"{_short(link.from_ref)} same as {_short(link.to_ref)}"
    apart = f": {counted(link.facts_a, 'fact')} and {counted(link.facts_b, 'fact')} stay apart"
    return Evidence(says=ends + (apart if link.why == TWO_ACCOUNTS else ""), where_from=link.where_from)


def _short(ref: str) -> str:
    kind, _, alias = ref.partition(":")
    return f"{kind}:{alias[:N_LETTERS]}{'…' if len(alias) > N_LETTERS else ''}"


RULE = Rule(code="F120", name="links not followed", check=check)
