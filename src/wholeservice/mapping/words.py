"""The words that a field may hold, where measures and findings know only these. Data, and what is outside of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.errors import Place, Problem, suggest
from wholeservice.mapping.base import KINDS, Bound, FactMapping, Ref, TableMapping
from wholeservice.tables import BY_NAME, Deployment, Incident, Item, Link, Money, Tally, Work

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one field of one kind of fact."""

    row: type
    field: str
    words: tuple[str, ...]


def _words(slot: Any, *words: str) -> Words:
    return Words(slot.__objclass__, slot.__name__, words)


WORDS: tuple[Words, ...] = (
    _words(Item.kind, "feature", "defect", "debt", "risk", "request", "change", "improvement"),  # type: ignore[misc]
    _words(Work.state, "queued", "active", "blocked", "done", "returned", "unknown"),  # type: ignore[misc]
    _words(Deployment.result, "succeeded", "failed", "rolled-back"),  # type: ignore[misc]
    _words(Incident.detected_by, "monitor", "staff", "consumer", "public"),  # type: ignore[misc]
    _words(Money.flow, "spent", "earned", "saved", "avoided"),  # type: ignore[misc]
    _words(Money.kind, "billed", "effective", "budget"),  # type: ignore[misc]
    _words(Tally.window, "calendar", "rolling"),  # type: ignore[misc]
    _words(Tally.statistic, "count", "mean", "share", "histogram"),  # type: ignore[misc]
    _words(Link.relation, "same-as", "part-of", "for", "fixes", "improves", "caused-by", "delivers", "blocks"),  # type: ignore[misc]
)
Names = Mapping[str, Bound]
_BY_FIELD = {(each.row, each.field): each.words for each in WORDS}


def check_fixed(fact: FactMapping) -> Iterator[Problem]:
    """Warn of each fixed text, and each meaning under `map:`, that is not one of the words of its field."""
    for name, values in fact.fields.items():
        known = _BY_FIELD.get((fact.table.row, name))
        for value in values if known else ():
            meanings = [meaning for _, meaning in value.reading.map or () if meaning]
            fixed = [] if value.literal is None or meanings else [value.literal.strip()]
            for text in dict.fromkeys([*fixed, *meanings]):
                if text and text not in value.reading.missing | set(known or ()):
                    yield _warning(fact.table.row, name, text, value.place)


def check_bound(mapping: TableMapping, periods: Iterable[Names], columns: Collection[str]) -> Iterator[Problem]:
    """Warn of each text that a name under `each:` stands for, where a field takes only certain words."""
    known = [(fact, each, name) for fact in mapping.facts for name, each in _one_name(fact)]
    told: set[tuple[str, str]] = set()
    for bound in periods:
        for fact, field, name in known:
            text = bound[name].text.strip() if name in bound and bound[name].position is None else ""
            is_column = not bound[name].is_text and (text.isdecimal() or text in columns) if text else True
            if not is_column and text not in _BY_FIELD[fact.table.row, field] and (field, text) not in told:
                told.add((field, text))
                yield _warning(fact.table.row, field, text, bound[name].place)


def _one_name(fact: FactMapping) -> Iterator[tuple[str, str]]:
    """Yield (name, field) of each field of certain words that is one column or bound name, and is not translated."""
    for field, values in fact.fields.items():
        parts = values[0].parts if (fact.table.row, field) in _BY_FIELD and values[0].reading.map is None else ()
        if len(parts) == 1 and isinstance(parts[0], Ref):
            yield parts[0].name, field


def check_read(mapping: TableMapping, rows: Mapping[str, pa.Table]) -> list[Problem]:
    """Warn of each word that the rows of a source hold and that is not one of its field's: the facts are made all the same."""
    return check_counted(mapping, count_outside(rows))


Outside = Counter[tuple[Words, str]]
"""How often each word came that is not one of its field's."""


def count_outside(rows: Mapping[str, pa.Table]) -> Outside:
    """Count the words that rows hold and that are not among their field's; counts of several batches may be added."""
    return Counter({(each, text): n_rows for each in WORDS for text, n_rows in _outside(each, rows)})


def check_counted(mapping: TableMapping, outside: Outside) -> list[Problem]:
    """Warn of each word that came and is not one of its field's."""
    in_order = sorted(outside, key=lambda key: (WORDS.index(key[0]), key[1]))
    return [
        _warning(each.row, each.field, text, _place(mapping, each), f" in {outside[each, text]:,} rows")
        for each, text in in_order
    ]


def table_of_words() -> Iterable[str]:
    """Return the lines of a Markdown table of the words, for docs/map_a_table.md."""
    yield "| kind | field | words |"
    yield "|---|---|---|"
    for each in WORDS:
        kind = next(kind for kind, table in KINDS.items() if table.row is each.row)
        yield f"| `{kind}` | `{each.field}` | {' '.join(f'`{word}`' for word in each.words)} |"


def _outside(known: Words, rows: Mapping[str, pa.Table]) -> list[tuple[str, int]]:
    import pyarrow.compute as pc

    table = next((rows[name] for name in rows if BY_NAME[name].row is known.row), None)
    if table is None:
        return []
    counted = [(each["values"], each["counts"]) for each in pc.value_counts(table[known.field]).to_pylist()]
    return sorted((text, n) for text, n in counted if text is not None and text not in known.words)


def _place(mapping: TableMapping, known: Words) -> Place:
    """Return where the field is mapped, else the source."""
    values = [fact.fields[known.field] for fact in mapping.facts if fact.table.row is known.row and known.field in fact.fields]
    return values[0][0].place if values else mapping.place


def _warning(row: type, field: str, text: str, place: Place, where: str = "") -> Problem:
    words = _BY_FIELD[row, field]
    return Problem("SRC118", f"'{text}' is no {field} of {row.__name__.lower()} that is understood{where}", place,
                   f"one of: {', '.join(words)}", suggest(text, words),
                   "correct it, or translate it with map:; as it is, no measure counts it", severity="warning")  # fmt: skip
