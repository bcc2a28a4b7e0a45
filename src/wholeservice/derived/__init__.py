"""Derived tables: attempts and the like, made of facts once, so that no two views disagree. One file each, in `DERIVED`."""

from wholeservice.derived import (
    attempts,
    delivered,
    deliveries,
    disagreements,
    exposures,
    lives,
    paths,
    reached,
    tallied,
    tiles,
    visits,
    waits,
)
from wholeservice.derived.base import Derived

DERIVED: tuple[Derived, ...] = (  # in the order in which they are built
    visits.VISITS,
    attempts.ATTEMPTS,
    exposures.EXPOSURES,
    reached.REACHED,
    paths.PATHS,
    tallied.TALLIED,
    disagreements.DISAGREEMENTS,
    tiles.TILES,
    lives.LIVES,
    waits.WAITS,
    deliveries.DELIVERIES,
    delivered.DELIVERED,
)
