"""`wholeservice check`: every problem of the organisation and the settings at once, each with its place."""

from __future__ import annotations

import sys
from collections import Counter

import click

from wholeservice.app.asked import Asked
from wholeservice.app.printing import TABLE, format_option, print_rows, problem_row, say, sentence
from wholeservice.errors import EXIT_PROBLEMS, Problem, describe_all
from wholeservice.organisation.graph import Organisation


@click.command()
@format_option
@click.pass_obj
def check(asked: Asked, *, form: str) -> None:
    """Tell every problem of the organisation: where, what, expected, nearest, next step.

    Exit code 1 when there is an error; warnings alone leave it at 0.

    Example:  wholeservice --workspace examples/stayline check
    """
    from wholeservice.app.declared import check_workspace

    organisation, problems = check_workspace(asked)
    if form == TABLE:
        if problems:
            click.echo(describe_all(problems) + "\n")
        say(summary(organisation, problems))
    else:
        print_rows([problem_row(each) for each in problems], (), form)
    if any(each.severity == "error" for each in problems):
        sys.exit(EXIT_PROBLEMS)


def summary(organisation: Organisation, problems: list[Problem]) -> str:
    """Return one line: what is declared, and whether it is sound."""
    return f"{organisation.name or 'This workspace'}: {_contents(organisation)}; {_verdict(problems)}"


def _contents(organisation: Organisation) -> str:
    kinds = Counter(each.kind for each in organisation.entities.values())
    counted = {**kinds, "need": len(organisation.needs), "target": sum(len(need.targets) for need in organisation.needs)}
    return sentence(_counted(n, kind) for kind, n in counted.items() if n) or "nothing declared"


def _verdict(problems: list[Problem]) -> str:
    severities = Counter(each.severity for each in problems)
    return sentence(_counted(n, severity) for severity, n in severities.items()) or "no problems"


def _counted(n: int, word: str) -> str:
    plural = word[:-1] + "ies" if word.endswith("y") else word + "s"
    return f"{n:,} {word if n == 1 else plural}"
