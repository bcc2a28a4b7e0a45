"""What else could have moved a number, in plain words: all of one kind in one piece, so that many of them stay readable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from wholeservice.findings.wording import listed
from wholeservice.improvements.judged import IMPROVEMENT, INCIDENT, LOSS, Rival

Titles = Mapping[str, str]
PLURAL = {LOSS: "losses"}


def rival_words(rivals: Sequence[Rival], titles: Titles) -> str | None:
    """
    Name what else could explain a change at that date, and how often it came; None where nothing is known.

    >>> import datetime as dt
    >>> found = [Rival(kind, each, n, dt.datetime(2026, 7, 13)) for kind, each, n in
    ...          (("release", "rooms", 1), ("release", "desk", 2), ("loss", "rooms", 1), ("loss", "desk", 1))]
    >>> rival_words(found, {"rooms": "Rooms", "desk": "Desk"})
    '3 releases (2 of Desk and 1 of Rooms); 2 losses at Rooms and Desk'
    """
    return "; ".join(_counted(rivals, titles)) if rivals else None


def coincident_words(rivals: Sequence[Rival], titles: Titles) -> str:
    """Name what came at the same time, each kind once: `a release of Prices and losses at Checkout and Rooms`."""
    pieces = [f"improvement {each.of}" for each in rivals if each.kind == IMPROVEMENT]
    for kind, group in _by_kind(rivals):
        article = "an" if kind == INCIDENT else "a"
        what = f"{article} {kind}" if len(group) == 1 else _many(kind)
        pieces.append(f"{what} {_where(kind)} {listed([titles.get(each.of, each.of) for each in group])}")
    return " and ".join(pieces)


def _counted(rivals: Sequence[Rival], titles: Titles) -> Iterator[str]:
    for each in rivals:
        if each.kind == IMPROVEMENT:
            yield f"improvement {each.of}, begun {each.first_at:%d %b %Y}".replace(" 0", " ")
    for kind, group in _by_kind(rivals):
        n, where = sum(each.n for each in group), _where(kind)
        what = f"{n} {kind if n == 1 else _many(kind)}"
        if len(group) in (1, n):  # all in one place, or one in each
            yield f"{what} {where} {listed([titles.get(each.of, each.of) for each in group])}"
            continue
        most = sorted(group, key=lambda each: -each.n)
        yield f"{what} ({listed([f'{each.n} {where} {titles.get(each.of, each.of)}' for each in most])})"


def _by_kind(rivals: Iterable[Rival]) -> Iterator[tuple[str, list[Rival]]]:
    found: dict[str, list[Rival]] = {}
    for each in rivals:
        if each.kind != IMPROVEMENT:
            found.setdefault(each.kind, []).append(each)
    yield from found.items()


def _many(kind: str) -> str:
    return PLURAL.get(kind, f"{kind}s")


def _where(kind: str) -> str:
    return "at" if kind == LOSS else "of"
