"""Judge blind what is said to go with losses that no call explains: one attribute is planted, decoys go with it, or nothing is.

A driver is no cause and never the top, so every driver that a map names is a claim:

    right           the planted one is named, and no other
    right group     "A or B", and the planted one is one of these; nothing else is named
    unnamed         none is named
    wrong           another one is named
    false alarm     one is named where nothing was planted
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wholeservice.derived.drivers import Drivers
from wholeservice.derived.exposures import Observed
from wholeservice.findings.losses import DRIVER, LossMap
from wholeservice.findings.trace import trace
from wholeservice.organisation.graph import Entity, Organisation, Step
from wholeservice.periods import Period
from wholeservice.simulation.blind import Case
from wholeservice.simulation.driven import ATTRIBUTES, N_DAYS, STEPS, Driven, random_driven
from wholeservice.simulation.verdicts import FALSE_ALARM, GROUP, QUIET, RIGHT, UNNAMED, WRONG
from wholeservice.simulation.world import STARTS_ON
from wholeservice.units import SHARE

START = dt.datetime.combine(STARTS_ON, dt.time(), dt.UTC)
SERVICE, CHANNEL = "service", "web"
SAID = "said:"
MOST, DIFFERENCE = "largest share lost", "most lost"
NAIVE = (MOST, DIFFERENCE)


@dataclass(frozen=True, slots=True)
class Attributed:
    """One way to record attributes: how often the decoy goes with the planted one, and the share that nobody wrote down."""

    name: str
    follows: float
    missing: float = 0.0


ATTRIBUTED: tuple[Attributed, ...] = (
    Attributed("no calls, attributes of all; a decoy in 60 %", 0.6),
    Attributed("no calls, attributes of all; a decoy in 90 %", 0.9),
    Attributed("no calls, 30 % of attributes missing; a decoy in 60 %", 0.6, missing=0.3),
)


def judge_driven(seed: int, levels: Sequence[Attributed] = ATTRIBUTED) -> list[Case]:
    """Judge one organisation by each way of recording."""
    found = []
    for each in levels:
        driven = random_driven(seed, follows=each.follows)
        kept = recorded_attributes(driven, each, seed)
        drawn = map_of(driven, kept)
        planted = driven.planted
        naive = {name: _naive(pick, planted) for name, pick in _picks(driven, kept).items()}
        claims = claims_of(drawn)
        said = "; ".join(" or ".join(each) for each in claims) or "nothing for certain"
        found.append(
            Case(seed, each.name, driven.n_lost_by_it**0.5, int(planted is not None), verdict(claims, planted), naive, said,
                 max(map(len, claims), default=0))
        )  # fmt: skip
    return found


def recorded_attributes(driven: Driven, how: Attributed, seed: int) -> dict[str, list[str | None]]:
    """Return the attributes in words; what nobody wrote down, by lot, is None."""
    import numpy as np

    draw = np.random.default_rng([seed, 8])
    kept = {}
    for name in ATTRIBUTES:
        is_kept = draw.random(len(driven.at_s)) >= how.missing
        kept[name] = [
            f"{name}-{level}" if told else None for level, told in zip(driven.attributes[name].tolist(), is_kept, strict=True)
        ]
    return kept


def map_of(driven: Driven, said: dict[str, list[str | None]]) -> LossMap:
    """Draw the map of attempts without any call; of the truth it knows nothing but the usual level."""
    n, n_lost = len(driven.at_s), int(driven.is_lost.sum())
    level = 1 - (n_lost - driven.n_lost_by_it) / n + 0.05  # the target was always out of reach, so that a map is drawn
    value = 1 - n_lost / n
    period = Period(START, START + dt.timedelta(days=N_DAYS))
    asked = LossMap(SERVICE, "completion", "completion", SHARE, 1, level, value, level - value, None, float(n), period)
    return trace(asked, _organisation(), _observed(driven), None, _drivers(driven, said))


def _organisation() -> Organisation:
    journey = tuple(Step(each, each) for each in STEPS)
    entities = {SERVICE: Entity(SERVICE, "service", SERVICE, journey=journey, channels=(CHANNEL,))}
    return Organisation("Driven", "", "", entities, (), (), {}, "simulated")


def _names(driven: Driven) -> list[str]:
    return [f"a{n:06}" for n in range(len(driven.at_s))]


def _observed(driven: Driven) -> Observed:
    import pyarrow as pa

    text, flag, whole = pa.string(), pa.bool_(), pa.int64()
    lost_step = [STEPS[1] if each else None for each in driven.is_lost.tolist()]
    n = len(lost_step)
    units = pa.table(
        {
            "attempt": _names(driven), "consumer": [f"c{each}" for each in driven.consumer.tolist()],
            "channel": [CHANNEL] * n, "lost_step": pa.array(lost_step, text), "weight": pa.nulls(n, pa.float64()),
        }
    )  # fmt: skip
    edges = pa.schema(
        [("attempt", text), ("step", text), ("caller", text), ("is_root", flag), ("part", text), ("caller_failed", flag),
         ("failed_any", flag), ("failed_last", flag), ("n_calls", whole), ("n_failed", whole), ("n_callers", whole),
         ("weight", pa.float64())]
    )  # fmt: skip
    return Observed(units, edges.empty_table(), pa.schema([("part", text), ("n", whole)]).empty_table())


def _drivers(driven: Driven, said: dict[str, list[str | None]]) -> Drivers:
    import pyarrow as pa

    names, n, at_s = _names(driven), len(driven.at_s), (driven.at_s + int(START.timestamp())).tolist()
    lost_step = [STEPS[1] if each else None for each in driven.is_lost.tolist()]
    attempts = pa.table(
        {
            "attempt": names, "consumer": [f"c{each}" for each in driven.consumer.tolist()], "channel": [CHANNEL] * n,
            "segment": pa.nulls(n, pa.string()), "device": pa.nulls(n, pa.string()), "at_s": at_s, "took_s": [120] * n,
            "lost_step": pa.array(lost_step, pa.string()), "is_again": [False] * n, "has_contacted": [False] * n,
        }
    )  # fmt: skip
    reached = [(name, at, step) for name, at, lost in zip(names, at_s, lost_step, strict=True)
               for step in range(2 if lost else 3)]  # fmt: skip
    steps = pa.table(
        {
            "attempt": [name for name, _, _ in reached], "step": [STEPS[step] for _, _, step in reached],
            "at_s": [at + 60 * step for _, at, step in reached],
            "waited_s": pa.array([60 if step else None for _, _, step in reached], pa.int64()),
            "went_back": [False] * len(reached),
        }
    )  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"attempt": attempt, "question": question, "verdict": word, "value": None}
        for question, words in said.items() for attempt, word in zip(names, words, strict=True) if word is not None
    ]  # fmt: skip
    schema = pa.schema([("attempt", pa.string()), ("question", pa.string()), ("verdict", pa.string()), ("value", pa.float64())])
    return Drivers(attempts, steps, pa.Table.from_pylist(rows, schema=schema))


def claims_of(drawn: LossMap) -> list[tuple[str, ...]]:
    """Return each driver that a map names, as the attributes it may be."""
    ids = [box.id.removeprefix("driver:") for box in drawn.boxes if box.kind == DRIVER]
    return [tuple(each.removeprefix(SAID) for each in one.split("+")) for one in ids]


def verdict(claims: Sequence[Sequence[str]], planted: str | None) -> str:
    """Compare all that a map names with the truth."""
    if planted is None:
        return FALSE_ALARM if claims else QUIET
    if not claims:
        return UNNAMED
    if any(planted not in each for each in claims):
        return WRONG
    return RIGHT if all(len(each) == 1 for each in claims) else GROUP


def _picks(driven: Driven, said: dict[str, list[str | None]]) -> dict[str, str]:
    """What a table of shares shows: the attribute with the level that loses the largest share, or the most in number."""
    shares, counts = {}, {}
    for name, words in said.items():
        by: dict[str, list[int]] = {}
        for word, lost in zip(words, driven.is_lost.tolist(), strict=True):
            if word is not None:
                by.setdefault(word, []).append(lost)
        shares[name] = max(sum(each) / len(each) for each in by.values())
        counts[name] = max(sum(each) for each in by.values())
    return {MOST: max(shares, key=shares.__getitem__), DIFFERENCE: max(counts, key=counts.__getitem__)}


def _naive(pick: str, planted: str | None) -> str:
    return FALSE_ALARM if planted is None else RIGHT if pick == planted else WRONG
