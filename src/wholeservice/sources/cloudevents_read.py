"""Events as they stand in files: JSON, JSON lines or captured messages; each checked, and opened into flat columns."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from wholeservice.errors import InputError, Place, Problem
from wholeservice.sources.base import LINE, ROW
from wholeservice.sources.files import File, empty, looks_like, not_as_named, opened, start, too_large, truncated, whole

MAX_LINE = 16 * 2**20
MAX_DEPTH, MAX_FIELDS, MAX_RAW = 50, 2000, 2000
REQUIRED = ("specversion", "id", "source", "type")
LINES = (".jsonl", ".ndjson")
BODIES = ("data", "body", "value", "payload")


@dataclass(frozen=True, slots=True)
class Found:
    """One value where an event should be: its line, or its number in a document; or why it could not be read."""

    value: Any
    number: int
    counts_in: str = LINE
    raw: str | None = None


def found_in(file: File, *, as_lines: bool = False) -> Iterator[Found]:
    """Yield what stands in a file, one by one; *as_lines*: one a line, whatever the file is called.

    Raises InputError for a file that cannot be read at all.
    """
    if (strange := looks_like(start(file))) is not None:
        raise InputError(not_as_named(file, f"the content is {strange}, not JSON"))
    if as_lines or file.bare_suffix in LINES:
        yield from _lines(file)
    else:
        document = _document(file)
        events = document if isinstance(document, list) else [document]
        yield from (Found(each, number, ROW) for number, each in enumerate(events, 1))


def flat(found: Found, file: File) -> dict[str, Any] | Problem:
    """Return an event as one flat row, or why it is none."""
    place = Place(file.name, found.number, text=found.raw)
    if isinstance(found.value, Problem):
        return Problem(found.value.code, found.value.what, place, found.value.expected, next_step=found.value.next_step)
    event = _from_headers(found.value) if isinstance(found.value, dict) and "headers" in found.value else found.value
    wrong = _wrong(event)
    if wrong is not None:
        what = wrong[1].encode("utf-8", "replace").decode()  # it may quote half a character
        return Problem(wrong[0], what, place, wrong[2], next_step="see the program that writes these events")
    try:
        return _opened(_with_data(event))
    except UnicodeEncodeError:
        return Problem("SRC211", "a text in the event is half a character", place, "Unicode text",
                       next_step="see the program that writes these events")  # fmt: skip
    except (OverflowError, RecursionError):
        return Problem("SRC217", "the event nests too deep, or has too many fields", place,
                       f"at most {MAX_DEPTH} levels and {MAX_FIELDS:,} fields",
                       next_step="leave out of its data what is not used")  # fmt: skip
    except (ValueError, TypeError):
        return Problem("SRC214", "data_base64 cannot be read, or data stands beside it", place, "one of data and data_base64",
                       next_step="see the program that writes these events")  # fmt: skip


def _lines(file: File) -> Iterator[Found]:
    is_empty = True
    with opened(file) as stream:
        number = 0
        while line := stream.readline(MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                raise InputError(too_large(file, f"the line is longer than {MAX_LINE:,} bytes", number))
            if line.strip():
                is_empty = False
                raw = line.decode("utf-8", "replace").strip()[:MAX_RAW]
                parsed = _parsed(line)
                events = parsed if isinstance(parsed, list) else [parsed]
                yield from (Found(each, number, LINE, raw) for each in events)
    if is_empty:
        raise InputError(empty(file))


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8-sig"))
    except RecursionError:
        return Problem("SRC217", "the line nests too deep", expected=f"at most {MAX_DEPTH} levels",
                       next_step="leave out of its data what is not used")  # fmt: skip
    except ValueError as error:
        return Problem("SRC156", f"the line is not JSON: {str(error)[:200]}", expected="a JSON object",
                       next_step="see the program that writes these events")  # fmt: skip


def _document(file: File) -> Any:
    content = whole(file)
    try:
        return json.loads(content.decode("utf-8-sig"))
    except RecursionError:
        raise InputError(too_large(file, "it nests too deep")) from None
    except json.JSONDecodeError as error:
        if not error.doc[error.pos :].strip():
            raise InputError(truncated(file, "a bracket is not closed", error.lineno)) from None
        hint = " (one event a line? then call it .jsonl)" if error.msg == "Extra data" else ""
        raise InputError(Problem("SRC122", f"this is not JSON: {error.msg}{hint}", Place(file.name, error.lineno, error.colno),
                                 "one event, or a list of them", next_step="mend it, or give it its right name")
                         ) from None  # fmt: skip
    except ValueError as error:
        raise InputError(Problem("SRC123", f"this cannot be read: {str(error)[:200]}", Place(file.name), "JSON in UTF-8",
                                 next_step="save it as UTF-8")) from None  # fmt: skip


def _wrong(event: Any) -> tuple[str, str, str] | None:
    """Return (code, what, expected) of what makes a value no event of version 1."""
    if not isinstance(event, dict):
        return "SRC211", f"this is no object but {type(event).__name__}", "an object with " + ", ".join(REQUIRED)
    lacking = [name for name in REQUIRED if not isinstance(event.get(name), str) or not event[name].strip()]
    if lacking:
        return "SRC211", f"the event lacks {', '.join(lacking)}", "a text in each of " + ", ".join(REQUIRED)
    if not event["specversion"].startswith("1."):
        return "SRC212", f"the event follows version {event['specversion'][:20]} of CloudEvents", "specversion 1.0"
    return None


def _from_headers(message: Mapping[str, Any]) -> Any:
    """Return the event of a captured message in binary mode: attributes in ce- headers (ce_ in Kafka), data in the body."""
    given = message["headers"]
    pairs = given.items() if isinstance(given, dict) else _pairs(given) if isinstance(given, list) else ()
    headers = {str(name).lower(): each[0] if isinstance(each, list) and each else each for name, each in pairs}
    event: dict[str, Any] = {}
    for name, value in headers.items():
        if name.startswith("ce-"):
            event[name[3:]] = unquote(value) if isinstance(value, str) else value
        elif name.startswith("ce_"):
            event[name[3:]] = value
    if not event:
        return message
    kind = str(headers.get("content-type") or "")
    body = next((message[name] for name in BODIES if message.get(name) is not None), None)
    if isinstance(body, str) and "json" in kind:
        with contextlib.suppress(ValueError, RecursionError):  # a body that says json and is not is still its text
            body = json.loads(body)
    return {**event, **({"datacontenttype": kind} if kind else {}), **({"data": body} if body is not None else {})}


def _pairs(given: list[Any]) -> Iterator[tuple[Any, Any]]:
    for each in given:
        if isinstance(each, dict):
            yield each.get("key") or each.get("name"), each.get("value")
        elif isinstance(each, list) and len(each) == 2:
            yield each[0], each[1]


def _with_data(event: dict[str, Any]) -> dict[str, Any]:
    """Decode data_base64: JSON and text become data; other bytes stay as they are."""
    if event.get("data_base64") is None:
        return event
    if event.get("data") is not None:
        raise ValueError("data and data_base64")
    content = base64.b64decode(event["data_base64"], validate=True)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return event
    kind = str(event.get("datacontenttype") or "")
    data = _parsed(content) if "json" in kind else text
    plain = {name: each for name, each in event.items() if name != "data_base64"}
    return {**plain, "data": text if isinstance(data, Problem) else data}


def _opened(event: dict[str, Any]) -> dict[str, Any]:
    """Open objects inside into `a.b`; a list is its JSON text. Raises OverflowError beyond the bounds."""
    row: dict[str, Any] = {}
    waiting: list[tuple[str, Any, int]] = [(str(name), each, 1) for name, each in event.items()]
    while waiting:
        name, value, depth = waiting.pop()
        if depth > MAX_DEPTH or len(row) + len(waiting) > MAX_FIELDS:
            raise OverflowError
        if isinstance(value, dict) and value:
            waiting += [(f"{name}.{key}", each, depth + 1) for key, each in value.items()]
            continue
        if isinstance(value, list | dict):
            value = json.dumps(value, ensure_ascii=False)
        for text in (name, value):
            if isinstance(text, str) and not text.isascii():
                text.encode()  # raises for half a character, which no table can hold
        row[name] = value
    return row
