"""Resolve foreign names in facts to entities, on reading: a new alias heals old facts.

A name matches an entity by its id, then by an alias, then by its title; letter case and outer blanks do not count. A title that
two entities share resolves to neither: nothing is guessed. Steps resolve within the journey of their service, by id, by
`service.step` and by title; `_`, `-` and blanks are one there, unless that would make one of two of its steps. An alias of a
consumer resolves to the person that links make of it (`identity_people`).
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice import tables
from wholeservice.facts.identity_people import WITH_CONSUMER, add_people, count_refused, with_persons
from wholeservice.mapping.columns import arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine
    from wholeservice.organisation.graph import Entity, Organisation, Step

RESOLVED_PREFIX = "resolved_"
NAMES, STEP_NAMES = "names", "step_names"
WITH_SEGMENT = (tables.INTERACTIONS, tables.ANSWERS)  # a tally keeps the words of whoever counted
IMPROVEMENT = "improvement"  # a kind of item
_KINDS_FIRST = ("service", "part", "unit")  # a fact is about one of these rather than a team of the same title


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A foreign name that stands for no entity, and how many rows of which table wait for it. `step_of`: it is the name of a
    step, and the journey of this entity has none of it."""

    table: str
    name: str
    n_rows: int
    step_of: str | None = None


class FactTables:
    """The tables of one snapshot as a query sees them: `facts.tallies` has its names resolved, `facts.attempts` is derived."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> IbisTable:
        resolved = RESOLVED_PREFIX + name
        return self._engine.table(resolved if resolved in self._engine.names() else name)

    def run(self, expression: IbisTable) -> pa.Table:
        """Compute an expression over these tables."""
        return self._engine.run(expression)


def resolve(engine: Engine, organisation: Organisation, *, is_told: bool = True) -> tuple[Unresolved, ...]:
    """Add to the engine every fact table with its names resolved; return the names that stand for nothing, most rows first.

    Shape    `resolved_<table>`: the columns of the table, `entity` (id or null), `step` as the journey's own id where it
             matches, `channel`, `segment` and `device` in lower case, `consumer` the person. A fact table that is not there
             is added empty. Without *is_told* nobody looks for names that stand for nothing, which reads every row.
    """
    engine.add(NAMES, names_table(organisation))
    engine.add(STEP_NAMES, step_names_table(organisation))
    absent = [table for table in tables.TABLES if table.name not in engine.names()]
    for table in absent:
        _add_empty(engine, table)
    add_people(engine, with_all_columns(engine, tables.LINKS))
    unresolved: list[Unresolved] = []
    for table in tables.TABLES:
        if table not in absent and foreign_column(table):
            engine.add(RESOLVED_PREFIX + table.name, resolved(engine, table))
            unresolved.extend(_unresolved(engine, table) if is_told else ())
    count_refused(engine, [engine.table(RESOLVED_PREFIX + table.name) for table in WITH_CONSUMER])
    return tuple(sorted(unresolved, key=lambda each: (-each.n_rows, each.table, each.name)))


def foreign_column(table: tables.Table) -> str | None:
    """Return the column that names what a row is about, None for tables that are about nothing in particular."""
    return next((name for name in ("service", "entity") if name in table.column_names), None)


def names_table(organisation: Organisation) -> pa.Table:
    """Return the known names as a table: name, entity_id."""
    found = known_names(organisation)
    return _text_table(name=list(found), entity_id=list(found.values()))


def known_names(organisation: Organisation) -> dict[str, str]:
    """Return name (lower case, no outer blanks) -> entity, each name once."""
    found = _by_title(organisation.entities)
    found |= {_plain(name): entity for name, entity in organisation.aliases.items()}
    return found | {_plain(each.id): each.id for each in organisation.entities.values()}


def step_names_table(organisation: Organisation) -> pa.Table:
    """Return entity, name -> step. A part or service without a journey uses that of what it belongs to.

    Shape    entity_id, step_name (`loose_name`), exact_name (lower case), step_id. exact_name is null where every name that is
             loosely the same means one step; else it tells the steps apart
    """
    rows: list[tuple[str, str, str | None, str]] = []
    for entity in organisation.entities.values():
        for loose, exact in _alike(step_names(organisation, entity)).items():
            is_one = len(set(exact.values())) == 1
            found = {None: next(iter(exact.values()))} if is_one else exact
            rows += [(entity.id, loose, name, step) for name, step in found.items()]
    columns = list(zip(*rows, strict=True)) or [()] * 4
    return _text_table(entity_id=columns[0], step_name=columns[1], exact_name=columns[2], step_id=columns[3])


def step_names(organisation: Organisation, entity: Entity) -> dict[str, str]:
    """Return every name (lower case, no outer blanks) of the steps of an entity -> the step; none without a journey."""
    holder = journey_holder(organisation, entity)
    names: dict[str, str] = {}
    for step in leaf_steps(holder.journey) if holder else ():
        local = local_id(holder, step)  # type: ignore[arg-type]
        names |= {_plain(name): local for name in (step.title, f"{holder.id}.{local}", local)}  # type: ignore[union-attr]
    return names


def loose_name(name: str) -> str:
    """Return a name as steps are compared by it.

    >>> loose_name(" Delivery_choice "), loose_name("delivery choice")
    ('delivery-choice', 'delivery-choice')
    """
    return _plain(name).replace("_", "-").replace(" ", "-")


def _alike(names: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Put names that are loosely the same together: loose name -> exact name -> step."""
    found: dict[str, dict[str, str]] = {}
    for name, step in names.items():
        found.setdefault(loose_name(name), {})[name] = step
    return found


def journey_holder(organisation: Organisation, entity: Entity) -> Entity | None:
    """Return the entity itself, or the nearest it belongs to, that has a journey."""
    seen: set[str] = set()
    holder: Entity | None = entity
    while holder and not holder.journey and holder.id not in seen:
        seen.add(holder.id)
        holder = organisation.entities.get(holder.parent or "")
    return holder if holder and holder.journey else None


def leaf_steps(journey: tuple[Step, ...]) -> Iterator[Step]:
    """Yield the steps of a journey that hold no others, in order."""
    for step in journey:
        if step.children:
            yield from leaf_steps(step.children)
        else:
            yield step


def local_id(entity: Entity, step: Step) -> str:
    """Return the step's id within its journey: `pay`, not `book-and-stay.pay`."""
    return step.id.removeprefix(entity.id + ".")


def _by_title(entities: Mapping[str, Entity]) -> dict[str, str]:
    titled: dict[str, dict[int, list[str]]] = {}
    for each in entities.values():
        rank = _KINDS_FIRST.index(each.kind) if each.kind in _KINDS_FIRST else len(_KINDS_FIRST)
        titled.setdefault(_plain(each.title), {}).setdefault(rank, []).append(each.id)
    best = {title: ranks[min(ranks)] for title, ranks in titled.items() if title}
    return {title: ids[0] for title, ids in best.items() if len(ids) == 1}


def _plain(name: str) -> str:
    return name.strip().lower()


def _text_table(**columns: Any) -> pa.Table:
    import pyarrow as pa

    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _add_empty(engine: Engine, table: tables.Table) -> None:
    import pyarrow as pa

    nothing = arrow_schema(table).empty_table()
    engine.add(table.name, nothing)
    if foreign_column(table):
        has_entity = "entity" in table.column_names
        engine.add(
            RESOLVED_PREFIX + table.name, nothing if has_entity else nothing.append_column("entity", pa.array([], pa.string()))
        )


def with_all_columns(engine: Engine, table: tables.Table) -> IbisTable:
    """Return the table with every column it has today; one that a store of an older version lacks is missing, not an error."""
    import ibis

    kept = engine.table(table.name)
    schema = ibis.Schema.from_pyarrow(arrow_schema(table))
    lacking = {name: ibis.null(kind.copy(nullable=True)) for name, kind in schema.items() if name not in kept.columns}
    found = kept.mutate(**lacking) if lacking else kept
    return found.filter(~_is_only_logged(found)) if table is tables.ITEMS else found


def _is_only_logged(items: IbisTable) -> Any:
    """An improvement that is only said is no work: that is done in items of its own, and no measure counts it."""
    placed = (items.service, items.about_part, items.stream, items.team)
    is_placed = functools.reduce(operator.or_, (each.notnull() for each in placed))
    return (items.kind == IMPROVEMENT).fill_null(False) & ~is_placed


def resolved(engine: Engine, table: tables.Table, *, is_few: bool = False) -> IbisTable:
    """Return a fact table of the engine with its names resolved, by the names and aliases that the engine holds.

    With *is_few* rows the query is the same whatever the rows are.
    """
    names = engine.table(NAMES)
    facts = with_all_columns(engine, table)
    foreign = facts[foreign_column(table)]
    joined = facts.left_join(names, foreign.strip().lower() == names.name)
    found = joined.mutate(entity=joined.entity_id).drop("name", "entity_id")
    if "channel" in table.column_names:
        found = found.mutate(channel=found.channel.strip().lower())
    if table in WITH_SEGMENT:
        found = found.mutate(segment=found.segment.strip().lower(), device=found.device.strip().lower())
    if table in WITH_CONSUMER:
        found = with_persons(engine, found, is_few=is_few)
    return _with_steps(engine, found) if "step" in table.column_names else found


def _with_steps(engine: Engine, facts: IbisTable) -> IbisTable:
    steps, plain = engine.table(STEP_NAMES), facts.step.strip().lower()
    loose = plain.replace("_", "-").replace(" ", "-")
    is_exact = steps.exact_name.isnull() | (steps.exact_name == plain)
    joined = facts.left_join(steps, [facts.entity == steps.entity_id, loose == steps.step_name, is_exact])
    return joined.mutate(step=joined.step_id.coalesce(joined.step)).drop("entity_id", "step_name", "exact_name", "step_id")


def _unresolved(engine: Engine, table: tables.Table) -> Iterator[Unresolved]:
    facts, names = engine.table(table.name), engine.table(NAMES)
    foreign = facts[foreign_column(table)].strip()
    lost = facts.select(foreign=foreign).filter(lambda t: t.foreign.notnull())
    lost = lost.anti_join(names, lost.foreign.lower() == names.name)
    counted = lost.group_by(lost.foreign).aggregate(n_rows=lost.count())
    for row in engine.run(counted).to_pylist():
        yield Unresolved(table.name, row["foreign"], row["n_rows"])
