"""What somebody takes for granted of where a need is lost, until data say so: read from what was written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wholeservice.errors import Place, Problem
from wholeservice.organisation.codes import new_problem


@dataclass(frozen=True, slots=True)
class Assumption:
    """A share of a loss that somebody puts down to something, without data. It is drawn, and never ranked or priced."""

    at: str  # id of an entity, or of a step of the service
    share: float  # of all that is lost, 0 to 1
    because: str
    dated_on: dt.date | None = None
    place: Place | None = None


def read_assumptions(written: Iterable[Mapping[str, Any]], problems: list[Problem]) -> tuple[Assumption, ...]:
    """Return the assumptions that say where, how much and why; the others are problems."""
    return tuple(_read(written, problems))


def _read(written: Iterable[Mapping[str, Any]], problems: list[Problem]) -> Iterator[Assumption]:
    for each in written:
        share = each.get("share")
        if each.get("at") and each.get("because") and share is not None and 0 < share.number <= 1:
            yield Assumption(each["at"], share.number, each["because"], each.get("dated"), each["place"])
        else:
            what = "an assumption does not say where, how much (up to 100%) and why"
            expected = "{ at: rooms, share: 20%, because: what staff say }"
            problems.append(new_problem("ORG050", what, each["place"], expected, fix="add what is missing, or remove it"))
