"""Ingest: read the declared sources, turn their rows into facts, and commit them as one run.

A *row* is one row of a source that its mapping selects. Each is counted once: kept + known + superseded + refused = read,
always (see `supersede` for what the four mean). A source that cannot be read as a whole is left out with its problems,
what it said before stays, and the others go on.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.documents import Node, parse
from wholeservice.errors import InputError, Problem, WholeserviceError, suggest
from wholeservice.facts import staging
from wholeservice.facts.identity import foreign_column
from wholeservice.facts.staging import Stage, Staged
from wholeservice.facts.store import Run, Store
from wholeservice.facts.store_problems import StoreError
from wholeservice.mapping import load as mapping_load
from wholeservice.mapping import quarantine
from wholeservice.mapping.base import SOURCE_KEYS, TableMapping
from wholeservice.mapping.fingerprints import Occurrences
from wholeservice.mapping.guard import Guard, mask_refused
from wholeservice.mapping.labels import check_labels
from wholeservice.mapping.plan import Plan, absent_problem, plan
from wholeservice.mapping.rows import Mapped, map_batch
from wholeservice.mapping.words import Outside, check_counted, count_outside
from wholeservice.sources import SOURCES
from wholeservice.sources.base import NOT_THERE, Batch, Context, Cursor, Header, Source, substitute, unknown_keys
from wholeservice.tables import SOURCE

if TYPE_CHECKING:
    import pyarrow as pa

REFUSED_AT_ONCE = 1000  # rows that could not be read are staged so many at a time
_NAME_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")

Resolve = Callable[[str], str | None]
Guards = Callable[[str], Guard | None]
Progress = Callable[[str, int], None]
"""(source, raw rows read so far); called after every batch."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One source as declared: its kind with its options, and its mapping."""

    name: str
    source: Source
    options: Any
    mapping: TableMapping


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What became of one source's rows. `left_out` rows (by `where:`) are not in `read`; `empty` ones are among `known` or
    `superseded`: they gave no fact because what they need is missing. `problems` say why a source could not be read;
    those that are warnings, what was read but will not be understood. `reasons` say why cells and rows were refused."""

    source: str
    read: int = 0
    kept: int = 0
    known: int = 0
    superseded: int = 0
    refused: int = 0
    left_out: int = 0
    empty: int = 0
    deleted: int = 0
    quarantined: int = 0  # cells and rows in quarantine; a row can be kept with a cell of it in quarantine
    facts: int = 0
    names: int = 0
    resolved: int = 0
    problems: tuple[Problem, ...] = ()
    reasons: tuple[quarantine.Reason, ...] = ()

    @property
    def is_read(self) -> bool:
        return not any(each.severity == "error" for each in self.problems)

    @property
    def is_absent(self) -> bool:
        """Say whether there was nothing to read: no file, of a source that may lack it. Its counts are unknown, not zero."""
        return not self.read and any(each.code == NOT_THERE for each in self.problems)


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingest did. `run` is the run that now stands, None when there is none; `is_new` whether this made it."""

    run: Run | None
    is_new: bool
    sources: tuple[SourceReport, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(problem for each in self.sources for problem in each.problems)


def load(node: Node | None, settings: Mapping[str, str], zone: str) -> tuple[tuple[Declared, ...], list[Problem]]:
    """
    Load what stands under `sources:` in wholeservice.yaml.

    Shape    (the sources that are sound, problems in file order); reads no data
    """
    if node is None:
        return (), []
    filled, problems = substitute(node, settings)
    found: list[Declared] = []
    for name, declaration in filled.mapping.items():
        declared, own = _declared(name, declaration, filled, zone)
        problems += own
        if declared and not any(each.severity == "error" for each in own):
            found.append(declared)
    return tuple(found), problems


def built_in(name: str, declaration: str, zone: str) -> Declared:
    """Return a source that nobody declares. Its name may be one that no declared source can have."""
    node, problems = parse(declaration, name)
    declared, own = _of_kind(name, node, zone) if node else (None, [])
    if declared is None or problems or own:
        raise InputError(*problems, *own)
    return declared


def check(declared: Iterable[Declared], context: Context) -> list[Problem]:
    """Return what is wrong between the mappings and the headers of the files that are there, with labels that disagree."""
    problems: list[Problem] = []
    for each in declared:
        headers, own = each.source.headers(each.options, context)
        problems += own
        for header in headers:
            problems += plan(each.mapping, header)[1]
            problems += check_labels(each.mapping, header)
    return problems


def ingest(
    declared: Sequence[Declared], store: Store, context: Context, known_at: dt.datetime, *,
    guards: Guards, only: str | None = None, resolve: Resolve | None = None,
    progress: Progress = lambda source, n_rows: None,
) -> Report:  # fmt: skip
    """
    Read one source or all, and commit what they say as one run.

    *guards*    what keeps people's own names and data out of the store, asked for each source once the reading has begun; to
                let them in where that is meant, say so: `lambda source: None`
    *resolve*   foreign name -> entity id or None, to count how many names the organisation knows
    Errors      InputError for an unknown *only*; OutsideError from the store
    """
    reports: dict[str, SourceReport] = {}
    readings: dict[str, _Reading] = {}
    wanted = _wanted(declared, only)
    with staging.opened(store.path, store.latest) as folder, staging.Disk(store.path) as disk:
        before = store.latest()
        for each in wanted:
            stage = Stage(folder, disk, each.name, known_at)
            reading = _Reading(each, stage, Occurrences(folder.shelve), guards(each.name))
            try:
                _read(reading, context, before.cursors.get(each.name) if before else None, progress)
                readings[each.name] = reading
            except StoreError:
                raise
            except WholeserviceError as error:
                reports[each.name] = SourceReport(each.name, problems=error.problems)
        if not readings:
            return Report(before, False, tuple(reports.values()))
        staged = [each.staged() for each in readings.values()]
        store.reached("staged what was read")
        cursors = {name: each.reached for name, each in readings.items() if each.reached is not None}
        counts = {name: each.counts(resolve) for name, each in readings.items()}
        run = store.commit(staged, cursors, counts, known_at)
    counted = {str(each[SOURCE]): SourceReport(**each) for each in run.counts}  # type: ignore[arg-type]
    for name, reading in readings.items():
        reports[name] = replace(counted[name], problems=reading.warned(), reasons=reading.reasons.all())
    return Report(run, run.is_new, tuple(reports[each.name] for each in wanted))


def _declared(name: str, node: Node, parent: Node, zone: str) -> tuple[Declared | None, list[Problem]]:
    place = (parent.key_places or {}).get(name, node.place)
    problems: list[Problem] = []
    if not name[:1].isalpha() or set(name) - _NAME_LETTERS:
        problems.append(Problem("SRC117", f"'{name}' cannot be a source's name", place, "small letters, digits and hyphens",
                                next_step="rename it"))  # fmt: skip
    declared, own = _of_kind(name, node, zone)
    return declared, [*problems, *own]


def _of_kind(name: str, node: Node, zone: str) -> tuple[Declared | None, list[Problem]]:
    problems: list[Problem] = []
    kinds = {source.name: source for source in SOURCES}
    kind = node.mapping["kind"].text if "kind" in node.mapping else SOURCES[0].name
    if kind not in kinds:
        problems.append(Problem("SRC102", f"'{kind}' is no kind of source", node.mapping["kind"].place,
                                f"one of: {', '.join(kinds)}", suggest(kind or "", kinds), "correct kind:"))  # fmt: skip
        return None, problems
    problems += unknown_keys(node, {**kinds[kind].options, **SOURCE_KEYS}, "a source")
    options, own = kinds[kind].load(node)
    mapping, mapped = mapping_load.load(name, _with_usual(kinds[kind], options, node), zone)
    return Declared(name, kinds[kind], options, mapping), [*problems, *own, *mapped]


def _with_usual(source: Source, options: Any, node: Node) -> Node:
    """Return the declaration with the mapping that the source's rows usually have, where it says nothing else."""
    usual, _ = parse(source.usual(options), f"the usual mapping of {source.name}") if source.usual else (None, [])
    if usual is None:
        return node
    return Node({**usual.mapping, **node.mapping}, node.place, {**(usual.key_places or {}), **(node.key_places or {})})


def _wanted(declared: Sequence[Declared], only: str | None) -> list[Declared]:
    if only is None:
        return list(declared)
    names = [each.name for each in declared]
    if only not in names:
        raise InputError(Problem("SRC102", f"no source '{only}' is declared", expected=f"one of: {', '.join(names) or 'none'}",
                                 nearest=suggest(only, names), next_step="see sources: in wholeservice.yaml"))  # fmt: skip
    return [each for each in declared if each.name == only]


class _Reading:
    """One source while it is read: what it says goes to the disk batch by batch, and only sums of it are kept."""

    def __init__(self, declared: Declared, stage: Stage, occurrences: Occurrences, guard: Guard | None = None) -> None:
        self.declared, self.stage, self.occurrences, self.guard = declared, stage, occurrences, guard
        self.warnings: list[Problem] = []
        self.reasons = quarantine.Reasons(declared.name)
        self.cursor: str | None = None
        self.n_rows = 0  # raw rows so far
        self._plans: dict[Header, Plan] = {}
        self._refused: list[Problem] = []  # rows that could not be read, not staged yet
        self._sums: Counter[str] = Counter()
        self._names: set[str] = set()
        self._outside: Outside = Counter()

    def add(self, batch: Batch) -> None:
        """Turn raw rows into facts."""
        self.n_rows += len(batch.numbers)
        self._take(map_batch(self.declared.name, self._plan_for(batch.header), batch, self.occurrences, self.guard))

    def refuse(self, problem: Problem) -> None:
        """Note a row that could not be read, or a warning."""
        if problem.severity == "warning":
            self.warnings.append(problem)
            return
        self.n_rows += 1
        self._sums["refused"] += 1
        self._refused.append(problem)
        if len(self._refused) >= REFUSED_AT_ONCE:
            self._quarantine_refused()

    def staged(self) -> Staged:
        """Complete what was staged."""
        n_refused = self._sums["refused"]
        # A record may be absent only because its row could not be read: then nothing is taken out.
        is_all = self.declared.mapping.is_all and not n_refused
        return self.stage.close(n_refused=n_refused, n_empty=self._sums["empty"], is_all=is_all)

    @property
    def reached(self) -> str | None:
        """How far the source needs not be read again: no further than before while something of it is refused."""
        return None if self._sums["quarantined"] else self.cursor

    def counts(self, resolve: Resolve | None) -> dict[str, object]:
        """Return what to note of the reading beside what the store counts."""
        resolved = sum(resolve(name) is not None for name in self._names) if resolve else 0
        sums = {name: self._sums[name] for name in ("left_out", "empty", "quarantined", "facts")}
        return {**sums, "names": len(self._names), "resolved": resolved}

    def warned(self) -> tuple[Problem, ...]:
        """Return what the source warned of, and what will not be understood."""
        return (*self.warnings, *check_counted(self.declared.mapping, self._outside))

    def finish(self) -> None:
        """Note the last refused rows. A column that no batch had is a mistake in the mapping, and not merely missing."""
        if self._refused:
            self._quarantine_refused()
        if not self._plans:
            return
        absent = frozenset.intersection(*(each.absent for each in self._plans.values()))
        if absent:
            header = next(iter(self._plans))
            raise InputError(*(absent_problem(name, self.declared.mapping, header) for name in sorted(absent)))

    def _plan_for(self, header: Header) -> Plan:
        if header not in self._plans:
            made, problems = plan(self.declared.mapping, header)
            if errors := [each for each in problems if each.severity == "error"]:
                raise InputError(*errors)
            self.warnings += [each for each in problems if each not in self.warnings]
            self._plans[header] = made
        return self._plans[header]

    def _take(self, mapped: Mapped) -> None:
        import pyarrow as pa

        facts = {name: pa.concat_tables(parts) for name, parts in mapped.facts.items() if parts}
        for name, rows in facts.items():
            self.stage.add(name, rows)
            self._names |= _entity_names(name, rows)
        self.stage.add_records(mapped.records)
        self._quarantine(mapped.quarantine)
        self._outside += count_outside(facts)
        self._sums.update(refused=mapped.n_refused, empty=mapped.n_empty, left_out=mapped.n_left_out,
                          facts=sum(rows.num_rows for rows in facts.values()))  # fmt: skip

    def _quarantine(self, refused: pa.Table) -> None:
        self._sums["quarantined"] += refused.num_rows
        self.reasons.add(refused)
        self.stage.add(quarantine.NAME, refused)

    def _quarantine_refused(self) -> None:
        whole_rows: list[dict[str, object]] = [
            {SOURCE: self.declared.name, "place": str(each.place), "code": each.code,
             "raw": each.place.text if each.place else None, "expected": each.expected,
             "reason": each.what + (f"; expected {each.expected}" if each.expected else "")}
            for each in self._refused
        ]  # fmt: skip
        self._refused = []
        refused = quarantine.quarantined(whole_rows)
        self._quarantine(mask_refused(refused) if self.guard else refused)


def _read(reading: _Reading, context: Context, cursor: str | None, progress: Progress) -> None:
    """Read a whole source, from where its cursor stands."""
    declared = reading.declared
    for raw in declared.source.read(declared.options, context, cursor):
        if isinstance(raw, Problem):
            reading.refuse(raw)
        elif isinstance(raw, Cursor):
            reading.cursor = raw.text
        else:
            reading.add(raw)
            progress(declared.name, reading.n_rows)
    reading.finish()


def _entity_names(table: str, rows: pa.Table) -> set[str]:
    import pyarrow.compute as pc

    column = foreign_column(tables.BY_NAME[table])
    return set(pc.unique(rows[column]).drop_null().to_pylist()) if column else set()
