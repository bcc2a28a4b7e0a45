"""When a step counts as reached, as tables: the rule of each journey, what may come between a step and its base, and its plan.

`funnel_rules` has a row per journey, `passable` rows only for journeys that are strict: the steps that may come between a step
and its base. These are the two themselves, done again; what the journey has between them; and what may be done at the same
time as one of them. Another way of a choice is not among them. `plans` says which step may follow (`derived.planned`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from wholeservice.derived.planned import plan
from wholeservice.facts.identity import leaf_steps, local_id
from wholeservice.organisation import kinds
from wholeservice.organisation.funnel import funnel_rule

if TYPE_CHECKING:
    import pyarrow as pa

    from wholeservice.engines.base import Engine
    from wholeservice.organisation.graph import Entity, Organisation, Step

FUNNEL_RULES, PASSABLE, PLANS = "funnel_rules", "passable", "plans"
Way = tuple[tuple[str, str, int], ...]
"""From the outside in, the groups a step is in: id, kind, and in which of its children."""


def add_funnel_rules(engine: Engine, organisation: Organisation, journeys: pa.Table) -> None:
    """Add `funnel_rules`, `passable` and `plans`; *journeys* is the table of that name."""
    steps = journeys.to_pylist()
    engine.add(FUNNEL_RULES, funnel_rules_table(organisation, steps))
    engine.add(PASSABLE, passable_table(organisation, steps))
    engine.add(PLANS, plans_table(organisation, steps))


def funnel_rules_table(organisation: Organisation, steps: list[dict[str, Any]]) -> pa.Table:
    """Return rule_of (entity), order_of, within_s, span_s (from the first step to the last at most), per_step, by_consumer."""
    import pyarrow as pa

    rows = []
    for entity, some in _by_entity(steps).items():
        rule = funnel_rule(organisation, entity)
        per_step = rule.per == kinds.PER_STEP
        span_s = rule.within_s * max(1, _n_links(some)) if per_step else rule.within_s
        by_consumer = rule.by == kinds.BY_CONSUMER
        rows.append({"rule_of": entity, "order_of": rule.order, "within_s": rule.within_s, "span_s": span_s,
                     "per_step": per_step, "by_consumer": by_consumer})  # fmt: skip
    text, number, flag = pa.string(), pa.float64(), pa.bool_()
    fields = {"rule_of": text, "order_of": text, "within_s": number, "span_s": number, "per_step": flag, "by_consumer": flag}
    return pa.Table.from_pylist(rows, schema=pa.schema(fields.items()))


def passable_table(organisation: Organisation, steps: list[dict[str, Any]]) -> pa.Table:
    """Return step_no, other_no: what may come between a step of a strict journey and its base."""
    import pyarrow as pa

    pairs: list[tuple[int, int]] = []
    for entity, rows in _by_entity(steps).items():
        if funnel_rule(organisation, entity).order == kinds.STRICT:
            ways = ways_through(organisation.entities[entity])
            bases = {row["step_id"]: row["base_id"] for row in rows}
            numbers = {row["step_id"]: row["step_no"] for row in rows}
            pairs += [(numbers[step], numbers[other]) for step in bases for other in passable(step, bases, ways)]
    columns = {"step_no": [step for step, _ in pairs], "other_no": [other for _, other in pairs]}
    return pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})


def plans_table(organisation: Organisation, steps: list[dict[str, Any]]) -> pa.Table:
    """Return plan_of (entity), state, step_no, next_state; each journey begins with its lowest state."""
    import pyarrow as pa

    rows: list[tuple[str, int, int, int]] = []
    first = 0
    for entity, some in _by_entity(steps).items():
        holder = organisation.entities[entity]
        numbers = {row["step_id"]: row["step_no"] for row in some}
        locals_ = {step.id: local_id(holder, step) for step in leaf_steps(holder.journey)}
        moves = plan(holder.journey) or []
        rows += [(entity, first + state, numbers[locals_[step]], first + then) for state, step, then in moves]
        first += max((then for _, _, then in moves), default=0) + 1
    names = {"plan_of": pa.string(), "state": pa.int64(), "step_no": pa.int64(), "next_state": pa.int64()}
    return pa.table({name: pa.array([row[n] for row in rows], kind) for n, (name, kind) in enumerate(names.items())})


def passable(step: str, bases: Mapping[str, str | None], ways: Mapping[str, Way]) -> list[str]:
    """Return what may come between a step and its base; *bases* and *ways* in the order of the journey."""
    base, order = bases[step], list(bases)
    if base is None:
        return [step]
    between = set(order[order.index(base) : order.index(step) + 1])
    at_once = {other for other in order for one in (step, base) if _meet(ways[one], ways[other]) == "parallel"}
    instead = {other for other in order if _meet(ways[step], ways[other]) == "choice"}
    return [other for other in order if other in (between | at_once) - instead]


def ways_through(entity: Entity) -> dict[str, Way]:
    """Return the way to each step of a journey, in order."""
    return {local_id(entity, step): way for step, way in _ways(entity.journey, ())}


def _meet(one: Way, other: Way) -> str | None:
    """The kind of the group in which two steps take different branches."""
    for here, there in zip(one, other, strict=False):
        if here != there:
            return here[1] if here[0] == there[0] else None
    return None


def _ways(nodes: tuple[Step, ...], way: Way) -> Iterator[tuple[Step, Way]]:
    for node in nodes:
        if not node.children:
            yield node, way
        for number, child in enumerate(node.children):
            yield from _ways((child,), (*way, (node.id, node.kind, number)))


def _by_entity(steps: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in steps:
        found.setdefault(row["entity_id"], []).append(row)
    return found


def _n_links(rows: list[dict[str, Any]]) -> int:
    """How many steps the longest way through a journey has after its first."""
    links: dict[str | None, int] = {None: -1}
    for row in rows:
        links[row["step_id"]] = links[row["base_id"]] + 1
    return max(links.values())
