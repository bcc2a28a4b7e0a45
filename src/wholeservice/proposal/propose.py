"""From what was seen of a table to a declaration of it: what one row is, and how its columns become facts.

Nothing is guessed silently. Every line says why it is so; what is only likely says so and what else it could be, and what
nobody needs is commented out. The declaration is loaded and tried out by the code that ingest uses, never by another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from wholeservice.proposal.columns import DURATION, EMPTY, IDENTITY, NAME, NUMBER, PERSON, Column, columns_of
from wholeservice.proposal.dates import whole_dates
from wholeservice.proposal.entries import Entry, Setting
from wholeservice.proposal.kinds import MIN_AHEAD, MIN_LIKELY, MIN_SURE, entries_for, is_money, lacking_for, ranked
from wholeservice.proposal.seen import Look
from wholeservice.proposal.sightings import has_relations, lists_of, notes_of
from wholeservice.proposal.spelling import Base, Line, flow_list, scalar
from wholeservice.proposal.tallies import doubtful_numbers
from wholeservice.proposal.wide import wide_of

N_ALTERNATIVES = 3
_THINGS = ("sighting", "item", "incident", "deployment")  # facts whose own name tells them apart
_IDENTITY_WORDS = {"id", "key", "number", "nr", "uuid", "guid", "sha", "code", "ref", "reference", "slug", "identifier", "no"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a proposal is made for. `options` say where the table is and how it is laid out; `stem` is what it is called."""

    name: str
    options: tuple[Line, ...]
    stem: tuple[str, ...] = ()
    zone: str = "UTC"
    service: str = "service"
    is_service_known: bool = False
    known: frozenset[str] = frozenset()
    kind: str | None = None
    same_day: bool = False
    without_record: bool = False


@dataclass(slots=True)
class Proposal:
    """A declaration that may be pasted. `kind` is None where nothing says what a row is."""

    name: str
    kind: str | None
    is_sure: bool
    options: list[Line]
    each: list[Line]
    each_of: dict[str, str]
    entries: list[Entry]
    columns: tuple[Column, ...]
    alternatives: list[tuple[str, float]] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    keys: list[Column] = field(default_factory=list)  # what tells rows apart
    notes: list[str] = field(default_factory=list)  # what else could be made of it

    @property
    def is_whole(self) -> bool:
        """Say whether it makes facts as it stands."""
        return bool(self.entries)

    @property
    def unused(self) -> list[Column]:
        """The columns that no fact reads."""
        used = {id(column) for entry in self.entries for column in apart(entry.used)} | {id(each) for each in self.keys}
        return [each for each in self.columns if id(each) not in used and each.kind != EMPTY]

    @property
    def to_decide(self) -> list[Line]:
        """What is only likely, each thing once."""
        lines = [line for entry in self.entries for line in entry.lines if not line.is_sure]
        lines += [line for line in (*self.options, *self.each) if not line.is_sure]
        needed = [line for line in lines if line.is_active or line.why.startswith("nothing names it")]
        return list({(line.key, line.why): line for line in needed}.values())


def propose(look: Look, asked: Asked) -> Proposal:
    """Return the declaration that fits a table best."""
    columns = columns_of(look)
    base = Base(decimal=_decimal(columns), zone=asked.zone)
    seen = {id(column): each for column, each in zip(columns, look.columns.values(), strict=True)}

    def n_different(some: Sequence[Column]) -> int | None:
        return look.n_different([seen[id(each)] for each in apart(some)]) if some else look.n_tested

    setting = Setting(whole_dates(columns), base, asked.service, asked.is_service_known, asked.known, n_different,
                      asked.same_day, asked.kind, _around(asked.options))  # fmt: skip
    wide = None if asked.kind not in (None, "tally", "money") else wide_of(replace(setting, columns=columns), asked.stem)
    if wide is not None:
        entries, keys = wide.entries, [] if asked.without_record else wide.record
        keys = keys if setting.is_unique(keys) else []
        options = [*asked.options, *_shared(columns, entries, base), *_record(keys, "tells the rows apart")]
        return Proposal(asked.name, entries[0].kind, _is_sure(wide.each), options, wide.each, {}, entries, columns,
                        keys=keys)  # fmt: skip
    return _by_kind(setting, asked, columns)


def _around(options: Iterable[Line]) -> str:
    """Return what the names begin with of fields around the rows: `data.` of rows: data[].values[]."""
    rows = next((line.value.strip('"') for line in options if line.key == "rows"), "")
    outer = [part.removesuffix("[]") for part in rows.split(".")[:-1]]
    return ".".join([*outer, ""]) if outer else ""


def apart(columns: Iterable[Column]) -> list[Column]:
    """Return columns with those that are put together replaced by what they are made of."""
    return [part for each in columns for part in (each.parts or (each,))]


def _is_sure(lines: Iterable[Line]) -> bool:
    return all(line.is_sure for line in lines)


def _by_kind(setting: Setting, asked: Asked, columns: tuple[Column, ...]) -> Proposal:
    found = ranked(setting, asked.stem)
    best = next((each for each in found if each.points >= MIN_LIKELY and entries_for(each.kind, setting)), None)
    kind = asked.kind or (best.kind if best else None)
    entries = entries_for(kind, setting) if kind else []
    others = [(each.kind, each.points) for each in found if each.kind != kind and each.points >= MIN_LIKELY]
    ahead = best.points - others[0][1] if best and others else MIN_SURE
    is_sure = asked.kind is not None or (best is not None and best.points >= MIN_SURE and ahead >= MIN_AHEAD)
    is_sure = is_sure and (kind != "sighting" or asked.kind is not None or has_relations(entries) or entries[0].is_certain)
    is_sure = is_sure and (kind != "money" or asked.kind is not None or is_money(setting))
    is_sure = is_sure and any(each.name for each in setting.free)
    lists = lists_of(entries, setting) if kind == "sighting" else {}
    keys = [] if asked.without_record else _keys(kind, entries, setting)
    options = [*asked.options, *_shared(setting.columns, entries, setting.base), *_record(keys, "all different")]
    lacking = lacking_for(asked.kind, setting) if asked.kind and not entries else []
    return Proposal(asked.name, kind if entries else asked.kind, is_sure and bool(entries), options, [], lists, entries,
                    columns, others[:N_ALTERNATIVES], lacking, keys, _notes(kind, entries, setting, asked))  # fmt: skip


def _notes(kind: str | None, entries: list[Entry], setting: Setting, asked: Asked) -> list[str]:
    """Say what else could be made of the table: numbers that may be counts, or names for the keys of another file."""
    if kind == "sighting":
        file = next((line.value for line in asked.options if line.key == "file"), asked.name)
        return notes_of(asked.name, file, entries)
    doubtful = doubtful_numbers(setting, entries) if kind == "tally" else []
    return [f"maybe, if they add up: {', '.join(each.name for each in doubtful[:8])}"] if doubtful else []


def _decimal(columns: Iterable[Column]) -> str:
    marks = [each.decimal for each in columns if each.kind == NUMBER and each.decimal and not each.is_typed]
    return "," if marks and marks.count(",") >= len(marks) / 2 else "."


def _shared(columns: Iterable[Column], entries: list[Entry], base: Base) -> list[Line]:
    """Return what holds for the whole file: the marks for nothing, and the decimal mark."""
    used = {id(column) for entry in entries for column in entry.used}
    mine = [each for each in columns if id(each) in used]
    marks = sorted({mark for each in mine for mark in each.missing})
    n = sum(bool(each.missing) for each in mine)
    lines = [Line("missing", flow_list(marks), f"stands for nothing in {n} column{'s' if n > 1 else ''}")] if marks else []
    return [*lines, *_decimal_mark([each for each in mine if each.kind == NUMBER and each.decimal], base)]


def _decimal_mark(numbers: list[Column], base: Base) -> list[Line]:
    """Return the line of the decimal mark where it is no point, or where nobody knows whether it is."""
    doubtful = next((each for each in numbers if not each.is_decimal_sure), None)
    if doubtful is not None:
        text = next((each for each in doubtful.texts if "." in each or "," in each), "")
        mark = "." if base.decimal == "," else ","
        why = f"{text}: does its {mark} stand between thousands? else decimal: {scalar(mark)}"
        return [Line("decimal", f'"{base.decimal}"', why, is_sure=False)]
    if not numbers or base.decimal == ".":
        return []
    shown = next((text for each in numbers for text in each.texts if base.decimal in text), "")
    return [Line("decimal", f'"{base.decimal}"', f"as in {shown}" if shown else "")]


def _record(keys: list[Column], why: str) -> list[Line]:
    refs = [str(each.ref) for each in apart(keys)]
    return [Line("record", flow_list(refs), why if len(refs) == 1 else "together they tell the rows apart")] if refs else []


def _keys(kind: str | None, entries: list[Entry], setting: Setting) -> list[Column]:
    """Return the columns that tell one row from another, where that is beyond doubt."""
    if kind is None or not entries:
        return []
    used = [column for column in entries[0].used if column.kind != PERSON]
    single = [each for each in setting.free if each.is_unique and each.kind in (IDENTITY, NUMBER, NAME)]
    named = [each for each in single if set(each.words) & _IDENTITY_WORDS and _is_of_row(each, used, setting)]
    mine = [each for each in (*named, *single) if any(each is column for column in used) and (each in named or kind in _THINGS)]
    if mine or named:
        is_first = bool(named) and named[0] is next(each for each in setting.free if not each.parts)
        return (mine or named)[:1] if not is_first else named[:1]
    if kind not in ("tally", "money"):
        return []
    keys = list({id(each): each for each in used if each.kind not in (NUMBER, DURATION)}.values())
    if all(each.moments and each.moments.has_time for each in keys):
        return []  # that no two happened at once is chance
    return keys if setting.is_unique(keys) else []


def _is_of_row(column: Column, used: list[Column], setting: Setting) -> bool:
    """Say whether an identity is that of the row, and not of something that a few rows happen to name once each."""
    is_first = column is next(each for each in setting.free if not each.parts)
    is_plain = set(column.words) <= {*_IDENTITY_WORDS, "unique", "row", "record"}
    return is_first or is_plain or any(column is each for each in used)


def without_record(asked: Asked) -> Asked:
    """Return what was asked, for a table in which nothing tells rows apart after all."""
    return replace(asked, without_record=True)
