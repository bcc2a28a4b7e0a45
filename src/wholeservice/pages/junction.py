"""The junction: every loss of the organisation beside everybody who could change it, and why it still lasts."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.findings.junction import OpenTime, once
from wholeservice.findings.losses import ATTEMPTS
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.open_part import OpenPicture, open_part
from wholeservice.periods import civil


@dataclass(frozen=True, slots=True)
class JunctionPage:
    """All losses of people in one picture, what is lost of calls or items in another; None: no such loss is traced."""

    title: str
    people: OpenPicture | None
    others: OpenPicture | None
    n_services: int
    fill: str | None
    snapshot: str


FILL = (
    "A loss stands here once a need has a target that is surely missed, and attempts, calls or items can be followed to what "
    "stood behind them. Work on it is known where items say what they are about, or a link says what they fix."
)


def build(data: Data) -> JunctionPage:
    """Return the junction of all services."""
    of_people, of_others = _shared(data)
    people, others = open_part(data, of_people, "all"), open_part(data, of_others, "others")
    n = len({each.entity for each in data.open_times})
    title = (
        people.title if people else others.title if others else "No loss can be traced to a place that somebody could change"
    )
    return JunctionPage(title, people, others, n, None if people or others else FILL, data.snapshot)


def _shared(data: Data) -> tuple[list[OpenTime], list[OpenTime]]:
    """Return the places by what they lose; a place that loses people does not stand among the calls again."""
    by_place = {each.box for each in data.open_times if each.of == ATTEMPTS}
    return (
        [each for each in data.open_times if each.box in by_place],
        [each for each in data.open_times if each.box not in by_place],
    )


def _sheet(data: Data, page: JunctionPage) -> Sheet:
    """One row for each piece of the open time of each place, each place once."""
    header = ("place", "id", "of service", "need", "stream", "owner", "lost a day", "counted in", "what it was", "waited for",
              "item", "from", "days", "lost meanwhile", "lost so far", "at least", "who must act")  # fmt: skip
    rows = [
        (each.title, each.box, each.entity, each.need, each.stream, each.owner, each.per_day, each.of, piece.state, piece.on,
         piece.item, civil(piece.from_at, data.zone), piece.days, piece.lost, each.lost, str(each.is_at_least),
         ", ".join(actor.entity for actor in each.actors))
        for each, _ in once(data.open_times) for piece in each.pieces
    ]  # fmt: skip
    return Sheet(header, tuple(rows))


PAGE = Page(path="/junction", name="junction", template="junction.html", build=build, sheet=_sheet)
