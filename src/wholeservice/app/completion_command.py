"""`wholeservice completion`: the script with which a shell completes commands, options and names."""

from __future__ import annotations

import click

VARIABLE = "_WHOLESERVICE_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, *, shell: str) -> None:
    """Print the script that lets SHELL complete commands, options, and the names of services and measures.

    \b
        eval "$(wholeservice completion bash)"      # in ~/.bashrc
        eval "$(wholeservice completion zsh)"       # in ~/.zshrc
        wholeservice completion fish > ~/.config/fish/completions/wholeservice.fish

    Names come from the workspace one stands in; nothing is computed for them.

    Example:  wholeservice completion bash
    """
    from click.shell_completion import BashComplete, FishComplete, ZshComplete

    scripts = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}
    click.echo(scripts[shell](context.find_root().command, {}, "wholeservice", VARIABLE).source())
