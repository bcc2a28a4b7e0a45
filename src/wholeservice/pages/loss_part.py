"""Where a missed need is lost: the map, a sentence that states what can be said, who could act, and what nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.axes import signed
from wholeservice.draw.loss_map import KINDS, LossDrawing
from wholeservice.findings.losses import (
    AT_OR_BELOW,
    GOES_WITH,
    ITEMS,
    TAKEN_FOR_GRANTED,
    UNRECORDED,
    UNTRACED,
    Box,
    LossMap,
    precedence,
)
from wholeservice.findings.not_followed import not_followed
from wholeservice.organisation.graph import team_of
from wholeservice.organisation.remit import owner_of
from wholeservice.pages.base import Data
from wholeservice.pages.late_part import LatePart, late_part
from wholeservice.pages.map_reading import Mark, marks_of, way_words
from wholeservice.pages.need_rows import target_words
from wholeservice.pages.numbers import listed, plural, when
from wholeservice.pages.won_part import WonRow, apart_words, why_no_won, won_rows
from wholeservice.uncertainty import Interval
from wholeservice.units import COUNT, SHARE, Unit, difference_unit, write

RUNGS = {
    "linked": "linked: the same attempt, the same event", "timed": "joined by time: the same place and hour",
    "fitted": "fitted: rises and falls together", "assumed": "assumed: somebody's judgement",
    "within reference": "no more than what the place promises allows", "untraced": "not traced to any place",
}  # fmt: skip
RUNGS_OF_ITEMS = {
    "linked": "linked: the recorded life of the same item", "within reference": "late although nothing took longer than usual",
    "untraced": "time of which nothing is recorded",
}  # fmt: skip
WITHIN = "within reference"
N_ORIGINS = 6
N_WITH = 3  # origins of which it is said who it was with
NOBODY = "not written down"
CLAIMS = {AT_OR_BELOW: "here or below, not traced further", GOES_WITH: "no proof of a cause"}


@dataclass(frozen=True, slots=True)
class Origin:
    """A place where loss starts. `alone` is what mending only this place would win back; the share adds up to the gap."""

    entity: str
    title: str
    kind: str
    claim: str
    share: str
    range_written: str | None
    alone: str | None
    reference: str
    team: str | None
    owner: str | None
    team_id: str | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """How a part of the loss is known."""

    words: str
    share: str
    is_known: bool = True  # some of it is known this way


@dataclass(frozen=True, slots=True)
class Missing:
    """Data that is not there and how much of the loss it could explain."""

    what: str
    could_explain: str
    likely: str | None = None  # if what is missing is like what is recorded of the same places


@dataclass(frozen=True, slots=True)
class LossPart:
    """One missed need. `drawing` is None exactly when `why_no_map` says why."""

    need: str
    says: str
    title: str
    target: str
    period: str
    n: str
    gap: str
    gap_range: str | None
    people: str | None
    drawing: LossDrawing | None
    why_no_map: str | None
    origins: tuple[Origin, ...]
    rungs: tuple[Rung, ...]
    unexplained: str | None
    headroom: str | None
    missing: tuple[Missing, ...]
    way: str = ""  # how to read the drawing
    marks: tuple[Mark, ...] = ()  # what is drawn in it
    besides: tuple[str, ...] = ()  # what a loss goes with, what could not be told, what is assumed
    is_beside: bool = False  # some of it only goes with something, or is assumed
    allowed: str = ""  # why places can lose, and win back, more than is missing
    beside: str = ""  # the time itself, where the map counts who took longer
    won: tuple[WonRow, ...] = ()  # what mending each place alone wins back a day
    why_no_won: str = ""  # in place of `won`, where of no place it is known
    not_followed: tuple[str, ...] = ()  # declared, and cannot be followed
    apart: tuple[str, ...] = ()  # places that no data tell apart, and which data would
    withs: tuple[str, ...] = ()  # of the largest origins, who it was with; only where work is followed
    no_rungs: str = ""  # the ways in which none of it is known
    late: LatePart | None = None  # what to do first; only where work is followed


def loss_parts(data: Data, entity: str) -> tuple[LossPart, ...]:
    """Return a part for each need of an entity that has a loss map, the largest gap first."""
    return tuple(_part(data, each) for each in maps_of(data, entity))


def maps_of(data: Data, entity: str) -> list[LossMap]:
    """Return the loss maps of what people need of an entity: those that can be drawn first, most people first."""
    aims = {(each.service, each.id) for each in data.organisation.needs if each.is_aim}
    maps = [each for key, each in data.loss_maps.items() if key[0] == entity and key not in aims and each.gap > 0]
    return sorted(maps, key=precedence)


def _part(data: Data, loss_map: LossMap) -> LossPart:
    title, unit = loss_title(loss_map), loss_map.unit
    spread = loss_map.gap_interval
    drawing = (
        None if loss_map.why_no_map else LossDrawing(svg.id_of(f"loss-{loss_map.entity}-{loss_map.need}"), title, loss_map)
    )
    return LossPart(
        need=loss_map.need, says=_says(data, loss_map), title=title, target=_target(data, loss_map),
        period=when(data, loss_map.period), n=write(loss_map.n, COUNT),
        gap=signed(-loss_map.gap, unit), gap_range=_range(spread, unit),
        people=people_words(loss_map), drawing=drawing, why_no_map=_sentence(loss_map.why_no_map),
        origins=tuple(origin_of(data, loss_map, box) for box in origins_of(loss_map)),
        rungs=tuple(
            Rung(_rung_words(loss_map, name), write(share, SHARE), share > 0) for name, share in loss_map.by_rung
        ),
        unexplained=signed(-loss_map.unexplained, unit) if loss_map.unexplained > 0 else None,
        headroom=signed(loss_map.headroom, unit) if loss_map.headroom > 0 else None,
        missing=tuple(
            Missing(each.what, signed(-each.could_explain, unit), _likely(each.likely, unit)) for each in loss_map.missing
        ),
        besides=tuple(_sentence(each) or "" for each in beside_origins(loss_map)), beside=loss_map.beside,
        allowed=allowed_words(loss_map),
        is_beside=any(box.claim in (GOES_WITH, TAKEN_FOR_GRANTED) for box in loss_map.boxes),
        way=way_words(loss_map), marks=marks_of(loss_map), withs=tuple(with_words(loss_map)),
        late=late_part(data, loss_map), no_rungs=_no_rungs(loss_map),
        won=won_rows(data, loss_map, origins_of(loss_map), KINDS), why_no_won=why_no_won(loss_map, origins_of(loss_map)),
        apart=apart_words(loss_map), not_followed=tuple(not_followed(data.organisation, loss_map)),
    )  # fmt: skip


def _rung_words(loss_map: LossMap, name: str) -> str:
    own = RUNGS_OF_ITEMS if loss_map.of == ITEMS else {}
    return own.get(name) or RUNGS.get(name, name)


def _no_rungs(loss_map: LossMap) -> str:
    """Name in one line the ways in which none of a loss is known; what could not be traced is none of them."""
    ways = [_rung_words(loss_map, name).partition(":")[0] for name, share in loss_map.by_rung
            if share <= 0 and name not in (UNTRACED, WITHIN)]  # fmt: skip
    return listed(ways).replace(" and ", " or ")


def with_words(loss_map: LossMap) -> list[str]:
    """Say of the largest places whom the work was with when it took longer: who could act, which is not who is to blame."""
    unit = difference_unit(loss_map.unit)
    told = [box for box in origins_of(loss_map) if any(team for team, _ in box.by_team)][:N_WITH]
    return [
        f"{box.title}: " + listed([_share_of(team, write(size, unit)) for team, size in box.by_team[:N_ORIGINS]])
        for box in told
    ]


def beside_origins(loss_map: LossMap) -> list[str]:
    """Say what is no origin: what a loss goes with and with which values, what could not be told, what somebody assumes."""
    unit = difference_unit(loss_map.unit)
    told = []
    for box in loss_map.boxes:
        size = write(box.starts_here, unit)
        if box.claim == GOES_WITH:
            levels = listed([f"{level}: {write(part, unit)}" for level, part in box.by_level[:N_ORIGINS]])
            told.append(f"{size} go with {box.title} ({levels}), beyond {box.reference}; that is no proof of a cause")
        if box.claim == TAKEN_FOR_GRANTED:
            told.append(f"{size} are assumed to be lost at {box.title}, and no data say so: {box.reference}")
    by_reason: dict[str, list[str]] = {}
    for title, why in loss_map.not_identified:
        by_reason.setdefault(why, []).append(title.lower())
    unknown = "; ".join(f"{listed(titles)} ({why})" for why, titles in by_reason.items())
    return [*told, f"can be neither blamed nor cleared: {unknown}"] if unknown else told


def _share_of(team: str | None, size: str) -> str:
    return f"{size} with {team}" if team else f"{size} {NOBODY}"


def _likely(size: float | None, unit: Unit) -> str | None:
    """Write what a missing piece would explain if it is like the rest; what is too small to be written is not told."""
    if size is None or write(size, difference_unit(unit)).startswith("<"):
        return None
    return signed(-size, unit)


def _sentence(words: str | None) -> str | None:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}." if words else None


def _range(spread: Interval | None, unit: Unit) -> str | None:
    return f"{signed(-spread.high, unit)} to {signed(-spread.low, unit)}" if spread else None


def _says(data: Data, loss_map: LossMap) -> str:
    needs = (each.says for each in data.organisation.needs if each.service == loss_map.entity and each.id == loss_map.need)
    return next(needs, loss_map.need)


def _target(data: Data, loss_map: LossMap) -> str:
    """The target in plain words; as it was declared when the need is gone since."""
    needs = (each for each in data.organisation.needs if each.service == loss_map.entity and each.id == loss_map.need)
    targets = (target for need in needs for target in need.targets if target.text == loss_map.target)
    return next((target_words(data, each) for each in targets), loss_map.target)


def basis_of(data: Data, loss_map: LossMap) -> str:
    """Say what a gap is measured against, its likely range, its period and how many were counted."""
    spread = _range(loss_map.gap_interval, loss_map.unit)
    likely = [f"likely {spread}"] if spread else []
    counted = f"{when(data, loss_map.period)}, {write(loss_map.n, COUNT)} counted"
    return "; ".join([_target(data, loss_map), *likely, counted])


def people_words(loss_map: LossMap) -> str | None:
    """How many people a day the gap is, or how many items in the period, in words; None where it is not known."""
    a_day = loss_map.people_per_day
    if loss_map.of == ITEMS and loss_map.gap > 0:
        return f"{plural(round(loss_map.gap * loss_map.n), 'item', 'items')} more than the target allows"
    if a_day is None:
        return None
    return "less than one person a day" if 0 < a_day < 0.5 else f"{plural(round(a_day), 'person', 'people')} a day"


def origins_of(loss_map: LossMap) -> list[Box]:
    """Return the boxes where loss starts, or below which it does: what mending one alone would win back most first."""
    starting = [box for box in loss_map.boxes if box.starts_here + box.not_traced > 0 and box.claim != TAKEN_FOR_GRANTED]
    return sorted(starting, key=lambda box: (-(box.alone or 0.0), -(box.starts_here + box.not_traced), box.id))[:N_ORIGINS]


def origin_of(data: Data, loss_map: LossMap, box: Box) -> Origin:
    """Return a box where loss starts in words, with who could act there."""
    unit, spread = loss_map.unit, box.interval
    about = box.about or box.id
    team = data.organisation.entities.get(team_of(data.organisation, about) or "")
    return Origin(
        entity=box.id if box.id in data.organisation.entities else "", title=box.title,
        kind=KINDS.get(box.kind, box.kind).lower(),
        claim=CLAIMS.get(box.claim, box.claim),
        share=signed(-(box.starts_here + box.not_traced), unit),
        range_written=_range(spread, unit),
        alone=None if box.alone is None else signed(box.alone, unit), reference=box.reference,
        team=team.title if team else None, owner=owner_of(data.organisation, about),
        team_id=team.id if team else None,
    )  # fmt: skip


def loss_title(loss_map: LossMap) -> str:
    """State what can be said of where a gap starts: one place, several that cannot be told apart, or none."""
    unit = difference_unit(loss_map.unit)
    gap = (
        f"{write(loss_map.gap, unit)} too many took too long" if loss_map.beside else f"{write(loss_map.gap, unit)} are missing"
    )
    if loss_map.why_no_map:
        return f"{gap}; where they are lost cannot be drawn yet"
    boxes = {box.id: box for box in loss_map.boxes}
    top = [boxes[each] for each in loss_map.top if each in boxes]
    if not top:
        dark = max(loss_map.boxes, key=lambda box: box.starts_here + box.not_traced, default=None)
        if dark is not None and dark.kind == UNRECORDED:
            return f"{gap}; the largest part is time with {dark.said}"
        return f"{gap}, and the data name no place where they are lost"
    if len(top) > 1:
        named = [box.said for box in top]
        if any(set(loss_map.top) == set(each.ids) for each in loss_map.together):
            return f"{gap}; most is lost at {', '.join(named[:-1])} or {named[-1]}, which no data tell apart"
        return f"{gap}; most is lost at {', '.join(named[:-1])} or {named[-1]}, which the data cannot rank"
    won = top[0].starts_here + top[0].not_traced if top[0].alone is None else top[0].alone
    beyond = write(won - loss_map.gap, unit)  # the target allows some loss, and what is mended ends that, too
    past = f", {beyond} beyond the target" if won > loss_map.gap and beyond != write(0.0, unit) else ""
    where = f"{top[0].said}, or something below it," if top[0].claim == AT_OR_BELOW else top[0].said
    return f"{gap}; mending {where} alone would win back {write(won, unit)}{past}"


def allowed_words(loss_map: LossMap) -> str:
    """Say why the places of a map can lose, and win back, more than is missing; nothing where they cannot.

    Of a share the target allows a part to fall short: all that falls short starts somewhere, only what is too much is missing.
    """
    lost = sum(box.starts_here + box.not_traced for box in loss_map.boxes)
    if loss_map.why_no_map or loss_map.unit.kind != SHARE.kind or lost <= loss_map.gap:
        return ""
    short, may = (each if loss_map.direction < 0 else 1 - each for each in (loss_map.value, loss_map.level))
    gap = write(loss_map.gap, difference_unit(SHARE))
    return (
        f"In all {write(short, SHARE)} fall short, and the target lets {write(may, SHARE)} do so: places can lose, and win "
        f"back, more than the {gap} that are missing."
    )


def origin_words(part: LossPart) -> str:
    """Name up to three places where loss starts."""
    return listed([each.title for each in part.origins[:3]]) or "where it starts is not traced"
