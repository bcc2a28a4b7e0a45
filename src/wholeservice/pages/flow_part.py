"""How work flows, as pages show it: which flow is told, of which days, and its pictures; what it is held against."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wholeservice.draw.ageing import Ageing, AgeItem, AgeStage
from wholeservice.draw.cumulative_flow import CumulativeFlow, FlowDay, FlowStage
from wholeservice.draw.cycle_scatter import CycleScatter, Finished
from wholeservice.draw.day_axis import written
from wholeservice.draw.follows_map import Activity, Follows, FollowsMap
from wholeservice.measures.flow_told import SINCE_WORK, Flow
from wholeservice.organisation import graph
from wholeservice.organisation.graph import Target
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import listed, plural
from wholeservice.units import SECONDS, SHARE, write

CYCLE_TIME = "cycle-time", "cycle time"
FEW, MANY_TIMES = 30, 20  # items; so many times as long as the half: drawn so that ten times is always as far
FEW_WAYS, MANY_WAYS = 24, 0.95  # ways from one stage to the next that are all drawn; of more, so much of all times


@dataclass(frozen=True, slots=True)
class Expected:
    """What people may expect of one item: so many of all are done within so long."""

    share: float
    seconds: float
    words: str


def stage_title(name: str) -> str:
    """Write the name of a stage as a heading.

    >>> stage_title("make-ready")
    'Make ready'
    """
    words = name.replace("-", " ")
    return words[:1].upper() + words[1:]


def flow_of(data: Data, entity: str, kind: str | None = None) -> Flow | None:
    """Return the flow of an entity, of one kind of work or of all."""
    return next((each for each in data.flows if each.entity == entity and each.work_kind == kind), None)


def window_words(flow: Flow) -> str:
    """Say which days are told of."""
    last = flow.after_on - dt.timedelta(days=1)
    return f"{written(flow.from_on)} to {written(last)}"


def coverage_words(flow: Flow) -> str:
    """Say how much of it was seen."""
    parts = [f"{plural(flow.n_done, 'item')} done from {window_words(flow)}; {flow.n_open:,} open at the end"]
    if flow.known is not None:
        parts.append(f"of {write(flow.known, SHARE)} of their time it is known whether it was work or waiting")
    if flow.n_bare:
        parts.append(f"of {plural(flow.n_bare, 'item')} nothing but begin and end was recorded")
    if flow.n_out:
        parts.append(f"{plural(flow.n_out, 'item')} left out that say they were done before they were created")
    if flow.n_silent:
        parts.append(f"{plural(flow.n_silent, 'open item')} left out: their source tells of nothing in these days")
    if flow.elsewhere:
        named = listed([f"“{name}” {write(share, SHARE)}" for name, share in flow.elsewhere])
        parts.append(f"time in stages that are not declared: {named}")
    return "; ".join(parts) + "."


def expected_of(data: Data, stream: str | None) -> Expected | None:
    """Return what the aims of a stream say of its cycle time; None where none does."""
    found = (target for need in graph.needs_of(data.organisation, stream or "") for target in need.targets)
    target = next((each for each in found if _is_of_time(each)), None)
    if target is None:
        return None
    return Expected(target.quantile or 0.5, target.level.number, target.text)


def _is_of_time(target: Target) -> bool:
    return target.measure.lower() in CYCLE_TIME and target.op.startswith("<") and target.step is None


def since_words(flow: Flow) -> str:
    """Say from when times are counted."""
    return "from the first work on an item" if flow.since == SINCE_WORK else "from when an item was asked for"


def cumulative_of(flow: Flow) -> CumulativeFlow | None:
    """Return what came in and went out day by day; None without stages or days."""
    if not flow.stages or not flow.days:
        return None
    stages = tuple(FlowStage(stage_title(each.name), each.is_wait) for each in flow.stages)
    title = _cumulative_title(flow)
    return CumulativeFlow(
        f"cumulative-{flow.entity}", title, stages, tuple(FlowDay(each.on, each.reached) for each in flow.days)
    )


def _cumulative_title(flow: Flow) -> str:
    first, last = flow.days[0].reached, flow.days[-1].reached
    came, went = last[0] - first[0], last[-1] - first[-1]
    if came > went * 1.05:
        return f"More comes in than goes out: {came:,} came, {went:,} were done"
    if went > came * 1.05:
        return f"More goes out than comes in: {went:,} were done, {came:,} came"
    return f"As much comes in as goes out: {came:,} came, {went:,} were done"


def ageing_of(flow: Flow, expected: Expected | None) -> Ageing | None:
    """Return what is open in the stages, beside how old past items were there; None without stages."""
    if not flow.stages:
        return None
    ages = [each.left_at_s for each in flow.stages]
    stages = tuple(
        AgeStage(stage_title(each.name), (left[0], left[1], left[2], left[3]) if left and each.n >= FEW // 3 else None, each.n)
        for each, left in zip(flow.stages, ages, strict=True)
    )
    items = tuple(
        AgeItem(each.item, each.stage, each.age_s, each.kind or "", address("items", each.item))
        for each in flow.open if each.stage is not None and each.age_s is not None
    )  # fmt: skip
    return Ageing(f"ageing-{flow.entity}", _ageing_title(flow, len(items), expected), stages, items,
                  expected.seconds if expected else None, expected.share if expected else None)  # fmt: skip


def _ageing_title(flow: Flow, n: int, expected: Expected | None) -> str:
    """Say how many are older than is expected; where nothing is, than 85 of 100 past items were when they were done."""
    if not n:
        return "Nothing is under way" if not flow.n_open else "What is open is in no stage yet, or no work on it has begun"
    past = flow.cycle.p85_s if flow.cycle.n >= FEW else None
    limit = expected.seconds if expected else past
    whole = f"{plural(n, 'item')} under way"
    if len(flow.open) < flow.n_open:
        whole = f"the oldest {n:,} of {flow.n_open:,} open items"
    if limit is None:
        return whole[0].upper() + whole[1:]
    old = sum(each.age_s is not None and each.stage is not None and each.age_s > limit for each in flow.open)
    than = write(limit, SECONDS) if expected else f"{write(limit, SECONDS)}, within which 85% used to be done"
    return f"{old:,} of {whole} {'is' if old == 1 else 'are'} older than {than}"


def ageing_note(flow: Flow) -> str | None:
    """Say what is open and not in the picture."""
    unbegun = sum(each.age_s is None for each in flow.open)
    nowhere = sum(each.age_s is not None and each.stage is None for each in flow.open)
    parts = [f"{plural(unbegun, 'item')} on which no work has begun"] if unbegun else []
    parts += [f"{plural(nowhere, 'item')} in no stage that is declared"] if nowhere else []
    parts += [f"{flow.n_open - len(flow.open):,} younger ones"] if flow.n_open > len(flow.open) else []
    return f"Not in the picture: {listed(parts)}." if parts else None


def scatter_of(flow: Flow, expected: Expected | None) -> CycleScatter | None:
    """Return every finished item by its day and how long it took; None where none is known."""
    if not flow.done:
        return None
    items = tuple(
        Finished(each.item, each.on, each.seconds, each.kind or "", address("items", each.item)) for each in flow.done
    )
    longest, half = max(each.seconds for each in flow.done), flow.cycle.median_s or 0.0
    return CycleScatter(
        f"scatter-{flow.entity}", _scatter_title(flow, expected), flow.from_on, flow.after_on - dt.timedelta(days=1), items,
        flow.within if len(flow.done) >= FEW else (), (expected.share, expected.seconds) if expected else None,
        is_log=longest > MANY_TIMES * half > 0,
    )  # fmt: skip


def _scatter_title(flow: Flow, expected: Expected | None) -> str:
    if expected:
        kept = sum(each.seconds <= expected.seconds for each in flow.done) / len(flow.done)
        aimed = write(expected.share, SHARE)
        return f"{write(kept, SHARE)} were done within {write(expected.seconds, SECONDS)}; {aimed} is aimed at"
    if flow.cycle.n < FEW or flow.cycle.p85_s is None:
        return f"Half of {plural(flow.cycle.n, 'item')} were done within {write(flow.cycle.median_s, SECONDS)}"
    return f"Half were done within {write(flow.cycle.median_s, SECONDS)}, 85% within {write(flow.cycle.p85_s, SECONDS)}"


def follows_of(flow: Flow) -> FollowsMap | None:
    """Return which stage came straight after which; None where nothing came after anything."""
    if not flow.follows:
        return None
    activities = tuple(
        Activity(str(at), stage_title(each.name), each.n_visits, each.visit_s)
        for at, each in enumerate(flow.stages)
        if each.n_visits
    )
    ways = tuple(Follows(str(each.from_stage), str(each.to_stage), each.n, each.median_s) for each in flow.follows)
    coverage = 1.0 if len(ways) <= FEW_WAYS else MANY_WAYS
    return FollowsMap(f"follows-{flow.entity}", _follows_title(flow), activities, ways, coverage)


def _follows_title(flow: Flow) -> str:
    back = sum(each.n for each in flow.follows if each.to_stage < each.from_stage)
    whole = sum(each.n for each in flow.follows)
    if not back:
        return "Work goes one way: nothing went back to an earlier stage"
    return f"{back:,} of {whole:,} steps from one stage to the next went back"
