"""Print rows, texts and problems: a readable table, JSON or CSV; results to stdout, everything else to stderr.

JSON and CSV hold the raw values (a share is 0 to 1, an instant is ISO 8601, missing is null or empty); only the table
is written for people. NO_COLOR, pipes and the terminal's width are honoured.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from wholeservice.app import time_left
from wholeservice.errors import Problem, describe_all

if TYPE_CHECKING:
    from rich.console import Console

TABLE, JSON, CSV = "table", "json", "csv"
PIPE_WIDTH = 10_000  # a pipe has no width of its own: nothing is wrapped

Row = Mapping[str, Any]

format_option = click.option(
    "--format", "form", type=click.Choice([TABLE, JSON, CSV]), default=TABLE, show_default=True, help="How to print the result."
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table for people: `show` writes the cell from the whole row (default: the value as text)."""

    key: str
    title: str
    show: Callable[[Row], str] | None = None
    is_number: bool = False
    wraps: bool = False  # gives way on a narrow terminal

    def text(self, row: Row) -> str:
        if self.show:
            return self.show(row)
        value = row.get(self.key)
        return "" if value is None else str(value)


def print_rows(rows: Sequence[Row], columns: Sequence[Column], form: str, *, title: str = "") -> None:
    """Print rows in the form asked for; the table shows only *columns*, JSON and CSV everything."""
    if form == JSON:
        click.echo(json.dumps(list(rows), indent=2, ensure_ascii=False, default=plain))
    elif form == CSV:
        click.echo(_csv(rows), nl=False)
    else:
        _print_table(rows, columns, title)


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else str(value)


def _csv(rows: Sequence[Row]) -> str:
    out = io.StringIO()
    keys = list(dict.fromkeys(key for row in rows for key in row))
    if not keys:
        return ""
    writer = csv.DictWriter(out, keys, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: _csv_cell(value) for key, value in row.items()} for row in rows)
    return out.getvalue()


def _csv_cell(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=plain) if isinstance(value, list | tuple | dict) else value


def _print_table(rows: Sequence[Row], columns: Sequence[Column], title: str) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title or None, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False, header_style="bold"
    )
    for column in columns:
        table.add_column(
            column.title, justify="right" if column.is_number else "left", no_wrap=not column.wraps, overflow="fold"
        )
    for row in rows:
        table.add_row(*(Text(column.text(row)) for column in columns))
    shown = console()
    with shown.capture() as captured:
        shown.print(table)
    click.echo("\n".join(line.rstrip() for line in captured.get().split("\n")).strip("\n"))


def console(*, stderr: bool = False) -> Console:
    """Return a console for stdout or stderr; a pipe gets no colour and nothing wrapped."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else PIPE_WIDTH, highlight=False, soft_wrap=False)


def say(text: str = "") -> None:
    """Print one line for people on stderr, so that a pipe of results stays clean."""
    click.echo(text, err=True)


def print_problems(problems: Sequence[Problem]) -> None:
    """Print problems on stderr as `errors.describe` writes them."""
    if problems:
        say(describe_all(problems))


def problem_row(problem: Problem) -> Row:
    """Return a problem as a flat row for JSON and CSV."""
    place = problem.place
    return {
        "code": problem.code,
        "severity": problem.severity,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "what": problem.what,
        "expected": problem.expected,
        "nearest": problem.nearest,
        "next": problem.next_step,
    }


class Report(Protocol):
    """Says what is being done now; the *detail* of a stage may change while it goes on."""

    def __call__(self, doing: str, detail: str = "", /) -> None: ...


@contextmanager
def progress(title: str, *, took: Path | None = None) -> Iterator[Report]:
    """
    Show on a terminal that something long is going on; the yielded function names what is being done now.

    In a pipe nothing is shown. With *took*, a file, it is kept there how long each stage took, and the time left is told
    from what the last time took.
    """
    last, now, began = time_left.read(took, title) if took else None, time_left.Stages(), time.monotonic()
    with _line(lambda: time_left.words(_left(last, now, began), time.monotonic() - began)) as show:
        show(title)

        def report(doing: str, detail: str = "", /) -> None:
            now.begin(doing, time.monotonic() - began)
            show(f"{title}: {doing}{f', {detail}' if detail else ''}")

        yield report
    if took:
        now.total_s = time.monotonic() - began
        time_left.keep(took, title, now)


def _left(last: time_left.Stages | None, now: time_left.Stages, began: float) -> float | None:
    return time_left.left_s(last, now, time.monotonic() - began)


@contextmanager
def _line(left: Callable[[], str]) -> Iterator[Callable[[str], None]]:
    """Keep one line at the foot of a terminal that the yielded function writes; it goes when all is done."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda words: None
        return
    from rich.progress import Progress, ProgressColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.text import Text

    class Left(ProgressColumn):
        def render(self, task: object) -> Text:
            return Text(left())

    columns = (SpinnerColumn(), TimeElapsedColumn(), Left(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console(stderr=True), transient=True) as lines:
        task = lines.add_task("", total=None)
        yield lambda words: lines.update(task, description=words)


def sentence(parts: Iterable[str], last: str = "and") -> str:
    """Join words as in a sentence.

    >>> sentence(["a", "b", "c"]), sentence(["a", "b"], "or"), sentence([])
    ('a, b and c', 'a or b', '')
    """
    words = list(parts)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""
