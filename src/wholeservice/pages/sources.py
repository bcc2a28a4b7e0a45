"""All sources: how new the facts of each are, what its last reading gave, what is missing, and what waits for a name."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.findings_part import FindingRow, rows
from wholeservice.pages.numbers import listed, plural
from wholeservice.pages.sources_part import SourceRow, source_row

ABOUT_SOURCES = "F13"  # the rules about sources; the others about data speak of numbers


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """The sources in the order in which they are declared, what is wrong with them, and how much else is odd in the data."""

    title: str
    sources: tuple[SourceRow, ...]
    findings: tuple[FindingRow, ...]
    n_about_data: int
    zone: str
    snapshot: str


def build(data: Data) -> SourcesPage:
    """Return the list of sources."""
    found = tuple(source_row(data, each) for each in data.sources)
    odd = rows(data, about_data=True)
    wrong = tuple(each for each in odd if data.findings[each.number - 1].code.startswith(ABOUT_SOURCES))
    return SourcesPage(_title(found), found, wrong, len(odd), data.zone, data.snapshot)


def _title(sources: tuple[SourceRow, ...]) -> str:
    if not any(each.n_facts for each in sources):
        return "Nothing has been read yet"
    late = [each.name for each in sources if each.is_late]
    judged = sum(each.is_late is not None for each in sources)
    words = [f"{listed(late)} {'is' if len(late) == 1 else 'are'} late"] if 0 < len(late) < 4 else []
    words = words or ([f"{len(late):,} are late"] if late else [])
    words = words or ([f"none of the {judged} whose rhythm is known is late"] if judged else [])
    refused = sum(each.reading.refused for each in sources if each.reading)
    words += [f"{plural(refused, 'row')} refused at the last readings" if refused else "no row refused at the last readings"]
    return f"{plural(len(sources), 'source')}: {', '.join(words)}"


def _sheet(_: Data, page: SourcesPage) -> Sheet:
    header = ("source", "kind", "facts", "first", "newest", "freshness", "rows read", "new", "known", "changed", "refused",
              "names", "names known", "rows waiting", "days missing", "days expected", "in quarantine")  # fmt: skip
    return Sheet(header, tuple(_cells(each) for each in page.sources))


def _cells(row: SourceRow) -> tuple[object, ...]:
    last = row.reading
    counts = (last.read, last.kept, last.known, last.superseded, last.refused) if last else (None,) * 5
    return (
        row.name, row.kind, row.n_facts, row.first, row.newest, row.freshness, *counts, row.n_names, row.n_known, row.n_waiting,
        row.days_missing, row.days_expected, row.quarantined,
    )  # fmt: skip


PAGE = Page(path="/sources", name="sources", template="sources.html", build=build, sheet=_sheet)
