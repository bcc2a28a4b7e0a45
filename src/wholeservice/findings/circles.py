"""Boxes that use each other in a circle count as one: no order among them says where a failure starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wholeservice.findings.joined_in_time import Timed
from wholeservice.findings.propagation import Dependency, SeenCall, Wiring


def circles(wiring: Wiring) -> dict[str, str]:
    """
    Return box -> the joint box of its circle, for the boxes that are in one.

    Source   strongly connected components: what a box reaches and is reached by, found with two walks (Kosaraju 1978)

    >>> circles({"a": (Dependency("b"),), "b": (Dependency("a"),), "c": (Dependency("a"),)})
    {'a': 'a + b', 'b': 'a + b'}
    """
    out = {box: [each.to for each in uses] for box, uses in wiring.items()}
    if not _has_circle(out):
        return {}
    into: dict[str, list[str]] = {}
    for box, targets in out.items():
        for to in targets:
            into.setdefault(to, []).append(box)
    joint: dict[str, str] = {}
    taken: set[str] = set()
    for box in reversed(_finished(sorted(out), out)):
        members = [box] if box in taken else _finished([box], into, taken)
        taken.update(members)
        if len(members) > 1:
            joint |= dict.fromkeys(sorted(members), " + ".join(sorted(members)))
    return joint


def _has_circle(out: Mapping[str, list[str]]) -> bool:
    """Say whether boxes remain when, over and over, those that none of the others uses are taken away (Kahn 1962)."""
    n_users = dict.fromkeys(out, 0)
    for targets in out.values():
        for to in targets:
            n_users[to] = n_users.get(to, 0) + 1
    free = [box for box, n in n_users.items() if not n]
    for box in free:  # grows while it is walked
        for to in out.get(box, ()):
            n_users[to] -= 1
            if not n_users[to]:
                free.append(to)
    return len(free) < len(n_users)


def _finished(starts: list[str], edges: Mapping[str, list[str]], seen: set[str] | None = None) -> list[str]:
    """Return the boxes reached from *starts* that are not in *seen*, each after all it reaches (depth first)."""
    done: set[str] = set(seen or ())
    order: list[str] = []
    for start in starts:
        stack = [] if start in done else [(start, iter(edges.get(start, ())))]
        done.add(start)
        while stack:
            box, remaining = stack[-1]
            following = next((each for each in remaining if each not in done), None)
            if following is None:
                order.append(box)
                stack.pop()
            else:
                done.add(following)
                stack.append((following, iter(edges.get(following, ()))))
    return order


def join_wiring(wiring: Wiring, joint: Mapping[str, str]) -> dict[str, tuple[Dependency, ...]]:
    """Return the wiring with each circle as one box; what its members use of one another is left out."""
    joined: dict[str, dict[str, Dependency]] = {}
    for box, uses in wiring.items():
        name = joint.get(box, box)
        for each in uses:
            to = joint.get(each.to, each.to)
            if to != name:
                joined.setdefault(name, {}).setdefault(to, replace(each, to=to))
    return {box: tuple(uses.values()) for box, uses in joined.items()}


def join_calls(seen: frozenset[SeenCall], joint: Mapping[str, str]) -> frozenset[SeenCall]:
    """Return the calls with each circle as one box; calls inside it are left out."""
    renamed = ((joint.get(caller or "", caller), joint.get(box, box), failed) for caller, box, failed in seen)
    return frozenset(call for call in renamed if call[0] != call[1])


def join_timed(timed: Timed, joint: Mapping[str, str]) -> Timed:
    """Return what was joined by time with each circle as one box."""
    losses = []
    for each in timed.losses:
        route = tuple(dict.fromkeys(joint.get(box, box) for box in each.route))
        losses.append(replace(each, part=route[-1], route=route))
    as_one: dict[str, float] = {}
    for part, size in timed.as_one.items():
        name = joint.get(part, part)
        as_one[name] = max(size, as_one.get(name, 0.0))
    chance = []
    for placebo in timed.chance:
        joined: dict[str, float] = {}
        for part, size in placebo.items():
            joined[joint.get(part, part)] = joined.get(joint.get(part, part), 0.0) + size
        chance.append(joined)
    return Timed(tuple(losses), as_one, tuple(chance))
