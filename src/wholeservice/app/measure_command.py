"""`wholeservice measure`: what was measured, with interval, number of units, period and coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wholeservice.app.as_of import as_of_option, say_as_of
from wholeservice.app.asked import Asked
from wholeservice.app.completing import complete_entity, complete_measure
from wholeservice.app.printing import TABLE, format_option, print_rows, say
from wholeservice.errors import InputError, Problem

if TYPE_CHECKING:
    from wholeservice.periods import Period

MOST_ROWS = 40  # a table for people; JSON and CSV print everything


@click.command()
@click.argument("name", required=False, shell_complete=complete_measure)
@click.option("--of", "entity", metavar="ENTITY", shell_complete=complete_entity, help="Only this service, part or unit.")
@click.option(
    "--by",
    type=click.Choice(["channel", "step", "segment", "device", "hour", "path", "kind", "rule"]),
    help="Break the numbers down.",
)
@click.option("--period", metavar="PERIOD", help="2026, 2026-Q3, 2026-09 or FROM..TO; default: the newest.")
@as_of_option
@click.option("--full", is_flag=True, help="Compute everything again, not only what changed since the last snapshot.")
@format_option
@click.pass_obj
def measure(
    asked: Asked, *, name: str | None, entity: str | None, by: str | None, period: str | None, as_of: str | None, full: bool,
    form: str,
) -> None:  # fmt: skip
    """Print measured numbers: value, interval, n, period, coverage.

    A number that is missing says why; it is never shown as zero.

    Example:  wholeservice measure completion --of book-and-stay --by channel
    """
    from wholeservice.app import measured
    from wholeservice.app.why_nothing import why_missing, why_no_total, why_nothing
    from wholeservice.app.workspace import data_as_of, data_in_full

    settings = asked.settings()
    data = data_in_full(settings) if full and as_of is None else data_as_of(settings, as_of)
    say_as_of(data, as_of)
    question = measured.Question(name, entity, by, _period(period, settings.zone))
    rows = measured.ask(data, question)
    if form == TABLE:
        rows = measured.without_twins(data, rows)
    shown = rows[:MOST_ROWS] if form == TABLE else rows
    print_rows(shown, measured.columns(data, shown), form)
    if form == TABLE and (note := measured.note(shown)):
        say(note)
    for each in measured.ranges(data, shown) if form == TABLE else ():
        say(each)
    if form == TABLE and (why := why_no_total(data, question.period, rows)):
        say(why)
    missing = why_missing(data, question) if form == TABLE and rows else []
    for each in missing:
        say(each)
    if not rows:
        say(why_nothing(data, question))
    elif name is None and entity is None and by is None and period is None and form == TABLE:
        say("All services together. Name a measure to see it everywhere, or a service with --of; `explain NAME` defines one.")
    elif len(shown) < len(rows):
        say(f"... and {len(rows) - len(shown):,} more: name a measure, narrow with --of, or print all with --format csv")


def _period(words: str | None, zone: str) -> Period | None:
    from wholeservice.periods import parse_period

    period = parse_period(words, zone) if words else None
    if words and period is None:
        raise InputError(Problem("ASK003", f"'{words}' is not a period", next_step="write the period in one of these forms",
                                 expected="2026, 2026-Q3, 2026-09 or two days, 2026-09-01..2026-10-01"))  # fmt: skip
    return period
