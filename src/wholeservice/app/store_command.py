"""`wholeservice store`: look after the store: what it holds, merge, tidy, back up, put back, verify."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wholeservice.app.asked import Asked
from wholeservice.app.printing import Column, format_option, print_problems, print_rows, progress, say
from wholeservice.app.settings import find_workspace
from wholeservice.errors import EXIT_PROBLEMS, InputError, Problem

if TYPE_CHECKING:
    from wholeservice.facts.maintenance import Kept

CODES = {
    "STO130": "`vacuum` was told both how many runs and how many days to keep. Say one of them.",
}

RUN_COLUMNS = [
    Column("run", "Run"),
    Column("committed_at", "Known", lambda row: f"{row['committed_at']:%Y-%m-%d %H:%M} UTC"),
    Column("rows", "Facts", lambda row: "?" if row["rows"] is None else f"{row['rows']:,}", is_number=True),
    Column("files", "Files", lambda row: f"{row['files']:,}", is_number=True),
    Column("bytes", "Size", lambda row: size(row["bytes"]), is_number=True),
    Column("bytes_own", "Only here", lambda row: size(row["bytes_own"]), is_number=True),
]


@click.group()
def store() -> None:
    """Look after the store: list its runs, merge small files, drop old runs, back up, restore, verify.

    docs/operate.md says when, and what each keeps and costs.

    Example:  wholeservice store runs
    """


@store.command()
@format_option
@click.pass_obj
def runs(asked: Asked, *, form: str) -> None:
    """List the runs of the store, newest first: what each holds, and the bytes that only it needs.

    Example:  wholeservice --workspace examples/govuk store runs
    """
    from wholeservice.app.workspace import store_of
    from wholeservice.facts.maintenance import list_runs

    found = list_runs(store_of(asked.settings()))
    print_rows([_row(each) for each in reversed(found)], RUN_COLUMNS, form)
    if not found:
        say("There are none: nothing was ever ingested.")


@store.command()
@click.pass_obj
def compact(asked: Asked) -> None:
    """Merge the small files of each source into large ones, as a new run of the same content.

    Reading gets faster. Earlier runs keep their files; `store vacuum --keep-runs 1` then frees the space.

    Example:  wholeservice store compact
    """
    from wholeservice.app.workspace import store_of
    from wholeservice.facts import maintenance

    with progress("Merging"):
        done = maintenance.compact(store_of(asked.settings()))
    if done.run is None or done.n_before == done.n_after:
        click.echo("There are no small files to merge.")
    else:
        click.echo(
            f"Merged {done.n_before:,} files into {done.n_after:,}: run {done.run.id}, with the content of the one before."
        )


@store.command()
@click.option("--keep-runs", type=click.IntRange(min=1), metavar="N", help="Drop all runs but the newest N.")
@click.option("--keep-days", type=click.IntRange(min=0), metavar="D", help="Drop all runs that no day of the last D needs.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and take nothing away.")
@click.pass_obj
def vacuum(asked: Asked, *, keep_runs: int | None, keep_days: int | None, dry_run: bool) -> None:
    """Take away files that no run needs; with --keep-runs or --keep-days drop older runs first. Never the newest run.

    What only a dropped run knew is gone, also for --as-of.

    Example:  wholeservice store vacuum --keep-runs 3 --dry-run
    """
    from wholeservice.app.workspace import store_of
    from wholeservice.facts import maintenance

    if keep_runs is not None and keep_days is not None:
        raise InputError(Problem("STO130", "--keep-runs and --keep-days were both given", expected="one of them",
                                 next_step="take one out"))  # fmt: skip
    settings = asked.settings()
    keep: Any = {}
    if keep_runs is not None:
        keep = {"keep": maintenance.newest_runs(keep_runs)}
    if keep_days is not None:
        keep = {"keep": maintenance.runs_since(dt.datetime.now(dt.UTC) - dt.timedelta(days=keep_days))}
    done = maintenance.vacuum(store_of(settings), is_dry=dry_run, **keep)
    n_results = _drop_results(asked, {each.id for each in done.dropped}, is_dry=dry_run)
    would = "would be " if dry_run else ""
    click.echo(f"{len(done.dropped):,} runs {would}dropped, {done.n_files:,} files {would}taken away: {size(done.n_bytes)}"
               + (f"; results of {n_results} runs with them" if n_results else ""))  # fmt: skip


@store.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--all-runs", is_flag=True, help="Every run, not only the newest.")
@click.option("--with-secret", is_flag=True, help="Also the secret that pseudonyms are made with: keep such a file apart.")
@click.pass_obj
def backup(asked: Asked, *, file: Path, all_runs: bool, with_secret: bool) -> None:
    """Write the newest run with its settings into FILE, a tar file with checksums. An ingest may go on meanwhile.

    Example:  wholeservice store backup /backups/stayline-2026-09-07.tar
    """
    from wholeservice.app.backups import back_up_workspace

    with progress("Backing up"):
        done = back_up_workspace(asked.settings(), file, is_all_runs=all_runs, with_secret=with_secret)
    n_runs = f"run {done.runs[-1].id}" if len(done.runs) == 1 else f"{len(done.runs):,} runs"
    click.echo(f"{file}: {n_runs}, {done.n_files:,} files, {size(done.n_bytes)}")
    if not with_secret:
        say("The secret is not in it. Keep a copy of .wholeservice/secret in another place: docs/operate.md says why.")


@store.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Where a store stands already, move it aside (nothing is deleted).")
@click.pass_obj
def restore(asked: Asked, *, file: Path, force: bool) -> None:
    """Put the backup FILE back, after reading all of it and comparing every byte with its checksums.

    In an empty folder the settings come back too; files that are there are never written over. Whoever was forgotten since
    stays forgotten.

    Example:  wholeservice --workspace stayline store restore /backups/stayline-2026-09-07.tar
    """
    from wholeservice.app.backups import restore_workspace

    with progress("Restoring"):
        done = restore_workspace(_folder(asked), file, is_forced=force)
    click.echo(f"Restored {len(done.runs):,} runs, the newest is {done.runs[-1].id}.")
    for line in done.told:
        click.echo(line)


@store.command()
@format_option
@click.pass_obj
def verify(asked: Asked, *, form: str) -> None:
    """Read every file of every run and compare it with the store's log. Exit code 1 when something is missing or damaged.

    Example:  wholeservice store verify
    """
    from wholeservice.app.printing import problem_row
    from wholeservice.app.workspace import store_of
    from wholeservice.facts import maintenance

    with progress("Reading every file"):
        found = maintenance.verify(store_of(asked.settings()))
    print_problems(found.problems)
    row = {"runs": found.n_runs, "files": found.n_files, "rows": found.n_rows, "damaged": len(found.problems),
           "problems": [problem_row(each) for each in found.problems]}  # fmt: skip
    columns = [Column(name, name.capitalize(), lambda each, name=name: f"{each[name]:,}", is_number=True)  # type: ignore[misc]
               for name in ("runs", "files", "rows", "damaged")]  # fmt: skip
    print_rows([row], columns, form)
    if found.problems:
        sys.exit(EXIT_PROBLEMS)


def size(n_bytes: int) -> str:
    """Write a number of bytes for people.

    >>> size(999), size(1500), size(34_000_000)
    ('999 B', '1.5 kB', '34 MB')
    """
    for unit, one in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= one:
            return f"{n_bytes / one:.1f} {unit}" if n_bytes < 10 * one else f"{n_bytes / one:,.0f} {unit}"
    return f"{n_bytes} B"


def _folder(asked: Asked) -> Path:
    """Return the folder of the workspace asked for; one that is to become a workspace has no settings yet."""
    try:
        return find_workspace(asked.workspace or Path.cwd())
    except InputError:
        return asked.workspace or Path.cwd()


def _row(kept: Kept) -> dict[str, Any]:
    return {"run": kept.run.id, "committed_at": kept.run.committed_at, "rows": kept.n_rows, "files": kept.n_files,
            "bytes": kept.n_bytes, "bytes_own": kept.n_bytes_own}  # fmt: skip


def _drop_results(asked: Asked, dropped: set[str], *, is_dry: bool) -> int:
    """Take away the stored results of dropped runs; they are named after their run."""
    import shutil

    from wholeservice.app.workspace import results_folder

    folder = results_folder(asked.settings())
    found = [each for each in folder.iterdir() if each.name.partition(".")[0] in dropped] if folder.is_dir() else []
    for each in [] if is_dry else found:
        shutil.rmtree(each)
    return len(found)
