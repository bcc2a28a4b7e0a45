"""
GitLab: issues, merge requests, their notes, events and commits, deployments, as its REST API gives them, or as the export of a
project holds them (`tree/project/*.ndjson`). What a record is, is seen in what it has.

An issue becomes an item that waits until it is closed, or goes through the labels that are declared as statuses. A merge
request becomes a change: coded since its first commit was authored, reviewed as its notes tell, merged, and delivered by a
deployment.

Source   docs.gitlab.com/api (issues, merge_requests, notes, resource events, deployments) and its export of projects
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.documents import Node
from wholeservice.errors import Problem
from wholeservice.sources.base import Context, Raw, Source
from wholeservice.sources.forge_rows import KINDS, Forge
from wholeservice.sources.gitlab_records import INSIDE, Records
from wholeservice.sources.work_options import FILES, FORGE, MEANINGS, WorkOptions, load_work, usual
from wholeservice.sources.work_rows import WorkReading, headers

OPTIONS = {**FILES, **MEANINGS, **FORGE}


def load(node: Node) -> tuple[WorkOptions, list[Problem]]:
    """Load the options from a declaration."""
    return load_work(node, OPTIONS)


def read(options: WorkOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield the rows of everything once all files are read: notes, events and commits stand in files of their own."""
    reading = WorkReading(options, context, KINDS)
    records = Records(options, reading)
    for found in reading.records(INSIDE):
        wrong = found if isinstance(found, Problem) else records.take(*found)
        if wrong is not None:
            yield wrong
    forge = Forge("gitlab", reading)
    records.fill(forge)
    yield from forge.raws()


SOURCE = Source(name="gitlab", options=OPTIONS, load=load, headers=headers, read=read, usual=usual)
