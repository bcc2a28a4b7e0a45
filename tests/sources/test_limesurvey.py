"""
LimeSurvey's CSV: codes as headings, what was not completed, dates that are none, and answers beside the scale.

The files have the shape of CsvWriter.php, Writer.php and SurveyObj.php in application/helpers/admin/export/ of
github.com/LimeSurvey/LimeSurvey: a mark of UTF-8 at the start, every cell in quotes, CRLF, a blank line at the end.
"""

from __future__ import annotations

import pytest

DECLARED = """
survey:
  kind: limesurvey
  file: "*.csv"
  service: stay
  zone: Europe/Berlin
  questions:
    G01Q02[SQ001]: { instrument: csat, scale: [1, 5], step: leave, codes: { A1: 1, A5: 5, -oth-: nothing } }
    G01Q03: { text: true }
"""
NAMES = ("id", "submitdate", "lastpage", "startlanguage", "token", "startdate", "ipaddr", "email", "G01Q02[SQ001]", "G01Q03")


def table(*rows, names=NAMES, mark=";"):
    lines = [mark.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in (names, *rows)]
    return "\ufeff" + "\r\n".join(lines) + "\r\n\r\n"


def row(n, score="A5", words="", submitted="2026-07-01 12:05:00", started="2026-07-01 12:00:00"):
    return (str(n), submitted, "3", "de", f"t{n}", started, "192.0.2.7", "ann@example.com", score, words)


def ingest(workspace, *rows, declared=DECLARED, file="a.csv", **how):
    workspace.write(file, table(*rows, **how))
    (report,) = workspace.ingest(declared).sources
    assert report.kept + report.known + report.superseded + report.refused == report.read
    return report


def codes(report):
    return {reason.code: reason.n for reason in report.reasons}


@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_each_question_of_a_response_is_an_answer(workspace, mark):
    """Codes become points of the scale, times are civil times of the server; a comma in a cell is no delimiter."""
    report = ingest(workspace, row(1, words="calm, and kind"), row(2, "A1"), mark=mark)
    assert (report.read, report.facts, report.refused) == (4, 4, 0)
    assert workspace.rows("answers", "record", "consumer", "score", "text") == [
        ("1:G01Q02[SQ001]", "t1", 5.0, None), ("1:G01Q03", "t1", None, "calm, and kind"),
        ("2:G01Q02[SQ001]", "t2", 1.0, None), ("2:G01Q03", "t2", None, None),
    ]  # fmt: skip
    assert {each.isoformat() for each in workspace.rows("answers", "asked_at")} == {"2026-07-01T10:00:00+00:00"}


def test_headings_may_hold_words(workspace):
    """Code and words, with commas in the words and semicolons between the cells."""
    names = (*NAMES[:8], "G01Q02[SQ001]. Room, bed and quiet", "G01Q03. Why, in short?")
    assert ingest(workspace, row(1), names=names).facts == 2


def test_who_did_not_complete_it_was_asked_only_what_they_answered(workspace):
    """An empty cell of a completed response is a question without an answer; N/A was never shown."""
    report = ingest(workspace, row(1, "A1", submitted=""), row(2, "", submitted=""), row(3, ""), row(4, "N/A", "x"))
    assert workspace.rows("answers", "record", "score") == [
        ("1:G01Q02[SQ001]", 1.0), ("3:G01Q02[SQ001]", None), ("3:G01Q03", None), ("4:G01Q03", None),
    ]  # fmt: skip
    assert (report.read, report.empty) == (8, 4)


def test_a_survey_that_keeps_no_dates_needs_a_day(workspace):
    """1980-01-01 is how it says so; then nothing is made up, until the declaration says when it was."""
    names, cells = (
        tuple(each for each in NAMES if each != "startdate"),
        ("1", "1980-01-01 00:00:00", "3", "de", "", "", "", "A5", ""),
    )
    report = ingest(workspace, cells, names=names)
    assert (codes(report), report.reasons[0].place) == ({"SRC221": 1}, "a.csv:2")
    ingest(workspace, cells, names=names, declared=DECLARED + "  asked-on: 2026-03-01\n")
    assert {each.isoformat() for each in workspace.rows("answers", "asked_at")} == {"2026-02-28T23:00:00+00:00"}


@pytest.mark.parametrize(("given", "code"), [("6", "SRC226"), ("A3", "SRC227"), ("very", "SRC227")])
def test_an_answer_off_its_scale_is_refused_alone(workspace, given, code):
    """With the line of its response; an answer beside the scale that is declared as such is none."""
    report = ingest(workspace, row(1), row(2, given), row(3, "-oth-"))
    assert (codes(report), report.reasons[0].place) == ({code: 1}, "a.csv:3")
    assert workspace.rows("answers", "record", "score")[0::2] == [
        ("1:G01Q02[SQ001]", 5.0),
        ("2:G01Q03", None),
        ("3:G01Q03", None),
    ]


def test_a_later_export_replaces_what_a_response_said(workspace):
    """Completed later: the newest counts, also when both files are still there."""
    ingest(workspace, row(1, "A1", submitted=""))
    report = ingest(workspace, row(1, "A5"), row(2), file="b.csv")
    assert (report.superseded, report.kept) == (1, 3)
    assert workspace.rows("answers", "score").count(1.0) == 0


def test_two_questions_of_one_code_are_told(workspace):
    """Nobody can know which is meant, so neither is read."""
    report = ingest(workspace, (*row(1), "A1"), names=(*NAMES, "G01Q02[SQ001]"))
    assert [each.code for each in report.problems] == ["SRC109", "SRC228", "SRC228"]
    assert report.facts == 1


def test_an_export_without_responses_is_none(workspace):
    """LimeSurvey writes one blank row then."""
    report = ingest(workspace, ("",) * len(NAMES))
    assert (report.read, report.is_read) == (0, True)


def test_another_table_is_no_export(workspace):
    """Told with what was expected, for each row."""
    report = ingest(workspace, ("1", "2"), names=("id", "n"))
    assert codes(report) == {"SRC220": 1}


def test_a_day_that_is_none_is_told(workspace):
    """Before anything is read."""
    _, problems = workspace.load(DECLARED + "  asked-on: soon\n")
    assert [each.code for each in problems] == ["SRC113"]
