"""
F191 takes several: a loss that no single owner can end, since those who must act for it answer to different people.

What it looks at   every place of a loss map that surely loses something and still does, and who must act for it to change:
                   the team that runs it, the supplier that provides it, the policies that bind it, and whoever the work on it
                   waited for. It speaks where the owner of the stream that could change it does not command all of these
Why it matters     what falls between owners is nobody's first priority; each of them can show that their own part is done
                   (Rummler & Brache 1995, Improving Performance: the white space of the organisation chart)
False alarms       who was waited for once need not be needed again; an owner who is not declared counts as another one
What to do         The owners meet once for this loss alone, name one of them who leads, and agree on the first thing that each
                   changes: one hour, within two weeks. Take it up again after four weeks
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.flow_words import rows
from wholeservice.findings.junction import EXTRACT, Lasting, amount
from wholeservice.findings.losses import ATTEMPTS
from wholeservice.findings.wording import first_few, listed, title_of
from wholeservice.periods import Period
from wholeservice.units import COUNT

NOBODY = "nobody who is named"


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each loss that takes several owners, the one that loses most a day first."""
    several = [row for row in rows(facts, EXTRACT, Lasting) if row.takes_several]
    for row in sorted(several, key=lambda row: (-row.per_day, row.box)):
        yield _finding(facts, row)


def _finding(facts: Facts, row: Lasting) -> Finding:
    owners = list(dict.fromkeys(owner or NOBODY for _, _, owner in row.actors))
    together = f"it takes {listed(owners)} together" if len(owners) > 1 else f"{row.owner or NOBODY} does not command all of it"
    return Finding(
        code=RULE.code,
        entity=row.box if row.box in facts.organisation.entities else row.entity,
        title=f"{row.title}: no single owner can end this loss of {amount(row.per_day, row.of)} a day; {together}",
        unit=COUNT,
        size=row.lost,
        people=row.lost if row.of == ATTEMPTS else None,
        period=Period(row.from_at, row.to_at),
        need=row.need if row.box == row.entity else None,
        who_can_act=row.owner,
        try_next=f"{listed(owners)} meet once for {row.title} alone, and name who leads.",
        evidence=first_few(_evidence(facts, row)),
    )


def _evidence(facts: Facts, row: Lasting) -> Iterator[Evidence]:
    for entity, why, owner in row.actors:
        yield Evidence(says=f"{title_of(facts, entity)} {why}; {owner or 'nobody'} answers for it")


RULE = Rule(code="F191", name="takes several", check=check)
