"""Who else has solved its like: improvements that surely helped, and what they have in common with this one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wholeservice.improvements.base import IMPROVED, WORSE, Improvement
from wholeservice.improvements.log import FINDING, newest_verdicts


def alike(one: Improvement, others: Sequence[Improvement]) -> tuple[tuple[Improvement, str], ...]:
    """
    Return the others that were found to have helped and are like this one, most alike first, with how they are alike.

    Shape    (improvement, words). Like is: the same place, the same finding's code, or the same measure promised at a place of
             the same kind; one that made another number worse did not help
    """
    found = [(each, list(_common(one, each))) for each in others if each.id != one.id and helped(each)]
    found = [(each, words) for each, words in found if words]
    found.sort(key=lambda row: (-len(row[1]), row[0].id))
    return tuple((each, "; ".join(words)) for each, words in found)


def helped(each: Improvement) -> bool:
    """Say whether a verdict on it says so, and none says that something is worse."""
    verdicts = {verdict.says for verdict in newest_verdicts(each)}
    return IMPROVED in verdicts and WORSE not in verdicts


def _common(one: Improvement, other: Improvement) -> Iterator[str]:
    if set(one.where) & set(other.where):
        yield "at the same place"
    if codes := sorted(_codes(one) & _codes(other)):
        yield f"for the same finding, {' and '.join(codes)}"
    measures = {each.number.measure for each in one.promises} & {each.number.measure for each in other.promises}
    if measures and _kinds(one) & _kinds(other):
        yield f"promised the same, {' and '.join(sorted(measures))}, at a {' or '.join(sorted(_kinds(one) & _kinds(other)))}"


def _codes(each: Improvement) -> set[str]:
    return {finding.removeprefix(FINDING).partition(".")[0] for finding in each.findings}


def _kinds(each: Improvement) -> set[str]:
    return {reference.partition(":")[0] for reference in each.where}
