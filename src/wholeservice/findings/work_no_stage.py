"""
F137 names that are no stage: work stays in something that its value stream does not declare as a stage.

What it looks at   the names that sources have for the stages of work, in streams that declare their stages: those that are
                   neither the name of a stage nor among the other names it goes by (`named`)
Why it matters     times at the stages, and what came back, are told by stage. What is in none of them has its time shown under
                   the source's own name, has no place in the order, and nobody can say whether it adds value
False alarms       a column such as “blocked” that is a state and no stage: map it as the state of the stay
What to do         add the name to `named` of the stage it stands for, or declare the stage; old work counts from then on, too
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.scope import who_can_act, whole
from wholeservice.findings.wording import counted, first_few, title_of
from wholeservice.measures.unclear_work import NO_STAGE, NoStage
from wholeservice.units import COUNT


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each stream and source, the one with most stays first."""
    groups: dict[tuple[str, str], list[NoStage]] = {}
    for row in facts.extracts.get(NO_STAGE, []):
        each = NoStage(**row)
        groups.setdefault((each.stream, each.source), []).append(each)
    for _, group in sorted(groups.items(), key=lambda item: (-_total(item[1]), item[0])):
        yield _finding(facts, sorted(group, key=lambda each: (-each.n_stays, each.stage)))


def _total(group: list[NoStage]) -> int:
    return sum(each.n_stays for each in group)


def _finding(facts: Facts, group: list[NoStage]) -> Finding:
    stream, source = group[0].stream, group[0].source
    is_known = stream in facts.organisation.entities
    names = counted(len(group), "name")
    return Finding(
        code=RULE.code,
        entity=stream if is_known else whole(facts),
        title=f"{counted(_total(group), 'stay')} of {source} under {names} that no stage of {title_of(facts, stream)} has",
        unit=COUNT,
        size=float(_total(group)),
        who_can_act=who_can_act(facts, stream) if is_known else None,
        try_next="Add the name to `named` of the stage it stands for, or declare the stage; a column that says how work is and "
        "not where, such as blocked, belongs to the state of the stay.",
        evidence=first_few(
            Evidence(says=f"“{each.stage}”: {counted(each.n_stays, 'stay')} of {counted(each.n_items, 'item')}, "
                     f"the first at {each.where_from}", where_from=each.where_from) for each in group
        ),
        about_data=True,
    )  # fmt: skip


RULE = Rule(code="F137", name="names that are no stage", check=check)
