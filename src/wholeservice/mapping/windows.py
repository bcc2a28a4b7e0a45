"""Windows that end before they start: their rows are refused, for nothing can be counted over no time at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.mapping.read import Read
from wholeservice.tables import Money, Table, Tally, Work

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Window:
    """The two columns of a window. A stay of work may be over at once (`may_be_empty`); a period that is counted may not."""

    first: str
    end: str
    may_be_empty: bool = False

    @property
    def expected(self) -> str:
        """What the two ends must be."""
        return f"{self.end} {'not before' if self.may_be_empty else 'after'} {self.first}"

    @property
    def wrong(self) -> str:
        """What is wrong with a row whose window does not end after it starts."""
        if self.may_be_empty:
            return f"it ends before it starts: {self.end} is before {self.first}"
        return (
            f"the window ends when it starts: {self.end} is not after {self.first}; both ends are written, the end is exclusive"
        )


def _window(first: Any, end: Any, *, may_be_empty: bool = False) -> Window:
    return Window(first.__name__, end.__name__, may_be_empty)


WINDOWS: dict[type, Window] = {
    Tally: _window(Tally.from_at, Tally.to_at),  # type: ignore[misc]
    Money: _window(Money.from_on, Money.to_on),  # type: ignore[misc]
    Work: _window(Work.from_at, Work.to_at, may_be_empty=True),  # type: ignore[misc]
}
"""Every fact that lasts from one moment to another."""


def not_after(table: Table, columns: Mapping[str, Read]) -> tuple[Window, pa.Array] | None:
    """Return the window of the table and which rows end it too early; None when a fact of this table has no two ends."""
    import pyarrow.compute as pc

    window = WINDOWS.get(table.row)
    if window is None or window.first not in columns or window.end not in columns:
        return None
    first, end = columns[window.first].values, columns[window.end].values
    is_wrong = pc.less(end, first) if window.may_be_empty else pc.less_equal(end, first)
    return window, pc.fill_null(is_wrong, False)
