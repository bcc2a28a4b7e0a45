"""Which names the facts of a run use, for things and steps, and which of them stand for something.

What an ingest reports, counted in one pass over three columns. The same rules as `identity`, without an
engine: nothing is joined, and memory does not grow with rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wholeservice import tables
from wholeservice.facts import delta_log
from wholeservice.facts.identity import Unresolved, foreign_column, known_names
from wholeservice.facts.known_steps import STEP, KnownSteps, known_steps, says_own_step
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
    """Count the names that the facts of a run use; letter case and outer blanks do not count.

    The name of a step counts where what the row is about has a journey, each step once however it is written.
    """
    named = _Named(known_names(organisation), known_steps(organisation))
    used: dict[str, dict[Use, bool]] = {}
    unresolved: list[Unresolved] = []
    for table in tables.TABLES:
        waiting: Counter[Use] = Counter()
        for (source, name, step), n_rows in _used(store, run, table).items():
            for use, is_known in named.uses(name, step):
                used.setdefault(source, {})[use] = is_known
                if not is_known:
                    waiting[use] += n_rows
        unresolved += [Unresolved(table.name, name, n_rows, step_of) for (name, step_of), n_rows in waiting.items()]
    by_source = {source: (len(uses), sum(uses.values())) for source, uses in used.items()}
    return Names(by_source, tuple(sorted(unresolved, key=lambda each: (-each.n_rows, each.table, each.name))))


Use = tuple[str, str | None]
"""A name, and of which entity it names a step; None: it is the name of a thing."""


@dataclass(frozen=True, slots=True)
class _Named:
    """What names stand for: of things, and of the steps of those that have a journey."""

    entities: dict[str, str]
    steps: dict[str, KnownSteps]

    def uses(self, name: str, step: str | None) -> Iterator[tuple[Use, bool]]:
        """Yield the names that a row uses, and whether each is known."""
        entity = self.entities.get(name.lower())
        yield (name, None), entity is not None
        if step is not None and entity in self.steps:
            yield (self.steps[entity].step(step) or step, entity), self.steps[entity].knows(step)


def _used(store: Store, run: Run, table: tables.Table) -> Counter[tuple[str, str, str | None]]:
    """Return (source, name, step), both without outer blanks -> rows of one table."""
    import pyarrow as pa

    column = foreign_column(table)
    found: Counter[tuple[str, str, str | None]] = Counter()
    if column is None or table.name not in run.versions:
        return found
    dataset = delta_log.dataset(store.table(table.name, run.versions[table.name]), store.path / table.name)
    columns = [SOURCE, column, *([STEP] if STEP in dataset.schema.names and says_own_step(table) else ())]
    for batch in dataset.to_batches(columns=columns):
        counted = pa.Table.from_batches([batch]).group_by(columns).aggregate([([], "count_all")])
        for row in counted.to_pylist():
            step = (row.get(STEP) or "").strip() or None
            if row[column] is not None:
                found[row[SOURCE], row[column].strip(), step] += row["count_all"]
    return found
