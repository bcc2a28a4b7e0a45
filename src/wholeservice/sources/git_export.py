"""An export of commits, and one of tags: tables as `git log` and `git for-each-ref` can write them."""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.errors import InputError, Problem, suggest
from wholeservice.sources import delimited
from wholeservice.sources.base import Batch, Context, Header
from wholeservice.sources.files import File, find
from wholeservice.sources.git_options import GitOptions
from wholeservice.sources.git_reading import MAX_COMMITS, Reading
from wholeservice.sources.table_options import TableOptions

COMMIT_COLUMNS = ("sha", "parents", "author_date", "commit_date")
MAY_COLUMNS = ("author_hash", "committer_hash", "subject")
TAG_COLUMNS = ("tag", "target", "created")


def read_export(options: GitOptions, context: Context) -> Reading:
    """Read the commits and tags of an export. Raises InputError for a file that is missing or is no such table."""
    commits = _file(options.commits or "", options, context)
    tags = _file(options.tags, options, context) if options.tags else None
    reading = Reading(commits.name, tags.name if tags else commits.name)
    for number, cells in _rows(commits, COMMIT_COLUMNS, MAY_COLUMNS, options, reading):
        if len(reading.commits) >= MAX_COMMITS:
            raise InputError(Problem("SRC125", f"it has more than {MAX_COMMITS:,} commits", options.place, "a smaller history"))
        reading.add_commit(cells, number)
    if tags:
        for number, (name, target, created, type_) in _rows(tags, TAG_COLUMNS, ("type",), options, reading):
            reading.add_tag((name, type_, target, created), number)
    reading.tip = _tip(options, reading) if options.branch else None
    return reading


def _rows(
    file: File, must: tuple[str, ...], may: tuple[str, ...], options: GitOptions, reading: Reading
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield (line, the cells of the columns that must and may be there) of each row that can be read."""
    table = TableOptions((file.name,), options.place)
    for raw in delimited.read(file, TableOptions((file.name,), options.place, delimiter=delimited.delimiter_of(file, table))):
        if not isinstance(raw, Batch):
            if isinstance(raw, Problem):
                reading.refuse(file.name, (raw.place and raw.place.line) or 0, raw.what, raw.expected or "")
            continue
        wanted = [_position(raw.header, name, name in must, options) for name in (*must, *may)]
        columns = [["" for _ in raw.numbers] if at is None else raw.columns[at].to_pylist() for at in wanted]
        yield from zip(raw.numbers.to_pylist(), zip(*columns, strict=True), strict=True)


def _position(header: Header, name: str, is_needed: bool, options: GitOptions) -> int | None:
    if name in header.names:
        return header.names.index(name)
    if not is_needed:
        return None
    raise InputError(Problem("SRC188", f"{header.file} has no column '{name}'", options.place,
                             f"the columns {', '.join((*COMMIT_COLUMNS, *MAY_COLUMNS))}, or of tags {', '.join(TAG_COLUMNS)}",
                             suggest(name, header.names), "name the columns so, or export again"))  # fmt: skip


def _tip(options: GitOptions, reading: Reading) -> str:
    """Return the commit that `branch:` names: a tag, or a hash or its beginning."""
    branch = options.branch or ""
    tag = reading.tags.get(branch)
    found = {tag.sha} & reading.commits.keys() if tag else set()
    if not found and len(branch) >= 7:
        found = {sha for sha in reading.commits if sha.startswith(branch.lower())}
    if len(found) == 1:
        return found.pop()
    what, nearest = f"'{branch}' names no commit of this export", suggest(branch, reading.tags)
    raise InputError(Problem("SRC186", what, options.place, "a tag, or the hash of a commit", nearest,
                             "correct branch:, or take it out"))  # fmt: skip


def _file(path: str, options: GitOptions, context: Context) -> File:
    files = find(path, context.folder)
    if len(files) == 1:
        return files[0]
    what = f"there is no {path}" if not files else f"{path} means {len(files)} files"
    raise InputError(Problem("SRC120", what, options.place, "one file", next_step="correct commits: and tags:"))
