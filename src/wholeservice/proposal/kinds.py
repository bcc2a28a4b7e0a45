"""What one row of a table is: every kind of fact is tried, and gets points for the columns that fit it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wholeservice import tables
from wholeservice.mapping.base import KINDS
from wholeservice.mapping.lengths import YEAR
from wholeservice.proposal.answers import answers
from wholeservice.proposal.columns import IDENTITY, LONG, NAME, NUMBER, PERSON, WORD, Column
from wholeservice.proposal.counts import is_hidden, names_something, of_words
from wholeservice.proposal.entries import Entry, Setting, entry_of
from wholeservice.proposal.money import money
from wholeservice.proposal.scores import Fit, fit_of, name_of
from wholeservice.proposal.sightings import name_column, sightings
from wholeservice.proposal.tallies import numbers_of, tallies
from wholeservice.proposal.words import ITEM_KINDS, share_of

MIN_SURE, MIN_AHEAD, MIN_LIKELY = 3.0, 1.2, 0.8  # points of the best kind, more than the next one, and to be proposed at all
_CAP = 3.0
_NAMED = 1.5  # points for what the file is called
_t: Any = tables  # the checker of types does not know that a slot can be named

_OUTAGE = {"incident", "outage", "impact", "alert", "triggered", "storing", "storung"}

_STEMS: dict[str, str] = {
    "interaction": "events event interactions visits bookings clicks pageviews clickstream orders journeys applications actions"
    " sessions",
    "answer": "survey surveys feedback nps csat reviews ratings responses answers satisfaction enquete umfrage encuesta",
    "contact": "calls contacts chats helpdesk support conversations zendesk contactcenter callcenter anrufe gesprekken",
    "item": "issues backlog jira stories features bugs problems changes items requests commits tasks defects workitems tickets",
    "work": "log worklog transitions history eventlog process activities stays production purchasing workflow",
    "deployment": "deployments deploys releases deployment deploy rollouts",
    "incident": "incidents outages incident storingen major",
    "call": "spans traces tracing span trace",
    "money": "cost costs billing invoices charges kosten spend budget expenses finance money revenue focus",
    "sighting": "catalog catalogue inventory cmdb components repos repositories services assets estate owners ownership teams",
    "tally": "stats statistics volumes analytics traffic daily weekly monthly kpi metrics totals report counts performance",
    "link": "links relations dependencies issuelinks",
    "judgement": "assessments assessment judgements findings audit reviews research",
}
"""What files with facts of a kind are usually called."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One kind of fact that rows may be."""

    kind: str
    points: float
    fit: Fit


def ranked(setting: Setting, stem: tuple[str, ...]) -> list[Ranked]:
    """Return the kinds of fact that rows may be, the likeliest first. *stem* are the words of what the file is called."""
    found = []
    for kind, table in KINDS.items():
        fit = fit_of(table, setting.free, setting.known)
        structure = _STRUCTURES[kind](fit, setting)
        if structure is not None:
            by_name = _NAMED if set(_STEMS[kind].split()) & set(stem) else 0.0
            found.append(Ranked(kind, _base(fit) + structure + by_name, fit))
    return sorted(found, key=lambda each: -each.points)


def entries_for(kind: str, setting: Setting) -> list[Entry]:
    """Return the entries under `facts:` when rows are of this kind; none when a column is lacking that it must have."""
    fit = fit_of(KINDS[kind], setting.free, setting.known)
    makers: dict[str, Callable[[Fit, Setting], list[Entry]]] = {
        "tally": tallies,
        "money": money,
        "sighting": sightings,
        "answer": answers,
    }
    if kind in makers:
        return makers[kind](fit, setting)
    entry = entry_of(fit, setting)
    there = {line.key for line in entry.lines if line.is_active}
    lacking = [each.name for each in fit.table.columns if each.required and each.name not in {*there, *tables.KEYS}]
    return [] if lacking else [entry]


def lacking_for(kind: str, setting: Setting) -> list[str]:
    """Return the required fields for which no column was found, in words."""
    fit = fit_of(KINDS[kind], setting.free, setting.known)
    names = [each.name for each in fit.table.columns if each.required and each.name not in tables.KEYS]
    fixed = {line.key for line in entry_of(fit, setting).lines if line.is_active}
    return [name for name in names if name not in fixed]


def is_money(setting: Setting) -> bool:
    """Say whether amounts are beyond doubt: by a currency, or by a name that says it."""
    fit = fit_of(tables.MONEY, setting.free, setting.known)
    amount = fit.column(_t.Money.amount)
    is_named = fit.points_of(_t.Money.amount) >= 1.9
    return amount is not None and (is_named or amount.currency is not None or _has(fit, _t.Money.currency))


def _base(fit: Fit) -> float:
    if fit.table is tables.TALLIES:
        slots = (_t.Tally.from_at, _t.Tally.to_at, _t.Tally.entity, _t.Tally.step, _t.Tally.channel, _t.Tally.segment)
        return sum(min(1.5, fit.points_of(slot)) for slot in slots)
    told = (match for field, match in fit.matches.items() if (fit.table, field) != (tables.ITEMS, name_of(_t.Item.channel)))
    return sum(min(_CAP, match.points) for match in told)  # most rows with a channel are contacts: that of an item says nothing


def _has(fit: Fit, *slots: Any, at_least: float = 0.0) -> bool:
    return any(fit.points_of(slot) > at_least for slot in slots)


def _is_named(fit: Fit, *slots: Any) -> bool:
    """Say whether a column is called like one of these fields, and does not only hold what such a field may."""
    matches = [fit.matches.get(name_of(slot)) for slot in slots]
    return any(each is not None and each.is_named and each.points >= 1.0 for each in matches)


def _interaction(fit: Fit, setting: Setting) -> float | None:
    if not _has(fit, _t.Interaction.happened_at):
        return None
    is_journey = _has(fit, _t.Interaction.consumer, _t.Interaction.visit, _t.Interaction.attempt, at_least=1.0)
    is_event = _has(fit, _t.Interaction.step, _t.Interaction.outcome, _t.Interaction.channel, at_least=0.9)
    if not is_journey and not _has_time(fit.column(_t.Interaction.happened_at)):
        return -1.5 if _is_named(fit, _t.Interaction.step) else -3.0  # a day is no event yet
    return 0.5 if is_journey and is_event else 0.0 if is_journey else -1.0 if is_event else -1.5


def _has_time(column: Column | None) -> bool:
    return column is not None and column.moments is not None and column.moments.has_time


def _answer(fit: Fit, setting: Setting) -> float | None:
    if not _has(fit, _t.Answer.asked_at) or not _has(fit, _t.Answer.score, _t.Answer.text):
        return None
    return 1.0 if _has(fit, _t.Answer.score, at_least=1.9) else -0.5 if _has(fit, _t.Answer.text, at_least=1.9) else -2.5


def _contact(fit: Fit, setting: Setting) -> float | None:
    if not _has(fit, _t.Contact.happened_at):
        return None
    slots = (_t.Contact.contact, _t.Contact.words, _t.Contact.handled_by, _t.Contact.handling_s, _t.Contact.wait_s,
             _t.Contact.resolved_first)  # fmt: skip
    n_strong = sum(fit.points_of(slot) >= 2.0 for slot in slots)
    return 0.5 if n_strong > 1 else -1.0 if n_strong else -2.5


def _item(fit: Fit, setting: Setting) -> float | None:
    item, slots = fit.column(_t.Item.item), (_t.Item.size, _t.Item.due_at, _t.Item.stream)
    if item is None or not _has(fit, _t.Item.created_at):
        return None
    kind = fit.column(_t.Item.kind)
    has_kind = _has(fit, _t.Item.kind, at_least=2.0) or (kind is not None and share_of(kind.texts, ITEM_KINDS) >= 0.3)
    is_work = has_kind or _has(fit, *slots, at_least=1.0) or _has(fit, _t.Item.item, at_least=2.0)
    is_work = is_work and not _is_named(fit_of(tables.INCIDENTS, setting.free, setting.known), _t.Incident.detected_at)
    is_incident = all(text.upper().startswith("INC") for text in item.texts[:20])
    return (0.0 if _is_own(item) else -3.0) + (0.5 if is_work else -4.0) - 5.0 * is_incident


def _work(fit: Fit, setting: Setting) -> float | None:
    item = fit.column(_t.Work.item)
    if item is None or not _has(fit, _t.Work.from_at) or not _has(fit, _t.Work.stage, _t.Work.state):
        return None
    is_repeated = item.n_distinct < 0.8 * item.n_filled and item.is_whole
    return (1.5 if is_repeated else -3.0) + (0.8 if _has(fit, _t.Work.to_at, at_least=0.9) else -0.5)


def _deployment(fit: Fit, setting: Setting) -> float | None:
    if not _has(fit, _t.Deployment.deployed_at):
        return None
    slots = (_t.Deployment.environment, _t.Deployment.version, _t.Deployment.artefact)
    is_release = _has(fit, _t.Deployment.deployment, _t.Deployment.deployed_at, at_least=2.0)
    n = sum(fit.points_of(slot) >= 1.5 for slot in slots)
    return 0.5 if is_release and n else -1.5 if is_release or n > 1 else -3.0


def _incident(fit: Fit, setting: Setting) -> float | None:
    if not _has(fit, _t.Incident.started_at):
        return None
    slots = (_t.Incident.severity, _t.Incident.restored_at, _t.Incident.detected_at, _t.Incident.detected_by)
    first = fit.column(_t.Incident.started_at)
    is_called = _has(fit, _t.Incident.incident, at_least=1.9) or bool(first and _OUTAGE & set(first.words))
    own = fit.column(_t.Incident.incident)
    is_numbered = own is not None and all(text.upper().startswith("INC") for text in own.texts[:20])
    is_called = is_called or is_numbered
    return (
        4.0 * is_numbered
        + (0.5 if is_called else -1.0)
        + (0.0 if _has(fit, *slots, at_least=1.0) else -1.5)
        + (0.0 if is_called or _is_named(fit, _t.Incident.severity, _t.Incident.detected_at) else -4.0)
        + (-1.5 if own is None else 0.0)
    )


def _call(fit: Fit, setting: Setting) -> float | None:
    slots = (_t.Call.trace, _t.Call.span, _t.Call.started_at)
    return 1.0 if all(_has(fit, slot) for slot in slots) else None


def _money(fit: Fit, setting: Setting) -> float | None:
    if not _has(fit, _t.Money.amount) or not _has(fit, _t.Money.from_on):
        return None
    amount = fit.column(_t.Money.amount)
    is_personal = any(each.kind in (PERSON, LONG) for each in setting.free)
    is_named = _has(fit, _t.Money.currency) or (amount is not None and amount.currency is not None)
    return (
        (1.0 if is_named else 0.0)
        + (-1.5 if is_personal else 0.0)
        + (0.0 if _has(fit, _t.Money.amount, at_least=1.9) else -1.5)
    )


def _sighting(fit: Fit, setting: Setting) -> float | None:
    name = name_column(fit, setting)
    if name is None or not name.n_filled:
        return None
    n_moments = sum(each.moments is not None and each.moments.lasts != YEAR for each in setting.free)
    n_numbers = sum(each.kind == NUMBER and not each.is_unique for each in setting.free)
    is_thing = 1.0 if name.n_distinct >= 0.9 * name.n_filled else -1.0
    if is_thing < 0 and (n_moments or not fit.column(_t.Sighting.to_name)):
        return None
    other = fit.column(_t.Sighting.to_name)
    is_repeated = is_thing < 0 and other is not None and not setting.is_unique([name, other])
    is_thing -= 3.0 * is_repeated
    return is_thing + (1.0 if n_moments == 0 else -1.0 * n_moments) - min(2.0, 0.3 * n_numbers)


def _tally(fit: Fit, setting: Setting) -> float | None:
    first, end = fit.column(_t.Tally.from_at), fit.column(_t.Tally.to_at)
    if first is None or first.moments is None:
        return None
    used = [each for each in (first, end) if each is not None]
    numbers, scales = numbers_of(setting, used)
    if not numbers and not scales:
        return None
    known = [of_words(each.column.words) for each in numbers]
    points = sum(1.5 if of and sure else 0.8 if of else 0.3 for of, _, sure in known)
    words = [each for each in setting.free if each.kind in (WORD, NAME)]
    is_regular = first.moments.rhythm is not None or first.moments.n_days == 1
    made = min(4.0, points) + 3.0 * len(scales) + (0.7 if is_regular else -0.7)
    is_single = setting.is_unique([*used, *words]) and not _has_own(setting, used)
    made += -3.0 if _has_own(setting, used) else 1.2 if is_single else -1.0
    made -= 3.0 if any(each.kind in (PERSON, LONG) for each in setting.free) else 0.0
    made -= 3.0 if first.moments.has_time and end is None else 0.0  # of one moment: whether it is a window nobody knows
    is_clear = bool(scales) or any(of for of, _, _ in known) or (is_single and is_regular and bool(numbers[0].column.name))
    return made if is_clear else min(made, MIN_SURE - _CAP)


def _has_own(setting: Setting, used: list[Column]) -> bool:
    """Say whether rows have an identity of their own: then they are things or events, and no sums."""
    ids = [each for each in setting.free
           if each.is_unique and not is_hidden(each.name) and not any(each is other for other in used)]  # fmt: skip
    return any(each.kind == IDENTITY or (each.kind == NUMBER and names_something(each.words)) for each in ids)


def _link(fit: Fit, setting: Setting) -> float | None:
    if not all(_has(fit, slot, at_least=1.0) for slot in (_t.Link.from_ref, _t.Link.to_ref, _t.Link.relation)):
        return None
    return 1.0 if len(setting.free) <= 6 else -2.0


def _judgement(fit: Fit, setting: Setting) -> float | None:
    if not all(_has(fit, slot) for slot in (_t.Judgement.about, _t.Judgement.verdict, _t.Judgement.judged_at)):
        return None
    return 0.5 if _has(fit, _t.Judgement.verdict, at_least=2.0) else -2.5


def _is_own(column: Column) -> bool:
    return column.n_distinct >= 0.9 * column.n_filled or not column.is_whole


_STRUCTURES: dict[str, Callable[[Fit, Setting], float | None]] = {
    "interaction": _interaction, "answer": _answer, "contact": _contact, "item": _item, "work": _work,
    "deployment": _deployment, "incident": _incident, "call": _call, "money": _money, "sighting": _sighting, "tally": _tally,
    "link": _link, "judgement": _judgement
}  # fmt: skip
"""What speaks for a kind besides names; None: a column is lacking without which it cannot be."""
