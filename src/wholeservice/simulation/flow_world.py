"""How an organisation changes what it offers, as data: who works on items, what is asked for, and the troubles to play.

A `Flow` and a seed give facts (`flow.simulate_flow`). Three troubles can be planted, each alone or with the others:

    environments   people leave the team that sets up environments, and recruiting others takes months: features wait for an
                   environment, the environment for somebody to set it up, and that for the recruitment
    layers         the teams of the layers each take up a feature on planning days of their own, and it is brought to guests on
                   release days that they share
    review         security is looked at after everything is built, by two people, and sends part of it back

Without a trouble the same items come on the same days and need the same work; only what they wait for is different.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

ENVIRONMENTS, LAYERS, REVIEW = "environments", "layers", "review"
TROUBLES = (ENVIRONMENTS, LAYERS, REVIEW)

FEATURE, DEFECT, DEBT, RISK = "feature", "defect", "debt", "risk"
KINDS: Mapping[str, tuple[float, float]] = {FEATURE: (0.45, 27.0), DEFECT: (0.3, 8.0), DEBT: (0.15, 18.0), RISK: (0.1, 12.0)}
"""What is asked for: its share of all, and the median of the hours it takes to build."""
ROLES = ("notice", "understand", "review", "environments", "recruitment")

HOUR, WORKDAY_HOURS, DAYS_A_WEEK = 3600, 8, 5
WORKDAY = WORKDAY_HOURS * HOUR
OPENS = dt.time(9)


@dataclass(frozen=True, slots=True)
class Known:
    """One item that is asked for whatever the lots say: a defect of a part, noticed on a working day of the flow."""

    part: str
    day: int


@dataclass(frozen=True, slots=True)
class Flow:
    """How items of work come and who works on them. Days are working days since it starts, Monday to Friday."""

    starts_on: dt.date  # a Monday
    stream: str
    n_weeks: int
    items_per_week: float
    about: Mapping[str, float]  # part -> share of items
    team_of: Mapping[str, str]  # part -> team that changes it
    stream_of: Mapping[str, str]  # team -> stream of what it does for others
    workers: Mapping[str, int]  # team -> people who work on items
    does: Mapping[str, str]  # role -> team
    layers: tuple[str, ...] = ()  # parts or services that a layered feature changes together
    in_layers: float = 0.25  # share of features that every layer has a part in
    sends_back: float = 0.3  # share of reviews that find something
    short_from_day: int = 45
    n_leave: int = 3
    known: tuple[Known, ...] = ()
    troubles: frozenset[str] = frozenset(TROUBLES)
    busy: str | None = None  # decoy: a team that has always something to do, and nobody waits for it
    deployment_day: int | None = None  # decoy: everything is deployed once more, and nothing comes of it
    zone: str = "Europe/Amsterdam"

    @property
    def end_s(self) -> int:
        """How many working seconds it lasts."""
        return self.n_weeks * DAYS_A_WEEK * WORKDAY

    def instant(self, working_s: float) -> dt.datetime:
        """Return when so many working seconds have passed: nights and weekends take none.

        >>> flow = Flow(dt.date(2026, 2, 23), "s", 1, 1, {}, {}, {}, {}, {})
        >>> print(flow.instant(0), flow.instant(4.5 * WORKDAY))
        2026-02-23 08:00:00+00:00 2026-02-27 12:00:00+00:00
        """
        day, rest_s = divmod(working_s, WORKDAY)
        week, weekday = divmod(int(day), DAYS_A_WEEK)
        day_on = self.starts_on + dt.timedelta(weeks=week, days=weekday)
        opens = dt.datetime.combine(day_on, OPENS, ZoneInfo(self.zone))
        return opens.astimezone(dt.UTC) + dt.timedelta(seconds=round(rest_s))

    def is_on(self, trouble: str) -> bool:
        return trouble in self.troubles
