"""What is declared of value streams, as tables: whose numbers a piece of work counts for, and the stages it goes through.

A piece of work counts once for each thing that holds what it is about: the part, the service, what that is inside of, its
unit; for its stream, its team, and the organisation as a whole. A team of fewer than five people, or one that does not say how
many it has, has no numbers of its own: they would be those of persons.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wholeservice.facts.identity import NAMES, loose_name
from wholeservice.organisation import kinds
from wholeservice.organisation.calendars import calendar_of
from wholeservice.organisation.graph import Entity, Organisation, ancestors, team_of, whole_of
from wholeservice.organisation.remit import stream_of, team_streams

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

    from wholeservice.engines.base import Engine
    from wholeservice.facts.identity import FactTables

HOLDERS, STAGES, RUN_IN, TEAMS = "holders", "stages", "run_in", "teams"
LEAST_PEOPLE = 5
FRONT = 1.0
"""The line of the teams that people meet first (`line` of a team)."""
_HELD = (kinds.SERVICE, kinds.PART, kinds.UNIT, kinds.STREAM, kinds.TEAM)
_WAITED_ON = (*_HELD, kinds.POLICY, kinds.SUPPLIER)


def add_streams(engine: Engine, organisation: Organisation, zone: str = "UTC") -> None:
    """Add the tables `holders`, `run_in`, `stages` and `teams`."""
    engine.add(HOLDERS, holders_table(organisation))
    engine.add(RUN_IN, run_in_table(organisation))
    engine.add(STAGES, stages_table(organisation))
    engine.add(TEAMS, teams_table(organisation, zone))


def holders_table(organisation: Organisation) -> pa.Table:
    """Return held, holder: an entity that work may be about or be done by, and each that it counts for, itself among them."""
    pairs = [(each.id, holder) for each in organisation.entities.values() for holder in _holders(organisation, each)]
    return _texts(held=[held for held, _ in pairs], holder=[holder for _, holder in pairs])


def run_in_table(organisation: Organisation) -> pa.Table:
    """Return run_of, kind, in_stream and by_team (null: not known) of each entity that work is about, done by or waits on."""
    teams = team_streams(organisation)
    rows = []
    for each in organisation.entities.values():
        if each.kind in _WAITED_ON:
            team = each.id if each.kind == kinds.TEAM else team_of(organisation, each.id)
            stream = each.id if each.kind == kinds.STREAM else stream_of(organisation, each.id) or teams.get(team or "")
            rows.append((each.id, each.kind, stream, team))
    columns = list(zip(*rows, strict=True)) or [()] * 4
    return _texts(run_of=columns[0], kind=columns[1], in_stream=columns[2], by_team=columns[3])


def stages_table(organisation: Organisation) -> pa.Table:
    """
    Return one row per stage and name it goes by: stage_of (its stream), stage_name (as names are compared), stage, stage_no,
    stage_kind, stage_team, queue (what work that queues before it waits for), policy (the first that work meets there) and
    stage_meets (the first service, part or policy); what is not declared is null.
    """
    import pyarrow as pa

    rows = [row for each in organisation.entities.values() if each.kind == kinds.STREAM for row in _stages(each, organisation)]
    text = pa.string()
    types = {"stage_of": text, "stage_name": text, "stage": text, "stage_no": pa.int64(), "stage_kind": text,
             "stage_team": text, "queue": text, "policy": text, "stage_meets": text}  # fmt: skip
    return pa.Table.from_pylist([dict(zip(types, row, strict=True)) for row in rows], pa.schema(types))


def teams_table(organisation: Organisation, zone: str) -> pa.Table:
    """
    Return one row per team: team_of, people and line (null: not declared) and hours, when it works as JSON (null, too):
    {"zone": ..., "shifts": [[weekday, from_minute, to_minute], ...], "holidays": [day, ...]}.
    """
    import pyarrow as pa

    types = {"team_of": pa.string(), "people": pa.float64(), "line": pa.float64(), "hours": pa.string()}
    teams = [each for each in organisation.entities.values() if each.kind == kinds.TEAM]
    rows = [(each.id, each.fields.get("people"), each.fields.get("line"), _hours(each, zone)) for each in teams]
    return pa.Table.from_pylist([dict(zip(types, row, strict=True)) for row in rows], pa.schema(types))


def _hours(team: Entity, zone: str) -> str | None:
    """What cannot be read of a calendar is a problem that `check` tells, and is left out here."""
    calendar = calendar_of(team)
    if calendar is None or calendar.is_empty:
        return None
    shifts = [[day, *span] for day in sorted(calendar.days) for span in calendar.hours]
    return json.dumps({"zone": zone, "shifts": shifts, "holidays": [day.isoformat() for day in sorted(calendar.holidays)]})


def _stages(stream: Entity, organisation: Organisation) -> Iterator[tuple[object, ...]]:
    """A name that two stages of a stream share is that of the first: where a board has it twice, the mapping must tell."""
    told: set[str] = set()
    for number, stage in enumerate(stream.fields.get("stages") or ()):
        met = [each for each in stage.get("meets") or () if each in organisation.entities]
        policy = next((each for each in met if organisation.entities[each].kind == kinds.POLICY), None)
        declared = (stage.get("kind"), stage.get("team"), stage.get("queue"), policy, next(iter(met), None))
        for name in dict.fromkeys(loose_name(each) for each in (stage["stage"], *(stage.get("named") or ()))):
            if name not in told:
                yield stream.id, name, stage["stage"], number, *declared
            told.add(name)


def by_holder(facts: FactTables, rows: IbisTable, key: str = "item") -> IbisTable:
    """
    Repeat rows for each entity they count for, which then is their `entity`.

    Shape    rows need *key*, entity, stream and team, which may be null; (key, entity) is told once, whichever way it counts
    """
    import ibis

    h = facts.holders
    held = ibis.union(
        *(rows.select(holder_of=rows[key], by=rows[name]) for name in ("entity", "stream", "team")), distinct=True
    )
    each = held.join(h, h.held == held.by).select("holder_of", "holder").distinct()
    found = rows.join(each, rows[key] == each.holder_of)
    return found.mutate(entity=found.holder).drop("holder", "holder_of")


def named(facts: FactTables, rows: IbisTable, column: str) -> IbisTable:
    """Return the rows with the name in *column* resolved to the entity it stands for; null where it stands for none."""
    names = facts.__getattr__(NAMES).select(called="name", stands_for="entity_id")
    found = rows.left_join(names, rows[column].strip().lower() == names.called)
    return found.mutate(**{column: found.stands_for}).drop("called", "stands_for")


def _holders(organisation: Organisation, entity: Entity) -> list[str]:
    if entity.kind not in _HELD or (entity.kind == kinds.TEAM and not is_shown(entity)):
        return []
    above = [each for each in ancestors(organisation, entity.id) if organisation.entities[each].kind in _HELD]
    return list(dict.fromkeys([entity.id, *above, whole_of(organisation)]))


def is_shown(team: Entity) -> bool:
    """Say whether a team is large enough to have numbers of its own."""
    people = team.fields.get("people")
    return isinstance(people, float | int) and people >= LEAST_PEOPLE


def _texts(**columns: object) -> pa.Table:
    import pyarrow as pa

    return pa.table({name: pa.array(list(values), pa.string()) for name, values in columns.items()})  # type: ignore[call-overload]
