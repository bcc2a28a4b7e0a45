"""Every problem code has its help page, and every help page a code that is used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import wholeservice.organisation
from wholeservice import documents
from wholeservice.organisation.codes import CODES, WARNINGS

ROOM = Path(wholeservice.organisation.__file__).parent


def used_codes() -> set[str]:
    files = [path for path in ROOM.glob("*.py") if path.name != "codes.py"]
    return {
        code
        for path in (*files, Path(documents.__file__))
        for code in re.findall(r"ORG\d{3}", path.read_text(encoding="utf-8"))
    }


def test_codes_and_help_pages_agree():
    """A new code without help, or help of a code that is gone, fails here."""
    assert used_codes() == set(CODES)
    assert set(CODES) >= WARNINGS


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_help_page_says_why_and_shows_both_ways(code: str):
    """What it means, why it matters, wrong and right."""
    page = CODES[code]
    positions = [page.index(heading) for heading in ("Why it matters: ", "Wrong:\n", "Right:\n")]
    assert positions == sorted(positions)
    assert page[: positions[0]].strip().endswith(("explain", "."))
