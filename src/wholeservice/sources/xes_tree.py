"""Read any XES, element by element: nesting, lists, containers, namespaces, loose events. The thorough reading."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wholeservice.errors import InputError
from wholeservice.sources.files import File, not_as_named, too_large
from wholeservice.sources.xes_block import Block

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

    import pyarrow as pa

MAX_DEPTH = 50
_ATTRIBUTES = frozenset(("string", "date", "int", "float", "boolean", "id", "list", "container"))
_LOG, _TRACE, _EVENT, _GLOBAL, _ATTRIBUTE, _OTHER = range(6)

Found = dict[str, Any]


@dataclass(slots=True)
class Log:
    """What a log says of itself before its traces: classifiers (name -> keys), and the keys that every event has."""

    classifiers: dict[str, str] = field(default_factory=dict)
    every_event_has: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Tree:
    """Listens to the XML parser and collects whole traces. `depth` is 1 between traces, 0 outside of the log."""

    file: File
    parser: XMLParserType
    log: Log = field(default_factory=Log)
    n_keyless: int = 0  # attributes without a key
    loose: list[int] = field(default_factory=list)  # the lines of events outside of any trace
    trace_at: int | None = None  # where the open trace starts, in bytes
    _open: list[tuple[int, Found | None, str]] = field(default_factory=list)
    _traces: list[tuple[int, Found, list[tuple[int, Found]]]] = field(default_factory=list)
    n_events: int = 0

    @property
    def depth(self) -> int:
        return len(self._open)

    def listen(self, *, is_on: bool) -> None:
        """Have every element told, or none: then the parser only checks."""
        self.parser.StartElementHandler = self._start if is_on else None
        self.parser.EndElementHandler = self._end if is_on else None

    def take(self) -> Block | None:
        """Return the traces that are whole, and forget them."""
        whole = [each for each in self._traces if each is not self._current()]
        self._traces = self._traces[len(whole) :]
        self.n_events = sum(len(events) for *_, events in self._traces)
        return _block(whole) if whole else None

    def _current(self) -> Any:
        return self._traces[-1] if self.trace_at is not None else None

    # what the parser tells ---------------------------------------------------------------------------------------------

    def _start(self, name: str, said: dict[str, str]) -> None:
        element = name.rpartition(":")[2]
        if len(self._open) >= MAX_DEPTH:
            raise InputError(too_large(self.file, f"elements nest deeper than {MAX_DEPTH}", self.parser.CurrentLineNumber))
        kind, owner, prefix = self._open[-1] if self._open else (None, None, "")
        if element in _ATTRIBUTES:
            self._open.append(self._attribute(said, kind, owner, prefix))
        elif element == "values" and kind == _ATTRIBUTE:
            self._open.append((_ATTRIBUTE, owner, prefix))
        else:
            self._open.append((*self._structure(element, said, kind), ""))

    def _attribute(
        self, said: dict[str, str], kind: int | None, owner: Found | None, prefix: str
    ) -> tuple[int, Found | None, str]:
        if kind == _LOG or owner is None:
            return _ATTRIBUTE, None, ""
        if "key" not in said:
            self.n_keyless += 1
            return _ATTRIBUTE, None, ""
        key = prefix + said["key"]
        if "value" in said:
            _add(owner, key, said["value"])
        return _ATTRIBUTE, owner, f"{key}."

    def _structure(self, element: str, said: dict[str, str], kind: int | None) -> tuple[int, Found | None]:
        line = self.parser.CurrentLineNumber
        if kind is None:
            if element != "log":
                raise InputError(not_as_named(self.file, f"this is XML, but of <{element}>, not the <log> of XES"))
            return _LOG, {}
        if element == "trace" and kind == _LOG:
            trace: Found = {}
            self.trace_at = self.parser.CurrentByteIndex
            self._traces.append((line, trace, []))
            return _TRACE, trace
        if element == "event" and kind == _TRACE:
            event: Found = {}
            self._traces[-1][2].append((line, event))
            self.n_events += 1
            return _EVENT, event
        if element == "event" and kind == _LOG:
            self.loose.append(line)
        elif element == "global" and kind == _LOG:
            return _GLOBAL, {} if said.get("scope", "event") == "event" else None
        elif element == "classifier" and kind == _LOG:
            self.log.classifiers[said.get("name", "")] = said.get("keys", "")
        return _OTHER, None

    def _end(self, name: str) -> None:
        kind, owner, _ = self._open.pop()
        if kind == _TRACE:
            self.trace_at = None
        elif kind == _GLOBAL and owner:
            self.log.every_event_has += [key for key in owner if "." not in key]


def _add(owner: Found, key: str, value: str) -> None:
    """Keep a value; where a key comes again, as in a list, all its values."""
    if key not in owner:
        owner[key] = value
    elif isinstance(owner[key], list):
        owner[key].append(value)
    else:
        owner[key] = [owner[key], value]


def _block(traces: list[tuple[int, Found, list[tuple[int, Found]]]]) -> Block:
    import numpy as np

    events = [(position, line, found) for position, trace in enumerate(traces) for line, found in trace[2]]
    return Block(
        traces=_columns([found for _, found, _ in traces]),
        trace_lines=np.array([line for line, *_ in traces], np.int64),
        events=_columns([found for *_, found in events]),
        event_lines=np.array([line for _, line, _ in events], np.int64),
        trace_of=np.array([position for position, *_ in events], np.int64),
    )


def _columns(rows: list[Found]) -> dict[str, pa.Array]:
    import pyarrow as pa

    keys = dict.fromkeys(key for row in rows for key in row)
    return {key: pa.array([_text(row.get(key)) for row in rows], pa.string()) for key in keys}


def _text(value: Any) -> str | None:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
