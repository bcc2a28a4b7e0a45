"""Building permits: which are late, counted a second time from the text of the log, and where the map says their time went."""

from __future__ import annotations

import datetime as dt
import gzip
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from wholeservice.app import settings
from wholeservice.app.workspace import current_data, ingest_workspace
from wholeservice.facts.store import Store
from wholeservice.findings.losses import AT_OR_BELOW, NOT_OBSERVED, LossMap
from wholeservice.pages.base import Data
from wholeservice.pages.late_part import late_part
from wholeservice.pages.loss_part import loss_title

pytestmark = pytest.mark.real_data

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Case:
    """One request as the file has it."""

    due: dt.datetime
    ended: dt.datetime | None
    last: dt.datetime
    channel: str


@pytest.fixture(scope="module")
def cases(real_data: Path) -> list[Case]:
    """Every request, found by regular expressions and nothing of ours."""
    with gzip.open(real_data / "process-small" / "receipt_env_permit.xes.gz", "rt", encoding="utf-8") as file:
        return [_case(each) for each in file.read().split("<trace>")[1:]]


def _case(history: str) -> Case:
    def said(key: str) -> str | None:
        found = re.search(rf'key="{key}" value="([^"]*)"', history)
        return found[1] if found else None

    instants = [dt.datetime.fromisoformat(each) for each in re.findall(r'time:timestamp" value="([^"]*)"', history)]
    ended = said("enddate")
    return Case(dt.datetime.fromisoformat(said("deadline") or ""), dt.datetime.fromisoformat(ended) if ended else None,
                max(instants), said("channel") or "")  # fmt: skip


def workspace(folder: Path, real_data: Path, done: str) -> settings.Settings:
    """The example with its facts, by one of the two ends."""
    shutil.copytree(ROOT / "examples" / "permits", folder, ignore=shutil.ignore_patterns(".wholeservice"))
    declared, _ = settings.load(folder, overrides=[f"data={real_data / 'process-small'}", f"done={done}"])
    ingest_workspace(declared)
    return declared


@pytest.fixture(scope="module")
def by_end(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> settings.Settings:
    return workspace(tmp_path_factory.mktemp("permits") / "end", real_data, "case:enddate")


@pytest.fixture(scope="module")
def by_last(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> settings.Settings:
    return workspace(tmp_path_factory.mktemp("permits") / "last", real_data, "case:last")


@pytest.fixture(scope="module")
def data_by_end(by_end: settings.Settings) -> Data:
    return current_data(by_end)


@pytest.fixture(scope="module")
def data_by_last(by_last: settings.Settings) -> Data:
    return current_data(by_last)


def counted(declared: settings.Settings) -> tuple[int, int, int]:
    """Items that are done, of these late, and open ones."""
    store = Store(declared.folder / ".wholeservice" / "store")
    rows = store.read(store.runs()[-1], "items").to_pylist()
    done = [row for row in rows if row["done_at"] is not None]
    return len(done), sum(row["done_at"] > row["due_at"] for row in done), len(rows) - len(done)


def test_the_mapping_says_which_end_is_meant(by_end: settings.Settings, by_last: settings.Settings, cases: list[Case]):
    """By the written end 377 of 1,329 are late and 105 open; by the last event 92 of all 1,434."""
    assert counted(by_end) == (1329, 377, 105)
    assert counted(by_last) == (1434, 92, 0)
    ended = [each for each in cases if each.ended]
    assert (len(ended), sum(each.ended > each.due for each in ended)) == (1329, 377)
    assert sum(each.last > each.due for each in cases) == 92


@pytest.mark.parametrize("which", ["data_by_end", "data_by_last"])
def test_the_number_is_that_of_a_plain_count(which: str, request: pytest.FixtureRequest, cases: list[Case]):
    """Of the requests due in the year: open ones are late; each channel has its own."""
    data: Data = request.getfixturevalue(which)
    drawn = data.loss_maps["permit", "in-time"]
    ends = [(each, each.ended if which == "data_by_end" else each.last) for each in cases]
    due = [(each, end) for each, end in ends if drawn.period.from_at <= each.due < drawn.period.to_at]
    late = [each for each, end in due if end is None or end > each.due]
    assert (len(late), len(due)) == ((351, 1161) if which == "data_by_end" else (80, 1161))
    assert (drawn.n, drawn.value) == (len(due), pytest.approx(1 - len(late) / len(due)))
    for channel, word in (("Internet", "web"), ("Desk", "desk"), ("Post", "post"), ("e-mail", "email")):
        rows = data.results.rows("in-time", "permit", channel=word)
        (sums,) = [sums for cell, sums in rows if (cell.from_at, cell.to_at) == (drawn.period.from_at, drawn.period.to_at)]
        mine = [each for each, _ in due if each.channel == channel]
        assert (sums.n, sums.n - sums.numerator) == (len(mine), sum(each.channel == channel for each in late))


def size(drawn: LossMap, title: str) -> float:
    box = next(each for each in drawn.boxes if each.title == title)
    return round(100 * (box.starts_here + box.not_traced), 1)


def test_by_its_written_end_most_is_lost_where_nothing_is_recorded(data_by_end: Data):
    """16.0 of 30.2 points are time after the last step: no origin is named, and the map says what would tell."""
    drawn = data_by_end.loss_maps["permit", "in-time"]
    assert size(drawn, "Nothing recorded after the last step") == 16.0
    assert size(drawn, "Until ‘Confirmation of receipt’") == 9.9
    assert drawn.top == ()
    assert next(each for each in drawn.boxes if each.title.startswith("Nothing")).claim == NOT_OBSERVED
    assert drawn.missing[0].what == "what happened after the last step that is recorded"
    assert drawn.missing[2].what == "who it was with: missing in 1,506 of 6,858 pieces"
    assert loss_title(drawn) == "25.2 pp are missing; the largest part is time with nothing recorded after the last step"
    shares = sum(each.starts_here + each.not_traced for each in drawn.boxes)
    assert shares == pytest.approx(1 - drawn.value)


def test_the_page_says_first_what_to_write_down_and_where_to_look(data_by_end: Data):
    """The two lengths in half of the late ones are those of a plain count (48.9 and 25.4 days)."""
    page = late_part(data_by_end, data_by_end.loss_maps["permit", "in-time"])
    assert page.title.startswith("351 of 1,161 were late; 53% of that lies in time of which nothing is recorded")
    record, look, *_, nobody = page.first
    assert record.startswith("Write down what happens after the last step")
    assert "48.9 d in half of the late" in record
    assert "‘Confirmation of receipt’" in look
    assert "128 of the 351 would be in time" in look
    assert "25.4 d in half of the late" in look
    assert nobody.startswith("Name who answers for it")
    assert [(row.channel, row.late) for row in page.channels[:4]] == [
        ("web", "292 of 1,001"), ("desk", "36 of 103"), ("post", "17 of 43"), ("email", "6 of 13"),
    ]  # fmt: skip


def test_by_the_last_event_most_is_lost_before_the_receipt_was_confirmed(data_by_last: Data):
    """5.1 of 6.9 points: here or below, since nobody wrote down when it began."""
    drawn = data_by_last.loss_maps["permit", "in-time"]
    confirmed = next(each for each in drawn.boxes if each.title == "Until ‘Confirmation of receipt’")
    assert size(drawn, confirmed.title) == 5.1
    assert (confirmed.is_top, confirmed.claim, confirmed.starts_here) == (True, AT_OR_BELOW, 0.0)
    assert [team for team, _ in confirmed.by_team] == [None, "Group 1"]
    assert dict(drawn.by_rung)["linked"] == pytest.approx(1.0)
