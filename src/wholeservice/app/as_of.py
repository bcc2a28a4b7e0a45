"""What was known when: `ingest --known-on` puts a history in, `--as-of` asks for what a day knew."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from wholeservice.app.printing import say
from wholeservice.errors import InputError, Problem
from wholeservice.periods import civil, instant

if TYPE_CHECKING:
    from wholeservice.facts.store import Run
    from wholeservice.pages.base import Data

as_of_option = click.option(
    "--as-of", metavar="RUN|DATE", help="As it was known then: a day (2017-06-06) or the name of a run; default: now."
)


def known_at_of(words: str, zone: str, newest: Run | None, now: dt.datetime) -> dt.datetime:
    """
    Return the instant at which a day begins in *zone*.

    Errors   InputError ING003 when it is no day, lies in the future, or before what the store knows already
    """
    try:
        known_at = instant(dt.date.fromisoformat(words.strip()), zone)
    except ValueError:
        raise InputError(_wrong_day(f"'{words}' is no day", "a day as 2015-06-30")) from None
    if known_at > now:
        raise InputError(_wrong_day(f"{words} lies in the future", "a day until today"))
    if newest is not None and civil(known_at, zone) < civil(newest.committed_at, zone):
        newest_on = civil(newest.committed_at, zone)
        raise InputError(_wrong_day(f"the store already knows what was known on {newest_on} (run {newest.id})",
                                    f"{newest_on} or later"))  # fmt: skip
    return known_at


def say_as_of(data: Data, as_of: str | None) -> None:
    """Say which run the numbers are of, when it is not the newest."""
    if as_of is None:
        return
    run = data.runs[0]
    known_at = run["committed_at"]
    moment = dt.datetime.fromisoformat(known_at) if isinstance(known_at, str) else known_at
    say(f"As known on {civil(moment, data.zone)} (run {run['id']}), with the organisation as declared now: {data.snapshot}")


def _wrong_day(what: str, expected: str) -> Problem:
    return Problem("ING003", what, expected=expected, next_step="put a history in oldest first, into a workspace of its own")
