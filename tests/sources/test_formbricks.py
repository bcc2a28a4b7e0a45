"""
Formbricks' responses: the newest of each counts, who was asked and did not answer is told apart, and the NPS is of answers.

The files have the shape of packages/types/responses.ts and of getResponsesJson in apps/web/lib/response/utils.ts of
github.com/formbricks/formbricks.
"""

from __future__ import annotations

import json

import pytest

DECLARED = """
survey:
  kind: formbricks
  file: "{file}"
  service: stay
  questions:
    nps: {{ instrument: nps, scale: [0, 10], step: leave }}
    why: {{ text: true }}
    grid.Price: {{ instrument: csat, scale: [1, 5], codes: {{ good: 4, bad: 2 }} }}
"""
CSV = """
survey:
  kind: formbricks
  file: "{file}"
  service: stay
  questions:
    Would you recommend us?: {{ instrument: nps, scale: [0, 10] }}
"""
HEADER = "No.,Response ID,Timestamp,Finished,Survey ID,Formbricks ID (internal),User ID,Tags,1. Would you recommend us?"


def response(n, *, updated="10:01:00", finished=True, ttc=None, user="ann", **data):
    return {
        "id": f"r{n}", "createdAt": "2026-03-01T10:00:00.000Z", "updatedAt": f"2026-03-01T{updated}.000Z", "surveyId": "s1",
        "displayId": None, "contact": {"id": "c1", "userId": user}, "contactAttributes": {"email": "ann@example.com"},
        "finished": finished, "data": data, "ttc": ttc or {}, "meta": {"url": "https://x.example/?mail=ann@example.com"},
        "tags": [], "language": None,
    }  # fmt: skip


def ingest(workspace, content, *, file="a.json", declared=DECLARED):
    workspace.write(file, content if isinstance(content, str | bytes) else json.dumps({"data": content}))
    (report,) = workspace.ingest(declared.format(file=file)).sources
    assert report.kept + report.known + report.superseded + report.refused == report.read
    return report


def codes(report):
    return {reason.code: reason.n for reason in report.reasons}


def test_each_question_of_a_response_is_an_answer(workspace):
    """Numbers, free words and a row of a grid by its code; when it was answered is when it was last changed."""
    report = ingest(workspace, [response(1, nps=9, why="calm", grid={"Price": "good", "Room": "bad"})])
    assert (report.read, report.facts) == (3, 3)
    assert workspace.rows("answers", "record", "score", "text", "instrument", "step", "consumer") == [
        ("r1:grid.Price", 4.0, None, "csat", None, "ann"), ("r1:nps", 9.0, None, "nps", "leave", "ann"),
        ("r1:why", None, "calm", None, None, "ann"),
    ]  # fmt: skip
    assert {each.isoformat()[11:19] for each in workspace.rows("answers", "answered_at")} == {"10:01:00"}


def test_a_question_that_was_shown_is_asked_and_one_that_was_not_is_not(workspace):
    """`ttc` says which were looked at: the one without an answer is asked, the one that was never reached makes no fact."""
    report = ingest(workspace, [response(1, finished=False, ttc={"nps": 1200, "_total": 1200}), response(2, nps=3)])
    assert workspace.rows("answers", "record", "score") == [("r1:nps", None), ("r2:nps", 3.0)]
    assert (report.read, report.empty) == (6, 4)


def test_the_nps_is_of_those_who_answered(workspace):
    """One who recommends and two who dismissed it: 100, where Formbricks divides by all three and shows 33."""
    ingest(workspace, [response(1, nps=10), *(response(n, finished=False, ttc={"nps": 900}) for n in (2, 3))])
    scores = workspace.rows("answers", "score")
    answered = [each for each in scores if each is not None]
    promoters, detractors = sum(each >= 9 for each in answered), sum(each <= 6 for each in answered)
    assert (len(scores), 100 * (promoters - detractors) / len(answered)) == (3, 100)


def test_of_a_response_that_is_delivered_several_times_the_newest_counts(workspace):
    """Webhooks deliver it created, updated and finished, in any order; a later file replaces what was known."""
    deliveries = [response(1, updated="10:05:00", nps=9), response(1, updated="10:01:00", finished=False, nps=2)]
    lines = "".join(json.dumps({"webhookId": "w", "event": "responseUpdated", "data": each}) + "\n" for each in deliveries)
    report = ingest(workspace, lines, file="a.jsonl")
    assert (report.read, report.facts) == (4, 1)
    assert workspace.rows("answers", "score") == [9.0]
    report = ingest(workspace, [response(1, updated="11:00:00", nps=4)])
    assert (report.superseded, workspace.rows("answers", "score")) == (1, [4.0])


def test_the_downloaded_table_names_questions_by_their_words(workspace):
    """With their number before them; the hour 24 is midnight of that day; unfinished and empty is not known to be asked."""
    rows = [
        "1,r1,2026-07-01 24:05:00,Yes,s1,c1,ann,,9",
        '2,r2,2026-07-01 12:00:00,Yes,s1,c2,,,""',
        "3,r3,2026-07-01 12:00:00,No,s1,c3,,,",
    ]
    report = ingest(workspace, "\n".join([HEADER, *rows]) + "\n", file="a.csv", declared=CSV)
    assert workspace.rows("answers", "consumer", "score") == [("ann", 9.0), ("c2", None)]
    assert set(workspace.rows("answers", "question")) == {"Would you recommend us?"}
    assert [f"{each:%d %H:%M}" for each in sorted(workspace.rows("answers", "asked_at"))] == ["01 00:05", "01 12:00"]
    assert (report.read, report.empty) == (3, 1)


def test_times_of_the_table_are_civil_times_of_the_zone(workspace):
    """UTC, unless the source says which."""
    line = "1,r1,2026-07-01 12:00:00,Yes,s1,c1,ann,,9\n"
    ingest(workspace, f"{HEADER}\n{line}", file="a.csv", declared=CSV + "  zone: Europe/Berlin\n")
    assert [each.isoformat() for each in workspace.rows("answers", "asked_at")] == ["2026-07-01T10:00:00+00:00"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (response(9, nps=11), "SRC226"), (response(9, nps="much"), "SRC227"), (response(9, nps={"a": 1}), "SRC227"),
        ({**response(9), "id": None}, "SRC220"), ({**response(9), "createdAt": "soon"}, "SRC221"), ("x", "SRC220"),
    ],
    ids=lambda each: str(each)[:20],
)  # fmt: skip
def test_what_is_wrong_is_refused_alone(workspace, wrong, code):
    """With its place; the response beside it is kept."""
    report = ingest(workspace, [wrong, response(1, nps=7)])
    assert (codes(report), report.reasons[0].place) == ({code: 1}, "a.json:1")
    assert workspace.rows("answers", "record") == ["r1:nps"]


def test_a_question_that_nobody_answered_is_told(workspace):
    """With the nearest that there is."""
    report = ingest(workspace, [response(1, npz=7)])
    first = report.problems[0]
    assert (first.code, first.what, first.nearest) == ("SRC228", "nobody answered 'nps'", "npz")
