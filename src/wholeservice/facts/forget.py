"""Forget people: every row of the store that holds their alias is written anew without it, and the bytes are gone.

The newest run is rewritten and pinned again. Earlier runs that hold the alias are dropped, since it must not come back through
them. Whoever is forgotten stays in the list of the forgotten, which ingest heeds (`guard`).

    a fact of theirs              stays, without the alias and without their words: it is still counted
    a link or judgement of them   goes
    a record told apart by them   gets a name that nobody can lead back to them
    quarantine                    what looks like their alias or id is masked

What was being read when this began is not committed (its reading is older than this one): the next ingest reads it again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.facts import staging
from wholeservice.facts.maintenance import drop_runs, vacuum
from wholeservice.facts.pinned import pinned_files
from wholeservice.facts.rewriting import Rewriting, batches
from wholeservice.facts.runs import Run
from wholeservice.facts.store_problems import readable
from wholeservice.mapping import quarantine
from wholeservice.mapping.fingerprints import fingerprints, written
from wholeservice.mapping.guard import rename_records, without_forgotten
from wholeservice.mapping.pseudonyms import Pseudonyms
from wholeservice.tables import DIGEST, PART, RECORD

if TYPE_CHECKING:
    import pyarrow as pa

    from wholeservice.facts.store import Store

MASK = "[forgotten]"
SAME_AS = "same-as"
_link: Any = tables.Link  # the checker of types does not know that a slot can be named
FROM, HOW, TO = (slot.__name__ for slot in (_link.from_ref, _link.relation, _link.to_ref))


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Who is to be forgotten: aliases, and where they are known the ids behind them, to find these in quarantine too."""

    aliases: frozenset[str]
    pseudonyms: Pseudonyms
    ids: frozenset[str] = frozenset()

    @property
    def texts(self) -> tuple[str, ...]:
        """What must not stand anywhere any more."""
        return tuple(sorted((*self.aliases, *self.ids)))


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done: the run that stands now, rows by table that held an alias, and the runs that are gone.

    `linked` are other aliases that links said to be the same person: they are not forgotten.
    """

    run: Run | None
    rows: Mapping[str, int]
    dropped: tuple[Run, ...]
    n_bytes: int
    linked: tuple[str, ...] = ()


def forget(store: Store, who: Forgetting, sources: Collection[str] = ()) -> Forgotten:
    """
    Rewrite everything that holds an alias, drop the runs that held it, and take their files away.

    *sources*   every source that may be being read now, besides those that the store knows

    The new run knows what the run before it knew, but for them, and has its date. Doing it again does nothing more; after a
    death half way it finishes what is left.
    """
    with store.locked() as before, readable(store.path):
        if before is None:
            return Forgotten(None, {}, (), 0)
        everything = store.runs()
        held = _files_that_hold(store, everything, who)
        run, rows = before, dict[str, int]()
        for each in pinned_files(store, [before])[before.id]:
            rows[each.table] = rows.get(each.table, 0) + held[each.table, each.name]
        linked = _linked(store, before, who.aliases)
        if any(rows.values()):
            with staging.opened(store.path, store.latest) as folder:
                versions = _rewrite(Rewriting(store, before, folder), held, who)
                run = store.pin(versions, before.committed_at, counts=_last_counts(_holding(store, everything, held)),
                                readings=_all_read(before, sources, folder.ticket))  # fmt: skip
        dropped = _holding(store, everything, held)
        if dropped:
            gone = {each.id for each in dropped}
            drop_runs(store, [each for each in store.runs() if each.id not in gone])
    return Forgotten(run, {name: n for name, n in rows.items() if n}, dropped, vacuum(store).n_bytes, linked)


def _linked(store: Store, run: Run, aliases: Collection[str]) -> tuple[str, ...]:
    """Return the other aliases of the same people, as the links of a run say directly."""
    import pyarrow.compute as pc

    links = store.read(run, tables.LINKS.name)
    same = links.filter(pc.equal(links[HOW], SAME_AS)).select([FROM, TO]).to_pylist()
    pairs = [(each[FROM].partition(":")[2], each[TO].partition(":")[2]) for each in same]
    ends = {other for one, two in pairs for other in (one, two) if {one, two} & set(aliases)}
    return tuple(sorted(ends - set(aliases)))


def _rewrite(doing: Rewriting, held: Mapping[tuple[str, str], int], who: Forgetting) -> dict[str, int]:
    versions = {}
    for name in (*tables.BY_NAME, quarantine.NAME):
        files = [each for each in doing.files(name) if held[name, each.path.name]]
        if files:
            versions[name] = doing.replace(name, files, lambda rows, name=name: cleaned(name, rows, who))  # type: ignore[misc]
    return versions


def _all_read(before: Run, sources: Collection[str], ticket: int) -> dict[str, int]:
    """Return readings that are newer than any that has begun, so that none of those is committed."""
    return dict.fromkeys((*before.readings, *sources), ticket)


def _holding(store: Store, everything: tuple[Run, ...], held: Mapping[tuple[str, str], int]) -> tuple[Run, ...]:
    pinned = pinned_files(store, everything)
    return tuple(each for each in everything if any(held[file.table, file.name] for file in pinned[each.id]))


def _last_counts(dropped: Sequence[Run]) -> tuple[Mapping[str, object], ...]:
    """Return what the last reading of each source gave, of runs that go; how many rows came is nobody's secret."""
    return tuple({str(each["source"]): each for run in dropped for each in run.counts}.values())


def _files_that_hold(store: Store, everything: tuple[Run, ...], who: Forgetting) -> dict[tuple[str, str], int]:
    """Return (table, file) -> how many rows hold one of those who are to be forgotten, over all runs."""
    pinned = {(each.table, each.name) for files in pinned_files(store, everything).values() for each in files}
    return {(table, name): _n_holding(store.path / table / name, table, who) for table, name in sorted(pinned)}


def _n_holding(path: Path, table: str, who: Forgetting) -> int:
    columns = _searched(table)
    return sum(_holds(rows, who, is_id=table == quarantine.NAME) for rows in batches(path, columns)) if columns else 0


def _searched(table: str) -> list[str]:
    """Return the columns that an alias can stand in: any text, but for those that ingest makes of other things."""
    if table == quarantine.NAME:
        return [name for name in quarantine.COLUMNS if name in _QUARANTINED]
    own = {DIGEST, PART}
    return [each.name for each in tables.BY_NAME[table].columns if each.type == tables.TEXT and each.name not in own]


_QUARANTINED = ("reason", "raw")


def _holds(rows: pa.Table, who: Forgetting, *, is_id: bool) -> int:
    import pyarrow as pa

    found = pa.repeat(pa.scalar(False), rows.num_rows)
    for column in rows.columns:
        for text in who.texts if is_id else who.aliases:
            found = _or(found, column.combine_chunks(), text)
    return int(found.true_count)


def _or(found: pa.Array, column: pa.Array, text: str) -> pa.Array:
    import pyarrow.compute as pc

    return pc.or_(found, pc.fill_null(pc.match_substring_regex(column, _pattern(text)), False))


def cleaned(name: str, rows: pa.Table, who: Forgetting) -> pa.Table:
    """Return rows of a table without those who are forgotten; what tells a repeat from a revision is made anew."""
    if name == quarantine.NAME:
        return _masked(rows, who)
    table = tables.BY_NAME[name]
    given = {each: rows[each].combine_chunks() for each in rows.schema.names}
    columns, gone = without_forgotten(table, {each: given[each] for each in given if each in table.column_names}, who.aliases)
    columns = {**given, **columns}
    columns[RECORD] = rename_records(columns[RECORD], who.aliases, who.pseudonyms)
    columns |= {each: _without_texts(values, who.aliases) for each, values in columns.items() if each not in tables.KEYS}
    columns[DIGEST] = _digest(columns)
    clean = _as_table(columns, rows)
    return clean if gone is None else _left(clean, gone)


def _digest(columns: Mapping[str, pa.Array]) -> pa.Array:
    """Return what ingest would make of these facts, so that reading them again changes nothing."""
    import pyarrow.compute as pc

    label = pc.replace_substring_regex(columns[PART], "#[0-9]+$", "")
    return written(fingerprints({**{each: columns[each] for each in columns if each not in tables.KEYS}, PART: label}))


def _as_table(columns: Mapping[str, pa.Array], like: pa.Table) -> pa.Table:
    import pyarrow as pa

    return pa.table([columns[each] for each in like.schema.names], schema=like.schema)


def _left(rows: pa.Table, gone: pa.Array) -> pa.Table:
    import pyarrow.compute as pc

    return rows.filter(pc.invert(gone))


def _masked(rows: pa.Table, who: Forgetting) -> pa.Table:
    for name in _QUARANTINED:
        index = rows.schema.get_field_index(name)
        rows = rows.set_column(index, rows.schema.field(index), _without_texts(rows.column(index), who.texts))
    return rows


def _without_texts(values: Any, texts: Collection[str]) -> Any:
    """Return text without these, wherever somebody may have written them; any other column as it is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for text in texts if pa.types.is_string(values.type) else ():
        values = pc.replace_substring_regex(values, _pattern(text), MASK)
    return values


def _pattern(text: str) -> str:
    """Match a text, but not within a longer word: the id 42 does not stand in 1042."""
    before, after = (r"\b" if each.isalnum() and each.isascii() else "" for each in (text[0], text[-1]))
    return before + re.escape(text) + after
