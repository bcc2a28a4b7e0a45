"""The board sheet: what one A4 page says of a service. A pure function of stored results; what does not fit is counted."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.pages.changed_part import SAME, ChangeRow
from wholeservice.pages.loss_part import Origin
from wholeservice.pages.need_rows import MET, MISSED, OPEN, UNKNOWN, NeedRow, TargetRow
from wholeservice.pages.numbers import listed, plural
from wholeservice.pages.service import ServicePage

N_NEEDS, N_ORIGINS, N_CHANGES = 4, 4, 3  # so many fit on A4, each with lines as long as may be


@dataclass(frozen=True, slots=True)
class BoardNeed:
    """A need and the target that speaks for it; None: it has no target."""

    says: str
    verdict: str
    target: TargetRow | None


@dataclass(frozen=True, slots=True)
class Board:
    """All the sheet says; `n_more_*` is what did not fit."""

    page: ServicePage
    needs: tuple[BoardNeed, ...]
    n_more_needs: int
    origins: tuple[Origin, ...]
    n_more_origins: int
    changes: tuple[ChangeRow, ...]
    n_more_changes: int
    needs_words: str
    change_words: str


def board_of(page: ServicePage) -> Board:
    """Return the sheet of the entity whose page this is."""
    origins = page.losses[0].origins if page.losses else ()
    changes = page.changed.rows if page.changed else ()
    return Board(
        page, tuple(_need(each) for each in page.needs[:N_NEEDS]), max(0, len(page.needs) - N_NEEDS),
        origins[:N_ORIGINS], max(0, len(origins) - N_ORIGINS), changes[:N_CHANGES], max(0, len(changes) - N_CHANGES),
        _needs_words(page.needs), _change_words(changes),
    )  # fmt: skip


def _needs_words(rows: tuple[NeedRow, ...]) -> str:
    if not rows:
        return "Nobody has written down what people need"
    counts = [(sum(row.verdict == verdict for row in rows), verdict) for verdict in (MET, MISSED, OPEN, UNKNOWN)]
    return "Needs: " + listed([f"{n} {verdict}" for n, verdict in counts if n])


def _change_words(rows: tuple[ChangeRow, ...]) -> str:
    if not rows:
        return "No two like periods can be compared yet"
    n_sure = sum(row.verdict != SAME for row in rows)
    return f"{n_sure or 'None'} of {plural(len(rows), 'measure')} surely changed"


def _need(row: NeedRow) -> BoardNeed:
    speaking = next((each for each in row.targets if each.verdict == row.verdict), None)
    return BoardNeed(row.says, row.verdict, speaking)
