"""Compute everything of one snapshot, in the order in which data flows: facts, derived, measures, findings, loss maps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.app import derived_store, incremental
from wholeservice.app.bug_log import log_bug
from wholeservice.app.engines import engine_of
from wholeservice.app.flows import flows
from wholeservice.app.improvement_rows import improvements_in
from wholeservice.app.loss_maps import loss_maps
from wholeservice.app.open_times import all_open_times
from wholeservice.app.printing import say
from wholeservice.app.settings import DEFAULT_ENGINE
from wholeservice.app.stored_results import Rows, with_seen
from wholeservice.facts.naming import names_of
from wholeservice.findings.absent import ABSENT
from wholeservice.findings.base import Facts
from wholeservice.findings.find import find
from wholeservice.findings.junction import EXTRACT as LASTING
from wholeservice.findings.junction import lasting_rows
from wholeservice.improvements.judged import Happened
from wholeservice.measures import MEASURES
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Organisation
from wholeservice.organisation.load import load
from wholeservice.pages.base import Data
from wholeservice.periods import instant

if TYPE_CHECKING:
    import pyarrow as pa

    from wholeservice.app.settings import Settings
    from wholeservice.engines.base import Engine
    from wholeservice.facts.naming import Names
    from wholeservice.facts.quality import SourceQuality
    from wholeservice.facts.store import Run, Store
    from wholeservice.findings.absent import Absent

Doing = Callable[[str], None]
Computed = tuple[Data, Rows, "dict[str, pa.Table | Path]"]


@dataclass(frozen=True, slots=True)
class Pinned:
    """What a snapshot is made from: one run of the store, the declared organisation, and the order of the sources."""

    store: Store
    run: Run
    declared: Organisation
    zone: str
    source_order: tuple[str, ...]
    engine: str = DEFAULT_ENGINE
    derived: Path | None = None  # where derived tables are kept for the next snapshot; None: nowhere
    is_full: bool = False  # derive and measure everything, whatever is kept


def compute_snapshot(pinned: Pinned, snapshot: str, doing: Doing) -> tuple[Data, Rows]:
    """Return everything pages may read, and the rows behind it that are stored."""
    key = f"{snapshot.partition('.')[2]} {pinned.zone} {pinned.engine}"
    files = pinned.store.files(pinned.run)
    if pinned.derived is None or derived_store.n_rows(files) < derived_store.LEAST_ROWS:
        return _computed(pinned, snapshot, doing, None)[:2]
    key = f"{key} {sorted(Path(each).name for each in files.get(tables.SIGHTINGS.name, ()))}"
    with derived_store.borrowed(pinned.derived, key, pinned.run.number) as kept:
        found = None
        if kept is not None and not pinned.is_full:
            found = _computed_again(pinned, snapshot, doing, kept)
        data, rows, pieces = found or _computed(pinned, snapshot, doing, None)
        about = {"key": key, "number": pinned.run.number, "files": files}
        with suppress(OSError):  # what is not kept is made again
            derived_store.save(pinned.derived, snapshot, about, pieces)
    return data, rows


def _computed_again(pinned: Pinned, snapshot: str, doing: Doing, kept: derived_store.Kept) -> Computed | None:
    """Compute from what was kept; None where that fails, and a warning: a bug must not hide as slowness."""
    try:
        return _computed(pinned, snapshot, doing, kept)
    except Exception as error:  # whatever is wrong: the facts are all there, and give the same numbers
        say(f"warning: what was kept of the last snapshot could not be used, so everything is computed; see {log_bug(error)}")
        return None


def _computed(pinned: Pinned, snapshot: str, doing: Doing, kept: derived_store.Kept | None) -> Computed:
    """Compute one snapshot, from what was *kept* where that serves; return also the pieces that the next may start from."""
    from wholeservice.measures.compute import compute, to_arrow

    sightings = pinned.store.read(pinned.run, tables.SIGHTINGS.name)
    organisation, _ = with_seen(pinned.declared, sightings)
    with open_engine(pinned.store, pinned.run, pinned.engine) as below:
        doing("names, attempts, visits and measures")
        files = pinned.store.files(pinned.run)
        made = incremental.make_again(below, organisation, pinned.zone, kept, files) if kept else None
        made = made or incremental.make_in_full(below, organisation, pinned.zone)
        engine, is_kept = made.engine, pinned.derived is not None and derived_store.n_rows(files) >= derived_store.LEAST_ROWS
        pieces = incremental.pieces_of(made, kept) if is_kept else {}
        rows = compute(engine, organisation, zone=pinned.zone, source_order=pinned.source_order, sums=made.sums)
        results = Results(MEASURES, rows)
        doing("sources")
        sources = assessed(pinned, engine, organisation)
        doing("loss maps")
        maps = loss_maps(engine, organisation, results, pinned.zone)
        doing("why losses last")
        open_times = all_open_times(engine, organisation, maps, pinned.zone)
        doing("findings")
        as_of = newest_at(engine, pinned.zone)
        absent = absent_of(engine, organisation, pinned.zone, as_of)
        given = {**extracts(engine), ABSENT: [asdict(each) for each in absent], **flow_seen(engine, organisation),
                 LASTING: lasting_rows(open_times)}  # fmt: skip
        facts = Facts(organisation, results, pinned.zone, as_of, given, sources)
        findings = find(facts)
        doing("how work flows")
        told, stories = flows(engine, organisation, pinned.zone)
        improvements, happened = improvements_in(engine, organisation), happened_in(engine)
        runs = run_rows(pinned.store, pinned.run, {each.source: (each.names.of, each.names.n) for each in sources})
    measures = {measure.name: measure for measure in MEASURES}
    data = Data(organisation, results, findings, maps, measures, runs, snapshot, pinned.zone, sources, absent=absent,
                flows=told, stories=stories, open_times=open_times, improvements=improvements, happened=happened)  # fmt: skip
    return data, Rows(to_arrow(rows), sightings, made.changes.share if made.changes else None), pieces


@contextmanager
def open_engine(store: Store, run: Run, kind: str = DEFAULT_ENGINE) -> Iterator[Engine]:
    """Yield an engine over the files that the run pinned."""
    with engine_of(kind) as engine:
        for name, files in store.files(run).items():
            engine.add(name, files)
        yield engine


def newest_at(engine: Engine, zone: str) -> dt.datetime | None:
    """Return the newest instant that the facts speak of; never the clock. None when there are no facts."""
    from wholeservice.facts.identity import FactTables
    from wholeservice.measures.compute import extent

    covered = extent(engine, zone)
    tallies = FactTables(engine).tallies
    tallied = engine.run(tallies.aggregate(newest_at=tallies.to_at.max())).to_pylist()[0]["newest_at"]
    known = [instant(covered.after_on, zone)] if covered else []
    return max([*known, *([tallied.astimezone(dt.UTC)] if tallied else [])], default=None)


def happened_in(engine: Engine) -> tuple[Happened, ...]:
    """Return the releases and incidents that may stand beside a verdict, newest first."""
    from wholeservice.derived.happened import happened
    from wholeservice.facts.identity import FactTables

    rows = engine.run(happened(FactTables(engine))).to_pylist()
    return tuple(
        Happened(each["kind"], each["entity"], each["began_at"].astimezone(dt.UTC), each["id"],
                 each["over_at"].astimezone(dt.UTC) if each["over_at"] else None)
        for each in rows
    )  # fmt: skip


def extracts(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Return the small extracts of facts that rules look at."""
    from wholeservice.facts.identity import FactTables
    from wholeservice.facts.identity_people import REFUSED
    from wholeservice.findings.disagreement import EXTRACT, Disagreement
    from wholeservice.measures.left_out import LEFT_OUT, left_out

    names = [each.name for each in fields(Disagreement)]
    table = engine.table(EXTRACT)
    disagreements = engine.run(table.filter(table.entity.notnull()).select(names)).to_pylist()
    refused = engine.run(engine.table(REFUSED)).to_pylist()
    left = engine.run(left_out(FactTables(engine))).to_pylist()
    return {EXTRACT: disagreements, REFUSED: refused, LEFT_OUT: left, **unclear_work(engine)}


def unclear_work(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Return what sources say of work that nobody can follow; asked only where there is work."""
    from wholeservice.facts.identity import FactTables
    from wholeservice.measures import unclear_work as of

    facts = FactTables(engine)
    if not engine.run(facts.lives.limit(1)).num_rows:
        return {}
    asked = {of.NO_STAGE: of.no_stage, of.BACKWARDS: of.backwards, of.BLOCKS: of.blocks}
    return {name: engine.run(query(facts)).to_pylist() for name, query in asked.items()}


def flow_seen(engine: Engine, organisation: Organisation) -> dict[str, list[dict[str, Any]]]:
    """Return what rules about flow look at: sums over the work that was alive in the newest half year there is."""
    from wholeservice.derived.flowing import newest_work, observe_flow
    from wholeservice.findings.flow_extracts import DAYS, flow_extracts

    until = newest_work(engine)
    if until is None:
        return {}
    since = until - dt.timedelta(days=DAYS)
    return flow_extracts(observe_flow(engine, since), organisation, since, until)


def absent_of(engine: Engine, organisation: Organisation, zone: str, as_of: dt.datetime | None) -> tuple[Absent, ...]:
    """Return what people come for that no step serves; what they wrote goes no further than this."""
    from wholeservice.facts.identity import FactTables
    from wholeservice.findings.absent import DAYS, absent_journeys
    from wholeservice.measures.said import MOST, Heard, Said, heard, said

    if as_of is None or not any(each.journey for each in organisation.entities.values()):
        return ()
    facts, since = FactTables(engine), as_of - dt.timedelta(days=DAYS)
    rows = [Said(**each) for each in engine.run(said(facts, since)).to_pylist()]
    since = min(each.said_at for each in rows) if len(rows) >= MOST else since  # older ones were not read
    counts = [Heard(**each) for each in engine.run(heard(facts, since)).to_pylist()] if rows else []
    return absent_journeys(rows, counts, organisation, zone)


def assessed(pinned: Pinned, engine: Engine, organisation: Organisation) -> tuple[SourceQuality, ...]:
    """Return how good the facts of each source are; *engine* holds them with their names resolved."""
    from wholeservice.facts.assessment import assess
    from wholeservice.mapping import quarantine

    refused = pinned.store.read(pinned.run, quarantine.NAME)
    runs = [each for each in pinned.store.runs() if each.number <= pinned.run.number]
    return assess(engine, organisation, runs, refused, pinned.zone, declared=pinned.source_order)


def names_by_source(engine: Engine) -> dict[str, tuple[int, int]]:
    """Return source -> (names its facts use, how many of them stand for an entity), as resolved in this snapshot."""
    from wholeservice.facts.identity import NAMES, foreign_column

    found: dict[str, set[tuple[str, bool]]] = {}
    known = engine.table(NAMES)
    for table in tables.TABLES:
        column = foreign_column(table)
        if column is None:
            continue
        rows = engine.table(table.name)  # as the source wrote them: the resolved ones no longer say what did not resolve
        named = rows.select(rows.source, foreign=rows[column].strip()).filter(lambda t: t.foreign.notnull()).distinct()
        joined = named.left_join(known, named.foreign.lower() == known.name)
        for row in engine.run(joined.select(joined.source, joined.foreign, is_known=joined.name.notnull())).to_pylist():
            found.setdefault(row["source"], set()).add((row["foreign"], row["is_known"]))
    return {source: (len(names), sum(is_known for _, is_known in names)) for source, names in found.items()}


def run_rows(store: Store, run: Run, names: Mapping[str, tuple[int, int]]) -> tuple[Mapping[str, Any], ...]:
    """Return the runs up to *run* as plain rows, newest first; that one says how many names resolve now."""
    runs = store.runs()
    at = next(index for index, each in enumerate(runs) if each.id == run.id)
    newest, *older = [asdict(each) for each in reversed(runs[: at + 1])]
    counts = [
        {**each, **dict(zip(("names", "resolved"), names.get(each["source"], (0, 0)), strict=True))}
        for each in newest["counts"]
    ]
    unknown = {"names": None, "resolved": None}  # names resolve on reading: what an older run resolved was not kept
    before = [{**old, "counts": [{**each, **unknown} for each in old["counts"]]} for old in older]
    return ({**newest, "counts": counts}, *before)


def names_in_run(settings: Settings, store: Store, run: Run) -> Names:
    """Return per source how many names its facts use and how many are known, and the names that stand for nothing."""
    declared, _ = load(settings.folder)
    organisation, _ = with_seen(declared, store.read(run, tables.SIGHTINGS.name))
    return names_of(store, run, organisation)
