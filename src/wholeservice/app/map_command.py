"""`wholeservice map`: look at a file, propose what its rows become, and show it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wholeservice.app.asked import Asked
from wholeservice.app.printing import format_option, progress
from wholeservice.errors import EXIT_PROBLEMS, InputError
from wholeservice.mapping.base import KINDS

if TYPE_CHECKING:
    from wholeservice.app.map_file import Around
    from wholeservice.app.settings import Settings

CODES = {
    "MAP001": "`wholeservice map` looks at one file, or at the folder of a git repository. Name one of the files inside; a"
    " source may later name several with a pattern, such as exports/*.csv.",
    "MAP002": "wholeservice.yaml already has a source of this name. Take another name, or take the old one out first: what"
    " somebody wrote is never replaced.",
    "MAP003": "The source was not added to wholeservice.yaml, because the place for it could not be found without touching"
    " anything else: `sources:` is written in braces, or the file has mistakes. Paste what was printed under `sources:`.",
    "MAP004": "Nothing in the file says for sure what one row is, so there is nothing to add. Say it with --as, such as"
    " --as interaction; docs/map_a_table.md shows what each kind of fact needs.",
}


@click.command(name="map")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--as", "kind", type=click.Choice(tuple(KINDS)), metavar="KIND", help="What one row is, if you know: tally, interaction ..."
)
@click.option("--rows", "n_rows", default=10, show_default=True, type=click.IntRange(0, 1000), help="How many facts to show.")
@click.option("--table", metavar="NAME", help="Of a database file, the table to look at.")
@click.option("--write", "name", metavar="NAME", help="Add it to wholeservice.yaml as the source NAME.")
@format_option
@click.pass_obj
def map_file(
    asked: Asked, *, file: Path, kind: str | None, n_rows: int, table: str | None, name: str | None, form: str
) -> None:
    """Look at FILE and propose what its rows become: a declaration to paste under sources:, ten rows as facts, and what
    did not resolve.

    CSV, workbooks, JSON, YAML and Parquet, also packed, are proposed a mapping; of event logs, git, compose files,
    CloudEvents and the exports of tools such as PostHog it is said which kind of source reads them. Each line says why it
    is so. What is only likely says "unsure" and what else it could be; what nobody needs is commented out.

    Nothing is written without --write, which changes nothing else in wholeservice.yaml. Outside of a workspace no names are
    resolved. Exit code 1 when nothing says what a row is.

    \b
        wholeservice map visits.csv > visits.yaml      # only the declaration
        wholeservice map visits.csv --as tally         # you know better

    Example:  wholeservice map exports/visits.csv
    """
    from wholeservice.app.map_file import Wanted, find_out
    from wholeservice.app.map_printing import print_found
    from wholeservice.app.map_write import check_name, write

    settings = _settings(asked, is_needed=name is not None)
    if name is not None and settings is not None:
        check_name(settings.folder, name)
    around = _around(settings)
    with progress("Mapping") as doing:
        found = find_out(Wanted(file, name, kind, table, n_rows), around, doing)
    if name is not None and settings is not None and found.is_whole:
        write(settings.folder, name, found.text(120))
    print_found(found, around, form, is_written=name is not None and found.is_whole)
    if not found.is_whole:
        sys.exit(EXIT_PROBLEMS)


def _settings(asked: Asked, *, is_needed: bool) -> Settings | None:
    """Return the settings of the workspace, None outside of one where none is needed."""
    try:
        return asked.settings()
    except InputError as error:
        is_outside = asked.workspace is None and error.problems[0].code == "SET001"
        if is_needed or not is_outside:
            raise
        return None


def _around(settings: Settings | None) -> Around:
    """Return what is around the file: the names that the organisation of the workspace knows."""
    from wholeservice.app.map_file import Around

    if settings is None:
        return Around(Path.cwd())
    from wholeservice.app.stored_results import with_seen
    from wholeservice.app.workspace import store_of
    from wholeservice.facts.identity import known_names
    from wholeservice.facts.known_steps import known_steps
    from wholeservice.organisation.load import load
    from wholeservice.tables import SIGHTINGS

    organisation, _ = load(settings.folder)
    store = store_of(settings)
    run = store.latest() if store.path.is_dir() else None
    if run is not None:
        organisation, _ = with_seen(organisation, store.read(run, SIGHTINGS.name))
    services = tuple(each.id for each in organisation.entities.values() if each.kind == "service")
    titles = [each.title for each in organisation.entities.values()]
    names = (*titles, *organisation.aliases, *organisation.entities)
    entities = known_names(organisation)
    return Around(settings.folder, settings.zone, dict(settings.values), frozenset(entities), names, services, entities,
                  known_steps(organisation), has_workspace=True)  # fmt: skip
