"""
The coverage audit: what of a whole service is not described or not measured, and what would fill each hole.

A row is a hole: what nobody has said or measured, where, and how much of the service it concerns, as so many of so many. It
looks at the stages (before, during, aftercare, ending, coming back), at needs and their evidence, at each step and who is asked
there, at channels, at what stands behind, and at rules. What may rightly be absent, such as a rule, is asked for once.

Pure: the organisation, the results and a day in, rows out. Rules and pages read them; nobody writes them twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence

from wholeservice.findings.coverage_declared import behind_of, rules_of, stages_of
from wholeservice.findings.holes import Audit, Hole, Spot, concern
from wholeservice.findings.target_result import rows_of
from wholeservice.findings.wording import counted, listed
from wholeservice.measures.counted import DIGITAL
from wholeservice.measures.results import Results
from wholeservice.organisation import kinds
from wholeservice.organisation.graph import Entity, Need, Organisation, edges_out, needs_of, used_by
from wholeservice.organisation.remit import owner_of

VOLUME = "volume"
OLD_DAYS = 365
FEWEST_TO_TELL_APART = 2  # consumers


def holes_of(org: Organisation, results: Results, entity_id: str, today: dt.date | None) -> tuple[Hole, ...]:
    """
    Return what nobody has described or measured of a service or part, in the order of `holes.KINDS`.

    *today*   the day evidence is held against, that of the newest facts; None: no facts yet, so that nothing is called old
    """
    audit = Audit.of(org, results, entity_id)
    if audit is None:
        return ()
    return (
        *undescribed(org, audit.entity), *stages_of(audit), *_consumers(audit), *_needs(audit, today), *_steps(audit),
        *_asked(audit), *channels_of(audit), *behind_of(audit), *rules_of(audit),
    )  # fmt: skip


def undescribed(org: Organisation, entity: Entity) -> Iterator[Hole]:
    """Yield what must be said before anything can be measured: who answers for it, what people need, how they go through it."""
    if owner_of(org, entity.id) is None:
        fill = "Name its value stream, or its team, in the organisation's files."
        yield Hole("whole", "Who answers for it", fill, clause="nobody answers for it")
    if not any(not need.is_aim for need in needs_of(org, entity.id)):
        fill = "Write down at least one need in their own words, with a target."
        yield Hole("needs", "What people need from it", fill, clause="what people need is not written down")
    if entity.kind == kinds.SERVICE and not entity.journey:
        fill = "List the steps of its journey in order."
        yield Hole("whole", "How people go through it", fill, clause="nobody has written down the steps people go through")


def not_counted(steps: Sequence[Spot], n_steps: int) -> Iterator[Hole]:
    """Yield the steps of which nobody knows how many people reach them, as one hole."""
    if steps:
        what = f"How many people reach {listed([each.title for each in steps])}"
        yield Hole(
            "steps", what, "Count visits at each step, or ingest them as events.", tuple(steps),
            concern(len(steps), n_steps, "step"), f"nobody counts who reaches {len(steps)} of {counted(n_steps, 'step')}",
        )  # fmt: skip


def not_come_by(entity: Entity, seen: Collection[str]) -> Iterator[Hole]:
    """Yield the channels a service is offered in and in which nobody counts who comes, as one hole."""
    dark = [channel for channel in entity.channels if channel not in seen]
    if dark:
        fill = f"Count use by channel; {counted(len(dark), 'channel')} give no number."
        size = concern(len(dark), len(entity.channels), "channel")
        yield Hole("channels", f"How many come by {listed(dark)}", fill, (), size)


def is_weak(need: Need, today: dt.date) -> bool:
    """Say whether what a need rests on is missing, undated or over a year old."""
    return need.evidence_on is None or (today - need.evidence_on).days > OLD_DAYS


def is_measured(results: Results, need: Need) -> bool:
    """Say whether one target of a need has a number at least."""
    return any(rows_of(results, need, target) for target in need.targets)


def _consumers(audit: Audit) -> Iterator[Hole]:
    named = [edge.to_id for edge in edges_out(audit.org, audit.entity.id, "for")]
    if not named and not used_by(audit.org, audit.entity.id):
        yield Hole("needs", "Who it is for", "Name its consumers with “for”, or what uses it with “uses”.")
    if len(named) < FEWEST_TO_TELL_APART:
        return  # what is needed of it, its only consumer needs
    said = {target.consumer for need in audit.needs for target in need.targets}
    for consumer in (audit.spot(each) for each in named if each not in said):
        fill = f"Write down a need with a target “for {consumer.entity}”, or say that it is the same as that of the others."
        yield Hole("needs", f"What {consumer.title} need from it", fill, (consumer,), concern(1, len(named), "consumer"))


def _needs(audit: Audit, today: dt.date | None) -> Iterator[Hole]:
    needs, n = audit.needs, len(audit.needs)
    without = [need for need in needs if need.evidence_on is None]
    if without:
        fill = "Watch or ask some of the people concerned, and write down what was seen and when."
        clause = f"{len(without)} of {counted(n, 'need')} rest{'s' if len(without) == 1 else ''} on nothing that is dated"
        yield Hole("needs", f"Why we believe {_said(without)}", fill, (), concern(len(without), n, "need"), clause)
    old = [need for need in needs if today and need.evidence_on and is_weak(need, today)]
    if old:
        fill = "Look again: what was written down of them is over a year old."
        yield Hole("needs", f"Whether people still want {_said(old)}", fill, (), concern(len(old), n, "need"))
    dark = [need for need in needs if not is_measured(audit.results, need)]
    if dark:
        fill = "Give each a target that can be measured, or connect a source with the facts its measure needs."
        clause = f"nobody measures {len(dark)} of {counted(n, 'need')}"
        yield Hole("needs", f"Whether people get {_said(dark)}", fill, (), concern(len(dark), n, "need"), clause)
    yield from _aims(audit)


def _aims(audit: Audit) -> Iterator[Hole]:
    """Targets that stand for no need: those of aims, in a measure that no need is held against."""
    every = [target for need in needs_of(audit.org, audit.entity.id) for target in need.targets]
    needed = {target.measure for need in audit.needs for target in need.targets}
    alone = [target.text for target in every if target.measure not in needed]
    if alone:
        fill = "Say which need of a consumer it serves, or leave it an aim: the organisation's own wish."
        what = f"Whose need {listed(alone)} stand{'s' if len(alone) == 1 else ''} for"
        yield Hole("needs", what, fill, (), concern(len(alone), len(every), "target"))


def _steps(audit: Audit) -> Iterator[Hole]:
    yield from not_counted(audit.steps_without(audit.seen(VOLUME).steps), len(audit.steps))


def _asked(audit: Audit) -> Iterator[Hole]:
    asked = audit.asked(audit.entity.id)
    steps, n = audit.steps_without(asked.steps), len(audit.steps)
    if steps:
        fill = "Ask a few people right after each step, and ingest their answers with the name of the step."
        clause = f"nobody is asked at {len(steps)} of {counted(n, 'step')}"
        yield Hole("asked", f"How it feels at {listed([each.title for each in steps])}", fill, tuple(steps),
                   concern(len(steps), n, "step"), clause)  # fmt: skip
    ends = [end for end in audit.entity.ends if end.strip().lower() not in {step.lower() for step in asked.steps}]
    if ends:
        what = f"What people say whose way ends at {listed(ends)}"
        fill = "Ask them too, and give the answers the name of the end as their step: those who are turned away tell most."
        yield Hole("asked", what, fill, (), concern(len(ends), len(audit.entity.ends), "end"))
    yield from _asked_consumers(audit, asked.segments, is_asked=bool(asked))
    yield from _asked_inside(audit)


def _asked_consumers(audit: Audit, segments: Collection[str], *, is_asked: bool) -> Iterator[Hole]:
    outside = [
        edge.to_id for edge in edges_out(audit.org, audit.entity.id, "for")
        if audit.org.entities.get(edge.to_id) and audit.org.entities[edge.to_id].kind == kinds.CONSUMER
    ]  # fmt: skip
    is_one = len(outside) == 1 and is_asked  # whoever answered, it was one of them
    silent = [] if is_one else [audit.spot(each) for each in outside if each.lower() not in segments]
    if silent:
        fill = "Ask them, and ingest with each answer which kind of consumer gave it (segment)."
        yield Hole("asked", f"What {listed([each.title for each in silent])} say of it", fill, tuple(silent),
                   concern(len(silent), len(outside), "consumer"))  # fmt: skip


def _asked_inside(audit: Audit) -> Iterator[Hole]:
    """What is used by others of the organisation, and nobody asks those."""
    used = [each for each in audit.inside if used_by(audit.org, each) or _is_for_a_team(audit.org, each)]
    silent = [audit.spot(each) for each in used if not audit.asked(each)]
    if silent:
        fill = "Ask the people behind what uses it, and give the answers the name of the part."
        yield Hole("asked", f"What those inside who use {listed([each.title for each in silent])} say of it", fill,
                   tuple(silent), concern(len(silent), len(used), "part used inside", "parts used inside"))  # fmt: skip


def _is_for_a_team(org: Organisation, entity_id: str) -> bool:
    named = (org.entities.get(edge.to_id) for edge in edges_out(org, entity_id, "for"))
    return any(each is not None and each.kind == kinds.TEAM for each in named)


def channels_of(audit: Audit) -> Iterator[Hole]:
    """Yield the channels that are declared and not observed, and those that are observed and not declared."""
    entity, seen = audit.entity, audit.seen(*audit.results.measures).channels - {DIGITAL}
    if not entity.channels and entity.kind == kinds.SERVICE:
        yield Hole("channels", "Which channels it is offered in", "Write “channels:”, with the words that the facts use.")
    yield from not_come_by(entity, audit.seen(VOLUME).channels)
    extra = sorted(seen - {each.strip().lower() for each in entity.channels}) if entity.channels else []
    if extra:
        what = f"Whether it is offered by {listed(extra)}: people come by it, and it is not declared"
        fill = "Add it to “channels:”, or mend the word that the source uses."
        size = concern(len(extra), len(seen), "channel that facts name", "channels that facts name")
        yield Hole("channels", what, fill, (), size)


def _said(needs: Iterable[Need]) -> str:
    return listed([f"“{need.says}”" for need in needs])


TELLING = ("asked", "whole", "steps", "needs", "behind", "channels", "rules")
"""The kinds of holes as a title tells them, most telling first."""
MOST_CLAUSES = 2


def summary(holes: Sequence[Hole]) -> str:
    """Return one sentence that states what the audit found: its two most telling holes."""
    clauses = dict.fromkeys(hole.clause for kind in TELLING for hole in holes if hole.kind == kind and hole.clause)
    if told := ", and ".join(list(clauses)[:MOST_CLAUSES]):
        return told[0].upper() + told[1:]
    if holes:
        return f"{counted(len(holes), 'thing')} about it {'is' if len(holes) == 1 else 'are'} neither described nor measured"
    return "All that this audit asks for is described and measured"
