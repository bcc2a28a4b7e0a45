"""Everything that has a page: what people may call it, and where it stands. Worked out once a snapshot."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from weakref import WeakKeyDictionary

from wholeservice.errors import suggest
from wholeservice.measures.asked import unasked
from wholeservice.organisation import graph, kinds
from wholeservice.organisation.graph import Entity
from wholeservice.pages.addresses import address, quoted
from wholeservice.pages.base import Data
from wholeservice.pages.listing import needs_of
from wholeservice.pages.remembered import Kept, remembered

OWNER, CHANNEL, MEASURE, SOURCE, FINDING = "owner", "channel", "measure", "source", "finding"
BLUEPRINT, FEEDBACK, IMPROVEMENT, ITEM = "blueprint", "feedback", "improvement", "item"
SHORTEST = 3  # a shorter word is no misspelling of another


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing with a page. `names` are its other names: id, aliases, former ids; `within` is what it belongs to."""

    kind: str
    title: str
    address: str
    names: tuple[str, ...] = ()
    within: str = ""

    @property
    def words(self) -> Words:
        """Its names as searches compare them."""
        called = tuple(map(spaced, (self.title, *self.names)))
        named = "".join(called)
        return Words(called, named, named + spaced(self.within))


@dataclass(frozen=True, slots=True)
class Words:
    """What something is called, its title first; all that as one text; and with what it belongs to."""

    called: tuple[str, ...]
    named: str
    whole: str


class Entries:
    """All entries of a snapshot, with the words in them."""

    def __init__(self, data: Data) -> None:
        self.channels = _channels(data)
        self.owners = _owners(data)
        self.all = (
            *_of_entities(data),
            *_of_steps(data),
            *self._of_names(),
            *_of_results(data),
            *_of_journeys(data),
            *_of_work(data),
        )
        self.words = tuple(each.words for each in self.all)

    def _of_names(self) -> Iterator[Entry]:
        yield from (Entry(OWNER, each, address("owner", each)) for each in self.owners)
        yield from (Entry(CHANNEL, each, address("channel", each)) for each in self.channels)

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """Every word long enough to be misspelt."""
        found = {word for each in self.words for word in each.named.split() if len(word) >= SHORTEST}
        return tuple(sorted(found))


_KEPT: Kept[Entries] = WeakKeyDictionary()


def entries_of(data: Data) -> Entries:
    """Return the entries of a snapshot, whatever period is asked for; they are kept, since every search asks for them."""
    return remembered(_KEPT, replace(data, results=unasked(data.results)), Entries)


def address_of(entity: Entity) -> str:
    """Return the address of the page of an entity: a team and a value stream have pages of their own kinds."""
    return address({kinds.TEAM: "team", kinds.STREAM: "streams"}.get(entity.kind, "service"), entity.id)


def spaced(words: str) -> str:
    """Return words without case, accents and signs, a blank before each.

    >>> spaced("Zürich: self-service")
    ' zurich self service'
    """
    plain = "".join(each for each in unicodedata.normalize("NFKD", words) if not unicodedata.combining(each))
    return "".join(f" {word}" for word in re.findall(r"[^\W_]+", plain.casefold()))


def nearest_entries(data: Data, path: str) -> tuple[Entry, ...]:
    """Return what a wrong address most likely meant: among its own kind of page first, then anywhere."""
    above, _, word = path.rpartition("/")
    every = entries_of(data).all
    for among in ([each for each in every if each.address.startswith(f"{quoted(above)}/")], every):
        known = {name: each for each in among for name in (each.title, *each.names)}
        near = suggest(word, known) or next((name for name in known if word and spaced(word) in spaced(name)), None)
        if near:
            return (known[near],)
    return ()


def _of_entities(data: Data) -> Iterator[Entry]:
    other = defaultdict(list)
    for alias, entity_id in data.organisation.aliases.items():
        other[entity_id].append(alias)
    for each in data.organisation.entities.values():
        inside = data.organisation.entities.get(each.parent or "")
        names = tuple(dict.fromkeys((each.id, *other[each.id], *_words(each.fields.get("was")))))
        yield Entry(each.kind, each.title, address_of(each), names, inside.title if inside else "")


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (value,) if isinstance(value, str) else ()


def _of_steps(data: Data) -> Iterator[Entry]:
    for each in data.organisation.entities.values():
        for step in graph.leaves(each.journey):
            yield Entry(kinds.STEP, step.title, address("service", each.id, "step", step.id), (step.id,), each.title)
        for need in needs_of(data, each.id):
            yield Entry(kinds.NEED, need.says, address("service", each.id) + "#needs", (need.id,), each.title)


def _of_journeys(data: Data) -> Iterator[Entry]:
    """What is shown of a whole journey on a page of its own."""
    for each in data.organisation.entities.values():
        if each.journey:
            yield Entry(BLUEPRINT, f"Blueprint of {each.title}", address("service", each.id, BLUEPRINT), within=each.title)
            yield Entry(
                FEEDBACK, f"What people say of {each.title}", address("service", each.id, FEEDBACK), (FEEDBACK,), each.title
            )


def _of_results(data: Data) -> Iterator[Entry]:
    for measure in data.measures.values():
        yield Entry(MEASURE, measure.title, address("measure", measure.name), (measure.name, *measure.words))
    for source in data.sources:
        yield Entry(SOURCE, source.source, address("sources", source.source))
    for number, finding in enumerate(data.findings, 1):
        of = data.organisation.entities.get(finding.entity)
        within = of.title if of else finding.entity
        yield Entry(FINDING, finding.title, address("finding", str(number)), (finding.code,), within)


def _of_work(data: Data) -> Iterator[Entry]:
    """What is written down as changed, and the items of work."""
    for each in data.improvements:
        yield Entry(IMPROVEMENT, each.says, address("improvements", each.id), (each.id,))
    logged = {each.id for each in data.improvements}
    for story in data.stories.values():
        if story.item not in logged:
            within = data.organisation.entities.get(story.stream or story.entity or "")
            yield Entry(ITEM, story.item, address("items", story.item), (), within.title if within else "")


def _owners(data: Data) -> tuple[str, ...]:
    """Everybody who is named as an owner."""
    named = (each.fields.get("owner") for each in data.organisation.entities.values())
    return _in_order({each for each in named if isinstance(each, str) and each.strip()})


def _channels(data: Data) -> tuple[str, ...]:
    """Every channel that is declared or has a number."""
    declared = {channel for each in data.organisation.entities.values() for channel in each.channels}
    return _in_order(declared | data.results.channels())


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda each: (each.casefold(), each)))


def by_kind(entries: Iterable[Entry]) -> Mapping[str, list[Entry]]:
    """Group entries by kind, in the order in which a kind is first met."""
    groups: dict[str, list[Entry]] = {}
    for each in entries:
        groups.setdefault(each.kind, []).append(each)
    return groups
