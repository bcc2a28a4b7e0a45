"""Which names of steps stand for a step of a journey, without an engine: the rules of `identity`, and what comes nearest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.errors import suggest
from wholeservice.facts.identity import journey_holder, loose_name, step_names
from wholeservice.tables import CALLS, Interaction, Table

if TYPE_CHECKING:
    from wholeservice.organisation.graph import Organisation


_t: Any = Interaction  # the checker of types does not know that a slot can be named
STEP = _t.step.__name__


def says_own_step(table: Table) -> bool:
    """Say whether the step of a row is one of what the row is about: a call names the step of those it was made for."""
    return STEP in table.column_names and table is not CALLS


@dataclass(frozen=True, slots=True)
class KnownSteps:
    """The names of the steps of one entity -> its steps, and the names of its ends (both in lower case)."""

    names: Mapping[str, str]
    ends: frozenset[str]

    def step(self, name: str) -> str | None:
        """Return the step that a name stands for; None for one that stands for none.

        >>> steps = KnownSteps({"pay-now": "pay-now", "pay_now": "later", "cart": "cart", "go home": "home"}, frozenset())
        >>> [steps.step(each) for each in (" Pay_Now", "pay now", "CART", "go_home")]
        ['later', None, 'cart', 'home']
        """
        plain = name.strip().lower()
        alike = {step for known, step in self.names.items() if loose_name(known) == loose_name(plain)}
        return next(iter(alike)) if len(alike) == 1 else self.names.get(plain)

    def knows(self, name: str) -> bool:
        """Say whether a name stands for a step, or is that of an end."""
        return name.strip().lower() in self.ends or self.step(name) is not None

    def nearest(self, name: str) -> str | None:
        """Return the step whose name is nearest; `_`, `-` and blanks do not count.

        >>> KnownSteps({"choose-delivery": "choose-delivery", "go": "go"}, frozenset()).nearest("chose_delivery")
        'choose-delivery'
        """
        loose = {loose_name(known): step for known, step in self.names.items()}
        found = suggest(loose_name(name), loose)
        return loose[found] if found else None


def known_steps(organisation: Organisation) -> dict[str, KnownSteps]:
    """Return the steps of every entity that has a journey, or belongs to something that has: of others nothing can be said."""
    found = {}
    for entity in organisation.entities.values():
        holder = journey_holder(organisation, entity)
        if holder is not None:
            ends = frozenset(end.strip().lower() for end in (*entity.ends, *holder.ends))
            found[entity.id] = KnownSteps(step_names(organisation, entity), ends)
    return found
