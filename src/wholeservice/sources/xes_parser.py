"""From the bytes of a XES file to blocks of whole traces: every byte is checked by an XML parser, most are read as arrays.

Only the parser decides whether this is XML. It refuses any document type declaration, so no entity can be declared and
nothing outside the file is ever read. A block that is plain is read by `xes_flat`, and the parser merely checks it; any
other one is read by `xes_tree`, which listens to the parser. Nothing is kept but the block at hand.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wholeservice.errors import InputError, Place, Problem
from wholeservice.sources.files import File, empty, looks_like, not_as_named, too_large, truncated
from wholeservice.sources.xes_block import Block
from wholeservice.sources.xes_flat import read_flat
from wholeservice.sources.xes_tree import Log, Tree

if TYPE_CHECKING:
    from xml.parsers.expat import ExpatError

BLOCK = 4 * 2**20  # bytes read at a time
MAX_TOKEN = 16 * 2**20  # bytes of one tag, which holds one value
MAX_TRACE = 512 * 2**20  # bytes of one trace
MAX_KEYS = 10_000  # different attributes of the events, or of the traces, of one block
_TRACE, _END_TRACE = b"<trace>", b"</trace>"
_PLAIN_ENCODINGS = ("utf-8", "us-ascii", "ascii")
_CUT_OFF = ("no element found", "unclosed token", "partial character", "unclosed CDATA section")


@dataclass(slots=True)
class Parser:
    """One file while it is read. `tree.log` holds what the log says of itself, once a block has come."""

    file: File
    tree: Tree = field(init=False)
    _expat: Any = field(init=False)
    _is_plain_encoding: bool = True
    _n_bytes: int = 0
    _n_lines: int = 0
    _is_flat: bool = False
    _is_in_cdata: bool = False

    def __post_init__(self) -> None:
        from xml.parsers import expat

        self._expat = expat.ParserCreate()
        self._expat.buffer_text = True
        self._expat.XmlDeclHandler = self._declared
        self._expat.StartDoctypeDeclHandler = self._refuse_doctype
        self._expat.StartCdataSectionHandler = lambda: setattr(self, "_is_in_cdata", True)
        self._expat.EndCdataSectionHandler = lambda: setattr(self, "_is_in_cdata", False)
        if hasattr(self._expat, "SetReparseDeferralEnabled"):
            self._expat.SetReparseDeferralEnabled(False)  # what was fed must be told before the next block
        self.tree = Tree(self.file, self._expat)
        self.tree.listen(is_on=True)

    @property
    def log(self) -> Log:
        return self.tree.log

    def blocks(self, stream: io.BufferedReader) -> Iterator[Block]:
        """Yield the traces of the file in blocks. Raises InputError where it cannot be read any further."""
        if (found := looks_like(stream.peek(512)[:512])) is not None:
            raise InputError(not_as_named(self.file, f"the content is {found}, not XES"))
        rest = b""
        while chunk := stream.read(BLOCK):
            rest += chunk
            cut = rest.rfind(_END_TRACE) + len(_END_TRACE)
            if cut >= len(_END_TRACE):
                yield from self._whole(rest[:cut])
                rest = rest[cut:]
            elif len(rest) > MAX_TOKEN:
                yield from self._thorough(rest)
                rest = b""
        yield from self._thorough(rest)
        self._feed(b"", is_last=True)

    def _whole(self, block: bytes) -> Iterator[Block]:
        """Read bytes that end with `</trace>`: what comes before the first trace thoroughly, the rest flat if it is plain."""
        if not self._is_flat:
            start = max(block.find(_TRACE), 0)
            yield from self._thorough(block[:start])
            block = block[start:]
        flat = None
        if self._is_between_traces():
            flat = read_flat(block, self._n_lines + 1)
        if flat is None:
            yield from self._thorough(block)
        else:
            self._hush(is_on=True)
            self._feed(block)
            yield self._bounded(flat)

    def _is_between_traces(self) -> bool:
        """Say whether the parser stands in the log and in nothing else, so that what looks like a trace is one."""
        is_at_end = self._expat.CurrentByteIndex == self._n_bytes  # else it waits for the end of a comment, or of a tag
        return self.tree.depth == 1 and is_at_end and not self._is_in_cdata and self._is_plain_encoding

    def _thorough(self, some: bytes) -> Iterator[Block]:
        self._hush(is_on=False)
        for first in range(0, len(some), BLOCK):
            self._feed(some[first : first + BLOCK])
            if (block := self.tree.take()) is not None:
                yield self._bounded(block)

    def _hush(self, *, is_on: bool) -> None:
        if self._is_flat != is_on:
            self.tree.listen(is_on=not is_on)
            self._is_flat = is_on

    def _feed(self, some: bytes, *, is_last: bool = False) -> None:
        from xml.parsers import expat

        try:
            self._expat.Parse(some, is_last)
        except expat.ExpatError as error:
            raise InputError(self._not_xml(error, expat.ErrorString(error.code), is_last=is_last)) from None
        except (ValueError, LookupError) as error:  # an encoding that Python does not know, or cannot use here
            raise InputError(not_as_named(self.file, f"it cannot be read as text: {error}")) from None
        self._n_bytes += len(some)
        self._n_lines += some.count(b"\n")
        self._check_sizes()

    def _check_sizes(self) -> None:
        done = self._expat.CurrentByteIndex
        if self._n_bytes - done > MAX_TOKEN and not self._is_flat:
            raise InputError(too_large(self.file, f"one tag is longer than {MAX_TOKEN:,} bytes", self._n_lines + 1))
        if self.tree.trace_at is not None and done - self.tree.trace_at > MAX_TRACE:
            raise InputError(too_large(self.file, f"one trace is longer than {MAX_TRACE:,} bytes", self._n_lines + 1))

    def _bounded(self, block: Block) -> Block:
        if max(len(block.events), len(block.traces)) > MAX_KEYS:
            raise InputError(too_large(self.file, f"its events have more than {MAX_KEYS:,} different attributes"))
        return block

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        self._is_plain_encoding = (encoding or "utf-8").lower() in _PLAIN_ENCODINGS

    def _refuse_doctype(self, *said: object) -> None:
        raise InputError(Problem("SRC160", "it has a document type declaration (DOCTYPE)",
                                 Place(self.file.name, self._expat.CurrentLineNumber), "XES, which has none",
                                 next_step="take the DOCTYPE out, if you trust the file"))  # fmt: skip

    def _not_xml(self, error: ExpatError, why: str, *, is_last: bool) -> Problem:
        if is_last and not self._n_bytes:
            return empty(self.file)
        if is_last and why in _CUT_OFF:
            return truncated(
                self.file, f"{why}, within {self.tree.depth} open elements" if self.tree.depth else why, error.lineno
            )
        place = Place(self.file.name, error.lineno, error.offset + 1)
        return Problem("SRC161", f"this is not XML: {why}", place, "well-formed XML",
                       next_step="mend the file here, or export it again")  # fmt: skip
