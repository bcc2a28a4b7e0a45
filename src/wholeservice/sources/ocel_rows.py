"""From an object-centric log to raw rows: objects, their relations and changes, events, and who took part in them.

`row` says which one a row is; `record` is the object or the event that it belongs to.

    object            object:id, object:type, its attributes as they were first; object:first, object:last, object:ended
                      (instants of its events) and object:events (their number)
    change            object:id, object:type, change:time, change:attribute, change:value
    object-relation   object:id, object:type, qualifier, to:id, to:type
    event             event:id, event:type, event:time, its attributes
    relation          one event and one object: the columns of both ids, types and the event's time; qualifier, relation:nth
                      (the event's position in the life of the object, from 0), relation:until (its next event), and
                      relation:again where the same two are related once more, in another way
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from wholeservice.errors import Place, Problem
from wholeservice.sources.base import ROW, Batch, Header, Raw
from wholeservice.sources.files import File
from wholeservice.sources.nested import columns_of
from wholeservice.sources.ocel_log import OcelEvent, OcelLog, OcelObject
from wholeservice.sources.ocel_options import OcelOptions
from wholeservice.sources.xes_times import instants

ROWS_PER_BATCH = 2**16
_ALWAYS: tuple[str, ...] = (
    "row", "record", "object:id", "object:type", "object:first", "object:last", "object:ended", "object:events",
    "event:id", "event:type", "event:time", "qualifier", "relation:again", "to:id", "to:type",
)  # fmt: skip
_EVER = dt.datetime(1971, 1, 1, tzinfo=dt.UTC)  # a value since 1970 is one since ever: so the standard writes the first

Row = dict[str, Any]


@dataclass(slots=True)
class Rows:
    """Turns one log into rows."""

    log: OcelLog
    file: File
    options: OcelOptions
    zone: str
    objects: dict[str, OcelObject] = field(default_factory=dict)
    warned: dict[str, tuple[int, str]] = field(default_factory=dict)

    def raws(self) -> Iterator[Raw]:
        """Yield every row, then what was refused, then what is odd."""
        self.objects = self._distinct(self.log.objects, "object")
        events = self._events()
        life = self._life(events)
        some: list[Row] = []
        number = 0
        for row in (*self._of_objects(life), *self._of_events(events, life)):
            some.append(row)
            if len(some) == ROWS_PER_BATCH:
                yield self._batch(some, number)
                number, some = number + len(some), []
        if some:
            yield self._batch(some, number)
        yield from self.log.refused
        yield from self._warnings()

    # checking ----------------------------------------------------------------------------------------------------------

    def _distinct(self, some: Iterable[Any], kind: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for each in some:
            if each.id in found:
                self.log.refuse("SRC174", f"there are two {kind}s '{each.id}'; the first was taken", self.file, each.id)
            else:
                found[each.id] = each
        return found

    def _events(self) -> list[tuple[OcelEvent, dt.datetime]]:
        """Return the events that have an instant, in order of time."""
        events = list(self._distinct(self.log.events, "event").values())
        found = []
        for event, at in zip(events, self._instants([event.time for event in events]), strict=True):
            if at is None:
                what = f"'{event.time}' is no instant" if event.time else "the event has no time"
                self.log.refuse("SRC171", what, self.file, event.id)
            else:
                found.append((event, at))
        return sorted(found, key=lambda each: each[1])

    def _instants(self, texts: list[str | None]) -> list[dt.datetime | None]:
        import pyarrow as pa

        return instants(pa.array(texts, pa.string()), self.zone).to_pylist()  # type: ignore[no-any-return]

    def _is_there(self, name: str, of: str) -> bool:
        if name not in self.objects:
            self.log.refuse("SRC172", f"{of} relates to '{name}', which is no object of the log", self.file, name)
        return name in self.objects

    def _check_type(self, each: OcelEvent | OcelObject, declared: dict[str, frozenset[str]], names: Iterable[str]) -> None:
        if each.type not in declared:
            self._warn(f"the type '{each.type}' is not declared", each.id)
            return
        for name in sorted(set(names) - declared[each.type]):
            self._warn(f"the type '{each.type}' declares no attribute '{name}'", each.id)

    def _warn(self, what: str, of: str, code: str = "SRC173") -> None:
        n, first = self.warned.get(f"{code} {what}", (0, of))
        self.warned[f"{code} {what}"] = (n + 1, first)

    def _warnings(self) -> Iterator[Problem]:
        for said, (n, first) in self.warned.items():
            code, _, what = said.partition(" ")
            yield Problem(code, f"{what}: {n:,} times, first of '{first}'", Place(self.file.name), "what OCEL 2.0 demands",
                          next_step=f"nothing is lost; wholeservice explain {code} says more", severity="warning")  # fmt: skip

    # rows --------------------------------------------------------------------------------------------------------------

    def _life(self, events: list[tuple[OcelEvent, dt.datetime]]) -> dict[str, list[tuple[dt.datetime, OcelEvent]]]:
        """Return the events of each object, each once, in order."""
        life: dict[str, list[tuple[dt.datetime, OcelEvent]]] = {}
        for event, at in events:
            for name in dict.fromkeys(name for name, _ in event.relations):
                life.setdefault(name, []).append((at, event))
        return life

    def _of_objects(self, life: dict[str, list[tuple[dt.datetime, OcelEvent]]]) -> Iterator[Row]:
        for each in self.objects.values():
            self._check_type(each, self.log.object_types, (name for name, *_ in each.values))
            mine = life.get(each.id, [])
            if not mine:
                self._warn("objects take part in no event", each.id, "SRC175")
            known = {"record": f"object:{each.id}", "object:id": each.id, "object:type": each.type}
            values, changes = self._values(each)
            yield {
                "row": "object", **known, **values,
                "object:first": mine[0][0] if mine else None, "object:last": mine[-1][0] if mine else None,
                "object:ended": mine[-1][0] if mine and mine[-1][1].type in self.options.ends else None,
                "object:events": len(mine),
            }  # fmt: skip
            for name, at, value in changes:
                yield {"row": "change", **known, "change:time": at, "change:attribute": name, "change:value": _text(value)}
            for to, qualifier in each.relations:
                if self._is_there(to, f"the object '{each.id}'"):
                    there = {"to:id": to, "to:type": self.objects[to].type}
                    yield {"row": "object-relation", **known, **there, "qualifier": qualifier}

    def _values(self, each: OcelObject) -> tuple[Row, list[tuple[str, dt.datetime, Any]]]:
        """Return the first value of each attribute, and the changes that have an instant, in order."""
        times = self._instants([since for _, since, _ in each.values]) if each.values else []
        dated = sorted(
            ((at or _EVER.replace(year=1), name, value) for (name, _, value), at in zip(each.values, times, strict=True)),
            key=lambda one: one[0],
        )
        first: Row = {}
        for _, name, value in dated:
            first.setdefault(name, value)
        changes = [(name, at, value) for at, name, value in dated if at >= _EVER]
        return {_free(name): value for name, value in first.items()}, changes

    def _of_events(
        self, events: list[tuple[OcelEvent, dt.datetime]], life: dict[str, list[tuple[dt.datetime, OcelEvent]]]
    ) -> Iterator[Row]:  # fmt: skip
        nth: dict[str, int] = {}
        for event, at in events:
            self._check_type(event, self.log.event_types, event.attributes)
            known = {"record": f"event:{event.id}", "event:id": event.id, "event:type": event.type, "event:time": at}
            yield {"row": "event", **known, **{_free(name): value for name, value in event.attributes.items()}}
            for name in dict.fromkeys(name for name, _ in event.relations):
                nth[name] = nth.get(name, -1) + 1
            told: set[str] = set()
            for name, qualifier in event.relations:
                if self._is_there(name, f"the event '{event.id}'"):
                    later = life[name][nth[name] + 1 : nth[name] + 2]
                    yield {
                        "row": "relation", **known, "object:id": name, "object:type": self.objects[name].type,
                        "qualifier": qualifier, "relation:nth": nth[name], "relation:until": later[0][0] if later else None,
                        "relation:again": True if name in told else None,
                    }  # fmt: skip
                    told.add(name)

    def _batch(self, some: list[Row], number: int) -> Batch:
        import pyarrow as pa

        columns = columns_of([{**dict.fromkeys(_ALWAYS), **some[0]}, *some[1:]])
        header = Header(self.file.name, tuple(columns), is_open=True)
        return Batch(header, tuple(columns.values()), pa.array(range(number + 1, number + len(some) + 1), pa.int64()), ROW)


def _free(name: str) -> str:
    """Return the name of an attribute, made different from those of our own columns."""
    is_ours = name in _ALWAYS or name.partition(":")[0] in ("change", "relation")
    return f"{name} of the log" if is_ours else name


def _text(value: Any) -> str | None:
    """Values of many attributes stand in one column: as text."""
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
