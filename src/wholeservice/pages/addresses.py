"""Addresses of pages, with whatever names hold written so that an address can hold it."""

from __future__ import annotations

from wholeservice.measures.base import Cell

PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")


def address(*parts: str) -> str:
    """Return the address of a page.

    >>> address("owner", "Ana & Bö")
    '/owner/Ana%20%26%20B%C3%B6'
    """
    return "/" + "/".join(map(quoted, parts))


def rows_address(cell: Cell, *later: Cell) -> str:
    """
    Return the address of the rows behind the number of a cell, or of several periods in a row, gaps between them left out.

    >>> from datetime import datetime, UTC
    >>> rows_address(Cell("volume", "a&b", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC), "calendar"))
    '/rows?entity=a%26b&measure=volume&from=2026-01-01T00%3A00%3A00Z&to=2026-02-01T00%3A00%3A00Z&window=calendar'
    """
    cells = (cell, *later)
    begins, ends = [each.from_at for each in cells], [each.to_at for each in cells]
    joints = {*begins} & {*ends}
    begin, end = (
        ",".join(each.isoformat().replace("+00:00", "Z") for each in some if each not in joints) for some in (begins, ends)
    )
    return rows_of(entity=cell.entity, measure=cell.measure, **{"from": begin, "to": end}, window=cell.window, step=cell.step,
                   channel=cell.channel, segment=cell.segment)  # fmt: skip


def rows_of(**asked: str | None) -> str:
    """Return the address of rows, of what is asked for."""
    return "/rows?" + "&".join(f"{name}={quoted(value)}" for name, value in asked.items() if value)


def quoted(words: str) -> str:
    """Write what an address cannot hold as its bytes; a slash in an id stays one."""
    return "".join(
        each if each in PLAIN else "".join(f"%{byte:02X}" for byte in each.encode("utf-8", "replace")) for each in words
    )
