"""The value stream map of a page: its stages with their work, waits and returns, and each wait with who could change it.

A wait is named by what is waited for, else by its cause. Who answers for what is waited for could change it; a team is named
only as who can act, never as a cause.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wholeservice.draw.stages import Asked, Return, Stage, Times, ValueStream, Wait
from wholeservice.measures.flow_told import NOT_RECORDED, Flow, Spent, StageTold, Waited
from wholeservice.organisation import kinds
from wholeservice.organisation.graph import Entity, Organisation, edges_in, team_of
from wholeservice.organisation.remit import owner_of
from wholeservice.pages.base import Data
from wholeservice.pages.entries import address_of
from wholeservice.pages.flow_part import stage_title
from wholeservice.pages.holdings_part import Thing
from wholeservice.units import COUNT, SECONDS, SHARE, write

CAUSES = {
    **kinds.QUEUES, "batching": "the rest of its batch", "contention": "earlier work",
    "prioritisation": "later work that went first", "unavailability": "somebody to be at work", "team": "another team",
    "late review": "a late review", "dependency": "other work", "rework": "mending what came back",
}  # fmt: skip
"""What each cause of a wait is called after “waits for”."""
UNSAID, OTHERS = "nobody wrote down what for", "smaller waits"
MOST_IN_MAP, SMALL, NEARLY_ALL = 3, 0.01, 0.99
"""So many waits of one stage are drawn; what is too small a part to be told apart; and what is as good as all."""


@dataclass(frozen=True, slots=True)
class WaitRow:
    """One wait: before which stage, for what, how long, and who could change it."""

    stage: str
    what: str
    cause: str
    to: Thing | None  # the page of what is waited for
    mean: str
    share: str
    share_range: str | None
    n: str
    n_now: int
    owner: str | None
    team: Thing | None
    is_recorded: bool


def cause_words(cause: str) -> str:
    """Return the cause of a wait in plain words."""
    return UNSAID if cause == NOT_RECORDED else CAUSES.get(cause, cause)


def what_of(org: Organisation, on_entity: str | None, cause: str) -> str:
    """Return what is waited for: a thing of ours by its name, else the cause in words."""
    found = org.entities.get(on_entity or "")
    return found.title if found else cause_words(cause)


def value_stream_of(data: Data, flow: Flow) -> ValueStream:
    """Return the map of a flow; without declared stages, of those that were seen."""
    org = data.organisation
    stream = org.entities.get(flow.stream or "")
    declared = list(stream.fields.get("stages") or ()) if stream and flow.is_declared else []
    shares = [_right(each) for each in flow.stages]
    stages = tuple(
        _stage(data, flow, at, declared[at] if at < len(declared) else {}, _rolled(shares[: at + 1]))
        for at in range(len(flow.stages))
    )
    counts = {at: each.n for at, each in enumerate(flow.stages)}
    returns = tuple(
        Return(str(each.from_stage), str(each.to_stage), each.n / counts[each.from_stage] if counts[each.from_stage] else None,
               each.n) for each in flow.backs
    )  # fmt: skip
    asked = tuple(each for at, one in enumerate(declared) for each in _asked(org, str(at), one))
    title = finding_words(data, flow)
    return ValueStream(f"map-{flow.entity}", title, stages, _times(flow.process), _times(flow.lead), returns, asked)


def _stage(data: Data, flow: Flow, at: int, declared: dict[str, object], rolled: float | None) -> Stage:
    told, mine = flow.stages[at], [each for each in flow.waits if each.stage == at]
    team = data.organisation.entities.get(str(declared.get("team") or ""))
    return Stage(
        str(at), stage_title(told.name), told.kind, team.title if team else None, _times(told.process),
        _times(told.lead), tuple(_waits(data.organisation, mine, flow.lead.mean_s or 0.0)),
        told.n_waiting if flow.known else None,
        _right(told), rolled, "#waits" if mine else None,
    )  # fmt: skip


def _times(spent: Spent) -> Times:
    return Times(spent.mean_s, spent.median_s, spent.p85_s, spent.n) if spent.mean_s is not None else Times(n=spent.n or None)


def _right(stage: StageTold) -> float | None:
    return 1 - stage.n_wrong / stage.n if stage.n else None


def _rolled(shares: Sequence[float | None]) -> float | None:
    product = 1.0
    for each in shares:
        product *= 1.0 if each is None else each
    return product if any(each is not None for each in shares) else None


def _waits(org: Organisation, waits: Sequence[Waited], whole_s: float) -> Iterator[Wait]:
    """The longest waits of a stage, each named, and the rest as one; what nobody said comes last."""
    spent: dict[tuple[str, str], float] = {}
    for each in waits:
        if each.mean_s > 0:
            name = "" if each.cause == NOT_RECORDED and not each.on_entity else what_of(org, each.on_entity, each.cause)
            team = org.entities.get(team_of(org, each.on_entity) or "") if each.on_entity else None
            on = team.title if team and team.id != each.on_entity else ""
            spent[name, on] = spent.get((name, on), 0.0) + each.mean_s
    named = sorted((pair for pair in spent if pair[0]), key=lambda pair: (-spent[pair], pair))
    kept = [pair for pair in named if spent[pair] >= SMALL * whole_s][:MOST_IN_MAP]
    yield from (Wait(name, spent[name, on], on) for name, on in kept)
    if rest := sum(spent[pair] for pair in named if pair not in kept):
        yield Wait(OTHERS, rest)
    if unsaid := sum(seconds for (name, _), seconds in spent.items() if not name):
        yield Wait("", unsaid)


def _asked(org: Organisation, stage: str, declared: dict[str, object]) -> Iterator[Asked]:
    """What a stage meets: services and policies that it has to ask."""
    met = declared.get("meets")
    for each in met if isinstance(met, list | tuple) else (met,) if met else ():
        found = org.entities.get(str(each))
        if found:
            yield Asked(stage, found.kind.replace("-", " "), found.title)


def finding_words(data: Data, flow: Flow) -> str:
    """
    Say what the map shows in one sentence: how much work takes how long, and what most of the wait is for.

    Times are means of the items that were done, as in the map.
    """
    process, lead = flow.process.mean_s, flow.lead.mean_s
    if lead is None:
        return "Nothing was done in these days" if flow.n_open else "No work was seen"
    if process is None and lead == 0:
        return "Of each item one instant was recorded: how long it takes is not known"
    if process is None and flow.known is not None and flow.known > NEARLY_ALL:
        return f"It takes {write(lead, SECONDS)}, all of it waiting"
    if process is None:
        return f"It takes {write(lead, SECONDS)}; how much of that is work, nobody wrote down"
    words = f"{write(process, SECONDS)} of work takes {write(lead, SECONDS)}"
    known = [each for each in flow.causes if each.cause != NOT_RECORDED or each.on_entity]
    if not flow.causes:
        return f"It takes {write(lead, SECONDS)}, all of it work" if process > NEARLY_ALL * lead else words
    if not known or known[0].share < SMALL:
        return words + "; what it waits for, nobody wrote down"
    return f"{words}; {write(known[0].share, SHARE)} of the wait is for {_behind(data.organisation, known[0])}"


def _behind(org: Organisation, wait: Waited) -> str:
    found = org.entities.get(wait.on_entity or "")
    if found is None:
        return cause_words(wait.cause)
    if found.kind == kinds.TEAM:
        return f"a team, {found.title}"
    provider = org.entities.get(team_of(org, found.id) or "")
    return found.title.lower() + (f", which {provider.title} provides" if provider else "")


def shares_words(flow: Flow) -> str:
    """Say how much of its time an item is worked on, and where it is longest."""
    process, lead = flow.process.mean_s, flow.lead.mean_s
    longest = max((each for each in flow.stages if each.lead.mean_s), key=lambda each: each.lead.mean_s or 0.0, default=None)
    where = f"{stage_title(longest.name)} takes longest" if longest and len(flow.stages) > 1 else ""
    if process is None or not lead:
        return where or "The stages it goes through"
    return f"An item is worked on for {write(process / lead, SHARE)} of its time" + (f"; {where}" if where else "")


def wait_rows(data: Data, flow: Flow) -> tuple[WaitRow, ...]:
    """Return the waits of a flow, the longest first; what is too small for a row of its own is left to the map."""
    kept = [each for each in flow.waits if each.share >= SMALL or each.n_now]
    return tuple(_wait_row(data, flow, each) for each in kept)


def _wait_row(data: Data, flow: Flow, wait: Waited) -> WaitRow:
    org = data.organisation
    on, acting = org.entities.get(wait.on_entity or ""), _acting(data, flow, wait)
    owner = owner_of(org, on.id) if on else None
    stage = stage_title(flow.stages[wait.stage].name) if wait.stage is not None else "in no declared stage"
    spread = None if wait.low is None or wait.high is None else f"{write(wait.low, SHARE)} to {write(wait.high, SHARE)}"
    return WaitRow(
        stage, what_of(org, wait.on_entity, wait.cause), cause_words(wait.cause),
        Thing(on.kind, on.title, address_of(on), None) if on else None, write(wait.mean_s, SECONDS), write(wait.share, SHARE),
        spread, write(wait.n, COUNT), wait.n_now, owner or owner_of(org, flow.stream or ""),
        Thing(acting.kind, acting.title, address_of(acting), None) if acting else None, wait.cause != NOT_RECORDED,
    )  # fmt: skip


def _acting(data: Data, flow: Flow, wait: Waited) -> Entity | None:
    """Who can act: the team of what is waited for, else the team of the stage."""
    org = data.organisation
    if wait.on_entity:
        on = org.entities.get(wait.on_entity)
        return on if on and on.kind == kinds.TEAM else org.entities.get(team_of(org, wait.on_entity) or "")
    stream = org.entities.get(flow.stream or "")
    declared = list(stream.fields.get("stages") or ()) if stream and flow.is_declared and wait.stage is not None else []
    return org.entities.get(str(declared[wait.stage].get("team") or "")) if declared and wait.stage is not None else None


@dataclass(frozen=True, slots=True)
class Waiter:
    """A value stream whose items wait for this: how much of its waiting that is, and how many wait now."""

    to: Thing
    mean: str
    share: str
    share_range: str | None
    n: str
    n_now: int


def waiters_of(data: Data, ids: frozenset[str]) -> tuple[Waiter, ...]:
    """Return the streams whose items wait for one of some entities, those that wait longest first."""
    found: list[tuple[float, Waiter]] = []
    for flow in data.flows:
        of = data.organisation.entities.get(flow.entity)
        if of is None or of.kind != kinds.STREAM or flow.work_kind is not None or flow.entity in ids:
            continue
        for each in flow.causes:
            if each.on_entity in ids and each.mean_s > 0:
                spread = (
                    None if each.low is None or each.high is None else f"{write(each.low, SHARE)} to {write(each.high, SHARE)}"
                )
                found.append((each.mean_s, Waiter(Thing(of.kind, of.title, address_of(of), None), write(each.mean_s, SECONDS),
                              write(each.share, SHARE), spread, write(each.n, COUNT), each.n_now)))  # fmt: skip
    return tuple(each for _, each in sorted(found, key=lambda pair: (-pair[0], pair[1].to.title)))


def run_by(org: Organisation, stream: str) -> frozenset[str]:
    """Return a stream and what says that it runs in it."""
    return frozenset((stream, *(edge.from_id for edge in edges_in(org, stream, "runs-in"))))
