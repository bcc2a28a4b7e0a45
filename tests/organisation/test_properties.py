"""What holds for any organisation and any garbage."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from organisation.texts import HOTEL, declared
from wholeservice.errors import describe_all
from wholeservice.organisation import kinds
from wholeservice.organisation.check import check
from wholeservice.organisation.load import load_texts

FIELDS = sorted({each.name for kind in kinds.ALL_KINDS for each in kind.fields})
SECTIONS = ["org", *kinds.BY_SECTION]
IDS = ["a", "b", "c", "a.x", "x", "Bad Id", ""]
SCALARS = st.sampled_from([*IDS, "no", "~", "1.10", "2026-01-01", "2026-13-01", "90%", "true", "web", "live",
                           "completion >= 90% over 28d @ x", "m >= 1 over", "p95 t < 1s over 7d in web for a"])  # fmt: skip
VALUES = st.recursive(
    st.none() | SCALARS | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*FIELDS, *IDS, *kinds.NESTING, "step", "any"]), inner, max_size=4)
    ),
    max_leaves=12,
)
ENTITIES = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]), st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=5) | VALUES, max_size=3
)
DOCUMENTS = st.dictionaries(st.sampled_from([*SECTIONS, "other"]), ENTITIES | VALUES, max_size=5)


def shuffled(value: Any, draw: random.Random) -> Any:
    """The same document with the keys of every mapping in another order."""
    if isinstance(value, dict):
        keys = list(value)
        draw.shuffle(keys)
        return {key: shuffled(value[key], draw) for key in keys}
    return [shuffled(each, draw) for each in value] if isinstance(value, list) else value


def everything_said(texts: dict[str, str]) -> None:
    org, problems = load_texts(texts)
    found = [*problems, *check(org, ["m"])]
    describe_all(found)
    for problem in found:
        assert problem.place is not None, problem
        assert problem.next_step, problem
        assert problem.place.file in texts


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS)
def test_any_document_gives_problems_with_place_and_next_step(document: dict[str, Any]):
    """Known words in senseless places never raise; every problem can be found and mended."""
    everything_said({"organisation/a.yaml": yaml.safe_dump(document, allow_unicode=True)})


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80) | st.text(alphabet="ab:-[]{}&*!|>'\"%@`#,? \n\t~", max_size=60))
def test_any_text_gives_problems_and_no_exception(text: str):
    """Garbage is said, never raised."""
    everything_said({"organisation/a.yaml": text, "organisation/b.yaml": "org: { name: X }"})


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(HOTEL)), st.integers(0, 3), st.text(max_size=3))
def test_a_file_cut_or_scratched_anywhere_never_raises(at: int, n_gone: int, put_in: str):
    """Truncation and typing slips anywhere in a sound file."""
    everything_said({"organisation/a.yaml": HOTEL[:at]})
    everything_said({"organisation/a.yaml": HOTEL[:at] + put_in + HOTEL[at + n_gone :]})


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_the_order_of_keys_never_changes_the_hash(seed: int):
    """Any shuffle of the keys, at any depth and over any split into files, is the same organisation."""
    draw = random.Random(seed)
    document = shuffled(yaml.load(HOTEL, yaml.BaseLoader), draw)  # noqa: S506 - our own text
    cut = draw.randint(0, len(document))
    halves = dict(list(document.items())[:cut]), dict(list(document.items())[cut:])
    texts = {f"organisation/{number}.yaml": yaml.safe_dump(half, sort_keys=False) for number, half in enumerate(halves) if half}
    org, problems = load_texts(texts)
    assert problems == []
    assert org.hash == declared(HOTEL).hash


def test_loading_and_checking_import_nothing_heavy():
    """`check` must start at once: no engine, no arrays."""
    script = "import sys, wholeservice.organisation.load, wholeservice.organisation.check; "
    script += "print([m for m in ('numpy', 'duckdb', 'ibis', 'pyarrow', 'scipy') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def large_organisation(n_services: int, n_parts: int) -> str:
    lines = ["org: { name: Large }", "teams:", *(f"  team-{number}: {{ people: 5 }}" for number in range(40)), "services:"]
    for service in range(n_services):
        lines += [
            f"  service-{service}:",
            "    journey: [start, middle, finish]",
            f"    team: team-{service % 40}",
            "    parts:",
        ]
        lines += [
            f"      part-{service}-{part}: {{ at: [start, finish], uses: [part-{service}-{(part + 1) % n_parts}], "
            f"needs: {{ n: {{ says: It works, targets: [ completion >= 9{part}% over 28d @ start ] }} }} }}"
            for part in range(n_parts)
        ]
    return "\n".join(lines) + "\n"


def test_a_thousand_entities_are_checked_in_a_moment():
    """1 040 entities with 900 targets and 100 circles; a whole second is the promise, generous here for a busy machine."""
    text = large_organisation(100, 9)
    started = time.perf_counter()
    org, problems = load_texts({"organisation/a.yaml": text})
    found = check(org, ["completion"])
    took = time.perf_counter() - started
    assert (len(org.entities), problems) == (1040, [])
    assert [problem.code for problem in found] == ["ORG021"] * 100
    assert took < 4, f"took {took:.2f} s"


def test_a_thousand_wrong_names_do_not_slow_it_down():
    """Looking for the nearest name is limited, so a lost file of teams costs no minute."""
    text = large_organisation(100, 9).replace("team: team-", "team: taem-x")
    started = time.perf_counter()
    org, _ = load_texts({"organisation/a.yaml": text})
    assert len([problem for problem in check(org) if problem.code == "ORG012"]) == 100
    assert time.perf_counter() - started < 5
