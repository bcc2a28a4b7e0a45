"""What the front keeps: of like items that came to it, how many each of its teams passes further back beside the others.

Like are items about the same thing, of the same kind and priority. A team is held against all other teams of the front in what
they have in common, so that who gets the harder things is not taken for who passes more on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from wholeservice.derived.streams import FRONT
from wholeservice.findings.flow import Flow, Life, week_of

KEPT = "flow_kept_at_front"
LEAST_LIKE, LEAST_OF_TEAM, MOST_TEAMS = 10, 30, 3
WORST = 0.025
"""How often, of streams whose teams do not differ, one may seem to pass less on than the others."""

Like = tuple[str | None, str | None, str | None]  # what it is about, its kind, its priority


@dataclass(frozen=True, slots=True)
class Keeper:
    """
    A team of the front that surely passes less on than the others do of like items.

    *n*, *n_passed*   items that came to it and are like some of the others', and those of them that it passed on
    *expected*        that it would have passed on as the others do; *low*, *high* bound the share that it passes on less
    *n_others*, *n_others_passed*  the like items of the others
    """

    team: str
    n: int
    n_passed: int
    expected: float
    low: float
    high: float
    n_others: int
    n_others_passed: int


@dataclass(frozen=True, slots=True)
class Kept:
    """Done items of one stream that came to the front first; `n_back` of those passed on were done at the front after all."""

    stream: str
    n_items: int
    n_passed: int
    n_back: int
    keepers: tuple[Keeper, ...]  # of the teams that surely pass less on than others do, most first
    passed_at: str | None = None  # where the first of those passed on was read


def kept(flow: Flow) -> Iterator[Kept]:
    """Yield each stream in which items came to the front."""
    for stream, lives in flow.by_stream.items():
        mine = [each for each in lives if not each.is_open and each.furthest_line is not None and _is_front(flow, each.came_to)]
        passed = sorted((each for each in mine if _is_passed(each)), key=lambda each: (each.created_us, each.item))
        if mine:
            n_back = sum(_is_front(flow, _last_team(flow, each)) for each in passed)
            first = passed[0].where_from if passed else None
            yield Kept(stream, len(mine), len(passed), n_back, tuple(_keepers(mine)[:MOST_TEAMS]), first)


def _is_passed(life: Life) -> bool:
    return (life.furthest_line or FRONT) > FRONT


def _is_front(flow: Flow, team: str | None) -> bool:
    entity = flow.organisation.entities.get(team) if team else None
    return entity is not None and entity.fields.get("line") == FRONT


def _last_team(flow: Flow, life: Life) -> str | None:
    return next((flow.team(tile.team) for tile in reversed(life.tiles) if tile.team), None)


def _keepers(lives: Sequence[Life]) -> list[Keeper]:
    alike: dict[Like, list[Life]] = defaultdict(list)
    for life in lives:
        if life.entity:
            alike[life.entity, life.kind, life.priority].append(life)
    beside: dict[str, _Beside] = defaultdict(_Beside)
    for group in alike.values():
        of_team: dict[str, list[Life]] = defaultdict(list)
        for life in group:
            of_team[life.came_to or ""].append(life)
        for team, mine in of_team.items():
            if len(group) - len(mine) >= LEAST_LIKE:
                beside[team].add(mine, len(group), sum(map(_is_passed, group)))
    large = {team: each for team, each in beside.items() if each.n >= LEAST_OF_TEAM}
    z = NormalDist().inv_cdf(1 - WORST / max(1, len(large)))
    found = [each.told(team, z) for team, each in large.items()]
    return sorted((each for each in found if each.low > 0), key=lambda each: (-(each.expected - each.n_passed), each.team))


class _Beside:
    """Sums over what a team has in common with the other teams of the front."""

    def __init__(self) -> None:
        self.n = self.n_passed = self.n_others = self.n_others_passed = 0
        self.by_chance = self.of_others = 0.0
        self.weeks: dict[int, tuple[float, int]] = {}

    def add(self, mine: Sequence[Life], n_all: int, n_passed_all: int) -> None:
        """Add a group of like items: those of the team, and how many there are and were passed on of all teams."""
        n_passed, n_others = sum(map(_is_passed, mine)), n_all - len(mine)
        share, pooled = (n_passed_all - n_passed) / n_others, n_passed_all / n_all
        self.n, self.n_passed = self.n + len(mine), self.n_passed + n_passed
        self.n_others, self.n_others_passed = self.n_others + n_others, self.n_others_passed + n_passed_all - n_passed
        self.by_chance += len(mine) * pooled * (1 - pooled)
        self.of_others += len(mine) ** 2 * pooled * (1 - pooled) / n_others
        for life in mine:
            less, n = self.weeks.get(week_of(life), (0.0, 0))
            self.weeks[week_of(life)] = less + share - _is_passed(life), n + 1

    def told(self, team: str, z: float) -> Keeper:
        """
        Return how much less the team passes on, and how far that could be off.

        Source   indirect standardisation (Breslow & Day 1987, Statistical Methods in Cancer Research II, 2.3); the variance is
                 that of chance or of weeks as clusters, whichever is larger, and that of the others
        """
        less = sum(each for each, _ in self.weeks.values())
        of_weeks = sum((each - n * less / self.n) ** 2 for each, n in self.weeks.values())
        half = z * (max(self.by_chance, of_weeks) + self.of_others) ** 0.5
        low, high = (less - half) / self.n, (less + half) / self.n
        others = self.n_others, self.n_others_passed
        return Keeper(team, self.n, self.n_passed, self.n_passed + less, low, high, *others)
