"""Help pages: the docstring of a measure, rule or analysis; the sentence about a problem's code. Nothing is written twice."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.errors import InputError, Problem, suggest
from wholeservice.measures.base import Measure

MEASURE, RULE, ANALYSIS, PROBLEM = "measure", "rule", "analysis", "problem"

CODES = {
    "ASK005": "`wholeservice explain` knows no measure, rule or problem code of this name. Without a name it lists all.",
}


@dataclass(frozen=True, slots=True)
class HelpPage:
    """One help page. `other_names` also find it."""

    name: str
    kind: str  # MEASURE, RULE, ANALYSIS or PROBLEM
    title: str
    text: str
    other_names: tuple[str, ...] = ()


def all_pages() -> tuple[HelpPage, ...]:
    """Return every help page: measures, rules, what else a page says, then problem codes in order."""
    return (*_measures(), *_rules(), *_analyses(), *_problems())


def find_page(word: str) -> HelpPage:
    """Return the help page called *word*, in any letter case. Raises InputError with ASK005 and the nearest name."""
    pages = {name.lower(): page for page in all_pages() for name in (page.name, *page.other_names)}
    if word.lower() in pages:
        return pages[word.lower()]
    raise InputError(Problem("ASK005", f"nothing is called '{word}'", expected="a measure, a rule or a problem code",
                             nearest=suggest(word, pages), next_step="wholeservice explain lists all of them"))  # fmt: skip


def _measures() -> Iterator[HelpPage]:
    from wholeservice.measures import MEASURES

    for each in MEASURES:
        yield HelpPage(each.name, MEASURE, each.title, measure_text(each), each.words)


def measure_text(measure: Measure) -> str:
    """Return the help text of a measure, and after it what else it may be called, which way is better and its version."""
    words = f"\nAlso      {', '.join(measure.words)}" if measure.words else ""
    return f"{measure.help}{words}\nBetter    {measure.better}\nVersion   {measure.version}"


def _rules() -> Iterator[HelpPage]:
    from wholeservice.findings import RULES
    from wholeservice.findings.help_pages import help_of

    for rule in RULES:
        yield HelpPage(rule.code, RULE, rule.name, help_of(rule), (rule.name,))


def _analyses() -> Iterator[HelpPage]:
    from wholeservice.findings import lead

    text = textwrap.dedent(lead.__doc__ or "").strip()
    yield HelpPage("lead", ANALYSIS, "Whether how people feel moves before what they do", text, ("lead-indicator", "leads"))


def _problems() -> Iterator[HelpPage]:
    for code, text in sorted(problem_codes().items()):
        yield HelpPage(code, PROBLEM, _first_sentence(text), text)


def _first_sentence(text: str) -> str:
    return text.partition("\n\n")[0].replace("\n", " ").partition(". ")[0].rstrip(".")


def problem_codes() -> dict[str, str]:
    """Return every problem code and what it means; each room keeps its own codes beside the code that uses them."""
    from wholeservice.app import (
        example,
        failures,
        forget_command,
        improve_verify,
        init_command,
        map_command,
        measured,
        pictures,
        repeat,
        report_command,
        settings,
        store_command,
        stored_results,
        traced,
    )
    from wholeservice.engines import codes as engine_codes
    from wholeservice.facts import backup, maintenance, store
    from wholeservice.mapping import guard
    from wholeservice.organisation import codes as organisation_codes
    from wholeservice.simulation import scenario
    from wholeservice.sources import codes as source_codes

    stored = (backup.CODES, guard.CODES, maintenance.CODES)
    rooms = (organisation_codes.CODES, engine_codes.CODES, source_codes.CODES, store.CODES, *stored, scenario.PROBLEMS)
    commands = (init_command, improve_verify, forget_command, map_command, report_command, store_command)
    ours = (failures, pictures, repeat, settings, stored_results, measured, traced, example, *commands)
    books = (*rooms, *(module.CODES for module in ours), CODES)
    return {code: text for book in books for code, text in book.items()}
