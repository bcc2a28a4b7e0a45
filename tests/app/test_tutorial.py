"""The tutorial is true: in a new folder its files are written, its commands typed in, and they print what stands there."""

from __future__ import annotations

from documented import walk


def test_every_command_of_the_tutorial_prints_what_stands_below_it(tmp_path):
    """From nothing to the pages, the report and a second file; when it fails after a change that is right: make docs."""
    said = walk("tutorial.md", tmp_path)
    verbs = {each.command.split()[1] for each in said}
    assert verbs >= {"init", "check", "map", "ingest", "measure", "trace", "serve", "report"}
    assert [each for each in said if not each.is_so] == []
    assert {path.name for path in (tmp_path / "ferries").glob("*.html")} == {"sheet.html", "book-a-crossing.html"}
