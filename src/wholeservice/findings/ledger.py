"""Add up where lost attempts start: one ledger a target, one entry a pattern of attempts that look alike.

Every lost attempt is split over its origins (`shapley`), and each share is sent back along the calls it really made, so
that at every box: in = starts here + not traced further + what goes out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import pairwise

from wholeservice.findings.closure import members
from wholeservice.findings.ends import CHUNK, Ends, Read, failures_that_start, read_lost
from wholeservice.findings.joined_in_time import Timed
from wholeservice.findings.numbered import Numbered, numbered
from wholeservice.findings.propagation import AT_OR_BELOW, LostAt, Plan, SeenCall, Wiring
from wholeservice.findings.sent_back import in_the_dark, send_back
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
    for n, found in zip(counts.values(), failures_that_start(list(counts), plan), strict=True):
        for box in found:
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
    explain = cache(partial(_explain, healing=cache(healing)))
    lost = [(seen, lost_at, kind) for (seen, lost_at), kind in kinds.items() if lost_at]
    for seen, places in _chunks(numbered([seen for seen, _, _ in lost])):
        some = [lost[place] for place in places]
        read, counted = read_lost(seen, [lost_at for _, lost_at, _ in some], plan), [counts[kind] for _, _, kind in some]
        told = {id(ends): explain(ends) for ends in {id(ends): ends for ends in read.ends}.values()}
        results = [told[id(ends)] for ends in read.ends]  # most share one
        for (_, _, kind), result in zip(some, results, strict=True):
            contributions[kind], alike[kind] = result.contribution, result.of_one
        for result, n in _summed(results, counted).items():
            _enter(ledger, n, result)
        _send_back(ledger, read, results, counted)
    ledger.contributions = [contributions[kind] for kind in kind_of]
    ledger.per_attempt = [alike[kind] for kind in kind_of]
    return ledger


def _chunks(lost: Numbered) -> Iterator[tuple[Numbered, list[int]]]:
    """Yield lost attempts to be read together, and their places: fewer where they may have come many ways, for memory."""
    loose = lost.with_loose_failures()
    for mine, size in ((loose.nonzero()[0], CHUNK // 2), ((~loose).nonzero()[0], CHUNK)):
        for first in range(0, len(mine), size):
            yield lost.some(mine[first : first + size]), mine[first : first + size].tolist()


_NOTHING: dict[str, float] = {}


@dataclass(frozen=True, slots=True, eq=False)
class _Result:
    """The split of a kind of attempt, what one contributes with nothing tolerated, and what one loses at each box."""

    ends: Ends
    split: Split
    contribution: dict[str, float]
    of_one: dict[str, float]
    sizes: list[tuple[str, float, bool]]
    """Where one attempt ends: the box, what is lost there, and whether something behind it was seen by nobody."""


def _explain(ends: Ends, healing: Callable[[str], float]) -> _Result:
    chances = tuple(healing(box) for box, _ in ends.origins)
    whole = split(ends.still_lost, (1.0,) * len(chances))
    result = whole if all(chance == 1.0 for chance in chances) else split(ends.still_lost, chances)
    contribution = {box: share for (box, _), share in zip(ends.origins, whole.share, strict=True) if share}
    if ends.hidden:
        contribution |= dict.fromkeys(ends.hidden, (1.0 - whole.together) / len(ends.untraced))
    of_one = {box: share for (box, _), share in zip(ends.origins, result.share, strict=True)}
    if ends.untraced:
        of_one |= dict.fromkeys(ends.untraced, (1.0 - result.together) / len(ends.untraced))
    sizes = [(box, share, claim == AT_OR_BELOW) for (box, claim), share in zip(ends.origins, result.share, strict=True)]
    sizes += [(step, of_one[step], step in ends.hidden) for step in ends.untraced]
    return _Result(ends, result, contribution, of_one, sizes)


def _summed(results: Sequence[_Result], counts: Sequence[float]) -> dict[_Result, float]:
    sums: dict[_Result, float] = defaultdict(float)
    for result, n in zip(results, counts, strict=True):
        sums[result] += n
    return sums


def _enter(ledger: Ledger, n: float, result: _Result) -> None:
    ledger.lost += n
    ledger.mended += n * result.split.together
    for i, (box, claim) in enumerate(result.ends.origins):
        ledger.share[box, claim] += n * result.split.share[i]
        ledger.alone[box] += n * result.split.alone[i]
        ledger.last[box] += n * result.split.last[i]
    for step in result.ends.untraced:
        stays = n * (1.0 - result.split.together) / len(result.ends.untraced)
        ledger.untraced[step] += stays
        ledger.hidden[step] += stays if step in result.ends.hidden else 0.0


def _send_back(ledger: Ledger, read: Read, results: Sequence[_Result], counts: Sequence[float]) -> None:
    """Send each share from where it starts to the steps, and add up what may lie at boxes that nobody saw."""
    names, bit = read.reading.plan.names, read.reading.plan.bit
    only = [n * result.sizes[0][1] for result, n in zip(results, counts, strict=True)]
    several: dict[int, dict[int, float]] = defaultdict(dict)
    dark: list[dict[int, dict[int, float]]] = []
    for at in members(read.several):
        sizes = [(bit[box], counts[at] * size, is_dark) for box, size, is_dark in results[at].sizes]
        for box, size, _ in sizes:
            several[box][at] = size
        for place, (box, size, _) in enumerate(each for each in sizes if each[2]):
            dark += [defaultdict(dict)] if place == len(dark) else []
            dark[place][box][at] = size
        only[at] = 0.0
    over, into = send_back(read, only, several)
    for (effect, cause), size in over.items():
        ledger.ribbons[names[effect], names[cause]] += size
    for box, size in into.items():
        ledger.flow_in[names[box]] += size
    for box, size in in_the_dark(read, only, dark).items():
        ledger.dark[names[box]] += size


def losses_of_one(ledger: Ledger, patterns: Sequence[Pattern]) -> Iterator[tuple[Mapping[str, float], float]]:
    """Yield what one attempt lost where, and how many were recorded that lost the same."""
    counts: dict[tuple[int, float], float] = defaultdict(float)
    shared: dict[tuple[int, float], Mapping[str, float]] = {}
    for pattern, contribution in zip(patterns, ledger.contributions, strict=True):
        key = id(contribution), pattern.weight  # the ledger holds on to it, so no other has its id
        shared[key] = contribution
        counts[key] += pattern.n / pattern.weight
    for key, count in counts.items():
        yield {box: loss * key[1] for box, loss in shared[key].items()}, count


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
