"""Answers as units to be summed: which instrument a question belongs to, its scale, and the response that it is a part of.

An organisation says in the mapping which question is which instrument (docs/measure_experience.md lists the words). An answer
off its scale, or without one, is no unit: `left_out` counts those, and why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wholeservice.measures.kinds import KINDS, with_hour
from wholeservice.measures.units import PERIOD, Units, in_periods

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, NumericValue, StringColumn
    from ibis.expr.types import Table as IbisTable

    from wholeservice.facts.identity import FactTables

SATISFACTION = ("satisfaction", "gds", "csat")
"""Instruments of satisfaction; a question that names none is taken for one."""
CSAT = ("csat",)
NPS = ("nps",)
EASE, EFFORT = ("ease", "ces"), ("effort",)
SUS_ITEMS, SUS_SCORED = tuple(f"sus-{number}" for number in range(1, 11)), "sus"
UX_LITE_ITEMS = ("ux-lite-useful", "ux-lite-easy")
OUTCOME, EXPERIENCE, PRICE = "outcome", "experience", "price"
VALUE = (OUTCOME, EXPERIENCE, PRICE)
KNOWN = tuple(dict.fromkeys((*SATISFACTION, *NPS, *EASE, *EFFORT, *SUS_ITEMS, SUS_SCORED, *UX_LITE_ITEMS, *VALUE)))

BY, ALONE = ("step", "channel"), KINDS
"""How answers are broken down: by step and channel, also together; by each kind of people, by itself."""
TOP_POINTS = 2.0
LEAST_FOR_TWO, MOST_FOR_TWO = 3.0, 10.0  # steps of a scale that has a top two: of three points, two would hold the middle
MOST_POINTS = 101
MIDDLE = 0.5
NET_TOP, SUS_LOWEST, SUS_HIGHEST, HUNDRED = 10.0, 1.0, 5.0, 100.0
GRID = 65536.0  # steps of a scale: a thousandth of a percentage point


def asked_of(facts: FactTables) -> IbisTable:
    """Return every question asked, answered or not, of a service that is known.

    Shape    the columns of `answers`; word (the instrument, null: none named), who (whose answers are alike), response (what
             was asked together: one source, one instant, one attempt, person or record), unit_at, many (answers it stands for),
             hour (of the asking)
    """
    a = facts.answers
    a = with_hour(facts, a.filter(a.entity.notnull()), a.asked_at)
    alone = a.source.concat(":", a.record)
    about = a.attempt.coalesce(a.consumer, alone)
    moment = a.asked_at.epoch_seconds().cast("string")
    return a.mutate(
        word=a.instrument.strip().lower().nullif(""),
        who=a.consumer.coalesce(alone.concat(":", a.part)),
        response=a.source.concat("|", a.ask.fill_null(""), "|", moment, "|", about),
        unit_at=a.answered_at.coalesce(a.asked_at),
        many=a.weight.coalesce(1.0),
    )


def is_on_scale(a: IbisTable) -> BooleanValue:
    """Say of each answer whether it lies on the scale that it names."""
    return ((a.score >= a.scale_min) & (a.score <= a.scale_max) & (a.scale_max > a.scale_min)).fill_null(False)


def is_net_answer(a: IbisTable) -> BooleanValue:
    """Say of each answer whether it is a whole number from 0 to 10, on that scale or on none that is named."""
    is_scale = (a.scale_min.coalesce(0.0) == 0.0) & (a.scale_max.coalesce(NET_TOP) == NET_TOP)
    return is_scale & a.score.between(0.0, NET_TOP) & (a.score == a.score.floor())


def is_sus_scale(a: IbisTable) -> BooleanValue:
    """Say of each answer whether it is on the scale of the statements of SUS, 1 to 5."""
    return (a.scale_min == SUS_LOWEST) & (a.scale_max == SUS_HIGHEST)


def is_sus_range(a: IbisTable) -> BooleanValue:
    """Say of each answer whether it is on the scale of a score of SUS, 0 to 100."""
    return (a.scale_min == 0.0) & (a.scale_max == HUNDRED)


def answers_to(facts: FactTables, words: tuple[str, ...], *, or_none: bool = False) -> IbisTable:
    """Return the answers on their scale to some instruments; with *or_none* also those that name no instrument.

    Shape    as `asked_of`; width (of the scale), share (0 lowest, 1 highest; on a fine grid, see `on_grid`)
    """
    a = asked_of(facts)
    is_ours = a.word.isin(words).fill_null(False)
    a = a.filter(is_ours | a.word.isnull() if or_none else is_ours, is_on_scale(a))
    width = a.scale_max - a.scale_min
    return a.mutate(width=width, share=on_grid((a.score - a.scale_min) / width.nullif(0.0)))


def units_of(a: IbisTable, hit: Any, **more: Any) -> IbisTable:
    """Return answers as units to be summed, with all their columns: *hit* is what is measured."""
    return a.mutate(cluster=a.who, weight=a.many, hit=hit, **more)


def is_good(a: IbisTable) -> BooleanValue:
    """Say of each answer whether it lies above the middle of its scale: a yes, or agreement."""
    return a.share > MIDDLE


def on_grid(number: Any) -> Any:
    """Put numbers that are fractions of counts on a fine grid, so that they add up to the same in every order and engine."""
    return (number * GRID + MIDDLE).floor().cast("float64") / GRID


def has_top_two(a: IbisTable) -> BooleanValue:
    """Say of each answer whether the top of its scale can be told: not on a slide rule of a hundred points."""
    return a.width <= MOST_FOR_TWO


def is_top(a: IbisTable, score: NumericValue) -> BooleanValue:
    """Say of each answer whether a score is one of the top two of its scale; of fewer than four points, the top one."""
    return score > a.scale_max - (a.width >= LEAST_FOR_TWO).ifelse(TOP_POINTS, 1.0)


def points_of(units: Units, periods: IbisTable) -> list[IbisTable]:
    """The same answers once more, as counts per point: rows of one cell add up, so each point is a row of its own.

    Shape    units with point (0 is the lowest) and last (the highest). Only whole points of scales that are not too long
    """
    import ibis

    rows = units.rows
    whole = (rows.point == rows.point.floor()) & (rows.last == rows.last.floor()) & (rows.last < MOST_POINTS)
    dated = in_periods(rows.filter(whole), periods)
    parts = []
    for kept, names in units.broken_down(dated):
        per_point = kept.group_by(["entity", *PERIOD, *names, "point", "last"]).aggregate(amount=kept.weight.sum())
        points = ibis.range((per_point.last + 1).cast("int64"))
        at_point = points.map(lambda each, p=per_point: (each == p.point).ifelse(p.amount, 0.0))
        parts.append(per_point.mutate(histogram=at_point).drop("point", "last", "amount"))
    return parts


def responses_of(a: IbisTable, **more: Any) -> IbisTable:
    """Fold the answers of each response into one row; *more* are aggregates beside where, when and whose it is.

    Shape    entity, response, step, channel, segment, device, hour, unit_at, who, many; consumer, n_asked (questions), place
             (of the first)
    """
    return a.group_by(["entity", "response"]).aggregate(
        step=a.step.max(),
        channel=a.channel.max(),
        segment=a.segment.max(),
        device=a.device.max(),
        hour=a.hour.min(),
        unit_at=a.unit_at.max(),
        who=a.who.min(),
        many=a.many.max(),
        consumer=a.consumer.min(),
        n_asked=a.count(),
        place=place_of(a).min(),
        **more,
    )


def place_of(a: IbisTable) -> StringColumn:
    """Return where an answer came from: its source, and below it the place there."""
    return a.source.concat("\n", a.where_from)


def text_of(a: IbisTable) -> StringColumn:
    """Return what stands as an answer in free words, null where that is nothing."""
    return a.text.strip().nullif("")
