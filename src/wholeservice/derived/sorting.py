"""Visits in order, as whole numbers: what a walk over attempts is made on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from wholeservice.derived.walk import Numbers


def sorted_visits(visits: pa.Table, entities: list[str]) -> tuple[Numbers, Numbers, Numbers]:
    """Return of each visit, by journey, attempt and place in it: the journey, the attempt, and where it stands in the table."""
    import numpy as np

    journey, names = coded(visits.column("entity"))
    places = {name: place for place, name in enumerate(entities)}
    journey = np.array([places[name] for name in names.to_pylist()], np.int64)[journey]
    attempt, names = coded(visits.column("attempt"))
    attempt = journey * max(1, len(names)) + attempt
    nth = visits.column("nth").to_numpy()
    order = np.argsort(attempt * (nth.max(initial=0) + 1) + nth)
    return journey[order], attempt[order], order


def coded(words: pa.ChunkedArray) -> tuple[Numbers, Any]:
    """Number words as they come; return the numbers and what they stand for."""
    import numpy as np

    coded = words.dictionary_encode().unify_dictionaries()
    numbers = np.concatenate([np.empty(0, np.int64), *(chunk.indices.to_numpy() for chunk in coded.chunks)])
    return numbers, coded.chunk(0).dictionary if coded.chunks else words
