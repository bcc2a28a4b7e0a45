"""A power failure, played: from what a process did to its disk, what may stand there when the plug is pulled at any point.

A file's content is on the disk when the file was synced, a name when the folder that it stands in was. Nothing else is
promised, so each of these is tried:

    strict    only what was promised
    named     all names, and no content but what was promised: the rename came to the disk and the data did not
    torn      the same, but where content is missing there is something that nobody wrote
    mixed     of each name and each file by lot one or the other
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

STRICT, NAMED, TORN, MIXED = "strict", "named", "torn", "mixed"
GARBAGE = b"\0" * 100


@dataclass(eq=False)
class _File:
    safe: bytes = b""
    is_open: bool = False  # whether there was more than what is safe


@dataclass(eq=False)
class _Folder:
    live: dict[str, _File | _Folder] = field(default_factory=dict)
    safe: dict[str, _File | _Folder] = field(default_factory=dict)


class Disk:
    """A folder as it stood before, all of it safe, and what a trace says that was done to it."""

    def __init__(self, folder: Path, before: Path) -> None:
        self._root = str(folder)
        self._top = _read(before)

    def do(self, line: str) -> bool:
        """Do what a line of a trace says; return whether it could make a difference after a power failure."""
        what, one, two, content = line.rstrip("\n").split("\t")
        folder, name = self._at(one)
        if what == "create":
            folder.live[name] = _File()
        elif what == "mkdir":
            folder.live.setdefault(name, _Folder())
        elif what in ("write", "truncate"):
            self._opened(folder.live[name])
        elif what == "fsync":
            self._sync(folder.live[name] if name else folder, Path(content) if content else None)
        elif what in ("rename", "exchange", "link"):
            self._rename(what, (folder, name), self._at(two))
        elif what == "unlink":
            del folder.live[name]
        return what not in ("write", "open", "failed")

    def after(self, kind: str, target: Path, seed: int) -> None:
        """Write what stands on the disk after a power failure now."""
        draw = random.Random(seed)
        _write(self._top, target, lambda: {STRICT: False, MIXED: draw.random() < 0.5}.get(kind, True), kind)

    def _opened(self, file: _File | _Folder) -> None:
        if isinstance(file, _File):
            file.is_open = True

    def _sync(self, node: _File | _Folder, content: Path | None) -> None:
        if isinstance(node, _Folder):
            node.safe = dict(node.live)
        elif content is not None:
            node.safe, node.is_open = content.read_bytes(), False

    def _rename(self, what: str, old: tuple[_Folder, str], new: tuple[_Folder, str]) -> None:
        node, there = old[0].live[old[1]], new[0].live.get(new[1])
        if what == "rename":
            del old[0].live[old[1]]
        if what == "exchange" and there is not None:
            old[0].live[old[1]] = there
        new[0].live[new[1]] = node

    def _at(self, path: str) -> tuple[_Folder, str]:
        """Return the folder and the name in it; the top folder has no name."""
        *above, name = Path(path).relative_to(self._root).parts or ("",)
        folder = self._top
        for part in above:
            inner = folder.live.setdefault(part, _Folder())  # one thread may note a file before another notes its folder
            assert isinstance(inner, _Folder)
            folder = inner
        return folder, name


def lines_of(trace: Path) -> Iterator[str]:
    """Yield the lines of a trace, each with the file that holds the content that was synced."""
    for line in trace.read_text().splitlines():
        what, one, two, number = line.split("\t")
        yield "\t".join((what, one, two, f"{trace}.{number}" if number != "-1" else ""))


def _read(path: Path) -> _Folder:
    nodes = {each.name: _read(each) if each.is_dir() else _File(each.read_bytes()) for each in path.iterdir()}
    return _Folder(dict(nodes), dict(nodes))


def _write(folder: _Folder, target: Path, draw: Callable[[], bool], kind: str) -> None:
    target.mkdir(exist_ok=True)
    for name in sorted({*folder.live, *folder.safe}):
        node = (folder.live if draw() else folder.safe).get(name)
        if isinstance(node, _Folder):
            _write(node, target / name, draw, kind)
        elif node is not None:
            is_torn = node.is_open and (kind == TORN or (kind == MIXED and draw()))
            (target / name).write_bytes(GARBAGE if is_torn else node.safe)
