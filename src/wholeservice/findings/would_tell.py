"""How much missing data would explain: at most what lies in the dark, and likely as much of it as where the same is recorded.

Like is set beside like: attempts lost at one step without any call beside those lost there with calls, a part that nobody saw
in some lost attempts beside the lost attempts in which it was seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from wholeservice.findings.ledger import Ledger, Pattern

LEAST = 0.5  # an attempt: less is not worth a line
MIN_ALIKE = 8.0  # lost attempts in which it is recorded: fewer tell nothing of the others
MOST = 5


@dataclass(frozen=True, slots=True)
class MissingData:
    """Data that is not there and how much of the loss it could explain, in the unit of the target.

    `likely`: how much it would, if what is missing is like what is recorded of the same places; None: nothing alike is.
    """

    what: str
    could_explain: float
    likely: float | None = None


def what_would_tell(n: float, ledger: Ledger, patterns: Sequence[Pattern], titles: Mapping[str, str]) -> Iterator[MissingData]:
    """
    Yield what is not recorded, most promising first. Sizes overlap: one gap in the data may be mended in several ways.

    Shape    n: attempts behind the map; sizes are shares of them
    """
    dark = {box: size for box, size in ledger.dark.items() if box in titles and size > LEAST}
    alike = _where_seen(dark, ledger, patterns) if dark else {}
    rows = [_calls_of(titles[box], size, *alike[box]) for box, size in dark.items()]
    rows.append(_unlinked(ledger, patterns))
    at_steps = sum(ledger.untraced.values()) - sum(ledger.hidden.values())
    rows.append(("what people met at the step itself: waits, messages, prices, rules", at_steps, None))
    kept = [row for row in rows if row[1] > LEAST]
    for what, size, likely in sorted(kept, key=lambda row: (-round(row[1], 6), row[0]))[:MOST]:
        yield MissingData(what, size / n, None if likely is None else min(size, likely) / n)


_Row = tuple[str, float, float | None]


def _where_seen(boxes: Iterable[str], ledger: Ledger, patterns: Sequence[Pattern]) -> dict[str, list[float]]:
    """Return, for each box, the lost attempts in which it was seen, and how many of them started there."""
    found = {box: [0.0, 0.0] for box in boxes}
    for pattern, contribution in zip(patterns, ledger.contributions, strict=True):
        if pattern.lost_at:
            for box in found.keys() & {part for _, part, _ in pattern.seen}:
                found[box][0] += pattern.n
                found[box][1] += pattern.n * contribution.get(box, 0.0)
    return found


def _calls_of(title: str, size: float, seen: float, started: float) -> _Row:
    """Where the part was seen in attempts that were lost, in how many of them did it start there?"""
    return (f"calls of {title}", size, size * started / seen if seen >= MIN_ALIKE else None)


def _unlinked(ledger: Ledger, patterns: Sequence[Pattern]) -> _Row:
    """Attempts lost at a step of which no call is recorded, beside those lost there of which some are."""
    lone: dict[str, float] = defaultdict(float)
    linked: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for pattern in patterns:
        if pattern.lost_at and not pattern.is_linked:
            lone[pattern.lost_at[0][0]] += pattern.n
    for pattern, contribution in zip(patterns, ledger.contributions, strict=True):
        if pattern.lost_at and pattern.is_linked and pattern.lost_at[0][0] in lone:
            step = pattern.lost_at[0][0]
            linked[step][0] += pattern.n
            linked[step][1] += pattern.n * sum(size for box, size in contribution.items() if box != step)
    size = sum(lone.values()) - sum(ledger.timed.values())
    alike = [step for step in lone if linked[step][0] >= MIN_ALIKE]
    known = sum(lone[step] for step in alike)
    told = sum(lone[step] * linked[step][1] / linked[step][0] for step in alike)
    likely = told / known * size if known >= LEAST * sum(lone.values()) and known else None
    return ("calls of the lost attempts for which none is recorded", size, likely)
