"""Run a world: (world, seed) -> facts, and beside them the truth that no tracer may see.

People start attempts over the day and week, walk the journey step by step, give up or meet failures; every call a part
makes is recorded unless the world says it is dark. The truth says, for each lost attempt, the part where it started.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from wholeservice.simulation.world import (
    BUSY_HOURS,
    DAY,
    STARTS_ON,
    WEEK,
    Outage,
    Question,
    SimulatedPart,
    SimulatedStep,
    Survey,
    Trouble,
    World,
)
from wholeservice.tables import KEYS, Answer, Call, Deployment, Incident, Interaction


@dataclass(slots=True)
class Simulated:
    """Facts by table, and the truth: lost attempts by the part where a planted cause struck, and lost in all."""

    interactions: list[Interaction] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    lost_by_cause: Counter[str] = field(default_factory=Counter)
    lost_otherwise: Counter[str] = field(default_factory=Counter)  # by part (background) or step (gave up)
    starts_here: set[str] = field(default_factory=set)  # spans in which the part itself failed
    n_attempts: int = 0


def simulate(world: World, seed: int) -> Simulated:
    """Run *world* for its days; the same seed gives the same facts."""
    draw, asking, held = (random.Random(each) for each in (seed, f"asked {seed}", f"held {seed}"))  # noqa: S311
    return _Run(world, draw, asking, held).run()


def recorded(simulated: Simulated, world: World, seed: int) -> Simulated:
    """Return the facts that are left when only the evidence of *world* was recorded; what happened stays the same.

    Calls of dark parts are gone, so are those in which a silent part itself failed, and those of attempts not sampled; the
    rest of a sampled trace carries its weight.
    """
    draw = random.Random(f"sampled {seed}")  # noqa: S311 - a simulation, not security
    attempts = dict.fromkeys(call.trace for call in simulated.calls)
    sampled = {attempt for attempt in attempts if draw.random() < world.linked_share}
    kept = [call for call in simulated.calls if call.trace in sampled and _is_recorded(call, simulated, world)]
    weight = 1 / world.linked_share if world.linked_share < 1 else None
    return replace(simulated, calls=[replace(call, weight=weight) for call in kept] if weight else kept)


def _is_recorded(call: Call, simulated: Simulated, world: World) -> bool:
    is_silent = call.service in world.silent_when_failing and call.span in simulated.starts_here
    return call.service not in world.dark and not is_silent


@dataclass(slots=True)
class _Moment:
    """What is going on in one attempt."""

    attempt: str
    channel: str
    day: int
    at: dt.datetime
    device: str | None = None
    step: str = ""
    n_spans: int = 0
    ever_failed: set[str] = field(default_factory=set)
    been: set[str] = field(default_factory=set)  # steps
    starts: list[tuple[str, bool]] = field(default_factory=list)  # failures not yet absorbed: (part, was it planted)


class _Run:
    def __init__(self, world: World, draw: random.Random, asking: random.Random, held: random.Random) -> None:
        self.world, self.draw, self.asking, self.held = world, draw, asking, held
        self.result = Simulated()
        self.troubles: dict[str, list[tuple[Trouble, bool]]] = {}
        for trouble in world.causes:
            self.troubles.setdefault(trouble.part, []).append((trouble, True))
        for trouble in world.decoys:
            self.troubles.setdefault(trouble.part, []).append((trouble, False))

    def run(self) -> Simulated:
        for number, (day, at) in enumerate(self._starts()):
            self._attempt(number, day, at)
        for release in self.world.releases:
            self._release(release.part, release.on_day)
        self.result.incidents += [_incident(number, each) for number, each in enumerate(self.world.outages)]
        return self.result

    def _starts(self) -> Iterator[tuple[int, dt.datetime]]:
        for day in range(self.world.n_days):
            date = STARTS_ON + dt.timedelta(days=day)
            expected = self.world.attempts_per_day * WEEK[date.weekday()]
            n_today = max(0, round(self.draw.gauss(expected, expected**0.5)))
            hours = sorted(self.draw.choices(range(24), weights=DAY, k=n_today))
            for hour in hours:
                second = self.draw.random() * 3600
                start = dt.datetime(date.year, date.month, date.day, hour, tzinfo=dt.UTC)
                yield day, start + dt.timedelta(seconds=round(second, 3))

    def _attempt(self, number: int, day: int, at: dt.datetime) -> None:
        channels = self.world.channels
        channel = self.draw.choices(list(channels), weights=list(channels.values()))[0]
        moment = _Moment(f"a{number}", channel, day, at, self._device(channel))
        consumer = f"c{self.draw.randrange(max(1, int(self.world.attempts_per_day * self.world.n_days * 0.7)))}"
        self.result.n_attempts += 1
        outcome = self._walk(moment, consumer)
        for survey in self.world.surveys:
            self._ask(survey, moment, consumer, outcome)

    def _device(self, channel: str) -> str | None:
        """What somebody holds; it never changes what happens, so it is drawn from lots of its own."""
        shares = self.world.devices.get(channel)
        return self.held.choices(list(shares), weights=list(shares.values()))[0] if shares else None

    def _walk(self, moment: _Moment, consumer: str) -> str:
        last = self.world.steps[-1]
        for step in self.world.steps:
            if step.is_optional and self.draw.random() < step.is_optional:
                continue
            moment.step = step.id
            moment.been.add(step.id)
            outcome = self._step(step, moment, step is last)
            self._record_step(moment, consumer, outcome)
            if outcome in ("failed", "left"):
                return outcome
            moment.at += dt.timedelta(seconds=round(self.draw.expovariate(1 / 90), 3))
        return "done"

    def _step(self, step: SimulatedStep, moment: _Moment, is_last: bool) -> str:
        moment.starts.clear()
        for part in step.parts(moment.channel):
            if not self._call(self.world.parts[part], None, moment):
                self._note_lost(moment)
                return "failed"
        if self.draw.random() < step.leave_rate:
            self.result.lost_otherwise[f"step:{step.id}"] += 1
            return "left"
        return "done" if is_last else "reached"

    def _note_lost(self, moment: _Moment) -> None:
        part, is_planted = moment.starts[-1]
        (self.result.lost_by_cause if is_planted else self.result.lost_otherwise)[part] += 1

    def _call(self, part: SimulatedPart, parent: str | None, moment: _Moment) -> bool:
        """Call a part; record it; return whether it worked."""
        moment.n_spans += 1
        span = f"{moment.attempt}.{moment.n_spans}"
        started_at = moment.at + dt.timedelta(milliseconds=5 * moment.n_spans)
        starts_here = self._fails(part, moment)
        is_first = starts_here is not None and self.draw.random() < part.fails_first
        works = not is_first and self._uses_work(part, span, moment)
        if is_first or (starts_here and works):
            moment.ever_failed.add(part.id)
            moment.starts.append((part.id, starts_here == "planted"))
            self.result.starts_here.add(span)
        failed = bool(starts_here) or not works
        self._record_call(part, span, parent, moment, started_at=started_at, failed=failed)
        return not failed

    def _fails(self, part: SimulatedPart, moment: _Moment) -> str | None:
        """Return what makes the part itself fail in this call: "planted", "background" or None."""
        chance = self.draw.random()
        rate = part.failure_rate * (1.5 if moment.at.hour in BUSY_HOURS else 1.0)
        if chance < rate:
            return "background"
        for trouble, is_planted in self.troubles.get(part.id, ()):
            rate += trouble.rate if _applies(trouble, moment) else 0.0
            if chance < rate:
                return "planted" if is_planted else "background"
        return None

    def _uses_work(self, part: SimulatedPart, span: str, moment: _Moment) -> bool:
        works = True
        done_groups: set[str] = set()
        for use in part.uses:
            if use.how == "any":
                group = use.group or use.to
                if group in done_groups:
                    continue
                done_groups.add(group)
                fine = self._group_works([each.to for each in part.uses if each.group == use.group], span, moment)
            else:
                fine = self._use_works(use.to, use.how, span, moment)
            works = works and fine
            if not works and not part.calls_in_parallel:
                return False
        return works

    def _use_works(self, to: str, how: str, span: str, moment: _Moment) -> bool:
        called, n_before = self.world.parts[to], len(moment.starts)
        fine = self._call(called, span, moment)
        if not fine and how == "retry":
            fine = self._call(called, span, moment)
        if fine or how == "optional":
            del moment.starts[n_before:]  # absorbed: nobody feels it
            return True
        return False

    def _group_works(self, members: list[str], span: str, moment: _Moment) -> bool:
        n_before = len(moment.starts)
        if any(self._call(self.world.parts[member], span, moment) for member in members):
            del moment.starts[n_before:]
            return True
        return False

    def _record_call(
        self, part: SimulatedPart, span: str, parent: str | None, moment: _Moment, *, started_at: dt.datetime, failed: bool
    ) -> None:
        duration_s = round(part.duration_s * self.draw.lognormvariate(0, 0.5), 4)
        self.result.calls.append(
            Call(
                **_keys(span, started_at), trace=moment.attempt, span=span, parent=parent, service=part.id, step=moment.step,
                started_at=started_at, duration_s=duration_s, failed=failed,
            )
        )  # fmt: skip

    def _record_step(self, moment: _Moment, consumer: str, outcome: str) -> None:
        self.result.interactions.append(
            Interaction(
                **_keys(f"{moment.attempt}:{moment.step}", moment.at), happened_at=moment.at, consumer=consumer,
                attempt=moment.attempt, service=self.world.service, step=moment.step, channel=moment.channel, outcome=outcome,
                device=moment.device,
            )
        )  # fmt: skip

    def _ask(self, survey: Survey, moment: _Moment, consumer: str, outcome: str) -> None:
        """Ask of those who were at the step; what is asked never changes what happens, so it draws lots of its own."""
        passed = survey.step in moment.been and self.asking.random() < survey.asked_share
        if not passed:
            return
        is_answered, asked_at = self.asking.random() < survey.answered_share, moment.at + dt.timedelta(minutes=30)
        spoiled = outcome == "failed" and moment.step == survey.step
        for question in survey.questions:
            score = self._score(question.after_failure if spoiled else question.mood, question)
            expected = None if question.expects is None else self._score(question.expects, question)
            self.result.answers.append(
                Answer(
                    **_keys(f"{survey.name}:{question.instrument}:{moment.attempt}", asked_at), asked_at=asked_at,
                    answered_at=asked_at + dt.timedelta(minutes=5) if is_answered else None, ask=survey.name, consumer=consumer,
                    attempt=moment.attempt, service=self.world.service, step=survey.step, channel=moment.channel,
                    device=moment.device, instrument=question.instrument, question=question.words,
                    score=score if is_answered else None, expected=expected if is_answered else None,
                    scale_min=float(question.scale[0]), scale_max=float(question.scale[1]),
                )
            )  # fmt: skip

    def _score(self, mean: float, question: Question) -> float:
        low, high = question.scale
        return float(min(high, max(low, round(self.asking.gauss(mean, 0.225 * (high - low))))))

    def _release(self, part: str, on_day: int) -> None:
        at = dt.datetime.combine(STARTS_ON + dt.timedelta(days=on_day), dt.time(9), dt.UTC)
        self.result.deployments.append(
            Deployment(
                **_keys(f"{part}@{on_day}", at), deployment=f"{part}@{on_day}", service=part, deployed_at=at, planned=True
            )
        )


def _applies(trouble: Trouble, moment: _Moment) -> bool:
    return (
        trouble.from_day <= moment.day < trouble.to_day
        and (not trouble.channels or moment.channel in trouble.channels)
        and (not trouble.hours or moment.at.hour in trouble.hours)
        and (not trouble.spells or any(begin <= moment.day * 24 + moment.at.hour < end for begin, end in trouble.spells))
        and (trouble.after is None or trouble.after in moment.ever_failed)
    )


def _incident(number: int, outage: Outage) -> Incident:
    first = dt.datetime.combine(STARTS_ON, dt.time(), dt.UTC)
    started_at, restored_at = (first + dt.timedelta(hours=each) for each in (outage.from_hour, outage.to_hour))
    return Incident(
        **_keys(f"incident-{number}", restored_at), incident=f"incident-{number}", service=outage.part, started_at=started_at,
        detected_at=started_at, restored_at=restored_at,
    )  # fmt: skip


def _keys(record: str, known_at: dt.datetime) -> dict[str, Any]:
    return dict(zip(KEYS, ("simulation", record, "0", known_at, "simulation", record), strict=True))
