"""The part of the coverage audit that reads what is declared: the stages of the journey, what stands behind it, and rules."""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.holes import Audit, Hole, Spot, concern
from wholeservice.findings.wording import counted, listed
from wholeservice.measures.results import keys_of
from wholeservice.organisation import kinds
from wholeservice.organisation.graph import SEEN, edges_in, leaves, parts_at

STAGES = tuple(kinds.JOURNEY_STAGES)


def stages_of(audit: Audit) -> Iterator[Hole]:
    """Yield the stages of which nobody has said which step they are; where no step says its stage, that once."""
    steps = leaves(audit.entity.journey)
    if not steps:
        return
    said = {each.stage for each in steps if each.stage}
    missing = [stage for stage in STAGES if stage not in said]
    if not said:
        words = [kinds.JOURNEY_STAGES[each] for each in STAGES if each != "during"]
        what = f"Nobody has said which step is {', '.join(words[:-1])} or {words[-1]}"
        fill = f"Say “stage:” at each step, or at a group of them: {listed(list(STAGES))}."
        clause = "nobody has said which step is aftercare"
        yield Hole("whole", what, fill, audit.steps, concern(len(steps), len(steps), "step"), clause)
        return
    for stage in missing:
        what = f"Nobody has said which step is {kinds.JOURNEY_STAGES[stage]}"
        fill = f"Say “stage: {stage}” at the step that is; where none is, describe what people meet then as a step of its own."
        yield Hole("whole", what, fill, (), concern(1, len(STAGES), "stage"), _clause(audit, missing, stage))
    unsaid = [Spot(audit.entity.id, each.title, each.id) for each in steps if not each.stage]
    if unsaid:
        what = f"Which stage {listed([each.title for each in unsaid])} {'is' if len(unsaid) == 1 else 'are'} in"
        yield Hole("whole", what, "Say “stage:” at each of them.", tuple(unsaid), concern(len(unsaid), len(steps), "step"))


def _clause(audit: Audit, missing: list[str], stage: str) -> str:
    """Say of a stage that is missing what that means: that nothing is described from some step on, or up to one."""
    at, steps = STAGES.index(stage), leaves(audit.entity.journey)
    if set(STAGES[at:]) <= set(missing):
        last = max((STAGES.index(each.stage) for each in steps if each.stage), default=0)
        title = [each.title for each in steps if each.stage == STAGES[last]][-1]
        return f"nothing is described after {title}"
    if set(STAGES[: at + 1]) <= set(missing):
        first = next(each for each in steps if each.stage)
        return f"nothing is described before {first.title}"
    return f"nobody has said which step is {kinds.JOURNEY_STAGES[stage]}"


def behind_of(audit: Audit) -> Iterator[Hole]:
    """Yield the steps behind which nothing is declared, those behind which no call is recorded, and the parts without calls."""
    serving = {each: parts_at(audit.org, audit.entity.id, each.step or "") for each in audit.steps}
    n = len(serving)
    bare = tuple(each for each, parts in serving.items() if not parts)
    if bare:
        fill = "Say of each part which steps it serves, with “at”."
        clause = f"nothing is declared behind {len(bare)} of {counted(n, 'step')}"
        yield Hole("behind", f"What stands behind {_titles(bare)}", fill, bare, concern(len(bare), n, "step"), clause)
    dark = tuple(each for each, parts in serving.items() if parts and not any(audit.called(part) for part in parts))
    if dark:
        fill = "Record the calls that each step makes, with the attempt they belong to."
        yield Hole("behind", f"What happens behind {_titles(dark)}", fill, dark, concern(len(dark), n, "step"))
    parts = audit.inside[1:]
    silent = tuple(audit.spot(each) for each in parts if not audit.called(each))
    if silent:
        verb = "works" if len(silent) == 1 else "work"
        fill = "Record the calls to each, with whether they worked."
        size = concern(len(silent), len(parts), "part")
        yield Hole("behind", f"How often {_titles(silent)} {verb}", fill, silent, size)


def rules_of(audit: Audit) -> Iterator[Hole]:
    """Yield that no rule is declared, the rules that only a source has seen, and those of which nobody counts the effect."""
    bound = [*audit.inside, *(f"{audit.entity.id}.{each.step}" for each in audit.steps)]
    edges = [edge for each in bound for edge in edges_in(audit.org, each, "binds")]
    rules = {edge.from_id: audit.spot(edge.from_id) for edge in edges}
    if not rules:
        fill = "Name the rules people or teams must follow under “policies”, each with what it binds and who can change it."
        yield Hole("rules", "Which rules bind it", fill)
        return
    seen = {edge.from_id for edge in edges if SEEN in (edge.basis, audit.org.entities[edge.from_id].basis)}
    undeclared = tuple(rules[each] for each in rules if each in seen)
    if undeclared:
        fill = "Declare it under “policies”, with what it binds: so far only a source has seen it."
        size = concern(len(undeclared), len(rules), "rule")
        yield Hole("rules", f"Who can change {_titles(undeclared)}", fill, undeclared, size)
    dark = tuple(spot for each, spot in rules.items() if not keys_of(audit.results, each))
    if dark:
        fill = "Record when each was applied, as calls under its name, with the attempt they belong to."
        yield Hole("rules", f"What {_titles(dark)} cost{'s' if len(dark) == 1 else ''} people", fill, dark,
                   concern(len(dark), len(rules), "rule"))  # fmt: skip


def _titles(spots: tuple[Spot, ...]) -> str:
    return listed([each.title for each in spots])
