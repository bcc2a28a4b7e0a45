"""Make docs/commands.md from the commands themselves."""

from __future__ import annotations

import click

from wholeservice.app.cli import COMMANDS, cli

WIDTH = 100

HEAD = """\
# The command line

Written by `make docs` from the commands; a test fails when it is out of date.

Results go to stdout, everything else to stderr. Every command that prints results takes `--format table|json|csv`; JSON
and CSV hold raw values: a share is 0 to 1, an instant is UTC, what is missing is null or empty and never zero.
`NO_COLOR` and pipes are honoured.

| exit code | meaning |
|---|---|
| 0 | all is well |
| 1 | `check` found errors, or `ingest` refused rows or could not read a source |
| 2 | your input: an option, a name, a file that cannot be used as it is |
| 3 | the outside world: a missing file, a full disk, a lock |
| 70 | our bug; the message names a log file, and your data is safe |
| 130 | stopped with Ctrl-C |
| 143 | `ingest --every` stopped with SIGTERM |

A setting of `wholeservice.yaml` can be given on the command line (`--set data=DIR`) or in the environment
(`WHOLESERVICE_DATA=DIR`); the command line wins. With `WHOLESERVICE_DEBUG=1` the traceback of a failure is shown.
"""


def commands_page() -> str:
    """Return the page: the help of the program, then of each command."""
    width = {"terminal_width": WIDTH, "max_content_width": WIDTH}
    root = click.Context(cli, info_name="wholeservice", help_option_names=["-h", "--help"], **width)
    sections = [_section("wholeservice", cli.get_help(root))]
    for name in COMMANDS:
        sections += _sections(name, cli.get_command(root, name), root, width)
    return HEAD + "".join(sections)


def _sections(name: str, command: click.Command, parent: click.Context, width: dict[str, int]) -> list[str]:
    """Return the section of a command, and of each command below it where it is a group."""
    context = click.Context(command, info_name=name, parent=parent, **width)
    path = context.command_path.removeprefix("wholeservice ")
    below = _below(command) if isinstance(command, click.Group) else ()
    deeper = [section for each, inner in below for section in _sections(each, inner, context, width)]
    return [_section(path, command.get_help(context)), *deeper]


def _below(group: click.Group) -> list[tuple[str, click.Command]]:
    """Return the commands of a group, also those that are imported when they are asked for."""
    context = click.Context(group)
    found = ((name, group.get_command(context, name)) for name in (group.commands or group.list_commands(context)))
    return [(name, each) for name, each in found if each is not None]


def _section(name: str, text: str) -> str:
    return f"\n## {name}\n\n```\n{text}\n```\n"
