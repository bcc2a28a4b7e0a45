"""The reference names the words of a tally that measures read."""

from __future__ import annotations

import re

from conftest import ROOT
from wholeservice.measures import counted, response_rate, satisfaction


def test_the_reference_names_each_word_that_counts():
    """Whoever maps a count finds the word for it without reading code."""
    text = (ROOT / "docs/mapping_reference.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"\*\*What a tally is `of`\*\*.*?\n\n", text, re.DOTALL)
    words = {*counted.TRANSACTIONS, *counted.STEP_COUNTS, *satisfaction.RATINGS, "completion", "take-up", "costs"}
    words |= {*response_rate.ASKED, *response_rate.ANSWERED}
    assert set(re.findall(r"`([a-z-]+)`", told)) - {"of", "histogram", "mean", "share"} == words
