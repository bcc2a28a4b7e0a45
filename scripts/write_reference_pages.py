"""Make the reference pages of docs/ from the code: measures, problem codes, fact tables, and what an organisation declares."""

from __future__ import annotations

import re
import textwrap
from itertools import groupby

from wholeservice.app.help_pages import measure_text, problem_codes
from wholeservice.measures import MEASURES
from wholeservice.measures.base import Measure
from wholeservice.organisation import kinds
from wholeservice.organisation.schema import field_tables
from wholeservice.tables import KEYS, TABLES, Column, Table

MADE = "Written by `make docs` from {}; a test fails when it is out of date."
MEASURE_PART = re.compile(r"^(\w+(?: \w+)?) {2,}", re.MULTILINE)  # "Leaves out  attempts too young to judge"
INLINE_PART = re.compile(r"\s{4,}(Grain) {2,}")  # "Unit      share          Grain  one row per entity"
JUDGE = re.compile(r"(?:old enough|too young) to judge")
EXAMPLE = re.compile(r"(?:^ {4}.*\n?)+", re.MULTILINE)

SUBJECTS = {
    "ASK": "Questions", "BAK": "Backups", "BUG": "Our mistakes", "DEM": "The demo", "ENG": "Engines",
    "FGT": "Forgetting a person", "IMP": "The improvement log", "ING": "Ingest", "MAP": "Proposed mappings",
    "NEW": "New workspaces",
    "ORG": "The organisation", "OUT": "The outside world", "PIC": "Pictures", "PRV": "People", "REP": "Reports",
    "RES": "Results", "SET": "Settings", "SIM": "Scenarios", "SRC": "Sources and mappings", "STO": "The store",
}  # fmt: skip

KINDS_HEAD = f"""\
# What an organisation declares

{MADE.format("`organisation/kinds.py`, where each kind, field and relation is declared once")}

[The organisation as code](organisation.md) explains them by examples.

## Relations

Who stands in which relation to whom follows from the fields. Mappings may report the same ones, as seen:
`sighting: {{ kind: part, name: ..., relation: uses, to_kind: service, to_name: ... }}`.

| a | relation | to a |
|---|---|---|
"""

TABLES_HEAD = f"""\
# Fact tables

{MADE.format("`tables.py`, where each column is declared once")}

What happened stands in {len(TABLES)} tables. A [mapping](mapping_reference.md) makes their rows, [the store](store.md)
keeps them.

Instants end in `_at` and are UTC, civil days end in `_on`, durations are seconds and end in `_s`. What is missing is empty and
never zero. Of a person only a pseudonym is ever stored ([people in the data](privacy.md)).

## Keys

Every table has them; `ingest` fills them in. The newest `known_at` of a record replaces the whole record.

| column | holds | means |
|---|---|---|
"""

MEASURES_HEAD = f"""\
# Measures

{MADE.format("the docstrings of the measures")}

`wholeservice explain NAME` shows the same, and so do the pages.

Every value comes with its unit, period, n, interval, coverage and source. Where nothing was counted there is no value, and a
reason. A target may call a measure by its other names. To write your own: [add a measure](add_a_measure.md).
"""

PROBLEMS_HEAD = f"""\
# Problem codes

{MADE.format("the rooms that tell the problems")}

A message names its code; `wholeservice explain CODE` shows the same as this page. Codes that begin with F are
[findings](findings.md). "In quarantine" means: kept aside with its place and reason; it never costs the other rows.
"""


def kinds_page() -> str:
    """Return the relations between kinds, and the fields of each kind."""
    pairs = sorted((kind, relation, to) for kind, relation, to in kinds.relation_pairs())
    lines = [
        f"| {kind} | `{relation}` | {', '.join(to for _, _, to in group)} |"
        for (kind, relation), group in groupby(pairs, key=lambda pair: pair[:2])
    ]
    return KINDS_HEAD + "\n".join(lines) + "\n\n## Kinds and their fields\n\n" + field_tables()


def tables_page() -> str:
    """Return the columns of each fact table; the keys, which all of them have, stand first and once."""
    keys = [_row(column) for column in TABLES[0].columns if column.name in KEYS]
    return "\n".join([TABLES_HEAD + "\n".join(keys), *map(_table, TABLES)]) + "\n"


def _table(table: Table) -> str:
    head = ["", f"## {table.name}", "", f"One row is {table.one_row_is}.", "", "| column | holds | means |", "|---|---|---|"]
    return "\n".join([*head, *(_row(column) for column in table.columns if column.name not in KEYS)])


def _row(column: Column) -> str:
    unit = f", in {column.unit}" if column.unit else ""
    notes = " (required)" if column.required else ""
    return f"| `{column.name}` | {column.type}{unit} | {column.meaning}{notes} |"


def measures_page() -> str:
    """Return the help page of each measure."""
    return MEASURES_HEAD + "".join(map(_measure, MEASURES))


def _measure(measure: Measure) -> str:
    text = INLINE_PART.sub(r"\n\1  ", measure_text(measure))
    headline, *rest = MEASURE_PART.split(text)
    parts = zip(rest[::2], rest[1::2], strict=True)
    lines = [f"- **{name}**: {_linked(_one_line(words))}" for name, words in parts]
    return "\n".join([f"\n## {measure.title}: `{measure.name}`", "", _one_line(headline), "", *lines, ""])


def _linked(text: str) -> str:
    """Link the first words of a line that stand for something defined elsewhere."""
    return JUDGE.sub(r"[\g<0>](identity.md#old-enough-to-judge)", text, count=1)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def problems_page() -> str:
    """Return every problem code with its help page, by what it is about."""
    codes = sorted(problem_codes().items())
    groups = groupby(codes, key=lambda each: each[0][:3])
    return "\n".join([PROBLEMS_HEAD, *(_subject(SUBJECTS[prefix], dict(group)) for prefix, group in groups)])


def _subject(title: str, codes: dict[str, str]) -> str:
    return "\n".join([f"## {title}", "", *(f"### {code}\n\n{_with_fences(text)}\n" for code, text in codes.items())])


def _with_fences(text: str) -> str:
    """Return a help page with its indented examples as blocks of YAML."""
    return EXAMPLE.sub(lambda each: f"\n```yaml\n{textwrap.dedent(each[0]).rstrip()}\n```\n", text.strip()).rstrip()
