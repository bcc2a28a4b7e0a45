"""
Which deployment was the first to bring a change into an environment.

A deployment is of a commit. Where a change was merged as that commit, or as one that it was made on (along first parents, as
far as the commits are in the files), everything merged into the same branch up to then is in it. The first deployment that
succeeded and has a change delivers it; one that goes back behind what the environment had already puts an earlier version back.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wholeservice.sources.forge_items import Change, Commit, Deployed

SUCCEEDED, FAILED = "succeeded", "failed"
MAX_STEPS = 10_000
_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)
Line = tuple[str, str | None]
"""(repository, branch)"""


@dataclass(slots=True)
class Delivery:
    """What was delivered by what. `by`: change -> the first deployment of each environment that has it."""

    by: dict[str, list[Deployed]] = field(default_factory=dict)
    back: set[str] = field(default_factory=set)  # deployments that put an earlier version back
    unknown: list[str] = field(default_factory=list)  # of which nobody knows what they delivered
    lines: set[Line] = field(default_factory=set)  # the branches of which production is known to get what is merged

    def deployed(self, change: str) -> dt.datetime | None:
        """Return when a change reached production."""
        return next((each.at for each in self.by.get(change, ()) if each.environment is None), None)


def delivered(changes: Iterable[Change], deployments: Iterable[Deployed], commits: Mapping[str, Commit]) -> Delivery:
    """Find for every change the first deployment of each environment that has it."""
    lines: dict[Line, list[Change]] = {}
    for change in changes:
        if change.merged is not None:
            lines.setdefault((change.repo, change.base), []).append(change)
    for some in lines.values():
        some.sort(key=_order)
    merged = {sha: (line, change) for line, some in lines.items() for change in some for sha in change.merge_shas}
    heads = {change.head_sha: change for change in changes if change.head_sha}
    found, reached = Delivery(), dict[tuple[str | None, Line], int]()
    for each in sorted((one for one in deployments if one.at is not None), key=lambda one: (one.at or _NEVER, one.name)):
        sha = _landed(each.sha, merged, commits)
        if sha is None:
            if each.sha in heads:  # of a change that is not merged: where people look at it
                _first(found, heads[each.sha].name, each)
            else:
                found.unknown.append(each.name)
            continue
        line, change = merged[sha]
        n = bisect_right(lines[line], _order(change), key=_order)
        before = reached.get((each.environment, line), 0)
        if n < before:
            found.back.add(each.name)
        if each.environment is None:
            found.lines.add(line)
        if each.result == SUCCEEDED:
            for one in lines[line][before:n]:
                _first(found, one.name, each)
            reached[each.environment, line] = max(n, before)
    return found


def _order(change: Change) -> tuple[dt.datetime, str]:
    return change.merged or _NEVER, change.name


def _first(found: Delivery, change: str, deployment: Deployed) -> None:
    there = found.by.setdefault(change, [])
    if deployment.result == SUCCEEDED and all(each.environment != deployment.environment for each in there):
        there.append(deployment)


def _landed(sha: str | None, merged: Mapping[str, object], commits: Mapping[str, Commit]) -> str | None:
    for _ in range(MAX_STEPS):
        if sha is None or sha in merged:
            return sha
        parents = commits[sha].parents if sha in commits else ()
        sha = parents[0] if parents else None
    return None
