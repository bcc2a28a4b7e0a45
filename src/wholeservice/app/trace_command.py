"""`wholeservice trace`: where a missed target is lost and what the loss starts from, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wholeservice.app.as_of import as_of_option, say_as_of
from wholeservice.app.asked import Asked
from wholeservice.app.completing import complete_entity
from wholeservice.app.printing import TABLE, format_option, print_rows, say

if TYPE_CHECKING:
    from wholeservice.findings.losses import LossMap
    from wholeservice.pages.base import Data


@click.command()
@click.argument("entity", shell_complete=complete_entity)
@click.option("--need", metavar="NAME", help="Only this need; default: all with a target, the largest gap first.")
@click.option("--with-assumed", is_flag=True, help="List what somebody assumes too; by default it is only told below the list.")
@as_of_option
@format_option
@click.pass_obj
def trace(asked: Asked, *, entity: str, need: str | None, with_assumed: bool, as_of: str | None, form: str) -> None:
    """Tell where a service falls short of its needs, and what the loss starts from.

    Sizes are shares of all attempts, or of all items that were due, and add up to all that is lost: the gap, and what the
    target tolerates. "Mended alone" is what would be won back if only this were mended, "left alone" what would be lost if
    only this were left; advice goes by the first.

    The line "evidence" says how it is known: linked (the same attempt), timed (the same hours), fitted (goes with it, which
    proves no cause), assumed (somebody wrote it down, without data) and untraced; "would tell more" says which data would
    explain most of the rest.

    Example:  wholeservice trace book-and-stay --need sure-of-price
    """
    from wholeservice.app import measured, traced
    from wholeservice.app.workspace import data_as_of

    data = data_as_of(asked.settings(), as_of)
    say_as_of(data, as_of)
    found = traced.maps_of(data, measured.find_entity(data, entity), need)
    listed = found if with_assumed else [traced.without_assumed(each) for each in found]
    if form != TABLE:
        print_rows([row for each in listed for row in traced.rows(each, data.snapshot)], (), form)
        return
    for each in listed:
        print_map(data, each)
    if not found:
        say(f"'{entity}' has no need with a target yet, so nothing can be traced. Add `targets:` to one of its needs.")


def print_map(data: Data, drawn: LossMap) -> None:
    """Print one loss map: headline, origins, what is not explained."""
    from wholeservice.app import traced
    from wholeservice.findings.not_followed import not_followed

    click.echo("\n".join(traced.headline(data, drawn)))
    if not drawn.why_no_map:
        click.echo()
        print_rows(traced.origin_rows(drawn), traced.origin_columns(drawn), TABLE)
        click.echo("\n".join(f"  {line}" for line in (*traced.footnotes(drawn), *not_followed(data.organisation, drawn))))
        lasting = list(traced.lasting(data, drawn))
        if lasting:
            click.echo("\n".join(["", "  Why it lasts", *(f"  {line}" for line in lasting)]))
    click.echo()
