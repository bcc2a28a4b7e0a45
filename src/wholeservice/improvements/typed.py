"""What somebody typed of an improvement, on the command line or into the form, and what of it may be kept. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from wholeservice.errors import Place, Problem
from wholeservice.mapping import personal

MAX_LINE, MAX_TEXT, MAX_MANY = 300, 4_000, 20
LONG = ("problem", "hypothesis", "learnt")
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")
_NO_TEXT = ("Cc", "Cs", "Co", "Cn")  # control characters, halves of characters, and what is no character


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Each field as it was typed; empty is nothing. Without `to` it is a new improvement."""

    to: str = ""
    says: str = ""
    problem: str = ""
    hypothesis: str = ""
    owner: str = ""
    where: tuple[str, ...] = ()
    because: tuple[str, ...] = ()  # findings
    promise: tuple[str, ...] = ()
    scenario: str = ""  # that the promises come from
    worth: tuple[str, ...] = ()
    judged_by: tuple[str, ...] = ()
    compare_with: tuple[str, ...] = ()
    is_daily: bool = False
    start: str = ""  # a day
    deployment: str = ""
    priority: str = ""
    learnt: str = ""
    close: str = ""
    by: str = ""  # who writes it: a role


Wrong = tuple[str, Problem]
"""(field of `Typed`, what is wrong with it)."""


def tidied(typed: Typed) -> Typed:
    r"""
    Return what was typed without outer blanks, empty ones of several left out; line ends are line feeds.

    >>> tidied(Typed(says="  a ", where=("x", " "), problem="one\r\ntwo")).problem
    'one\ntwo'
    """
    found: dict[str, Any] = {}
    for each in fields(typed):
        value = getattr(typed, each.name)
        if isinstance(value, tuple):
            found[each.name] = tuple(dict.fromkeys(text for one in value if (text := _tidy(one))))
        elif isinstance(value, str):
            found[each.name] = _tidy(value)
    return replace(typed, **found)


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def text_problems(typed: Typed) -> Iterator[Wrong]:
    """Yield what of tidied texts may not be kept: too long, too many, no text, or personal."""
    for each in fields(typed):
        value = getattr(typed, each.name)
        texts = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
        if len(texts) > MAX_MANY:
            yield each.name, problem("IMP007", each.name, f"{len(texts)} are too many", f"at most {MAX_MANY}", "take some out")
        for text in texts:
            if (wrong := _text_problem(each.name, text)) is not None:
                yield each.name, wrong


def _text_problem(name: str, text: str) -> Problem | None:
    most = MAX_TEXT if name in LONG else MAX_LINE
    if len(text) > most:
        return problem("IMP007", name, f"it has {len(text):,} characters", f"at most {most:,}", "say it shorter")
    strange = next((each for each in text if _is_strange(each, is_long=name in LONG)), None)
    if strange is not None:
        what = f"it holds the character U+{ord(strange):04X}, which is no text" if strange != "\n" else "it has several lines"
        return problem("IMP007", name, what, "text" if strange != "\n" else "one line", "take it out")
    if personal.masked(text) != text:
        kind = next((each for each in personal.KINDS if each in personal.masked(text)), "personal data")
        return problem("IMP008", name, f"it looks as if it held a {kind}", "no personal data: everybody may read the log",
                       "name a role, or leave it out")  # fmt: skip
    return None


def _is_strange(character: str, *, is_long: bool) -> bool:
    if character == "\n" or character == "\t":
        return not is_long
    return character in _TURNING or unicodedata.category(character) in _NO_TEXT


def problem(
    code: str, name: str, what: str, expected: str | None = None, next_step: str | None = None, *, nearest: str | None = None
) -> Problem:
    """Return a problem with what was typed into a field; the option of the command line is its place."""
    return Problem(code, what, Place(option_of(name)), expected, nearest, next_step)


def option_of(name: str) -> str:
    """
    Return the option of `improve add` that a field stands for.

    >>> option_of("judged_by"), option_of("is_daily"), option_of("because")
    ('--judged-by', '--daily', '--for')
    """
    words = {"is_daily": "daily", "because": "for"}
    return "--" + words.get(name, name).replace("_", "-")
