"""`wholeservice improve verify`: did improvements move the numbers they promised, and what got worse elsewhere?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from wholeservice.app.as_of import as_of_option, say_as_of
from wholeservice.app.asked import Asked
from wholeservice.app.printing import TABLE, Column, Row, format_option, print_rows, say
from wholeservice.errors import InputError, Problem, suggest

if TYPE_CHECKING:
    from wholeservice.app.settings import Settings
    from wholeservice.improvements.base import Improvement
    from wholeservice.improvements.judged import Judged
    from wholeservice.pages.base import Data

COLUMNS = (
    Column("improvement", "Improvement"),
    Column("number", "Number", wraps=True),
    Column("role", "As"),
    Column("verdict", "Verdict"),
    Column("effect_written", "Effect, + is better", wraps=True),
    Column("n", "n", lambda row: f"{row['n']:,.0f}" if row["n"] else "–", is_number=True),
    Column("period", "Since the start"),
)


@click.command()
@click.argument("improvement", required=False, metavar="[ID]")
@click.option("--keep", "is_kept", is_flag=True, help="Write what was found into the log, so that one can be closed by it.")
@as_of_option
@format_option
@click.pass_obj
def verify(asked: Asked, *, improvement: str | None, is_kept: bool, as_of: str | None, form: str) -> None:
    """Tell whether improvements helped: improved, no effect, worse, unclear or still measuring.

    Each number that was promised or named as a judge is held against its own trend and season before the start. What got worse
    elsewhere is named, and what else happened at the time: an effect is association with a date. docs/verify.md says how.

    Example:  wholeservice improve verify IMP-1
    """
    from wholeservice.app.workspace import data_as_of

    data = data_as_of(asked.settings(), as_of)
    say_as_of(data, as_of)
    chosen = [find_improvement(data, improvement)] if improvement else list(data.improvements)
    rows = [row for each in chosen for row in rows_of(data, each)]
    print_rows(rows, COLUMNS, form)
    if is_kept:
        _keep(asked.settings(), data, chosen)
    if form != TABLE:
        return
    for each in chosen if improvement else ():
        click.echo("\n".join(told(data, each)))
    if not data.improvements:
        say("The log holds no improvement yet. `wholeservice improve add` writes one.")
    elif not rows:
        say("None of them promises a number, so there is nothing to verify.")


def _keep(settings: Settings, data: Data, chosen: Sequence[Improvement]) -> None:
    """Write each verdict that says something into the log; what it says already is not said again."""
    from wholeservice.app.improvement_log import keep, known_of, now
    from wholeservice.improvements.checks import Said, Submission
    from wholeservice.improvements.log import newest_verdicts
    from wholeservice.improvements.verify import entries_of
    from wholeservice.pages.numbers import plural
    from wholeservice.pages.verdicts import verdicts_on

    n_kept = n_found = 0
    for each in chosen:
        before = {(one.says, one.evidence) for one in newest_verdicts(each)}
        found = [one for one in entries_of(verdicts_on(data, each), now()) if one.value is not None]
        n_found += len(found)
        said = tuple(Said(one.question, one.says, one.value, one.unit, one.evidence)
                     for one in found if (one.says, one.evidence) not in before)  # fmt: skip
        if said:
            keep(settings, Submission(each.id, said, by="improve verify"), known_of(settings, now()))
            n_kept += len(said)
    verb = "was" if n_kept == 1 else "were"
    nothing = "The log says all of it already." if n_found else "No number could be judged, so none was written."
    say(f"{plural(n_kept, 'verdict')} {verb} written into the log." if n_kept else nothing)


def find_improvement(data: Data, word: str) -> Improvement:
    """Return the improvement of that id. Raises InputError with IMP006."""
    known = {each.id: each for each in data.improvements}
    if word in known:
        return known[word]
    expected = f"the id of one of {len(known)} improvements"
    raise InputError(Problem("IMP006", f"no improvement is called '{word}'", expected=expected,
                             nearest=suggest(word, known), next_step="wholeservice improve list names them all"))  # fmt: skip


def rows_of(data: Data, improvement: Improvement) -> Iterator[Row]:
    """Yield one row per number of an improvement, then one per number that got worse elsewhere."""
    from wholeservice.pages.verdicts import verdicts_on, worse_elsewhere

    worse = worse_elsewhere(data, improvement).worse if improvement.promises or improvement.judged_by else ()
    for each in (*verdicts_on(data, improvement), *worse):
        yield _row(data, each)


def _row(data: Data, judged: Judged) -> Row:
    from wholeservice.improvements.numbers import number_words
    from wholeservice.improvements.rival_words import rival_words
    from wholeservice.improvements.telling import alarm_words, effect_words, method_words
    from wholeservice.pages.numbers import when
    from wholeservice.periods import Period
    from wholeservice.units import difference_unit, write

    titles = {each.id: each.title for each in data.organisation.entities.values()}
    period = when(data, Period(judged.from_at, judged.to_at)) if judged.from_at and judged.to_at else None
    return {
        "improvement": judged.improvement, "number": number_words(judged.number), "role": judged.role,
        "verdict": judged.verdict,
        "effect": judged.effect, "low": judged.low, "high": judged.high, "unit": difference_unit(judged.unit).name,
        "effect_written": effect_words(judged), "n": judged.n, "period": period, "value": judged.value,
        "expected": judged.expected, "promised": judged.promised, "worth": judged.worth,
        "worth_written": write(judged.worth, difference_unit(judged.unit)) if judged.worth is not None else None,
        "worth_from": judged.worth_from,
        "periods_before": judged.n_before, "periods_after": judged.n_after,
        "periods_left_out": judged.n_left_out, "why": judged.why,
        "compared_with": list(judged.compared_with), "not_compared": list(judged.not_compared),
        "false_alarms": alarm_words(judged), "also": rival_words(judged.rivals, titles), "method": method_words(judged),
        "snapshot": data.snapshot,
    }  # fmt: skip


def told(data: Data, improvement: Improvement) -> Iterator[str]:
    """Yield what stands behind the verdicts on one improvement, in words."""
    from wholeservice.pages.verdicts import worse_elsewhere

    for row in rows_of(data, improvement):
        yield ""
        yield f"{row['number']}: {row['verdict']}"
        yield f"  {row['effect_written']}"
        says = (("also possible", row["also"]), ("why", row["why"] if row["effect"] is not None else None),
                ("false alarms", row["false_alarms"]), ("worth having", _worth(row)),
                ("less that of", ", ".join(row["compared_with"])), ("not compared with", "; ".join(row["not_compared"])),
                ("how we know", row["method"] if row["effect"] is not None else None))  # fmt: skip
        yield from (f"  {name}: {words}" for name, words in says if words)
    found = worse_elsewhere(data, improvement)
    if found.n_looked:
        yield ""
        yield f"also worse: {len(found.worse) or 'nothing'} of {found.n_looked} other numbers of what it reaches"
    yield "An effect is association with the date, not yet its cause."


def _worth(row: Row) -> str | None:
    return None if row["worth"] is None else f"{row['worth_written']}, {row['worth_from']}"
