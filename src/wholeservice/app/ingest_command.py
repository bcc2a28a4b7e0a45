"""`wholeservice ingest`: read the declared sources into the store, and account for every row."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from wholeservice.app.asked import Asked
from wholeservice.app.printing import Column, format_option, print_problems, print_rows, problem_row, say, sentence
from wholeservice.errors import EXIT_PROBLEMS, InputError, Problem, suggest

if TYPE_CHECKING:
    from wholeservice.app.settings import Settings
    from wholeservice.facts.identity import Unresolved
    from wholeservice.facts.ingest import Report, SourceReport
    from wholeservice.facts.store import Run
    from wholeservice.organisation.graph import Organisation

N_UNKNOWN_SHOWN = 5
N_REASONS_SHOWN = 3
MAX_VALUE = 60  # characters of a refused value that are shown

COLUMNS = [
    Column("source", "Source"),
    *(
        Column(name, title, lambda row, name=name: f"{row[name]:,}", is_number=True)  # type: ignore[misc]
        for name, title in (("read", "Rows read"), ("kept", "New"), ("known", "Known"), ("superseded", "Changed"),
                            ("refused", "Refused"), ("facts", "Facts"))
    ),
    Column("resolved", "Names known", lambda row: f"{row['resolved']:,} of {row['names']:,}", is_number=True),
]  # fmt: skip


@click.command()
@click.argument("source", required=False)
@click.option("--every", metavar="INTERVAL", help="Read again and again, every 30s, 15m, 1h or 1d, until stopped.")
@click.option("--known-on", metavar="DATE", help="The day on which what is read was known, to put in a history afterwards.")
@format_option
@click.pass_obj
def ingest(asked: Asked, *, source: str | None, every: str | None, known_on: str | None, form: str) -> None:
    """Read the sources named in wholeservice.yaml, or only SOURCE. It may be repeated and interrupted at any time.

    Every row is accounted for: new, known, changed or refused. What is refused is kept in quarantine, and the commonest
    reasons are shown with an example and what to do; JSON and CSV hold all of them.

    Exit code 1 when rows were refused (all others are in), or when a source could not be read (what it said before stays).

    With --every one line is printed per round. A round that fails is told, and the next one comes. Ctrl-C (exit code 130)
    and SIGTERM (143) finish a commit that has begun.

    With --known-on the files of earlier days go in, oldest first, each as it was known then:

    \b
        wholeservice --set file=services.2015-06-30.csv ingest --known-on 2015-06-30
        wholeservice --set file=services.2016-11-30.csv ingest --known-on 2016-11-30
        wholeservice measure volume --as-of 2016-01-01      # what was known on that day: the file of 2015

    Example:  wholeservice --workspace examples/govuk ingest
    """
    from wholeservice.app.workspace import ingest_workspace

    if every is not None:
        _leave(_every(asked, source, every, known_on=known_on, form=form))
    settings = asked.settings()
    report = ingest_workspace(settings, source, known_on=known_on)
    print_report(settings, report, form)
    if any(each.refused or not each.is_read for each in report.sources):
        sys.exit(EXIT_PROBLEMS)


def _every(asked: Asked, source: str | None, every: str, *, known_on: str | None, form: str) -> int:
    from wholeservice.app.rounds import ingest_every

    if known_on is not None:
        raise InputError(Problem("ING004", "--every reads what is known now, --known-on what was known",
                                 expected="one of the two",
                                 next_step="take one of them out"))  # fmt: skip
    return ingest_every(asked, source, every, form)


def _leave(code: int) -> None:
    """Exit at once: a library's thread that was at work when the signal came must not spoil the exit code."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def print_report(settings: Settings, report: Report, form: str) -> None:
    """Print what became of the rows of each source, and which names stand for nothing yet."""
    from wholeservice.app.snapshots import names_in_run
    from wholeservice.app.workspace import store_of

    absent = [each.source for each in report.sources if each.is_absent]
    print_problems([problem for each in report.sources if not each.is_absent for problem in each.problems])
    allowed = f"Nothing to read, and that is allowed: {sentence(absent)}" if absent else ""
    if report.run is None:
        say(allowed or "Nothing was read: wholeservice.yaml names no source that could be read.")
        return
    names = names_in_run(settings, store_of(settings), report.run)
    there = [each for each in report.sources if not each.is_absent and (each.read or each.is_read)]
    print_rows([_row(each, names.by_source.get(each.source, (0, 0))) for each in there], COLUMNS, form)
    if unread := [each.source for each in report.sources if each not in there and not each.is_absent]:
        say(f"Not read: {sentence(unread)}")
    if allowed:
        say(allowed)
    say(f"Run {report.run.id}" + ("" if report.is_new else " stands: nothing has changed"))
    for each in there:
        _say_reasons(each)
    if names.unresolved:
        _say_unknown(names.unresolved, _organisation(settings, report.run))


def _say_reasons(source: SourceReport) -> None:
    """Say why rows of a source were refused: the commonest reasons, each with an example and what to do."""
    for each in source.reasons[:N_REASONS_SHOWN]:
        say(f"{source.source}: {each.n:,} refused ({each.code}): {each.what}")
        say(f"  example   {each.place}" + (f"  '{each.value[:MAX_VALUE]}'" if each.value else ""))
        if each.expected:
            say(f"  expected  {each.expected}")
        say(f"  next      {each.next_step}")
    if len(source.reasons) > N_REASONS_SHOWN:
        say(f"{source.source}: ... and {len(source.reasons) - N_REASONS_SHOWN:,} more reasons; --format json shows all")


def _say_unknown(unknown: Sequence[Unresolved], organisation: Organisation) -> None:
    from wholeservice.facts.known_steps import known_steps

    titles = [each.title for each in organisation.entities.values()]
    known = [*titles, *organisation.aliases, *organisation.entities]  # of two that are as near, suggest takes the last: the id
    steps = known_steps(organisation)
    for each in unknown[:N_UNKNOWN_SHOWN]:
        rows = f"{each.table} ({each.n_rows:,} row{'' if each.n_rows == 1 else 's'})"
        nearest = steps[each.step_of].nearest(each.name) if each.step_of else suggest(each.name, known)
        meant = f"; the nearest {'step' if each.step_of else 'name'} is '{nearest}'" if nearest else ""
        if each.step_of:
            say(
                f"  '{each.name}' in {rows} is no step of {each.step_of}: correct the journey, or translate it with map:{meant}"
            )
        else:
            say(f"  '{each.name}' in {rows} stands for nothing yet: declare it, or add an alias{meant}")
    if len(unknown) > N_UNKNOWN_SHOWN:
        say(f"  ... and {len(unknown) - N_UNKNOWN_SHOWN:,} more names")


def _organisation(settings: Settings, run: Run) -> Organisation:
    """Return what is declared, with what sources saw in the run."""
    from wholeservice.app.declared import declared_organisation
    from wholeservice.app.stored_results import with_seen
    from wholeservice.app.workspace import store_of
    from wholeservice.tables import SIGHTINGS

    seen = store_of(settings).read(run, SIGHTINGS.name)
    return with_seen(declared_organisation(settings), seen)[0]


def _row(each: Any, names: tuple[int, int]) -> dict[str, Any]:
    row = asdict(each)
    row["problems"] = [problem_row(problem) for problem in each.problems]
    return {**row, "names": names[0], "resolved": names[1], "is_read": each.is_read}
