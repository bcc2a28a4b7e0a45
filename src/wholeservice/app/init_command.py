"""`wholeservice init`: a new workspace from one service, one kind of consumer and one journey."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from wholeservice.app.asked import Asked
from wholeservice.app.settings import DEFAULT_ZONE, FILE_NAME
from wholeservice.errors import InputError, Place, Problem

CODES = {
    "NEW001": "A workspace stands in this folder already. `init` never writes over what is there: choose another folder,"
    " or edit the files.",
}


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", help="Name of the organisation (default: the folder's).")
@click.option("--service", help="One service, as its users would name it.")
@click.option("--consumer", help="Who uses it.")
@click.option("--journey", help="The steps from start to finish, with commas between.")
@click.option(
    "--zone", default=DEFAULT_ZONE, show_default=True, help="Time zone that periods are cut in, such as Europe/London."
)
@click.option(
    "--repository", type=click.Path(path_type=Path), metavar="PATH",
    help="Instead: a git repository (or an export of its commits), read at once; the service is called like it.",
)  # fmt: skip
@click.pass_obj
def init(
    asked: Asked, folder: Path, *, name: str | None, service: str | None, consumer: str | None, journey: str | None, zone: str,
    repository: Path | None,
) -> None:  # fmt: skip
    """Make a new workspace in DIR; what is not given as an option is asked for on a terminal.

    With --repository it is about how one service changes: its history is read, tags that look like releases are deployments to
    production, commits are changes that wait for them. The next command has numbers:

    \b
        wholeservice init flow --repository ~/code/shop
        wholeservice --workspace flow measure           # or serve --open

    Example:  wholeservice init my-organisation --service "Book a room" --consumer guest --journey find,pay,stay
    """
    from wholeservice.organisation.start import new_workspace

    _refuse_existing(folder)
    if repository is not None:
        _of_repository(asked, folder, repository, (name, service, zone))
        return
    service = service or _ask("One service, as its users would name it", "Get help")
    consumer = consumer or _ask("Who uses it", "customer")
    journey = journey or _ask("Its steps, with commas between", "start, finish")
    files = new_workspace(name or folder.resolve().name, service, consumer, journey.split(","), zone)
    _write(folder, files)
    click.echo(f"A new workspace stands in {folder}:")
    for path in files:
        click.echo(f"  {folder / path}")
    click.echo(f"Next:  wholeservice --workspace {folder} check")


def _of_repository(asked: Asked, folder: Path, path: Path, named: tuple[str | None, str | None, str]) -> None:
    """Make a workspace about one repository, and read its history."""
    from wholeservice.app.ingest_command import print_report
    from wholeservice.app.init_repository import look_at
    from wholeservice.app.printing import TABLE
    from wholeservice.app.workspace import ingest_workspace
    from wholeservice.organisation.start_repository import repository_workspace

    found = look_at(path, folder)
    name, service, zone = named
    title = service or found.name
    files = repository_workspace(name or title, title, zone, found.history, found.releases)
    _write(folder, files)
    click.echo(f"A new workspace stands in {folder}:")
    for each in files:
        click.echo(f"  {folder / each}")
    if found.releases:
        pattern = " ".join(found.releases)
        click.echo(
            f"Releases: {found.n_releases:,} of {found.n_tags:,} tags ({pattern}); correct releases: in {FILE_NAME} if not"
        )
    else:
        click.echo(f"Releases: none of {found.n_tags:,} tags looks like one; say releases: in {FILE_NAME}, and ingest again")
    settings = replace(asked, workspace=folder).settings()
    print_report(settings, ingest_workspace(settings, None), TABLE)
    click.echo(f"Next:  wholeservice --workspace {folder} measure     (or serve --open)")


def _ask(question: str, otherwise: str) -> str:
    if not sys.stdin.isatty():
        return otherwise
    return str(click.prompt(question, default=otherwise))


def _refuse_existing(folder: Path) -> None:
    if (folder / FILE_NAME).exists():
        raise InputError(Problem("NEW001", f"{folder} is a workspace already", Place(str(folder / FILE_NAME)), "a new folder",
                                 next_step="choose another folder, or edit what is there"))  # fmt: skip


def _write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as stream:  # never over a file that is there
            stream.write(text)
