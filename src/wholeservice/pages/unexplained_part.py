"""What no place explains: how much of each traced loss nobody has found the start of."""

from __future__ import annotations

from wholeservice.pages.loss_part import LossPart


def unexplained_words(losses: tuple[LossPart, ...]) -> tuple[str, ...]:
    """Return one sentence for each loss that was traced; nothing where none was: then all of it is unexplained."""
    return tuple(_words(each) for each in losses if each.drawing)


def _words(loss: LossPart) -> str:
    if loss.unexplained is None and loss.is_beside:
        return f"“{loss.says}”: not all of the {loss.gap} has a place where it starts; what it goes with is no explanation."
    if loss.unexplained is None:
        return f"“{loss.says}”: every part of the {loss.gap} has a place where it starts, or below which it starts."
    if loss.unexplained == loss.gap:
        return f"“{loss.says}”: no place claims any of the {loss.gap}."
    return f"“{loss.says}”: of {loss.gap}, {loss.unexplained} is claimed by no place."
