"""Tables of amounts: which columns are amounts, whether spent or earned, in which currency, over which days."""

from __future__ import annotations

from typing import Any

from wholeservice import tables
from wholeservice.proposal.columns import NUMBER, WORD, Column
from wholeservice.proposal.entries import Entry, Setting
from wholeservice.proposal.scores import Fit, name_of
from wholeservice.proposal.spelling import Line, about, braces, is_called, mapped, scalar, value_of
from wholeservice.proposal.tallies import currency_in, window
from wholeservice.proposal.words import FLOWS, share_of

_t: Any = tables  # the checker of types does not know that a slot can be named
_EARNED = (
    "revenue",
    "umsatz",
    "omzet",
    "sales",
    "turnover",
    "income",
    "earned",
    "earnings",
    "ingresos",
    "einnahmen",
    "inkomsten",
)
_BUDGET = ("budget", "planned", "forecast", "plan", "budgeted", "begroting")
_ALSO = {"billed cost": "billed", "effective cost": "effective"}  # two views of one charge
_KNOWN_FLOW = 0.6


def money(fit: Fit, setting: Setting) -> list[Entry]:
    """Return an entry for each column of amounts."""
    start = window(fit, (_t.Money.from_on, _t.Money.to_on), setting)
    amounts = _amounts(fit, setting)
    if not start or not amounts:
        return []
    entries = []
    for column in amounts:
        lines = [*start, *_about(fit, setting), *_flow(fit, column), *_kind(column, amounts)]
        lines.append(_amount(column, setting))
        lines += _currency(fit, column)
        used = [match.column for name, match in fit.matches.items() if name != name_of(_t.Money.amount)]
        entries.append(Entry("money", lines, used=[*used, column]))
    return entries


def _amounts(fit: Fit, setting: Setting) -> list[Column]:
    """Return the amount, and the others beside it: another view of the charge, or a budget."""
    first = fit.column(_t.Money.amount)
    if first is None:
        return []
    others = [each for each in setting.free if each.kind == NUMBER and each is not first]
    views = [each for each in others if any(is_called(each, word) for word in _ALSO)]
    plans = [
        each for each in others if is_called(each, *_BUDGET) or (is_called(each, *_EARNED) and not is_called(first, *_EARNED))
    ]
    return [first, *(views if any(is_called(first, word) for word in _ALSO) else plans)]


def _about(fit: Fit, setting: Setting) -> list[Line]:
    lines = []
    for slot in (_t.Money.entity, _t.Money.pool, _t.Money.line):
        column, name = fit.column(slot), name_of(slot)
        if column is not None:
            is_sure = fit.points_of(slot) >= 0.9
            is_needed = slot is _t.Money.entity
            lines.append(Line(name, braces(column), about(column), is_sure=is_sure, is_active=is_sure or is_needed))
        elif slot is _t.Money.entity:
            why = (
                "the only service of this workspace"
                if setting.is_service_known
                else "no column names it; write your service here"
            )
            lines.append(Line(name, scalar(setting.service), why, is_sure=setting.is_service_known))
    return lines


def _flow(fit: Fit, amount: Column) -> list[Line]:
    name, column = name_of(_t.Money.flow), fit.column(_t.Money.flow)
    if column is not None and column.kind == WORD and share_of(column.texts, FLOWS) >= _KNOWN_FLOW:
        wanted = next(each for each in fit.table.columns if each.name == name)
        value, unknown = mapped(column, wanted, FLOWS)
        return [Line(name, value, about(column), is_sure=not unknown)]
    if is_called(amount, *_EARNED):
        return [Line(name, "earned", "by its name")]
    is_cost = any(
        is_called(each, "cost", "costs", "expense") for each in (fit.column(_t.Money.line), fit.column(_t.Money.pool)) if each
    )
    is_cost = is_cost or is_called(
        amount, "cost", "costs", "kosten", "spend", "expense", "expenses", "gasto", "coste", "budget", "charge", "fee"
    )
    return [Line(name, "spent", "by its name" if is_cost else "or earned", is_sure=is_cost)]


def _kind(amount: Column, amounts: list[Column]) -> list[Line]:
    name = name_of(_t.Money.kind)
    if is_called(amount, *_BUDGET):
        return [Line(name, "budget", "by its name")]
    view = next((kind for word, kind in _ALSO.items() if is_called(amount, word)), None)
    if view:
        return [Line(name, view, "by its name")]
    return [Line(name, "billed", "the other column is the budget")] if len(amounts) > 1 else []


def _amount(column: Column, setting: Setting) -> Line:
    wanted = next(each for each in tables.MONEY.columns if each.name == name_of(_t.Money.amount))
    return Line(wanted.name, value_of(column, wanted, setting.base), about(column))


def _currency(fit: Fit, amount: Column) -> list[Line]:
    """Return the line of the currency; none where the cells name a clear one."""
    from wholeservice.mapping.currencies import SIGNS

    name, column = name_of(_t.Money.currency), fit.column(_t.Money.currency)
    if column is not None:
        return [Line(name, braces(column), about(column))]
    if amount.currency is not None and len(SIGNS.get(amount.currency, ("",))) == 1:
        return []
    if code := currency_in(amount.name):
        return [Line(name, code, "by the header")]
    meant = SIGNS.get(amount.currency or "", ("EUR", "USD", "GBP"))
    why = f"nothing names it: {', '.join(meant[:6])} ...; without it no amount can be read"
    return [Line(name, meant[0], why, is_sure=False, is_active=False)]
