"""From a file to facts in the store: counted, repeatable, revisable, and silent about nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wholeservice.errors import InputError

BOOKINGS = """\
id,when,service,step,price
1,2026-03-01,stay,find,10
2,2026-03-02,stay,pay,x
3,2026-03-03,shop,pay,12
"""
SOURCE = """\
bookings:
  file: bookings.csv
  record: [id]
  facts:
    - interaction: { happened_at: "{when}", service: "{service}", step: "{step}" }
    - tally: { from_at: "{when}", to_at: { column: when, plus: 1d }, window: calendar, entity: "{service}", of: costs,
               statistic: count, value: "{price}" }
"""


def counted(report):
    (source,) = report.sources
    assert source.kept + source.known + source.superseded + source.refused == source.read
    return source.read, source.kept, source.known, source.superseded, source.refused


def test_rows_become_facts_with_their_place(workspace):
    """A fact says which line it came from, and a civil date is an instant of its zone."""
    workspace.write("bookings.csv", BOOKINGS)
    assert counted(workspace.ingest(SOURCE)) == (3, 3, 0, 0, 0)
    found = workspace.rows("interactions", "record", "step", "where_from", "happened_at")
    assert found[0] == ("1", "find", "bookings.csv:2", dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    assert workspace.rows("tallies", "value") == [10.0, 12.0]


def test_a_bad_cell_is_quarantined_and_the_rest_of_its_row_kept(workspace):
    """'x' is no number: the tally is not made, the interaction of the same row is."""
    workspace.write("bookings.csv", BOOKINGS)
    report = workspace.ingest(SOURCE)
    assert report.sources[0].quarantined == 1
    refused = workspace.store.read(report.run, "quarantine").to_pylist()
    assert [(row["place"], row["code"], row["raw"]) for row in refused] == [("bookings.csv:3", "SRC154", "x")]
    assert refused[0]["reason"] == "column 'price': 'x' is no number"
    assert len(workspace.rows("interactions", "record")) == 3


def test_the_same_file_twice_changes_nothing(workspace):
    """The second ingest writes no run and says that all was known."""
    workspace.write("bookings.csv", BOOKINGS)
    first = workspace.ingest(SOURCE)
    second = workspace.ingest(SOURCE)
    assert (first.is_new, second.is_new) == (True, False)
    assert second.run.id == first.run.id
    assert counted(second) == (3, 0, 3, 0, 0)
    assert len(workspace.store.runs()) == 1


def test_a_revised_record_replaces_its_rows_as_a_whole(workspace):
    """Row 1 loses its price and moves a step: its tally goes, its interaction is the new one, the others stay."""
    workspace.write("bookings.csv", BOOKINGS)
    before = workspace.ingest(SOURCE).run
    workspace.write("bookings.csv", BOOKINGS.replace("find,10", "choose,").replace("3,2026", "4,2026"))
    report = workspace.ingest(SOURCE)
    assert counted(report) == (3, 1, 1, 1, 0)
    assert workspace.rows("tallies", "record", "value") == [("3", 12.0), ("4", 12.0)]
    assert workspace.rows("interactions", "record", "step") == [("1", "choose"), ("2", "pay"), ("3", "pay"), ("4", "pay")]
    known = dict(workspace.rows("interactions", "record", "known_at"))
    assert (known["1"].day, known["2"].day) == (2, 1)
    assert sorted(workspace.store.read(before, "tallies")["value"].to_pylist()) == [10.0, 12.0]


def test_the_order_of_rows_and_columns_is_no_revision(workspace):
    """Where a row stands in its file is not what it says."""
    workspace.write("bookings.csv", BOOKINGS)
    workspace.ingest(SOURCE)
    lines = [",".join(reversed(line.split(","))) for line in BOOKINGS.splitlines()]
    workspace.write("bookings.csv", "\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    assert not workspace.ingest(SOURCE).is_new


def test_absent_records_stay_or_go_as_declared(workspace):
    """A record that the file no longer has stays, unless absent: delete says that the file is all there is."""
    sound = BOOKINGS.replace("x", "11")
    workspace.write("bookings.csv", sound)
    workspace.ingest(SOURCE)
    workspace.write("bookings.csv", "\n".join(sound.splitlines()[:2]) + "\n")
    assert not workspace.ingest(SOURCE).is_new
    report = workspace.ingest(SOURCE + "  absent: delete\n")
    assert report.sources[0].deleted == 2
    assert workspace.rows("interactions", "record") == ["1"]


def test_nothing_is_deleted_while_a_row_cannot_be_read(workspace):
    """The row that is too short might be the record that seems to be absent."""
    workspace.write("bookings.csv", BOOKINGS)
    workspace.ingest(SOURCE)
    workspace.write("bookings.csv", "id,when,service,step,price\n1,2026-03-01,stay,find,10\n2,2026\n")
    report = workspace.ingest(SOURCE + "  absent: delete\n")
    assert counted(report) == (2, 0, 1, 0, 1)
    assert workspace.rows("interactions", "record") == ["1", "2", "3"]


def test_rows_without_an_identity_are_known_by_their_content(workspace):
    """Two equal rows are two facts, and the same two again are nothing new; a third equal one is."""
    content = "when,service\n2026-03-01,stay\n2026-03-01,stay\n"
    source = 'a:\n  file: a.csv\n  facts:\n    - interaction: { happened_at: "{when}", service: "{service}" }\n'
    workspace.write("a.csv", content)
    assert counted(workspace.ingest(source)) == (2, 2, 0, 0, 0)
    assert counted(workspace.ingest(source)) == (2, 0, 2, 0, 0)
    workspace.write("a.csv", content + "2026-03-01,stay\n")
    assert counted(workspace.ingest(source)) == (3, 1, 2, 0, 0)
    assert len(set(workspace.rows("interactions", "record"))) == 3


def test_a_row_of_json_is_the_same_row_whatever_others_say(workspace):
    """A later row with a fraction or a word in it changes the type of the column, not the identity of the first."""
    source = 'a:\n  file: a.jsonl\n  facts:\n    - interaction: { happened_at: 2026-03-01, service: "{s}" }\n'
    for n_rows, n in enumerate(("1", "2.5", '"x"'), 1):
        with (workspace.folder / "a.jsonl").open("a") as file:
            file.write(f'{{"s": "stay", "n": {n}}}\n')
        assert counted(workspace.ingest(source)) == (n_rows, 1, n_rows - 1, 0, 0)


def test_a_record_may_have_several_rows(workspace):
    """Rows of one trace are one record: one changed row replaces all of them, and counts as all of them."""
    source = "a:\n  file: a.csv\n  record: [trace]\n  facts: [ call: same ]\n"
    head = "trace,span,service,started_at,failed\n"
    workspace.write("a.csv", head + "t1,a,x,2026-03-01,no\nt1,b,y,2026-03-01,no\nt2,a,x,2026-03-01,no\n")
    assert counted(workspace.ingest(source)) == (3, 3, 0, 0, 0)
    workspace.write("a.csv", head + "t1,b,y,2026-03-01,yes\nt1,a,x,2026-03-01,no\nt2,a,x,2026-03-01,no\n")
    assert counted(workspace.ingest(source)) == (3, 0, 1, 2, 0)
    assert workspace.rows("calls", "trace", "span", "failed") == [("t1", "a", False), ("t1", "b", True), ("t2", "a", False)]


def test_a_record_that_is_read_as_nothing_is_deleted(workspace):
    """When every value of a row is gone, so are its facts; a row that never had any is known to say nothing."""
    source = """\
a:
  file: a.csv
  record: [id]
  facts:
    - tally: { from_at: 2026-01-01, to_at: 2026-02-01, window: calendar, entity: stay, of: visits, statistic: count,
               value: "{n}" }
"""
    workspace.write("a.csv", "id,n\na,5\nb,\n")
    first = workspace.ingest(source)
    assert counted(first) == (2, 1, 1, 0, 0)
    assert first.sources[0].empty == 1
    workspace.write("a.csv", "id,n\na,\nb,\n")
    assert counted(workspace.ingest(source)) == (2, 0, 1, 1, 0)
    assert workspace.rows("tallies", "value") == []


def test_rows_that_are_not_selected_are_counted_apart(workspace):
    """`where:` leaves rows out, and says how many."""
    workspace.write("bookings.csv", BOOKINGS)
    report = workspace.ingest(SOURCE + "  where: { service: stay }\n")
    assert counted(report) == (2, 2, 0, 0, 0)
    assert report.sources[0].left_out == 1


def test_names_are_counted_and_resolved_by_the_caller(workspace):
    """Each distinct name once, whatever the number of its rows."""
    workspace.write("bookings.csv", BOOKINGS)
    (source,) = workspace.ingest(SOURCE, resolve={"stay": "book-and-stay"}.get).sources
    assert (source.names, source.resolved) == (2, 1)


def test_a_source_that_cannot_be_read_leaves_the_others_and_what_was_known(workspace):
    """A file that is gone is a problem; what it said before stays, and the other source goes on."""
    both = SOURCE + "other:\n  file: other.csv\n  facts: [ interaction: same ]\n"
    workspace.write("bookings.csv", BOOKINGS)
    workspace.write("other.csv", "happened_at,service\n2026-01-01,desk\n")
    workspace.ingest(both)
    (workspace.folder / "other.csv").unlink()
    workspace.write("bookings.csv", BOOKINGS + "4,2026-03-04,stay,pay,1\n")
    report = workspace.ingest(both)
    assert [problem.code for problem in report.problems] == ["SRC120"]
    assert len(workspace.rows("interactions", "record")) == 5


def test_an_optional_file_that_is_missing_is_only_a_warning(workspace):
    """Nothing is read, nothing is lost, and it is said."""
    report = workspace.ingest("a:\n  file: none.csv\n  optional: true\n  facts: [ interaction: same ]\n")
    assert [(each.code, each.severity) for each in report.problems] == [("SRC130", "warning")]
    assert report.run is None


def test_only_one_source_is_read_when_asked(workspace):
    """An unknown source is an error with the nearest name."""
    workspace.write("bookings.csv", BOOKINGS)
    with pytest.raises(InputError) as caught:
        workspace.ingest(SOURCE, only="bokings")
    assert caught.value.problems[0].nearest == "bookings"


def test_progress_is_told_per_source(workspace):
    """The callback gets the name of the source and the raw rows read so far."""
    heard = []
    workspace.write("bookings.csv", BOOKINGS)
    workspace.ingest(SOURCE, progress=lambda source, n_rows: heard.append((source, n_rows)))
    assert heard == [("bookings", 3)]


def test_a_file_that_breaks_off_commits_nothing(workspace):
    """Half a packed file gives no rows at all."""
    import gzip

    packed = gzip.compress(("when,service\n" + "2026-03-01,stay\n" * 5000).encode())
    workspace.write("a.csv.gz", packed[: len(packed) // 2])
    report = workspace.ingest('a:\n  file: a.csv.gz\n  facts:\n    - interaction: { happened_at: "{when}", service: stay }\n')
    assert [each.code for each in report.problems] == ["SRC124"]
    assert workspace.store.latest() is None


CELLS = st.sampled_from(["", "-", "1", "2", "x", "1,000", "\x00", '"', "a,b", "é"])
LINES = st.lists(st.lists(CELLS, min_size=1, max_size=4).map(",".join), max_size=12)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES)
def test_every_row_is_counted_once_whatever_the_file_holds(workspace, lines):
    """kept + known + superseded + refused = read for any text, and reading it again changes nothing."""
    source = """\
a:
  file: fuzz.csv
  absent: delete
  missing: ["-"]
  facts:
    - tally: { from_at: 2026-01-01, to_at: 2026-02-01, window: calendar, entity: "{name}", of: visits, statistic: count,
               value: "{n}" }
"""
    workspace.day = 0
    workspace.write("fuzz.csv", "\n".join(["name,n", *lines]) + "\n")
    report = workspace.ingest(source)
    if report.problems:  # so many NUL bytes look like UTF-16: the file is refused as a whole
        assert [each.code for each in report.problems] == ["SRC123"]
        return
    counted(report)
    again = workspace.ingest(source)
    assert not again.is_new
    assert counted(again)[1] == counted(again)[3] == 0


def test_the_report_says_why_rows_were_refused(workspace):
    """The commonest reason first, once, with its first example, what was expected and what to do."""
    workspace.write("bookings.csv", "id,when,service,step,price\n1,31/03/2026,a,b,1\n2,x,a,b,1\n3,2026-03-01,a,b,dear\n4,1\n")
    (source,) = workspace.ingest(SOURCE).sources
    first, *others = source.reasons
    assert (first.n, first.what, first.place, first.value) == (2, "column 'when' is no instant", "bookings.csv:2", "31/03/2026")
    assert first.expected == "an instant as iso (2026-03-31)"
    assert "format:" in first.next_step
    assert [(each.code, each.n, each.place.split(":")[1]) for each in others] == [("SRC150", 1, "5"), ("SRC154", 1, "4")]
    assert workspace.ingest(SOURCE).sources[0].reasons == source.reasons  # also when nothing has changed
