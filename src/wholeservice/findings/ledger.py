"""Add up where lost attempts start: one ledger a target, one entry a pattern of attempts that look alike.

Every lost attempt is split over its origins (`shapley`), and each share is sent back along the calls it really made, so
that at every box: in = starts here + not traced further + what goes out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from wholeservice.findings.propagation import AT_OR_BELOW, Attempt, LostAt, SeenCall, Trail, Wiring, follow
from wholeservice.findings.shapley import Split, split


@dataclass(frozen=True, slots=True)
class Pattern:
    """Attempts alike in what was seen and where they were lost. `lost_at` is empty when they were not lost.

    `n` counts all attempts they stand for; each that was recorded stands for `weight` of them.
    """

    seen: frozenset[SeenCall]
    lost_at: LostAt
    n: float
    is_linked: bool = True  # False: no call of these attempts was recorded
    weight: float = 1.0


@dataclass(slots=True)
class Ledger:
    """Sums over all lost attempts, in attempts. Players are (box, claim)."""

    share: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    alone: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    last: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    ribbons: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    flow_in: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    untraced: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    hidden: dict[str, float] = field(default_factory=lambda: defaultdict(float))  # of untraced: something was not seen
    dark: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    contributions: list[dict[str, float]] = field(default_factory=list)  # per pattern, per attempt, nothing tolerated
    lost: float = 0.0
    mended: float = 0.0  # lost attempts that mending every origin would save


def failure_rates(patterns: Iterable[Pattern], n_used: Mapping[str, float], wiring: Wiring) -> dict[str, float]:
    """Return, for each box, the share of the attempts that used it in which a failure starts there, lost or not."""
    starts: dict[str, float] = defaultdict(float)
    known: dict[frozenset[SeenCall], set[str]] = {}
    for pattern in patterns:
        if pattern.seen not in known:
            known[pattern.seen] = Attempt(pattern.seen, wiring).failures_that_start()
        for box in known[pattern.seen]:
            starts[box] += pattern.n
    return {box: n / n_used[box] for box, n in starts.items() if n_used.get(box)}


def account(patterns: list[Pattern], wiring: Wiring, steps: frozenset[str], healing: Callable[[str], float]) -> Ledger:
    """
    Split every lost attempt over its origins and add up.

    Shape    patterns in any order; the ledger's `contributions` follow their order
    Unit     attempts
    Source   Shapley values are linear, so the map of all attempts is the sum of the maps of each
    """
    ledger = Ledger()
    trails: dict[tuple[frozenset[SeenCall], LostAt], tuple[Trail, Split, dict[str, float]]] = {}
    for pattern in patterns:
        if not pattern.lost_at:
            ledger.contributions.append({})
            continue
        key = (pattern.seen, pattern.lost_at)
        if key not in trails:
            trails[key] = _explain(pattern, wiring, steps, healing)
        _enter(ledger, pattern.n, *trails[key])
    return ledger


def _explain(
    pattern: Pattern, wiring: Wiring, steps: frozenset[str], healing: Callable[[str], float]
) -> tuple[Trail, Split, dict[str, float]]:
    trail = follow(Attempt(pattern.seen, wiring, steps), pattern.lost_at)
    chances = tuple(healing(box) for box, _ in trail.origins)
    whole = split(trail.still_lost, (1.0,) * len(chances))
    result = whole if all(chance == 1.0 for chance in chances) else split(trail.still_lost, chances)
    contribution = {box: share for (box, _), share in zip(trail.origins, whole.share, strict=True) if share}
    hidden = [step for step in trail.untraced if trail.dark[step]]
    contribution |= dict.fromkeys(hidden, (1.0 - whole.together) / len(trail.untraced)) if hidden else {}
    return trail, result, contribution


def _enter(ledger: Ledger, n: float, trail: Trail, result: Split, contribution: dict[str, float]) -> None:
    ledger.lost += n
    ledger.mended += n * result.together
    ledger.contributions.append(contribution)
    flow: dict[str, float] = defaultdict(float)
    for i, (box, claim) in enumerate(trail.origins):
        share = n * result.share[i]
        ledger.share[box, claim] += share
        ledger.alone[box] += n * result.alone[i]
        ledger.last[box] += n * result.last[i]
        flow[box] += share
        if claim == AT_OR_BELOW:
            _note_dark(ledger, trail.dark[box], share)
    for step in trail.untraced:
        stays = n * (1.0 - result.together) / len(trail.untraced)
        ledger.untraced[step] += stays
        ledger.hidden[step] += stays if trail.dark[step] else 0.0
        flow[step] += stays
        _note_dark(ledger, trail.dark[step], stays)
    _send_back(ledger, trail, flow)


def _note_dark(ledger: Ledger, boxes: Iterable[str], size: float) -> None:
    for box in boxes:
        ledger.dark[box] += size


def _send_back(ledger: Ledger, trail: Trail, flow: dict[str, float]) -> None:
    """Send each share from where it starts to the steps, equally over the boxes that felt it."""
    felt_by: dict[str, list[str]] = defaultdict(list)
    for effect, cause in trail.edges:
        felt_by[cause].append(effect)
    for box in trail.order:  # causes come before effects
        size = flow.get(box, 0.0)
        ledger.flow_in[box] += size
        for effect in felt_by[box]:
            ledger.ribbons[effect, box] += size / len(felt_by[box])
            flow[effect] += size / len(felt_by[box])
