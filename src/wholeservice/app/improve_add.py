"""`wholeservice improve add`: say what is improved, or add to what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from wholeservice.app.printing import say
from wholeservice.errors import InputError

if TYPE_CHECKING:
    from wholeservice.app.asked import Asked

_HELP = {
    "to": "The improvement that this is added to; without it a new one begins.",
    "says": "What is changed, in one line.",
    "problem": "What is wrong, and for whom.",
    "hypothesis": "Why the change should help.",
    "owner": "The role that answers for it.",
    "where": "A service, part, policy, stream or team, or a step as SERVICE.STEP; repeat it for several.",
    "because": "A finding that it is for: CODE.ENTITY, such as F101.book-and-stay; may be repeated.",
    "promise": "The number that should move, by how much for the better, until when; may be repeated.",
    "scenario": "The scenario that the promises come from; without it they are typed in.",
    "worth": "The smallest effect on a number that is worth having, in the words of a promise.",
    "judged_by": "A further number that judges it: MEASURE of ENTITY [@ STEP] [in CHANNEL]; may be repeated.",
    "compare_with": "A service that did not change, to compare with; may be repeated.",
    "is_daily": "It promises nothing: one line, shown as not measured.",
    "start": "The day on which it reached people.",
    "deployment": "The deployment that brought it, with --start.",
    "priority": "cost of delay AMOUNT CURRENCY (a week), wsjf value N time N risk N size N, or simulated gain.",
    "learnt": "What was learnt, also when it did not help.",
    "close": "Close it with a verdict that the log holds, or as 'without evidence', which stays visible.",
    "by": "The role that writes this.",
}
_SEVERAL = ("where", "because", "promise", "worth", "judged_by", "compare_with")
_WORDS = {"where": "PLACE", "because": "FINDING", "start": "DAY", "to": "ID", "scenario": "NAME", "deployment": "ID",
          "compare_with": "SERVICE", "judged_by": "NUMBER", "owner": "ROLE", "by": "ROLE"}  # fmt: skip


def _with_options(command: Any) -> Any:
    from wholeservice.improvements.typed import option_of

    for name, text in reversed(_HELP.items()):
        if name == "is_daily":
            command = click.option(option_of(name), name, is_flag=True, help=text)(command)
        else:
            is_several = name in _SEVERAL
            command = click.option(option_of(name), name, multiple=is_several, default=None if is_several else "",
                                   metavar=_WORDS.get(name, "TEXT"), help=text)(command)  # fmt: skip
    return command


@click.command()
@_with_options
@click.pass_obj
def add(asked: Asked, /, **typed: Any) -> None:
    """Say what is improved, or add to what was said. Once the id is printed, the entry is on the disk.

    A new one says what it promises, or that it is a daily one. Whatever it names is looked up, and nothing is kept while
    anything is wrong.

    Example:  wholeservice improve add --says "Ask for the card last" --where book-and-stay.pay
    --promise "completion of book-and-stay @ pay by 3pp until 2026-12-01"
    """
    from wholeservice.app.improvement_log import write
    from wholeservice.improvements.typed import Typed

    kept, wrong = write(asked.settings(), Typed(**typed))
    if kept is None:
        raise InputError(*(problem for _, problem in wrong))
    click.echo(kept.id)
    say(f"{'Kept' if kept.is_new else 'Added'}. It is on the disk; the next ingest makes facts of it.")
