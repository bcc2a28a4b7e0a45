"""How good proposals are: for the kind, the time, the who and the numbers of each table right, unsure, or wrong and sure."""

from __future__ import annotations

from collections.abc import Iterator

from proposal.expected import EXPECTED, Expected
from proposal.tables_made import Made
from wholeservice.app.map_file import Found
from wholeservice.proposal.spelling import Line

RIGHT, UNSURE, WRONG = "right", "unsure", "wrong"
TIMES = ("from_at", "happened_at", "asked_at", "created_at", "deployed_at", "started_at", "from_on", "judged_at", "seen_at")
NUMBERS = ("value", "amount", "score", "size", "wait_s", "handling_s", "duration_s", "numerator", "denominator", "histogram",
           "scale_max", "scale_min")  # fmt: skip


def verdicts(table: Made, found: Found) -> dict[str, str]:
    """Return the verdict on each of the four."""
    return verdicts_of(table.kinds, EXPECTED[table.title], found)


def verdicts_of(kinds: tuple[str, ...], expected: Expected, found: Found) -> dict[str, str]:
    """Return the verdict on each of the four, for a table whose rows are one of these kinds."""
    if found.proposal is None or not found.proposal.is_whole:
        is_nothing = not kinds
        return dict.fromkeys(("kind", "time", "who", "numbers"), RIGHT if is_nothing else UNSURE)
    return {"kind": _kind(kinds, found), "time": _time(expected, found), "who": _who(expected, found),
            "numbers": _numbers(expected, found)}  # fmt: skip


def _kind(kinds: tuple[str, ...], found: Found) -> str:
    if not found.proposal.is_sure:
        return UNSURE
    return RIGHT if found.proposal.kind in kinds else WRONG


def _lines(found: Found, *keys: str) -> Iterator[Line]:
    yield from (line for entry in found.proposal.entries for line in entry.lines if line.key in keys and line.is_active)


def _reads(line: Line, column: str) -> bool:
    """Say whether a line reads a column, alone or as a piece."""
    column = column.replace("\\", "\\\\")  # as it is written between quotes
    texts = (f"{{{column}}}", f"column: {column},", f'column: "{column}"', f"column: {column} }}", f"items:{{{column}}}",
             f"column: one-{column}", f"{{{column}:", f'"{{one-{column}}}')  # fmt: skip
    return any(text in line.value for text in texts)


def _time(expected: Expected, found: Found) -> str:
    lines = list(_lines(found, *TIMES))
    if not lines:
        return RIGHT if not expected.times else UNSURE
    names = [name for each in expected.times for name in {each, *each.split()}]
    if any(_reads(line, each) for line in lines for each in names):
        return RIGHT if found.proposal.is_sure else UNSURE
    return _doubt(found, lines)


def _who(expected: Expected, found: Found) -> str:
    verdict = RIGHT if found.proposal.is_sure else UNSURE
    for ways in expected.fields:
        lines = list(_lines(found, *(field for field, _ in ways)))
        if not any(_reads(line, column) for line in lines for field, column in ways if line.key == field):
            verdict = _doubt(found, lines) if lines else UNSURE
        if verdict == WRONG:
            return WRONG
    for field in expected.open_fields:
        if any(line.is_sure for line in _lines(found, field)):
            return WRONG
    return verdict


def _numbers(expected: Expected, found: Found) -> str:
    """A number that is none must never be read as if it were sure, whatever is said of the kind."""
    lines = list(_lines(found, *NUMBERS))
    wanted = expected.numbers | expected.may
    read = [line for line in lines if "{" in line.value]
    if any(line.is_sure and not any(_reads(line, each) for each in wanted) for line in read):
        return WRONG
    is_there = all(any(_reads(line, each) for line in read) for each in expected.numbers)
    return RIGHT if is_there and found.proposal.is_sure else UNSURE


def _doubt(found: Found, lines: list[Line]) -> str:
    return UNSURE if not found.proposal.is_sure or not all(line.is_sure for line in lines) else WRONG
