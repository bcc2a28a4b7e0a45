"""The table of a page: every page has one, its numbers are those measured, and as CSV it is read back as it was."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improvements.told import PAY, item, said
from pages import sample, sample_asked
from pages.test_junction import lasting
from wholeservice.app.sheets import FORMULA, as_csv
from wholeservice.improvements.log import read_log
from wholeservice.pages import PAGES, channel, findings, home, measure, service, step
from wholeservice.pages.base import Sheet

ASKED = {
    "/service/{entity}": {"entity": "stay"}, "/service/{entity}/step/{step}": {"entity": "stay", "step": "pay"},
    "/service/{entity}/blueprint": {"entity": "stay"}, "/service/{entity}/feedback": {"entity": "stay"},
    "/channel/{channel}": {"channel": "web"}, "/coverage/{entity}": {"entity": "stay"},
    "/owner/{name}": {"name": "Maya Okafor"}, "/team/{entity}": {"entity": "booking"},
    "/finding/{number}": {"number": "1"}, "/measure/{name}": {"name": "completion"}, "/sources/{name}": {"name": "bookings"},
    "/streams/{entity}": {"entity": "look-to-stay"}, "/items/{item}": {"item": "B"},
    "/improvements/{improvement}": {"improvement": "HELPED"},
    "/search": {"q": "pay"}, "/rows": {"entity": "stay", "measure": "completion"},
}  # fmt: skip


@pytest.fixture(scope="module")
def asked():
    """The hotel with more of everything."""
    log = read_log([item("HELPED", 0)], [said("HELPED", "promise", PAY, 1, value=3.0, unit="pp")], [])
    return replace(sample_asked.data(), open_times=(lasting(),), improvements=log)


def lines(page, data, **given):
    """Return the rows of a page's CSV as a spreadsheet reads them."""
    sheet = page.sheet(data, page.build(data, **given))
    return list(csv.DictReader(io.StringIO(as_csv(sheet), newline="")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_has_a_table(asked, page):
    """As many cells in each row as the header has, no header twice, and something in it."""
    sheet = page.sheet(asked, page.build(asked, **ASKED.get(page.path, {})))
    assert len(set(sheet.header)) == len(sheet.header)
    assert sheet.rows
    assert {len(row) for row in sheet.rows} == {len(sheet.header)}


def test_the_table_of_a_service_holds_every_period_as_measured(asked):
    """All months of completion, unrounded, each with its interval."""
    rows = [
        each
        for each in lines(service.PAGE, asked, entity="stay")
        if (each["what"], each["measure"]) == ("period", "completion")
    ]
    stored = asked.results.series("completion", "stay")
    assert [float(each["value"]) for each in rows] == [each.value.value for each in stored]
    assert [float(each["likely from"]) for each in rows] == [each.value.interval.low for each in stored]
    assert rows[0]["from (UTC)"] == stored[0].cell.from_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_what_is_not_measured_is_empty_with_its_reason(asked):
    """No zero, no dash: an empty cell, and why in the last column."""
    rows = lines(step.PAGE, asked, entity="stay", step="pay")
    dark = [each for each in rows if each["channel"] == "phone"]
    assert len(dark) == 4
    assert {(each["value"], each["why there is no value"]) for each in dark} == {("", "not measured")}


def test_a_channel_that_is_not_offered_is_told_from_one_not_measured(asked):
    """Parking does not offer the web; the spa does and has no number."""
    rows = lines(channel.PAGE, asked, channel="web")
    assert {each["id"]: each["offers the channel"] for each in rows} == {"stay": "yes", "spa": "yes", "parking": "no"}


def test_findings_keep_their_numbers(asked):
    """The size as the rule gave it, not as it is written."""
    first = lines(findings.PAGE, asked)[0]
    assert (float(first["worse by"]), float(first["people"]), first["unit"]) == (0.058, 232, "share")


def test_the_home_table_is_of_all_services_not_of_one_page(asked):
    """A list on several pages is one table; a query holds."""
    large = sample.large(90, 2)
    assert len(home.PAGE.sheet(large, home.build(large, page="2")).rows) == 90
    assert [each["id"] for each in lines(home.PAGE, asked, q="spa")] == ["spa"]


def test_the_table_of_a_measure_is_of_all_that_have_it(asked):
    """The newest number of each."""
    rows = {each["id"]: float(each["value"]) for each in lines(measure.PAGE, asked, name="completion")}
    assert rows == {each: asked.results.latest("completion", each).value.value for each in ("stay", "spa", "parking")}


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\N{FULLWIDTH EQUALS SIGN}1"])
def test_no_text_is_a_formula(words):
    """What a spreadsheet would work out gets a quote before it; our own numbers stay numbers."""
    written = as_csv(Sheet(("name", "number"), ((words, -1.5),)))
    (row,) = list(csv.reader(io.StringIO(written, newline="")))[1:]
    assert row == [f"'{words}", "-1.5"]


TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=20)


@given(st.lists(st.tuples(TEXT, st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers()), max_size=6))
def test_what_is_written_is_read_back(rows):
    """Quotes, commas, line ends and every letter come back; a number is the same number; every line ends with CR LF."""
    written = as_csv(Sheet(("Größe, “a”", "n"), tuple(rows)))
    assert written.endswith("\r\n")
    header, *back = csv.reader(io.StringIO(written, newline=""))
    assert header == ["Größe, “a”", "n"]
    assert [words.removeprefix("'") for words, _ in back] == [words.removeprefix("'") for words, _ in rows]
    assert [float(number) if number else None for _, number in back] == [None if n is None else float(n) for _, n in rows]
    assert not any(words.lstrip().startswith(FORMULA) for words, _ in back)


def test_days_and_instants_are_iso():
    """An instant in UTC whatever its zone."""
    at = dt.datetime(2026, 3, 1, 1, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert as_csv(Sheet(("at", "on"), ((at, at.date()),))) == "at,on\r\n2026-02-28T23:30:00Z,2026-03-01\r\n"
