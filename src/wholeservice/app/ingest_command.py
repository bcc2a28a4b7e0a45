"""`wholeservice ingest`: read the declared sources into the store, and account for every row."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from wholeservice.app.asked import Asked
from wholeservice.app.printing import Column, format_option, print_problems, print_rows, say, sentence
from wholeservice.errors import EXIT_PROBLEMS

if TYPE_CHECKING:
    from wholeservice.app.settings import Settings
    from wholeservice.facts.ingest import Report

N_UNKNOWN_SHOWN = 5

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
@format_option
@click.pass_obj
def ingest(asked: Asked, *, source: str | None, form: str) -> None:
    """Read the sources named in wholeservice.yaml, or only SOURCE. It may be repeated and interrupted at any time.

    Every row is accounted for: new, known, changed or refused. What is refused is kept in quarantine with its reason.
    Exit code 1 when a source could not be read; what it said before stays.

    Example:  wholeservice --workspace examples/govuk ingest
    """
    from wholeservice.app.workspace import ingest_workspace

    settings = asked.settings()
    report = ingest_workspace(settings, source)
    print_report(settings, report, form)
    if any(each.severity == "error" for each in report.problems):
        sys.exit(EXIT_PROBLEMS)


def print_report(settings: Settings, report: Report, form: str) -> None:
    """Print what became of the rows of each source, and which names stand for nothing yet."""
    from wholeservice.app.snapshots import names_in_run
    from wholeservice.app.workspace import store_of

    print_problems([each for each in report.problems if each.severity == "error"])
    if report.run is None:
        say("Nothing was read: wholeservice.yaml names no source that could be read.")
        return
    known, unknown = names_in_run(settings, store_of(settings), report.run)
    there = [each for each in report.sources if each.read or not each.problems]
    print_rows([_row(each, known.get(each.source, (0, 0))) for each in there], COLUMNS, form)
    if len(there) < len(report.sources):
        say(f"Not read: {sentence(each.source for each in report.sources if each not in there)}")
    say(f"Run {report.run.id}" + ("" if report.is_new else " stands: nothing has changed"))
    for each in unknown[:N_UNKNOWN_SHOWN]:
        say(f"  '{each.name}' in {each.table} ({each.n_rows:,} rows) stands for nothing yet: declare it, or add an alias")
    if len(unknown) > N_UNKNOWN_SHOWN:
        say(f"  ... and {len(unknown) - N_UNKNOWN_SHOWN:,} more names")


def _row(each: Any, names: tuple[int, int]) -> dict[str, Any]:
    row = asdict(each)
    row.pop("problems")
    return {**row, "names": names[0], "resolved": names[1], "is_read": not each.problems}
