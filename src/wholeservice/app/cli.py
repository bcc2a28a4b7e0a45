"""The command line: which commands there are, and what happens when one of them fails.

Every command lives in a file of its own, named in `COMMANDS` and imported when it is asked for. Errors are printed for
people on stderr. Exit codes: 0 all is well · 1 problems were found · 2 your input · 3 the outside world · 70 our bug ·
130 stopped with Ctrl-C.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from wholeservice import __version__
from wholeservice.errors import EXIT_INPUT, EXIT_OK, suggest

EXIT_STOPPED = 130
SELDOM = (100_000, 50, 1_000)
"""How seldom memory is searched for circles of references: a command makes millions of small objects and drops few of them, and
searching as often as Python does by itself was a tenth of the time of `measure`."""

COMMANDS = {
    "check": lambda: import_module("wholeservice.app.check_command").check,
    "completion": lambda: import_module("wholeservice.app.completion_command").completion,
    "demo": lambda: import_module("wholeservice.app.demo_command").demo,
    "explain": lambda: import_module("wholeservice.app.explain_command").explain,
    "forget": lambda: import_module("wholeservice.app.forget_command").forget,
    "improve": lambda: import_module("wholeservice.app.improve_command").improve,
    "ingest": lambda: import_module("wholeservice.app.ingest_command").ingest,
    "init": lambda: import_module("wholeservice.app.init_command").init,
    "map": lambda: import_module("wholeservice.app.map_command").map_file,
    "measure": lambda: import_module("wholeservice.app.measure_command").measure,
    "report": lambda: import_module("wholeservice.app.report_command").report,
    "serve": lambda: import_module("wholeservice.app.serve_command").serve,
    "sources": lambda: import_module("wholeservice.app.sources_command").sources,
    "store": lambda: import_module("wholeservice.app.store_command").store,
    "trace": lambda: import_module("wholeservice.app.trace_command").trace,
}


class _Commands(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return COMMANDS[cmd_name]() if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            nearest = suggest(args[0], COMMANDS)
            hint = f" Did you mean '{nearest}'?" if nearest else ""
            ctx.fail(f"there is no command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--workspace", metavar="DIR", type=click.Path(path_type=Path), help="The workspace (default: this folder or one above it)."
)
@click.option("--set", "overrides", metavar="NAME=VALUE", multiple=True, help="Override a setting of wholeservice.yaml.")
@click.version_option(__version__, message="wholeservice %(version)s")
@click.pass_context
def cli(context: click.Context, workspace: Path | None, overrides: tuple[str, ...]) -> None:
    """See how people experience whole services, where that is lost, and which change wins it back.

    Start with:  wholeservice demo
    """
    from wholeservice.app.asked import Asked

    context.obj = Asked(workspace, overrides)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code; no traceback ever reaches a person."""
    gc.set_threshold(*SELDOM)
    try:
        code = cli.main(args=arguments and list(arguments), prog_name="wholeservice", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else EXIT_OK)
    except BrokenPipeError:  # the reader of our pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_OK)
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nStopped. Nothing half-done is kept.", err=True)
        sys.exit(EXIT_STOPPED)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_INPUT)
    except Exception as error:
        from wholeservice.app.failures import report

        sys.exit(report(error))
