"""One source: how new and how whole its facts are, what its last reading changed, what was refused, and what has no name."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.draw.day_strip import DayStrip
from wholeservice.facts.quality import SourceQuality, Unknown
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.numbers import plural
from wholeservice.pages.sources_part import ReadingRow, SourceRow, days, freshness, reading_row, source_row
from wholeservice.units import SHARE, write

MOST_NAMED, MOST_LETTERS = 12, 200


@dataclass(frozen=True, slots=True)
class TableRow:
    """The facts of the source in one table, and those of them that are new or changed since its last reading."""

    table: str
    n_rows: int
    n_new: int


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """An entity whose numbers rest on the source."""

    entity: str
    title: str
    n_rows: int


@dataclass(frozen=True, slots=True)
class GapRow:
    """Days that lack facts."""

    days: str
    n_days: int
    why: str


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """Why cells or rows were refused: how often, the first of them as it stood, and what to do."""

    what: str
    n: int
    place: str
    raw: str | None
    expected: str | None
    next_step: str
    code: str


@dataclass(frozen=True, slots=True)
class NameRow:
    """A name that stands for nothing yet, and the rows that wait for it; `step_of`: it is no step of this, and ought to be."""

    name: str
    n_rows: int
    nearest: str | None
    step_of: str | None = None


@dataclass(frozen=True, slots=True)
class SourcePage:
    """All that is known of how good a source's facts are."""

    source: SourceRow
    declared_at: str | None
    freshness: str
    tables: tuple[TableRow, ...]
    services: tuple[ServiceRow, ...]
    n_services: int
    days_title: str
    strip: DayStrip | None
    gaps: tuple[GapRow, ...]
    changed_title: str
    readings: tuple[ReadingRow, ...]
    refused_title: str
    reasons: tuple[ReasonRow, ...]
    n_looked: int
    names_title: str
    names: tuple[NameRow, ...]
    repeated: tuple[str, ...]
    emptied: tuple[str, ...]
    zone: str
    snapshot: str


def build(data: Data, name: str) -> SourcePage | None:
    """Return the page of a source; None when there is none of this name."""
    source = next((each for each in data.sources if each.source == name), None)
    if source is None:
        return None
    row, declared = source_row(data, source), data.declarations.get(name)
    return SourcePage(
        source=row, declared_at=declared.place if declared else None, freshness=freshness(source),
        tables=tuple(TableRow(each.table, each.n_rows, each.n_new) for each in source.tables),
        services=tuple(_services(data, source)), n_services=len(source.rests), days_title=_days_title(source),
        strip=_strip(source), gaps=_gaps(source), changed_title=_changed_title(row),
        readings=tuple(reading_row(data, each) for each in source.readings), refused_title=_refused_title(row),
        reasons=_reasons(source), n_looked=source.n_looked, names_title=_names_title(row),
        names=tuple(_name(data, each) for each in source.unknown), repeated=_repeated(source),
        emptied=_emptied(source), zone=data.zone, snapshot=data.snapshot,
    )  # fmt: skip


def _name(data: Data, unknown: Unknown) -> NameRow:
    known = data.organisation.entities.get(unknown.step_of or "")
    return NameRow(unknown.name, unknown.n_rows, unknown.nearest, known.title if known else unknown.step_of)


def _services(data: Data, source: SourceQuality) -> list[ServiceRow]:
    entities = data.organisation.entities
    known = [each for each in source.rests if each.entity in entities]
    return [ServiceRow(each.entity, entities[each.entity].title, each.n_rows) for each in known[:MOST_NAMED]]


def _strip(source: SourceQuality) -> DayStrip | None:
    if not source.spans:
        return None
    there = tuple((each.first_on, each.after_on) for each in source.spans)
    missing = tuple(sorted((each.first_on, each.after_on) for each in source.gaps))
    return DayStrip(source.source, f"Days with facts from {source.source}", there, missing)


def _days_title(source: SourceQuality) -> str:
    if not source.spans:
        return "Its facts speak of no particular day" if source.n_rows else "There is no day with facts yet"
    whole = days(source.spans[0].first_on, source.spans[-1].after_on)
    if not source.gaps:
        return f"No day is missing: {whole}"
    longest = source.gaps[0]
    verb = "is" if source.missing_days == 1 else "are"
    which = days(longest.first_on, longest.after_on)
    return f"{plural(source.missing_days, 'day')} {verb} missing" + (
        f": {which}" if len(source.gaps) == 1 else f"; the longest stretch is {which}"
    )


def _gaps(source: SourceQuality) -> tuple[GapRow, ...]:
    return tuple(GapRow(days(each.first_on, each.after_on), each.n_expected, _why(each.chance)) for each in source.gaps)


def _why(chance: float | None) -> str:
    if chance is None:
        return "no period covers them, or a regular report is lacking"
    return f"chance leaves out so much in {'fewer than 1' if chance < 0.01 else f'{100 * chance:.0f}'} of 100 such histories"


def _changed_title(row: SourceRow) -> str:
    reading = row.reading
    if reading is None:
        return "It has not been read yet"
    said = [f"{n:,} {word}" for n, word in ((reading.kept, "new"), (reading.superseded, "changed")) if n]
    gone = f"; {plural(reading.deleted, 'record')} taken out" if reading.deleted else ""
    return f"The last reading: {', '.join(said) or 'nothing new'} of {plural(reading.read, 'row')} read{gone}"


def _refused_title(row: SourceRow) -> str:
    reading = row.reading
    if reading is None or not (reading.refused or reading.quarantined):
        return "Every row and cell could be read"
    if not reading.refused:
        return f"Every row was taken in; {plural(reading.quarantined, 'cell')} could not be read"
    share = write(reading.refused / reading.read, SHARE) if reading.read else ""
    return f"{plural(reading.refused, 'row')} could not be read ({share} of {reading.read:,})"


def _reasons(source: SourceQuality) -> tuple[ReasonRow, ...]:
    return tuple(
        ReasonRow(each.what, each.n, each.place, each.value and each.value[:MOST_LETTERS], each.expected, each.next_step,
                  each.code)
        for each in source.reasons
    )  # fmt: skip


def _names_title(row: SourceRow) -> str:
    n_lost = row.n_names - row.n_known
    if not row.n_names:
        return "Its facts name no service"
    if not n_lost:
        return f"Every name in it is known: {row.n_names:,} of {row.n_names:,}"
    verb = "waits" if row.n_waiting == 1 else "wait"
    return f"{plural(row.n_waiting, 'row')} {verb} for {plural(n_lost, 'name')} that nobody knows"


def _repeated(source: SourceQuality) -> tuple[str, ...]:
    found = []
    for each in source.repeated:
        looked = f"{each.of:,} compared" + (", a sixteenth of all" if each.is_sample else "")
        where = "under two records" if each.other == source.source else f"also in {each.other}"
        found.append(f"{each.n_rows:,} of {looked} in {each.table} stand {where}; for example {each.one} and {each.two}")
    return tuple(found)


def _emptied(source: SourceQuality) -> tuple[str, ...]:
    return tuple(
        f"{each.column} of {each.table}: filled in {each.newest.n:,} of {plural(each.newest.of, 'row')} of the newest reading, "
        f"before that in {write(each.before.value, SHARE)} of {each.before.of:,}"
        for each in source.emptied
    )


def _sheet(_: Data, page: SourcePage) -> Sheet:
    """Its readings, newest first."""
    header = ("reading", f"committed ({page.zone} time)", "rows read", "new", "known", "changed", "refused", "taken out",
              "in quarantine")  # fmt: skip
    return Sheet(header, tuple(
        (each.run, each.when, each.read, each.kept, each.known, each.superseded, each.refused, each.deleted, each.quarantined)
        for each in page.readings
    ))  # fmt: skip


PAGE = Page(path="/sources/{name}", name="source", template="source.html", build=build, sheet=_sheet)
