"""Check what a loss is put down to, and what it is worth: the outcomes of policies, and the worth of a completion."""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.errors import Problem
from wholeservice.organisation import kinds
from wholeservice.organisation.codes import new_problem
from wholeservice.organisation.graph import Organisation

WORTH = "worth"
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


def check_worth(org: Organisation) -> Iterator[Problem]:
    """Yield a worth of a completion that is no money, or not more than nothing."""
    for entity in org.entities.values():
        worth = entity.fields.get(WORTH)
        if worth is not None and (worth.unit.kind != "money" or worth.number <= 0):
            yield new_problem(
                "ORG052", f"what a completion of '{entity.id}' is worth is no amount of money",
                entity.places.get(WORTH) or entity.place, "an amount with its currency, such as 40 EUR",
                fix="write the currency, or remove it",
            )  # fmt: skip
