"""
Jira: issues as its search gives them with `expand=changelog`, of Cloud or of a server; changelogs on their own; its statuses.

One issue is one record, known by its id, which stays when it is moved to another project. Its changelog becomes stays: one
for each status, cut where somebody else has it, where it is flagged, and where what it waits for changes. Nothing is
guessed: before the first change that is known, and after the last that fits, no stay is made.

Source   developer.atlassian.com/cloud/jira/platform/rest/v3 (issue search, issue changelogs), Jira Cloud and Data Center
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.documents import Node
from wholeservice.errors import Problem
from wholeservice.sources.base import Context, Raw, Source
from wholeservice.sources.jira_issues import Export
from wholeservice.sources.jira_rows import KINDS, Told
from wholeservice.sources.work_options import FILES, MEANINGS, WorkOptions, load_work, usual
from wholeservice.sources.work_rows import WorkReading, headers

OPTIONS = {
    **FILES,
    **MEANINGS,
    "fields": "{team, size, service, part, stream or parent: the field that holds it, such as customfield_10016}",
}
INSIDE = ("issues", "issueChangeLogs")


def load(node: Node) -> tuple[WorkOptions, list[Problem]]:
    """Load the options from a declaration."""
    return load_work(node, OPTIONS)


def read(options: WorkOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield the rows of every issue once all files are read: only then are all changelogs and statuses known."""
    reading = WorkReading(options, context, KINDS)
    export = Export(options.fields)
    for found in reading.records(INSIDE):
        if isinstance(found, Problem):
            yield found
            continue
        wrong = export.take(found[1], reading)
        if wrong is not None:
            yield wrong
    told = Told(export, reading)
    for issue in export.issues.values():
        yield from reading.rows(issue.id, told.rows(issue), issue.origin)
    for name, origin in export.older:
        yield from reading.again(name, origin)
    yield from reading.rest()


SOURCE = Source(name="jira", options=OPTIONS, load=load, headers=headers, read=read, usual=usual)
