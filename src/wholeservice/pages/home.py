"""The home page: what moved since last time, where most people can be won back, every service, and the data itself."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.improvements.states import is_measured
from wholeservice.organisation.graph import Entity
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.findings_part import FindingRow, rows
from wholeservice.pages.listing import SERVICE, UNIT, Row, by_title, row_of
from wholeservice.pages.numbers import plural
from wholeservice.pages.overview import Overview, overview
from wholeservice.pages.sheet import listed_sheet

PER_PAGE = 40
N_DATA_FINDINGS = 8


@dataclass(frozen=True, slots=True)
class HomePage:
    """All the page says. A list of services is alphabetical: no level ranks anyone."""

    name: str
    purpose: str
    north_star: str
    moved_title: str
    overview: Overview
    won_title: str
    units: tuple[Row, ...]
    services: tuple[Row, ...]
    n_services: int
    n_found: int
    query: str
    page: int
    n_pages: int
    data_findings: tuple[FindingRow, ...]
    n_data_findings: int
    n_findings: int
    snapshot: str
    changing: str = ""  # how many improvements are written down


def build(data: Data, *, q: str = "", page: str = "1") -> HomePage:
    """Return the home page; *q* keeps services whose name, or whose unit's name, holds every word; *page* counts from 1."""
    entities = data.organisation.entities
    services = by_title(each for each in entities.values() if each.kind == SERVICE)
    found = _found(data, q)
    n_pages = max(1, -(-len(found) // PER_PAGE))
    at = min(max(1, int(page)), n_pages) if page.isdecimal() and len(page) < 7 else 1
    about_data = rows(data, about_data=True)
    seen = overview(data)
    units = by_title(each for each in entities.values() if each.kind == UNIT and each.parent is None)
    return HomePage(
        data.organisation.name, data.organisation.purpose, data.organisation.north_star, _moved_title(seen), seen,
        _won_title(seen), tuple(row_of(data, each) for each in units) if not q and at == 1 and len(units) > 1 else (),
        tuple(row_of(data, each) for each in found[(at - 1) * PER_PAGE : at * PER_PAGE]), len(services), len(found), q, at,
        n_pages, about_data[:N_DATA_FINDINGS], len(about_data), len(data.findings) - len(about_data), data.snapshot,
        _changing(data),
    )  # fmt: skip


def _changing(data: Data) -> str:
    """Say how many improvements are written down, and how many of them promised a number."""
    written = data.improvements
    if not written:
        return "No improvement is written down yet"
    promised = sum(is_measured(each) for each in written)
    return f"{plural(len(written), 'improvement')} written down; {promised or 'none'} of them promised a better number"


def _found(data: Data, query: str) -> list[Entity]:
    """Return the services that a query keeps."""
    services = (each for each in data.organisation.entities.values() if each.kind == SERVICE)
    return by_title(each for each in services if _matches(data, each, query))


def _matches(data: Data, entity: Entity, query: str) -> bool:
    parent = data.organisation.entities.get(entity.parent or "")
    words = f"{entity.title} {entity.id} {parent.title if parent else ''}".casefold()
    return all(word in words for word in query.casefold().split())


def _moved_title(seen: Overview) -> str:
    if not seen.n_compared:
        return f"Nothing can be compared with {seen.since} yet: no service has two like periods"
    if not seen.moves:
        every = plural(seen.n_compared, "comparison")
        return f"Nothing surely moved since {seen.since}: in all {every} the likely ranges overlap"
    first = seen.moves[0]
    words = f"{first.measure_title} moved most at {first.title}: {first.before.written} to {first.now.written}"
    return words + (f"; {seen.n_moved - 1:,} more moved" if seen.n_moved > 1 else "")


def _won_title(seen: Overview) -> str:
    if not seen.won_back:
        return "No missed need is known: nothing says yet where people could be won back"
    first = seen.won_back[0]
    if first.people:
        return f"Most can be won back at {first.title}: {first.people}"
    return f"{first.gap} are missing at {first.title}; how many people that is, is not known"


def _sheet(data: Data, page: HomePage) -> Sheet:
    """Every service that was asked for, also those on other pages of the list."""
    return listed_sheet(tuple(row_of(data, each) for each in _found(data, page.query)))


PAGE = Page(path="/", name="home", template="home.html", build=build, sheet=_sheet, has_period=True, has_against=True)
