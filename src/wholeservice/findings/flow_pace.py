"""How fast work comes and goes: what grows old, what piles up, what is small and waits long, and what waits for its batch."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wholeservice.findings.flow import SECOND_US, WEEK_US, WORK, Z_95, Flow, Life, stage_no
from wholeservice.findings.waits import WAIT
from wholeservice.organisation.kinds import POLICY
from wholeservice.uncertainty import cluster_standard_error, quantile_ranks

REQUESTED, AGED, LOADED, GATED, BATCHED = "flow_requested", "flow_aged", "flow_loaded", "flow_gated", "flow_batched"
REQUEST = "request"
OLD = 0.85
WEEKS = 12
HOUR_US = 3600 * SECOND_US
LONGEST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Requested:
    """
    Requests to one service by others: how long each took of somebody's time, and how long it waited. Those that are done.

    *work_s*, *work_p85_s*  the time worked on it, in half and in 85 of 100 of them at most
    *wait_s*                what half of them waited at least; *low*, *high*: how far that could be off
    """

    entity: str
    stream: str
    team: str | None
    n: int
    n_askers: int  # teams whose items waited for them; 0: nobody says who asked
    work_s: float
    work_p85_s: float
    wait_s: float
    low: float | None
    high: float | None
    longest_at: str | None = None  # where the one that waited longest was read


@dataclass(frozen=True, slots=True)
class Aged:
    """
    Open items of one stream that are older than 85 of 100 were when they were done.

    *usual*   the share of open items that would be so old by the pace of those that were done
    """

    stream: str
    n_done: int
    n_open: int
    n_old: int
    limit_s: float
    usual: float
    oldest_s: float
    stages: tuple[tuple[str, int], ...]  # where the old ones are now, and how many
    oldest_at: str | None = None  # where the oldest was read


@dataclass(frozen=True, slots=True)
class Loaded:
    """Items that came to one stream or team and left it in the newest whole weeks, oldest week first."""

    entity: str
    came: tuple[int, ...]
    left: tuple[int, ...]
    n_open: int  # at the end
    from_us: int
    to_us: int


@dataclass(frozen=True, slots=True)
class Gated:
    """Items of one stream at a stage that meets a policy: how many it let pass, and how long they waited there."""

    stream: str
    stage: str
    policy: str
    n: int
    n_passed: int
    wait_s: float  # in half of them at least
    low: float | None
    high: float | None
    seconds: float  # all together
    longest_at: str | None = None  # where the one that waited longest was read


@dataclass(frozen=True, slots=True)
class Batched:
    """
    What reached production of one service: in how many deployments, and how long what was ready waited for its own.

    *small_s*, *large_s*  the mean of that wait in the half of the items that came in smaller batches, and in the other
    *low*, *high*         how far the difference of the two could be off
    """

    entity: str
    n_items: int
    n_deployments: int
    batch: float  # items that came with an item, itself among them, on average
    seconds: float
    small_s: float
    large_s: float
    low: float | None
    high: float | None


def quantile(values: Sequence[int], share: float) -> int:
    """Return the smallest value that is not exceeded by so large a share."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def median_and_range(values: Sequence[int]) -> tuple[float, float | None, float | None]:
    """Return the median of lengths in seconds, and how far it could be off."""
    ordered, ranks = sorted(values), quantile_ranks(0.5, len(values))
    low, high = (ordered[max(0, rank - 1)] / SECOND_US if ranks else None for rank in ranks or (0, 0))
    return quantile(values, 0.5) / SECOND_US, low, high


def requested(flow: Flow) -> Iterator[Requested]:
    """Yield each service that others ask things of, most requests first."""
    askers: dict[str, set[str]] = defaultdict(set)
    for life in flow.lives.values():
        for tile in life.tiles:
            if tile.waits_on in flow.lives and life.team:
                askers[tile.waits_on or ""].add(life.team)
    groups: dict[tuple[str, str], list[Life]] = defaultdict(list)
    for stream, lives in flow.by_stream.items():
        for life in lives:
            is_asked = (life.kind == REQUEST) or bool(askers[life.item] - {life.team or ""})
            if life.entity and is_asked and not life.is_open:
                groups[life.entity, stream].append(life)
    for (entity, stream), lives in sorted(groups.items(), key=lambda each: (-len(each[1]), each[0])):
        work, wait = ([life.spent(kind) for life in lives] for kind in (WORK, WAIT))
        median, low, high = median_and_range(wait)
        teams = Counter(life.team for life in lives if life.team)
        yield Requested(
            entity, stream, teams.most_common(1)[0][0] if teams else None, len(lives),
            len({team for life in lives for team in askers[life.item] - {life.team or ""}}),
            quantile(work, 0.5) / SECOND_US, quantile(work, OLD) / SECOND_US, median, low, high,
            max(lives, key=lambda life: (life.spent(WAIT), life.item)).where_from,
        )  # fmt: skip


def aged(flow: Flow) -> Iterator[Aged]:
    """Yield each stream with open items: how many are older than most were when they were done."""
    for stream, lives in flow.by_stream.items():
        done = [life.to_us - life.from_us for life in lives if not life.is_open]
        still = [(life.to_us - life.from_us, life) for life in lives if life.is_open]
        if done and still:
            limit = quantile(done, OLD)
            old = [(age, life) for age, life in still if age > limit]
            usual = sum(max(0, each - limit) for each in done) / max(1, sum(done))
            stages = Counter(life.tiles[-1].stage or "" for _, life in old if life.tiles)
            yield Aged(
                stream, len(done), len(still), len(old), limit / SECOND_US, usual,
                max(age for age, _ in still) / SECOND_US, tuple(stages.most_common(LONGEST_SHOWN)),
                max(still, key=lambda each: (each[0], each[1].item))[1].where_from,
            )  # fmt: skip


def loaded(flow: Flow) -> Iterator[Loaded]:
    """Yield each stream and each team of five people or more with what came to it and left it week by week."""
    groups: dict[str, list[Life]] = dict(flow.by_stream)
    for life in flow.lives.values():
        if life.is_alive and (team := flow.shown(life.team)):
            groups.setdefault(team, []).append(life)
    n_weeks = min(WEEKS, (flow.to_us - flow.from_us) // WEEK_US)
    from_us = flow.to_us - n_weeks * WEEK_US
    for entity, lives in groups.items():
        came = Counter((each.created_us - from_us) // WEEK_US for each in lives)
        left = Counter((each.to_us - 1 - from_us) // WEEK_US for each in lives if not each.is_open)
        weeks = range(n_weeks)
        n_came, n_left = (tuple(of[week] for week in weeks) for of in (came, left))
        yield Loaded(entity, n_came, n_left, sum(each.is_open for each in lives), from_us, flow.to_us)


def gated(flow: Flow) -> Iterator[Gated]:
    """Yield each declared stage that meets a policy, with what it let pass."""
    entities = flow.organisation.entities
    for stream, lives in flow.by_stream.items():
        stages, entity = flow.stages(stream), entities.get(stream)
        for number, stage in enumerate((entity.fields.get("stages") if entity else None) or ()):
            met = (each for each in stage.get("meets") or () if each in entities)
            policy = next((each for each in met if entities[each].kind == POLICY), None)
            if policy:
                found = [(*passed, life) for life in lives if (passed := _passed(life, stages, number))]
                if found:
                    waits = [wait for wait, *_ in found]
                    n_passed = sum(is_passed for _, is_passed, _ in found)
                    total, longest = sum(waits) / SECOND_US, max(found, key=lambda each: (each[0], each[2].item))[2]
                    told = (len(found), n_passed, *median_and_range(waits), total, longest.where_from)
                    yield Gated(stream, stage["stage"], policy, *told)


def _passed(life: Life, stages: dict[str, int], number: int) -> tuple[int, bool] | None:
    """Return how long an item waited at a stage, and whether it went on the first time; None: it is still there."""
    places = [stage_no(stages, tile) for tile in life.tiles]
    if number not in places:
        return None
    after = next((p for p in places[places.index(number) :] if p is not None and p != number), None)
    if after is None and life.is_open:
        return None
    wait = sum(t.to_us - t.from_us for t, p in zip(life.tiles, places, strict=True) if p == number and t.kind == WAIT)
    return wait, after is None or after > number


def batched(flow: Flow) -> Iterator[Batched]:
    """Yield each service that deployments bring items to."""
    size = Counter(row["deployment"] for row in flow.deliveries)
    first: dict[tuple[str, str], tuple[int, str]] = {}
    for row in flow.deliveries:
        if row["entity"] and row["item"] in flow.lives:
            key = row["entity"], row["item"]
            first[key] = min(first.get(key, (row["at_us"], row["deployment"])), (row["at_us"], row["deployment"]))
    groups: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for (entity, item), (at_us, deployment) in first.items():
        groups[entity].append((size[deployment], _ready_before(flow.lives[item], at_us), deployment))
    for entity, found in sorted(groups.items()):
        yield _batched(entity, sorted(found))


def _ready_before(life: Life, at_us: int) -> int:
    """How long an item waited before it was deployed; work that ends with the deployment is the deployment itself."""
    wait = 0
    for tile in reversed([each for each in life.tiles if each.from_us < at_us]):
        is_deploying = tile.kind == WORK and not wait and tile.to_us >= at_us - HOUR_US
        if tile.kind != WAIT and not is_deploying:
            break
        wait += min(tile.to_us, at_us) - tile.from_us if tile.kind == WAIT else 0
    return wait


def _batched(entity: str, found: Sequence[tuple[int, int, str]]) -> Batched:
    """The smaller and the larger half by the size of the batch; what came with one deployment is alike."""
    middle = found[len(found) // 2][0]
    halves = [[each for each in found if (each[0] >= middle) is is_large] for is_large in (False, True)]
    means = [sum(wait for _, wait, _ in half) / len(half) / SECOND_US if half else 0.0 for half in halves]
    n_batches, total = len({each for *_, each in found}), sum(wait for _, wait, _ in found) / SECOND_US
    batch = sum(size for size, _, _ in found) / len(found)
    errors = [each for half in halves if (each := _error(half)) is not None]
    gap, width = means[1] - means[0], Z_95 * sum(each**2 for each in errors) ** 0.5
    low, high = (gap - width, gap + width) if len(errors) == len(halves) else (None, None)
    return Batched(entity, len(found), n_batches, batch, total, means[0], means[1], low, high)


def _error(half: Sequence[tuple[int, int, str]]) -> float | None:
    """How far the mean wait could be off; all that came with one deployment counts as one."""
    sums: dict[str, tuple[float, float]] = {}
    for _, wait, deployment in half:
        total, n = sums.get(deployment, (0.0, 0.0))
        sums[deployment] = total + wait / SECOND_US, n + 1.0
    aa, ab, bb = (sum(one[a] * one[b] for one in sums.values()) for a, b in ((0, 0), (0, 1), (1, 1)))
    total, n = (sum(one[at] for one in sums.values()) for at in (0, 1))
    return cluster_standard_error(total, n, len(sums), aa=aa, ab=ab, bb=bb)
