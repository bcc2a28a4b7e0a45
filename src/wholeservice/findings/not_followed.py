"""What a loss map could not follow as it is declared: names that stand for nothing, and boxes that use each other."""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.findings.losses import CIRCLE, LossMap
from wholeservice.organisation.graph import Organisation


def not_followed(organisation: Organisation, loss_map: LossMap) -> Iterator[str]:
    """Yield, in words, what is declared of the boxes of a map and cannot be followed; what to do stands beside it."""
    titles = {box.id: box.title for box in loss_map.boxes}
    for each in organisation.unresolved:
        if each.relation == "uses" and each.from_id in titles:
            user = titles[each.from_id]
            yield f"{user} is declared to use '{each.word}', which nothing is called: fix the name or declare it"
    for box in loss_map.boxes:
        if box.kind == CIRCLE and box.flow_in > 0:
            yield f"{box.title} use each other in a circle, so that no order says which of them fails first: they count as one"
