"""Make docs/findings.md from the rules themselves."""

from __future__ import annotations

from wholeservice.findings.help_pages import as_markdown

HEAD = """\
# Findings

Written by `make docs` from the rules; a test fails when it is out of date.

A finding says what is wrong, how much, where, on what evidence, and what to try next. It is found by a rule: a function from
the organisation and its measured numbers to findings. Findings about services come first, ordered by the people they touch a
day and then by size; findings about the data (a counter that began late, services that stopped reporting) stand apart, because
they say nothing about how people are served. Every line of evidence that holds a number names the cell it was taken from.

What holds for every rule:

- Missing is missing. A period in which a service did not report is never a zero.
- An interval that touches the target is no finding; only one that lies wholly on the wrong side is.
- Hundreds of services never give hundreds of findings: a rule groups by unit, and each number is a line of evidence.
- A rule that fails becomes a finding about the rule (F100), and the others still speak.
- On chance alone a rule is silent: `tests/findings/test_noise.py` counts false alarms on seeded noise, at most 5 in 100.

## Add a rule: one file, one line

1. Write `src/wholeservice/findings/<thing>.py`. Its docstring is its help page, in the docs, in `wholeservice explain F1xx` and
   on the pages: a headline, then *What it looks at*, *Why it matters* (with the source), *False alarms*, *What to do*.

   ```python
   \"\"\"
   F110 nobody came: a service that is live was not used once.

   What it looks at   the volume of each service in the newest period
   Why it matters     people who need it go without, or nobody needs it
   False alarms       a service that opened yesterday
   What to do         ask ten people who should have come
   \"\"\"

   def check(facts: Facts) -> Iterator[Finding]:
       for service in services(facts):
           newest = facts.results.latest("volume", service)
           if newest and newest.value.value == 0:
               yield Finding(code=RULE.code, entity=service, title=f"Nobody came to {title_of(facts, service)}", ...)

   RULE = Rule(code="F110", name="nobody came", check=check)
   ```

2. Name it in `RULES` in `src/wholeservice/findings/__init__.py`. A forgotten line fails a test that prints the line to add.
3. Write two cases in `tests/cases/findings/`: `f110_<when it speaks>.yaml` and `f110_<when it must not>.yaml`, each with the
   exact text it finds beside it (`.txt`). No Python is needed.
4. `make docs`.

`findings/wording.py` writes numbers with unit, period and n; `findings/scope.py` says what stands above an entity;
`findings/target_result.py` picks the number a target is held against.

## The rules

"""


def findings_page() -> str:
    """Return the page: how findings work, how to add a rule, then each rule's help page."""
    return HEAD + as_markdown()
