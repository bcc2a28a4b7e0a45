"""Continuous transformation: does the gap close, faster than before, by work that changes something, and what stands still?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wholeservice.draw.forest import Forest, ForestRow
from wholeservice.improvements.base import IMPROVED
from wholeservice.improvements.needs import A_YEAR_DAYS, need_series, newest_end
from wholeservice.improvements.quarters import Pace, pace_of, telling
from wholeservice.improvements.standing import LeftStanding, first_seen, left_standing
from wholeservice.improvements.work import (
    Changed,
    Rhythm,
    Took,
    delivered,
    from_finding_to_change,
    outcome_of,
    rhythm_of,
    work_that_changed,
)
from wholeservice.measures.asked import unasked
from wholeservice.organisation.graph import team_of
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.numbers import plural
from wholeservice.pages.verdicts import verdicts_on
from wholeservice.periods import civil
from wholeservice.units import POINTS, SHARE, write

MOST_LISTED, YEARS = 20, 3


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A loss that nobody funded a change for."""

    title: str
    address: str
    days: int | None
    since: str | None
    how: str | None
    owner: str | None
    team: str | None
    team_title: str | None


@dataclass(frozen=True, slots=True)
class TransformationPage:
    """All the page says; what cannot be told yet says what would fill it."""

    title: str
    pace: Forest | None
    faster: str | None
    pace_missing: str | None
    changed: Changed | None
    changed_says: str | None
    left: tuple[LeftRow, ...]
    n_left: int
    left_says: str
    took: Took
    took_says: str | None
    rhythm: Rhythm
    rhythm_says: str | None
    since: str | None
    snapshot: str


def build(data: Data) -> TransformationPage:
    """Return what changes in the whole organisation, and how fast."""
    results, org = unasked(data.results), data.organisation
    as_of = newest_end(results, org.entities) or dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    verdicts = {each.id: verdicts_on(data, each) for each in data.improvements}
    outcomes = {each.id: outcome_of(each, verdicts[each.id]) for each in data.improvements}
    since = as_of - dt.timedelta(days=A_YEAR_DAYS)
    series = telling(need_series(results, org, data.zone, data.needs_then, as_of - dt.timedelta(days=YEARS * A_YEAR_DAYS)))
    firsts = first_seen(data.findings, data.seen_first, results, org, data.zone)
    left = left_standing(data.findings, data.improvements, firsts, org, as_of)
    took = from_finding_to_change(data.improvements, verdicts, firsts)
    rhythm = rhythm_of(data.improvements, max([as_of, *(entry.at for each in data.improvements for entry in each.entries)]))
    n_done, since = delivered(results, org, since) or (0, since)
    pace, stories = pace_of(series, data.zone), data.stories.values()
    changed = work_that_changed(data.improvements, outcomes, stories, since, n_done)
    return TransformationPage(
        title=_title(pace), pace=_forest(pace), faster=_faster(pace), pace_missing=_pace_missing(pace),
        changed=changed if changed.n else None, changed_says=_changed_says(changed),
        left=tuple(_left(data, each) for each in left[:MOST_LISTED]), n_left=len(left), left_says=_left_says(left), took=took,
        took_says=_took_says(took), rhythm=rhythm, rhythm_says=_rhythm_says(rhythm),
        since=f"{civil(since, data.zone):%-d %b %Y}" if changed.n else None, snapshot=data.snapshot,
    )  # fmt: skip


def _title(pace: Pace) -> str:
    if not pace.quarters:
        return "Whether the gap closes cannot be told yet"
    newest = pace.quarters[-1]
    if newest.low > 0:
        return f"The gap closed by {newest.by:.1f} points in {newest.quarter.words}"
    if newest.high < 0:
        return f"The gap grew by {-newest.by:.1f} points in {newest.quarter.words}"
    return f"In {newest.quarter.words} the gap neither closed nor grew beyond what chance explains"


def _forest(pace: Pace) -> Forest | None:
    rows = tuple(ForestRow(each.quarter.words, each.by, each.low, each.high, float(each.n_needs)) for each in pace.quarters)
    heading = "Points closed against the quarter before, with the likely range"
    return Forest("pace", "Gap closed per quarter", POINTS, rows, heading, counted="Needs") if rows else None


def _faster(pace: Pace) -> str | None:
    faster = pace.faster
    if faster is None:
        return None
    word = "Faster" if faster.low > 0 else "Slower" if faster.high < 0 else "Neither faster nor slower for certain"
    change = f"{faster.by:+.1f} points, likely {faster.low:+.1f} to {faster.high:+.1f}".replace("-", "−")
    return f"{word} than in the quarter before: {change}, of the {plural(faster.n_needs, 'need')} measured in all three"


def _pace_missing(pace: Pace) -> str | None:
    if not pace.quarters:
        return "It takes needs with targets that were measured in two quarters in a row, at least four weeks in each."
    return None if pace.faster else "Whether it goes faster than before takes three quarters in a row."


def _changed_says(changed: Changed) -> str | None:
    if changed.share is None or changed.interval is None:
        return None
    likely = f"likely {write(changed.interval.low, SHARE)} to {write(changed.interval.high, SHARE)}"
    better = dict(changed.counts)[IMPROVED]
    share = write(changed.share, SHARE)
    return f"{better:,} of {plural(changed.n, 'delivered item')} measurably improved something: {share}, {likely}"


def _left(data: Data, standing: LeftStanding) -> LeftRow:
    finding, first = standing.finding, standing.first
    team = team_of(data.organisation, finding.entity)
    return LeftRow(
        finding.title, address("finding", str(data.findings.index(finding) + 1)), standing.days,
        f"{civil(first.at, data.zone):%-d %b %Y}" if first else None, first.how if first else None, standing.owner, team,
        data.organisation.entities[team].title if team and team in data.organisation.entities else None,
    )  # fmt: skip


def _left_says(left: tuple[LeftStanding, ...]) -> str:
    known = sorted(each.days for each in left if each.days is not None)
    if not left:
        return "No loss was found that is without an improvement"
    if not known:
        return f"{plural(len(left), 'loss', 'losses')} with no improvement; since when they are there is not known"
    half = f"half of those known stand {known[len(known) // 2]:,} days or longer"
    return f"{plural(len(left), 'loss', 'losses')} without an improvement; {half}"


def _took_says(took: Took) -> str | None:
    if took.median_days is None:
        return None
    likely = f", likely {took.low:,.0f} to {took.high:,.0f}" if took.low is not None and took.high is not None else ""
    return f"Half took at most {took.median_days:,.0f} days{likely} (n = {took.n})"


def _rhythm_says(rhythm: Rhythm) -> str | None:
    if not rhythm.n_weeks and not rhythm.n_due:
        return None
    was, its = ("was", "its") if rhythm.n_due == 1 else ("were", "their")
    kept = f"{rhythm.n_kept} of {plural(rhythm.n_due, 'promise')} {was} looked at within two weeks of {its} day"
    due = kept if rhythm.n_due else "no promise has come due yet"
    return f"{due}; something was written into the log in {rhythm.n_weeks} of the newest {rhythm.of_weeks} weeks"


def _sheet(_: Data, page: TransformationPage) -> Sheet:
    header = ("finding", "days standing", "since", "how that is known", "owner", "team")
    return Sheet(
        header, tuple((each.title, each.days, each.since, each.how, each.owner, each.team_title) for each in page.left)
    )


PAGE = Page(path="/transformation", name="transformation", template="transformation.html", build=build, sheet=_sheet)
