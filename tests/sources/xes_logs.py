"""Small event logs in XES to read, and what comes of reading them."""

from __future__ import annotations

import datetime as dt
from xml.sax.saxutils import quoteattr

import pytest

from wholeservice.documents import parse
from wholeservice.errors import Problem, WholeserviceError
from wholeservice.sources import SOURCES
from wholeservice.sources.base import Batch, Context

(XES,) = (source for source in SOURCES if source.name == "xes")
AT = "2026-03-02T09:00:00Z"


def event(name: str, at: str | None = AT, **more: str) -> str:
    attributes = {"concept:name": name, "time:timestamp": at, **{key.replace("_", ":"): value for key, value in more.items()}}
    said = "".join(f"<string key={quoteattr(key)} value={quoteattr(value)}/>" for key, value in attributes.items() if value)
    return f"<event>\n{said}</event>\n"


def trace(name: str | None, *events: str) -> str:
    said = f'<string key="concept:name" value={quoteattr(name)}/>' if name is not None else ""
    return f"<trace>{said}\n{''.join(events)}</trace>\n"


def log(*traces: str, head: str = "") -> str:
    return f'<?xml version="1.0"?>\n<log>{head}\n{"".join(traces)}</log>\n'


def day(hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 3, 2, hour, minute, tzinfo=dt.UTC)


class Reading:
    """What a file gave: rows, what was refused, what was told."""

    def __init__(self, folder, content: str | bytes, yaml: str = "", name: str = "a.xes") -> None:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        node, _ = parse(f"file: {name}\n{yaml}", "wholeservice.yaml")
        options, self.problems = XES.load(node)
        self.rows, self.refused, self.told, self.lines = [], [], [], []
        for raw in XES.read(options, Context(folder, "Europe/London"), None):
            if isinstance(raw, Batch):
                cells = zip(*(column.to_pylist() for column in raw.columns), strict=True)
                self.rows += [dict(zip(raw.header.names, each, strict=True)) for each in cells]
                self.lines += raw.numbers.to_pylist()
            else:
                assert isinstance(raw, Problem)
                (self.told if raw.severity == "warning" else self.refused).append(raw)

    def column(self, name: str) -> list:
        return [row.get(name) for row in self.rows]


def reader(folder):
    """Return a function that writes a log into a folder and reads it."""
    return lambda content, yaml="", name="a.xes": Reading(folder, content, yaml, name)


def problem_of(read, *arguments) -> Problem:
    with pytest.raises(WholeserviceError) as caught:
        read(*arguments)
    (problem,) = caught.value.problems
    assert problem.next_step
    return problem


def life(*transitions: str) -> str:
    """A case of one activity with these transitions, an hour apart from 9."""
    events = []
    for number, said in enumerate(transitions):
        transition, _, resource = said.partition(" by ")
        events.append(event("do", f"2026-03-02T{9 + number:02}:00:00Z", lifecycle_transition=transition, org_resource=resource))
    return log(trace("A", *events))


ONE = log(trace("A", event("look"), event("pay", "2026-03-02T10:00:00Z", org_resource="Ann")))
