"""The last rung: a share of the loss that somebody put down to something, and wrote down why. It explains nothing.

It takes its part of what no evidence traced, from every place where something is left, and is drawn hatched. It is never the
top, never named, and stands in no ranking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from wholeservice.findings.fit_rest import moved
from wholeservice.findings.losses import ASSUMED, TAKEN_FOR_GRANTED, Box, LossMap, Ribbon
from wholeservice.organisation.graph import Need, Organisation, steps

MARK = "assumed:"  # begins the id of a box: what is measured of the same place stays apart


def with_assumed(drawn: LossMap, organisation: Organisation, need: Need) -> LossMap:
    """
    Return the map with what the need assumes.

    Shape    a share is of all that is lost; no more is moved than is left untraced, all assumptions cut alike
    """
    rest = {box.id: box.not_traced for box in drawn.boxes if box.layer == 0 and box.not_traced > 0}
    lost, left = sum(box.flow_in for box in drawn.boxes if box.layer == 0), sum(rest.values())
    asked = sum(each.share for each in need.assumes) * lost
    if drawn.why_no_map or not need.assumes or not left:
        return drawn
    kept = min(1.0, left / asked)
    sizes: dict[str, float] = defaultdict(float)
    words: dict[str, list[str]] = defaultdict(list)
    for each in need.assumes:
        sizes[each.at] += each.share * lost * kept
        words[each.at].append(f"{each.because} (written {each.dated_on})" if each.dated_on else each.because)
    whole = sum(sizes.values())
    boxes = [
        replace(box, not_traced=box.not_traced * (1 - whole / left)) if box.id in rest else box for box in drawn.boxes
    ]  # fmt: skip
    new = [_box(organisation, need, at, size, "; ".join(words[at])) for at, size in sizes.items()]
    ribbons = [Ribbon(root, box.id, box.flow_in * size / left, ASSUMED) for root, size in rest.items() for box in new]
    residual = drawn.unexplained - drawn.headroom - whole
    return replace(
        drawn, boxes=(*boxes, *new), ribbons=(*drawn.ribbons, *ribbons), by_rung=moved(drawn, ASSUMED, whole),
        unexplained=max(0.0, residual), headroom=max(0.0, -residual),
    )  # fmt: skip


def _box(organisation: Organisation, need: Need, at: str, size: float, because: str) -> Box:
    entity = organisation.entities.get(at)
    titles: Sequence[str] = [step.title for step in steps(organisation, need.service) if step.id == at]
    title = entity.title if entity else next(iter(titles), at)
    return Box(MARK + at, entity.kind if entity else "step", title, 1, size, size, 0.0, TAKEN_FOR_GRANTED, reference=because)
