"""What was wanted at the start of the period that a leaderboard is over: the needs as an older stored snapshot declared them.

Each stored snapshot keeps the organisation that was declared when it was stored, whatever run it is of. Of those stored by the
start the newest is taken, else the oldest there is.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from wholeservice.app.stored_results import ABOUT
from wholeservice.improvements.needs import A_YEAR_DAYS, NOTHING_OLDER, Then
from wholeservice.organisation import load as organisation_files


def needs_then(results: Path, snapshot: str) -> Then:
    """Return the needs as declared a year before *snapshot* was stored, or as early after that as one is kept."""
    files = results.glob(f"*.*.*/{ABOUT}")
    stored = sorted((dt.datetime.fromtimestamp(each.stat().st_mtime, dt.UTC), each.parent) for each in files)
    now_at = next((at for at, folder in stored if folder.name == snapshot), None)
    older = [(at, folder) for at, folder in stored if now_at is not None and at < now_at]
    if now_at is None or not older:
        return NOTHING_OLDER
    before = [each for each in older if each[0] <= now_at - dt.timedelta(days=A_YEAR_DAYS)]
    at, folder = before[-1] if before else older[0]
    return Then(organisation_files.load(folder)[0].needs, at)
