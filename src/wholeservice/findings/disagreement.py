"""One row of the extract of facts that the rule on disagreeing sources looks at: what two sources say about one number."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

EXTRACT = "disagreements"
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One row of the extract: what two sources say about one number; a value of None is not given, so it never disagrees."""

    entity: str
    of: str
    step: str | None
    channel: str | None
    from_at: dt.datetime
    to_at: dt.datetime
    source_a: str
    value_a: float | None
    source_b: str
    value_b: float | None

    @property
    def size(self) -> float:
        return abs((self.value_a or 0.0) - (self.value_b or 0.0))

    @property
    def is_real(self) -> bool:
        """Both gave a number, and the two differ by more than rounding."""
        if self.value_a is None or self.value_b is None:
            return False
        return not math.isclose(self.value_a, self.value_b, rel_tol=ROUNDING)
