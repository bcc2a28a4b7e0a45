"""One improvement: all that was said of it, where it is, the work on it, what was learnt, and who has solved its like."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.improvements.alike import alike
from wholeservice.improvements.base import (
    CLOSED,
    COMPARED_WITH,
    HYPOTHESIS,
    JUDGED_BY,
    LEARNT,
    OWNER,
    PRIORITY,
    PROBLEM,
    PROMISE,
    SAYS,
    STARTED,
    VERDICT,
    WORTH,
    Entry,
    Improvement,
)
from wholeservice.improvements.log import newest_verdicts
from wholeservice.improvements.numbers import moved_words
from wholeservice.improvements.priorities import Priority, priority_of, priority_words
from wholeservice.pages.addresses import address
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.improvements_part import ImprovementRow, Place, day, numbers_words, place_of, row_of
from wholeservice.pages.sources_part import moment
from wholeservice.pages.verdict_part import VerdictPart, verdict_part

SAID = {
    SAYS: "What is changed", PROBLEM: "Problem", HYPOTHESIS: "Hypothesis", OWNER: "Owner", PROMISE: "Promise",
    WORTH: "Worth having", JUDGED_BY: "Also judged by", COMPARED_WITH: "Compared with", STARTED: "Reached people",
    PRIORITY: "Priority", LEARNT: "Learnt", VERDICT: "Verdict", CLOSED: "Closed",
}  # fmt: skip
HISTORY = ("said at (UTC)", "about", "what", "value", "unit", "rests on", "until (UTC)", "by")
MOST_ALIKE = 6


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One entry, as it was said."""

    at: str
    question: str
    says: str
    detail: str
    by: str | None


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """An improvement that helped, and what it has in common with this one."""

    improvement: ImprovementRow
    why: str


@dataclass(frozen=True, slots=True)
class ImprovementPage:
    """All that is known of one improvement; what nobody said is None or empty, and the page says so."""

    improvement: ImprovementRow
    problem: str | None
    hypothesis: str | None
    worth: tuple[str, ...]
    judged_by: tuple[str, ...]
    compared_with: tuple[Place, ...]
    started: str | None
    deployment: str | None
    priorities: tuple[str, ...]
    work: tuple[Place, ...]
    learnt: tuple[str, ...]
    closed: str | None
    alike: tuple[AlikeRow, ...]
    history: tuple[HistoryRow, ...]
    is_open: bool
    snapshot: str
    helped: VerdictPart | None = None  # did it help, number by number; None: it promises no number


def build(data: Data, improvement: str) -> ImprovementPage | None:
    """Return the page of an improvement; None where the log holds none of this id."""
    one = next((each for each in data.improvements if each.id == improvement), None)
    if one is None:
        return None
    said = [priority_of(one, each.says) for each in one.entries if each.question == PRIORITY]
    started = next((each for each in reversed(one.entries) if each.question == STARTED), None)
    return ImprovementPage(
        improvement=row_of(data, one), problem=one.problem, hypothesis=one.hypothesis,
        worth=tuple(moved_words(*each) for each in one.worth),
        judged_by=tuple(numbers_words(data, each) for each in one.judged_by),
        compared_with=tuple(place_of(data, f"service:{each}") for each in one.compared_with),
        started=day(data, one.started_at) if one.started_at else None, deployment=started.evidence if started else None,
        priorities=tuple(dict.fromkeys(f"{each.by}: {priority_words(each)}"
                                       + (f" ({each.made_of})" if each.made_of else "") for each in said if each)),
        work=tuple(_work(data, each) for each in one.work), learnt=one.learnt, closed=_closed(data, one),
        alike=tuple(AlikeRow(row_of(data, each), why) for each, why in alike(one, data.improvements)[:MOST_ALIKE]),
        history=tuple(_history(data, each) for each in one.entries), is_open=data.is_open, snapshot=data.snapshot,
        helped=verdict_part(data, one),
    )  # fmt: skip


def _work(data: Data, item: str) -> Place:
    return Place(item, address("item", item) if item in data.stories else None)


def _closed(data: Data, one: Improvement) -> str | None:
    if one.closed is None or one.closed_at is None:
        return None
    rests = next((each.evidence for each in newest_verdicts(one) if each.says == one.closed), None)
    return f"{one.closed}, on {day(data, one.closed_at)}" + (f": {rests}" if rests else "")


def _history(data: Data, entry: Entry) -> HistoryRow:
    says, detail = entry.says, []
    if entry.question in (PROMISE, WORTH) and entry.value is not None:
        detail.append(f"better by {entry.value:g} {entry.unit or ''}".rstrip())
    elif entry.value is not None:
        detail.append(priority_words(Priority(entry.says, entry.value, entry.unit)))
    if entry.question == STARTED:
        says = day(data, entry.at)
    if entry.until:
        detail.append(f"by {day(data, entry.until)}")
    if entry.evidence:
        detail.append(entry.evidence)
    return HistoryRow(moment(data, entry.said_at or entry.at), SAID[entry.question], says, "; ".join(detail), entry.by)


def _sheet(data: Data, page: ImprovementPage) -> Sheet:
    one = next(each for each in data.improvements if each.id == page.improvement.id)
    rows = ((each.said_at or each.at, each.question, each.says, each.value, each.unit, each.evidence, each.until, each.by)
            for each in one.entries)  # fmt: skip
    return Sheet(HISTORY, tuple(rows))


PAGE = Page(path="/improvements/{improvement}", name="improvement", template="improvement.html", build=build, sheet=_sheet)
