"""Origins that were always met together: one of them, or all, and no data to say which. They are named as "A or B"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wholeservice.findings.ledger import Ledger, Pattern

MOST_NAMED = 3
APART_IN_ATTEMPTS = "attempts in which only one of them fails; until then, mending one alone wins back nothing"
APART_IN_TIME = "calls linked to the attempts, or hours in which only one of them was worse than usual"


@dataclass(frozen=True, slots=True)
class Together:
    """Boxes that nobody can tell apart, what they lost together (in the unit of the map) and which data would separate them."""

    ids: tuple[str, ...]
    size: float
    separated_by: str


def always_together(
    n: float, ledger: Ledger, patterns: Sequence[Pattern], timed: Sequence[tuple[str, ...]]
) -> tuple[Together, ...]:
    """
    Return the groups of origins that were lost at in the very same attempts, or that were worse in the very same hours.

    Shape    patterns in the order of the ledger's contributions; timed: groups that time cannot separate
    Unit     share of attempts
    Errors   none: parts that stand in for each other are no group, since mending either is enough
    """
    found = [*_linked(ledger, patterns), *((ids, APART_IN_TIME) for ids in dict.fromkeys(timed) if len(ids) > 1)]
    told = []
    for ids, why in found:
        size = sum(share for (box, _), share in ledger.share.items() if box in ids)
        if size > 0:
            told.append(Together(ids, size / n, why))
    return tuple(sorted(told, key=lambda each: (-each.size, each.ids)))


def _linked(ledger: Ledger, patterns: Sequence[Pattern]) -> Iterator[tuple[tuple[str, ...], str]]:
    met: dict[str, list[int]] = defaultdict(list)
    kinds: dict[tuple[object, object], int] = {}
    never_alone = {box for box, _ in ledger.share if box not in ledger.untraced and ledger.alone.get(box, 0.0) <= 1e-9}
    for pattern, contribution in zip(patterns, ledger.contributions, strict=True):
        if not never_alone.isdisjoint(contribution):
            kind = kinds.setdefault((pattern.seen, pattern.lost_at), len(kinds))
            for box in never_alone.intersection(contribution):
                met[box].append(kind)
    alike: dict[frozenset[int], list[str]] = defaultdict(list)
    for box in sorted(met):
        alike[frozenset(met[box])].append(box)
    for boxes in alike.values():
        if len(boxes) > 1:
            yield tuple(boxes), APART_IN_ATTEMPTS


def with_others(top: tuple[str, ...], together: Sequence[Together]) -> tuple[str, ...]:
    """Return what is named as the largest with all that cannot be told from it; nothing where they would be too many."""
    named = dict.fromkeys(top)
    for group in together:
        if any(box in named for box in group.ids):
            named |= dict.fromkeys(group.ids)
    return tuple(named) if len(named) <= MOST_NAMED else ()


def titles_of(group: Together, titles: Mapping[str, str]) -> str:
    """Say the members of a group: "A or B"."""
    named = [titles.get(box, box) for box in group.ids]
    return f"{', '.join(named[:-1])} or {named[-1]}"
