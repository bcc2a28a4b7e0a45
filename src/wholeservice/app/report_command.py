"""`wholeservice report`: the page of a service as one HTML file that needs nothing, or one sheet of it for a meeting."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wholeservice.app.as_of import as_of_option, say_as_of
from wholeservice.app.asked import Asked
from wholeservice.app.completing import complete_entity
from wholeservice.app.printing import say
from wholeservice.errors import InputError, Problem

if TYPE_CHECKING:
    from wholeservice.pages.base import Data

CODES = {
    "REP001": "A file of that name is there already. `--to` names another one, `--force` writes over it, `--to -` prints.",
    "REP002": "The report would be larger than 5 MB, which mail and many readers refuse. Ask for something inside of it,"
    " or for the sheet: --board.",
    "REP003": "A diagram of a journey needs a journey: the steps of the service, in order, under `journey:`.",
    "REP004": "A sheet is HTML and a diagram is text: ask for one after the other.",
}


@click.command()
@click.argument("entity", shell_complete=complete_entity)
@click.option("--to", "file", metavar="FILE", help="Where to write it; - prints it. Default: ENTITY.html in this folder.")
@click.option("--board", "is_board", is_flag=True, help="One sheet, A4 across, to print: what a meeting needs to know.")
@click.option(
    "--mermaid", "is_mermaid", is_flag=True, help="Its journey as a Mermaid diagram instead, printed unless --to names a file."
)
@click.option("--force", "is_forced", is_flag=True, help="Write over a file that is there.")
@as_of_option
@click.pass_obj
def report(
    asked: Asked, *, entity: str, file: str | None, is_board: bool, is_mermaid: bool, is_forced: bool, as_of: str | None
) -> None:  # fmt: skip
    """Write the page of ENTITY as one HTML file: style, letters, pictures and tables inside, no script, no request.

    It opens in any browser without a network, light or dark, and prints; it says its snapshot, date and sources. It is at
    most 5 MB.

    With --mermaid it is the journey alone, as a diagram in Mermaid's words: how satisfied people are at each step.

    Example:  wholeservice report book-and-stay --board --to board.html
    """
    from wholeservice.app import measured
    from wholeservice.app.workspace import data_as_of

    if is_board and is_mermaid:
        raise InputError(Problem("REP004", "--board and --mermaid cannot be had in one", next_step="ask for one of them"))
    data = data_as_of(asked.settings(), as_of)
    say_as_of(data, as_of)
    known = measured.find_entity(data, entity)
    path = None if file == "-" or (is_mermaid and not file) else Path(file or _file_name(known, is_board=is_board))
    if path is not None and path.exists() and not is_forced:
        raise InputError(Problem("REP001", f"{path} is there already", expected="a new file, or --force",
                                 next_step="name another with --to, or add --force"))  # fmt: skip
    whole = _diagram(data, known) if is_mermaid else _page(data, known, is_board=is_board)
    if path is None:
        click.echo(whole, nl=not is_mermaid)
        return
    _write(path, whole)
    say(f"{path}  {len(whole.encode('utf-8')) / 1000:,.0f} kB, snapshot {data.snapshot}")


def _page(data: Data, entity: str, *, is_board: bool) -> str:
    from wholeservice.app.report import board_sheet, report_of
    from wholeservice.pages import service

    page = service.build(data, entity)
    if page is None:
        raise InputError(Problem("ASK002", f"'{entity}' has no page of its own", expected="a service, part, unit or team",
                                 next_step="wholeservice measure lists what was measured"))  # fmt: skip
    return board_sheet(data, page) if is_board else report_of(data, page)


def _diagram(data: Data, entity: str) -> str:
    from wholeservice.app.mermaid import mermaid_of

    found = data.organisation.entities.get(entity)
    if found is None or not found.journey:
        raise InputError(Problem("REP003", f"'{entity}' has no journey to draw", expected="a service with steps",
                                 next_step="write its steps under journey:"))  # fmt: skip
    return mermaid_of(data, found)


def _file_name(entity: str, *, is_board: bool) -> str:
    """An id may hold slashes and other things that no file name should."""
    plain = re.sub(r"[^\w-]+", "-", entity).strip("-") or "report"
    return f"{plain[:80]}{'-board' if is_board else ''}.html"


def _write(path: Path, whole: str) -> None:
    """Write beside it, then rename: a file that is there is whole."""
    working = path.with_name(f".{path.name}.unfinished")
    try:
        working.write_text(whole, encoding="utf-8")
        working.replace(path)
    finally:
        working.unlink(missing_ok=True)
