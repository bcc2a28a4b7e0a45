"""The help page of a rule is its file's docstring; here it is read, and listed for `docs/findings.md`."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Sequence

from wholeservice.findings import RULES
from wholeservice.findings.base import Rule

HEADINGS = ("What it looks at", "Why it matters", "False alarms", "What to do")
_PART = re.compile(rf"^({'|'.join(HEADINGS)})\s+", re.MULTILINE)


def help_of(rule: Rule) -> str:
    """Return the help page of a rule as its file words it."""
    return textwrap.dedent(sys.modules[rule.check.__module__].__doc__ or "").strip()


def parts_of(rule: Rule) -> dict[str, str]:
    """Return the parts of a help page by heading, each as one line; "" holds the headline."""
    headline, *rest = _PART.split(help_of(rule))
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return {"": _one_line(headline)} | {heading: _one_line(text) for heading, text in pairs}


def as_markdown(rules: Sequence[Rule] = RULES) -> str:
    """Return the list of all rules for the documentation."""
    return "\n\n".join(_section(rule) for rule in rules) + "\n"


def _section(rule: Rule) -> str:
    parts = parts_of(rule)
    lines = [f"- **{heading}**: {parts[heading]}" for heading in HEADINGS]
    return "\n".join([f"### {parts[''].rstrip('.')}", "", *lines])


def _one_line(text: str) -> str:
    return " ".join(text.split())
