"""Judge blind what is said of why a loss stays open: the cause is planted in how an organisation works, records are degraded.

What is judged is the piece of the open time that is largest, as `findings.opened` tells it of facts alone:

    right           it is the largest in truth, and no time that nobody recorded could make another larger
    right group     that time could: "A, B or C", and the largest in truth is among them
    not recorded    the largest piece is time that nobody recorded, or in which nobody is known to be at it
    unnamed         more than three could be the largest
    wrong           wrong and confident: something else is named
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.derived.mending import observe_mending
from wholeservice.engines.duckdb_engine import DuckdbEngine
from wholeservice.findings.confidence import MAX_NAMED_TOGETHER
from wholeservice.findings.junction import OpenTime
from wholeservice.findings.losses import Box, LossMap
from wholeservice.findings.open_time import NOBODY, NOT_RECORDED, WAITING, WORKED_ON
from wholeservice.findings.opened import Work, open_times, work_of
from wholeservice.mapping.columns import arrow_schema
from wholeservice.measures.compute import prepare
from wholeservice.organisation.graph import Organisation
from wholeservice.periods import Period
from wholeservice.simulation.lasting import ACTIVE, STAGES, Kept, Lasting, Stay, Ticket, organisation_of, random_lasting
from wholeservice.simulation.verdicts import GROUP, RIGHT, UNNAMED, WRONG, Cell
from wholeservice.simulation.world import STARTS_ON
from wholeservice.tables import Fact, Item, Link
from wholeservice.tables import Work as WorkFact
from wholeservice.units import SHARE

if TYPE_CHECKING:
    import pyarrow as pa

START = dt.datetime.combine(STARTS_ON, dt.time(), dt.UTC)
NO_RECORD = "not recorded"
TYPO = "x"  # a wrong name is the right one with a letter too many
LOST_A_DAY = 0.05
AS_LONG = 0.9  # what lasted nearly as long as the longest is as right
WAITS_FOR = {"budget": "unfunded", "review": "late approval", "release": "being released"}


@dataclass(frozen=True, slots=True)
class Told:
    """One way to record work: shares of what is missing or wrong, by lot.

    links: between a fault and what is to mend it; waits: what a stay waits for; stays: whole stays; teams: under a wrong name;
    ends: of stays; late_days: so many of the last days have not arrived
    """

    name: str
    links: float = 0.0
    waits: float = 0.0
    stays: float = 0.0
    teams: float = 0.0
    ends: float = 0.0
    late_days: float = 0.0


TOLD: tuple[Told, ...] = (
    Told("everything recorded"),
    Told("half of the links from fault to item missing", links=0.5),
    Told("30 % of what was waited for not told", waits=0.3),
    Told("nothing tells what was waited for", waits=1.0),
    Told("30 % of stays missing", stays=0.3),
    Told("30 % of teams under a wrong name", teams=0.3),
    Told("30 % of stays without an end", ends=0.3),
    Told("the last 5 days late", late_days=5.0),
    Told("10 % of each but the ends", links=0.1, waits=0.1, stays=0.1, teams=0.1, late_days=2.0),
)
LEADS: tuple[tuple[str, float], ...] = (
    ("not the largest", 0.0),
    ("up to 1.5 times", 1.0),
    ("1.5 to 3 times", 1.5),
    ("3 times and more", 3.0),
)
"""How long what is planted keeps a loss open, as a multiple of the next longest."""
NAIVE = LONGEST, NOW, BY_LOT = "longest stay", "where it stands now", "random"


@dataclass(frozen=True, slots=True)
class LastingCase:
    """One organisation as recorded in one way, and what each way of looking said of it."""

    seed: int
    evidence: str
    cause: str
    lead: float
    verdict: str
    naive: Mapping[str, str]
    said: tuple[Kept, ...]
    truth: frozenset[Kept]


def judge_lasting(seeds: Sequence[int], levels: Sequence[Told] = TOLD) -> list[LastingCase]:
    """Judge organisations by what each way of recording tells of them; all in one engine, each a world of its own."""
    told = [(seed, level, random_lasting(seed, f"o{seed}-{at}")) for at, level in enumerate(levels) for seed in seeds]
    organisation = organisation_of([each for _, _, each in told])
    rows: dict[str, list[Fact]] = defaultdict(list)
    kept: dict[str, list[Stay]] = {}
    for seed, level, lasting in told:
        draw = random.Random(f"told {seed}")  # noqa: S311 - a simulation, not security
        kept[lasting.name] = _recorded(lasting, level, draw, rows)
    work = _work(rows, organisation, [each.part for _, _, each in told])
    return [_judged(seed, level, each, kept[each.name], open_time(each, organisation, work)) for seed, level, each in told]


def _work(rows: Mapping[str, list[Fact]], organisation: Organisation, parts: Sequence[str]) -> Work:
    engine = DuckdbEngine()
    for table in (tables.ITEMS, tables.WORK, tables.LINKS):
        engine.add(table.name, _arrow(table, rows[table.name]))
    prepare(engine, organisation)
    return work_of(observe_mending(engine, organisation, parts))


def open_time(lasting: Lasting, organisation: Organisation, work: Work) -> OpenTime:
    """Return what the product says of the loss: it was the same each day, from the first one until now."""
    period = Period(START, START + dt.timedelta(days=int(lasting.now_day) + 1))
    box = Box(lasting.part, "part", lasting.part, 1, LOST_A_DAY, LOST_A_DAY, 0.0, "starts here")
    drawn = LossMap("service", "need", "target", SHARE, 1, 0.95, 0.9, 0.05, None, 1000.0, period, boxes=(box,))
    return open_times(drawn, organisation, work, None, zone="UTC", measure="completion")[0]


def _recorded(lasting: Lasting, level: Told, draw: random.Random, rows: dict[str, list[Fact]]) -> list[Stay]:
    """Add what is recorded of one organisation to *rows*; return the recorded stays of the item that is to end the loss."""
    has_link = draw.random() >= level.links
    until = lasting.now_day - level.late_days
    for each in lasting.tickets:
        if each.created_day > until:
            continue
        is_linked = has_link or each.id != lasting.fix
        rows["items"].append(_item(each, lasting.name, has_link=is_linked))
        rows["links"] += _links(each, lasting.name) if is_linked else []
    item, team = lasting.other_work
    newest = Stay(item, "test", "queued", until, None, team)  # a board tells of something every day
    rows["work"].append(_stay(newest, lasting.name, len(rows["work"])))
    mine = []
    for stay in lasting.stays:
        lots = [draw.random() for _ in range(4)]
        if lots[0] < level.stays or stay.from_day > until:
            continue
        wrong = TYPO if lots[1] < level.teams else ""
        waits_on = None if lots[2] < level.waits or stay.waits_on is None else stay.waits_on
        waits_on = f"{waits_on}{TYPO}" if wrong and waits_on == f"{lasting.name}-other" else waits_on
        to_day = None if lots[3] < level.ends or (stay.to_day or until + 1) > until else stay.to_day
        told = Stay(stay.item, stay.stage, stay.state, stay.from_day, to_day, stay.team + wrong, waits_on)
        rows["work"].append(_stay(told, lasting.name, len(rows["work"])))
        mine += [told] if stay.item == lasting.fix else []
    return mine


def _item(ticket: Ticket, name: str, *, has_link: bool) -> Item:
    return Item(
        **_keys(name, ticket.id, 0), item=ticket.id, kind=ticket.kind, service=ticket.about if has_link else None,
        team=ticket.team,
        stream=f"{name}-stream", created_at=_at(ticket.created_day), known_at_source=_at(ticket.created_day),
        done_at=None if ticket.done_day is None else _at(ticket.done_day),
    )  # fmt: skip


def _links(ticket: Ticket, name: str) -> list[Link]:
    return [
        Link(
            **_keys(name, f"{ticket.id} {relation}", 0), from_ref=f"item:{ticket.id}", relation=relation, to_ref=f"part:{part}",
            happened_at=_at(ticket.created_day),
        )
        for relation, part in (("fixes", ticket.fixes), ("improves", ticket.improves)) if part
    ]  # fmt: skip


def _stay(stay: Stay, name: str, number: int) -> WorkFact:
    return WorkFact(
        **_keys(name, stay.item, number), item=stay.item, stage=stay.stage, state=stay.state, team=stay.team,
        waits_on=stay.waits_on, from_at=_at(stay.from_day), to_at=None if stay.to_day is None else _at(stay.to_day),
    )  # fmt: skip


def _keys(name: str, record: str, number: int) -> dict[str, Any]:
    return dict(zip(tables.KEYS, (name, record, f"{number:07}", START, "simulation", record), strict=True))


def _at(day: float) -> dt.datetime:
    return START + dt.timedelta(days=day)


def _arrow(table: tables.Table, rows: Sequence[Fact]) -> pa.Table:
    import pyarrow as pa

    return pa.table({name: [getattr(row, name) for row in rows] for name in table.column_names}, schema=arrow_schema(table))


def _judged(seed: int, level: Told, lasting: Lasting, stays: Sequence[Stay], found: OpenTime) -> LastingCase:
    sizes = _sizes(lasting, found)
    longest = max(lasting.truth.values())
    truth = frozenset(each for each, days in lasting.truth.items() if days >= AS_LONG * longest)
    others = max(days for each, days in lasting.truth.items() if each != lasting.planted)
    said = claim(sizes)
    naive = {name: _verdict((pick,) if pick else None, truth) for name, pick in _naive(lasting, stays, sizes, seed).items()}
    lead = lasting.truth.get(lasting.planted, 0.0) / others
    return LastingCase(seed, level.name, lasting.cause, lead, _verdict(said, truth), naive, said or (), truth)


def lasting_table(cases: Sequence[LastingCase], by: Callable[[LastingCase], str] = lambda case: case.verdict) -> list[Cell]:
    """Count verdicts by way of recording, and by how much longer what was planted lasted than all else."""
    cells = []
    for evidence in dict.fromkeys(case.evidence for case in cases):
        for (name, low), high in zip(LEADS, [low for _, low in LEADS[1:]] + [float("inf")], strict=True):
            inside = [case for case in cases if case.evidence == evidence and low <= case.lead < high]
            cells.append(Cell(evidence, name, Counter(by(case) for case in inside)))
    return cells


def _sizes(lasting: Lasting, found: OpenTime) -> dict[Kept, float]:
    """Add up the pieces. Where nothing told of the loss, or a name stands for nobody, what kept it open is not recorded."""
    sizes: dict[Kept, float] = defaultdict(float)
    teams = {each.team for each in lasting.tickets}
    for piece in found.pieces:
        on = piece.on if piece.state == WAITING else None
        is_told = found.known_at is not None and (piece.state != WAITING or on in teams)
        sizes[(piece.state, on) if is_told else (NOT_RECORDED, None)] += piece.lost
    return sizes


def claim(sizes: Mapping[Kept, float]) -> tuple[Kept, ...] | None:
    """Return what may be the largest piece, whatever the time was that nobody recorded; None where that is the largest."""
    known = {each: size for each, size in sizes.items() if each[0] not in (NOT_RECORDED, NOBODY)}
    dark = sum(sizes.values()) - sum(known.values())
    largest = max(known.values(), default=0.0)
    if dark >= largest:
        return None
    return tuple(sorted((each for each, size in known.items() if size >= largest - dark), key=lambda each: -known[each]))


def _verdict(said: tuple[Kept, ...] | None, truth: frozenset[Kept]) -> str:
    if said is None:
        return NO_RECORD
    if len(said) > MAX_NAMED_TOGETHER:
        return UNNAMED
    return (RIGHT if len(said) == 1 else GROUP) if truth & set(said) else WRONG


def _naive(lasting: Lasting, stays: Sequence[Stay], sizes: Mapping[Kept, float], seed: int) -> dict[str, Kept | None]:
    """What one sees on the board: the longest stay of the item, where it stands now, and any piece by lot."""
    if not stays:
        return dict.fromkeys(NAIVE)
    longest = max(stays, key=lambda each: (each.to_day or lasting.now_day) - each.from_day)
    by_lot = random.Random(seed).choice(sorted(sizes, key=str))  # noqa: S311 - a baseline, not security
    return {LONGEST: _at_sight(longest), NOW: _at_sight(stays[-1]), BY_LOT: by_lot}


def _at_sight(stay: Stay) -> Kept:
    if stay.state == ACTIVE:
        return WORKED_ON, None
    declared = WAITS_FOR.get(STAGES[stay.stage] or "")
    return (declared, None) if declared else (WAITING, stay.waits_on or stay.team)
