"""Random organisations in which one loss stays open, and what keeps it open: planted, and told by no single fact.

The loss is the same every day, so that what is planted reaches people only as a loss that lasts longer: a wait for a team, an
approval, a budget, an environment, recruiting behind that environment, or a team that is too small. Everything else takes a
while, too. Decoys: a feature of the same part that waits far longer, work on it that was over before the loss began, and
another team's work that is stuck at the same environment.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from wholeservice.organisation.graph import Entity, Organisation

UNSEEN, UNDECIDED, UNFUNDED, WAITING, APPROVAL = "unseen", "undecided", "unfunded", "waiting", "late approval"
WORKED_ON, RELEASED = "worked on", "being released"
"""The words of `findings.open_time`, which this file must not know."""
TEAM, LATE, BUDGET, ENVIRONMENT, RECRUITING, TOO_SMALL = "team", "approval", "budget", "environment", "recruiting", "too small"
CAUSES = (TEAM, LATE, BUDGET, ENVIRONMENT, RECRUITING, TOO_SMALL)
QUEUED, ACTIVE, BLOCKED = "queued", "active", "blocked"
STAGES: Mapping[str, str | None] = {
    "understand": None, "build": None, "fund": "budget", "review": "review", "test": None, "release": "release",
}  # fmt: skip
"""Stages of every stream, and what work that queues before each waits for."""
DEFECT, CHANGE, FEATURE = "defect", "change", "feature"
PEOPLE = 8
LEAST_SEEN = 0.6  # of the life of the loss has passed when one looks, or more

Kept = tuple[str, str | None]
"""What kept the loss open: one of the words above, and in the state `waiting` the team that was waited for."""


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of an item, in days since the loss began; `to_day` is None where it has not ended."""

    item: str
    stage: str
    state: str
    from_day: float
    to_day: float | None
    team: str
    waits_on: str | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """One item of work, about a part or not, and the part it says that it fixes, or only improves."""

    id: str
    kind: str
    team: str
    created_day: float
    about: str | None = None
    fixes: str | None = None
    improves: str | None = None
    done_day: float | None = None


@dataclass(frozen=True, slots=True)
class Lasting:
    """One organisation with its loss, and the truth: what was planted, and for how many days the loss waited for what."""

    name: str  # that all its names begin with
    cause: str
    part: str
    tickets: tuple[Ticket, ...]
    stays: tuple[Stay, ...]
    now_day: float
    truth: Mapping[Kept, float]
    planted: Kept

    @property
    def other_work(self) -> tuple[str, str]:
        """An item that has nothing to do with the loss, and whose it is."""
        return f"{self.name}-stuck", f"{self.name}-other"

    @property
    def team(self) -> str:
        return f"{self.name}-own"

    @property
    def fix(self) -> str:
        """The item that is to end the loss."""
        return f"{self.name}-fix"


def random_lasting(seed: int, name: str) -> Lasting:
    """Return a random organisation with one planted cause; the same seed gives the same one, under any name."""
    return _Story(random.Random(f"lasting {seed}"), name).told()  # noqa: S311 - a simulation, not security


class _Story:
    def __init__(self, draw: random.Random, name: str) -> None:
        self.draw, self.name = draw, name
        self.own, self.other, self.places, self.people = (f"{name}-{each}" for each in ("own", "other", "places", "people"))
        self.cause = draw.choice(CAUSES)
        self.extra = 10 ** draw.uniform(0.5, 1.9)
        self.stays: list[Stay] = []
        self.tickets: list[Ticket] = []
        self.spans: list[tuple[float, float, Kept]] = []
        self.day = 0.0

    def told(self) -> Lasting:
        self._pass(UNSEEN, 1, 6)
        known, is_linked = self.day, self.draw.random() < 0.5
        part, fix = f"{self.name}-part", f"{self.name}-fix"
        self.tickets.append(
            Ticket(fix, CHANGE, self.own, known, fixes=part) if is_linked else Ticket(fix, DEFECT, self.own, known, about=part)
        )
        self._life()
        now = self.day * self.draw.uniform(LEAST_SEEN, 1.0)
        self._decoys(part, known, now)
        planted: Kept = {
            TEAM: (WAITING, self.other), LATE: (APPROVAL, None), BUDGET: (UNFUNDED, None), TOO_SMALL: (WAITING, self.own),
            ENVIRONMENT: (WAITING, self.places), RECRUITING: (WAITING, self.people),
        }[self.cause]  # fmt: skip
        truth: dict[Kept, float] = defaultdict(float)
        for first, last, kept in self.spans:
            truth[kept] += max(0.0, min(last, now) - first)
        return Lasting(
            self.name, self.cause, part, tuple(each for each in self.tickets if each.created_day < now),
            tuple(_until(each, now) for each in self.stays if each.from_day <= now), now, dict(truth), planted,
        )  # fmt: skip

    def _life(self) -> None:
        """The fix is understood, built, funded, reviewed, tested and brought out; building and funding come in either order."""
        self._stay("understand", QUEUED, (1, 8), UNDECIDED)
        self._stay("understand", ACTIVE, (0.5, 3), WORKED_ON)
        steps = (self._built, self._funded)
        for step in steps if self.draw.random() < 0.5 else steps[::-1]:
            step()
        self._stay("review", QUEUED, (0.5, 3), APPROVAL, cause=LATE)
        self._stay("review", ACTIVE, (0.2, 1), WORKED_ON)
        self._tested()
        self._stay("test", ACTIVE, (0.5, 3), WORKED_ON)
        self._stay("release", QUEUED, (0.5, 4), RELEASED)

    def _funded(self) -> None:
        self._stay("fund", QUEUED, (0.5, 3), UNFUNDED, cause=BUDGET)

    def _built(self) -> None:
        self._stay("build", QUEUED, (1, 4), WAITING, cause=TOO_SMALL, on=self.own)
        self._stay("build", ACTIVE, (2, 10), WORKED_ON)
        self._stay("build", BLOCKED, (0.5, 3), WAITING, cause=TEAM, on=self.other, waits_on=self.other)
        self._stay("build", ACTIVE, (1, 4), WORKED_ON)

    def _tested(self) -> None:
        """It waits for an environment, an item of its own, and that for somebody who is still to be found."""
        place, person, first = f"{self.name}-place", f"{self.name}-person", self.day
        queue, search, setting_up = (self.draw.uniform(*span) for span in ((0.3, 2), (0.5, 2), (0.3, 1)))
        queue += self.extra if self.cause == ENVIRONMENT else 0.0
        search += self.extra if self.cause == RECRUITING else 0.0
        found = first + queue + search
        self.day = found + setting_up
        self.stays.append(Stay(f"{self.name}-fix", "test", BLOCKED, first, self.day, self.own, place))
        self.tickets += [Ticket(place, CHANGE, self.places, first), Ticket(person, CHANGE, self.people, first + queue)]
        self.stays += [
            Stay(place, "build", QUEUED, first, first + queue, self.places),
            Stay(place, "build", BLOCKED, first + queue, found, self.places, person),
            Stay(place, "build", ACTIVE, found, self.day, self.places),
            Stay(person, "understand", QUEUED, first + queue, first + queue + search / 2, self.people),
            Stay(person, "build", ACTIVE, first + queue + search / 2, found, self.people),
            Stay(person, "build", "done", found, found, self.people),
            Stay(place, "build", "done", self.day, self.day, self.places),
        ]
        self.spans += [
            (first, first + queue, (WAITING, self.places)), (first + queue, found, (WAITING, self.people)),
            (found, self.day, (WAITING, self.places)),
        ]  # fmt: skip

    def _decoys(self, part: str, known: float, now: float) -> None:
        old, feature, other = (f"{self.name}-{each}" for each in ("old", "feature", "stuck"))
        self.tickets += [
            Ticket(old, DEFECT, self.own, -40.0, about=part, done_day=-4.0),
            Ticket(feature, FEATURE, self.other, known, improves=part), Ticket(other, CHANGE, self.other, known),
        ]  # fmt: skip
        self.stays += [
            Stay(old, "review", QUEUED, -40.0, -5.0, self.own), Stay(old, "build", ACTIVE, -5.0, -4.0, self.own),
            Stay(feature, "fund", QUEUED, known, None, self.other),
            Stay(other, "test", BLOCKED, known, now, self.other, f"{self.name}-place"),
        ]  # fmt: skip

    def _stay(
        self, stage: str, state: str, span: tuple[float, float], kept: str, *, cause: str = "", on: str | None = None,
        waits_on: str | None = None,
    ) -> None:  # fmt: skip
        first = self.day
        self._pass(kept, *span, cause, on=on)
        self.stays.append(Stay(f"{self.name}-fix", stage, state, first, self.day, self.own, waits_on))

    def _pass(self, kept: str, least: float, most: float, cause: str = "", *, on: str | None = None) -> None:
        days = self.draw.uniform(least, most) + (self.extra if cause and cause == self.cause else 0.0)
        self.spans.append((self.day, self.day + days, (kept, on)))
        self.day += days


def _until(stay: Stay, now: float) -> Stay:
    """What lasts longer than until now has no end yet."""
    return replace(stay, to_day=None) if stay.to_day is not None and stay.to_day > now else stay


def organisation_of(lastings: Iterator[Lasting] | list[Lasting]) -> Organisation:
    """Return what all of them declare, as one organisation: of each a part, its stream with stages, and four teams."""
    entities: dict[str, Entity] = {}
    stages = [{"stage": stage, **({"queue": queue} if queue else {})} for stage, queue in STAGES.items()]
    for each in lastings:
        service, stream = f"{each.name}-service", f"{each.name}-stream"
        entities[service] = Entity(service, "service", service, team=each.team)
        entities[each.part] = Entity(each.part, "part", each.part, parent=service, team=each.team)
        entities[stream] = Entity(stream, "value-stream", stream, owner="ada", fields={"stages": stages})
        for team in ("own", "other", "places", "people"):
            entities[f"{each.name}-{team}"] = Entity(
                f"{each.name}-{team}", "team", f"{each.name}-{team}", fields={"people": PEOPLE}
            )
    return Organisation("Lasting", "", "", entities, (), (), {}, "simulated")
