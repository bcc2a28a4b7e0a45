"""`wholeservice improve list`: the log, as it is ordered, with what was written a moment ago."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from wholeservice.app.printing import Column, format_option, print_rows, say

if TYPE_CHECKING:
    from wholeservice.app.asked import Asked
    from wholeservice.improvements.base import Improvement
    from wholeservice.improvements.priorities import Order, Priority

_COLUMNS = [
    Column("id", "Id"),
    Column("says", "What is changed", wraps=True),
    Column("promise", "Promise", lambda row: "; ".join(row["promise"]) or "not measured", wraps=True),
    Column("where", "Where", lambda row: ", ".join(row["where"]) or "–", wraps=True),
    Column("state", "State"),
    Column("verdict", "Verdict", lambda row: "; ".join(row["verdict"]) or "–"),
]


@click.command("list")
@format_option
@click.pass_obj
def list_improvements(asked: Asked, *, form: str) -> None:
    """Show the improvement log, with what was written a moment ago; closed ones stay.

    JSON and CSV hold everything that was said.

    Example:  wholeservice improve list --format csv
    """
    from wholeservice.app.improvement_log import improvements_of, tell_torn
    from wholeservice.improvements.priorities import order

    settings = asked.settings()
    tell_torn(settings)
    found = order(improvements_of(settings), settings.priority)
    rows = [_row(each, priority) for each, priority in _in_order(found)]
    columns = _COLUMNS if found.by is None else [*_COLUMNS, Column("priority", found.by.capitalize(), _priority)]
    print_rows(rows, columns, form)
    say(f"By {found.by}: {found.why}." if found.by else f"{found.why[:1].upper()}{found.why[1:]}." if rows else
        "The log is empty: wholeservice improve add --help")  # fmt: skip


def _in_order(found: Order) -> list[tuple[Improvement, Priority | None]]:
    return [*(row for group in found.groups for row in group.rows), *((each, None) for each in found.rest)]


def _row(each: Improvement, priority: Priority | None) -> dict[str, Any]:
    from wholeservice.improvements.log import newest_verdicts
    from wholeservice.improvements.numbers import moved_words, number_words
    from wholeservice.improvements.states import state_of

    return {
        "id": each.id, "sort": each.sort, "says": each.says, "state": state_of(each), "where": list(each.where),
        "findings": list(each.findings), "promise": [moved_words(one.number, one.by, one.unit) for one in each.promises],
        "verdict": [verdict.says for verdict in newest_verdicts(each)], "problem": each.problem,
        "hypothesis": each.hypothesis, "owner": each.owner, "judged_by": [number_words(one) for one in each.judged_by],
        "compared_with": list(each.compared_with), "started": each.started_at,
        "priority": priority.value if priority else None, "priority_unit": priority.unit if priority else None,
        "learnt": list(each.learnt), "closed": each.closed, "closed_on": each.closed_at, "written": each.created_at,
        "work": list(each.work),
    }  # fmt: skip


def _priority(row: Any) -> str:
    from wholeservice.improvements.priorities import Priority, priority_words

    return "–" if row["priority"] is None else priority_words(Priority("", row["priority"], row["priority_unit"]))
