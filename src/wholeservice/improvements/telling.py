"""A verdict in plain words, the same on pages and on the command line."""

from __future__ import annotations

from wholeservice.improvements.judged import Judged
from wholeservice.improvements.verify import WORDS_OF_DAYS
from wholeservice.units import difference_unit, write

METHOD = (
    "Interrupted series: level, trend{season} and one change at the date, fitted by generalised least squares to {n} {word}s. "
    "The noise is sampling plus what {word}s differ by, whose size and persistence are averaged over by restricted likelihood; "
    "the 95 % interval is that of the mixture."
)


def effect_words(judged: Judged) -> str:
    """Write the effect with its likely range, positive for the better; where there is none, why."""
    if judged.effect is None:
        return judged.why or "no effect can be told yet"
    unit = difference_unit(judged.unit)
    low, high = write(judged.low, unit, signed=True), write(judged.high, unit, signed=True)
    return f"{write(judged.effect, unit, signed=True)}, likely {low} to {high}"


def kept_words(judged: Judged) -> str | None:
    """Say what was promised beside what was measured; None where nothing was."""
    if judged.promised is None:
        return None
    return f"promised {write(judged.promised, difference_unit(judged.unit), signed=True)}"


def alarm_words(judged: Judged) -> str | None:
    """Say how often this series would have been called changed at dates at which nothing was; None where nothing was told."""
    if judged.effect is None:
        return None
    if not judged.n_dates:
        return "no earlier date could be tried, so how often this series gives a false alarm is not known"
    says = f"at {judged.n_alarms} of {judged.n_dates} earlier dates the same look would have seen a change where there was none"
    if judged.widened > 1:
        return f"{says}; the range is {judged.widened:.2f} times as wide because of that"
    return says


def method_words(judged: Judged) -> str:
    """Say how the effect was found, with the names of the methods: for behind the fold."""
    season = ", season of the week" if judged.days == 1 else ""
    season += ", season of the year" if judged.has_year else ""
    word, n = WORDS_OF_DAYS.get(judged.days, "period"), judged.n_left_out
    says = METHOD.format(season=season, n=judged.n_before + judged.n_after, word=word)
    return f"{says} Left out: {n} {word}{'' if n == 1 else 's'} in which there was an incident that is over." if n else says
