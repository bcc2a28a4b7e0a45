"""Add up where lost attempts start: one ledger a target, one entry a pattern of attempts that look alike.

Every lost attempt is split over its origins (`shapley`), and each share is sent back along the calls it really made, so
that at every box: in = starts here + not traced further + what goes out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from wholeservice.findings.closure import added_up
from wholeservice.findings.joined_in_time import Timed
from wholeservice.findings.propagation import AT_OR_BELOW, Attempt, LostAt, Plan, SeenCall, Trail, Wiring, follow
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
    timed: dict[str, float] = field(default_factory=lambda: defaultdict(float))  # of share: joined by time, by box
    timed_ribbons: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    contributions: list[dict[str, float]] = field(default_factory=list)  # per pattern, per attempt, nothing tolerated
    per_attempt: list[dict[str, float]] = field(default_factory=list)  # per pattern: box -> loss of one attempt, linked only
    moved: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))  # (step, part): joined by time
    lost: float = 0.0
    mended: float = 0.0  # lost attempts that mending every origin would save


def failure_rates(patterns: Iterable[Pattern], n_used: Mapping[str, float], wiring: Wiring) -> dict[str, float]:
    """Return, for each box, the share of the visits that used it in which a failure starts there, lost or not."""
    plan = Plan(wiring)
    counts: dict[frozenset[SeenCall], float] = defaultdict(float)
    for pattern in patterns:
        counts[pattern.seen] += pattern.n
    starts: dict[str, float] = defaultdict(float)
    for seen, n in counts.items():
        for box in Attempt(seen, plan).failures_that_start():
            starts[box] += n
    return {box: n / n_used[box] for box, n in starts.items() if n_used.get(box)}


def account(patterns: Sequence[Pattern], plan: Plan, healing: Callable[[str], float]) -> Ledger:
    """
    Split every lost attempt over its origins and add up.

    Shape    patterns in any order; the ledger's `contributions` follow their order
    Unit     attempts
    Source   Shapley values are linear, so the map of all attempts is the sum of the maps of each
    """
    ledger = Ledger()
    kinds: dict[tuple[frozenset[SeenCall], LostAt], int] = {}
    kind_of = [kinds.setdefault((each.seen, each.lost_at), len(kinds)) for each in patterns]
    counts = [0.0] * len(kinds)
    for kind, pattern in zip(kind_of, patterns, strict=True):
        counts[kind] += pattern.n
    contributions, alike = [_NOTHING] * len(kinds), [_NOTHING] * len(kinds)
    unseen: dict[int, float] = defaultdict(float)
    chance_of = cache(healing)
    for ((seen, lost_at), kind), n in zip(kinds.items(), counts, strict=True):
        if lost_at:
            trail, result, contributions[kind] = _explain(follow(Attempt(seen, plan), lost_at), chance_of)
            _enter(ledger, n, trail, result, unseen)
            alike[kind] = _of_one(trail, result)
    ledger.contributions = [contributions[kind] for kind in kind_of]
    ledger.per_attempt = [alike[kind] for kind in kind_of]
    ledger.dark = {plan.names[at]: size for at, size in added_up(unseen, len(plan.names)).items()}
    return ledger


_NOTHING: dict[str, float] = {}


def _of_one(trail: Trail, result: Split) -> dict[str, float]:
    """Return what one attempt loses at each box, what is not traced further at its steps among it."""
    lost: dict[str, float] = defaultdict(float)
    for (box, _), share in zip(trail.origins, result.share, strict=True):
        lost[box] += share
    for step in trail.untraced:
        lost[step] += (1.0 - result.together) / len(trail.untraced)
    return dict(lost)


def _explain(trail: Trail, healing: Callable[[str], float]) -> tuple[Trail, Split, dict[str, float]]:
    """Return the trail, its split, and what one such attempt contributes with nothing tolerated."""
    chances = tuple(healing(box) for box, _ in trail.origins)
    whole = split(trail.still_lost, (1.0,) * len(chances))
    result = whole if all(chance == 1.0 for chance in chances) else split(trail.still_lost, chances)
    contribution = {box: share for (box, _), share in zip(trail.origins, whole.share, strict=True) if share}
    hidden = [step for step in trail.untraced if trail.dark[step]]
    contribution |= dict.fromkeys(hidden, (1.0 - whole.together) / len(trail.untraced)) if hidden else {}
    return trail, result, contribution


def _enter(ledger: Ledger, n: float, trail: Trail, result: Split, unseen: dict[int, float]) -> None:
    ledger.lost += n
    ledger.mended += n * result.together
    flow: dict[str, float] = defaultdict(float)
    for i, (box, claim) in enumerate(trail.origins):
        share = n * result.share[i]
        ledger.share[box, claim] += share
        ledger.alone[box] += n * result.alone[i]
        ledger.last[box] += n * result.last[i]
        flow[box] += share
        if claim == AT_OR_BELOW:
            unseen[trail.dark[box]] += share
    for step in trail.untraced:
        stays = n * (1.0 - result.together) / len(trail.untraced)
        ledger.untraced[step] += stays
        ledger.hidden[step] += stays if trail.dark[step] else 0.0
        flow[step] += stays
        unseen[trail.dark[step]] += stays
    _send_back(ledger, trail, flow)


def _send_back(ledger: Ledger, trail: Trail, flow: dict[str, float]) -> None:
    """Send each share from where it starts to the steps, equally over the boxes that felt it."""
    felt_by: dict[str, list[str]] = {}
    for effect, cause in trail.edges:
        felt_by.setdefault(cause, []).append(effect)
    for box in trail.order:  # causes come before effects
        size, effects = flow.get(box, 0.0), felt_by.get(box, ())
        ledger.flow_in[box] += size
        for effect in effects:
            each = size / len(effects)
            ledger.ribbons[effect, box] += each
            flow[effect] += each


def enter_timed(ledger: Ledger, timed: Timed) -> None:
    """
    Move what time joins to a part from "not traced further" at its step to the part, and send it back along the way it went.

    No more is moved than was hidden at the step: the hours say how much is lost beside them, not in which attempts.
    """
    found: dict[str, float] = defaultdict(float)
    for each in timed.losses:
        found[each.route[0]] += each.size
    kept = {step: min(1.0, ledger.hidden.get(step, 0.0) / size) for step, size in found.items()}
    for each in timed.losses:
        size = each.size * kept[each.route[0]]
        if size > 0:
            _move(ledger, each.route, each.claim, size)


def _move(ledger: Ledger, route: tuple[str, ...], claim: str, size: float) -> None:
    step, part = route[0], route[-1]
    for sums in (ledger.untraced, ledger.hidden):
        sums[step] -= size
    ledger.share[part, claim] += size
    for sums in (ledger.timed, ledger.alone, ledger.last):
        sums[part] += size
    ledger.moved[step, part] += size
    ledger.mended += size
    for way in pairwise(route):
        ledger.flow_in[way[1]] += size
        ledger.ribbons[way] += size
        ledger.timed_ribbons[way] += size
