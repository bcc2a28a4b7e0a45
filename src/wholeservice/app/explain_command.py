"""`wholeservice explain`: the help page of any measure, rule or problem code."""

from __future__ import annotations

import click

from wholeservice.app.printing import TABLE, Column, format_option, print_rows


@click.command()
@click.argument("name", required=False)
@format_option
def explain(*, name: str | None, form: str) -> None:
    """Explain a measure, a rule or the code of a problem; without a name, list all of them.

    Example:  wholeservice explain completion
    """
    from wholeservice.app import help_pages

    if name is None:
        rows = [{"name": each.name, "kind": each.kind, "title": each.title} for each in help_pages.all_pages()]
        print_rows(rows, [Column("name", "Name"), Column("kind", "Kind"), Column("title", "What it is", wraps=True)], form)
        return
    page = help_pages.find_page(name)
    if form == TABLE:
        title = f": {page.title}" if page.kind in (help_pages.MEASURE, help_pages.ANALYSIS) else ""
        click.echo(f"{page.name} ({page.kind}){title}\n\n{page.text}")
    else:
        print_rows([{"name": page.name, "kind": page.kind, "title": page.title, "text": page.text}], (), form)
