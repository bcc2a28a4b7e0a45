"""
F150 green outside, red inside: every technical target is met, and people are not content all the same.

What it looks at   the technical targets (calls that worked, response time, availability) of a service, of what is inside it and
                   of all it rests on, beside the service's own targets on what people say (satisfaction, ease, recommending).
                   It speaks where each technical target is surely met and one on what people say is surely missed
Why it matters     what is watched most is what machines do; a service may keep all that is promised of its machines and still
                   fail those who use it. The loss is then where nothing is measured, or in what was never promised
False alarms       a technical target that is too easy; answers from only those who were angry enough to answer. It is silent
                   where a technical target is missed, too close to call or not measured, and on fewer than 30 answers
What to do         watch five people go through it from the first step to the last; measure the step where they lose patience
                   and give it a target of its own. Do not tighten the technical targets first
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.findings.base import Evidence, Facts, Finding, Rule
from wholeservice.findings.lead import SCORES
from wholeservice.findings.scope import who_can_act
from wholeservice.findings.target_result import TargetResult, measure_of, plain_word, result_of
from wholeservice.findings.wording import first_few, measured, period_of, title_of
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Need, Organisation, Target, descendants, needs_of, parts_at, steps, uses
from wholeservice.organisation.kinds import SERVICE
from wholeservice.units import difference_unit, write

TECHNICAL = ("success", "response-time")
WORDS = ("success", "response time", "latency", "availability", "uptime", "error rate")  # also where no measure is called so
OUTSIDE = "Every technical target is met, and people are not content"


@dataclass(frozen=True, slots=True)
class Watermelon:
    """The technical targets that are all met, each with whose it is, and what people say that surely misses its target."""

    met: tuple[tuple[str, TargetResult], ...]
    missed: tuple[tuple[Need, TargetResult], ...]


def watermelon_of(organisation: Organisation, results: Results, service: str, zone: str) -> Watermelon | None:
    """Return the state of a service; None where it is another one, or where nobody can tell."""
    own = [(need, target) for need in needs_of(organisation, service) for target in need.targets]
    felt = [(need, result_of(results, need, target, zone)) for need, target in own if _is_felt(results, target)]
    missed = tuple((need, result) for need, result in felt if result and result.is_missed)
    if not missed:
        return None
    met: list[tuple[str, TargetResult]] = []
    for entity in _rests_on(organisation, service):
        for need in needs_of(organisation, entity):
            for target in need.targets:
                if not _is_technical(results, target):
                    continue
                result = result_of(results, need, target, zone)
                if result is None or not _is_met(result):
                    return None
                met.append((entity, result))
    return Watermelon(tuple(met), missed) if met else None


def _is_felt(results: Results, target: Target) -> bool:
    measure = measure_of(results, target)
    return measure is not None and measure.name in SCORES


def _is_technical(results: Results, target: Target) -> bool:
    measure = measure_of(results, target)
    return measure.name in TECHNICAL if measure else plain_word(target.measure) in WORDS


def _is_met(result: TargetResult) -> bool:
    """The whole range lies on the right side, and more than few were counted."""
    gap = result.gap_interval
    return gap is not None and gap.high <= 0 and not result.point.value.is_few


def _rests_on(organisation: Organisation, service: str) -> tuple[str, ...]:
    """A service, what is inside it, what serves its steps, and all that these use, each once."""
    found = list(dict.fromkeys((service, *_served_by(organisation, service))))
    for each in found:  # grows while it is walked
        near = (*descendants(organisation, each), *(edge.to_id for edge in uses(organisation, each)))
        found.extend(dict.fromkeys(other for other in near if other not in found))
    return tuple(found)


def _served_by(organisation: Organisation, service: str) -> Iterator[str]:
    for step in steps(organisation, service):
        yield from parts_at(organisation, service, step.id)


def check(facts: Facts) -> Iterator[Finding]:
    """Yield one finding for each service that is green outside and red inside."""
    for entity in facts.organisation.entities.values():
        if entity.kind == SERVICE:
            found = watermelon_of(facts.organisation, facts.results, entity.id, facts.zone)
            if found:
                yield _finding(facts, entity.id, found)


def _finding(facts: Facts, service: str, found: Watermelon) -> Finding:
    need, worst = found.missed[0]
    number = f"{worst.measure.title} {measured(worst.point, worst.unit, facts)}"
    return Finding(
        code=RULE.code,
        entity=service,
        title=f"{title_of(facts, service)}: every technical target is met, and people are not content: {number}",
        unit=difference_unit(worst.unit),
        size=worst.gap,
        interval=worst.gap_interval,
        period=period_of(worst.point.cell),
        step=worst.target.step,
        need=need.id,
        who_can_act=who_can_act(facts, service),
        try_next="Watch five people go through it from end to end, and give the step that costs them most a target.",
        evidence=(*_felt(facts, found), *_technical(facts, found)),
    )


def _felt(facts: Facts, found: Watermelon) -> Iterator[Evidence]:
    for need, each in found.missed:
        spread = each.point.value.interval
        likely = f", likely {write(spread.low, each.unit)} to {write(spread.high, each.unit)}" if spread else ""
        number = f"{each.measure.title} {measured(each.point, each.unit, facts)}{likely}"
        yield Evidence(says=f"“{need.says}”: {number}; target “{each.target.text}”", cell=each.point.cell)


def _technical(facts: Facts, found: Watermelon) -> tuple[Evidence, ...]:
    n = len(found.met)
    head = Evidence(says=f"All {n} technical targets are met:" if n > 1 else "The one technical target is met:")
    lines = (
        Evidence(says=f"{title_of(facts, entity)}: {each.measure.title} {measured(each.point, each.unit, facts)}; "
                      f"target “{each.target.text}”", cell=each.point.cell)
        for entity, each in found.met
    )  # fmt: skip
    return (head, *first_few(lines))


RULE = Rule(code="F150", name="green outside, red inside", check=check)
