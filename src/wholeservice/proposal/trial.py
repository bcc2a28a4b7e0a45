"""Try a declaration on rows: what they give, what could not be read and why. By the code that ingest uses; nothing is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.errors import InputError, Problem
from wholeservice.facts.identity import foreign_column
from wholeservice.facts.ingest import Declared
from wholeservice.facts.known_steps import STEP, KnownSteps
from wholeservice.mapping import quarantine
from wholeservice.mapping.fingerprints import Occurrences
from wholeservice.mapping.guard import Guard
from wholeservice.mapping.plan import Plan, absent_problem, plan
from wholeservice.mapping.quarantine import Reason
from wholeservice.mapping.rows import Mapped, map_batch
from wholeservice.mapping.words import Outside, check_counted, count_outside
from wholeservice.sources.base import Batch, Cursor, Header, Raw
from wholeservice.tables import PART

if TYPE_CHECKING:
    import pyarrow as pa

_t: Any = tables  # the checker of types does not know that a slot can be named
_NAME = _t.Sighting.name.__name__
MAX_NAMES = 100_000  # different names that are remembered


@dataclass(slots=True)
class Tried:
    """What a declaration makes of rows. `rows` are the first facts, table by table; `is_all`: every row was read."""

    n_rows: int = 0
    n_facts: int = 0
    n_refused: int = 0
    n_empty: int = 0
    n_left_out: int = 0
    is_all: bool = True
    repeats: bool = False  # several rows have one record
    by_table: Counter[str] = field(default_factory=Counter)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    names: dict[str, Counter[str]] = field(default_factory=dict)
    steps: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)  # table -> (name of a thing, of a step) -> rows
    seen: set[str] = field(default_factory=set)  # names that the facts themselves say to exist
    sums: dict[str, float] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    problems: list[Problem] = field(default_factory=list)


def try_out(
    declared: Declared, raws: Iterable[Raw], *, n_shown: int = 10, guard: Guard | None = None,
    goes_on: Callable[[int], bool] = lambda n_rows: True
) -> Tried:  # fmt: skip
    """
    Map rows as ingest would, and keep only sums and the first facts.

    *goes_on*   asked after each batch with the rows so far; False ends the reading
    Errors      InputError for a mapping that does not fit the columns, or a file that cannot be read
    """
    trial = _Trial(declared, n_shown, guard)
    for raw in raws:
        if not trial.tried.is_all:
            return trial.finish()  # there is more, and time is up
        if isinstance(raw, Problem):
            trial.refuse(raw)
        elif not isinstance(raw, Cursor):
            trial.add(raw)
            trial.tried.is_all = goes_on(trial.tried.n_rows)
    trial.tried.is_all = True
    return trial.finish()


class _Trial:
    def __init__(self, declared: Declared, n_shown: int, guard: Guard | None) -> None:
        self.declared, self.n_shown, self.guard = declared, n_shown, guard
        self.tried, self.reasons = Tried(), quarantine.Reasons(declared.name)
        self.occurrences, self.outside = Occurrences(), Outside()
        self.plans: dict[Header, Plan] = {}

    def add(self, batch: Batch) -> None:
        self.tried.n_rows += len(batch.numbers)
        self.take(map_batch(self.declared.name, self.plan_for(batch.header), batch, self.occurrences, self.guard))

    def refuse(self, problem: Problem) -> None:
        if problem.severity == "warning":
            self.tried.problems.append(problem)
            return
        self.tried.n_rows += 1
        self.tried.n_refused += 1
        row: dict[str, object] = {
            "source": self.declared.name, "place": str(problem.place), "code": problem.code, "reason": problem.what,
            "raw": problem.place.text if problem.place else None, "expected": problem.expected
        }  # fmt: skip
        self.reasons.add(quarantine.quarantined([row]))

    def finish(self) -> Tried:
        """Return what was tried. A column that no batch had is a mistake of the mapping."""
        tried = self.tried
        absent = frozenset.intersection(*(each.absent for each in self.plans.values())) if self.plans and tried.is_all else ()
        if absent:
            header = next(iter(self.plans))
            raise InputError(*(absent_problem(name, self.declared.mapping, header) for name in sorted(absent)))
        tried.reasons = self.reasons.all()
        tried.problems += check_counted(self.declared.mapping, self.outside)
        return tried

    def plan_for(self, header: Header) -> Plan:
        if header not in self.plans:
            made, problems = plan(self.declared.mapping, header)
            if errors := [each for each in problems if each.severity == "error"]:
                raise InputError(*errors)
            self.tried.problems += [each for each in problems if each not in self.tried.problems]
            self.plans[header] = made
        return self.plans[header]

    def take(self, mapped: Mapped) -> None:
        import pyarrow as pa

        facts = {name: pa.concat_tables(parts) for name, parts in mapped.facts.items() if parts}
        tried = self.tried
        for name, rows in facts.items():
            tried.n_facts += rows.num_rows
            tried.by_table[name] += rows.num_rows
            self.show(name, mapped.facts[name])
            self.count(name, rows)
        tried.n_refused += mapped.n_refused
        tried.n_empty += mapped.n_empty
        tried.n_left_out += mapped.n_left_out
        self.reasons.add(mapped.quarantine)
        self.outside += count_outside(facts)

    def show(self, name: str, parts: list[pa.Table]) -> None:
        """Keep the first facts: some of each entry, so that none is unseen."""
        shown = self.tried.rows.setdefault(name, [])
        room = max(1, self.n_shown // max(1, len(parts)))
        for number, part in enumerate(parts):
            is_last = number == len(parts) - 1
            wanted = self.n_shown - len(shown) if is_last else min(room, self.n_shown - len(shown))
            shown += part.slice(0, max(0, wanted)).to_pylist()

    def count(self, name: str, rows: pa.Table) -> None:
        """Note names, whether records repeat, and sums of numbers."""
        import pyarrow.compute as pc

        table, tried = tables.BY_NAME[name], self.tried
        tried.repeats = tried.repeats or bool(pc.any(pc.match_substring(rows[PART], "#")).as_py())
        for column in table.columns:
            if column.type == tables.NUMBER and rows[column.name].null_count < rows.num_rows:
                key = f"{name}.{column.name}"
                tried.sums[key] = tried.sums.get(key, 0.0) + float(pc.sum(rows[column.name]).as_py() or 0.0)
        if table is tables.SIGHTINGS:
            tried.seen |= set(pc.unique(rows[_NAME]).to_pylist())
        about = foreign_column(table)
        if about is not None:
            counted = tried.names.setdefault(name, Counter())
            if len(counted) < MAX_NAMES:
                counted.update(
                    {each["values"]: each["counts"] for each in pc.value_counts(rows[about].drop_null()).to_pylist()}
                )
            if STEP in rows.column_names:
                counts = rows.group_by([about, STEP]).aggregate([([], "count_all")]).to_pylist()
                told = {(row[about], row[STEP]): row["count_all"] for row in counts if row[about] and row[STEP]}
                steps = tried.steps.setdefault(name, Counter())
                steps.update(told if len(steps) < MAX_NAMES else {})


def unknown_names(tried: Tried, known: frozenset[str]) -> tuple[list[tuple[str, str, int]], int]:
    """
    Return the names of facts that stand for nothing, and how many names there are.

    Shape    ([(table, name, rows)], most rows first; the number of different names). *known* are in lower case
    """
    seen = {each.strip().lower() for each in tried.seen} | known
    names = {(table, name): n for table, counted in tried.names.items() for name, n in counted.items()}
    unknown = [(table, name, n) for (table, name), n in names.items() if name.strip().lower() not in seen]
    return sorted(unknown, key=lambda each: (-each[2], each[0], each[1])), len({name for _, name in names})


def unknown_steps(
    tried: Tried, entities: Mapping[str, str], steps: Mapping[str, KnownSteps]
) -> list[tuple[str, str, str, int]]:  # fmt: skip
    """
    Return the names of steps of facts that the journey of their service has none of; without a journey nothing is said.

    Shape    (table, entity, name of the step, rows), most rows first. *entities*: name in lower case -> entity
    """
    found: Counter[tuple[str, str, str]] = Counter()
    for table, counted in tried.steps.items():
        for (thing, step), n_rows in counted.items():
            entity = entities.get(thing.strip().lower(), "")
            if entity in steps and not steps[entity].knows(step):
                found[table, entity, step.strip()] += n_rows
    return sorted(((*key, n_rows) for key, n_rows in found.items()), key=lambda each: (-each[3], each[:3]))


def columns_shown(rows: Sequence[Mapping[str, Any]], table: tables.Table) -> list[tables.Column]:
    """Return the columns of a table that any of the rows has a value in, without the keys."""
    return [
        each for each in table.columns if each.name not in tables.KEYS and any(row.get(each.name) is not None for row in rows)
    ]
