"""docs/add_a_measure.md does what it says: its file is a measure, and its case holds."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from measures.test_cases import assert_row, cell_of, measured

PAGE = (Path(__file__).parents[2] / "docs/add_a_measure.md").read_text(encoding="utf-8")


def test_the_worked_example_works():
    """The measure on the page, run over the case on the page, gives the numbers on the page."""
    code, case = (re.search(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL) for kind in ("python", "yaml"))
    assert code
    assert case
    room: dict[str, object] = {}
    exec(compile(code[1], "docs/add_a_measure.md", "exec"), room)  # noqa: S102
    (words,) = yaml.safe_load(case[1])
    rows = measured(room["MEASURE"], words)
    for expected in words["expect"]:
        assert_row(room["MEASURE"], rows[cell_of(room["MEASURE"], expected)], expected)
