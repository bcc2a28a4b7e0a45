"""Print what `wholeservice map` found out: the declaration to stdout, what is to be said of it to stderr."""

from __future__ import annotations

import datetime as dt
import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from wholeservice import tables
from wholeservice.app.printing import CSV, TABLE, console, plain, print_problems, print_rows, problem_row, sentence
from wholeservice.errors import suggest

if TYPE_CHECKING:
    from rich.console import Console

    from wholeservice.app.map_file import Around, Found
    from wholeservice.mapping.quarantine import Reason
    from wholeservice.proposal.trial import Tried

N_REASONS, N_NAMES = 3, 5
MAX_CELL = 28
UNSURE, QUIET = "yellow", "dim"
PIPED_WIDTH = 120


def print_found(found: Found, around: Around, form: str, *, is_written: bool) -> None:
    """Print what was found out in the form that is asked for."""
    if form == TABLE:
        _print_for_people(found, around, is_written=is_written)
    elif form == CSV:
        print_rows(list(_fact_rows(found)), (), form)
    else:
        click.echo(json.dumps(as_json(found, around), indent=2, ensure_ascii=False, default=plain))


def as_json(found: Found, around: Around) -> dict[str, Any]:
    """Return all that was found out as plain data."""
    return {
        "file": found.file, "source": found.source, "name": found.name, **_proposal_json(found),
        "declaration": found.text(PIPED_WIDTH),
        "to_decide": [
            {"key": line.key, "value": line.value, "why": line.why, "is_set": line.is_active} for line in found.to_decide
        ],
        **_tried_json(found, around),
        "problems": [problem_row(each) for each in found.problems],
        "facts": list(_fact_rows(found)),
    }  # fmt: skip


def _proposal_json(found: Found) -> dict[str, Any]:
    from wholeservice.proposal.spelling import typed_as

    proposal = found.proposal
    columns = [
        {"name": each.name, "holds": typed_as(each), "filled": round(each.share, 4), "values": each.n_distinct,
         "is_exact": each.is_whole, "person": each.person}
        for each in (proposal.columns if proposal else ())
    ]  # fmt: skip
    return {
        "kind": proposal.kind if proposal else None,
        "is_sure": proposal.is_sure if proposal else True,
        "alternatives": [kind for kind, _ in proposal.alternatives] if proposal else [],
        "columns": columns,
        "unused": [each.name for each in (proposal.unused if proposal else [])],
    }


def _tried_json(found: Found, around: Around) -> dict[str, Any]:
    from wholeservice.proposal.trial import unknown_names, unknown_steps

    tried = found.tried
    if tried is None:
        return {"rows": None, "sums": {}, "refused": [], "names": None}
    unknown, n_names = unknown_names(tried, around.known)
    steps = [
        {"table": table, "of": entity, "step": step, "rows": n, "nearest": around.steps[entity].nearest(step)}
        for table, entity, step, n in unknown_steps(tried, around.entities, around.steps)
    ]
    names = {
        "different": n_names, "unknown": [{"table": table, "name": name, "rows": n} for table, name, n in unknown],
        "unknown_steps": steps,
    }  # fmt: skip
    return {
        "rows": {"read": tried.n_rows, "all": found.is_all, "facts": dict(tried.by_table), "refused": tried.n_refused,
                 "empty": tried.n_empty},
        "sums": dict(tried.sums),
        "refused": [_reason(each) for each in tried.reasons],
        "names": names if around.has_workspace else None,
    }  # fmt: skip


def _reason(each: Reason) -> dict[str, Any]:
    return {
        **{field.name: getattr(each, field.name) for field in fields(each) if field.name != "next_step"},
        "next": each.next_step,
    }


def _fact_rows(found: Found) -> Iterator[dict[str, Any]]:
    from wholeservice.proposal.trial import columns_shown

    for name, rows in (found.tried.rows if found.tried else {}).items():
        columns = columns_shown(rows, tables.BY_NAME[name])
        for row in rows:
            yield {"table": name, _WHERE: row[_WHERE], **{each.name: row[each.name] for each in columns}}


_t: Any = tables  # the checker of types does not know that a slot can be named
_WHERE = _t.Fact.where_from.__name__


# for people ---------------------------------------------------------------------------------------------------------------


def _print_for_people(found: Found, around: Around, *, is_written: bool) -> None:
    err, out = console(stderr=True), console()
    width = min(err.width, PIPED_WIDTH)
    _headline(err, found)
    _declaration(out, found)
    if found.tried is not None:
        _facts(err, found, around, width)
        _accounts(err, found, around, width)
    elif found.problems:
        _line(err)
        _line(err, f"{found.n_refused:,} rows cannot be read, such as these:")
        print_problems(found.problems)
    _decisions(err, found)
    _next(err, found, around, is_written=is_written)


def _line(shown: Console, *pieces: str | tuple[str, str]) -> None:
    """Print one line. What stands in a file is never trusted to be harmless to a terminal."""
    from rich.text import Text

    harmless = [_harmless(each) if isinstance(each, str) else (_harmless(each[0]), each[1]) for each in pieces]
    shown.print(Text.assemble(*harmless), soft_wrap=not shown.is_terminal)


def _harmless(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _headline(shown: Console, found: Found) -> None:
    proposal = found.proposal
    n = f"{found.n_looked_at:,} row{'' if found.n_looked_at == 1 else 's'}"
    more = "" if found.is_all else "; the file is large, so only its first rows were looked at"
    columns = f", {len(proposal.columns):,} column{'' if len(proposal.columns) == 1 else 's'}" if proposal else ""
    _line(shown, (found.file, "bold"), f"  {n}{columns}{more}")
    if proposal is None:
        _line(shown, "Read by the source ", (found.source, "bold"), ", which knows what its rows mean: no mapping is needed.")
    elif proposal.kind is None or not proposal.entries:
        _line(shown, ("Nothing says for sure what one row is.", UNSURE))
    else:
        from wholeservice.mapping.base import KINDS

        one = KINDS[proposal.kind].one_row_is.partition(":")[0]
        article = "an" if proposal.kind[0] in "aeiou" else "a"
        doubt = "" if proposal.is_sure else "  (unsure)"
        _line(shown, "One row is ", (f"{article} {proposal.kind}", "bold"), f": {one}.", (doubt, UNSURE))
    _line(shown)


def _declaration(shown: Console, found: Found) -> None:
    """Print the declaration; in a terminal its comments are quiet, and what is unsure stands out."""
    if not shown.is_terminal:
        click.echo(found.text(PIPED_WIDTH), nl=False)
        return
    from rich.text import Text

    for line in found.text(max(60, min(shown.width, PIPED_WIDTH))).rstrip("\n").split("\n"):
        code, mark, comment = line.partition("# ")
        is_unsure = comment.startswith(("unsure", "maybe"))
        text = Text.assemble((code, "" if code.strip() else QUIET), (mark + comment, UNSURE if is_unsure else QUIET))
        shown.print(text, soft_wrap=True)


def _facts(shown: Console, found: Found, around: Around, width: int) -> None:
    """Print the first facts, a table for each kind, as many fields as fit; times are those of the workspace's zone."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from wholeservice.proposal.trial import columns_shown

    for name, rows in (found.tried.rows if found.tried else {}).items():
        if not rows:
            continue
        columns = columns_shown(rows, tables.BY_NAME[name])
        cells = [[_cell(row[each.name], each, around.zone) for each in columns] for row in rows]
        kept, alike = _fitting([each.name for each in columns], cells, width)
        left = [
            f"{columns[at].name} {cells[0][at]}" if at in alike else columns[at].name
            for at in range(len(columns))
            if at not in kept
        ]
        total = found.tried.by_table[name] if found.tried else 0
        title = f"The first {len(rows)} of {total:,} {name}" if len(rows) < total else f"{total:,} {name}"
        table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style=QUIET)
        for at in kept:
            is_number = columns[at].type in (tables.NUMBER, tables.INTEGER)
            table.add_column(columns[at].name, justify="right" if is_number else "left", no_wrap=True, overflow="ellipsis")
        for row in cells:
            table.add_row(*(Text(row[at]) for at in kept))
        with shown.capture() as captured:
            shown.print(table)
        text = "\n".join(line.rstrip() for line in captured.get().split("\n")).strip("\n")
        _line(shown)
        has_times = any(each.type == tables.INSTANT for each in columns)
        _line(shown, (title, "bold"), (f"  times in {around.zone}" if has_times else "", QUIET))
        click.echo(text, err=True)
        if left:
            _line(shown, (f"and {_listed(left, width - 8)}", QUIET))


def _fitting(names: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> tuple[list[int], list[int]]:
    """Return which columns fit beside each other, in order, and which say the same in every row: those give way first."""
    alike = [at for at in range(len(names)) if len(cells) > 1 and len({row[at] for row in cells}) == 1]
    kept: list[int] = []
    used = 0
    for at in sorted(range(len(names)), key=lambda at: (at in alike, at)):
        needed = max(len(names[at]), *(len(row[at]) for row in cells)) + 3
        if used + needed <= width or not kept:
            kept.append(at)
            used += needed
    return sorted(kept), alike


def _cell(value: Any, column: tables.Column, zone: str) -> str:
    """Write one value short: an instant as a day where it is the start of one, a pseudonym by its first letters."""
    if value is None:
        return "–"
    if isinstance(value, dt.datetime):
        text = value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")
        return text.removesuffix(":00").removesuffix(" 00:00")
    if column.is_alias:
        return f"{str(value)[:6]}…"
    if isinstance(value, float):
        return f"{value:,.10g}"
    text = _harmless(str(value))
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"


def _accounts(shown: Console, found: Found, around: Around, width: int) -> None:
    """Say what became of the rows: facts, what could not be read, names that stand for nothing, columns not used."""
    tried = found.tried
    if tried is None:
        return
    facts = ", ".join(f"{n:,} {name}" for name, n in tried.by_table.items() if n) or "no facts"
    scope = "All" if found.is_all else "The first"
    _line(shown)
    _line(shown, f"{scope} {tried.n_rows:,} rows: {facts}", *([f"; {tried.n_refused:,} refused"] if tried.n_refused else []),
          *([f"; {tried.n_empty:,} without what a fact needs"] if tried.n_empty else []))  # fmt: skip
    for each in tried.reasons[:N_REASONS]:
        value = f"  '{' '.join(each.value.split())[:40]}'" if each.value else ""
        _line(shown, ("  not read  ", UNSURE), f"{each.n:,} × {each.what}", (f"  at {each.place}{value}", QUIET))
    if len(tried.reasons) > N_REASONS:
        _line(shown, (f"            and {len(tried.reasons) - N_REASONS:,} more reasons; --format json has all", QUIET))
    _names(shown, found, around)
    unused = [each.name or f"column {number}" for number, each in enumerate(found.proposal.unused, 1)] if found.proposal else []
    if unused:
        _hanging(shown, "  not used  ", _listed(unused, width - 14))


def _hanging(shown: Console, label: str, text: str) -> None:
    """Print a label and a text that may need several lines, all of them behind the label."""
    if not shown.is_terminal:
        _line(shown, (label, QUIET), text)
        return
    for number, line in enumerate(textwrap.wrap(text, max(20, shown.width - len(label) - 1), break_on_hyphens=False)):
        _line(shown, (label if number == 0 else " " * len(label), QUIET), line)


def _names(shown: Console, found: Found, around: Around) -> None:
    from wholeservice.proposal.trial import unknown_names

    if found.tried is None:
        return
    unknown, n_names = unknown_names(found.tried, around.known)
    if not around.has_workspace:
        if n_names:
            _line(shown, ("  names     ", QUIET), "not resolved: this folder is in no workspace")
        return
    if n_names and not unknown:
        _line(shown, ("  names     ", QUIET), f"all {n_names:,} are known")
    for table, name, n in unknown[:N_NAMES]:
        nearest = suggest(name, around.names)
        hint = f"  nearest '{nearest}'" if nearest else ""
        _line(shown, ("  unknown   ", UNSURE), f"'{name[:60]}'", (f"  {n:,} {table}{hint}", QUIET))
    if len(unknown) > N_NAMES:
        _line(shown, (f"            and {len(unknown) - N_NAMES:,} more of {n_names:,} names", QUIET))
    _steps(shown, found.tried, around)


def _steps(shown: Console, tried: Tried, around: Around) -> None:
    from wholeservice.proposal.trial import unknown_steps

    steps = unknown_steps(tried, around.entities, around.steps)
    for table, entity, step, n in steps[:N_NAMES]:
        nearest = around.steps[entity].nearest(step)
        hint = f"  nearest step '{nearest}'" if nearest else ""
        _line(shown, ("  no step   ", UNSURE), f"'{step[:60]}'", (f" of {entity}  {n:,} {table}{hint}", QUIET))
    if len(steps) > N_NAMES:
        _line(shown, (f"            and {len(steps) - N_NAMES:,} more names of steps", QUIET))


def _listed(names: Sequence[str], width: int) -> str:
    """Name as many as fit in two lines.

    >>> _listed(["a", "b", "c"], 40), _listed(["day", "month", "year"], 14)
    ('a, b, c', 'day, month and 1 more')
    """
    text = ""
    for number, name in enumerate(names):
        plain = _harmless(name)[:40]
        if len(text) + len(plain) > 2 * width - 20:
            return f"{text} and {len(names) - number:,} more"
        text += (", " if text else "") + plain
    return text


def _decisions(shown: Console, found: Found) -> None:
    """Name what is only likely, so that nobody must look for it."""
    keys = list(dict.fromkeys(line.key for line in found.to_decide))
    if keys:
        _line(shown)
        _line(shown, ("Look at  ", "bold"), (sentence(keys), UNSURE), ": the file does not say", (" (marked unsure)", QUIET))


def _next(shown: Console, found: Found, around: Around, *, is_written: bool) -> None:
    _line(shown)
    if is_written:
        _hanging(
            shown, "Next     ", f"it stands in wholeservice.yaml now: wholeservice check, then wholeservice ingest {found.name}"
        )
    elif not found.is_whole:
        others = [kind for kind, _ in found.proposal.alternatives] if found.proposal else []
        kinds = " or ".join(f"--as {each}" for each in others) or "--as KIND"
        _hanging(shown, "Next     ", f"say what a row is: {kinds}; docs/map_a_table.md shows what each kind needs")
    elif around.has_workspace:
        _hanging(shown, "Next     ", f"add --write {found.name}, or paste it under sources: in wholeservice.yaml")
    else:
        _hanging(shown, "Next     ", f"in a workspace (wholeservice init DIR): wholeservice map FILE --write {found.name}")
