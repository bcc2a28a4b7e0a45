"""Check what policies declare to be their doing: words that mean a loss, each of one policy."""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.errors import Problem
from wholeservice.organisation import kinds
from wholeservice.organisation.codes import new_problem
from wholeservice.organisation.graph import Organisation

NO_LOSS = ("done", "reached")
OF_ANY = ("failed", "left")


def check_outcomes(org: Organisation) -> Iterator[Problem]:
    """Yield an outcome of a policy that is no loss, says nothing of a policy, or is another policy's."""
    ends = {end.strip().lower(): each.title for each in org.entities.values() for end in each.ends}
    taken: dict[str, str] = {}
    for policy in org.entities.values():
        for word in (policy.fields.get("outcomes") or ()) if policy.kind == kinds.POLICY else ():
            plain = word.strip().lower()
            why = None
            if plain in ends:
                why = f"it is a legitimate end of {ends[plain]}, and what ends well is no loss"
            elif plain in NO_LOSS:
                why = "it means that all went well"
            elif plain in OF_ANY:
                why = "it is said of any loss"
            elif plain in taken:
                why = f"it is already that of '{taken[plain]}'"
            if why:
                yield new_problem(
                    "ORG051", f"the outcome '{word}' cannot be the doing of policy '{policy.id}': {why}",
                    policy.places.get("outcomes") or policy.place, "a word that facts use for this refusal alone",
                    fix="use another word in the facts, or remove it here",
                )  # fmt: skip
            taken.setdefault(plain, policy.id)
