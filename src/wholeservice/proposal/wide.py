"""Wide tables: one column per month, quarter or year. The rule for them, and the facts that each period gives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from wholeservice import tables
from wholeservice.mapping.base import FROM, TO
from wholeservice.periods import CALENDAR, ROLLING
from wholeservice.proposal.columns import EMPTY, IDENTITY, LONG, NAME, NUMBER, WORD, Column
from wholeservice.proposal.counts import COUNT, MEAN, SHARE, TRANSACTIONS, of_words
from wholeservice.proposal.entries import Entry, Setting
from wholeservice.proposal.periods import Group, first_month, groups_of, months_in
from wholeservice.proposal.scores import fit_of, name_of
from wholeservice.proposal.spelling import Line, about, braces, flow, is_called, length_text, scalar
from wholeservice.proposal.tallies import currency_in
from wholeservice.proposal.words import CHANNELS, share_of, words_of

MAX_GROUPS = 12
_t: Any = tables  # the checker of types does not know that a slot can be named
_MONEY = {"cost", "costs", "kosten", "budget", "spend", "expenses", "ausgaben", "gastos", "revenue", "umsatz", "omzet", "sales"}
_NAMES = {"name", "service", "slug", "id", "title", "key", "team", "department", "site", "product"}
_FINANCIAL = {"fy", "fiscal", "financial", "boekjaar", "geschaftsjahr"}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(slots=True)
class Wide:
    """What a wide table becomes: the lines under `each:`, its entries, and the columns that tell its rows apart."""

    each: list[Line]
    entries: list[Entry]
    record: list[Column]


@dataclass(frozen=True, slots=True)
class _Named:
    """The columns of one group under the name that stands for them."""

    name: str
    group: Group
    of: str
    statistic: str
    is_sure: bool
    channel: str | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class _Found:
    """The columns that are periods, their names, the lines under `each:`, and whether their windows may be added up."""

    columns: list[Column]
    named: list[_Named]
    each: list[Line]
    window: Line


def wide_of(setting: Setting, stem: tuple[str, ...]) -> Wide | None:
    """Return what a table becomes whose columns are periods, None when they are none. *stem* are the words of its name."""
    columns = setting.columns
    headers = [each.name for each in columns]
    groups = [group for group in groups_of(headers) if _holds_numbers(group, columns)]
    if not groups:
        return _by_range(setting, stem)
    named = _named(groups[:MAX_GROUPS], headers)
    inside = {position for group in groups for position in group.positions}
    parts = tuple((scalar(each.name), scalar(each.group.pattern)) for each in named)
    lines = [Line("columns", "", _found(groups), parts=parts)]
    lines += _lasts(groups)
    overlaps = any(group.overlaps for group in groups)
    window = _window(groups, overlaps=overlaps)
    return _made(setting, _Found([columns[at] for at in sorted(inside)], named, lines, window), stem)


def _holds_numbers(group: Group, columns: Sequence[Column]) -> bool:
    kinds = [columns[at].kind for at in group.positions]
    n_numbers = kinds.count(NUMBER) + kinds.count("duration")
    return n_numbers > 0 and n_numbers + kinds.count(EMPTY) >= 0.8 * len(kinds)


def _found(groups: list[Group]) -> str:
    firsts = [first for group in groups for first, _ in group.days]
    n = len({days for group in groups for days in group.days})
    return f"{n} periods, the first begins on {min(firsts)}, the last on {max(firsts)}"


def _lasts(groups: list[Group]) -> list[Line]:
    """Say how long a window is where not all headers agree: one that spans two years among others of one is a mistake."""
    lengths = sum((group.lengths for group in groups), start=groups[0].lengths - groups[0].lengths)
    ((usual, n),) = lengths.most_common(1)
    n_all = sum(lengths.values())
    if n == n_all:
        return []
    return [Line("lasts", length_text(usual), f"{n_all - n} of {n_all} headers name another length", is_sure=n >= 0.8 * n_all)]


def _window(groups: list[Group], *, overlaps: bool) -> Line:
    name = name_of(_t.Tally.window)
    if overlaps:
        usual = groups[0].lengths.most_common(1)[0][0]
        return Line(name, ROLLING, f"windows of {length_text(usual)} that overlap are never added up")
    return Line(name, CALENDAR, "or rolling, if a column counts more than its period", is_sure=False)


def _named(groups: list[Group], headers: Sequence[str]) -> list[_Named]:
    """Give each group a name: what its headers say besides the period."""
    found: list[_Named] = []
    for group in groups:
        words = words_of(group.rest)
        base = "-".join(words) or "value"
        taken = {each.name for each in found} | {FROM, TO, *headers}
        name = next(each for number in range(1, 1000) if (each := base if number == 1 else f"{base}-{number}") not in taken)
        of, how, sure = of_words(words)
        channel = next((word for word in words if word in CHANNELS), None)
        left = " ".join(word for word in words if word != channel)
        found.append(_Named(name, group, of or left or TRANSACTIONS, how, sure, channel, currency_in(group.rest)))
    return found


def _by_range(setting: Setting, stem: tuple[str, ...]) -> Wide | None:
    """Months without a year: a range of positions, and the year is the one thing to say."""
    columns = setting.columns
    run = months_in([each.name for each in columns])
    if run is None or not all(columns[at].kind in (NUMBER, EMPTY) for at in range(run[0], run[1] + 1)):
        return None
    year = next((match[0] for word in stem if (match := _YEAR.fullmatch(word))), None)
    constant = next(
        (each for each in columns if (each.n_distinct == 1 and each.kind != NUMBER) or is_called(each, "year")), None
    )
    if year is None and constant is not None and constant.n_distinct == 1 and _YEAR.fullmatch(constant.texts[0]):
        year = constant.texts[0]
    month = first_month(columns[run[0]].name)
    why = "by the name of the file" if year else "the headers name no year: which is it?"
    lines = [
        Line("columns", flow({"value": f"{run[0] + 1}..{run[1] + 1}"}), f"{run[1] - run[0] + 1} months"),
        Line("from", f"{year or '2025'}-{month:02}-01", why, is_sure=year is not None),
        Line("lasts", "1m", "by their names"),
    ]
    named = [_Named("value", Group("", "", (), ()), TRANSACTIONS, "count", False, None, None)]
    window = Line(name_of(_t.Tally.window), CALENDAR, "each column counts its own month")
    return _made(setting, _Found(list(columns[run[0] : run[1] + 1]), named, lines, window), stem)


def _made(setting: Setting, found: _Found, stem: tuple[str, ...]) -> Wide:
    inside = {id(each) for each in found.columns}
    others = [one for one in setting.free if id(one) not in inside]
    entity, keys = _entity(replace(setting, columns=others))
    make = _money if _is_money(found.named, stem, found.columns) else _tally
    entries = [make(one, found, entity) for one in found.named]
    for entry in entries:
        entry.used = [*found.columns, *keys]
    return Wide(found.each, entries, keys)


def _is_money(named: list[_Named], stem: tuple[str, ...], wide: list[Column]) -> bool:
    """Say whether the numbers are amounts: by their currency, or by what the columns or the file are called."""
    if any(each.of == TRANSACTIONS and each.is_sure for each in named):
        return False
    if any(each.statistic in (MEAN, SHARE) for each in named):
        return False
    return any(each.currency for each in wide) or any(each.of == "costs" for each in named) or bool(_MONEY & set(stem))


def _entity(setting: Setting) -> tuple[Line, list[Column]]:
    """Return what the numbers are about: the one or two columns of text that tell the rows apart, the best named first."""
    name = name_of(_t.Tally.entity)
    fit = fit_of(tables.TALLIES, setting.columns, setting.known)
    best = fit.column(_t.Tally.entity)
    texts = [each for each in setting.columns if each.kind in (WORD, NAME, IDENTITY, LONG) and each.share > 0.9]
    texts.sort(key=lambda each: (each is not best, each.kind == LONG, not _NAMES & set(each.words)))
    unique = next((list(some) for n in (1, 2) for some in combinations(texts[:12], n) if setting.is_unique(some)), None)
    if best is not None and unique is not None and best not in unique and setting.is_unique([best]):
        unique = [best]
    if unique is None:
        unique = [best] if best is not None else texts[:1]
        if not unique:
            return Line(name, scalar(setting.service), "no column names it; write your service here", is_sure=False), []
        return Line(name, braces(unique[0]), f"{about(unique[0])}; rows are not all different", is_sure=False), unique
    unique.sort(key=lambda each: setting.columns.index(each))
    value = scalar("/".join(f"{{{each.ref}}}" for each in unique))
    is_known = bool(setting.known) and share_of(unique[-1].texts[:40], setting.known) >= 0.5
    is_sure = best is None or is_known or any(each is best for each in unique)
    return Line(name, value, f"{about(unique[-1])}; tells the rows apart", is_sure=is_sure), unique


def _tally(one: _Named, found: _Found, entity: Line) -> Entry:
    slots = (_t.Tally.from_at, _t.Tally.to_at, _t.Tally.of, _t.Tally.statistic, _t.Tally.value, _t.Tally.channel,
             _t.Tally.currency, _t.Tally.denominator)  # fmt: skip
    first, end, of, statistic, value, channel, currency, denominator = (name_of(slot) for slot in slots)
    how, start = one.statistic, _starts(first, one)
    why = "by its name" if one.is_sure else "what is counted? or visits, visitors, attempts, costs"
    lines = [
        start, Line(end, scalar(f"{{{TO}}}")), found.window, entity,
        Line(of, scalar(one.of), why, is_sure=one.is_sure or one.of != TRANSACTIONS),
        Line(statistic, how), Line(value, _value(one))
    ]  # fmt: skip
    counts = [each for each in found.named if each.of == TRANSACTIONS and each.statistic == COUNT]
    under = next((each for each in counts if each.channel == one.channel), None)
    if how in (MEAN, SHARE) and under is not None and under is not one:
        lines.append(Line(denominator, scalar(f"{{{under.name}}}"), "of as many; without it it cannot be added up"))
    if one.channel:
        lines.append(Line(channel, scalar(one.channel), "by its name"))
    if one.of == "costs" and one.currency:
        lines.append(Line(currency, one.currency, "by the header"))
    return Entry("tally", lines)


def _money(one: _Named, found: _Found, entity: Line) -> Entry:
    slots = (_t.Money.from_on, _t.Money.to_on, _t.Money.entity, _t.Money.flow, _t.Money.amount, _t.Money.currency)
    first, end, about_what, flow_name, amount, currency = (name_of(slot) for slot in slots)
    lines = [
        _starts(first, one), Line(end, scalar(f"{{{TO}}}")), replace(entity, key=about_what),
        Line(flow_name, "spent", "or earned", is_sure=one.of == "costs"), Line(amount, _value(one))
    ]  # fmt: skip
    code = one.currency or next((currency_in(each.name) for each in found.columns if currency_in(each.name)), None)
    if code:
        lines.append(Line(currency, code, "by the header"))
    elif not any(each.currency for each in found.columns):
        lines.append(
            Line(currency, "EUR", "nothing names it; without it no amount can be read", is_sure=False, is_active=False)
        )
    return Entry("money", lines)


def _starts(name: str, one: _Named) -> Line:
    """Return the line of the start of a window; of a financial year only its owner knows it."""
    is_financial = bool(_FINANCIAL & set(words_of(one.group.rest)))
    why = "a financial year: does it begin in January?" if is_financial else ""
    return Line(name, scalar(f"{{{FROM}}}"), why, is_sure=not is_financial)


def _value(one: _Named) -> str:
    return scalar(f"{{{one.name}}}")
