"""`wholeservice forget`: rewrite everything that holds a person, and keep it so."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wholeservice.app.asked import Asked
from wholeservice.app.printing import progress, sentence
from wholeservice.app.stores import store_at, stores_below
from wholeservice.errors import InputError, Problem, suggest

if TYPE_CHECKING:
    from wholeservice.app.settings import Settings
    from wholeservice.facts.forget import Forgetting, Forgotten

CODES = {
    "FGT001": "Nobody was named. `wholeservice forget` takes an alias (it starts with p_), or --source and --id: the name of"
    " the source and what it calls the person.",
    "FGT002": "This is no alias: an alias is p_ and 22 letters, as in the column consumer. If it is what a source calls the"
    " person, say so with --source NAME --id ID.",
    "FGT003": "Nobody answered the question whether to go on. Say --yes where nobody is there to answer.",
    "FGT004": "No source of this workspace has that name, neither in wholeservice.yaml nor in the store. An alias is made of"
    " the name of the source and the id: with another name it would be the alias of nobody.",
}


@click.command()
@click.argument("alias", required=False)
@click.option("--source", metavar="NAME", help="With --id: the source that knows the person.")
@click.option("--id", "foreign_id", metavar="ID", help="With --source: what the source calls the person.")
@click.option("--yes", is_flag=True, help="Do not ask whether to go on.")
@click.pass_obj
def forget(asked: Asked, *, alias: str | None, source: str | None, foreign_id: str | None, yes: bool) -> None:
    """Forget one person: take their alias and their words out of every fact, run, result and file of the workspace.

    Their facts are still counted. Runs that held them are dropped, and the next ingest does not bring them back. Backups
    and the files of your sources are yours to mend; docs/privacy.md says how. Doing it again does no harm.

    Example:  wholeservice forget --source survey --id guest-42
    """
    settings = asked.settings()
    who = _asked_for(settings, alias, source, foreign_id)
    if not yes:
        _confirm(who)
    with progress("Forgetting"):
        done = forget_in_workspace(settings, who)
    rows = [f"{n:,} of {name}" for each in done for name, n in each.rows.items()]
    n_dropped = sum(len(each.dropped) for each in done)
    n_bytes = sum(each.n_bytes for each in done)
    click.echo(f"{sentence(sorted(who.aliases))}: " + (f"rewrote {sentence(rows)}" if rows else "no fact held this alias"))
    if n_dropped:
        click.echo(f"{n_dropped:,} runs that held it were dropped: --as-of cannot go back to them any more")
    for each in sorted({each for store in done for each in store.linked}):
        click.echo(f"a link said that {each} is the same person: wholeservice forget {each}")
    from wholeservice.app.store_command import size

    click.echo(f"{size(n_bytes)} taken away; results are computed anew when they are asked for")


def forget_in_workspace(settings: Settings, who: Forgetting) -> list[Forgotten]:
    """
    Forget people in every store of the workspace, and take away what was made of the facts.

    First they come onto the list that ingest heeds, so that a death half way brings nobody back.
    """
    from wholeservice.app.secret import add_forgotten
    from wholeservice.facts import forget as forgetting

    add_forgotten(settings.state, who.aliases)
    sources = tuple(settings.sources.mapping) if settings.sources else ()
    stores = stores_below(settings.state)
    done = [forgetting.forget(store_at(path), who, sources) for path in stores]
    _take_away_others(settings.state, stores)
    return done


def _take_away_others(folder: Path, stores: list[Path]) -> None:
    """Delete every folder that is no store and holds none: results, and whatever else was computed."""
    for each in [path for path in folder.iterdir() if path.is_dir() and path not in stores]:
        if any(store.is_relative_to(each) for store in stores):
            _take_away_others(each, stores)
        else:
            shutil.rmtree(each)


def _asked_for(settings: Settings, alias: str | None, source: str | None, foreign_id: str | None) -> Forgetting:
    from wholeservice.app.secret import pseudonyms_of
    from wholeservice.app.workspace import store_of
    from wholeservice.facts.forget import Forgetting
    from wholeservice.mapping.pseudonyms import is_alias

    pseudonyms = pseudonyms_of(settings, store_of(settings))
    if alias is not None and source is None and foreign_id is None:
        if not is_alias(alias):
            raise InputError(Problem("FGT002", f"'{alias}' is no alias", expected="p_ and 22 letters",
                                     next_step="or say --source NAME --id ID"))  # fmt: skip
        return Forgetting(frozenset([alias]), pseudonyms)
    if alias is None and source and foreign_id:
        _check_source(settings, source)
        return Forgetting(frozenset([pseudonyms.one(source, foreign_id)]), pseudonyms, frozenset([foreign_id]))
    raise InputError(Problem("FGT001", "nobody was named", expected="an alias, or --source and --id",
                             next_step="wholeservice forget --help"))  # fmt: skip


def _check_source(settings: Settings, source: str) -> None:
    """A misspelt source would give the alias of nobody."""
    from wholeservice.app.workspace import store_of

    run = store_of(settings).latest()
    known = {*(settings.sources.mapping if settings.sources else ()), *(run.readings if run else ())}
    if source not in known:
        raise InputError(Problem("FGT004", f"no source is called '{source}'", expected=f"one of: {', '.join(sorted(known))}",
                                 nearest=suggest(source, known), next_step="correct --source"))  # fmt: skip


def _confirm(who: Forgetting) -> None:
    if not sys.stdin.isatty():
        raise InputError(Problem("FGT003", "nobody is there to answer", expected="--yes", next_step="say --yes"))
    click.confirm(f"Forget {sentence(sorted(who.aliases))} for good, with every run that held them?", abort=True)
