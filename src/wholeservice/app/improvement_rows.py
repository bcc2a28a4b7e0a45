"""The improvements that the facts of one run tell of: three small queries, and the rest is plain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wholeservice.improvements.base import KIND, Improvement
from wholeservice.improvements.log import ITEM, PlaceOf, read_log
from wholeservice.improvements.places import reference_of
from wholeservice.tables import ITEMS, JUDGEMENTS, LINKS, Item, Judgement, Link

if TYPE_CHECKING:
    from wholeservice.engines.base import Engine
    from wholeservice.organisation.graph import Organisation


def improvements_in(engine: Engine, organisation: Organisation) -> tuple[Improvement, ...]:
    """Return the improvements that the facts of an engine tell of."""
    items, judgements, links = (engine.table(each.name) for each in (ITEMS, JUDGEMENTS, LINKS))
    found = engine.run(items.filter(items.kind == KIND)).to_pylist()
    if not found:
        return ()
    refs = items.filter(items.kind == KIND).select(ref=ITEM + items.item).distinct()
    said = judgements.semi_join(refs, judgements.about == refs.ref)
    begun, ended = (links.semi_join(refs, end == refs.ref) for end in (links.from_ref, links.to_ref))
    rows = [engine.run(each).to_pylist() for each in (said, begun, ended)]

    def place_of(name: str) -> str | None:
        return reference_of(organisation, name)

    return _log(found, rows[0], [*rows[1], *rows[2]], place_of)


def _log(items: list[Any], judgements: list[Any], links: list[Any], place_of: PlaceOf) -> tuple[Improvement, ...]:
    rows = [Item(**each) for each in items], [Judgement(**each) for each in judgements], [Link(**each) for each in links]
    rows[1].sort(key=lambda each: (each.judged_at, len(each.record), each.record))
    rows[2].sort(key=lambda each: (len(each.record), each.record, each.from_ref, each.to_ref))
    return read_log(*rows, place_of=place_of)
