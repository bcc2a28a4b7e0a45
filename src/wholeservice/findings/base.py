"""What a finding is, and what a rule is given to find it.

A rule is a function from evidence to findings, in one file, named in `RULES`; the file's docstring is its help page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wholeservice.periods import Period
from wholeservice.uncertainty import Interval
from wholeservice.units import Unit

if TYPE_CHECKING:
    from wholeservice.facts.quality import SourceQuality
    from wholeservice.measures.base import Cell
    from wholeservice.measures.results import Results
    from wholeservice.organisation.graph import Organisation


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of what a finding rests on. `cell` opens the number behind it, `where_from` the raw row."""

    says: str
    cell: Cell | None = None
    where_from: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, how much, where, on what evidence, and what to try next. Titles are plain words.

    `size` is in `unit`, positive = worse; `people` is how many people it touches in `period` (None: not known).
    `who_can_act` names a team or owner who could change it; it is never the origin.
    """

    code: str
    entity: str
    title: str
    unit: Unit | None = None
    size: float | None = None
    interval: Interval | None = None
    people: float | None = None
    period: Period | None = None
    step: str | None = None
    need: str | None = None
    who_can_act: str | None = None
    try_next: str = ""
    evidence: tuple[Evidence, ...] = ()
    about_data: bool = False  # the data is at fault, not the service


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules may look at: the organisation, the measured results, and small extracts of facts that rules need.

    `extracts` maps an extract's name to rows (dicts); which rules need which extract is in `Rule.needs`.
    """

    organisation: Organisation
    results: Results
    zone: str
    as_of: Any  # datetime: the newest instant in the facts, never the clock
    extracts: dict[str, list[dict[str, Any]]]
    sources: tuple[SourceQuality, ...] = ()  # how good the facts of each source are


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered rule. `code` is stable (F1xx); `check` yields findings, worst first."""

    code: str
    name: str
    check: Callable[[Facts], Iterator[Finding]]
