"""What mending one place alone would win back a day, in people and in money, and where a place has a map of its own."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.findings.inseparable import titles_of
from wholeservice.findings.losses import GOES_WITH, ITEMS, Box, LossMap
from wholeservice.findings.worth import Won, won_a_day
from wholeservice.pages.base import Data
from wholeservice.pages.entries import address_of
from wholeservice.units import Unit, difference_unit, write

NO_WON = "What mending one place alone would win back is not known"


@dataclass(frozen=True, slots=True)
class WonRow:
    """One place where loss starts. `own_map` leads to the map of what is lost within it, where it has one."""

    title: str
    address: str | None
    kind: str
    starts: str
    won: str
    people: str | None
    money: str | None
    reference: str
    note: str
    own_map: str | None


def won_rows(data: Data, loss_map: LossMap, boxes: list[Box], kinds: dict[str, str]) -> tuple[WonRow, ...]:
    """
    Return the places of *boxes* with what mending each alone wins; money only where a completion has a declared worth.

    Nothing where of no place it is known, or there is no map: `why_no_won` then says why.
    """
    if loss_map.why_no_map or all(box.alone is None for box in boxes):
        return ()
    return tuple(_row(data, loss_map, box, kinds) for box in boxes)


def why_no_won(loss_map: LossMap, boxes: list[Box]) -> str:
    """Say why it is known of no place of a map what mending it would win back; nothing where it is known of one."""
    if loss_map.why_no_map or not boxes or any(box.alone is not None for box in boxes):
        return ""
    if any(box.claim == GOES_WITH for box in boxes):
        return f"{NO_WON}: what a loss goes with need not be its cause, and nothing that was seen at the other places failed."
    return f"{NO_WON}: nothing that was seen at these places failed."


def _row(data: Data, loss_map: LossMap, box: Box, kinds: dict[str, str]) -> WonRow:
    won, unit = won_a_day(data.organisation, loss_map, box), difference_unit(loss_map.unit)
    known = data.organisation.entities.get(box.id)
    to = address_of(known) if known else None
    has_map = any(of == box.id and each.gap > 0 for (of, _), each in data.loss_maps.items()) and box.id != loss_map.entity
    return WonRow(
        title=box.title, address=to, kind=kinds.get(box.kind, box.kind).lower(), starts=write(_size(box), unit),
        won="not known" if box.alone is None else write(box.alone, unit),
        people=items_words(loss_map, box) or _people(won), money=money_words(won),
        reference=_reference(loss_map, box), note=box.note,
        own_map=f"{to}#losses" if to and has_map else None,
    )  # fmt: skip


def _reference(loss_map: LossMap, box: Box) -> str:
    if box.alone is None and loss_map.of != ITEMS:
        return "nothing that was seen there failed"
    return box.reference


def items_words(loss_map: LossMap, box: Box) -> str | None:
    """Say how many of the late items mending a place alone brings back in time; None where no items are counted."""
    if loss_map.of != ITEMS or box.alone is None:
        return None
    return f"{box.alone * loss_map.n:,.0f} of {late_items(loss_map):,.0f} late"


def late_items(loss_map: LossMap) -> float:
    """Return how many of the items that were due were late."""
    return round((1 - loss_map.value) * loss_map.n)


def _size(box: Box) -> float:
    return box.starts_here + box.not_traced


def _people(won: Won | None) -> str | None:
    if won is None:
        return None
    spread = won.people_interval
    return f"{_amount(won.people)} a day" + (f", likely {_amount(spread.low)} to {_amount(spread.high)}" if spread else "")


def _amount(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}"


def money_words(won: Won | None) -> str | None:
    """Say what is won back a day in money, with its likely range."""
    if won is None or won.money is None or won.currency is None:
        return None
    spread, unit = won.money_interval, won.currency
    likely = f", likely {_whole(spread.low, unit)} to {_whole(spread.high, unit)}" if spread else ""
    return f"{_whole(won.money, unit)} a day{likely}"


def _whole(amount: float, unit: Unit) -> str:
    """Money of a hundred and more is written without cents: it is no more exact than that."""
    return write(amount, unit).rpartition(".")[0] if abs(amount) >= 100 and "." in write(amount, unit) else write(amount, unit)


def apart_words(loss_map: LossMap) -> tuple[str, ...]:
    """Say which places no data tell apart, and which data would."""
    titles, unit = {box.id: box.title for box in loss_map.boxes}, difference_unit(loss_map.unit)
    return tuple(
        f"{titles_of(each, titles)}, {write(each.size, unit)} together: it takes {each.separated_by}"
        for each in loss_map.together
    )
