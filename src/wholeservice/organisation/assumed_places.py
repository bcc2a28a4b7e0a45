"""Check where somebody assumes a need to be lost: at something that there is, and no more than all of it."""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.errors import Problem, suggest
from wholeservice.organisation.codes import new_problem
from wholeservice.organisation.graph import Need, Organisation, steps

MOST = 1.0 + 1e-9


def check_assumptions(org: Organisation) -> Iterator[Problem]:
    """Yield what does not hold of the assumptions of needs."""
    for need in org.needs:
        for each in need.assumes:
            if each.at not in org.entities and each.at not in step_ids(org, need.service):
                known = (*org.entities, *step_ids(org, need.service))
                yield new_problem(
                    "ORG050", f"nothing is called '{each.at}', so nothing can be lost there", each.place,
                    "the id of a part, service, supplier or policy, or of a step of the journey", suggest(each.at, known),
                    fix="fix the name or declare it",
                )  # fmt: skip
        if sum(each.share for each in need.assumes) > MOST:
            yield _too_much(need)


def step_ids(org: Organisation, service: str) -> tuple[str, ...]:
    """Return the ids of the steps of a service, as its own journey has them."""
    return tuple(step.id for step in steps(org, service))


def _too_much(need: Need) -> Problem:
    whole = sum(each.share for each in need.assumes)
    return new_problem(
        "ORG050", f"need '{need.id}' of '{need.service}' assumes {whole:.0%} of what is lost", need.place,
        "shares that are 100% together at most", fix="lower a share",
    )  # fmt: skip
