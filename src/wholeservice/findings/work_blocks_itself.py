"""
F139 work that blocks itself: items wait for one another in a circle, so none of them can be done first.

What it looks at   links that say that one item blocks another, and whether following them leads back to where one began
Why it matters     each waits until another is done: no order is right, and what the wait starts from cannot be told. The items
                   are counted like all others
False alarms       an item that blocks a part of another, which in turn is needed for the rest: make it two items. Links whose
                   direction the mapping has the wrong way round: then many items are in circles
What to do         see with those who set the links which of them is no longer true, and take it out in the tool
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.circles import circles
from wholeservice.findings.propagation import Dependency
from wholeservice.findings.scope import whole
from wholeservice.findings.wording import counted, first_few
from wholeservice.measures.unclear_work import BLOCKS, Block
from wholeservice.units import COUNT


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each circle, the one of most items first."""
    found = [Block(**row) for row in facts.extracts.get(BLOCKS, [])]
    out: dict[str, list[Dependency]] = {}
    for each in found:
        out.setdefault(each.from_ref, []).append(Dependency(each.to_ref))
    joint = circles({ref: tuple(to) for ref, to in out.items()})
    joint |= {each.from_ref: each.from_ref for each in found if each.from_ref == each.to_ref and each.from_ref not in joint}
    groups: dict[str, list[str]] = {}
    for ref, circle in joint.items():
        groups.setdefault(circle, []).append(ref)
    for _, refs in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        yield _finding(facts, refs, [each for each in found if each.from_ref in refs and each.to_ref in refs])


def _finding(facts: Facts, refs: list[str], links: list[Block]) -> Finding:
    blocks = "blocks itself" if len(refs) == 1 else "block each other in a circle"
    return Finding(
        code=RULE.code,
        entity=whole(facts),
        title=f"{counted(len(refs), 'item')} {blocks}",
        unit=COUNT,
        size=float(len(refs)),
        try_next="See with those who set the links which of them is no longer true, and take it out in the tool.",
        evidence=first_few(
            Evidence(says=f"{_named(each.from_ref)} blocks {_named(each.to_ref)}, says {each.source} at {each.where_from}",
                     where_from=each.where_from)
            for each in sorted(links, key=lambda each: (each.from_ref, each.to_ref, each.source))
        ),
        about_data=True,
    )  # fmt: skip


def _named(reference: str) -> str:
    """Return what a reference names, without the table it is in."""
    return reference.partition(":")[2] or reference


RULE = Rule(code="F139", name="work that blocks itself", check=check)
