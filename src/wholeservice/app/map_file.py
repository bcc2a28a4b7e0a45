"""Look at a file, propose a declaration of it, and try that out on its rows. Bounded in time; nothing is written."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from wholeservice.app import map_sources
from wholeservice.app.map_layout import header_lines, is_workbook, laid_out, mended, node_of, rows_inside
from wholeservice.documents import parse
from wholeservice.errors import InputError, Problem, suggest
from wholeservice.proposal.spelling import Line
from wholeservice.sources.base import Batch, Context, Raw
from wholeservice.sources.files import File, opened
from wholeservice.sources.table_options import FORMAT_OF_SUFFIX

if TYPE_CHECKING:
    from wholeservice.facts.known_steps import KnownSteps
    from wholeservice.proposal.propose import Asked, Proposal
    from wholeservice.proposal.seen import Look
    from wholeservice.proposal.trial import Tried

LOOK_S, TRY_S = 10.0, 8.0  # seconds after which no further rows are read, and tried out
N_REFUSED_SHOWN, MAX_REFUSED = 3, 20_000  # rows of which the source makes nothing: shown, and after which the reading ends
N_MENDED = 4  # times that what reading a file shows is taken in
MAX_KEPT = 512 * 2**20  # bytes of rows that are kept while they are looked at
N_START = 2**18  # bytes from which the layout is seen
MAX_DOCUMENT = 64 * 2**20  # bytes of a JSON document in which the rows are looked for
_NAME = re.compile(r"[^a-z0-9]+")

Doing = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Around:
    """What is around a file: the folder that its path starts from, and what the organisation calls its things."""

    folder: Path
    zone: str = "UTC"
    values: dict[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    entities: dict[str, str] = field(default_factory=dict)
    steps: dict[str, KnownSteps] = field(default_factory=dict)
    has_workspace: bool = False


@dataclass(slots=True)
class Wanted:
    """What is asked of a file. `kind` forces what a row is."""

    path: Path
    name: str | None = None
    kind: str | None = None
    table: str | None = None
    n_rows: int = 10
    look_s: float = LOOK_S
    try_s: float = TRY_S


@dataclass(slots=True)
class Rows:
    """The rows of a file as its source gives them, as many as the bounds allow, and what was seen in them."""

    look: Look
    raws: list[Raw] = field(default_factory=list)
    is_all: bool = True
    n_refused: int = 0


@dataclass(slots=True)
class Found:
    """What was found out: the declaration as text, and what it makes of the rows. `proposal` is None for other sources."""

    name: str
    file: str
    source: str
    text: Callable[[int], str]
    tried: Tried | None
    proposal: Proposal | None = None
    n_looked_at: int = 0
    n_refused: int = 0  # rows of which the source could not make anything
    is_all: bool = True
    problems: list[Problem] = field(default_factory=list)
    to_decide: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Say whether the declaration makes facts as it stands."""
        return self.proposal is None or self.proposal.is_whole


@dataclass(frozen=True, slots=True)
class _Job:
    """One file to be mapped: what it is called here and in the declaration, what is asked and what is around it."""

    name: str
    file: str
    wanted: Wanted
    around: Around
    doing: Doing


def find_out(wanted: Wanted, around: Around, doing: Doing) -> Found:
    """Return what a file is and becomes. Raises InputError or OutsideError where it cannot be read at all."""
    path = wanted.path
    job = _Job(wanted.name or _name_of(path), _file_text(path, around.folder), wanted, around, doing)
    if path.is_dir():
        if not map_sources.is_repository(path):
            raise InputError(_is_folder(path))
        return _other(job, map_sources.of_repository(path, job.file))
    if not path.is_file():
        raise InputError(_no_file(path))
    start = _start(path, job.file)
    if start.startswith(map_sources.SQLITE):
        of_file, has_rows = map_sources.of_sqlite(path, job.file, wanted.table)
        return _from_source(job, of_file) if has_rows else _other(job, of_file)
    lines = map_sources.by_content(path, job.file, start) if wanted.kind is None else None
    return _table(job, start) if lines is None else _other(job, lines)


# a table ------------------------------------------------------------------------------------------------------------------


def _table(job: _Job, start: bytes) -> Found:
    job.doing("looking at its columns")
    lines = laid_out(job.wanted.path, job.file, start)
    if is_workbook(job.wanted.path):
        raws = _rows_of(job, [*lines, Line("header", "none")])
        first = next((each for each in raws if isinstance(each, Batch)), None)
        lines += header_lines(first) if first is not None else []
    rows, lines = _looked(job, lines)
    other = map_sources.by_names(rows.look.names, job.wanted.path, job.file) if job.wanted.kind is None else None
    return _proposed(job, lines, rows) if other is None else _other(job, other)


def _from_source(job: _Job, lines: list[Line]) -> Found:
    """Propose a mapping for the rows of another source: a table of a database."""
    job.doing("looking at its columns")
    return _proposed(job, lines, _read(job, lines))


def _proposed(job: _Job, lines: list[Line], rows: Rows) -> Found:
    from wholeservice.proposal.propose import propose
    from wholeservice.proposal.text import text_of

    asked = _asked(job, lines)
    proposal, tried = propose(rows.look, asked), None
    if proposal.is_whole:
        job.doing("trying it out on the rows")
        proposal, tried = _tried_and_bettered(job, asked, proposal, rows)
    problems = list(tried.problems) if tried else _refused(rows)
    is_all = rows.is_all and (tried is None or tried.is_all)
    return Found(job.name, job.file, "table", lambda width: text_of(proposal, width), tried, proposal, rows.look.n_rows,
                 rows.n_refused, is_all, problems, proposal.to_decide, proposal.options)  # fmt: skip


def _refused(rows: Rows) -> list[Problem]:
    """Return the first rows that could not be read at all, as they come from the source."""
    return [each for each in rows.raws if isinstance(each, Problem)][:N_REFUSED_SHOWN]


def _asked(job: _Job, lines: list[Line]) -> Asked:
    from wholeservice.proposal.propose import Asked
    from wholeservice.proposal.words import words_of

    is_only_one = len(job.around.services) == 1
    service = job.around.services[0] if is_only_one else job.name
    stem = words_of(_stem(job.wanted.path))
    return Asked(job.name, tuple(lines), stem, job.around.zone, service, is_only_one, job.around.known, job.wanted.kind)


def _tried_and_bettered(job: _Job, asked: Asked, proposal: Proposal, rows: Rows) -> tuple[Proposal, Tried]:
    """Try a proposal out, and ask again where that showed more than the columns alone did."""
    from wholeservice.proposal.propose import propose, without_record
    from wholeservice.proposal.text import text_of

    tried = _tried(job, text_of(proposal), rows)
    again = _better(asked, tried)
    if again is None:
        return proposal, tried
    proposal = propose(rows.look, again)
    tried = _tried(job, text_of(proposal), rows)
    if tried.repeats and not again.without_record:
        proposal = propose(rows.look, without_record(again))
        tried = _tried(job, text_of(proposal), rows)
    return proposal, tried


def _better(asked: Asked, tried: Tried) -> Asked | None:
    """Return what to ask again, where the first try showed more than the columns alone did."""
    from wholeservice.proposal.propose import without_record

    again = without_record(asked) if tried.repeats else asked
    if any(reason.code == "SRC158" and reason.n > 0.01 * tried.n_rows for reason in tried.reasons):
        again = replace(again, same_day=True)
    return again if again is not asked else None


def _looked(job: _Job, lines: list[Line]) -> tuple[Rows, list[Line]]:
    """Read the rows once, to see what stands in the columns. What only reading shows is added to the lines."""
    for _ in range(N_MENDED):
        try:
            rows = _read(job, lines)
        except InputError as error:
            lines = mended(lines, error, job.wanted.path)
            continue
        more = rows_inside(rows.look, lines)
        if more is None:
            return rows, lines
        lines = [*lines, more]
    return _read(job, lines), lines


def _read(job: _Job, lines: list[Line]) -> Rows:
    """Read as many rows as the bounds allow."""
    from wholeservice.proposal.seen import Look

    rows, n_bytes, until = Rows(Look()), 0, time.monotonic() + job.wanted.look_s
    raws = _rows_of(job, lines)
    for raw in raws:
        rows.raws.append(raw)
        if isinstance(raw, Batch):
            rows.look.add(raw)
            n_bytes += sum(column.nbytes for column in raw.columns)
        elif isinstance(raw, Problem) and raw.severity != "warning":
            rows.n_refused += 1
        is_much = n_bytes > MAX_KEPT or rows.n_refused > MAX_REFUSED
        if is_much or (isinstance(raw, Batch) and time.monotonic() > until):
            rows.is_all = rows.look.is_all = next(raws, None) is None
            break
    return rows


def _rows_of(job: _Job, lines: list[Line]) -> Iterator[Raw]:
    from wholeservice.sources import SOURCES

    kind = next((line.value for line in lines if line.key == "kind"), SOURCES[0].name)
    source = next(each for each in SOURCES if each.name == kind)
    options, problems = source.load(node_of(job.name, lines))
    if problems:
        raise InputError(*problems)
    return source.read(options, Context(job.around.folder, job.around.zone), None)


# other sources ------------------------------------------------------------------------------------------------------------


def _other(job: _Job, lines: list[Line]) -> Found:
    """Return what a source makes of a file by itself: its usual mapping, tried out."""
    text = "\n".join([f"{job.name}:", *(_spelled(line) for line in lines)]) + "\n"
    tried = _tried(job, text, None)
    kind = next(line.value for line in lines if line.key == "kind")
    return Found(job.name, job.file, kind, lambda width: text, tried, None, tried.n_rows, 0, tried.is_all, list(tried.problems),
                 [line for line in lines if not line.is_sure], lines)  # fmt: skip


def _spelled(line: Line) -> str:
    mark = "" if line.is_active else "# "
    said = f"maybe: {line.why}" if not line.is_active else line.why if line.is_sure else f"unsure: {line.why}"
    return f"  {mark}{line.key}: {line.value}" + (f"  # {said}" if said else "")


# trying out ---------------------------------------------------------------------------------------------------------------


def _tried(job: _Job, text: str, rows: Rows | None) -> Tried:
    """
    Load a declaration as `ingest` would and map rows with it; people come as pseudonyms that nobody can trace.

    *rows*   None: read by the declared source itself
    """
    from wholeservice.facts import ingest
    from wholeservice.mapping.guard import Guard
    from wholeservice.mapping.pseudonyms import Pseudonyms
    from wholeservice.proposal.trial import try_out

    root, problems = parse(text, "the proposal")
    declared, own = ingest.load(root, job.around.values, job.around.zone)
    errors = [each for each in (*problems, *own) if each.severity == "error"]
    if errors:
        raise InputError(*errors)
    (one,) = declared
    until = time.monotonic() + job.wanted.try_s
    guard = Guard(job.name, Pseudonyms(secrets.token_bytes(32)), frozenset(), is_salted=True)
    context = Context(job.around.folder, job.around.zone)
    raws = one.source.read(one.options, context, None) if rows is None else rows.raws
    return try_out(one, raws, n_shown=job.wanted.n_rows, guard=guard, goes_on=lambda n_rows: time.monotonic() < until)


# names --------------------------------------------------------------------------------------------------------------------


def _file_text(path: Path, folder: Path) -> str:
    """Return a path as a declaration says it: relative to the folder, with marks of patterns taken as they are."""
    relative = Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    return re.sub(r"([*?[])", r"[\1]", relative)


def _stem(path: Path) -> str:
    return path.name.partition(".")[0] or path.name


def _name_of(path: Path) -> str:
    """Return a name for the source: small letters, digits and hyphens, a letter first."""
    made = _NAME.sub("-", _stem(path.resolve()).lower()).strip("-")
    return made if made[:1].isalpha() and made.isascii() else f"source-{made}".strip("-")


def _start(path: Path, file: str) -> bytes:
    with opened(File(path, file)) as stream:
        return stream.read(N_START)


def _no_file(path: Path) -> Problem:
    folder = path.parent
    beside = [each.name for each in folder.iterdir()] if folder.is_dir() else []
    return Problem("SRC120", f"there is no {path}", expected="a file, or the folder of a git repository",
                   nearest=suggest(path.name, beside), next_step="correct the path")  # fmt: skip


def _is_folder(path: Path) -> Problem:
    tables = [each.name for each in sorted(path.iterdir()) if File(each, each.name).bare_suffix in FORMAT_OF_SUFFIX]
    nearest = tables[0] if tables else None
    return Problem("MAP001", f"{path} is a folder, and no git repository", expected="one file, such as one of those inside",
                   nearest=nearest, next_step=f"wholeservice map {path / nearest}" if nearest else "name a file")  # fmt: skip
