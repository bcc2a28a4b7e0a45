"""Ingest: read the declared sources, turn their rows into facts, and commit them as one run.

A *row* is one row of a source that its mapping selects. Each is counted once: kept + known + superseded + refused = read,
always (see `supersede` for what the four mean). A source that cannot be read as a whole is left out with its problems,
what it said before stays, and the others go on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.documents import Node, parse
from wholeservice.errors import InputError, Problem, WholeserviceError, suggest
from wholeservice.facts import mapping_load, quarantine
from wholeservice.facts.fingerprints import Occurrences
from wholeservice.facts.identity import foreign_column
from wholeservice.facts.mapping import SOURCE_KEYS, TableMapping
from wholeservice.facts.mapping_labels import check_labels
from wholeservice.facts.mapping_plan import Plan, absent_problem, plan
from wholeservice.facts.mapping_rows import Mapped, map_batch
from wholeservice.facts.mapping_words import check_read
from wholeservice.facts.store import Run, Store
from wholeservice.facts.supersede import SOURCE, Change
from wholeservice.sources import SOURCES
from wholeservice.sources.base import Batch, Context, Cursor, Header, Source, substitute, unknown_keys

if TYPE_CHECKING:
    import pyarrow as pa

_NAME_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")

Resolve = Callable[[str], str | None]
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
    only: str | None = None, resolve: Resolve | None = None, progress: Progress = lambda source, n_rows: None,
) -> Report:  # fmt: skip
    """
    Read one source or all, and commit what they say as one run.

    *resolve*   foreign name -> entity id or None, to count how many names the organisation knows
    Errors      InputError for an unknown *only*; OutsideError from the store
    """
    reports: dict[str, SourceReport] = {}
    changes: list[Change] = []
    counts: dict[str, dict[str, object]] = {}
    cursors: dict[str, str] = {}
    before = store.latest()
    for each in _wanted(declared, only):
        try:
            reading = _read(each, context, before.cursors.get(each.name) if before else None, progress)
            change, counts[each.name] = _change(reading, resolve)
            changes.append(change)
            cursors |= {each.name: reading.cursor} if reading.cursor is not None else {}
        except WholeserviceError as error:
            reports[each.name] = SourceReport(each.name, problems=error.problems)
    if not changes:
        return Report(before, False, tuple(reports.values()))
    run = store.commit(changes, cursors, counts, known_at)
    reports |= {str(each[SOURCE]): SourceReport(**each) for each in run.counts}  # type: ignore[arg-type]
    said = {change.source: change for change in changes}
    mappings = {each.name: each.mapping for each in declared}
    reports |= {name: _told(reports[name], change, mappings[name]) for name, change in said.items()}
    ordered = tuple(reports[each.name] for each in _wanted(declared, only))
    return Report(run, before is None or run.id != before.id, ordered)


def _told(report: SourceReport, change: Change, mapping: TableMapping) -> SourceReport:
    """Return the report with why something was refused, and what will not be understood."""
    reasons = quarantine.reasons(change.quarantine, change.source)
    return replace(report, problems=tuple(check_read(mapping, change.rows)), reasons=reasons)


def _declared(name: str, node: Node, parent: Node, zone: str) -> tuple[Declared | None, list[Problem]]:
    place = (parent.key_places or {}).get(name, node.place)
    problems: list[Problem] = []
    if not name[:1].isalpha() or set(name) - _NAME_LETTERS:
        problems.append(Problem("SRC117", f"'{name}' cannot be a source's name", place, "small letters, digits and hyphens",
                                next_step="rename it"))  # fmt: skip
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


@dataclass(slots=True)
class _Reading:
    """One source while it is read."""

    declared: Declared
    occurrences: Occurrences = field(default_factory=Occurrences)
    mapped: list[Mapped] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    plans: dict[Header, Plan] = field(default_factory=dict)
    cursor: str | None = None
    n_rows: int = 0

    def add(self, batch: Batch) -> None:
        self.n_rows += len(batch.numbers)
        self.mapped.append(map_batch(self.declared.name, self.plan_for(batch.header), batch, self.occurrences))

    def plan_for(self, header: Header) -> Plan:
        if header not in self.plans:
            made, problems = plan(self.declared.mapping, header)
            if problems:
                raise InputError(*problems)
            self.plans[header] = made
        return self.plans[header]

    def check_absent(self) -> None:
        """A column that no batch had is a mistake in the mapping, and not merely missing."""
        if not self.plans:
            return
        absent = frozenset.intersection(*(each.absent for each in self.plans.values()))
        if absent:
            header = next(iter(self.plans))
            raise InputError(*(absent_problem(name, self.declared.mapping, header) for name in sorted(absent)))


def _read(declared: Declared, context: Context, cursor: str | None, progress: Progress) -> _Reading:
    """Read a whole source, from where its cursor stands."""
    reading = _Reading(declared)
    for raw in declared.source.read(declared.options, context, cursor):
        if isinstance(raw, Problem):
            reading.refused.append(raw)
        elif isinstance(raw, Cursor):
            reading.cursor = raw.text
        else:
            reading.add(raw)
            progress(declared.name, reading.n_rows + len(reading.refused))
    reading.check_absent()
    return reading


def _change(reading: _Reading, resolve: Resolve | None) -> tuple[Change, dict[str, object]]:
    """Return what a source says, and what to note of it beside what the store counts."""
    declared = reading.declared
    rows = {name: _joined([each.facts.get(name, []) for each in reading.mapped]) for name in tables.BY_NAME}
    n_refused = len(reading.refused) + sum(each.n_refused for each in reading.mapped)
    change = Change(
        source=declared.name,
        rows={name: table for name, table in rows.items() if table is not None},
        records=_chunks([each.records for each in reading.mapped]),
        quarantine=_quarantine(reading),
        n_refused=n_refused,
        n_empty=sum(each.n_empty for each in reading.mapped),
        # A record may be absent only because its row could not be read: then nothing is taken out.
        is_all=declared.mapping.is_all and not n_refused,
    )
    names = _entity_names(change)
    return change, {
        "left_out": sum(each.n_left_out for each in reading.mapped),
        "empty": change.n_empty,
        "quarantined": change.quarantine.num_rows,
        "facts": sum(table.num_rows for table in change.rows.values()),
        "names": len(names),
        "resolved": sum(resolve(name) is not None for name in names) if resolve else 0,
    }


def _joined(parts: list[list[pa.Table]]) -> pa.Table | None:
    import pyarrow as pa

    found = [table for some in parts for table in some]
    return pa.concat_tables(found) if found else None


def _chunks(arrays: list[pa.Array]) -> pa.ChunkedArray:
    import pyarrow as pa

    return pa.chunked_array(arrays, pa.string())


def _quarantine(reading: _Reading) -> pa.Table:
    import pyarrow as pa

    whole_rows: list[dict[str, object]] = [
        {SOURCE: reading.declared.name, "place": str(each.place), "code": each.code,
         "raw": each.place.text if each.place else None, "expected": each.expected,
         "reason": each.what + (f"; expected {each.expected}" if each.expected else "")}
        for each in reading.refused
    ]  # fmt: skip
    return pa.concat_tables([quarantine.quarantined(whole_rows), *(each.quarantine for each in reading.mapped)])


def _entity_names(change: Change) -> set[str]:
    import pyarrow.compute as pc

    found: set[str] = set()
    for name, rows in change.rows.items():
        column = foreign_column(tables.BY_NAME[name])
        if column:
            found |= set(pc.unique(rows[column]).drop_null().to_pylist())
    return found
