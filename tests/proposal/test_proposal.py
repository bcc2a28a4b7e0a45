"""What is proposed for tables as people export them: the right kind of fact, right sums, and nothing wrong that sounds sure."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

from proposal.everyday import EVERYDAY, LAST, LATER
from proposal.exports import EXPORTS
from proposal.score import RIGHT, UNSURE, WRONG, verdicts
from proposal.tables_made import TABLES, Made
from wholeservice.app.map_file import Around, Found, Wanted, find_out
from wholeservice.documents import parse
from wholeservice.facts import ingest
from wholeservice.proposal.columns import NUMBER, Column
from wholeservice.proposal.entries import scale_lines

DOCS = Path(__file__).parents[2] / "docs"
OF_A_SOURCE = {"PostHog events": "posthog", "PostHog events as CSV": "posthog"}  # a source of its own reads them whole
ALL = (*TABLES, *EXPORTS, *EVERYDAY, *LATER, *LAST)
EVERY = tuple(each for each in ALL if each.title not in OF_A_SOURCE)


def mapped(folder: Path, name: str, content: str | bytes, kind: str | None = None, **around) -> Found:
    """Return what is proposed for a file of this content."""
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return find_out(Wanted(folder / name, kind=kind), Around(folder, **around), lambda doing: None)


def made(folder: Path, table: Made) -> Found:
    return mapped(folder, f"export{table.suffix}", table.bytes)


def kind_of(found: Found) -> str | None:
    return found.proposal.kind if found.proposal and found.proposal.is_whole else None


def lines(found: Found, key: str) -> list:
    return [line for entry in found.proposal.entries for line in entry.lines if line.key == key]


@cache
def proposed(table: Made) -> Found:
    """Return what is proposed for a table; several tests look at it."""
    with tempfile.TemporaryDirectory() as folder:
        return made(Path(folder), table)


def test_nothing_is_wrong_and_sounds_sure():
    """Of the kind, the time, the who and the numbers two in three are right; whatever is not says that it is unsure."""
    scores: dict[str, Counter[str]] = defaultdict(Counter)
    wrong = []
    for table in EVERY:
        for what, verdict in verdicts(table, proposed(table)).items():
            scores[what][verdict] += 1
            wrong += [f"{table.title}: {what}"] if verdict == WRONG else []
    assert wrong == []
    assert {what: 3 * score[RIGHT] >= 2 * len(EVERY) for what, score in scores.items()} == dict.fromkeys(scores, True)
    assert f"| {len(EVERY)} tables made by hand | {_row(scores)} |" in (DOCS / "map_command.md").read_text(encoding="utf-8")


def test_what_a_source_of_its_own_reads_is_left_to_it():
    """Such a file is no table to be guessed at."""
    found = {each.title: proposed(each).source for each in ALL if each.title in OF_A_SOURCE}
    assert found == OF_A_SOURCE


def _row(scores: dict[str, Counter[str]]) -> str:
    """Write the scores as the page shows them."""
    return " | ".join(f"{score[RIGHT]} right, {score[UNSURE]} unsure" for score in scores.values())


@pytest.mark.parametrize("table", EVERY, ids=str)
def test_a_proposal_loads_and_adds_up(table):
    """It loads without a problem, and where the kind is right its facts are as many, and their numbers sum, as in the file."""
    found = proposed(table)
    if kind_of(found) is None:
        return
    root, problems = parse(found.text(120), "x.yaml")
    declared, own = ingest.load(root, {}, "UTC")
    assert problems + own == []
    assert [each.name for each in declared] == ["export"]
    if kind_of(found) in table.kinds:
        assert {name: found.tried.by_table[name] for name in table.counts} == table.counts
        lacks_currency = any(not line.is_active for line in lines(found, "currency"))  # then no amount is read
        assert found.tried.n_refused == (found.tried.n_rows if lacks_currency else 0)
        assert {name: found.tried.sums.get(name) for name in table.sums} == pytest.approx(table.sums)


@pytest.mark.parametrize("width", [60, 120])
def test_the_text_is_the_same_declaration_at_any_width(width):
    """Comments move, what is declared does not; no line that could be broken is longer than the terminal."""
    from wholeservice.documents import plain

    for table in TABLES[:12]:
        text = proposed(table).text(width)
        wide = proposed(table).text(500)
        assert plain(parse(text, "x")[0]) == plain(parse(wide, "x")[0])
        assert [line for line in text.splitlines() if len(line) > width and " # " in line] == []


# what is unsure says so -----------------------------------------------------------------------------------------------------


def test_day_and_month_that_nobody_can_tell_apart_are_told(tmp_path):
    """Twelve days of March, all of them months too: one order is taken, and the other is named."""
    found = mapped(tmp_path, "a.csv", "Date,Service,Visits\n" + "".join(f"{day:02}/03/2026,stay,1\n" for day in range(1, 13)))
    (start,) = lines(found, "from_at")
    assert not start.is_sure
    assert start.value == '{ column: Date, format: "%d/%m/%Y" }'  # days of one month lie closer together than one a month
    assert "%m/%d/%Y" in start.why
    assert "# unsure: " in found.text(120)


def test_a_neighbour_settles_the_order_of_day_and_month(tmp_path):
    """`13/03` in one column says how the other is written, though nothing in that one does."""
    content = "id,created,closed,type\n" + "".join(f"W-{n},0{n}/03/2026,1{n}/03/2026,bug\n" for n in range(1, 9))
    found = mapped(tmp_path, "a.csv", content)
    assert kind_of(found) == "item"
    (created,) = lines(found, "created_at")
    assert created.is_sure
    assert "%d/%m/%Y" in created.value


def test_a_point_between_thousands_or_before_decimals_is_told(tmp_path):
    """Of `1.250` and `900` nobody knows; of `0.125` it is clear."""
    found = mapped(tmp_path, "a.csv", "day,cost,currency\n2026-03-01,1.250,EUR\n2026-03-02,900,EUR\n")
    (mark,) = [line for line in found.proposal.options if line.key == "decimal"]
    assert (mark.value, mark.is_sure) == ('","', False)
    assert found.tried.sums["money.amount"] == 2150
    clear = mapped(tmp_path, "b.csv", "day,cost,currency\n2026-03-01,0.125,EUR\n2026-03-02,900,EUR\n")
    assert [line for line in clear.proposal.options if line.key == "decimal"] == []
    assert clear.tried.sums["money.amount"] == 900.125


def test_a_currency_is_never_made_up(tmp_path):
    """Without a currency no amount is read; the line for it is there, commented out."""
    found = mapped(tmp_path, "a.csv", "month,service,cost\n2026-01,stay,5\n2026-02,stay,6\n")
    (currency,) = lines(found, "currency")
    assert (currency.is_active, currency.is_sure) == (False, False)
    assert found.tried.n_facts == 0
    assert "currency" in [line.key for line in found.to_decide]


def test_windows_that_overlap_are_rolling(tmp_path):
    """A year that ends each quarter is never added up; a quarter is."""
    headers = [
        "April 2015 to March 2016",
        "July 2015 to June 2016",
        "October 2015 to September 2016",
        "January 2016 to December 2016",
    ]
    found = mapped(tmp_path, "a.csv", "service," + ",".join(f"{each}: volume" for each in headers) + "\nstay,1,2,3,4\n")
    (window,) = lines(found, "window")
    assert (window.value, window.is_sure) == ("rolling", True)
    assert 'volume: "{from} to {to}: volume"' in found.text(120)


def test_a_header_that_spans_too_much_does_not_change_the_windows(tmp_path):
    """One of four headers names two years: the length of the others is declared, and it is said."""
    headers = [
        "January 2012 to December 2012",
        "January 2013 to December 2013",
        "January 2014 to December 2015",
        "January 2015 to December 2015",
    ]
    found = mapped(tmp_path, "a.csv", "service," + ",".join(f"{each}: volume" for each in headers) + "\nstay,1,2,3,4\n")
    (lasts,) = [line for line in found.proposal.each if line.key == "lasts"]
    assert (lasts.value, lasts.why) == ("1y", "1 of 4 headers name another length")


# people -----------------------------------------------------------------------------------------------------------------------


def test_people_become_pseudonyms_and_are_never_shown(tmp_path):
    """Neither the declaration nor the facts hold a name or an address of anybody."""
    content = "event_time,page,customer_email,employee\n" + "".join(
        f"2026-03-0{n} 10:00,pay,jane{n}@example.org,Jane Doe\n" for n in range(1, 9)
    )
    found = mapped(tmp_path, "a.csv", content)
    (consumer,) = lines(found, "consumer")
    assert consumer.value == '"{customer_email}"'
    assert "only a pseudonym is stored" in consumer.why
    shown = found.text(120) + repr(found.tried.rows)
    assert "jane" not in shown.lower()


def test_who_did_it_is_no_segment(tmp_path):
    """A column of employees never tells numbers apart, though it could."""
    content = "date,employee,project,hours\n" + "".join(f"2026-03-0{n % 9 + 1},e{n // 9},shop,{n}\n" for n in range(18))
    assert "employee" not in mapped(tmp_path, "a.csv", content).text(120)


# what is around the file ------------------------------------------------------------------------------------------------------


def test_names_of_the_organisation_say_what_a_fact_is_about(tmp_path):
    """A column whose values the organisation knows is the service, whatever it is called."""
    content = "when,user_id,page,blah\n" + "".join(f"2026-03-0{n} 10:00,u{n},pay,stay\n" for n in range(1, 9))
    assert [line.value for line in lines(mapped(tmp_path, "a.csv", content), "service")] == ["a"]
    known = mapped(tmp_path, "a.csv", content, known=frozenset({"stay"}))
    (service,) = lines(known, "service")
    assert (service.value, service.is_sure) == ('"{blah}"', True)


def test_the_only_service_of_a_workspace_is_meant(tmp_path):
    """A file that names no service is about the one that there is."""
    content = "when,user_id,page\n" + "".join(f"2026-03-0{n} 10:00,u{n},pay\n" for n in range(1, 9))
    (service,) = lines(mapped(tmp_path, "a.csv", content, services=("stay",)), "service")
    assert (service.value, service.is_sure) == ("stay", True)


@pytest.mark.parametrize(("name", "instrument", "is_sure"), [("effort score", "effort", False), ("ces score", "ces", True)])
def test_more_effort_is_not_taken_for_more_ease(name, instrument, is_sure):
    """Of a column of effort nobody knows from its name which end is good: it is asked."""
    column = Column(name, name, NUMBER, 8, 8, 5, is_whole=True, values=(), low=1, high=5)
    said = [(line.value, line.is_sure) for line in scale_lines(column)]
    assert said == [(instrument, is_sure), ("1", True), ("5", True)]


def test_somebody_who_knows_better_is_followed(tmp_path):
    """`--as` wins over any guess; where a column is lacking, that is said."""
    content = "day,page,visits\n2026-03-01,a,5\n2026-03-02,a,6\n"
    assert kind_of(mapped(tmp_path, "a.csv", content)) == "tally"
    assert kind_of(mapped(tmp_path, "a.csv", content, kind="interaction")) == "interaction"
    without = mapped(tmp_path, "a.csv", content, kind="call")
    assert kind_of(without) is None
    assert "trace, span" in without.text(120)


# rows -------------------------------------------------------------------------------------------------------------------------


def test_a_record_is_declared_only_where_it_tells_rows_apart(tmp_path):
    """A number that comes twice is no record."""
    rows = "".join(f"{n},2026-03-0{n},pay,u{n}\n" for n in range(1, 9))
    record = [line for line in mapped(tmp_path, "a.csv", "id,when,step,user\n" + rows).proposal.options if line.key == "record"]
    assert [line.value for line in record] == ["[id]"]
    twice = mapped(tmp_path, "a.csv", "id,when,step,user\n" + rows + "1,2026-03-09,pay,u1\n")
    assert [line for line in twice.proposal.options if line.key == "record"] == []


def test_hours_of_one_day_are_money_of_that_day(tmp_path):
    """Money lasts whole days; windows of an hour would end on the day they start, and every row would be refused."""
    content = "charge period start,charge period end,service,cost,currency\n" + "".join(
        f"2026-03-01T0{n}:00:00Z,2026-03-01T0{n + 1}:00:00Z,stay,1,EUR\n" for n in range(8)
    )
    found = mapped(tmp_path, "a.csv", content)
    assert (found.tried.n_refused, found.tried.sums["money.amount"]) == (0, 8)
    (end,) = lines(found, "to_on")
    assert end.value == "{ column: charge period start, plus: 1d }"


def test_a_number_beside_the_rows_is_not_counted_for_each(tmp_path):
    """In JSON the total of a step stands around its weeks; it is no number of a week."""
    weeks = [{"_start_at": f"2026-03-{n:02}", "_end_at": f"2026-03-{n + 7:02}", "n:sum": n} for n in (2, 9, 16)]
    document = (
        '{"data": ['
        + ",".join(
            f'{{"step": "{step}", "n:sum": 27, "values": {str(weeks).replace(chr(39), chr(34))}}}' for step in ("find", "pay")
        )
        + "]}"
    )
    found = mapped(tmp_path, "a.json", document)
    assert found.tried.sums["tallies.value"] == 54
    assert [line.value for line in found.proposal.options if line.key == "rows"] == ['"data[].values[]"']


def test_dates_that_stand_for_none_are_missing(tmp_path):
    """An item that is done on 9999-12-31 is not done."""
    content = "issue key,created,resolved,issue type\n" + "".join(
        f"W-{n},2026-03-0{n},{'2026-03-09' if n % 2 else '9999-12-31'},bug\n" for n in range(1, 9)
    )
    found = mapped(tmp_path, "a.csv", content)
    done = [row["done_at"] for row in found.tried.rows["items"]]
    assert sum(each is None for each in done) == 4


@pytest.mark.parametrize("name", ["a [1].csv", "späte Züge.csv", "2026.csv", "x.y.csv.gz"])
def test_any_name_of_a_file_can_be_declared(tmp_path, name):
    """Marks of patterns are taken as they are, and the source gets a name that may be one."""
    import gzip

    content = b"when,step,user\n2026-03-01,pay,u1\n2026-03-02,pay,u2\n"
    found = mapped(tmp_path, name, gzip.compress(content) if name.endswith(".gz") else content)
    assert found.tried.by_table["interactions"] == 2


@pytest.mark.parametrize("header", ["a{b}", "x\ny", "no", "a: b # c", "'quoted'", '"', "{", "3", " padded ", "${data}"])
def test_any_name_of_a_column_can_be_mapped(tmp_path, header):
    """Whatever a column is called, the declaration reads it: by its name, or by its position."""
    import csv
    import io

    out = io.StringIO()
    csv.writer(out).writerows([["when", "user", header], *([f"2026-03-0{n}", f"u{n}", "web"] for n in range(1, 5)),
                               *([f"2026-03-0{n}", f"u{n}", "phone"] for n in range(5, 9))])  # fmt: skip
    found = mapped(tmp_path, "a.csv", out.getvalue())
    assert Counter(row["channel"] for row in found.tried.rows["interactions"]) == {"web": 4, "phone": 4}


# what is named is not counted -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["flight", "tail_number", "case number", "year built", "temperature", "zip", "distance"])
def test_a_number_that_names_or_is_read_off_is_never_a_count(tmp_path, name):
    """It stays out beside a column that counts; `number of ...` counts."""
    rows = "".join(f"2026-03-{n + 1:02},stay,{n * 10},{1000 + n % 7},{n}\n" for n in range(20))
    found = mapped(tmp_path, "a.csv", f"day,service,visits,{name},number of bins\n{rows}")
    assert [line.value for line in lines(found, "value")] == ['"{visits}"', '"{number of bins}"']


def test_codes_and_names_resolve_both_or_are_joined(tmp_path):
    """Each thing goes by its name and by its code; the other way to use such a table is named. All of it is unsure."""
    found = mapped(tmp_path, "carriers.csv", "carrier,name\n9E,Endeavor Air\nAA,American Airlines\nB6,JetBlue Airways\n")
    assert not found.proposal.is_sure
    assert [(row["name"], row["relation"], row["to_name"]) for row in found.tried.rows["sightings"][-1:]] == [
        ("JetBlue Airways", "alias", "B6")
    ]
    assert "with: { carriers: { file: carriers.csv, key: carrier } }" in found.text(120)


def test_pieces_of_a_date_give_way_to_a_column_that_has_all_of_it(tmp_path):
    """Without it they are put together, and so are a day and a time of day."""
    rows = [f"2026,{n % 12 + 1},{n % 28 + 1},{n % 24},u{n % 9},pay,2026-{n % 12 + 1:02}-{n % 28 + 1:02}T00:30:00Z"
            for n in range(40)]  # fmt: skip
    header = "year,month,day,hour,user_id,step,happened"
    whole = mapped(tmp_path, "a.csv", "\n".join([header, *rows]))
    assert [line.value for line in lines(whole, "happened_at")] == ['"{happened}"']
    apart = [row.rpartition(",")[0] for row in rows]
    pieces = mapped(tmp_path, "b.csv", "\n".join([header.rpartition(",")[0], *apart]))
    assert [line.value for line in lines(pieces, "happened_at")] == [
        '{ text: "{year}-{month}-{day} {hour}", format: "%Y-%m-%d %H" }'
    ]
    assert pieces.tried.rows["interactions"][1]["happened_at"].isoformat() == "2026-02-02T01:00:00+00:00"


def test_names_in_a_table_of_people_are_never_things(tmp_path):
    """A `name` beside salaries is somebody's: it is neither a service nor shown."""
    rows = "".join(f"E{n:03},ann number {n},Nurse,ICU,{30000 + n}\n" for n in range(20))
    found = mapped(tmp_path, "staff.csv", f"employee_id,name,job_title,department,salary\n{rows}")
    assert "{name}" not in found.text(120)
    assert "ann number" not in found.text(120)
