"""Check what is declared: names that lead nowhere, cycles, targets that cannot be measured, dates that run backwards. Pure.

`load` says what cannot be read, `check` what does not hold together; a person sees both lists as one.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping

from wholeservice.errors import Place, Problem, suggest
from wholeservice.organisation import kinds
from wholeservice.organisation.assumed_places import check_assumptions
from wholeservice.organisation.calendars import check_calendars
from wholeservice.organisation.codes import new_problem
from wholeservice.organisation.graph import (
    Entity,
    Need,
    Organisation,
    Reference,
    Target,
    ancestors,
    edges_out,
    leaves,
    uses,
)
from wholeservice.organisation.policy_outcomes import check_outcomes, check_worth
from wholeservice.organisation.remit import has_outside_consumer, owner_of, stream_of
from wholeservice.organisation.stages import check_stages
from wholeservice.organisation.targets import part_of_place, place_of_word
from wholeservice.units import ENDS, SCALE, SCORE, Unit

Measures = Collection[str] | Mapping[str, Unit]

# Which kinds of level fit a measure's kind of unit.
_FITS = {
    "share": ("share",),
    "share-change": ("share",),
    "count": ("count",),
    "rate": ("count",),
    "seconds": ("seconds",),
    "money": ("money",),
    "points": ("points", "count"),
}
_MAX_SUGGESTIONS = 100  # each compares with every name; a hundred is more than anybody reads
_WRITTEN = {"share": "90%", "count": "1,000", "seconds": "800ms, 2h or 3d", "money": "1.10 EUR", "points": "4.5 of 5"}


def check(org: Organisation, known_measures: Measures | None = None) -> list[Problem]:
    """Return every problem of what is declared, in order of file and line.

    *known_measures* are the registered measure words; given with their units, the units of targets are checked too.
    Without them no target's measure is.
    """
    rules = (_references, _circles_of_use, _dates, _owners, _homes, _policies, _attempts, _funnels)
    of_parts = (check_calendars, check_stages, check_assumptions, check_outcomes, check_worth)
    problems = [problem for rule in (*rules, *of_parts) for problem in rule(org)]
    for need in org.needs:
        for target in need.targets:
            problems.extend(_target(org, need, target, known_measures))
    return sorted(problems, key=_position)


def _position(problem: Problem) -> tuple[str, int, int, str]:
    place = problem.place or Place("")
    return place.file, place.line or 0, place.column or 0, problem.code


def _references(org: Organisation) -> Iterator[Problem]:
    names = _Names(org)
    for reference in org.unresolved:
        found = org.entities.get(reference.word)
        if reference.relation == "part-of" and found is not None and found.kind in reference.kinds:
            yield _inside_itself(org, reference)
        elif found is not None:
            yield _other_kind(reference, found)
        elif kinds.STEP in reference.kinds and (reference.relation == "at" or "." in reference.word):
            yield _unknown_step(org, reference)
        else:
            yield names.unknown(reference)


def _inside_itself(org: Organisation, reference: Reference) -> Problem:
    path = [reference.word, *ancestors(org, reference.word)]
    circle = [reference.from_id, *path[: path.index(reference.from_id)], reference.from_id]
    return new_problem(
        "ORG020",
        f"'{reference.from_id}' is inside itself: {' -> '.join(circle)}",
        reference.place,
        "each thing inside at most one other, and never inside itself",
        fix="remove one 'part-of'",
    )


def _other_kind(reference: Reference, found: Entity) -> Problem:
    wanted = " or ".join(reference.kinds)
    return new_problem(
        "ORG013",
        f"'{found.id}' is a {found.kind}, not a {wanted}",
        reference.place,
        f"the id of a {wanted}; '{found.id}' is declared at {found.place}",
        fix=f"name a {wanted}",
    )


class _Names:
    """What is declared of each kind, and what is nearest to a wrong name. Kept, since one slip often stands in many places."""

    def __init__(self, org: Organisation) -> None:
        self.org = org
        self.known: dict[tuple[str, ...], tuple[list[str], str]] = {}
        self.nearest: dict[tuple[str, tuple[str, ...]], str | None] = {}

    def unknown(self, reference: Reference) -> Problem:
        wanted = reference.kinds
        if wanted not in self.known:
            self.known[wanted] = self._declared(wanted)
        ids, expected = self.known[wanted]
        key = (reference.word, wanted)
        if key not in self.nearest and len(self.nearest) < _MAX_SUGGESTIONS:
            self.nearest[key] = suggest(reference.word, ids)
        what = _either(wanted)
        return new_problem(
            "ORG012",
            f"unknown {what} '{reference.word[:60]}'",
            reference.place,
            expected,
            self.nearest.get(key),
            fix=f"fix the name or declare the {what}",
        )

    def _declared(self, wanted: tuple[str, ...]) -> tuple[list[str], str]:
        known = [entity for entity in self.org.entities.values() if entity.kind in wanted]
        if not known:
            return [], f"no {_either(wanted)} is declared yet"
        files = sorted({entity.place.file for entity in known if entity.place})
        where = " and ".join(files) if len(files) < 3 else f"{len(files)} files"
        plural = _either(tuple(kinds.PLURALS[kind] for kind in wanted))
        return [entity.id for entity in known], f"one of the {len(known)} {plural} declared in {where}"


def _either(words: tuple[str, ...]) -> str:
    return " or ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]


def _unknown_step(org: Organisation, reference: Reference) -> Problem:
    service, _, step = reference.word.rpartition(".")
    above = (service,) if service in org.entities else ancestors(org, reference.from_id)
    journeys = [each for each in above if org.entities[each].journey]
    known = [leaf.id for each in journeys for leaf in leaves(org.entities[each].journey)]
    if known:
        expected = f"one of the steps of {journeys[0]}: " + ", ".join(known)
    else:
        expected = "a step of a service with a journey, written service.step"
        known = [f"{each.id}.{leaf.id}" for each in org.entities.values() for leaf in leaves(each.journey)]
    nearest = suggest(step if journeys else reference.word, known)
    return new_problem(
        "ORG032",
        f"unknown step '{reference.word}'",
        reference.place,
        expected,
        nearest,
        fix="fix the name or add the step to the journey",
    )


def _circles_of_use(org: Organisation) -> Iterator[Problem]:
    """One warning per knot of things that use each other, with its shortest circle."""
    for knot in _knots({each: [edge.to_id for edge in uses(org, each)] for each in org.entities}):
        circle = _shortest_circle(org, knot)
        edge = next(edge for edge in uses(org, circle[0]) if edge.to_id == circle[1])
        yield new_problem(
            "ORG021",
            f"these use each other in a circle: {' -> '.join(circle)}",
            edge.place,
            "no circle, so that a loss has somewhere to start",
            fix="see whether one of them is really two",
        )


def _knots(out: Mapping[str, list[str]]) -> list[list[str]]:
    """Return the strongly connected groups that hold a cycle (Tarjan 1972, without recursion), in order of first id."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    open_ids: list[str] = []
    is_open: set[str] = set()
    found: list[list[str]] = []
    for start in out:
        path = [] if start in order else [(start, iter(out[start]))]
        while path:
            node, following = path[-1]
            if node not in order:
                order[node] = low[node] = len(order)
                open_ids.append(node)
                is_open.add(node)
            step = next((each for each in following if each not in order or each in is_open), None)
            if step is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == order[node]:
                    found.append(_close(open_ids, is_open, node))
            elif step in order:
                low[node] = min(low[node], order[step])
            else:
                path.append((step, iter(out.get(step, ()))))
    return [knot for knot in found if len(knot) > 1 or knot[0] in out[knot[0]]]


def _close(open_ids: list[str], is_open: set[str], node: str) -> list[str]:
    at = open_ids.index(node)
    knot = sorted(open_ids[at:])
    del open_ids[at:]
    is_open.difference_update(knot)
    return knot


def _shortest_circle(org: Organisation, knot: list[str]) -> list[str]:
    start, members = knot[0], set(knot)
    paths = [[start]]
    seen: set[str] = set()
    for path in paths:  # breadth first: grows while it is walked
        for edge in uses(org, path[-1]):
            if edge.to_id == start:
                return [*path, start]
            if edge.to_id in members and edge.to_id not in seen:
                seen.add(edge.to_id)
                paths.append([*path, edge.to_id])
    return [start, start]


def _dates(org: Organisation) -> Iterator[Problem]:
    for entity in org.entities.values():
        first, last = entity.fields.get("from"), entity.fields.get("until")
        if first and last and last <= first:
            yield new_problem(
                "ORG024",
                f"'{entity.id}' ends on {last}, not after it begins on {first}",
                entity.places.get("until") or entity.place,
                f"a day after {first}",
                fix="fix one of the two",
            )


def _owners(org: Organisation) -> Iterator[Problem]:
    for entity in org.entities.values():
        if entity.kind in (kinds.SERVICE, kinds.PART) and entity.fields.get("owner") and has_outside_consumer(org, entity.id):
            stream, owner = stream_of(org, entity.id), owner_of(org, entity.id)
            derived = (
                f"its value stream '{stream}'" + (f": {owner}" if owner else "")
                if stream
                else "its value stream (none is named yet)"
            )
            yield new_problem(
                "ORG019",
                f"'owner' of '{entity.id}' cannot be typed: it is for an outside consumer, so its owner is the owner "
                f"of {derived}",
                entity.places.get("owner") or entity.place,
                fix="remove 'owner', and name the 'stream'",
            )


def _homes(org: Organisation) -> Iterator[Problem]:
    adrift = {reference.from_id for reference in org.unresolved if reference.relation == "part-of"}
    for entity in org.entities.values():
        if entity.kind == kinds.PART and entity.parent is None and entity.id not in adrift:
            yield new_problem(
                "ORG026",
                f"part '{entity.id}' is in no service",
                entity.place,
                "part-of: the service it is in",
                fix="add 'part-of', or nest it",
            )


def _policies(org: Organisation) -> Iterator[Problem]:
    named = {reference.from_id for reference in org.unresolved if reference.relation == "binds"}
    for entity in org.entities.values():
        if entity.kind == kinds.POLICY and entity.id not in named and not edges_out(org, entity.id, "binds"):
            yield new_problem(
                "ORG042",
                f"policy '{entity.id}' binds nothing",
                entity.place,
                "binds: [ service.step ]",
                fix="say what it binds",
            )


def _attempts(org: Organisation) -> Iterator[Problem]:
    for entity in org.entities.values():
        rule = entity.fields.get("attempt") or {}
        if rule.get("idle") and rule.get("per"):
            yield new_problem(
                "ORG046",
                f"the attempts of '{entity.id}' end both after a pause and at the end of the day",
                entity.places.get("attempt") or entity.place,
                "one of the two: { idle: 30m } or { per: day }",
                fix="remove one of them",
            )


def _funnels(org: Organisation) -> Iterator[Problem]:
    for entity in org.entities.values():
        rule = entity.fields.get("funnel") or {}
        if rule.get("order") == kinds.ANY_ORDER and rule.get("per") == kinds.PER_STEP:
            yield new_problem(
                "ORG047",
                f"the steps of '{entity.id}' come in any order, and time counts from the step before",
                entity.places.get("funnel") or entity.place,
                "one of the two: { order: any } or { per: step }",
                fix="remove one of them",
            )


def _target(org: Organisation, need: Need, target: Target, known: Measures | None) -> Iterator[Problem]:
    if known is not None and target.measure not in known:
        expected = "one of the registered measures"
        yield _unknown_in_target(target, "ORG031", target.measure, sorted(known), what="measure", mark="", expected=expected)
    elif isinstance(known, Mapping):
        yield from _unit(target, known[target.measure])
    above = [org.entities[each] for each in (need.service, *ancestors(org, need.service))]
    if target.step is not None:
        yield from _step(above, target, target.step)
    if target.channel is not None:
        yield from _channel(org, above, target, target.channel)
    if target.consumer is not None and _kind_of(org, target.consumer) not in (kinds.CONSUMER, kinds.TEAM):
        consumers = [each.id for each in org.entities.values() if each.kind == kinds.CONSUMER]
        expected = "one of the declared consumers"
        yield _unknown_in_target(target, "ORG012", target.consumer, consumers, what="consumer", mark="for", expected=expected)


def _step(above: list[Entity], target: Target, step: str) -> Iterator[Problem]:
    home = next((each for each in above if each.journey), above[0])
    steps = [leaf.id for leaf in leaves(home.journey)]
    if step not in steps:
        expected = f"one of the steps of {home.id}" if steps else f"no step: '{home.id}' has no journey"
        yield _unknown_in_target(target, "ORG032", step, steps, what="step", mark="@", expected=expected)


def _channel(org: Organisation, above: list[Entity], target: Target, channel: str) -> Iterator[Problem]:
    channels = next((each.channels for each in above if each.channels), ()) or _all_channels(org)
    if channel not in channels:
        expected = "one of the declared channels"
        yield _unknown_in_target(target, "ORG033", channel, channels, what="channel", mark="in", expected=expected)


def _kind_of(org: Organisation, entity_id: str) -> str | None:
    entity = org.entities.get(entity_id)
    return entity.kind if entity else None


def _all_channels(org: Organisation) -> tuple[str, ...]:
    return tuple(dict.fromkeys(channel for entity in org.entities.values() for channel in entity.channels))


def _unit(target: Target, unit: Unit) -> Iterator[Problem]:
    fitting, level = _fitting(unit, target.level.top), target.level
    low, high = ENDS.get(unit, (-math.inf, math.inf))
    out_of_scale = (level.top is not None and not 0 <= level.number <= level.top) or not low <= level.number <= high
    above_all = level.unit.kind == "share" and unit.kind == "share" and not 0 <= level.number <= 1
    if level.unit.kind in fitting and not out_of_scale and not above_all:
        return
    written = "40" if unit in ENDS else _WRITTEN.get(fitting[0], "a number")
    what = (
        f"a {unit.name} outside its scale"
        if out_of_scale or above_all
        else f"'{target.measure}' is in {unit.name}, this is not"
    )
    offset = target.text.find(target.op) + len(target.op) + 1
    length = max(1, target.text.find(" over ") - offset)
    yield new_problem(
        "ORG035",
        what,
        part_of_place(target.place, offset, length),
        f"a number such as {written}",
        fix="write the level in the measure's unit",
    )


def _fitting(unit: Unit, top: float | None) -> tuple[str, ...]:
    """Return the kinds of level that fit a unit: an answer may be written as it stands on its scale, `4.5 of 5`."""
    if unit == SCALE or (unit == SCORE and top == ENDS[SCORE][1]):
        return (*_FITS[unit.kind], "points")
    return ("count",) if unit in ENDS else _FITS.get(unit.kind, (unit.kind,))


def _unknown_in_target(
    target: Target, code: str, word: str, known: Collection[str], *, what: str, mark: str, expected: str
) -> Problem:
    listed = f"{expected}: {', '.join(known)}" if 0 < len(known) <= 30 else expected
    return new_problem(
        code,
        f"unknown {what} '{word}' in a target",
        place_of_word(target.text, target.place, mark, word),
        listed,
        suggest(word, known),
        fix="fix the word" if what == "measure" else f"fix the word or declare the {what}",
    )
