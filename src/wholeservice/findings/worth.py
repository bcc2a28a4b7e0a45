"""What a loss is worth in money: from what mending one place alone would win back, where a completion has a declared worth.

Never from a share: shares add up to the gap, and nobody wins one back. Each amount keeps the currency it was declared in;
amounts of two currencies are never added up, since that takes a rate and its date.
"""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.findings.losses import AT_OR_BELOW, STARTS_HERE, Box, LossMap
from wholeservice.organisation.graph import Organisation, ancestors
from wholeservice.uncertainty import Interval
from wholeservice.units import Unit

WORTH = "worth"


@dataclass(frozen=True, slots=True)
class Won:
    """What mending one box alone would win back a day: people, and money where a completion has a worth."""

    people: float
    people_interval: Interval | None
    money: float | None = None
    money_interval: Interval | None = None
    currency: Unit | None = None


def won_a_day(organisation: Organisation, loss_map: LossMap, box: Box) -> Won | None:
    """
    Return what mending *box* alone would win back a day.

    Unit     people (attempts) a day; money a day in the declared currency. The interval is that of the box's loss, scaled to
             what mending it alone wins
    Errors   None where the units of the map are no people, where nothing starts at the box, or what it would win is not known
    """
    size, days = box.starts_here + box.not_traced, loss_map.period.days
    is_origin = box.claim in (STARTS_HERE, AT_OR_BELOW) and size > 0
    if loss_map.people_per_day is None or not is_origin or not box.alone or not days:
        return None
    a_day = loss_map.n / days
    people, spread = box.alone * a_day, _scaled(box.interval, a_day * box.alone / size)
    worth = worth_of(organisation, loss_map.entity)
    if worth is None:
        return Won(people, spread)
    each, currency = worth
    return Won(people, spread, people * each, _scaled(spread, each), currency)


def worth_of(organisation: Organisation, entity: str) -> tuple[float, Unit] | None:
    """Return what one completion of a service is worth, by itself or by what it is inside of; None: nobody has said."""
    for each in (entity, *ancestors(organisation, entity)):
        said = organisation.entities[each].fields.get(WORTH) if each in organisation.entities else None
        if said is not None and said.unit.kind == "money" and said.number > 0:
            return said.number, said.unit
    return None


def _scaled(interval: Interval | None, factor: float) -> Interval | None:
    return Interval(interval.low * factor, interval.high * factor, interval.method) if interval else None
