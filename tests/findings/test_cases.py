"""Each case of `tests/cases/findings` finds exactly the text beside it."""

from __future__ import annotations

import pytest

from findings.cases import CASES, findings_text, names
from wholeservice.findings import RULES


@pytest.mark.parametrize("name", names())
def test_a_case_finds_exactly_the_text_beside_it(name):
    """The same facts give the same words; to change them, change the .txt and say why."""
    assert findings_text(name) == (CASES / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_speaks_in_one_case_and_is_silent_in_another(rule):
    """A rule has at least one case in which it speaks and one in which it must not."""
    texts = [(CASES / f"{name}.txt").read_text(encoding="utf-8") for name in names() if name.startswith(rule.code.lower())]
    assert any(text.startswith(rule.code) for text in texts)
    assert "nothing\n" in texts
