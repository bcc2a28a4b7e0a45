"""The tutorial is true: in a new folder its files are written, its commands typed in, and they print what stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from documented import BLOCK, PAGES, Said, walk


@pytest.fixture(scope="module")
def walked(tmp_path_factory) -> tuple[Path, list[Said]]:
    """The folder after the last line of the tutorial, and what its commands said."""
    folder = tmp_path_factory.mktemp("tutorial")
    return folder, walk("tutorial.md", folder)


def test_every_command_of_the_tutorial_prints_what_stands_below_it(walked):
    """From nothing to the pages, the report and a second file; when it fails after a change that is right: make docs."""
    folder, said = walked
    verbs = {each.command.split()[1] for each in said}
    assert verbs >= {"init", "check", "map", "ingest", "measure", "trace", "serve", "report"}
    assert [each for each in said if not each.is_so] == []
    assert {path.name for path in (folder / "ferries").glob("*.html")} == {"sheet.html", "book-a-crossing.html"}


def test_the_sentences_of_the_tutorial_repeat_what_was_printed(walked):
    """Each share and gap in the text is one of the printed numbers, rounded."""
    told = re.findall(r"(\d+) (?:%|points)", BLOCK.sub("", (PAGES / "tutorial.md").read_text(encoding="utf-8")))
    printed = re.findall(r"(\d+(?:\.\d+)?)(?:%| pp)", "".join(each.printed for each in walked[1]))
    assert len(told) >= 6
    assert {int(each) for each in told} - {round(float(each)) for each in printed} == set()


def test_the_journey_of_the_tutorial_can_be_true(walked):
    """The file is one as it should be: no headline of the page says that its numbers cannot be true."""
    page = (walked[0] / "ferries" / "book-a-crossing.html").read_text(encoding="utf-8")
    headlines = re.findall(r"<h2[^>]*>(.*?)</h2>", page, re.DOTALL)
    assert len(headlines) > 5
    assert [each for each in headlines if "cannot be true" in each] == []
