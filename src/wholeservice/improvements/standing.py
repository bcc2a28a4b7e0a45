"""Loss left standing: how long a finding has been there with nobody having funded an improvement for it, and who could."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wholeservice.findings.base import Finding
from wholeservice.findings.target_result import TargetResult, asked_measure, result_of
from wholeservice.improvements.base import IMPROVED, Improvement
from wholeservice.measures.base import Measure
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Organisation
from wholeservice.organisation.remit import owner_of
from wholeservice.uncertainty import Interval

SEEN, MISSED, IN_DATA = "in the data since, as an earlier reading found", "since then the target is missed", "in the data since"
FINDING = "finding:"
SLACK = dt.timedelta(days=3)  # months are not all as long


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """When a finding was first there, and how that is known."""

    at: dt.datetime
    how: str


@dataclass(frozen=True, slots=True)
class LeftStanding:
    """A finding that nobody funded a change for: how many days it stands, and who could (None: nobody answers for it)."""

    finding: Finding
    first: FirstSeen | None
    days: int | None
    owner: str | None


def key_of(finding: Finding) -> str:
    """Return what a finding is known by from one snapshot to the next."""
    return "|".join((finding.code, finding.entity, finding.need or "", finding.step or ""))


def left_standing(
    findings: Sequence[Finding], improvements: Sequence[Improvement], firsts: Mapping[str, FirstSeen], org: Organisation,
    as_of: dt.datetime,
) -> tuple[LeftStanding, ...]:  # fmt: skip
    """
    Return the losses, findings of a size or about people, that no improvement is for, those that stand longest first.

    Shape    an improvement that was closed as anything but improved funds nothing any more
    """
    funded = {ref for each in improvements if each.closed in (None, IMPROVED) for ref in each.findings}
    found = []
    for finding in findings:
        if finding.about_data or (finding.size is None and finding.people is None) or reference_of(finding) in funded:
            continue
        first = firsts.get(key_of(finding))
        days = (as_of - first.at).days if first else None
        found.append(LeftStanding(finding, first, days, owner_of(org, finding.entity)))
    return tuple(sorted(found, key=lambda each: (-(each.days if each.days is not None else -1), each.finding.title)))


def reference_of(finding: Finding) -> str:
    """Return how an improvement names a finding.

    >>> reference_of(Finding("F101", "stay", "..."))
    'finding:F101.stay'
    """
    return f"{FINDING}{finding.code}.{finding.entity}"


def first_seen(
    findings: Sequence[Finding], earlier: Mapping[str, dt.datetime], results: Results, org: Organisation, zone: str
) -> dict[str, FirstSeen]:
    """
    Return since when each finding is there: as the first stored snapshot that had it knew, or as its target was missed before.

    Shape    by `key_of`; *earlier*: the same key -> when the period began of which a stored snapshot first said it. Findings
             that are gone now are there too: what was done about them took its time from then
    """
    found = {key: FirstSeen(at, SEEN) for key, at in earlier.items()}
    for finding in findings:
        missed_at = missed_since(finding, results, org, zone)
        if finding.period is not None:
            _take(found, key_of(finding), FirstSeen(finding.period.from_at, IN_DATA))
        if missed_at is not None:
            _take(found, key_of(finding), FirstSeen(missed_at, MISSED))
    return found


def _take(found: dict[str, FirstSeen], key: str, first: FirstSeen) -> None:
    if key not in found or first.at < found[key].at:
        found[key] = first


def missed_since(finding: Finding, results: Results, org: Organisation, zone: str) -> dt.datetime | None:
    """Return when the first of the periods in a row began in which the target of a finding was missed; None without one."""
    needs = (each for each in org.needs if each.service == finding.entity and each.id == finding.need)
    targets = ((need, target) for need in needs for target in need.targets if target.step == finding.step)
    for need, target in targets:
        measure, judged = asked_measure(results, target), result_of(results, need, target, zone)
        if measure is not None and judged is not None and judged.is_missed and judged.point.period == finding.period:
            return _since(judged, results, measure)
    return None


def _since(judged: TargetResult, results: Results, measure: Measure) -> dt.datetime:
    """Walk back over periods like the newest, none over another, as long as each is missed with its whole range."""
    cell, since = judged.point.cell, judged.point.cell.from_at
    rows = results.rows(cell.measure, cell.entity, step=cell.step, channel=cell.channel, segment=cell.segment)
    length = cell.to_at - cell.from_at
    for each, sums in reversed(rows):
        is_like = each.window == cell.window and abs(each.to_at - each.from_at - length) <= SLACK
        if not is_like or each.to_at > since:
            continue
        if not _is_missed(measure.finish(sums).interval, judged.level, judged.target.direction):
            break
        since = each.from_at
    return since


def _is_missed(interval: Interval | None, level: float, direction: int) -> bool:
    return interval is not None and (interval.high < level if direction > 0 else interval.low > level)
