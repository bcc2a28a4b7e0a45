"""All findings: those about services, most people first, and apart from them those about the data itself."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.findings_part import FindingRow, rows
from wholeservice.pages.numbers import plural
from wholeservice.pages.sheet import findings_sheet


@dataclass(frozen=True, slots=True)
class FindingsPage:
    """The list, as the rules ordered it."""

    title: str
    about_services: tuple[FindingRow, ...]
    about_data: tuple[FindingRow, ...]
    snapshot: str


def build(data: Data) -> FindingsPage:
    """Return all findings of the snapshot."""
    services, about_data = rows(data, about_data=False), rows(data, about_data=True)
    if not services and not about_data:
        title = "No rule found anything"
    else:
        title = f"{plural(len(services), 'finding')} about services, {len(about_data):,} about the data itself"
    return FindingsPage(title, services, about_data, data.snapshot)


def _sheet(data: Data, page: FindingsPage) -> Sheet:
    return findings_sheet(data, (*page.about_services, *page.about_data))


PAGE = Page(path="/findings", name="findings", template="findings.html", build=build, sheet=_sheet)
