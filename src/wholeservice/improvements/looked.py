"""All that a verdict looks at."""

from __future__ import annotations

from dataclasses import dataclass

from wholeservice.improvements.base import Improvement
from wholeservice.improvements.judged import Happened
from wholeservice.measures.results import Results
from wholeservice.organisation.graph import Organisation


@dataclass(frozen=True, slots=True)
class Looked:
    """Results as nobody asked for a period, what happened when, and the other improvements."""

    organisation: Organisation
    results: Results
    zone: str
    improvements: tuple[Improvement, ...] = ()
    happened: tuple[Happened, ...] = ()
