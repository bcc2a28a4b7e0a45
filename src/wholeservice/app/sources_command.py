"""`wholeservice sources`: how good the facts of each source are, as of today."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from wholeservice.app.asked import Asked
from wholeservice.app.printing import TABLE, Column, format_option, print_rows, say

if TYPE_CHECKING:
    from wholeservice.facts.quality import SourceQuality
    from wholeservice.pages.base import Data

N_SHOWN = 5  # names of steps, of each source
READING = ("read", "kept", "known", "superseded", "refused")


def _number(key: str, title: str) -> Column:
    return Column(key, title, lambda row: "" if row[key] is None else f"{row[key]:,}", is_number=True)


COLUMNS = [
    Column("name", "Source"),
    Column("newest", "Newest facts", lambda row: row["newest"] or ("undated" if row["n_facts"] else "none yet")),
    Column("freshness", "By its own rhythm", wraps=True),
    *(_number(key, title) for key, title in zip(READING, ("Read", "New", "Known", "Changed", "Refused"), strict=True)),
    Column("n_known", "Names known", lambda row: f"{row['n_known']:,} of {row['n_names']:,}", is_number=True),
    Column("days_missing", "Days missing",
           lambda row: "undated" if row["days_missing"] is None else f"{row['days_missing']:,}", is_number=True),
]  # fmt: skip


@click.command()
@format_option
@click.pass_obj
def sources(asked: Asked, *, form: str) -> None:
    """Print how good the facts of each source are: how new, whether that is late, what its last reading gave, what is missing.

    Late is said by the source's own rhythm and up to today, also when nothing new has come in since the last run. The web
    page /sources says more of each.

    Example:  wholeservice sources --format json
    """
    from wholeservice.app.workspace import current_data
    from wholeservice.pages.sources_part import source_row
    from wholeservice.periods import civil

    settings = asked.settings()
    data = current_data(settings)
    today = civil(dt.datetime.now(dt.UTC), settings.zone)
    rows = [_row(source_row(data, each.on(today))) for each in data.sources]
    print_rows(rows, COLUMNS, form)
    if form == TABLE:
        for each in data.sources:
            _say_unknown(data, each)
        odd = sum(each.about_data for each in data.findings)
        say("Rows are those of the last reading that changed anything."
            + (f" {odd:,} finding{'' if odd == 1 else 's'} about the data: wholeservice serve" if odd else ""))  # fmt: skip


def _say_unknown(data: Data, source: SourceQuality) -> None:
    """Say which step names of a source stand for no step: nothing else shows that a step is missing from the numbers."""
    for each in [one for one in source.unknown if one.step_of][:N_SHOWN]:
        known = data.organisation.entities.get(each.step_of or "")
        nearest = f"; the nearest step is '{each.nearest}'" if each.nearest else ""
        rows = f"{each.n_rows:,} row{'' if each.n_rows == 1 else 's'}"
        say(f"  {source.source}: '{each.name}' ({rows}) is no step of {known.title if known else each.step_of}{nearest}")


def _row(row: Any) -> dict[str, Any]:
    plain = asdict(row)
    reading = plain.pop("reading") or {}
    return {**plain, **{key: reading.get(key) for key in READING}, "last_read": reading.get("when")}
