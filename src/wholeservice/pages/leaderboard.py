"""Who improved most: services, then teams, by how fast they close the gap to what was wanted at the start; never people."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.draw.leaderboard import Leaderboard, LeaderRow
from wholeservice.draw.svg import id_of
from wholeservice.improvements.base import Improvement
from wholeservice.improvements.leaderboard import Board, Rate, Standing, boards
from wholeservice.improvements.reach import entities_named
from wholeservice.measures.asked import unasked
from wholeservice.organisation.graph import team_of
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.entries import address_of
from wholeservice.pages.numbers import plural, when
from wholeservice.periods import Period

NONE = "–"


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One target of a need: how fast its gap closes."""

    says: str
    target: str
    rate: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Did:
    """What stands behind a row: its needs, and the improvements there."""

    anchor: str
    title: str
    address: str
    says: str
    needs: tuple[NeedLine, ...]
    improvements: tuple[tuple[str, str, str], ...]  # id, what was changed, address


@dataclass(frozen=True, slots=True)
class LeaderboardPage:
    """Both boards. Without any number it says what would fill it."""

    title: str
    period: str | None
    fixed: str
    services: Leaderboard | None
    teams: Leaderboard | None
    did: tuple[Did, ...]
    snapshot: str


def build(data: Data) -> LeaderboardPage:
    """Return the boards of services and of teams over the newest twelve months."""
    found = boards(unasked(data.results), data.organisation, data.zone, data.needs_then)
    if found is None:
        return LeaderboardPage("Nothing was measured yet", None, _fixed(data), None, None, (), data.snapshot)
    services, teams = found
    of_services, of_teams = _drawn(data, services, "services"), _drawn(data, teams, "teams")
    did = tuple(_did(data, row) for board in found for row in board.rows if row.rate is not None)
    period = when(data, Period(services.from_at, services.to_at))
    return LeaderboardPage(_title(data, services), period, _fixed(data), of_services, of_teams, did, data.snapshot)


def _fixed(data: Data) -> str:
    then = data.needs_then.known_at
    if then is None:
        return (
            "No older declaration is kept, so targets are those of now; from the next snapshot on they are those of the start"
        )
    return f"Targets are those declared on {then:%-d %b %Y}; one that was changed since moves no rank"


def _title(data: Data, board: Board) -> str:
    if not any(row.rate for row in board.rows):
        return "No service can be ranked yet"
    sure = [row for row in board.rows if row.rate and row.rate.low > 0]
    if not sure:
        return "No service improved beyond what chance explains"
    first = data.organisation.entities[sure[0].entity].title
    return f"{first} improved most" if sure[0].best == sure[0].worst == 1 else f"{plural(len(sure), 'service')} improved"


def _drawn(data: Data, board: Board, name: str) -> Leaderboard | None:
    rows = tuple(_row(data, each) for each in board.rows)
    title = f"Who improved most: {name}"
    return Leaderboard(f"leaders-{name}", title, rows) if rows else None


def _row(data: Data, row: Standing) -> LeaderRow:
    rank = NONE if row.best is None else str(row.best) if row.best == row.worst else f"{row.best}–{row.worst}"
    leading = max(row.rates, key=lambda each: each.series.n, default=None)
    values = tuple(each.value * leading.series.points for each in leading.series.series.periods) if leading else ()
    return LeaderRow(
        data.organisation.entities[row.entity].title, rank, row.n_met, len(row.rates), row.n,
        (row.rate.by, row.rate.low, row.rate.high) if row.rate else None, row.why or "", values,
        f"#{_anchor(row)}" if row.rate else None,
    )  # fmt: skip


def _anchor(row: Standing) -> str:
    return f"did-{id_of(row.entity)}"


def _did(data: Data, row: Standing) -> Did:
    entity = data.organisation.entities[row.entity]
    needs = tuple(
        NeedLine(each.series.need.says, each.series.target.text, _rate(each.rate), each.series.is_changed) for each in row.rates
    )
    there = tuple(
        (each.id, each.says, address("improvements", each.id)) for each in data.improvements if _is_there(data, row, each)
    )
    says = row.why or ""
    if row.rate is not None and row.plain is not None:
        plain = "" if abs(row.plain - row.rate.by) < 0.05 else f"; {row.plain:+.1f} as measured"
        says = f"{_rate(row.rate)} points a quarter{plain}".replace("-", "−")
    return Did(_anchor(row), entity.title, address_of(entity), says, needs, there)


def _rate(rate: Rate) -> str:
    return (
        f"{rate.by:+.1f}, likely {rate.low:+.1f} to {rate.high:+.1f}".replace("+0.0", "±0")
        .replace("-0.0", "±0")
        .replace("-", "−")
    )


def _is_there(data: Data, row: Standing, improvement: Improvement) -> bool:
    named = entities_named(data.organisation, improvement)
    return row.entity in named or row.entity in (improvement.team, *(team_of(data.organisation, each) for each in named))


def _sheet(_: Data, page: LeaderboardPage) -> Sheet:
    header = (
        "board",
        "name",
        "rank",
        "needs met",
        "needs",
        "points a quarter",
        "likely from",
        "likely to",
        "answers",
        "why not",
    )
    return Sheet(header, tuple(
        (board.title, row.title, row.rank, row.n_met, row.n_needs, *(row.rate or (None, None, None)), row.n, row.why)
        for board in (page.services, page.teams) if board for row in board.rows
    ))  # fmt: skip


PAGE = Page(path="/leaderboard", name="leaderboard", template="leaderboard.html", build=build, sheet=_sheet)
