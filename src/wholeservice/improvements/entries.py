"""From a checked entry to the line that is kept, and from kept lines to facts: items, judgements and links. Pure.

A line holds the rows that a source of the kind `improvements` reads, so that what the pages show at once is what an ingest
makes of it later.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wholeservice.improvements.base import KIND, STARTED
from wholeservice.improvements.checks import Said, Submission
from wholeservice.improvements.log import ITEM
from wholeservice.sources.log_lines import RECORD, ROWS
from wholeservice.tables import KEYS, LOG, Item, Judgement, Link

PREFIX, AT = "IMP-", "at"
_ID = re.compile(rf"{PREFIX}(\d{{1,12}})")

Facts = tuple[list[Item], list[Judgement], list[Link]]


def next_id(known: Iterable[str]) -> str:
    """
    Return the id of the next improvement: one more than the largest there is.

    >>> next_id(["IMP-2", "DEV-12", "IMP-10"]), next_id([])
    ('IMP-11', 'IMP-1')
    """
    numbers = [int(found[1]) for each in known if (found := _ID.fullmatch(each))]
    return f"{PREFIX}{max(numbers, default=0) + 1}"


def ids_in(lines: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the ids of the improvements that kept lines begin."""
    return {str(row["item"]) for line in lines for row in line[ROWS] if row["row"] == "item" and "item" in row}


def after_all(lines: Sequence[Mapping[str, Any]], at: dt.datetime) -> dt.datetime:
    """Return *at*, or what comes just after the newest line where a clock was put back: entries win by their instant."""
    newest = max((_read(line[AT]) for line in lines if isinstance(line.get(AT), str)), default=None)
    return at if newest is None or at > newest else newest + dt.timedelta(microseconds=1)


def line_of(submission: Submission, id_: str, record: str, at: dt.datetime) -> dict[str, Any]:
    """Return the line to keep: *id_* is the improvement, *record* tells lines apart, *at* is when it was written (UTC)."""
    about, when = ITEM + id_, _written(at)
    rows: list[dict[str, Any]] = []
    if submission.to is None:
        rows.append({"row": "item", "item": id_, "kind": KIND, "created": when})
    rows += [_judgement(each, about, submission.by, at) for each in submission.said]
    rows += [{"row": "link", "from": about, "relation": relation, "to": reference, "since": when}
             for relation, reference in submission.links]  # fmt: skip
    return {RECORD: record, AT: when, ROWS: rows}


def _judgement(said: Said, about: str, by: str | None, at: dt.datetime) -> dict[str, Any]:
    row = {
        "row": "judgement", "about": about, "question": said.question, "verdict": said.verdict, "value": said.value,
        "unit": said.unit or None, "by": by, "judged": _written(said.at or at), "evidence": said.evidence,
        "expires": _written(said.expires_at) if said.expires_at else None,
        "version": _written(at) if said.question == STARTED else None,
    }  # fmt: skip
    return {name: value for name, value in row.items() if value is not None}


def _written(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def facts_of(lines: Iterable[Mapping[str, Any]]) -> Facts:
    """Return what kept lines say, as an ingest would make it. A row that lacks what a fact needs makes none."""
    items: list[Item] = []
    judgements: list[Judgement] = []
    links: list[Link] = []
    for line in lines:
        for row in line[ROWS]:
            try:
                _add(row, _keys(str(line[RECORD])), (items, judgements, links))
            except (KeyError, ValueError, TypeError, AttributeError):  # an ingest puts it into quarantine, and says why
                continue
    return items, judgements, links


def _add(row: Mapping[str, Any], keys: Mapping[str, Any], to: Facts) -> None:
    items, judgements, links = to
    if row["row"] == "item":
        items.append(Item(**keys, item=row["item"], kind=row["kind"], created_at=_read(row["created"])))
    elif row["row"] == "link":
        links.append(Link(**keys, from_ref=row["from"], relation=row["relation"], to_ref=row["to"]))
    else:
        value = row.get("value")
        judgements.append(Judgement(
            **keys, about=row["about"], question=row["question"], verdict=row["verdict"], unit=row.get("unit"),
            value=None if value is None else float(value), by=row.get("by"), version=row.get("version"),
            judged_at=_read(row["judged"]), evidence=row.get("evidence"),
            expires_at=_read(row["expires"]) if row.get("expires") else None,
        ))  # fmt: skip


def _keys(record: str) -> dict[str, Any]:
    return dict(zip(KEYS, (LOG, record, "0", _NEVER, LOG, ""), strict=True))


_NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)  # when it becomes known is what an ingest says


def _read(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
