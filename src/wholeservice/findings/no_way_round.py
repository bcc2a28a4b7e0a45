"""
F192 no way round: many people a day ride on one thing, nothing can stand in for it, and nobody planned for the day it stops.

What it looks at   each part and supplier: which steps are lost when it stops, as a loss map follows failures (what is
                   optional, or has something beside it that works, loses nothing), and how many attempts a day come to them;
                   it speaks from 100 a day, of the three that most ride on and that have no `plan`
Why it matters     the day it stops, all of them are turned away, and what to do is decided while they wait; a plan that was
                   tried once can be followed
False alarms       something that cannot stop by itself; a stand-in that exists and is not declared: write it under `uses`
What to do         declare what stands in for it, or what is done that day: `plan: { says: ..., dated: ... }`; try it once
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.riding import Hit, hits, plan_of
from wholeservice.findings.scope import who_can_act
from wholeservice.findings.wording import title_of
from wholeservice.organisation import graph, kinds

MANY_A_DAY, MOST = 100.0, 3


def check(facts: Facts) -> Iterator[Finding]:
    """Yield a finding for each of the three things that most people ride on with no way round, most people first."""
    org, found = facts.organisation, []
    for each in org.entities.values():
        is_ours = each.kind == kinds.PART or (each.kind == kinds.SUPPLIER and graph.edges_out(org, each.id, "provides"))
        if is_ours and plan_of(org, each.id) is None:
            hit = [one for one in hits(org, facts.results, each.id) if one.a_day is not None]
            a_day = sum(one.a_day or 0.0 for one in hit)
            if a_day >= MANY_A_DAY:
                found.append((-a_day, -sum(len(one.steps) for one in hit), each.id, hit))
    for a_day, _, entity, hit in sorted(found, key=lambda each: each[:3])[:MOST]:
        yield _finding(facts, entity, -a_day, hit)


def _finding(facts: Facts, entity: str, a_day: float, hit: list[Hit]) -> Finding:
    return Finding(
        code=RULE.code, entity=entity,
        title=f"about {a_day:,.0f} a day ride on {title_of(facts, entity)}, with nothing to stand in for it and no plan",
        people=None, period=hit[0].period, who_can_act=who_can_act(facts, entity),
        try_next="What would you do the day it stops? Write that down as its plan, or declare what can stand in for it.",
        evidence=tuple(Evidence(says=_says(facts, one)) for one in hit),
    )  # fmt: skip


def _says(facts: Facts, hit: Hit) -> str:
    titles = {each.id: each.title for each in graph.steps(facts.organisation, hit.service)}
    named = ", ".join(titles[step] for step in hit.steps)
    return (
        f"{title_of(facts, hit.service)} loses {named}; {hit.a_day or 0:,.0f} attempts a day come to {titles[hit.step or '']}"
    )


RULE = Rule(code="F192", name="no way round", check=check)
