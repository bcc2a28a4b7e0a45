"""How far an improvement is, in words that are the same on every page and on the command line. Pure."""

from __future__ import annotations

from wholeservice.improvements.base import DAILY, STILL_MEASURING, UNCLEAR, WITHOUT_EVIDENCE, Improvement

OPEN, STARTED, CLOSED, UNPROVEN = "not started", "reached people", "closed by evidence", "closed without evidence"
UNTOLD = "closed, not told by the evidence"
STATES = (OPEN, STARTED, CLOSED, UNTOLD, UNPROVEN)
TELL_NOTHING = (UNCLEAR, STILL_MEASURING)  # verdicts that were looked for, and say neither that it helped nor that it did not
NO_VERDICT, NEVER_JUDGED = "no verdict yet", "never judged"


def state_of(improvement: Improvement) -> str:
    """
    Return one of `STATES`; what was closed without evidence, or with evidence that does not tell, stays visible as that.

    >>> import datetime as dt
    >>> state_of(Improvement("IMP-1", DAILY, "Tidy up", dt.datetime(2026, 1, 1), closed=WITHOUT_EVIDENCE))
    'closed without evidence'
    """
    if improvement.closed is None:
        return STARTED if improvement.started_at else OPEN
    if improvement.closed == WITHOUT_EVIDENCE:
        return UNPROVEN
    return UNTOLD if improvement.closed in TELL_NOTHING else CLOSED


def is_measured(improvement: Improvement) -> bool:
    """Say whether anything was promised of it that can be measured."""
    return improvement.sort != DAILY
