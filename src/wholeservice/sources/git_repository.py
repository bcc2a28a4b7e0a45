"""
A repository, read through the `git` that is installed: only what is in it, never what its configuration would run.

No shell, no network, no hooks, no pager, no configuration of the user or the machine; texts come separated by NUL.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from wholeservice.errors import InputError, OutsideError, Place, Problem
from wholeservice.sources.base import ROW, Context
from wholeservice.sources.git_options import GitOptions
from wholeservice.sources.git_reading import MAX_COMMITS, Reading

TIMEOUT_S = 900.0
MAX_FIELD = 2**20  # bytes of one field that are looked at; the rest of it is left out
_CHUNK = 2**16
_CONFIG = (
    "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.sshCommand=false", "core.alternateRefsCommand=false",
    "protocol.allow=never", "log.showSignature=false", "gc.auto=0", "maintenance.auto=false",
)  # fmt: skip
_ENVIRONMENT = {
    "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_ATTR_NOSYSTEM": "1",
    "GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat",
}  # fmt: skip
_COMMIT = "%x00".join(("%H", "%P", "%aI", "%cI", "%ae", "%ce", "%s"))
_N_COMMIT = 7
_TAG = "%00".join(("%(refname:strip=2)", "%(objecttype)", "%(objectname)", "%(creatordate:iso-strict)"))


def read_repository(options: GitOptions, context: Context) -> Reading:
    """Read every commit of the branches and tags, and the tags. Raises InputError or OutsideError when git cannot."""
    git = _Git(options, context)
    reading = Reading(git.name, f"{git.name}#tags", ROW)
    reading.is_shallow = git.text("rev-parse", "--is-shallow-repository").strip() == "true"
    reading.tip = git.tip(options)
    wanted = (reading.tip, "--branches", "--remotes", "--tags", "--")
    fields = git.fields(
        "log", "-z", "--reverse", "--topo-order", "--no-patch", "--no-color", "--no-notes", "--no-decorate", "--no-mailmap",
        "--no-show-signature", "--encoding=UTF-8", f"--format=tformat:{_COMMIT}", *wanted,
    )  # fmt: skip
    for number, cells in enumerate(_rows(fields, _N_COMMIT), start=1):
        if number > MAX_COMMITS:
            raise InputError(Problem("SRC125", f"it has more than {MAX_COMMITS:,} commits", git.place, "a smaller history"))
        reading.add_commit(cells, number)
    _add_tags(git, reading)
    return reading


def _add_tags(git: _Git, reading: Reading) -> None:
    """Add the tags; what a tag of a tag finally names comes from a list of its own."""
    finally_: dict[str, str] = {}
    for line in git.text("show-ref", "--tags", "--dereference", may_fail=True).splitlines():
        sha, _, ref = line.partition(" ")
        finally_[ref.removeprefix("refs/tags/").removesuffix("^{}")] = sha
    for number, line in enumerate(git.text("for-each-ref", f"--format={_TAG}", "refs/tags").splitlines(), start=1):
        name, type_, sha, created = line.split("\0")
        reading.add_tag((name, type_, finally_.get(name, sha), created), number)


class _Git:
    """The git program at one repository."""

    def __init__(self, options: GitOptions, context: Context) -> None:
        folder = (context.folder / Path(options.repository or ".").expanduser()).resolve()
        self.name = Path(os.path.relpath(folder, context.folder.resolve())).as_posix()
        self.place = Place(self.name)
        self.folder = folder
        program = shutil.which("git")
        if program is None:
            raise OutsideError(Problem("SRC180", "git is not installed, or not on the PATH", self.place, "the program git",
                                       next_step="install git, or read an export with commits:"))  # fmt: skip
        if not folder.is_dir():
            raise InputError(Problem("SRC181", f"there is no folder {options.repository}", options.place, "a git repository",
                                     next_step="correct repository:"))  # fmt: skip
        trusted = (f"safe.directory={folder}",) if options.is_trusted else ()
        config = [part for each in (*_CONFIG, *trusted) for part in ("-c", each)]
        self.start = [program, "--no-pager", "--no-replace-objects", *config, "-C", str(folder)]
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        self.environment = {**kept, **_ENVIRONMENT, "GIT_CEILING_DIRECTORIES": str(folder.parent)}

    def tip(self, options: GitOptions) -> str:
        """Return the commit at the end of the main line. Raises InputError when there is none."""
        names = [f"refs/{kind}/{options.branch}" for kind in ("heads", "remotes/origin", "remotes", "tags")]
        for name in [*names, options.branch] if options.branch else ["HEAD"]:
            found = self.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}", may_fail=True)
            if found.strip():
                return found.split()[-1]
        if not self.text("for-each-ref", "--count=1", "--format=%(refname)").strip():
            raise InputError(Problem("SRC185", "the repository has no commit", self.place, "a history",
                                     next_step="see whether the clone is complete"))  # fmt: skip
        what = f"there is no branch '{options.branch}'" if options.branch else "HEAD names no commit"
        known = self.text("for-each-ref", "--count=20", "--format=%(refname:short)", "refs/heads", "refs/remotes").split()
        raise InputError(Problem("SRC186", what, options.place, f"one of: {', '.join(known) or 'none'}",
                                 next_step="name one in branch:"))  # fmt: skip

    def text(self, *arguments: str, may_fail: bool = False) -> str:
        """Return what a command prints."""
        with self._running(arguments, may_fail) as output:
            return output.read().decode("utf-8", "replace")

    def fields(self, *arguments: str) -> Iterator[str]:
        """Yield what a command prints, cut at each NUL; of a field no more than MAX_FIELD bytes are kept."""
        with self._running(arguments) as output:
            field = b""
            while chunk := output.read1(_CHUNK):  # type: ignore[attr-defined]
                *whole, rest = chunk.split(b"\0")
                for each in whole:
                    yield (field + each)[:MAX_FIELD].decode("utf-8", "replace")
                    field = b""
                field = (field + rest)[:MAX_FIELD]

    @contextmanager
    def _running(self, arguments: Sequence[str], may_fail: bool = False) -> Iterator[IO[bytes]]:
        with tempfile.TemporaryFile() as said:
            try:
                process = subprocess.Popen(  # noqa: S603  (git, with arguments of ours; what others named is behind a flag's end)
                    [*self.start, *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=said,
                    env=self.environment,
                )
            except OSError as error:
                what = f"git cannot be run: {error.strerror or error}"
                raise OutsideError(Problem("SRC180", what, self.place, next_step="see that git works")) from None
            output = cast("IO[bytes]", process.stdout)
            watch = threading.Timer(TIMEOUT_S, process.kill)
            watch.start()
            try:
                yield output
            except GeneratorExit:
                process.kill()
                raise
            finally:
                watch.cancel()
                output.close()
                code = process.wait()
            if code and not may_fail:
                said.seek(0)
                raise self._problem(code, said.read(2000).decode("utf-8", "replace"))
            if code < 0:
                raise self._problem(code, "")

    def _problem(self, code: int, said: str) -> OutsideError | InputError:
        first = next((line for line in said.splitlines() if line.strip()), f"it ended with {code}")
        if "dubious ownership" in said:
            return InputError(Problem("SRC182", "the repository belongs to another user", self.place, "one of your own",
                                      next_step="say trusted: true if you trust what is in it"))  # fmt: skip
        if "not a git repository" in said:
            return InputError(Problem("SRC181", "this is no git repository", self.place, "a clone, a bare one or a worktree",
                                      next_step="name its top folder in repository:"))  # fmt: skip
        what = f"git took longer than {TIMEOUT_S:.0f} s" if code < 0 else f"git could not read it: {first[:200]}"
        return OutsideError(Problem("SRC183", what, self.place, next_step="run git fsck in it"))


def _rows(fields: Iterator[str], n: int) -> Iterator[tuple[str, ...]]:
    """Yield the fields, n together."""
    return zip(*[fields] * n, strict=False)
