"""How much of what happened to a crowd was recorded, and how well: the rows of the truth table.

Worse evidence of one organisation lacks what better evidence lacks, and more: the same parts are hidden, of the same attempts
fewer are traced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.simulation.crowd import SECOND_US, Crowd

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

N_HOSTS = 2  # each part runs on so many, which have clocks and names of their own


@dataclass(frozen=True, slots=True)
class Evidence:
    """One way to record what happened.

    dark      share of parts whose calls nobody records
    silent    share of parts that record nothing when they themselves fail
    linked    share of attempts whose calls are recorded; fewer than all: drawn by lot, and each call says of how many
    lost      share of calls that never arrive, one by one
    late_days so many of the last days have not arrived when the map is drawn
    misnamed  share of parts of which one host reports under a name that nobody knows
    borrowed  share of parts of which one host reports under the name of another part
    skew_s    how far the clocks of the hosts are off (standard deviation)
    """

    name: str
    dark: float = 0.0
    silent: float = 0.0
    linked: float = 1.0
    lost: float = 0.0
    late_days: int = 0
    misnamed: float = 0.0
    borrowed: float = 0.0
    skew_s: float = 0.0
    is_linked: bool = True  # False: no call says of which attempt it is
    has_incidents: bool = False


EVIDENCE: tuple[Evidence, ...] = (
    Evidence("everything seen"),
    Evidence("20 % of parts dark", dark=0.2),
    Evidence("40 % of parts dark", dark=0.4),
    Evidence("20 % dark, 30 % silent when they fail", dark=0.2, silent=0.3),
    Evidence("one host of 30 % of parts under a wrong name", misnamed=0.3),
    Evidence("one host of 20 % of parts under another part's name", borrowed=0.2),
    Evidence("clocks of hosts 2 s off", skew_s=2.0),
    Evidence("5 % of calls lost, the last 2 days late", lost=0.05, late_days=2),
    Evidence("10 % of attempts traced", linked=0.1),
    Evidence("10 % traced, 20 % of parts dark", linked=0.1, dark=0.2),
    Evidence("1 % of attempts traced", linked=0.01),
    Evidence("no attempt traced", linked=0.0),
)
IN_SPELLS: tuple[Evidence, ...] = (
    Evidence("calls without their attempt", is_linked=False),
    Evidence("calls without their attempt, clocks of hosts half an hour off", is_linked=False, skew_s=1800.0),
    Evidence("calls without their attempt, 20 % of parts dark, and incidents", dark=0.2, is_linked=False, has_incidents=True),
    Evidence("incidents only", linked=0.0, has_incidents=True),
    Evidence("10 % of attempts traced, and incidents", linked=0.1, has_incidents=True),
)
"""Evidence that only time joins to attempts: for organisations whose troubles come and go (`random_world`, in_spells)."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is left of the calls of a crowd: which arrived, which of those under a known name, and what name and clock said."""

    arrived: Array
    named: Array  # arrived, under a name that the organisation knows
    part: Array  # as reported
    started_us: Array
    weight: float | None  # attempts that each traced one stands for


def recorded(crowd: Crowd, evidence: Evidence, seed: int) -> Record:
    """Return what *evidence* keeps of a crowd; what happened stays the same."""
    import numpy as np

    calls, n_parts = crowd.calls, len(crowd.parts)
    draw = np.random.default_rng([seed, 1])
    order, traced = draw.permutation(n_parts), draw.random(crowd.n_attempts)
    host, luck = draw.integers(N_HOSTS, size=len(calls.part)), draw.random(len(calls.part))
    clocks, names = draw.standard_normal((n_parts, N_HOSTS)), draw.permutation(n_parts)
    lender = draw.permutation(n_parts)
    dark = np.isin(calls.part, order[: round(evidence.dark * n_parts)])
    silent = np.isin(calls.part, order[n_parts - round(evidence.silent * n_parts) :]) & calls.starts_here
    late_us = (crowd.world.n_days - evidence.late_days) * 24 * 3600 * SECOND_US
    arrived = ~dark & ~silent & (traced < evidence.linked)[calls.attempt] & (luck >= evidence.lost)
    arrived &= calls.started_us < late_us if evidence.late_days else True
    is_misnamed = np.isin(calls.part, names[: round(evidence.misnamed * n_parts)]) & (host == 0)
    off_us = (clocks[calls.part, host] * evidence.skew_s * SECOND_US).astype(np.int64)
    weight = 1 / evidence.linked if 0 < evidence.linked < 1 else None
    reported = np.arange(n_parts)
    reported[lender[: round(evidence.borrowed * n_parts)]] = np.roll(lender, -1)[: round(evidence.borrowed * n_parts)]
    part = np.where(host == 0, reported[calls.part], calls.part)
    return Record(arrived, arrived & ~is_misnamed, part, calls.started_us + off_us, weight)
