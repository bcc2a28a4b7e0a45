"""
GitHub: issues, pull requests with their reviews and commits, events, deployments with their statuses and workflow runs, as its
REST API gives them (`gh api --paginate`), as `gh pr list --json` and `gh issue list --json` print them, or as the archive of a
migration holds them. What a record is, is seen in what it has.

An issue becomes an item that waits until it is closed, or goes through the labels that are declared as statuses. A pull request
becomes a change: coded since its first commit was authored, reviewed, merged, and delivered by a deployment.

Source   docs.github.com/rest (issues, pulls, deployments, actions), cli.github.com/manual/gh_pr_list
"""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.documents import Node
from wholeservice.errors import Problem
from wholeservice.sources.base import Context, Raw, Source
from wholeservice.sources.forge_rows import KINDS, Forge
from wholeservice.sources.github_records import INSIDE, Records
from wholeservice.sources.work_options import FILES, FORGE, MEANINGS, WorkOptions, load_work, usual
from wholeservice.sources.work_rows import WorkReading, headers

OPTIONS = {
    **FILES,
    **MEANINGS,
    **FORGE,
    "deploys": "{WORKFLOW: ENVIRONMENT}: workflows whose runs are deployments; * stands for any letters",
}


def load(node: Node) -> tuple[WorkOptions, list[Problem]]:
    """Load the options from a declaration."""
    return load_work(node, OPTIONS)


def read(options: WorkOptions, context: Context, cursor: str | None = None) -> Iterator[Raw]:
    """Yield the rows of everything once all files are read: reviews, events and statuses stand in files of their own."""
    reading = WorkReading(options, context, KINDS)
    records = Records(options, reading)
    for found in reading.records(INSIDE):
        wrong = found if isinstance(found, Problem) else records.take(*found)
        if wrong is not None:
            yield wrong
    forge = Forge("github", reading)
    records.fill(forge)
    yield from forge.raws()


SOURCE = Source(name="github", options=OPTIONS, load=load, headers=headers, read=read, usual=usual)
