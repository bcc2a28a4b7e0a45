"""What the measures say is wrong: rules, one file each, named in RULES; the loss map. A rule's docstring is its help page."""

from wholeservice.findings import (
    answers_left_out,
    conflicts,
    coverage_change,
    data_quality_emptied,
    data_quality_gaps,
    data_quality_names,
    data_quality_refused,
    data_quality_repeated,
    data_quality_silent,
    impossible_numbers,
    late_start,
    need_evidence,
    owner,
    sources_disagree,
    stopped_reporting,
    target_missed,
    two_people,
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
    two_people.RULE,
    conflicts.RULE,
    data_quality_silent.RULE,
    data_quality_gaps.RULE,
    data_quality_repeated.RULE,
    data_quality_names.RULE,
    data_quality_refused.RULE,
    data_quality_emptied.RULE,
    answers_left_out.RULE,
)
