"""What `map` says of a column is true of the whole file, or says of what; and a channel is one in which people are served."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from wholeservice.app.map_file import Around, Found, Wanted, find_out
from wholeservice.proposal.columns import columns_of
from wholeservice.proposal.seen import Look
from wholeservice.proposal.spelling import about
from wholeservice.sources.base import Batch, Header


def mapped(folder: Path, content: str, **wanted) -> Found:
    """Return what is proposed for a file of this content."""
    (folder / "clicks.csv").write_text(content)
    return find_out(Wanted(folder / "clicks.csv", **wanted), Around(folder), lambda doing: None)


def lines(found: Found, key: str) -> list:
    return [line for entry in found.proposal.entries for line in entry.lines if line.key == key]


def clicks(n: int, *, first: str = "2019-11-01", column: str = "page", words: tuple[str, ...] = ("home", "pay")) -> str:
    """Return a file of *n* clicks, one a minute, and in another column words in turn."""
    start = dt.datetime.fromisoformat(first)
    rows = (f"{start + dt.timedelta(minutes=at)},u{at // 6},{words[at % len(words)]}" for at in range(n))
    return "\n".join([f"event_time,user_id,{column}", *rows]) + "\n"


def test_the_range_of_a_column_of_more_values_than_are_kept_is_that_of_all_rows(tmp_path):
    """Of 25,000 instants, of which 20,000 are kept, the last one is told, though it lies beyond those."""
    (line,) = lines(mapped(tmp_path, clicks(25_000)), "happened_at")
    assert line.why == "all filled, 2019-11-01 to 2019-11-18"  # 20,000 minutes end on the 14th


def test_a_range_that_nobody_can_know_of_all_rows_says_so():
    """Days that are written day first do not sort as text: of too many of them the range is at least what was seen."""
    days = [dt.date(1900, 1, 2) + dt.timedelta(days=at) for at in range(25_000)]
    look = Look()
    texts = pa.array([f"{each:%d/%m/%Y}" for each in days])
    look.add(Batch(Header("days.csv", ("day",)), (texts,), pa.array(range(25_000))))
    (column,) = columns_of(look)
    assert about(column).startswith("all filled, at least 1900-01-02 to ")


def test_rows_that_nobody_looked_at_are_not_said_to_be_filled(tmp_path):
    """Where the reading stops before the end, what is said of a column is said of the rows looked at."""
    (line,) = lines(mapped(tmp_path, clicks(200_000), look_s=0.0), "happened_at")
    assert line.why.startswith("all filled in the rows looked at, at least 2019-11-01 to ")


@pytest.mark.parametrize(
    ("column", "words", "key", "is_sure"),
    [
        ("channel", ("web", "phone", "desk"), "channel", True),
        ("channel", ("Nord", "Sued", "phone"), "channel", False),
        ("acquisition_channel", ("organic", "email", "web"), "segment", False),
        ("channel", ("organic", "email", "paid", "direct"), "segment", False),
        ("platform", ("desktop", "mobile", "tablet"), "device", True),
        ("device", ("phone", "laptop"), "device", True),
    ],
)  # fmt: skip
def test_a_channel_is_sure_only_where_people_are_served_in_it(tmp_path, column, words, key, is_sure):
    """How people came is no channel, and what they used is a device."""
    found = mapped(tmp_path, clicks(60, column=f"page,{column}", words=tuple(f"home,{each}" for each in words)))
    said = [line for each in ("channel", "segment", "device") for line in lines(found, each)]
    assert [(line.key, line.is_sure) for line in said] == [(key, is_sure)]
    assert said[0].is_active == (key != "segment")
