"""How to read a loss map: in which direction, and what each mark that is drawn in it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wholeservice.findings.losses import AT_OR_BELOW, FITTED, GOES_WITH, ITEMS, NOT_OBSERVED, TAKEN_FOR_GRANTED, LossMap

WAY = "Follow the orange from the step where it is felt to the place where it starts, marked by a dark edge. Width is loss."
WAY_OF_ITEMS = (
    "Follow the orange from the channel by which requests came to the time in which they took longer than is usual for those "
    "done in time. Width is loss."
)
WAY_BESIDE = (
    "Follow the orange from the step where it is felt to what it goes with, which need not be its cause. Width is loss."
)
NO_WAY = "Each box is as high as what is lost there; behind it nothing was recorded that a loss could be followed to."
PICK = "Pick a box to see only its paths."


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of a drawing: the class of its swatch, and what it stands for."""

    swatch: str
    words: str


def way_words(loss_map: LossMap) -> str:
    """Say how a map is read; one in which no loss passes from box to box has no orange to follow."""
    lost = {each.rung for each in loss_map.ribbons if each.size > 0}
    if not lost:
        return NO_WAY
    way = WAY_BESIDE if lost == {FITTED} else WAY_OF_ITEMS if loss_map.of == ITEMS else WAY
    return f"{way} {PICK}"


def marks_of(loss_map: LossMap) -> tuple[Mark, ...]:
    """Return the marks that are drawn in a map, and no others."""
    return tuple(_marks(loss_map))


def _marks(loss_map: LossMap) -> Iterator[Mark]:
    claims, lost = {box.claim for box in loss_map.boxes}, [each for each in loss_map.ribbons if each.size > 0]
    starting = [box for box in loss_map.boxes if box.claim not in (GOES_WITH, TAKEN_FOR_GRANTED)]
    if any(each.rung != FITTED for each in lost):
        yield Mark("ribbon", "loss that passes on")
    if any(box.starts_here > 0 for box in starting):
        yield Mark("edge", "starts here")
    if any(box.not_traced > 0 for box in starting):
        yield Mark("below", "starts here or below, not traced further")
    if len(lost) < len(loss_map.ribbons):
        yield Mark("thin", "a dependency that works")
    if NOT_OBSERVED in claims:
        yield Mark("hatched", "not observed")
    if AT_OR_BELOW in claims or loss_map.unexplained > 0:
        yield Mark("warm", "what lies behind it is not known")
    if GOES_WITH in claims:
        yield Mark("goes-with", "goes with it, no cause")
    if TAKEN_FOR_GRANTED in claims:
        yield Mark("warm", "assumed, without data")
