"""`wholeservice report`: the page of a service as one HTML file that needs nothing, or one sheet of it for a meeting."""

from __future__ import annotations

import re
from pathlib import Path

import click

from wholeservice.app.as_of import as_of_option, say_as_of
from wholeservice.app.asked import Asked
from wholeservice.app.completing import complete_entity
from wholeservice.app.printing import say
from wholeservice.errors import InputError, Problem

CODES = {
    "REP001": "A file of that name is there already. `--to` names another one, `--force` writes over it, `--to -` prints.",
    "REP002": "The report would be larger than 5 MB, which mail and many readers refuse. Ask for something inside of it,"
    " or for the sheet: --board.",
}


@click.command()
@click.argument("entity", shell_complete=complete_entity)
@click.option("--to", "file", metavar="FILE", help="Where to write it; - prints it. Default: ENTITY.html in this folder.")
@click.option("--board", "is_board", is_flag=True, help="One sheet, A4 across, to print: what a meeting needs to know.")
@click.option("--force", "is_forced", is_flag=True, help="Write over a file that is there.")
@as_of_option
@click.pass_obj
def report(asked: Asked, *, entity: str, file: str | None, is_board: bool, is_forced: bool, as_of: str | None) -> None:
    """Write the page of ENTITY as one HTML file: style, letters, pictures and tables inside, no script, no request.

    It opens in any browser without a network, light or dark, and prints; it says its snapshot, date and sources. It is at
    most 5 MB.

    Example:  wholeservice report book-and-stay --board --to board.html
    """
    from wholeservice.app import measured
    from wholeservice.app.report import board_sheet, report_of
    from wholeservice.app.workspace import data_as_of
    from wholeservice.pages import service

    data = data_as_of(asked.settings(), as_of)
    say_as_of(data, as_of)
    known = measured.find_entity(data, entity)
    page = service.build(data, known)
    if page is None:
        raise InputError(Problem("ASK002", f"'{entity}' has no page of its own", expected="a service, part, unit or team",
                                 next_step="wholeservice measure lists what was measured"))  # fmt: skip
    path = None if file == "-" else Path(file or _file_name(known, is_board=is_board))
    if path is not None and path.exists() and not is_forced:
        raise InputError(Problem("REP001", f"{path} is there already", expected="a new file, or --force",
                                 next_step="name another with --to, or add --force"))  # fmt: skip
    whole = board_sheet(data, page) if is_board else report_of(data, page)
    if path is None:
        click.echo(whole)
        return
    _write(path, whole)
    say(f"{path}  {len(whole.encode('utf-8')) / 1000:,.0f} kB, snapshot {data.snapshot}")


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
