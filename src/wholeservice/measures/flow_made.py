"""Makes flows of what was read: for each stream, team and service the stages, waits, returns, days and items of its work.

The window is the newest 90 whole days, or the newest year where fewer than 30 items were done in these. What was done before it
began is left out. Means are over all items that were done, so that stages and waits add up to the whole.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import ceil

from wholeservice.derived.base import UNSEEN, WAITED, WORKED
from wholeservice.measures.flow_places import Placed, Plan, is_waiting, placed, plan_of_seen, until
from wholeservice.measures.flow_read import Life, Work
from wholeservice.measures.flow_told import (
    SINCE_ASKED,
    SINCE_WORK,
    CameAfter,
    DayTold,
    DoneItem,
    Flow,
    OpenItem,
    Spent,
    StageTold,
    WentBack,
)
from wholeservice.measures.flow_waits import waits_told
from wholeservice.periods import civil, instant
from wholeservice.uncertainty import quantile_ranks

SHORT, LONG, FEW = 90, 365, 30  # days, days, items
STREAM = "value-stream"
MOST_OPEN, MOST_DONE, MOST_ELSEWHERE = 300, 2000, 5
LEFT, WITHIN = (0.5, 0.7, 0.85, 0.95), (0.5, 0.85, 0.95)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days in the zone of the workspace, the last exclusive."""

    from_on: dt.date
    after_on: dt.date
    zone: str

    @property
    def from_at(self) -> dt.datetime:
        """The instant at which it begins."""
        return instant(self.from_on, self.zone)

    @property
    def to_at(self) -> dt.datetime:
        """The instant at which it ends."""
        return instant(self.after_on, self.zone)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read, the days that it covers, and each item as it stands in the stages of a stream: once for all."""

    work: Work
    first_on: dt.date
    after_on: dt.date  # the day after the newest whole one
    zone: str
    known: dict[tuple[str, str | None], Placed | None] = field(default_factory=dict)

    def placed(self, life: Life, plan: Plan) -> Placed | None:
        """Return an item as it was at the end of the newest whole day; None where it was not there yet."""
        key = life.item, plan.stream
        if key not in self.known:
            cut = until(life, instant(self.after_on, self.zone).timestamp())
            self.known[key] = placed(cut, plan) if cut else None
        return self.known[key]


def flows_of(seen: Seen, kinds: Mapping[str, str]) -> tuple[Flow, ...]:
    """
    Return the flow of each entity that items count for, and of each kind of work in a stream.

    Shape    kinds: entity -> its kind, of those that may have a flow
    """
    found: list[Flow] = []
    for entity in sorted(kinds):
        lives = [seen.work.lives[item] for item in seen.work.held.get(entity, ())]
        if not lives:
            continue
        is_stream = kinds[entity] == STREAM
        plan = _plan(seen.work, entity if is_stream else _most([life.stream for life in lives]))
        span = _span(lives, seen)
        whole = _flow(lives, entity, plan, span, seen)
        found.append(whole)
        several = [kind for kind, n in whole.kinds if n >= FEW] if is_stream and len(whole.kinds) > 1 else []
        for kind in several:
            told = _flow([each for each in lives if each.kind == kind], entity, plan, span, seen)
            found.append(replace(told, work_kind=kind))
    return tuple(found)


def _most(names: Iterable[str | None]) -> str | None:
    counted = Counter(name for name in names if name)
    return min(counted, key=lambda name: (-counted[name], name), default=None)


def _plan(work: Work, stream: str | None) -> Plan:
    declared = work.stages.get(stream or "", ())
    if not declared:
        return plan_of_seen(stream, [life for life in work.lives.values() if life.stream == stream])
    names, kinds = tuple(each.name for each in declared), tuple(each.kind for each in declared)
    return Plan(stream, names, kinds, work.named[stream or ""], is_declared=True)


def _span(lives: Iterable[Life], seen: Seen) -> Span:
    short, long = (
        Span(max(seen.first_on, seen.after_on - dt.timedelta(days=days)), seen.after_on, seen.zone) for days in (SHORT, LONG)
    )
    n = sum(life.done_at is not None and short.from_at <= life.done_at < short.to_at for life in lives)
    return short if n >= FEW else long


def _flow(lives: Sequence[Life], entity: str, plan: Plan, span: Span, seen: Seen) -> Flow:
    stand = [seen.placed(life, plan) for life in lives if not life.is_backwards]
    there = [each for each in stand if each and each.life.to_s >= span.from_at.timestamp()]
    done, still = [each for each in there if not each.life.is_open], [each for each in there if each.life.is_open]
    since = SINCE_WORK if any(each.life.started_at for each in there) else SINCE_ASKED
    took = [(each, seconds) for each in done if (seconds := _age(each, since, each.life.to_s)) is not None]
    spent = sum(sum(each.spent.values()) for each in done)
    known = sum(each.of_kind(kind) for each in done for kind in (WORKED, WAITED))
    n_kinds = Counter(each.life.kind for each in done if each.life.kind)
    return Flow(
        entity=entity, work_kind=None, stream=plan.stream, from_on=span.from_on, after_on=span.after_on, since=since,
        n_done=len(done), n_open=len(still), n_bare=sum(not each.life.n_stays for each in there),
        n_out=sum(life.is_backwards for life in lives), known=known / spent if spent else None,
        process=_worked([each.of_kind(WORKED) for each in done], len(done)),
        lead=times([each.life.to_s - each.life.from_s for each in done], len(done)),
        cycle=times([seconds for _, seconds in took], len(took)),
        within=tuple((share, _rank([seconds for _, seconds in took], share)) for share in WITHIN) if took else (),
        stages=tuple(_stage(at, plan, done, still, since) for at in range(len(plan.names))), is_declared=plan.is_declared,
        waits=waits_told(done, still, by_stage=True),
        causes=waits_told(done, still, by_stage=False), backs=tuple(_backs(done)), follows=tuple(_follows(done)),
        days=tuple(_days(there, span)), open=tuple(_open(still, since)), done=tuple(_done(took, span.zone)),
        n_silent=sum(each is not None and each.life.is_open for each in stand) - len(still),
        elsewhere=_elsewhere(done, spent), kinds=tuple(sorted(n_kinds.items(), key=lambda pair: (-pair[1], pair[0]))),
    )  # fmt: skip


def times(values: Sequence[float], n_all: int) -> Spent:
    """
    Return the times of some items: the mean over *n_all*, of whom those without a value spent nothing; half, 85 % of the rest.

    >>> times([1.0, 2.0, 3.0], 6)
    Spent(mean_s=1.0, median_s=2.0, p85_s=3.0, n=3, low_s=None, high_s=None)
    """
    if not values or not n_all:
        return Spent(n=len(values))
    ranks, ordered = quantile_ranks(0.5, len(values)), sorted(values)
    low, high = (ordered[max(1, rank) - 1] for rank in ranks) if ranks else (None, None)
    return Spent(sum(values) / n_all, _rank(values, 0.5), _rank(values, 0.85), len(values), low, high)


def _worked(values: Sequence[float], n_all: int) -> Spent:
    """Work that nobody ever saw is not known, rather than none."""
    return times(values, n_all) if any(values) else Spent(n=0)


def _rank(values: Sequence[float], share: float) -> float:
    """The shortest time within which that share of them lies."""
    return sorted(values)[max(0, ceil(share * len(values) - 1e-9) - 1)]


def _age(each: Placed, since: str, now_s: float) -> float | None:
    if since == SINCE_ASKED:
        return now_s - each.life.from_s
    begun = each.life.started_at
    return now_s - begun.timestamp() if begun and begun.timestamp() <= now_s else None


def _stage(at: int, plan: Plan, done: Sequence[Placed], still: Sequence[Placed], since: str) -> StageTold:
    came = [each for each in done if any(stage == at for stage, _ in each.spent)]
    visits = [visit for each in done for visit in each.visits if visit.stage == at]
    inside = [each for each in still if each.stages and each.stages[-1] == at]
    left = [age for each in came if (age := _age(each, since, _left_s(each, at))) is not None]
    is_seen = any(each.of_kind(WORKED) for each in done)
    worked = [each.spent.get((at, WORKED), 0.0) for each in came]
    return StageTold(
        name=plan.names[at], kind=plan.kinds[at], n=len(came), process=times(worked, len(done)) if is_seen else Spent(n=0),
        lead=times([each.in_stage(at) for each in came], len(done)),
        n_wrong=sum(any(pair[0] == at for pair in _returns(each)) for each in came), n_inside=len(inside),
        n_waiting=sum(is_waiting(each.life) for each in inside),
        left_at_s=tuple(_rank(left, share) for share in LEFT) if left else None, n_visits=len(visits),
        visit_s=_rank([visit.busy_to_s - visit.busy_from_s for visit in visits], 0.5) if visits else None,
        is_wait=is_seen and not any(worked),
    )  # fmt: skip


def _left_s(each: Placed, at: int) -> float:
    return max(visit.to_s for visit in each.visits if visit.stage == at)


def _returns(each: Placed) -> set[tuple[int, int]]:
    """From which stage it went back to which; what is done again in one stage goes back to itself."""
    found = {(one.stage, other.stage) for one, other in pairwise(each.visits) if other.stage < one.stage}
    return found | {(one.stage, one.stage) for one, other in pairwise(each.visits)
                    if other.stage == one.stage and other.is_again}  # fmt: skip


def _backs(done: Sequence[Placed]) -> Iterator[WentBack]:
    counted = Counter(pair for each in done for pair in _returns(each))
    for (from_stage, to_stage), n in sorted(counted.items()):
        yield WentBack(from_stage, to_stage, n)


def _follows(done: Sequence[Placed]) -> Iterator[CameAfter]:
    """From the end of the work in one stage to the begin of the work in the next."""
    between: dict[tuple[int, int], list[float]] = {}
    for each in done:
        for one, other in pairwise(each.visits):
            between.setdefault((one.stage, other.stage), []).append(max(0.0, other.busy_from_s - one.busy_to_s))
    for (from_stage, to_stage), seconds in sorted(between.items()):
        yield CameAfter(from_stage, to_stage, len(seconds), _rank(seconds, 0.5))


def _days(there: Sequence[Placed], span: Span) -> Iterator[DayTold]:
    """What had reached each stage, and the end, by the end of each day."""
    n = len(there[0].reached) if there else 0
    instants = [sorted(moment for each in there if (moment := each.reached[at]) is not None) for at in range(n)]
    for day in range((span.after_on - span.from_on).days if n > 1 else 0):
        on = span.from_on + dt.timedelta(days=day)
        end_s = instant(on + dt.timedelta(days=1), span.zone).timestamp()
        yield DayTold(on, tuple(bisect_right(moments, end_s) for moments in instants))


def _open(still: Sequence[Placed], since: str) -> list[OpenItem]:
    """The oldest first; those on which no work has begun last."""
    found = []
    for each in still:
        life, age = each.life, _age(each, since, each.life.to_s)
        last = life.pieces[-1] if life.pieces else None
        stage = each.stages[-1] if each.stages else None
        found.append(OpenItem(life.item, life.kind, stage, age, last.kind if last else UNSEEN,
                              life.to_s - (last.from_s if last else life.from_s)))  # fmt: skip
    return sorted(found, key=lambda each: (each.age_s is None, -(each.age_s or each.now_s), each.item))[:MOST_OPEN]


def _done(took: Sequence[tuple[Placed, float]], zone: str) -> list[DoneItem]:
    """The newest first."""
    ended = sorted(took, key=lambda pair: (-pair[0].life.to_s, pair[0].life.item))[:MOST_DONE]
    return [
        DoneItem(each.life.item, each.life.kind, civil(dt.datetime.fromtimestamp(each.life.to_s, dt.UTC), zone), seconds)
        for each, seconds in ended
    ]


def _elsewhere(done: Sequence[Placed], whole: float) -> tuple[tuple[str, float], ...]:
    spent: dict[str, float] = {}
    for each in done:
        for piece, stage in zip(each.life.pieces, each.stages, strict=True):
            if stage is None and piece.stage:
                spent[piece.stage] = spent.get(piece.stage, 0.0) + piece.to_s - piece.from_s
    longest = sorted(spent.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_ELSEWHERE]
    return tuple((name, seconds / whole) for name, seconds in longest if whole)
