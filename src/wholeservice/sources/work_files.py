"""
JSON as trackers give it, however it was saved: a list, a page that holds one, pages one after the other (as
`gh api --paginate` writes them), a list of pages, or one object a line.

Where a record cannot be read it comes as a problem with its place and **without its text**, which names people.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from wholeservice.errors import InputError, Place, Problem
from wholeservice.sources.base import LINE, ROW
from wholeservice.sources.cloudevents_read import LINES, found_in
from wholeservice.sources.exports_read import Record
from wholeservice.sources.files import File, looks_like, not_as_named, too_large, truncated, whole

_END = object()
_DECODER = json.JSONDecoder()


def records_in(file: File, inside: tuple[str, ...]) -> Iterator[Record | Problem]:
    """
    Yield the objects of a file, in order. Raises InputError for a file that cannot be read at all.

    *inside*   names under which a page holds its list, such as `issues`
    """
    if file.bare_suffix in LINES:
        for found in found_in(file):
            place = Place(file.name, found.number)
            if isinstance(found.value, Problem):
                wrong = found.value
                yield Problem(wrong.code, wrong.what, place, wrong.expected, next_step="export it again")
            else:
                yield from (_record(each, file, found.number, LINE) for each in _flat(found.value, inside))
    else:
        values = (each for document in _documents(file) for each in _flat(document, inside))
        yield from (_record(each, file, number, ROW) for number, each in enumerate(values, 1))


def _record(value: Any, file: File, number: int, counts_in: str) -> Record | Problem:
    if isinstance(value, dict):
        return Record(value, file.name, number, counts_in)
    what, place = f"this is no object but {type(value).__name__}", Place(file.name, number)
    return Problem("SRC230", what, place, "one record of the export",
                   next_step="see whether this is the right file")  # fmt: skip


def _flat(value: Any, inside: tuple[str, ...]) -> Iterator[Any]:
    """Yield what stands in lists of any depth, and in the lists that pages hold.

    >>> list(_flat([[{"n": 1}], {"total_count": 1, "issues": [{"n": 2}]}], ("issues",)))
    [{'n': 1}, {'n': 2}]
    """
    waiting: list[Iterator[Any]] = [iter([value])]
    while waiting:
        each = next(waiting[-1], _END)
        if each is _END:
            waiting.pop()
        elif isinstance(each, list):
            waiting.append(iter(each))
        elif isinstance(each, dict) and (page := _page(each, inside)) is not None:
            waiting.append(iter(page))
        else:
            yield each


def _page(value: dict[str, Any], inside: tuple[str, ...]) -> list[Any] | None:
    return next((value[name] for name in inside if isinstance(value.get(name), list)), None)


def _documents(file: File) -> Iterator[Any]:
    """Yield the JSON documents of a file, which may stand one after the other."""
    content = whole(file)
    if (strange := looks_like(content[:512])) is not None:
        raise InputError(not_as_named(file, f"the content is {strange}, not JSON"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(Problem("SRC123", f"byte {error.start:,} is not UTF-8 text", Place(file.name), "JSON in UTF-8",
                                 next_step="save it as UTF-8")) from None  # fmt: skip
    at = _after_blanks(text, 0)
    while at < len(text):
        try:
            value, at = _DECODER.raw_decode(text, at)
        except RecursionError:
            raise InputError(too_large(file, "it nests too deep")) from None
        except json.JSONDecodeError as error:
            raise InputError(_broken(file, text, error)) from None
        except ValueError:
            raise InputError(not_as_named(file, "a number in the JSON has more digits than can be read")) from None
        yield value
        at = _after_blanks(text, at)


def _after_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _broken(file: File, text: str, error: json.JSONDecodeError) -> Problem:
    if not text[error.pos :].strip() or error.msg.startswith("Unterminated string"):
        return truncated(file, "the JSON is not closed", error.lineno)
    return Problem("SRC122", f"this is not JSON: {error.msg}", Place(file.name, error.lineno, error.colno), "JSON",
                   next_step="export it again, or give it its right name")  # fmt: skip
