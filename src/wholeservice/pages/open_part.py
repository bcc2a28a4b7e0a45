"""Why losses last: places beside the stream that could change them, with the days they have been open, drawn to scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wholeservice.draw import svg
from wholeservice.draw.loss_map import KINDS
from wholeservice.draw.open_time import OpenPart, OpenRow, OpenTimes
from wholeservice.findings.junction import BY_RATE, OpenPiece, OpenTime, amount, once
from wholeservice.findings.losses import ATTEMPTS, ITEMS
from wholeservice.findings.open_time import (
    NOBODY,
    NOT_RECORDED,
    RELEASED,
    STATES,
    UNDECIDED,
    UNSEEN,
    VERIFIED,
    WAITING,
    WORKED_ON,
)
from wholeservice.findings.propagation import AT_OR_BELOW
from wholeservice.organisation.graph import Organisation
from wholeservice.pages.base import Data
from wholeservice.pages.entries import address_of
from wholeservice.pages.numbers import listed, plural
from wholeservice.periods import civil
from wholeservice.units import SHARE_POINTS, write

MOST_ROWS = 7
WORDS = {UNSEEN: "unseen", UNDECIDED: "undecided", NOBODY: "nobody on it", NOT_RECORDED: "not recorded",
         WORKED_ON: "worked on", RELEASED: "released", VERIFIED: "looked at"}  # fmt: skip
IN_WORK = (WORKED_ON, RELEASED, VERIFIED)
READING = (
    "A bar’s height is what is lost a day, its length the days, so its area is what was lost so far. ▼ is where it became"
    " known; below it, ◆ is by when this stream has usually changed half of what it knew, the upright tick by when 85 of 100."
)

UNTOLD = "Why it lasts cannot be told: of none of these is it recorded that anybody noticed, or works on it"
"""Said where no item, incident, judgement or word is about any of them: an empty log is no sign that nobody saw it."""


@dataclass(frozen=True, slots=True)
class PieceRow:
    """One piece of the open time in words; `lost` is what was lost while it lasted."""

    state: str
    on: str | None
    days: str
    lost: str
    from_on: str
    item: str | None


@dataclass(frozen=True, slots=True)
class ActorRow:
    """One who must act, why, who answers for that, and whether the owner of the loss commands it."""

    entity: str
    title: str
    address: str
    kind: str
    why: str
    owner: str | None
    is_within: bool | None


@dataclass(frozen=True, slots=True)
class OpenFacts:
    """One place in words: since when, known since, lost so far, who must act, and what is not sure."""

    entity: str
    title: str
    address: str | None
    of: str
    need: str
    stream: str | None
    stream_title: str | None
    owner: str | None
    per_day: str
    lost: str
    since: str
    known: str
    usual: str
    state: str
    reach: str
    pieces: tuple[PieceRow, ...]
    actors: tuple[ActorRow, ...]
    takes_several: bool
    notes: tuple[str, ...]
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenPicture:
    """The picture with the sentence that states it, how to read it, and each place in words."""

    title: str
    reading: str
    drawing: OpenTimes
    rows: tuple[OpenFacts, ...]
    together: tuple[OpenFacts, ...]
    rest: str | None


def open_part(data: Data, found: Sequence[OpenTime], id_: str) -> OpenPicture | None:
    """Return why some losses last, each place that surely loses something once; None where none does."""
    places = [each for each in once(found) if each[0].of == _counted(found) and each[0].is_named]
    if not places:
        return None
    shown = places[:MOST_ROWS]
    kept = [each for each, _ in shown]
    title, rows = open_title(kept), tuple(_facts(data, each, others) for each, others in shown)
    drawing = _drawing(data, kept, title, svg.id_of(f"open-{id_}"), places)
    together = tuple(row for row, each in zip(rows, kept, strict=True) if each.takes_several)
    return OpenPicture(title, READING, drawing, rows, together, _rest(places))


def _counted(found: Sequence[OpenTime]) -> str:
    """What most places lose: people go before items and calls, for only one of them can be added up."""
    counts = [each.of for each in found]
    return ATTEMPTS if ATTEMPTS in counts else ITEMS if ITEMS in counts else "calls"


def open_title(kept: Sequence[OpenTime]) -> str:
    """State in which way most was lost: before anybody knew, before anybody was at work on it, or while they were."""
    total = sum(each.lost for each in kept)
    if total <= 0:
        return "How long these losses have been open"
    shares = {state: sum(piece.lost for each in kept for piece in each.pieces if piece.state == state) / total
              for state in STATES}  # fmt: skip
    if all(each.known_at is None and not each.items for each in kept):
        return UNTOLD
    unseen, working = shares[UNSEEN], sum(shares[state] for state in IN_WORK)
    waited = 1 - unseen - working
    if waited >= max(unseen, working):
        return f"It lasts because it waits: {waited:.0%} was lost after it was known, with nobody at work on it"
    if unseen >= working:
        return f"It lasts because nobody saw it: {unseen:.0%} was lost before anybody is known to have noticed"
    return f"It is in work: {working:.0%} was lost while somebody was at it, or while it was looked at whether that helped"


def _facts(data: Data, found: OpenTime, others: Sequence[OpenTime]) -> OpenFacts:
    org, known = data.organisation, data.organisation.entities.get(found.box)
    stream = org.entities.get(found.stream or "")
    return OpenFacts(
        entity=found.box, title=found.title, address=address_of(known) if known else None, of=_title(org, found.entity),
        need=found.need, stream=stream.id if stream else None, stream_title=stream.title if stream else None,
        owner=found.owner, per_day=f"{amount(found.per_day, found.of)} a day", lost=amount(found.lost, found.of),
        since=_since(data, found), known=_known(data, found), usual=_usual(data, found), state=state_words(data, found),
        reach=_reach(found), pieces=tuple(_piece(data, found, each) for each in found.pieces),
        actors=tuple(
            ActorRow(each.entity, _title(org, each.entity), address_of(org.entities[each.entity]),
                     each.kind.replace("-", " "), each.why, each.owner, each.is_within)
            for each in found.actors if each.entity in org.entities
        ),
        takes_several=found.takes_several, notes=tuple(_notes(data, found)),
        also=tuple(dict.fromkeys(_title(org, each.entity) for each in others if each.entity != found.entity)),
    )  # fmt: skip


def _title(org: Organisation, entity: str | None) -> str:
    known = org.entities.get(entity or "")
    return known.title if known else entity or ""


def _day(data: Data, at: object) -> str:
    return f"{civil(at, data.zone):%-d %b %Y}"  # type: ignore[arg-type]


def _since(data: Data, found: OpenTime) -> str:
    return f"{'at least ' if found.is_at_least else ''}{_day(data, found.began_at)}"


def _known(data: Data, found: OpenTime) -> str:
    if found.known_at is None:
        return "nobody is recorded to have known"
    return f"known since {_day(data, found.known_at)}, by {found.known_by}"


def _usual(data: Data, found: OpenTime) -> str:
    if found.usual is None:
        return "nothing changed here yet to learn from"
    usual = found.usual
    half, most = (f"{each:,.0f} d" if each is not None else "not reached" for each in (usual.median_days, usual.p85_days))
    of = "" if usual.stream == found.stream else f" in {_title(data.organisation, usual.stream)}"
    return f"half in {half}, 85 % in {most}{of}; {plural(usual.n_changed, 'change')}, {usual.n_open:,} still open"


def _usual_short(found: OpenTime) -> str:
    if found.usual is None:
        return "nothing changed here yet"
    half, most = (f"{each:,.0f} d" if each is not None else "–" for each in (found.usual.median_days, found.usual.p85_days))
    return f"half in {half}, 85 % in {most}"


def state_words(data: Data, found: OpenTime) -> str:
    """Say what a place waits for now, and for how long it has."""
    if found.ended_at is not None:
        return f"gone since {_day(data, found.ended_at)}"
    if not found.pieces:
        return NOT_RECORDED
    last = found.pieces[-1]
    return f"{_words(data, last)} for {last.days:,.0f} days now" if last.days >= 1 else _words(data, last)


def _words(data: Data, piece: OpenPiece) -> str:
    if piece.is_circle:
        return "waits in a circle"
    if piece.state == WAITING:
        return f"waits for {_title(data.organisation, piece.on)}" if piece.on else "waits"
    on = f", {_title(data.organisation, piece.on)}" if piece.on else ""
    return WORDS.get(piece.state, piece.state) + on


def _piece(data: Data, found: OpenTime, piece: OpenPiece) -> PieceRow:
    days = f"{piece.days:,.1f}"
    on = _title(data.organisation, piece.on) if piece.on else None
    return PieceRow(_words(data, piece), on, days, amount(piece.lost, found.of), _day(data, piece.from_at), piece.item)


def _reach(found: OpenTime) -> str:
    if found.owner is None:
        return "nobody answers for it"
    if found.reach is None:
        return "nobody is known who must act"
    n = sum(bool(each.is_within) for each in found.actors)
    return f"{n} of {len(found.actors)} who must act"


def _others(data: Data, found: OpenTime) -> str:
    others = [_title(data.organisation, each.entity) for each in found.actors if not each.is_within]
    if found.owner is None:
        return "no one may act yet"
    return f"with {listed(others)}" if others else "nobody else needed"


def _notes(data: Data, found: OpenTime) -> list[str]:
    notes = []
    if found.basis == BY_RATE:
        notes.append("what was lost is only known for the newest period, so each of its days has the same")
    if found.before is not None:
        notes.append(f"it had been there before, from {_day(data, found.before[0])} to {_day(data, found.before[1])}")
    if found.n_older:
        notes.append(f"{plural(found.n_older, 'item')} about it came up before the loss did, and are not taken for work on it")
    return notes


def _drawing(
    data: Data, kept: Sequence[OpenTime], title: str, id_: str, places: Sequence[tuple[OpenTime, object]]
) -> OpenTimes:
    total, day = sum(each.lost for each in kept), sum(each.per_day for each in kept)
    whole = sum(each.per_day for each, _ in places)
    inside = sum(each.per_day for each in kept if each.reach == 1)
    owners = {each.owner for each in kept if each.owner}
    missing = sum(each.owner is None for each in kept)
    of = kept[0].of
    states = tuple(
        (state, sum(piece.lost for each in kept for piece in each.pieces if piece.state == state) / total if total else 0.0)
        for state in STATES
    )
    return OpenTimes(
        id_, title, tuple(_row(data, each, at) for at, each in enumerate(kept)),
        f"{'These' if len(kept) > 1 else 'This'}: {amount(day, of)} a day",
        f"of {amount(whole, of)} a day at {plural(len(places), 'place')}" if len(places) > len(kept) else "all that is traced",
        plural(len(owners), "owner") + (f"; {missing} without one" if missing else ""),
        inside / day if day else None, f"{inside / day:.0%} inside one owner’s reach" if day else "",
        tuple(each for each in states if each[1] > 0), _short(total), f"{_unit(of)} so far",
    )  # fmt: skip


def _unit(of: str) -> str:
    return {ATTEMPTS: "people", ITEMS: "items"}.get(of, "calls")


def _short(number: float) -> str:
    """Write a number of people for the picture: `524`, `12.4 k`, `2.34 m`.

    >>> _short(0.027), _short(2.4), _short(524.2), _short(12_400), _short(2_340_000)
    ('<0.1', '2.4', '524', '12.4 k', '2.34 m')
    """
    if 0 < number < 0.095:
        return "<0.1"
    if number < 9.95:
        return f"{number:.1f}"
    return f"{number:,.0f}" if number < 10_000 else f"{number / 1e3:.3g} k" if number < 999_500 else f"{number / 1e6:.3g} m"


def _row(data: Data, found: OpenTime, at: int) -> OpenRow:
    known = None if found.known_at is None else (found.known_at - found.began_at).total_seconds() / 86400
    usual, entity = found.usual, data.organisation.entities.get(found.box)
    median, p85 = (
        known + each if known is not None and each is not None else None
        for each in ((usual.median_days, usual.p85_days) if usual else (None, None))
    )
    spread = found.share_range
    a_day = found.lost / found.days if found.days else found.per_day
    return OpenRow(
        letter=chr(ord("A") + at), title=found.title, kind=_kind(found), share=write(-found.share, SHARE_POINTS, signed=True),
        note=f"± {write((spread[1] - spread[0]) / 2, SHARE_POINTS)}" if spread else "how sure is not known",
        per_day=a_day, per_day_words=_short(a_day), stream=_title(data.organisation, found.stream) or None, owner=found.owner,
        usual=_usual_short(found), reach=found.reach, reach_words=_reach(found), others=_others(data, found),
        parts=tuple(_part(data, found, each) for each in found.pieces), days=found.days, is_at_least=found.is_at_least,
        known_days=known, median_days=median, p85_days=p85, is_past=bool(found.is_past), lost=_short(found.lost),
        product=f"{_short(a_day)} × {found.days:,.0f} d", href=address_of(entity) if entity else None,
        is_below=found.claim == AT_OR_BELOW,
    )  # fmt: skip


def _kind(found: OpenTime) -> str:
    kind = KINDS.get(found.kind, found.kind).lower()
    return f"{kind}; here or below" if found.claim == AT_OR_BELOW else kind


def _part(data: Data, found: OpenTime, piece: OpenPiece) -> OpenPart:
    words, days = _words(data, piece), f"{piece.days:,.0f}"
    whom = _title(data.organisation, piece.on) if piece.on else ""
    labels = (f"{words} {days}", f"{whom} {days}" if whom else "", days if piece.days >= 0.5 else "")
    via = f", by way of {listed(list(piece.through))}" if piece.through else ""
    says = f"{words}{via}: {piece.days:,.1f} days from {_day(data, piece.from_at)}, {amount(piece.lost, found.of)} lost"
    return OpenPart(piece.state, piece.days, piece.lost, tuple(each for each in labels if each), says)


def _rest(places: Sequence[tuple[OpenTime, object]]) -> str | None:
    rest = [each for each, _ in places[MOST_ROWS:]]
    if not rest:
        return None
    lost = amount(sum(each.per_day for each in rest), rest[0].of)
    return f"Not shown: {plural(len(rest), 'smaller place')}, {lost} a day together."
