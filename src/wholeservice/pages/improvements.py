"""The improvement log: what was promised, in the order that the workspace chose, and the daily ones in one line each."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.improvements.base import Improvement
from wholeservice.improvements.priorities import Order, order
from wholeservice.improvements.states import is_measured
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.improvements_part import MOST_DAILY, ImprovementRow, row_of, title_of

SHEET = (
    "id", "what is changed", "sort", "where", "finding", "state", "owner", "started (UTC)", "promised number", "better by",
    "unit", "until (UTC)", "promise from", "verdict", "effect", "priority by", "priority", "priority unit", "closed",
    "newest lesson", "written (UTC)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImprovementGroup:
    """Improvements in one order, or without any: `title` says which."""

    title: str | None
    rows: tuple[ImprovementRow, ...]


@dataclass(frozen=True, slots=True)
class ImprovementsPage:
    """The log. `groups` are never mixed into one order; `priority` is what they are ordered by, None: nothing."""

    title: str
    ordered: str
    priority: str | None
    groups: tuple[ImprovementGroup, ...]
    daily: tuple[ImprovementRow, ...]
    n_daily: int
    is_open: bool
    snapshot: str


def build(data: Data) -> ImprovementsPage:
    """Return the log of the snapshot, with what was written since where it is the newest."""
    promised = [each for each in data.improvements if is_measured(each)]
    daily = sorted((each for each in data.improvements if not is_measured(each)), key=_written, reverse=True)
    found = order(promised, data.prioritised_by)
    groups = _groups(data, found)
    rows = [row for group in groups for row in group.rows]
    return ImprovementsPage(
        title_of(rows) if data.improvements else "Nothing was written into the log yet", _ordered(found), found.by, groups,
        tuple(row_of(data, each) for each in daily[:MOST_DAILY]), len(daily), data.is_open, data.snapshot,
    )  # fmt: skip


def _written(each: Improvement) -> tuple[object, str]:
    return (each.created_at, each.id)


def _ordered(found: Order) -> str:
    if found.by is None:
        return f"{found.why[:1].upper()}{found.why[1:]}."
    return f"Ordered by {found.by}: {found.why}."


def _groups(data: Data, found: Order) -> tuple[ImprovementGroup, ...]:
    several = len(found.groups) > 1
    ranked = [
        ImprovementGroup(f"{found.by}, in {group.unit}".capitalize() if several else None,
                         tuple(row_of(data, each, priority) for each, priority in group.rows))
        for group in found.groups
    ]  # fmt: skip
    title = f"No {found.by} is given" if found.by and ranked else None
    rest = [ImprovementGroup(title, tuple(row_of(data, each) for each in found.rest))] if found.rest else []
    return (*ranked, *rest)


def _sheet(data: Data, page: ImprovementsPage) -> Sheet:
    """One row for each promise, and one for each improvement without any."""
    by_id = {each.id: each for each in data.improvements}
    found = order(list(data.improvements), data.prioritised_by)
    priorities = {each.id: priority for group in found.groups for each, priority in group.rows}
    rows = []
    for each in (*(one for group in found.groups for one, _ in group.rows), *found.rest):
        shown, priority = row_of(data, by_id[each.id]), priorities.get(each.id)
        for number, promise in enumerate(each.promises or (None,)):
            told = shown.promises[number] if promise else None
            rows.append((
                each.id, each.says, each.sort, ", ".join(each.where) or None, ", ".join(each.findings) or None, shown.state,
                each.owner, each.started_at, told.number if told else None, promise.by if promise else None,
                promise.unit if promise else None, promise.until if promise else None, promise.source if promise else None,
                told.verdict if told else "not measured", told.effect if told else None, found.by if priority else None,
                priority.value if priority else None, priority.unit if priority else None, each.closed, shown.learnt,
                each.created_at,
            ))  # fmt: skip
    return Sheet(SHEET, tuple(rows))


PAGE = Page(path="/improvements", name="improvements", template="improvements.html", build=build, sheet=_sheet)
