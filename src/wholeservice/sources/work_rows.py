"""One reading of the export of a tracker: from its files to raw rows, and what there is to tell of it at the end."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wholeservice.errors import InputError, Place, Problem, suggest
from wholeservice.sources.base import Context, Header, Raw
from wholeservice.sources.exports_read import Record
from wholeservice.sources.files import File
from wholeservice.sources.row_batches import Batcher, Rows
from wholeservice.sources.work_files import records_in
from wholeservice.sources.work_notes import Notes
from wholeservice.sources.work_options import COLUMNS, INCIDENT, NOTHING, WorkOptions
from wholeservice.sources.work_statuses import Statuses, lowered
from wholeservice.sources.work_stays import Stay
from wholeservice.sources.xes_files import found as found_files

MAX_TEXT = 10_000  # letters of a name; what is longer is no name
PRODUCTION = ("production", "prod", "live")
AGAIN = "again"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record stands, and the columns of it that the mapping names itself."""

    file: str
    number: int
    counts_in: str
    named: Mapping[str, Any] = field(default_factory=dict)


def headers(options: WorkOptions, context: Context) -> tuple[list[Header], list[Problem]]:
    """Say which files are missing. What an export holds is known when it is read."""
    return [], found_files(options.files, context, options.place, is_optional=options.is_optional)[1]


@dataclass(slots=True)
class WorkReading:
    """Ask it for records, give it rows; *kinds* are the types or labels that everybody uses, in small letters."""

    options: WorkOptions
    context: Context
    kinds: Mapping[str, str]
    statuses: Statuses = field(init=False)
    notes: Notes = field(init=False)
    batcher: Batcher = field(init=False)
    met: set[str] = field(default_factory=set)
    met_kinds: Counter[str] = field(default_factory=Counter)
    has_read: bool = False

    def __post_init__(self) -> None:
        options = self.options
        place = options.statuses_place or options.place
        self.statuses = Statuses(options.statuses, place, named=options.status_names)
        self.notes = Notes(options.place)
        self.batcher = Batcher(Rows((*COLUMNS, *options.named)))

    def files(self) -> Iterator[File]:
        """Yield the files. Raises InputError where one is missing that may not be."""
        options = self.options
        files, problems = found_files(options.files, self.context, options.place, is_optional=options.is_optional)
        if problems and (not files or not options.is_optional):
            raise InputError(*problems)
        yield from {each.path: each for each in files}.values()

    def records(self, inside: tuple[str, ...]) -> Iterator[tuple[File, Record] | Problem]:
        """Yield the records of every file with the file, and what of it is no record."""
        for file in self.files():
            for record in records_in(file, inside):
                self.has_read = True
                yield record if isinstance(record, Problem) else (file, record)

    def origin(self, record: Record) -> Origin:
        """Return where a record stands, with the columns that the mapping names; objects and lists as JSON."""
        found = {name: value for name in self.options.named if (value := record.get(name)) is not None}
        self.met |= found.keys()
        named = {name: json.dumps(value, default=str) if isinstance(value, dict | list) else value
                 for name, value in found.items()}  # fmt: skip
        return Origin(record.file, record.number, record.counts_in, named)

    def kind(self, words: Iterable[str]) -> str | None:
        """Return the kind that the first of some types or labels stands for which stands for any; None where none does."""
        for word in words:
            key = lowered(word)
            self.met_kinds[key] += 1
            found = self.options.kinds.get(key) or self.kinds.get(key)
            if found is not None:
                return found
        return None

    def rows(self, record: str, rows: Sequence[Row], origin: Origin) -> Iterator[Raw]:
        """Yield what the rows of one record complete. Where one of them cannot be stored none is, and that is told."""
        wrong = next((why for row in rows for value in row.values() if (why := _cannot(value)) is not None), None)
        if wrong is not None:
            yield no_export(wrong, origin, f"names of at most {MAX_TEXT:,} letters, in Unicode", "SRC231")
            return
        for row in rows:
            yield from self.batcher.add({**origin.named, **row, "record": record}, origin.file, origin.number, origin.counts_in)

    def again(self, record: str, origin: Origin) -> Iterator[Raw]:
        """Yield an older copy of a record: a row that makes no fact."""
        yield from self.rows(record, [{"row": AGAIN}], Origin(origin.file, origin.number, origin.counts_in))

    def item_rows(self, item: Row, kind: str | None, stays: Sequence[Stay]) -> list[Row]:
        """Return the rows of an item, its stays and, where it is one, the incident; *item* holds the columns of the item."""
        common = {key: item.get(key) for key in ("item", "service", "created")}
        item = {"row": "item", "stream": self.options.stream, **item, "kind": "defect" if kind == INCIDENT else kind}
        rows = [{**item, "kind": None if kind == NOTHING else item["kind"]}]
        for stay in stays:
            look = stay.look
            self.statuses.count(look.status, look.state)
            rows.append({"row": "work", "item": item["item"], "stage": look.stage, "state": look.state, "team": look.team,
                         "from_at": stay.from_at, "to_at": stay.to_at, "resource": look.resource,
                         "waits": look.waits_on})  # fmt: skip
        if kind == INCIDENT:
            rows.append({"row": "incident", **common, "incident": item["item"], "restored": item.get("done"),
                         "severity": item.get("priority")})  # fmt: skip
        return rows

    def rest(self) -> Iterator[Raw]:
        """Yield the last rows, and what there is to tell."""
        yield from self.batcher.rest()
        yield from self.statuses.told()
        yield from self.notes.told()
        for name in self.options.named if self.has_read else ():
            if name not in self.met:
                yield Problem("SRC219", f"no record has '{name}'", self.options.place, "a field of the export",
                              suggest(name, COLUMNS), "correct the name, if it is one", severity="warning")  # fmt: skip
        for name in self.options.kinds if self.met_kinds else ():
            if name not in self.met_kinds:
                yield Problem("SRC234", f"nothing is of the type or label '{name}'", self.options.place, "one of the export",
                              suggest(name, self.met_kinds), "correct the name, if it is misspelt",
                              severity="warning")  # fmt: skip


def link(from_ref: str, relation: str, to_ref: str, at: dt.datetime | None = None) -> Row:
    """Return the row of a relation."""
    return {"row": "link", "from": from_ref, "relation": relation, "to": to_ref, "since": at}


def never_done(item: str, why: str, by: str, at: dt.datetime) -> Row:
    """Return the verdict that an item ended without having been done."""
    return {"row": "judgement", "item": item, "verdict": f"not done: {why}", "by": by, "judged": at}


def environment(name: str | None) -> str | None:
    """Return the name of an environment; production has none."""
    return None if name is None or name.strip().lower() in PRODUCTION else name.strip()


def no_export(what: str, origin: Origin | Record, expected: str, code: str = "SRC230") -> Problem:
    """Return the problem of a record that is not what the tool writes; its text is not kept, for it names people."""
    return Problem(code, what, Place(origin.file, origin.number), expected, next_step="see whether this is the right file")


def _cannot(value: Any) -> str | None:
    """Say why a value cannot be stored."""
    if not isinstance(value, str):
        return None
    if len(value) > MAX_TEXT:
        return f"a name has {len(value):,} letters"
    try:
        value.encode()
    except UnicodeEncodeError:
        return "a text in the record is half a character"
    return None
