"""What the shell offers while a name is typed: names that stand in files already; never a query, never a complaint."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

MOST_NAMES = 500


def complete_entity(context: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
    """Return the entities whose id begins with what is typed, each with its title, as the workspace declares them."""
    from wholeservice.app import settings
    from wholeservice.app.asked import Asked
    from wholeservice.organisation.load import load

    with suppress(Exception):  # whatever is wrong with the workspace, `check` says it; the shell offers nothing
        root = context.find_root()
        asked = Asked(root.params.get("workspace"), root.params.get("overrides") or ())
        organisation, _problems = load(settings.find_workspace(asked.workspace or Path.cwd()))
        return _items({each.id: each.title for each in organisation.entities.values()}, typed)
    return []


def complete_measure(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem]:
    """Return the measures whose name begins with what is typed, each with its title."""
    from wholeservice.measures import MEASURES

    return _items({each.name: each.title for each in MEASURES}, typed)


def _items(titles: dict[str, str], typed: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(name, help=titles[name]) for name in sorted(titles) if name.startswith(typed)][:MOST_NAMES]
