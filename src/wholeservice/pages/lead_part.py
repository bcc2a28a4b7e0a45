"""Two sentences about how people feel: whether it moves before what they do, and whether the targets hide it."""

from __future__ import annotations

from wholeservice.findings.lead import LEADS, TOO_FEW, Lead, lead_of
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


def lead_words(data: Data, entity: str) -> str | None:
    """Say whether a change in the score shows before one in what people do; None with too few weeks to tell."""
    found = lead_of(data.results, entity)
    if found is None or found.verdict == TOO_FEW or found.outcome is None:
        return None
    score, outcome = data.measures[found.score].title, data.measures[found.outcome].title
    if found.lag == 0 and found.interval and found.interval.low > 0:
        return f"No lead seen: “{score}” and “{outcome}” change in the same week{_tested(found)}."
    if found.verdict != LEADS:
        return f"No lead seen: changes in “{score}” do not surely show ahead of changes in “{outcome}”{_tested(found)}."
    words = f"“{score}” leads “{outcome}” by {plural(found.lag or 0, 'week')}"
    return f"{words}{_tested(found)}. They go together in time; whether one causes the other, this does not say."


def _tested(found: Lead) -> str:
    """How strongly, how far off, on how many weeks: `: 0.5 of at most 1, likely 0.2 to 0.7; 26 weeks that ...`."""
    spread = found.interval
    likely = f", likely {_written(spread.low)} to {_written(spread.high)}" if spread else ""
    season = "" if not found.has_season else "; a season that both share is not taken out, for want of two years"
    weeks = f"{plural(found.n_weeks, 'week')} that had no part in choosing it"
    return f" ({_written(found.strength or 0.0)} on a scale to 1{likely}; {weeks}{season})"


def _written(number: float) -> str:
    return f"{number:.1f}".replace("-", "−").replace("−0.0", "0.0")
