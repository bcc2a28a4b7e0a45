"""Files that tools for journeys, answers and work export: which tool wrote them, and the declaration to begin with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from wholeservice.proposal.spelling import Line, scalar

_ENRICHED = re.compile(  # the first seven fields: two names, three instants, what it is, and its id
    rb"[^\t\n]*\t[a-z]{0,7}\t[\d: .-]*\t\d{4}-\d\d-\d\d [\d:.]+\t[^\t\n]*\t[^\t\n]*\t[0-9a-f]{8}-[0-9a-f]{4}-"
)
_QUESTION = re.compile(r"data\.(?P<key>[^.]+)|\d+\. (?P<words>.+)|(?P<code>[A-Za-z]\w*(?:\[\w+\])?)")
_FIXED = frozenset(
    ("id", "submitdate", "lastpage", "startlanguage", "seed", "token", "startdate", "datestamp", "ipaddr", "refurl")
)
_GA4 = (b'"event_name"', b'"event_timestamp"', b'"event_date"')


_TRACKERS: tuple[tuple[str, str, tuple[bytes, ...]], ...] = (
    ("jira", "issues of Jira", (b'"fields"', b'"issuetype"', b'"key"', b'"status"')),
    ("github", "pull requests of GitHub", (b'"merge_commit_sha"', b'"head"', b'"base"', b'"number"')),
    ("github", "pull requests of GitHub", (b'"number"', b'"mergedAt"', b'"createdAt"')),
    ("gitlab", "merge requests of GitLab", (b'"iid"', b'"source_branch"', b'"target_branch"')),
    ("gitlab", "issues of GitLab", (b'"iid"', b'"project_id"', b'"issue_type"')),
    ("github", "issues of GitHub", (b'"repository_url"', b'"number"', b'"labels_url"')),
    ("github", "an archive of GitHub", (b'"type"', b'"repository"', b'"pull_request"', b'"base"')),
)
"""What shows that a tracker wrote a file: names that all stand at its beginning."""


@dataclass(frozen=True, slots=True)
class _Tool:
    """What shows that a tool wrote a table: columns that no other has together; `view` is what it calls the view of a page."""

    kind: str
    what: str
    columns: frozenset[str]
    view: str | None = None


_TOOLS = (
    _Tool("posthog", "events of PostHog", frozenset(("event", "distinct_id", "timestamp")), "$pageview"),
    _Tool("ga4", "events of Google Analytics 4", frozenset(("event_name", "event_timestamp", "event_date")), "page_view"),
    _Tool("matomo", "visits of Matomo", frozenset(("idvisit", "visitorid")), "action"),
    _Tool("formbricks", "responses of Formbricks", frozenset(("surveyid", "finished", "createdat"))),
    _Tool("formbricks", "responses of Formbricks", frozenset(("response id", "survey id", "finished"))),
    _Tool("limesurvey", "responses of LimeSurvey", frozenset(("submitdate", "lastpage", "startlanguage"))),
)


def by_content(file: str, start: bytes) -> list[Line] | None:
    """Return the declaration of a file whose first bytes show which tool wrote it, where its columns cannot."""
    if _ENRICHED.match(start):
        return _events("snowplow", "enriched events of Snowplow", "page_view", file)
    if start.lstrip().startswith(b"{") and all(each in start for each in _GA4):
        return _events("ga4", "events of Google Analytics 4", "page_view", file)
    if start.lstrip()[:1] in (b"{", b"["):
        tracker = next((each for each in _TRACKERS if all(name in start for name in each[2])), None)
        return _work(tracker[0], tracker[1], file) if tracker else None
    return None


def by_names(names: Iterable[str], file: str) -> list[Line] | None:
    """Return the declaration of a table whose columns show which tool wrote it."""
    listed = [each.strip() for each in names]
    given = {each.lower() for each in listed}
    tool = next((each for each in _TOOLS if each.columns <= given), None)
    if tool is None:
        return None
    return _events(tool.kind, tool.what, tool.view, file) if tool.view else _answers(tool, listed, file)


def _events(kind: str, what: str, view: str, file: str) -> list[Line]:
    return [*_begun(kind, what, file),
            Line("steps", f"{{ {json.dumps(view)}: look }}", "which events mean which step, such as { /pay: pay }?",
                 is_sure=False)]  # fmt: skip


def _answers(tool: _Tool, names: list[str], file: str) -> list[Line]:
    matches = (_QUESTION.fullmatch(name) for name in names if name.lower() not in _FIXED)
    keys = [match["key"] or match["words"] or match["code"] for match in matches if match is not None
            and (tool.kind == "limesurvey" or match["code"] is None)]  # fmt: skip
    questions = f"{{ {json.dumps(keys[0] if keys else 'QUESTION')}: {{ instrument: csat, scale: [1, 5] }} }}"
    others = f"; others: {', '.join(keys[1:5])[:80]}" if keys[1:] else ""
    why = f"what does each question measure, and on which scale?{others}"
    return [*_begun(tool.kind, tool.what, file), Line("questions", questions, why, is_sure=False)]


def _work(kind: str, what: str, file: str) -> list[Line]:
    statuses = "{ In Review: { stage: review, state: queued } }"
    return [Line("kind", kind, what), Line("file", scalar(file)),
            Line("statuses", statuses, "what does each status mean?", is_sure=False, is_active=False)]  # fmt: skip


def _begun(kind: str, what: str, file: str) -> list[Line]:
    stem = Path(file).name.partition(".")[0]
    return [Line("kind", kind, what), Line("file", scalar(file)),
            Line("service", scalar(stem), "which service is it about?", is_sure=False)]  # fmt: skip
