"""Pseudonyms of people: HMAC-SHA256 over the name of the source and its own id, with a secret that only the workspace knows.

The same person in the same source always has the same alias; without the secret nobody can go from an alias to the id,
or try out ids until one fits. A reference to a person, `consumer:ID` or `account:ID`, becomes `consumer:ALIAS`; one that
names another source, `consumer@shop:ID`, becomes the alias that this source's own facts hold.

Source   RFC 2104; the first 128 bits of the code are kept, as RFC 2104 section 5 allows
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

PREFIX = "p_"
N_LETTERS = 22  # 22 letters of base64url hold 128 bits
_BLOCK = 64  # bytes, of SHA-256
_INNER, _OUTER = 0x36, 0x5C
_KEPT, _FILLING = 16, b"\0\0"  # bytes of a code; with two more, base64 turns them into whole letters
_N_WRITTEN = 24
_SEPARATOR = b"\0"  # no source has it in its name
_RECORD, _IDENTITY, _CHECK = "\0record", "\0identity", "\0check"  # no source has these names: their aliases never meet

_ALIAS = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{{N_LETTERS}}}")
_REF = r"^\s*((?i:consumer|account))(?:@([a-z][a-z0-9-]*))?:\s*(.*\S)\s*$"


def is_alias(text: str) -> bool:
    """Say whether a text has the form of an alias.

    >>> is_alias("p_" + "x" * 22), is_alias("guest-42")
    (True, False)
    """
    return _ALIAS.fullmatch(text) is not None


class Pseudonyms:
    """Makes the aliases of one workspace. The secret stays inside: it is neither printed nor compared."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, secret: bytes) -> None:
        key = (secret if len(secret) <= _BLOCK else hashlib.sha256(secret).digest()).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ _INNER for byte in key))
        self._outer = hashlib.sha256(bytes(byte ^ _OUTER for byte in key))

    @property
    def check(self) -> str:
        """A text that tells whether two workspaces have the same secret, and nothing of the secret itself."""
        return self.one(_CHECK, "")

    def one(self, source: str, foreign_id: str) -> str:
        """Return the alias of one id of a source.

        >>> mine = Pseudonyms(b"a secret of this workspace")
        >>> mine.one("shop", "guest-42")
        'p_0GX1ZPfklCJr27Ur8m70sg'
        >>> mine.one("desk", "guest-42") == mine.one("shop", "guest-42")
        False
        """
        return str(_written(self._codes(source, [foreign_id]))[0])

    def of(self, source: str, ids: pa.Array) -> pa.Array:
        """Return the alias of each id; missing stays missing. Each different id is hashed once.

        What was hashed is not remembered from batch to batch: to look up an id among a million takes longer than to hash it.
        """
        import pyarrow as pa

        coded = ids.cast(pa.string()).dictionary_encode()
        return _written(self._codes(source, coded.dictionary.to_pylist())).take(coded.indices)

    def record(self, record: str) -> str:
        """Return another name for what tells a record apart."""
        return self.one(_RECORD, record)

    def identities(self, values: pa.Array) -> pa.Array:
        """Return what tells things apart under names that nobody can read; the same in every source, so it still joins."""
        return self.of(_IDENTITY, values)

    def other_refs(self, refs: pa.Array) -> pa.Array:
        """Return references to anything, `contact:ID`, with their ids under names that nobody can read."""
        import pyarrow as pa

        split = [each.partition(":") if ":" in each else ("", "", each) for each in refs.to_pylist()]
        ids = self.identities(pa.array([each[2] for each in split], pa.string())).to_pylist()
        return pa.array([kind + mark + identity for (kind, mark, _), identity in zip(split, ids, strict=True)], pa.string())

    def salt(self) -> str:
        """Return a text to mix into names that are made of a row's content, so that nobody can try out contents."""
        return self.one(_CHECK, "salt")

    def refs(self, source: str, refs: pa.Array) -> pa.Array:
        """
        Return references with the ids of people as aliases; all other references stay.

        `consumer:42` -> `consumer:ALIAS`; `account@shop:42` -> `account:` and the alias that 42 has in the source `shop`.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        refs = refs.cast(pa.string())
        is_person = pc.fill_null(pc.match_substring_regex(refs, _REF), False)
        if not pc.any(is_person).as_py():
            return refs
        coded = refs.dictionary_encode()
        changed = [self._ref(source, each) for each in coded.dictionary.to_pylist()]
        return pa.array(changed, pa.string()).take(coded.indices)

    def _ref(self, source: str, ref: str) -> str:
        found = re.match(_REF, ref, re.DOTALL)
        return f"{found[1].lower()}:{self.one(found[2] or source, found[3])}" if found else ref

    def _codes(self, source: str, ids: Iterable[str]) -> list[bytes]:
        """Return the code of each id, the part of it that is kept."""
        inner = self._inner.copy()
        inner.update(source.encode() + _SEPARATOR)
        start, end = inner.copy, self._outer.copy
        codes = []
        for each in ids:
            first, second = start(), end()
            first.update(each.encode())
            second.update(first.digest())
            codes.append(second.digest()[:_KEPT])
        return codes


def _written(codes: list[bytes]) -> pa.Array:
    """Write each code as an alias, all at once."""
    import numpy as np
    import pyarrow as pa

    letters = np.frombuffer(base64.urlsafe_b64encode(_FILLING.join([*codes, b""])), np.uint8).reshape(len(codes), _N_WRITTEN)
    before = np.broadcast_to(np.frombuffer(PREFIX.encode(), np.uint8), (len(codes), len(PREFIX)))
    texts = np.concatenate([before, letters[:, :N_LETTERS]], axis=1)
    offsets = np.arange(len(codes) + 1, dtype=np.int32) * texts.shape[1]
    return pa.StringArray.from_buffers(len(codes), pa.py_buffer(offsets), pa.py_buffer(texts.tobytes()))
