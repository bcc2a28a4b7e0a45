"""Parts of a text: a piece between separators, what a pattern matches, and what lies inside JSON in a cell."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from wholeservice.errors import InputError, Problem
from wholeservice.mapping.base import KEEP, MISSING, Piece
from wholeservice.mapping.read import Read, Why, null_where

if TYPE_CHECKING:
    import pyarrow as pa

CODE = "SRC148"
MAX_PATTERN = 500  # characters of a pattern
MAX_DEPTH = 50  # levels of a path into JSON
MAX_VALUES = 10_000  # values of one list in a cell
_NOT_RE2 = re.compile(r"\(\?(?:[=!]|<[=!]|P=|>|\()|\\[1-9]|[*+?}]\+")
_REFUSED = object()


def pattern_mistake(pattern: str, max_groups: int | None = None) -> str | None:
    """Say what is wrong with a pattern, None when nothing is. Patterns never look around or back, so that none can hang.

    >>> pattern_mistake("[a-z]+"), pattern_mistake("("), pattern_mistake("a(?=b)"), pattern_mistake("(a)(b)", 1)
    (None, 'missing ), unterminated subpattern', 'it looks around or back', 'it has 2 brackets that capture')
    """
    if len(pattern) > MAX_PATTERN:
        return f"it is longer than {MAX_PATTERN} characters"
    try:
        n_groups = re.compile(pattern).groups
    except (re.error, RecursionError, OverflowError) as error:
        return str(getattr(error, "msg", error))
    if _NOT_RE2.search(pattern):
        return "it looks around or back"
    return f"it has {n_groups} brackets that capture" if max_groups is not None and n_groups > max_groups else None


def matches(texts: pa.Array, pattern: str) -> pa.Array:
    """Return which texts a pattern matches somewhere. Raises InputError for a pattern that RE2 does not know."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    except pa.ArrowInvalid as error:
        raise InputError(Problem("SRC113", f"the pattern '{pattern}' is not understood: {error}", expected="a pattern of RE2",
                                 next_step="write it without looking around or back")) from None  # fmt: skip


def pick(texts: pa.Array, piece: Piece, otherwise: str) -> Read:
    """Return the part of each text that *piece* says; a text without it is refused, kept or missing, as *otherwise* says."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = _taken(texts, piece) if piece.split is not None else texts
    found = _extracted(found, piece.extract) if piece.extract is not None else found
    lacks = pc.and_(pc.is_valid(texts), pc.is_null(found))
    if otherwise == KEEP:
        return Read(pc.coalesce(found, texts), pa.nulls(len(texts), pa.bool_()).fill_null(False))
    refused = lacks if otherwise != MISSING else pc.and_(lacks, False)
    is_short = f"has no piece {piece.take} between '{piece.split}'"
    why = is_short if piece.extract is None else f"does not match '{piece.extract}'"
    return Read(found, refused, (Why(refused, why, "a text that has that part", CODE),))


def _taken(texts: pa.Array, piece: Piece) -> pa.Array:
    """Return one piece of each text, without outer blanks; null where there is none, blank where it is blank."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lists, at = pc.split_pattern(texts, piece.split), piece.take or 1
    index = at - 1 if at > 0 else pc.add(pc.list_value_length(lists).cast(pa.int64()), at)
    lengths = pc.fill_null(pc.list_value_length(lists), 0).cast(pa.int64())
    offsets = lists.offsets.cast(pa.int64())[:-1]
    exists = pc.and_(pc.greater_equal(index, 0), pc.less(index, lengths))
    place = pc.if_else(pc.fill_null(exists, False), pc.add(offsets, index), pa.scalar(None, pa.int64()))
    return pc.utf8_trim_whitespace(lists.values.take(place))


def _extracted(texts: pa.Array, pattern: str) -> pa.Array:
    """Return what the bracket of the pattern matches first, or the whole pattern; null where it does not match."""
    import pyarrow.compute as pc

    bracket = pattern if re.compile(pattern).groups else f"({pattern})"
    is_match = matches(texts, pattern)
    part = pc.replace_substring_regex(texts, rf"(?s)^.*?(?:{bracket}).*$", r"\1")
    return null_where(pc.invert(is_match), part)


# JSON ------------------------------------------------------------------------------------------------------------------


def inside(cells: pa.Array, path: str) -> Read:
    """
    Return what lies at a path in the JSON of each cell, as text: `application`, `owner.name`, `lines.1.sku`.

    A key that is not there is missing. A cell that is no JSON is refused, and so is a list where the path goes by name.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    encoded = cells.dictionary_encode()
    found = [_found(text, path) for text in encoded.dictionary.to_pylist()]
    texts = pa.array([None if each is _REFUSED else each for each in found], pa.string())
    refused = pa.array([each is _REFUSED for each in found], pa.bool_())
    if not len(found):
        return Read(pa.nulls(len(cells), pa.string()), pc.is_valid(pa.nulls(len(cells))))
    lost = pc.fill_null(refused.take(encoded.indices), False)
    why = Why(lost, f"is no JSON in which '{path}' can be", "a JSON object; of a list, each-of: takes the values", CODE)
    return Read(texts.take(encoded.indices), lost, (why,))


def values_of(text: str | None) -> list[str | None] | None:
    """Return the values of a JSON list as texts; None when the text is no list of at most MAX_VALUES.

    >>> values_of('["a", 1, {"b": 2}]'), values_of('{"a": 1}'), values_of("a; b")
    (['a', '1', '{"b": 2}'], None, None)
    """
    found = _parsed(text)
    return [_text(each) for each in found] if isinstance(found, list) and len(found) <= MAX_VALUES else None


def _found(text: str | None, path: str) -> Any:
    value = _parsed(text)
    if text is None or value is _REFUSED or not isinstance(value, dict | list):
        return None if text is None else _REFUSED
    steps = path.split(".")
    value = _REFUSED if len(steps) > MAX_DEPTH else _walked(value, steps)
    return _REFUSED if value is _REFUSED else _text(value)


def _parsed(text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return _REFUSED


def _walked(value: Any, steps: list[str]) -> Any:
    """Follow a path: in an object by name (a name may hold points: the longest that is there), in a list by position from 1."""
    while steps:
        if isinstance(value, list):
            if not steps[0].isdecimal():
                return _REFUSED
            value, steps = (value[int(steps[0]) - 1] if 0 < int(steps[0]) <= len(value) else None), steps[1:]
            continue
        if not isinstance(value, dict):
            return None
        n = next((n for n in range(len(steps), 0, -1) if ".".join(steps[:n]) in value), 0)
        if not n:
            return None
        value, steps = value[".".join(steps[:n])], steps[n:]
    return value


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)
