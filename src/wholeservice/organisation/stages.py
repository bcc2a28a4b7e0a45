"""Check the stages of value streams: a name, by whatever spelling, may stand for one stage of a stream only. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from wholeservice.errors import Problem
from wholeservice.organisation import kinds
from wholeservice.organisation.codes import new_problem
from wholeservice.organisation.graph import Entity, Organisation


def check_stages(org: Organisation) -> Iterator[Problem]:
    """Yield each name that two stages of one stream have."""
    for stream in org.entities.values():
        if stream.kind == kinds.STREAM:
            yield from _shared(stream)


def _shared(stream: Entity) -> Iterator[Problem]:
    first: dict[str, int] = {}
    stages = stream.fields.get("stages") or ()
    for number, stage in enumerate(stages):
        for name in dict.fromkeys((stage.get("stage") or "", *(stage.get("named") or ()))):
            before = first.setdefault(name.strip().lower().replace("_", "-").replace(" ", "-"), number)
            if before != number:
                yield new_problem(
                    "ORG049",
                    f"two stages of '{stream.id}' are called '{name[:60]}': number {before + 1}, "
                    f"'{stages[before].get('stage')}', and number {number + 1}, '{stage.get('stage')}'",
                    stream.places.get("stages") or stream.place,
                    "each name once in a stream; blanks, dashes and letter case do not tell names apart",
                    fix="rename one of them, or translate it with map: in the mapping of the source",
                )
