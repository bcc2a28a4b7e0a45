"""Read plain XES at the speed of arrays: traces of events of attributes, spelled as every exporter spells them.

Whole blocks of bytes are cut at their quotes and brackets, without a step per element. This is sound only because an XML
parser has checked the block too, and because whatever is not exactly `<TYPE key="K" value="V"/>` inside `<event>` or
`<trace>` (nesting, comments, other quotes, a key twice) is left to the thorough reading: then None is returned.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wholeservice.sources.xes_block import Block

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_LEAVES = (b"string ", b"date ", b"int ", b"float ", b"boolean ", b"id ")
_TRACE, _EVENT, _END_EVENT, _END_TRACE = range(4)
_STRUCTURE = (b"trace>", b"event>", b"/event>", b"/trace>")
_MAY_FOLLOW = ((_EVENT, _END_TRACE), (_END_EVENT,), (_EVENT, _END_TRACE), (_TRACE,))
_KEY, _VALUE = b" key=", b" value="
_WORD = 8
_PADDING = bytes(2 * _WORD)
_NOT_AS_IT_STANDS = r"[&\t\n\r]"  # attribute values are normalised and may hold references
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def read_flat(block: bytes, first_line: int) -> Block | None:
    """
    Read a block of UTF-8 that starts with `<trace>` and ends with `</trace>`, if it is plain.

    Shape    None when anything in it needs the thorough reading. The block must be well-formed, which is checked elsewhere
    """
    import numpy as np

    if b"<!" in block or b"<?" in block or not _is_utf8(block):
        return None
    padded = np.frombuffer(block + _PADDING, np.uint8)
    tags = np.flatnonzero(padded == ord("<"))
    names = _words_at(padded, tags + 1)
    leaf_length, structure = _lengths(names, _LEAVES), _kinds(names, _STRUCTURE)
    is_leaf = leaf_length > 0
    if not np.all(is_leaf | (structure >= 0)):
        return None
    order = structure[~is_leaf]
    if not _is_nested(order):
        return None
    around = order[np.maximum(np.cumsum(~is_leaf) - 1, 0)][is_leaf]
    quotes = _quotes(padded, tags[is_leaf], leaf_length[is_leaf])
    if quotes is None or np.any(around == _END_TRACE):
        return None
    return _block(block, first_line, tags, structure, is_leaf=is_leaf, around=around, quotes=quotes)


def _block(
    block: bytes, first_line: int, tags: np.ndarray, structure: np.ndarray, *,
    is_leaf: np.ndarray, around: np.ndarray, quotes: np.ndarray,
) -> Block | None:  # fmt: skip
    import numpy as np

    is_trace, is_event = structure == _TRACE, structure == _EVENT
    trace_numbers = np.cumsum(is_trace) - 1
    n_traces, n_events = int(np.sum(is_trace)), int(np.sum(is_event))
    texts, keys = _texts(block, quotes), _Keys(block, quotes)
    in_event = around == _EVENT
    traces = _columns(texts, keys, ~in_event, trace_numbers[is_leaf], n_traces)
    events = _columns(texts, keys, in_event, np.cumsum(is_event)[is_leaf] - 1, n_events)
    if traces is None or events is None:
        return None
    line_ends = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
    trace_lines, event_lines = (np.searchsorted(line_ends, tags[each]) + first_line for each in (is_trace, is_event))
    return Block(traces, trace_lines, events, event_lines, trace_numbers[is_event])


def _is_utf8(block: bytes) -> bool:
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _words_at(data: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the eight bytes at each start as one number."""
    import numpy as np

    view: np.ndarray = np.ndarray((len(data) - _WORD + 1,), "<u8", data, strides=(1,))
    words: np.ndarray = view[starts]
    return words


def _is_word(words: np.ndarray, word: bytes) -> np.ndarray:
    import numpy as np

    mask = np.uint64((1 << (8 * len(word))) - 1)
    same: np.ndarray = (words & mask) == np.uint64(int.from_bytes(word, "little"))
    return same


def _lengths(words: np.ndarray, names: tuple[bytes, ...]) -> np.ndarray:
    """Return the length of the name that starts each word (with its last blank), 0 where none does."""
    import numpy as np

    found = np.zeros(len(words), np.int64)
    for name in names:
        found[_is_word(words, name)] = len(name)
    return found


def _kinds(words: np.ndarray, names: tuple[bytes, ...]) -> np.ndarray:
    """Return which of the names starts each word, -1 where none does."""
    import numpy as np

    found = np.full(len(words), -1, np.int64)
    for number, name in enumerate(names):
        found[_is_word(words, name)] = number
    return found


def _is_nested(order: np.ndarray) -> bool:
    """Say whether events stand in traces, and traces beside each other."""
    import numpy as np

    if not len(order) or order[0] != _TRACE or order[-1] != _END_TRACE:
        return False
    may_follow = np.array([[later in each for later in range(4)] for each in _MAY_FOLLOW])
    return bool(np.all(may_follow[order[:-1], order[1:]]))


def _quotes(padded: np.ndarray, leaves: np.ndarray, name_length: np.ndarray) -> np.ndarray | None:
    """Return the four quotes of each leaf, None when one is not exactly `<NAME key="K" value="V"/>`."""
    import numpy as np

    quotes = np.flatnonzero(padded == ord('"'))
    if len(quotes) != 4 * len(leaves):
        return None
    of_leaf = quotes.reshape(-1, 4)
    key, key_end, value, value_end = of_leaf.T
    is_plain = (key == leaves + name_length + len(_KEY)) & _is_word(_words_at(padded, key - len(_KEY)), _KEY)
    is_plain &= (value == key_end + len(_VALUE) + 1) & _is_word(_words_at(padded, key_end + 1), _VALUE)
    after = _words_at(padded, value_end + 1)
    is_plain &= _is_word(after, b"/>") | _is_word(after, b" />")
    return of_leaf if np.all(is_plain) else None


def _texts(block: bytes, quotes: np.ndarray) -> pa.StringArray:
    """Return the block cut at its quotes, without a copy: at 4i the key of leaf i, at 4i + 2 its value."""
    import numpy as np
    import pyarrow as pa

    cuts = quotes + np.array([1, 0, 1, 0])
    offsets = cuts.ravel().astype(np.int32)
    return pa.StringArray.from_buffers(max(len(offsets) - 1, 0), pa.py_buffer(offsets), pa.py_buffer(block))


class _Keys:
    """The distinct keys of a block, and which leaf has which."""

    def __init__(self, block: bytes, quotes: np.ndarray) -> None:
        import numpy as np

        encoded = _texts(block, quotes).take(_positions(np.arange(len(quotes)) * 4)).dictionary_encode()
        self.names = [normalised(name) for name in encoded.dictionary.to_pylist()]
        self.codes = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int64)


def _columns(
    texts: pa.StringArray, keys: _Keys, mine: np.ndarray, owners: np.ndarray, n_owners: int
) -> dict[str, pa.Array] | None:
    """Return one column per key over all owners; None when an owner has a key twice, or two keys are one when normalised."""
    import numpy as np

    leaves = np.flatnonzero(mine)
    by_key = leaves[np.argsort(keys.codes[leaves], kind="stable")]
    counts = np.bincount(keys.codes[leaves], minlength=len(keys.names))
    columns: dict[str, pa.Array] = {}
    for name, some in zip(keys.names, np.split(by_key, np.cumsum(counts)[:-1]), strict=True):
        if not len(some):
            continue
        owned = owners[some]
        if name in columns or np.any(owned[1:] == owned[:-1]):
            return None
        columns[name] = _values(texts, some, owned, n_owners)
    return columns


def _values(texts: pa.StringArray, leaves: np.ndarray, owned: np.ndarray, n_owners: int) -> pa.Array:
    import numpy as np
    import pyarrow.compute as pc

    at = np.full(n_owners, -1, np.int64)
    at[owned] = leaves * 4 + 2
    values = texts.take(_positions(at))
    if pc.any(pc.match_substring_regex(values, _NOT_AS_IT_STANDS)).as_py():
        return _all_normalised(values)
    return values


def _positions(at: np.ndarray) -> pa.Array:
    import pyarrow as pa

    return pa.array(at, mask=at < 0)


def _all_normalised(values: pa.Array) -> pa.Array:
    import pyarrow as pa

    return pa.array([None if value is None else normalised(value) for value in values.to_pylist()], pa.string())


def normalised(value: str) -> str:
    """Return an attribute's value as XML means it: white space is blank, references are what they refer to.

    >>> normalised("a&amp;b &#233;\\tc")
    'a&b é c'
    """
    plain = re.sub(r"\r\n|[\t\n\r]", " ", value)
    return _REFERENCE.sub(_referred, plain)


def _referred(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    return _NAMED[name] if name else chr(int(hexadecimal, 16) if hexadecimal else int(decimal))
