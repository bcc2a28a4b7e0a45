"""Paths: the steps each attempt went through, one after the other, and whether its journey allows that.

Visits at the same step in a row are one stay. A path names the steps as the journey does, else as the source did; an event at
no step, and a legitimate end, are no part of it. It is kept as long as some way through the typed journey begins like it
(`derived.planned`): who stops on the way has kept to it.

Key      entity and attempt
Shape    one row per attempt with a step, of what has a journey: entity, attempt, path (`find > pay`; what comes after 30 steps
         is `…`), n_stays, n_elsewhere (stays at steps that the journey lacks), is_kept (null: too much is left open to say)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wholeservice.derived.base import Derived
from wholeservice.derived.sorting import coded, sorted_visits
from wholeservice.derived.walk import NOWHERE

if TYPE_CHECKING:
    import pyarrow as pa

    from wholeservice.derived.walk import Numbers
    from wholeservice.facts.identity import FactTables

MOST_STAYS, THEN, MORE = 30, " > ", "…"
LOST, UNPLANNED = -1, -2
"""The state of an attempt that left its plan, and of one whose journey has none."""


def build(facts: FactTables) -> pa.Table:
    """Fold the visits of each attempt into stays and follow them, all attempts at once, one stay after the other."""
    import numpy as np
    import pyarrow as pa

    entities, visits = _visits(facts)
    journeys, attempts, order = sorted_visits(visits, entities)
    words, names = coded(visits.column("step"))
    words, steps = words[order], visits.column("step_no").to_numpy()[order]
    is_stay = _differs(attempts) | _differs(words)
    attempts, words, steps, order = attempts[is_stay], words[is_stay], steps[is_stay], order[is_stay]
    first = np.flatnonzero(_differs(attempts))
    n_stays = np.diff(np.append(first, len(attempts)))
    n_up_to = np.append(0, np.cumsum(steps == NOWHERE))
    n_elsewhere = n_up_to[first + n_stays] - n_up_to[first]
    states = _followed(_plans(facts, entities), journeys[is_stay][first], steps, first, n_stays)
    entity, attempt = visits.select(["entity", "attempt"]).take(pa.array(order[first])).columns
    is_kept = pa.array(states != LOST, pa.bool_(), mask=states == UNPLANNED)
    paths = _written(words, names.to_pylist(), first, n_stays)
    columns = ["entity", "attempt", "path", "n_stays", "n_elsewhere", "is_kept"]
    return pa.table([entity, attempt, paths, pa.array(n_stays), pa.array(n_elsewhere), is_kept], names=columns)


def _visits(facts: FactTables) -> tuple[list[str], pa.Table]:
    """The entities that have a journey, and their visits at a step."""
    v, rules = facts.visits, facts.funnel_rules
    v = v.inner_join(rules, [v.entity == rules.rule_of])
    v = v.filter(v.step_no.notnull() | (v.step.notnull() & ~v.is_done))
    visits = facts.run(v.select(v.entity, v.attempt, v.nth, v.step, step_no=v.step_no.fill_null(NOWHERE)))
    return facts.run(rules.select("rule_of"))["rule_of"].to_pylist(), visits


def _differs(numbers: Numbers) -> Any:
    """Say of each number whether another one stands before it; of the first too."""
    import numpy as np

    differs = np.ones(len(numbers), dtype=bool)
    differs[1:] = numbers[1:] != numbers[:-1]
    return differs


def _plans(facts: FactTables, entities: list[str]) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """The state in which each entity's plan begins; and the moves: state, step and next state, sorted by the first two."""
    import numpy as np

    plans = facts.run(facts.plans.order_by("state", "step_no"))
    begin = dict.fromkeys(entities, UNPLANNED)
    for entity, state in zip(plans["plan_of"].to_pylist(), plans["state"].to_pylist(), strict=True):
        begin[entity] = min(state, begin[entity]) if begin[entity] >= 0 else state
    moves = (plans[name].to_numpy() for name in ("state", "step_no", "next_state"))
    return np.array([begin[entity] for entity in entities], np.int64), *moves


def _followed(plans: tuple[Numbers, ...], journeys: Numbers, steps: Numbers, first: Numbers, n_stays: Numbers) -> Numbers:
    """Return the state of its plan in which each attempt ends."""
    import numpy as np

    begin, state, step, following = plans
    n_steps = max(step.max(initial=0), steps.max(initial=0)) + 2
    n_states = max(state.max(initial=0), following.max(initial=0)) + 1  # nothing need follow the last state
    moves, following = np.append(state * n_steps + step + 1, n_steps * n_states), np.append(following, LOST)
    states = begin[journeys]
    on, place = np.flatnonzero(states >= 0), 0
    while len(on):
        wanted = states[on] * n_steps + steps[first[on] + place] + 1
        at = np.searchsorted(moves, wanted)
        states[on] = np.where(moves[at] == wanted, following[at], LOST)
        place += 1
        on = on[(states[on] >= 0) & (n_stays[on] > place)]
    return states


def _written(words: Numbers, names: list[str], first: Numbers, n_stays: Numbers) -> pa.Array:
    """Write each path down; those that begin alike share what was written so far."""
    import numpy as np
    import pyarrow as pa

    texts, names = [""], [*names, MORE]
    path = np.zeros(len(first), np.int64)
    for place in range(min(int(n_stays.max(initial=0)), MOST_STAYS + 1)):
        on = np.flatnonzero(n_stays > place)
        word = words[first[on] + place] if place < MOST_STAYS else len(names) - 1
        longer, which = np.unique(path[on] * len(names) + word, return_inverse=True)
        path[on] = len(texts) + which
        texts += [THEN.join(filter(None, (texts[each // len(names)], names[each % len(names)]))) for each in longer.tolist()]
    return pa.array(texts, pa.string()).take(pa.array(path))


PATHS = Derived(name="paths", needs=("visits", "funnel_rules", "plans"), build=build, key=("entity", "attempt"))
