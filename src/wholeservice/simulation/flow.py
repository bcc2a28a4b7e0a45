"""Simulate how items of work flow: (flow, seed) -> facts, and beside them the truth that no measure may see.

An item goes through notice, understand, decide, build, test, review, approve and release. It may need an environment, which is
an item of the platform's own stream, which may wait for people, who are items of the stream that finds people. What fails when
it reaches guests is put right by an unplanned deployment, and a defect is written down.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from dataclasses import replace as changed
from functools import partial

from wholeservice.simulation import queues
from wholeservice.simulation.flow_lots import SPREAD, Lots, draw_lots
from wholeservice.simulation.flow_world import (
    DAYS_A_WEEK,
    DEBT,
    DEFECT,
    ENVIRONMENTS,
    HOUR,
    KINDS,
    LAYERS,
    REVIEW,
    RISK,
    WORKDAY,
    Flow,
)
from wholeservice.simulation.queues import After, Hold, Queues, Steps, Ticket, Until, Work

TEST, STAGING, PRODUCTION = "test", "staging", "production"
REQUEST, CHANGE = "request", "change"
WEEK, FORTNIGHT, MONTH = DAYS_A_WEEK * WORKDAY, 2 * DAYS_A_WEEK * WORKDAY, 4 * DAYS_A_WEEK * WORKDAY
REWORK = 0.4  # of the work of building, when a review sends it back
RECRUITING = {"allow": MONTH, "answers": 15 * WORKDAY, "agree": 32 * WORKDAY}  # until the board; for letters; for the notice
N_AGAIN = 2.5 * WEEK  # until what was done is opened again

Arrival = tuple[float, Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Deployed:
    """One version of what a ticket changes reached an environment; `what` is a part or a layer."""

    ticket: Ticket
    what: str
    environment: str
    at_s: float
    result: str = "succeeded"
    planned: bool = True
    build: int = 0  # another build of the same version has another content


@dataclass(frozen=True, slots=True)
class Harm:
    """A deployment that failed in production."""

    deployed: Deployed
    lots: Lots
    fixed_by: Ticket


@dataclass(frozen=True, slots=True)
class Reviewed:
    ticket: Ticket
    at_s: float
    is_sent_back: bool


@dataclass(slots=True)
class Flowed:
    """What happened, in working seconds: tickets with their stays, deployments, harms and reviews."""

    flow: Flow
    tickets: list[Ticket] = field(default_factory=list)
    deployed: list[Deployed] = field(default_factory=list)
    harms: list[Harm] = field(default_factory=list)
    reviewed: list[Reviewed] = field(default_factory=list)
    shortages: list[tuple[str, float, Ticket]] = field(default_factory=list)  # team, since when, and what would end it


def simulate_flow(flow: Flow, seed: int) -> Flowed:
    """Run *flow*; the same seed gives the same."""
    return _Run(flow, seed).run()


class _Run:
    def __init__(self, flow: Flow, seed: int) -> None:
        self.flow, self.seed = flow, seed
        self.queues = Queues(dict(flow.workers))
        self.result = Flowed(flow, self.queues.tickets)

    def run(self) -> Flowed:
        for arrivals in (self._asked(), self._upkeep(), self._posts(), self._busy()):
            for at_s, begin in arrivals:
                self.queues.at(at_s, begin)
        if self.flow.is_on(ENVIRONMENTS):
            self.queues.at(self.flow.short_from_day * WORKDAY, self._short)
        self.queues.run(self.flow.end_s)
        if self.flow.deployment_day is not None:
            self._deploy_everything(self.flow.deployment_day)
        return self.result

    def _asked(self) -> Iterator[Arrival]:
        """Yield what is asked for: at random, and what must be known."""
        flow, draw = self.flow, random.Random(f"asked {self.seed}")  # noqa: S311 - a simulation, not security
        kinds, parts = {kind: share for kind, (share, _) in KINDS.items()}, flow.about
        at_s, number = 0.0, 0
        while (at_s := at_s + draw.expovariate(flow.items_per_week / WEEK)) < flow.end_s:
            number += 1
            kind, part = (draw.choices(list(each), list(each.values()))[0] for each in (kinds, parts))
            yield at_s, partial(self._begin, self._ticket(f"stay-{number:03}", kind, part, at_s))
        for each in flow.known:
            at_s = each.day * WORKDAY + HOUR
            ticket, lots = self._ticket(f"stay-{each.part}", DEFECT, each.part, at_s)
            sure = changed(lots, needs_environment=True, unseen_s=2 * 86400.0)
            yield at_s, partial(self._begin, (changed(ticket, known_before_s=sure.unseen_s, priority=2), sure))

    def _ticket(self, name: str, kind: str, part: str, at_s: float) -> tuple[Ticket, Lots]:
        flow = self.flow
        lots = draw_lots(name, self.seed, kind, len(flow.layers), (flow.in_layers, flow.sends_back))
        ticket = Ticket(
            name, kind, flow.stream, flow.team_of[part], at_s, part, priority=lots.priority, size=lots.size,
            known_before_s=lots.unseen_s, due_after_days=90 if kind == RISK else None, is_paired=lots.is_paired,
        )  # fmt: skip
        return ticket, lots

    def _begin(self, asked: tuple[Ticket, Lots]) -> None:
        self.queues.begin(asked[0], self._life(*asked))

    def _life(self, ticket: Ticket, lots: Lots) -> Steps:
        """What an item of the whole service's stream goes through."""
        does, build_s = self.flow.does, lots.build_s
        yield Work(does["notice"], "notice", lots.notice_s)
        yield Work(does["understand"], "understand", lots.understand_s)
        yield Until("decide", self._next_day(WEEK, 1.25))
        yield Hold("decide", HOUR / 2)
        if lots.is_layered:
            yield from self._in_layers(ticket, lots)
            build_s *= 0.25  # putting it together
        if lots.is_reviewed and not self.flow.is_on(REVIEW):
            build_s += HOUR  # somebody who knows looks at it while it is built
        yield Work(ticket.team, "build", build_s)
        yield from self._tested(ticket, lots)
        if lots.is_reviewed and self.flow.is_on(REVIEW):
            yield from self._reviewed(ticket, lots)
        self._deploy(ticket, lots, STAGING)
        yield Until("approve", self._next_day(WORKDAY, 0.6))
        yield Hold("approve", HOUR / 4)
        yield from self._released(ticket, lots)
        if lots.is_reopened:
            yield Until("release", self.queues.now + N_AGAIN, state=queues.DONE)
            yield from self._again(ticket, 0.2 * lots.build_s)
            yield from self._released(ticket, changed(lots, fails=False, is_layered=False))

    def _in_layers(self, ticket: Ticket, lots: Lots) -> Steps:
        """Every layer does its piece; what they do together is put together when the last is done."""
        pieces = []
        for number, (layer, work_s) in enumerate(zip(self.flow.layers, lots.layer_s, strict=True)):
            team = self.flow.team_of[layer]
            piece = Ticket(
                f"{ticket.id}-{team}", CHANGE, ticket.stream, team, self.queues.now, service=layer, priority=ticket.priority,
                belongs_to=ticket.id,
            )  # fmt: skip
            pieces.append(self.queues.begin(piece, self._piece(number, team, work_s)))
        yield After("build", tuple(pieces), LAYERS)

    def _piece(self, number: int, team: str, work_s: float) -> Steps:
        """A team takes it up on its own planning day: each has another, and one plans by the month."""
        if self.flow.is_on(LAYERS):
            is_monthly = number == len(self.flow.layers) - 1
            planned_s = self._next_day(MONTH if is_monthly else FORTNIGHT, 1.0 + 4 * number)
            yield Until("build", planned_s, LAYERS, team=team)
        yield Work(team, "build", work_s, cause=LAYERS)

    def _tested(self, ticket: Ticket, lots: Lots) -> Steps:
        if lots.needs_environment:
            name, team = f"env-{ticket.id}", self.flow.does["environments"]
            wanted = Ticket(name, REQUEST, self.flow.stream_of[team], team, self.queues.now, service="environments")
            self.queues.begin(wanted, iter([Work(team, "set-up", lots.set_up_s)]))
            yield After("test", (wanted,), ENVIRONMENTS)
        self._deploy(ticket, lots, TEST)
        yield Work(ticket.team, "test", lots.test_s)

    def _reviewed(self, ticket: Ticket, lots: Lots) -> Steps:
        """Security looks at it; what it finds goes back to be built, tested and looked at again."""
        security = self.flow.does["review"]
        yield Work(security, "review", lots.review_s, cause=REVIEW)
        self.result.reviewed.append(Reviewed(ticket, self.queues.now, lots.is_sent_back))
        if lots.is_sent_back:
            yield from self._again(ticket, REWORK * lots.build_s, REVIEW)
            yield Work(ticket.team, "test", 0.5 * lots.test_s, cause=REVIEW)
            yield Work(security, "review", 0.5 * lots.review_s, cause=REVIEW)
            self.result.reviewed.append(Reviewed(ticket, self.queues.now, False))

    def _again(self, ticket: Ticket, work_s: float, cause: str | None = None) -> Steps:
        """What comes back is read the next morning, and then built again."""
        yield Until("build", self._next_day(WORKDAY, 0.05), cause, queues.RETURNED, ticket.team)
        yield Work(ticket.team, "build", work_s, queues.RETURNED, cause)

    def _released(self, ticket: Ticket, lots: Lots) -> Steps:
        """It reaches guests; what fails there comes back, and goes out again."""
        is_together = lots.is_layered and self.flow.is_on(LAYERS)
        cause = LAYERS if is_together else None
        yield Until("release", self._next_day(FORTNIGHT, 8.1) if is_together else self._next_day(WORKDAY, 0.1), cause)
        yield Work(ticket.team, "release", HOUR)
        self._deploy(ticket, lots, PRODUCTION)
        if lots.fails:
            yield from self._again(ticket, 0.15 * lots.build_s)
            yield Until("release", self._next_day(WORKDAY, 0.1))
            yield Work(ticket.team, "release", HOUR)
            self._deploy(ticket, changed(lots, fails=False), PRODUCTION, build=2)

    def _deploy(self, ticket: Ticket, lots: Lots, environment: str, build: int = 0) -> None:
        """Bring what an item changes to an environment: its part, or every layer on the same day."""
        is_real = environment == PRODUCTION
        what = self.flow.layers if lots.is_layered else (ticket.part or "",)
        result = "succeeded" if not (is_real and lots.fails) else "rolled-back" if lots.is_rolled_back else "failed"
        build = build or int(is_real and lots.is_rebuilt)
        for number, each in enumerate(what):
            said = result if number == 0 else "succeeded"
            self.result.deployed.append(Deployed(ticket, each, environment, self.queues.now + 600 * number, said, build=build))
        if result != "succeeded":
            self._harm(self.result.deployed[-len(what)], lots)

    def _harm(self, deployed: Deployed, lots: Lots) -> None:
        fixed_by, its_lots = self._ticket(f"fix-{deployed.ticket.id}", DEFECT, deployed.ticket.part or "", self.queues.now)
        fixed_by = changed(fixed_by, priority=0, known_before_s=0.0)
        self.result.harms.append(Harm(deployed, lots, fixed_by))
        self._begin((fixed_by, changed(its_lots, fails=False)))

    def _deploy_everything(self, day: int) -> None:
        """Deploy every part once more on one day, everywhere: a certificate is renewed, nothing changes."""
        nobody = Ticket(f"renewal-{day}", DEBT, self.flow.stream, self.flow.does["environments"], day * WORKDAY)
        for number, part in enumerate(sorted({*self.flow.team_of})):
            for hour, environment in enumerate((TEST, STAGING, PRODUCTION), 1):
                at_s = day * WORKDAY + 2 * hour * HOUR + 420 * number
                self.result.deployed.append(Deployed(nobody, part, environment, at_s))

    def _upkeep(self) -> Iterator[Arrival]:
        """Yield what the platform must do besides."""
        flow, draw = self.flow, random.Random(f"upkeep {self.seed}")  # noqa: S311 - a simulation, not security
        team, at_s, number = flow.does["environments"], 0.0, 0
        while (at_s := at_s + draw.expovariate(2.5 / WEEK)) < flow.end_s:
            number += 1
            ticket = Ticket(f"plat-{number:03}", DEBT, flow.stream_of[team], team, at_s, service="environments")
            steps = iter([Work(team, "set-up", draw.lognormvariate(0, SPREAD) * 14 * HOUR)])
            yield at_s, partial(self.queues.begin, ticket, steps)

    def _posts(self) -> Iterator[Arrival]:
        """Yield the posts of other teams for which people are looked for."""
        flow, draw = self.flow, random.Random(f"posts {self.seed}")  # noqa: S311 - a simulation, not security
        at_s, number = 0.0, 0
        while (at_s := at_s + draw.expovariate(1 / WEEK)) < flow.end_s:
            number += 1
            yield at_s, partial(self._post, f"post-{number:03}", at_s)

    def _post(self, name: str, at_s: float) -> Ticket:
        team = self.flow.does["recruitment"]
        ticket = Ticket(name, REQUEST, self.flow.stream_of[team], team, at_s, service="recruitment")
        return self.queues.begin(ticket, self._recruited(team))

    def _recruited(self, team: str) -> Steps:
        yield Until("allow", self._next_day(RECRUITING["allow"], 3.5))
        yield Hold("allow", HOUR / 2)
        yield Work(team, "look", 6 * HOUR)
        yield Until("look", self.queues.now + RECRUITING["answers"], team=team)
        yield Work(team, "talk", 16 * HOUR)
        yield Until("agree", self.queues.now + RECRUITING["agree"])

    def _short(self) -> None:
        """People leave the team that sets up environments; each is gone until a post is filled."""
        team = self.queues.teams[self.flow.does["environments"]]
        for number in range(self.flow.n_leave):
            self.queues.leave(team)
            post = self._post(f"post-{team.id}-{number + 1}", self.queues.now)
            post.after_done.append(partial(self.queues.join, team))
            self.result.shortages.append((team.id, self.queues.now, post))

    def _busy(self) -> Iterator[Arrival]:
        """Yield the work of a team that takes up the next thing whenever somebody is free: nothing of it ever waits."""
        flow, draw = self.flow, random.Random(f"busy {self.seed}")  # noqa: S311 - a simulation, not security
        number = 0
        for _ in range(flow.workers[flow.busy] if flow.busy else 0):
            at_s = draw.uniform(0, 2 * WORKDAY)
            while at_s < flow.end_s:
                number += 1
                work_s = draw.uniform(16, 56) * HOUR
                team = flow.busy or ""
                ticket = Ticket(f"{team}-{number:03}", CHANGE, flow.stream_of[team], team, at_s)
                yield at_s, partial(self.queues.begin, ticket, iter([Work(team, "make-ready", work_s)]))
                at_s += work_s + draw.uniform(0.5, 3) * HOUR

    def _next_day(self, every_s: float, on_day: float) -> float:
        """Return the next time that comes every so often, so many working days into it."""
        past = (self.queues.now - on_day * WORKDAY) // every_s
        return on_day * WORKDAY + (past + 1) * every_s
