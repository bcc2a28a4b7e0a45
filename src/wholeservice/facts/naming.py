"""Which names the facts of a run use, and which of them stand for something: counted in one pass over two columns.

What an ingest reports. The same rules as `identity`, without an engine: nothing is joined, and memory does not grow with rows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wholeservice import tables
from wholeservice.facts import delta_log
from wholeservice.facts.identity import Unresolved, foreign_column, names_table
from wholeservice.tables import SOURCE

if TYPE_CHECKING:
    from wholeservice.facts.store import Run, Store
    from wholeservice.organisation.graph import Organisation


@dataclass(frozen=True, slots=True)
class Names:
    """*by_source*: source -> (names its facts use, how many of them are known); *unresolved*: most rows first."""

    by_source: dict[str, tuple[int, int]]
    unresolved: tuple[Unresolved, ...]


def names_of(store: Store, run: Run, organisation: Organisation) -> Names:
    """Count the names that the facts of a run use; letter case and outer blanks do not count."""
    known = set(names_table(organisation)["name"].to_pylist())
    used: dict[str, set[str]] = {}
    unresolved: list[Unresolved] = []
    for table in tables.TABLES:
        waiting: Counter[str] = Counter()
        for (source, name), n_rows in _used(store, run, table).items():
            used.setdefault(source, set()).add(name)
            if name.lower() not in known:
                waiting[name] += n_rows
        unresolved += [Unresolved(table.name, name, n_rows) for name, n_rows in waiting.items()]
    by_source = {source: (len(names), sum(name.lower() in known for name in names)) for source, names in used.items()}
    return Names(by_source, tuple(sorted(unresolved, key=lambda each: (-each.n_rows, each.table, each.name))))


def _used(store: Store, run: Run, table: tables.Table) -> Counter[tuple[str, str]]:
    """Return (source, name without outer blanks) -> rows of one table."""
    import pyarrow as pa

    column = foreign_column(table)
    found: Counter[tuple[str, str]] = Counter()
    if column is None or table.name not in run.versions:
        return found
    dataset = delta_log.dataset(store.table(table.name, run.versions[table.name]), store.path / table.name)
    for batch in dataset.to_batches(columns=[SOURCE, column]):
        counted = pa.Table.from_batches([batch]).group_by([SOURCE, column]).aggregate([([], "count_all")])
        for row in counted.to_pylist():
            if row[column] is not None:
                found[row[SOURCE], row[column].strip()] += row["count_all"]
    return found
