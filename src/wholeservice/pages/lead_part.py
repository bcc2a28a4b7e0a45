"""About how people feel: whether it moves before what they do, outcome by outcome, and whether the targets hide it."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.findings.lead import LEADS, TOO_FEW, Lead, leads_of
from wholeservice.findings.watermelon import OUTSIDE, watermelon_of
from wholeservice.pages.base import Data
from wholeservice.pages.numbers import listed, plural


def outside_words(data: Data, entity: str) -> str | None:
    """Say that the service is green outside and red inside; None where it is not, or nobody can tell."""
    found = watermelon_of(data.organisation, data.results, entity, data.zone)
    if found is None:
        return None
    missed = listed(list(dict.fromkeys(each.measure.title.lower() for _, each in found.missed)))
    return f"{OUTSIDE} ({plural(len(found.met), 'technical target')} met; surely missed: {missed})."


@dataclass(frozen=True, slots=True)
class LeadRow:
    """Of one outcome: whether the score leads it, by how many weeks, how strongly on a scale to 1, and that as a sentence."""

    score: str
    outcome: str
    verdict: str
    lag: int | None
    strength: float | None
    low: float | None
    high: float | None
    n_weeks: int
    words: str


@dataclass(frozen=True, slots=True)
class LeadPart:
    """The outcomes that were looked at, leads first; `reading` says how they were judged and what it does not say."""

    title: str
    rows: tuple[LeadRow, ...]
    reading: str


def lead_part(data: Data, entity: str) -> LeadPart | None:
    """Say of each outcome whether a change in the score shows before one in it; None with too few weeks of all of them."""
    found = [each for each in leads_of(data.results, entity) if each.verdict != TOO_FEW]
    if not found:
        return None
    leads = [each for each in found if each.verdict == LEADS]
    score = data.measures[found[0].score].title
    rows = tuple(_row(data, each) for each in [*leads, *(each for each in found if each.verdict != LEADS)])
    named = listed([f"“{data.measures[each.outcome].title}”" for each in leads])
    title = f"“{score}” leads {named}" if leads else f"No lead seen: nothing surely follows “{score}”"
    return LeadPart(title, rows, _reading(found, has_lead=bool(leads)))


def _row(data: Data, lead: Lead) -> LeadRow:
    spread = lead.interval
    low, high = (spread.low, spread.high) if spread else (None, None)
    title = data.measures[lead.outcome].title
    return LeadRow(
        lead.score, lead.outcome, lead.verdict, lead.lag, lead.strength, low, high, lead.n_weeks, f"{_words(title, lead)}."
    )


def _words(outcome: str, lead: Lead) -> str:
    if lead.verdict == LEADS:
        return f"“{outcome}” follows by {plural(lead.lag or 0, 'week')}{_tested(lead)}"
    if lead.is_sure:
        return f"“{outcome}” changes in the same week{_tested(lead)}"
    return f"“{outcome}” does not surely follow{_tested(lead)}"


def _reading(found: list[Lead], *, has_lead: bool) -> str:
    """What holds of all rows: that they were judged together, the season, and that none of it is a cause."""
    words = []
    if len(found) > 1:
        words.append(f"{len(found)} outcomes were looked at and are judged together, so that none stands out by chance.")
    if any(each.has_season for each in found):
        words.append("A season that both share is not taken out, for want of two years.")
    if has_lead:
        words.append("They go together in time; whether one causes the other, this does not say.")
    return " ".join(words)


def _tested(found: Lead) -> str:
    """How strongly, how far off, on how many weeks: `: 0.5 of at most 1, likely 0.2 to 0.7; 26 weeks that ...`."""
    spread = found.interval
    likely = f", likely {_written(spread.low)} to {_written(spread.high)}" if spread else ""
    weeks = f"{plural(found.n_weeks, 'week')} that had no part in choosing it"
    return f" ({_written(found.strength or 0.0)} on a scale to 1{likely}; {weeks})"


def _written(number: float) -> str:
    return f"{number:.1f}".replace("-", "−").replace("−0.0", "0.0")
