"""What the measures say is wrong: rules, one file each, named in RULES; the loss map. A rule's docstring is its help page."""

from wholeservice.findings import (
    coverage_change,
    impossible_numbers,
    late_start,
    need_evidence,
    owner,
    sources_disagree,
    stopped_reporting,
    target_missed,
    unmeasured_need,
)
from wholeservice.findings.base import Rule

RULES: tuple[Rule, ...] = (
    target_missed.RULE,
    coverage_change.RULE,
    impossible_numbers.RULE,
    late_start.RULE,
    unmeasured_need.RULE,
    owner.RULE,
    sources_disagree.RULE,
    need_evidence.RULE,
    stopped_reporting.RULE,
)
