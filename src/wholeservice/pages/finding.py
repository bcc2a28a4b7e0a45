"""One finding: what is wrong, how much, where, the evidence it rests on, and what to try next."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.findings.base import Evidence, Finding
from wholeservice.improvements.log import FINDING
from wholeservice.measures.results import Point
from wholeservice.organisation.graph import steps
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.entries import address_of, entries_of
from wholeservice.pages.findings_part import FindingRow, finding_row
from wholeservice.pages.improvements_part import ImprovementRow, name_of, row_of
from wholeservice.pages.numbers import Number, number_of
from wholeservice.pages.sheet import NUMBER, number_cells


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One line of evidence: the number it opens, and the raw row it comes from."""

    says: str
    number: Number | None
    where_from: str | None


@dataclass(frozen=True, slots=True)
class FindingPage:
    """One finding with its evidence; `code` opens the help of its rule."""

    finding: FindingRow
    code: str
    step: str | None
    need: str | None
    need_says: str | None
    who_can_act: str | None
    who_title: str | None
    evidence: tuple[EvidenceRow, ...]
    snapshot: str
    who_address: str | None = None
    step_title: str | None = None
    step_address: str | None = None
    improvements: tuple[ImprovementRow, ...] = ()  # what is done because of it
    name: str = ""  # as an improvement names it
    is_open: bool = False


def build(data: Data, number: str) -> FindingPage | None:
    """Return finding *number*, counted from 1; None when there are fewer."""
    at = int(number) if number.isdecimal() and len(number) < 9 else 0
    if not 1 <= at <= len(data.findings):
        return None
    finding = data.findings[at - 1]
    who = data.organisation.entities.get(finding.who_can_act or "")
    return FindingPage(
        finding_row(data, at, finding), finding.code, finding.step, finding.need, _need(data, finding),
        finding.who_can_act, who.title if who else finding.who_can_act,
        tuple(_evidence(data, each) for each in finding.evidence), data.snapshot,
        _who_address(data, finding), *_step(data, finding),
        tuple(row_of(data, each) for each in data.improvements if FINDING + name_of(finding) in each.findings),
        name_of(finding), data.is_open,
    )  # fmt: skip


def _who_address(data: Data, finding: Finding) -> str | None:
    """The page of the team or owner who could act."""
    who = data.organisation.entities.get(finding.who_can_act or "")
    is_owner = finding.who_can_act in entries_of(data).owners
    return address_of(who) if who else address("owner", finding.who_can_act or "") if is_owner else None


def _step(data: Data, finding: Finding) -> tuple[str | None, str | None]:
    """The title and the page of the step it is about."""
    found = (each for each in steps(data.organisation, finding.entity) if each.id == finding.step)
    step = next(found, None)
    return (step.title, address("service", finding.entity, "step", step.id)) if step else (None, None)


def _need(data: Data, finding: Finding) -> str | None:
    needs = (each.says for each in data.organisation.needs if (each.service, each.id) == (finding.entity, finding.need))
    return next(needs, None)


def _evidence(data: Data, evidence: Evidence) -> EvidenceRow:
    point = _point(data, evidence)
    number = number_of(data, data.measures[point.cell.measure], point) if point else None
    return EvidenceRow(evidence.says, number, evidence.where_from)


def _point(data: Data, evidence: Evidence) -> Point | None:
    cell = evidence.cell
    if cell is None or cell.measure not in data.measures:
        return None
    days = (cell.to_at - cell.from_at).total_seconds() / 86400
    series = data.results.series(
        cell.measure, cell.entity, step=cell.step, channel=cell.channel, segment=cell.segment, days=days, window=cell.window
    )
    return next((point for point in series if point.cell == cell), None)


def _sheet(_: Data, page: FindingPage) -> Sheet:
    """What it rests on."""
    rows = ((each.says, each.where_from, *number_cells(each.number)) for each in page.evidence)
    return Sheet(("evidence", "raw row", *NUMBER), tuple(rows))


PAGE = Page(path="/finding/{number}", name="finding", template="finding.html", build=build, sheet=_sheet)
