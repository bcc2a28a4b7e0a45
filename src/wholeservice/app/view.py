"""What a reader asked to see: as known when, over which period, beside which other one; and how every page says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from wholeservice.app.earlier import Earlier
from wholeservice.app.kept import KEPT, kept_of, with_words
from wholeservice.errors import InputError, Problem
from wholeservice.facts import runs
from wholeservice.facts.runs import Run
from wholeservice.measures.asked import Of, over
from wholeservice.organisation import kinds
from wholeservice.pages.base import Data, Page
from wholeservice.pages.numbers import listed, when
from wholeservice.pages.periods_part import Choice, ChoiceGroup, among, choices_of, near_to, periods_shown
from wholeservice.pages.sources_part import moment
from wholeservice.periods import Period, parse_period, period_word

RUNS, NEWEST, MOST_LETTERS = "/runs", "newest", 80
NOT_FOUND, BAD_REQUEST = 404, 400
Query = Sequence[tuple[str, str]]


class CannotShow(InputError):
    """What a reader asked to see is not there; *nearest* are addresses that are, with their words."""

    def __init__(self, problem: Problem, status: int, *nearest: tuple[str, str]) -> None:
        self.status, self.nearest = status, nearest
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Seen:
    """The snapshot a reader sees, with the periods asked for, and the words that are kept in every link."""

    data: Data
    kept: Mapping[str, str]
    is_older: bool
    is_counted_otherwise: bool  # with another organisation, or other definitions, than the newest
    period: Period | None
    against: Period | None


@dataclass(frozen=True, slots=True)
class View:
    """What every page says of what it shows, and the choices it offers. `groups` are empty on a page without periods."""

    path: str
    known: str | None
    is_older: bool
    is_counted_otherwise: bool
    now: str  # the same page as known now
    runs: str  # where another day is chosen
    others: tuple[tuple[str, str], ...]  # what the form sends along
    groups: tuple[ChoiceGroup, ...]
    has_against: bool
    period: str
    against: str
    over: str | None  # the period asked for, in words
    beside: str | None  # the one to compare with
    says: str | None
    near: tuple[tuple[tuple[str, str], ...], ...]  # periods that have a number, where the one asked for has none


def seen_by(newest: Data, earlier: Earlier, path: str, query: Query) -> Seen:
    """
    Return what is seen at an address of which the *query* names the day, the period and the one beside it.

    Errors   CannotShow for a run or a period that does not exist, or that was never measured
    """
    kept = kept_of(query)
    data, is_older = _as_of(newest, earlier, path, query)
    period, against = (_period(name, data.zone, path, query) for name in ("period", "against"))
    is_counted_otherwise = _counted_with(data) != _counted_with(newest)
    return Seen(data, kept, is_older, is_counted_otherwise, period, against)


def _counted_with(data: Data) -> str:
    """The organisation and the definitions of a snapshot, as its name says after the run."""
    return data.snapshot.partition(".")[2]


def _as_of(newest: Data, earlier: Earlier, path: str, query: Query) -> tuple[Data, bool]:
    words = kept_of(query).get("as_of")
    if words is None:
        return newest, False
    known = [_run(each) for each in reversed(newest.runs)]
    try:
        run = runs.as_of(known, words[:MOST_LETTERS], newest.zone)
    except (InputError, OverflowError) as error:
        raise _no_run(error, path, query, words) from None
    if run.id == known[-1].id:
        return newest, False
    data = earlier.load(run.id)
    if data is None:
        raise _not_measured(newest, run, path, query)
    return data, True


def _run(row: Mapping[str, Any]) -> Run:
    return Run(str(row["id"]), _instant(row.get("committed_at")), {}, {}, ())


def _instant(said: Any) -> dt.datetime:
    """Results on disk hold an instant as text, those just computed as it is."""
    return dt.datetime.fromisoformat(said) if isinstance(said, str) else said


def _known(data: Data, said: Any) -> str:
    """When something was known; a history that was put in is known from the beginning of a day."""
    return moment(data, _instant(said)).removesuffix(", 00:00") if said else "a day that is not recorded"


def _no_run(error: Exception, path: str, query: Query, words: str) -> CannotShow:
    said = error.problems[0] if isinstance(error, InputError) else Problem("STO102", f"no run '{words}' in the store")
    near = ((_at(path, query, {"as_of": said.nearest}), f"as known at run {said.nearest}"),) if said.nearest else ()
    says = replace(said, what=said.what[:1].upper() + said.what[1:], next_step=None)
    return CannotShow(says, NOT_FOUND, *near, *_instead(path, query))


def _not_measured(newest: Data, run: Run, path: str, query: Query) -> CannotShow:
    what = f"What was known on {_known(newest, run.committed_at)} was never measured"
    problem = Problem("RES003", what, next_step=f"wholeservice measure --as-of {run.id}")
    return CannotShow(problem, NOT_FOUND, *_instead(path, query))


def _instead(path: str, query: Query) -> tuple[tuple[str, str], ...]:
    return (_runs_from(path, query), "every run there is"), (_at(path, query, {}), "what is known now")


def _runs_from(path: str, query: Query) -> str:
    """Return where another day is chosen, and that it is for this page."""
    return f"{RUNS}?{urlencode({'back': _at(path, query, {})})}"


def _period(name: str, zone: str, path: str, query: Query) -> Period | None:
    words = kept_of(query).get(name, NEWEST)[:MOST_LETTERS]
    if words == NEWEST:
        return None
    try:
        period = parse_period(words, zone)
    except OverflowError:
        period = None
    if period is None or period.to_at <= period.from_at:
        problem = Problem("ASK003", f"“{words}” is no period", expected="2026, 2026-Q3, 2026-09 or 2026-09-01..2026-10-01")
        raise CannotShow(problem, BAD_REQUEST, (_at(path, query, {name: None}), "the newest numbers"))
    return period


def data_of(page: Page, seen: Seen, of: Of) -> Data:
    """Return what the page is built from: over the period asked for, where anything it shows has a number for that."""
    if not page.has_period:
        return seen.data
    periods = periods_shown(seen.data, of)
    period, against = (among(each, periods) for each in (seen.period, seen.against if page.has_against else None))
    if period is None and against is None:
        return seen.data
    return replace(seen.data, results=over(seen.data.results, period, against))


def view_of(page: Page | None, seen: Seen, of: Of, path: str, query: Query) -> View:
    """Return what a page says of what it shows; *page* None is one that is no registered page."""
    data, at = seen.data, (path, query)
    periods = periods_shown(data, of) if page and page.has_period else ()
    has_period, has_against = bool(periods), bool(periods) and page is not None and page.has_against and _compares(data, of)
    asked = {"period": seen.period if has_period else None, "against": seen.against if has_against else None}
    shown = {name: among(each, periods) for name, each in asked.items()}
    without = {name: each for name, each in asked.items() if each and shown[name] is None}
    words = {name: (period_word(each, data.zone) if each else None) or "" for name, each in asked.items()}
    chosen = ("period", "against") if has_against else ("period",)
    return View(
        path=quote(path), known=_known(data, data.runs[0].get("committed_at")) if data.runs else None,
        is_older=seen.is_older, is_counted_otherwise=seen.is_counted_otherwise, now=_at(*at, {}), runs=_runs_from(*at),
        others=tuple({name: value for name, value in query if name not in chosen and value}.items()),
        groups=choices_of(data, periods, [shown[name] or each for name, each in asked.items() if each]) if has_period else (),
        has_against=has_against, period=words["period"], against=words["against"],
        over=_words(data, shown["period"]), beside=_words(data, shown["against"]), says=_says(data, shown, without),
        near=tuple(_near(seen, near_to(data, each, periods), name, at) for name, each in without.items()),
    )  # fmt: skip


def _compares(data: Data, of: Of) -> bool:
    """Only the first page, and those of services and parts, say what changed."""
    entity = data.organisation.entities.get(of[0] or "")
    return entity is None or entity.kind in (kinds.SERVICE, kinds.PART)


def _words(data: Data, period: Period | None) -> str | None:
    return when(data, period) if period else None


def _says(data: Data, shown: Mapping[str, Period | None], without: Mapping[str, Period]) -> str | None:
    over = _words(data, shown["period"]) or ("the newest periods" if shown["against"] else None)
    parts = [f"Numbers of {over}; findings and where it is lost are always of the newest periods."] if over else []
    if without:
        none = f"Nothing here has a number for {listed([when(data, each) for each in dict.fromkeys(without.values())])}"
        parts.append(none + (", so that nothing is compared with it." if "period" not in without else ": you see the newest."))
    return " ".join(parts) or None


def _near(seen: Seen, choices: tuple[Choice, ...], name: str, at: tuple[str, Query]) -> tuple[tuple[str, str], ...]:
    return tuple((_at(*at, {**seen.kept, name: each.word}), each.title) for each in choices)


def _at(path: str, query: Query, kept: Mapping[str, str | None]) -> str:
    """Return the address of a page with other words of what is seen; what else it was asked stays."""
    others = {name: value for name, value in query if name not in KEPT and value}
    mine = {name: value for name, value in {**kept_of(query), "as_of": None, **kept}.items() if value}
    return with_words(quote(path), {**others, **mine})
