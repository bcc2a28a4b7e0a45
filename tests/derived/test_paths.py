"""Paths: what each attempt went through, and whether the typed journey allows it."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.given import at, engine_with, organisation, prepared, service
from wholeservice.derived.planned import after, plan, planned
from wholeservice.organisation.graph import Entity, Step

LETTERS = "abcdef"


def leaf(name: str) -> Step:
    return Step(name, name)


def group(kind: str, *inside: Step) -> Step:
    return Step(f"{kind}#", "", kind, inside)


def pattern(node: Step) -> str:
    """Write a journey as a regular expression: the oracle of what it allows."""
    inside = [pattern(child) for child in node.children]
    body = "".join(inside) or node.id
    if node.kind == "choice":
        return f"(?:{'|'.join(inside)})"
    if node.kind == "parallel":  # of single steps only
        return f"(?:{'|'.join(one + ''.join(x for x in inside if x != one) for one in inside)})" if len(inside) == 2 else body
    return {"optional": f"(?:{body})?", "retry": f"(?:{body})+"}.get(node.kind, f"(?:{body})")


@st.composite
def journeys(draw: Any) -> tuple[Step, ...]:
    """Draw a journey over some letters, each once, with groups in groups."""
    letters = [leaf(letter) for letter in LETTERS[: draw(st.integers(1, 6))]]
    while len(letters) > 1 and draw(st.booleans()):
        first = draw(st.integers(0, len(letters) - 1))
        size = draw(st.integers(1, 3))
        kind = draw(st.sampled_from(["sequence", "choice", "retry", "optional", "parallel"]))
        some = letters[first : first + size]
        if kind == "parallel" and (len(some) != 2 or any(each.children for each in some)):
            kind = "sequence"
        letters[first : first + size] = [group(kind, *some)]
    return tuple(letters)


@settings(max_examples=150)
@given(journeys(), st.lists(st.text(LETTERS, max_size=6), min_size=1, max_size=8))
def test_a_path_is_kept_where_some_full_way_begins_like_it(journey: tuple[Step, ...], paths: list[str]):
    """The steps that are left agree with a regular expression: a path is kept when something can be put behind it to match."""
    whole = re.compile("".join(pattern(node) for node in journey))
    walked = [path for path in paths for path in {path[:n] for n in range(len(path) + 1)}]
    for path in walked:
        left = planned(journey)
        for step in path:
            left = after(left, step)
        assert bool(left) == can_end(whole, path), (journey, path)


def can_end(whole: re.Pattern[str], path: str) -> bool:
    """Say whether some letters behind a path make it match; what is left of a drawn journey can always come in order."""
    rests = ("".join(rest) for n in range(len(LETTERS) + 1) for rest in combinations(LETTERS, n))
    return any(whole.fullmatch(path + rest) for rest in rests)


def test_a_plan_is_finite_or_not_there():
    """A retry leads back to where it was; of twenty steps in any order there is no plan to compare with."""
    retried = (leaf("a"), group("retry", leaf("b"), leaf("c")), leaf("d"))
    assert plan(retried) == [(0, "a", 1), (1, "b", 2), (2, "c", 3), (3, "b", 2), (3, "d", 4)]
    assert plan((group("parallel", *(leaf(f"s{n}") for n in range(20))),)) is None
    assert len(plan((group("parallel", *(leaf(f"s{n}") for n in range(8))),)) or []) == 8 * 2**7


def paths(rows: list[dict[str, Any]], *shops: Entity) -> dict[str, tuple[Any, ...]]:
    engine = prepared(engine_with(interactions=rows), organisation(*shops), ["paths"])
    found = engine.run(engine.table("paths")).to_pylist()
    engine.close()
    return {row["attempt"]: (row["path"], row["n_stays"], row["n_elsewhere"], row["is_kept"]) for row in found}


@pytest.fixture(scope="module")
def found() -> dict[str, tuple[Any, ...]]:
    """The paths of several services at once."""
    free = Entity("free", "service", "Free", journey=(group("parallel", *(leaf(f"s{n}") for n in range(20))),))
    said = {
        "shop plain": "find choose pay", "shop stays": "find find pay", "shop back": "find choose find",
        "shop out": "find map map",
        "shop ended": "find sold-out", "shop none": "-", "other any": "find", "free any": "s3 s2", "desk only": "ask",
        "shop long": " ".join(["find", "choose"] * 20),
    }  # fmt: skip
    rows = [
        {
            "happened_at": at(f"2026-01-05 10:{minute:02}"), "service": name.split()[0], "attempt": name,
            "step": None if step == "-" else step,
        }
        for name, steps in said.items() for minute, step in enumerate(steps.split())
    ]  # fmt: skip
    shop = service("shop", "find choose pay", ends=("sold-out",))
    return paths(rows, shop, service("other"), free, service("desk", "ask get"))


@pytest.mark.parametrize(
    ("attempt", "path"),
    [
        ("shop plain", ("find > choose > pay", 3, 0, True)),
        ("shop stays", ("find > pay", 2, 0, False)),
        ("shop back", ("find > choose > find", 3, 0, False)),
        ("shop out", ("find > map", 2, 1, False)),
        ("shop ended", ("find", 1, 0, True)),
        ("shop none", None),
        ("other any", None),
        ("free any", ("s3 > s2", 2, 0, None)),
        ("desk only", ("ask", 1, 0, True)),
        ("shop long", (" > ".join(["find", "choose"] * 15) + " > …", 40, 0, False)),
    ],
)
def test_a_path_with_a_known_answer(found: dict[str, tuple[Any, ...]], attempt: str, path: tuple[Any, ...] | None):
    """Its words, how many stays it has, how many of them elsewhere, and whether it was foreseen."""
    assert found.get(attempt) == path


def test_what_is_done_after_the_last_step_is_not_foreseen():
    """Also where no other journey is declared, so that no plan has a state after the one in which this one ends."""
    steps = ["find", "pay", "map"]
    rows = [
        {"happened_at": at(f"2026-01-05 10:0{n}"), "service": "shop", "attempt": "a", "step": s} for n, s in enumerate(steps)
    ]
    assert paths(rows, service("shop", "find pay")) == {"a": ("find > pay > map", 3, 1, False)}
