"""What stored snapshots know of before: what was wanted at the start of a period, and since when a finding is there.

Each stored snapshot keeps the organisation that was declared when it was stored, whatever run it is of. Of those stored by the
start the newest is taken, else the oldest there is.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from wholeservice.app.records import from_plain
from wholeservice.app.stored_results import ABOUT, FINDINGS
from wholeservice.findings.base import Finding
from wholeservice.improvements.needs import A_YEAR_DAYS, NOTHING_OLDER, Then
from wholeservice.improvements.standing import key_of
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


def seen_first(results: Path) -> dict[str, dt.datetime]:
    """Return for each finding that any stored snapshot has when the period began of which it was first said."""
    found: dict[str, dt.datetime] = {}
    for file in results.glob(f"*.*.*/{FINDINGS}"):
        for plain in json.loads(file.read_text(encoding="utf-8")):
            finding = from_plain(Finding, plain)
            if finding.period is not None:
                key = key_of(finding)
                found[key] = min(finding.period.from_at, found.get(key, finding.period.from_at))
    return found
