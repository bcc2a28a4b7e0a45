"""How far an improvement is, in words that are the same on every page and on the command line. Pure."""

from __future__ import annotations

from wholeservice.improvements.base import DAILY, WITHOUT_EVIDENCE, Improvement

OPEN, STARTED, CLOSED, UNPROVEN = "not started", "reached people", "closed by evidence", "closed without evidence"
STATES = (OPEN, STARTED, CLOSED, UNPROVEN)
NO_VERDICT, NEVER_JUDGED = "no verdict yet", "never judged"


def state_of(improvement: Improvement) -> str:
    """
    Return one of `STATES`; what was closed without evidence stays visible as that.

    >>> import datetime as dt
    >>> state_of(Improvement("IMP-1", DAILY, "Tidy up", dt.datetime(2026, 1, 1), closed=WITHOUT_EVIDENCE))
    'closed without evidence'
    """
    if improvement.closed is not None:
        return UNPROVEN if improvement.closed == WITHOUT_EVIDENCE else CLOSED
    return STARTED if improvement.started_at else OPEN


def is_measured(improvement: Improvement) -> bool:
    """Say whether anything was promised of it that can be measured."""
    return improvement.sort != DAILY
