"""`wholeservice improve`: the improvement log. Each command stands in a file of its own, imported when asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import click

COMMANDS: dict[str, Callable[[], click.Command]] = {
    "add": lambda: import_module("wholeservice.app.improve_add").add,
    "list": lambda: import_module("wholeservice.app.improve_list").list_improvements,
    "verify": lambda: import_module("wholeservice.app.improve_verify").verify,
}


class _Commands(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            self.commands[cmd_name] = COMMANDS[cmd_name]()
        return self.commands.get(cmd_name)


@click.group(cls=_Commands)
def improve() -> None:
    """Keep the improvement log: say what is changed and what it promises, whether it helped, and what was learnt.

    Everybody may read it, on the pages too, and nothing is ever taken out of it. docs/improve.md says how.

    Example:  wholeservice improve list
    """
