"""Sound files of the tools that record journeys and answers, as (kind, name, declaration, files)."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

from sources import (
    test_formbricks,
    test_ga4,
    test_github,
    test_gitlab,
    test_jira,
    test_limesurvey,
    test_matomo,
    test_posthog,
    test_snowplow,
)

Exported = tuple[str, str, dict[str, object], dict[str, bytes]]
QUESTION = {"instrument": "nps", "scale": [0, 10], "step": "stay"}


def exports() -> Iterator[Exported]:
    """Yield them all."""
    yield from _posthog()
    yield from _formbricks()
    yield from _ga4()
    yield from _limesurvey()
    yield from _snowplow()
    yield from _matomo()
    yield from _jira()
    yield from _github()
    yield from _gitlab()
    yield from _improvements()


def _lines(rows: list[object]) -> bytes:
    return "".join(json.dumps(each) + "\n" for each in rows).encode()


def _improvements() -> Iterator[Exported]:
    said = {
        "row": "judgement",
        "about": "item:IMP-1",
        "question": "improvement",
        "verdict": "Tidy",
        "judged": "2026-11-30T08:00:00Z",
    }
    item = {"row": "item", "item": "IMP-1", "kind": "improvement", "created": "2026-11-30T08:00:00Z"}
    entries = [{"record": "IMP-1/1", "rows": [item, said]}, {"record": "IMP-1/2", "rows": [{**said, "question": "learnt"}]}]
    yield "improvements", "lines", {"kind": "improvements", "file": "log.jsonl"}, {"log.jsonl": _lines(list(entries))}


def _posthog() -> Iterator[Exported]:
    events = [
        test_posthog.view(1, "/pay"), test_posthog.view(1, "/pay"), test_posthog.event(2, "other"),
        test_posthog.event(3, "$identify", **{"$anon_distinct_id": "cookie"}), test_posthog.shown(4, "10:00:00"),
        test_posthog.sent(5, "10:01:00", **{"$survey_response_q": 9}),
    ]  # fmt: skip
    declaration = {"kind": "posthog", "service": "shop", "steps": {"/pay*": "pay"}, "questions": {"q": QUESTION}}
    yield "posthog", "lines", {**declaration, "file": "a.jsonl"}, {"a.jsonl": _lines(list(events))}
    yield "posthog", "api", {**declaration, "file": "a.json"}, {"a.json": json.dumps({"results": events}).encode()}


def _formbricks() -> Iterator[Exported]:
    responses = [test_formbricks.response(1, q=9), test_formbricks.response(1, updated="10:05:00", q=8)]
    row = "1,r1,2026-07-01 24:05:00,Yes,s1,c1,ann,,9\n"
    declaration: dict[str, object] = {"kind": "formbricks", "service": "stay", "questions": {"q": QUESTION}}
    asked = {"questions": {"Would you recommend us?": QUESTION}}
    yield "formbricks", "api", {**declaration, "file": "a.json"}, {"a.json": json.dumps({"data": responses}).encode()}
    yield "formbricks", "lines", {**declaration, "file": "a.jsonl"}, {"a.jsonl": _lines(list(responses))}
    table = f"{test_formbricks.HEADER}\n{row}".encode()
    yield "formbricks", "table", {**declaration, **asked, "file": "a.csv"}, {"a.csv": table}


def _ga4() -> Iterator[Exported]:
    events = [
        test_ga4.event(page="/pay"), test_ga4.event(page="/pay"), test_ga4.event("other", 2, user_id="ann"),
        test_ga4.event(page="/pay", index=3, batch_page_id=None),
    ]  # fmt: skip
    declaration: dict[str, object] = {"kind": "ga4", "service": "shop", "steps": {"/pay*": "pay"}}
    yield "ga4", "lines", {**declaration, "file": "a.json"}, {"a.json": _lines(list(events))}
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(events), out)
    yield "ga4", "parquet", {**declaration, "file": "a.parquet"}, {"a.parquet": out.getvalue()}


def _limesurvey() -> Iterator[Exported]:
    asked = {"G01Q02[SQ001]": {**QUESTION, "codes": {"A1": 1, "A5": 5}}, "G01Q03": {"text": "true"}}
    declaration: dict[str, object] = {"kind": "limesurvey", "service": "stay", "file": "a.csv", "questions": asked}
    rows = test_limesurvey.row(1, words="calm"), test_limesurvey.row(2, "A1", submitted="")
    yield "limesurvey", "csv", declaration, {"a.csv": test_limesurvey.table(*rows).encode()}


def _snowplow() -> Iterator[Exported]:
    events = (
        test_snowplow.event(page="/pay", user_id="ann"),
        test_snowplow.event(page="/pay"),
        test_snowplow.event(2, "other"),
    )
    declaration: dict[str, object] = {"kind": "snowplow", "service": "shop", "file": "a.tsv", "steps": {"/pay*": "pay"}}
    yield "snowplow", "tsv", declaration, {"a.tsv": ("\n".join(events) + "\n").encode()}


def _matomo() -> Iterator[Exported]:
    actions = test_matomo.page(11, "/pay"), {"type": "goal", "goalId": 2, "timestamp": test_matomo.AT}
    visits = [test_matomo.visit(1, *actions, userId="ann"), test_matomo.visit(2)]
    declaration: dict[str, object] = {"kind": "matomo", "service": "shop", "steps": {"/pay*": "pay"}}
    yield "matomo", "json", {**declaration, "file": "a.json"}, {"a.json": json.dumps(visits).encode()}
    table = (
        "idVisit,visitorId,type (actionDetails 0),url (actionDetails 0),pageId (actionDetails 0),timestamp (actionDetails 0)\n"
    )
    row = f"1,aabb,action,https://shop.example/pay,11,{test_matomo.AT}\n"
    yield "matomo", "table", {**declaration, "file": "a.csv"}, {"a.csv": (table + row).encode("utf-16")}


def _jira() -> Iterator[Exported]:
    new, done, flag = test_jira.NEW, test_jira.DONE, test_jira.moved("Flagged", new="1", new_name="Impediment")
    waits = {**test_jira.BLOCKED, "inwardIssue": {"key": "PAY-2"}}
    issues = [
        test_jira.issue(
            "PAY-1", done, test_jira.history(2, 3, test_jira.to(new, done)), issuelinks=[waits], duedate="2026-03-04"
        ),
        test_jira.issue("PAY-2", new, test_jira.history(3, 4, flag), number=11, resolution={"name": "Done"}),
    ]
    declaration: dict[str, object] = {"kind": "jira", "statuses": {"In Dev": "active"}, "fields": {"size": "customfield_2"}}
    yield "jira", "search", {**declaration, "file": "a.json"}, {"a.json": json.dumps({"issues": issues}).encode()}
    yield "jira", "lines", {**declaration, "file": "a.jsonl"}, {"a.jsonl": _lines(list(issues))}


def _github() -> Iterator[Exported]:
    records = [*test_github.MERGED, *test_github.deployment(1, "m7", 9, ("success", 12)), test_github.issue(5),
               test_github.event("closed", 5, 9), test_github.pull(8)]  # fmt: skip
    declaration: dict[str, object] = {"kind": "github", "statuses": {"opened": "active"}, "deploys": {"Deploy*": "production"}}
    yield "github", "api", {**declaration, "file": "a.json"}, {"a.json": json.dumps(records).encode()}
    yield "github", "lines", {**declaration, "file": "a.jsonl"}, {"a.jsonl": _lines(list(records))}


def _gitlab() -> Iterator[Exported]:
    records = [*test_gitlab.MERGED, test_gitlab.issue(5), test_gitlab.commit("c1", 1)]
    declaration: dict[str, object] = {"kind": "gitlab", "statuses": {"workflow::dev": "active"}, "project": "acme/shop"}
    yield "gitlab", "api", {**declaration, "file": "a.json"}, {"a.json": json.dumps(records).encode()}
    yield "gitlab", "export", {**declaration, "file": "a.ndjson"}, {"a.ndjson": _lines(list(records))}
