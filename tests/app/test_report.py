"""A report is one file that needs nothing: it says what the page says, asks nobody for anything, and a sheet is one sheet."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from chromium import needs_chromium
from pages import sample
from wholeservice.app import report as report_file
from wholeservice.app import report_command
from wholeservice.app.cli import main
from wholeservice.app.report import board_sheet, report_of
from wholeservice.app.self_contained import without_server
from wholeservice.errors import InputError
from wholeservice.pages import service

HOSTILE = '<script>alert(1)</script><a href="http://evil.example/">"x"</a> & </style></main>'
MADE = {"report": report_of, "board": board_sheet}


class Reading(HTMLParser):
    """All start tags with their attributes, and the text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def made(kind: str, entity: str = "stay", data=None) -> str:
    data = data or sample.data()
    return MADE[kind](data, service.build(data, entity))


@pytest.fixture(scope="module", params=MADE)
def whole(request) -> str:
    """Each kind of file, of the main service of the sample."""
    return made(request.param)


def test_no_tag_asks_for_anything_or_runs(whole):
    """No script, form, frame or button; every address is a place on the page or lies in the file; nothing handles an event."""
    tags = Reading(whole).tags
    assert {tag for tag, _ in tags} & {"script", "form", "button", "iframe", "object", "img", "base", "input"} == set()
    addresses = [value or "" for _, given in tags for name, value in given.items() if name in ("href", "src", "action")]
    assert [each for each in addresses if not each.startswith(("#", "data:"))] == []
    assert [name for _, given in tags for name in given if name.startswith("on") or name == "style"] == []
    assert set(re.findall(r"url\((.)", whole)) <= {"#", "d"}


def test_every_place_that_is_linked_is_there():
    """The strip of facts leads to sections of the same file."""
    tags = Reading(made("report")).tags
    ids = {given.get("id") for _, given in tags}
    linked = {str(given["href"])[1:] for tag, given in tags if tag == "a"}
    assert {"needs", "losses"} <= linked <= ids


def test_nothing_offers_what_needs_a_script():
    """A box of the loss map is no button that does not answer, and nobody is told to pick it; its table is there."""
    whole = made("report")
    given = [each for _, each in Reading(whole).tags if "data-box" in each]
    assert len(given) > 2
    assert {(each.get("role"), each.get("tabindex")) for each in given} <= {("img", None), (None, None)}
    assert "Pick a box" not in whole
    assert "All numbers as a table" in whole


def test_the_file_says_its_snapshot_date_and_sources(whole):
    """Who gets it by mail knows how old it is and what it rests on."""
    text, data = Reading(whole).text, sample.data()
    assert data.snapshot in text
    assert "2 Jan 2027, 08:30" in text
    assert all(each.source in text for each in data.sources)
    assert data.organisation.name in text


def test_the_numbers_are_those_of_the_page(whole):
    """The leading number and its likely range are written as the page writes them."""
    lead = service.build(sample.data(), "stay").lead.number
    assert lead.written in Reading(whole).text.replace("\N{NO-BREAK SPACE}", " ")
    assert lead.range_written in Reading(whole).text.replace("\N{NO-BREAK SPACE}", " ")


def hostile():
    data = sample.data()
    entities = {key: replace(each, title=HOSTILE) for key, each in data.organisation.entities.items()}
    needs = tuple(replace(each, says=HOSTILE * 3) for each in data.organisation.needs)
    return replace(data, organisation=replace(data.organisation, entities=entities, needs=needs))


@pytest.mark.parametrize("kind", MADE)
def test_a_hostile_title_stays_text(kind):
    """Titles that are markup are shown as they are written; the end of the page is not cut off by one."""
    found = Reading(made(kind, data=hostile()))
    assert "script" not in {tag for tag, _ in found.tags}
    assert "<script>alert(1)</script>" in found.text
    assert "19 times in 20" in found.text
    assert not any("evil" in str(value) for tag, given in found.tags for value in [given.get("href")])


def test_links_within_a_picture_become_groups():
    """A span would be no part of an SVG; the name of what was a link stays."""
    kept = without_server('<svg><a href="/service/a" aria-label="A"><text>A</text></a></svg><a href="/b">B</a>')
    assert kept == '<svg><g role="img" aria-label="A"><text>A</text></g></svg><span>B</span>'


def test_what_is_too_large_is_refused(monkeypatch):
    """The limit is stated, and what to do instead."""
    monkeypatch.setattr(report_file, "MOST_BYTES", 20_000)
    with pytest.raises(InputError) as caught:
        made("report")
    (problem,) = caught.value.problems
    assert (problem.code, problem.expected == "at most 0 MB", "--board" in (problem.next_step or "")) == ("REP002", True, True)


@pytest.fixture
def stored(monkeypatch, small_workspace):
    """A function that runs `report` in a workspace whose results are those of the sample."""
    from wholeservice.app import workspace

    monkeypatch.setattr(workspace, "data_as_of", lambda settings, as_of: sample.data())
    monkeypatch.chdir(small_workspace)

    def run(*arguments: str) -> int:
        with pytest.raises(SystemExit) as stopped:
            main(["report", *arguments])
        return stopped.value.code

    return run


def test_a_file_that_is_there_is_kept(stored, small_workspace, capsys):
    """Without --force nothing is written over: exit code 2 and REP001; with it the file is the report."""
    file = small_workspace / "stay.html"
    file.write_text("mine", encoding="utf-8")
    assert stored("stay") == 2
    assert "REP001" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "mine"
    assert stored("stay", "--force") == 0
    assert file.read_text(encoding="utf-8") == made("report")
    assert sorted(each.name for each in small_workspace.glob("*.html*")) == ["stay.html"]


def test_a_pipe_gets_the_file_and_nothing_else(stored, capsys):
    """`--to -` prints the sheet to stdout."""
    assert stored("stay", "--board", "--to", "-") == 0
    printed = capsys.readouterr()
    assert (printed.out.rstrip("\n"), printed.err) == (made("board"), "")


def test_an_id_with_slashes_makes_a_plain_file_name():
    """Nothing that an id holds leads out of the folder."""
    assert report_command._file_name("../a/b.c", is_board=True) == "a-b-c-board.html"


@pytest.fixture
def opened(browser, tmp_path):
    """A function that opens a file; fails on what the console says and on any request but for the file."""
    said: list[str] = []

    def opened(markup: str, **options):
        file = tmp_path / "a.html"
        file.write_text(markup, encoding="utf-8")
        page = browser.new_page(**options)
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda each: said.append(each.url) if not each.url.startswith(("file:", "data:")) else None)
        page.goto(file.as_uri())
        page.evaluate("() => document.fonts.ready.then(() => true)")
        return page

    yield opened
    assert said == []


def stuffed(page):
    """A page with more of everything than fits, every title longer than its place."""
    long, (loss, *_) = "A very long title of something that matters " * 9, page.losses
    origin = replace(loss.origins[0], title=long, claim=long, team=long, range_written="−10.75 pp to −10.25 pp")
    needs = [replace(row, says=long, targets=tuple(replace(each, words=long) for each in row.targets)) for row in page.needs]
    change = replace(page.changed.rows[0], title=long, remark=long)
    return replace(
        page, title=long, promise=long, owner=long, needs=tuple(row for row in needs if row.targets)[:1] * 9,
        losses=(replace(loss, title=long, origins=(origin,) * 9),), changed=replace(page.changed, rows=(change,) * 9),
    )  # fmt: skip


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("change", [lambda page: page, stuffed])
def test_the_sheet_is_one_page_across(opened, change):
    """Printed it has exactly one page, wider than high, also with more than fits; what is left out is counted."""
    data = sample.data()
    page = opened(board_sheet(data, change(service.build(data, "stay"))), viewport={"width": 1054, "height": 725})
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    (box,) = set(re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf))
    assert [round(float(each)) for each in box] == [842, 595]
    assert page.get_by_text(re.compile(r"^and [56] more$")).count() == (3 if change is stuffed else 0)


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", MADE)
def test_axe_finds_nothing_wrong_and_a_phone_scrolls_only_down(opened, kind, theme):
    """Readable in both themes with the font that is inside; 390 pixels are enough."""
    from axe_playwright_python.sync_playwright import Axe

    page = opened(made(kind), color_scheme=theme, viewport={"width": 390, "height": 800}, bypass_csp=True)
    assert page.evaluate("[...document.fonts].filter(each => each.status === 'loaded').length") == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert paper == {"light": "rgb(251, 250, 246)", "dark": "rgb(18, 22, 26)"}[theme]
    violations = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in violations] == []
