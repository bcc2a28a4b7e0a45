"""Make the derived tables and the sums of a run: from what was kept of an earlier one where that serves, else in full."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wholeservice import tables
from wholeservice.app import derived_store
from wholeservice.derived.changed import BEFORE
from wholeservice.derived.increment import KEYED, NEWEST, TOOK, WHOLE, Changes, advance
from wholeservice.engines import written
from wholeservice.engines.with_views import WithViews
from wholeservice.facts.identity_people import ALIASES

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from wholeservice.app.derived_store import Kept
    from wholeservice.engines.base import Engine
    from wholeservice.measures.compute import Sums
    from wholeservice.organisation.graph import Organisation

Files = Mapping[str, Sequence[str]]
_READ = {
    "tallied": (tables.TALLIES,),
    "disagreements": (tables.TALLIES,),
    "tiles": (tables.WORK, tables.ITEMS),
    "lives": (tables.WORK, tables.ITEMS, tables.JUDGEMENTS),
    "waits": (tables.WORK, tables.ITEMS),
    "deliveries": (tables.DEPLOYMENTS, tables.INCIDENTS, tables.LINKS),
    "delivered": (tables.DEPLOYMENTS, tables.INCIDENTS, tables.LINKS, tables.WORK, tables.ITEMS),
}
"""Derived tables without keys of their own -> the facts they are made of."""


@dataclass(frozen=True, slots=True)
class Made:
    """The engine with its derived tables, the sums, the periods, and what share of the attempts was derived (None: all)."""

    engine: Engine
    sums: Sums
    periods: pa.Table
    changes: Changes | None = None


def make_in_full(engine: Engine, organisation: Organisation, zone: str) -> Made:
    """Derive and sum up everything."""
    from wholeservice.measures.compute import add_periods, prepare, sum_up, windows_of

    prepare(engine, organisation, zone)
    periods = add_periods(engine, windows_of(organisation), zone)
    return Made(engine, sum_up(engine), periods)


def make_again(below: Engine, organisation: Organisation, zone: str, kept: Kept, files: Files) -> Made | None:
    """Derive and sum up what changed since *kept*; None where that is in doubt, and everything must be made."""
    from wholeservice.measures.increment import Before, sum_up_again

    engine, periods, changes = tables_again(below, organisation, zone, kept, files)
    if changes is None:
        return None
    before = Before(derived_store.sums_of(kept.read(derived_store.SUMS)), kept.read(derived_store.PERIODS))
    return Made(engine, sum_up_again(engine, before, changes), periods, changes)


def tables_again(
    below: Engine, organisation: Organisation, zone: str, kept: Kept, files: Files
) -> tuple[WithViews, pa.Table, Changes | None]:
    """Return the engine with the derived tables of *files*, the periods, and what changed since *kept*; None: in doubt."""
    from wholeservice.derived.journeys import add_journeys
    from wholeservice.facts.identity import resolve
    from wholeservice.measures.compute import add_periods, windows_of

    is_written = derived_store.QUERIES in kept.names()
    engine = WithViews(below, written.from_arrow(kept.read(derived_store.QUERIES)) if is_written else None)
    resolve(engine, organisation, is_told=False)
    add_journeys(engine, organisation, zone)
    _add_kept(engine, kept)
    _derive_the_rest(engine, kept, files)
    periods = add_periods(engine, windows_of(organisation), zone)
    return engine, periods, advance(engine, kept.files, files, longest_of(periods))


def longest_of(periods: pa.Table) -> dt.timedelta:
    """Return how long the longest of some periods is."""
    pairs = zip(periods["from_at"].to_pylist(), periods["to_at"].to_pylist(), strict=True)
    return max((to_at - from_at for from_at, to_at in pairs), default=dt.timedelta())


def pieces_of(made: Made, kept: Kept | None) -> dict[str, pa.Table | Path]:
    """Return the pieces of a run that the next one may start from."""
    from wholeservice.measures.increment import events_only

    pieces: dict[str, pa.Table | Path] = {}
    if made.changes is not None and kept is not None and isinstance(made.engine, WithViews):
        pieces |= derived_store.next_pieces(made.engine, kept)
        pieces[derived_store.QUERIES] = written.to_arrow(made.engine.queries)
    else:
        pieces |= derived_store.whole_pieces(made.engine)
    sums = derived_store.sums_table(events_only(made.sums))
    return {**pieces, derived_store.SUMS: sums, derived_store.PERIODS: made.periods}


def _add_kept(engine: WithViews, kept: Kept) -> None:
    before = {name: BEFORE + name for name in (TOOK, NEWEST, ALIASES)}
    for name in kept.names():
        if name not in (derived_store.SUMS, derived_store.PERIODS, derived_store.QUERIES):
            engine.add(before.get(name, name), [str(kept.path(name))])


def _derive_the_rest(engine: WithViews, kept: Kept, files: Files) -> None:
    """Take the tables that have no keys of their own as they were where their facts are the same, else make them."""
    from wholeservice.derived import DERIVED
    from wholeservice.facts.identity import FactTables

    for each in DERIVED:
        if each.name in KEYED:
            continue
        if all(sorted(files.get(table.name, ())) == sorted(kept.files.get(table.name, ())) for table in _READ[each.name]):
            engine.add(each.name, [str(kept.path(WHOLE + each.name))])
        else:
            rows = each.build(FactTables(engine))
            engine.add(each.name, engine.run(rows) if hasattr(rows, "to_pyarrow") else rows)
