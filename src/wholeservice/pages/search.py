"""Search: everything with a page by its name, its other names and what it belongs to; a misspelt word is mended and said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wholeservice.errors import suggest
from wholeservice.organisation import kinds
from wholeservice.pages.base import Data, Page, Sheet
from wholeservice.pages.entries import (
    BLUEPRINT,
    CHANNEL,
    FEEDBACK,
    FINDING,
    IMPROVEMENT,
    ITEM,
    MEASURE,
    OWNER,
    SOURCE,
    Entries,
    Entry,
    Words,
    by_kind,
    entries_of,
    spaced,
)
from wholeservice.pages.numbers import plural

MOST_LETTERS, MOST_WORDS, PER_KIND, MOST_OF_ONE = 120, 8, 8, 300
NAMES = {
    kinds.SERVICE: "Services", kinds.PART: "Parts", kinds.STEP: "Steps", kinds.NEED: "Needs", CHANNEL: "Channels",
    kinds.TEAM: "Teams", OWNER: "Owners", kinds.UNIT: "Units", kinds.CONSUMER: "Consumers", kinds.POLICY: "Policies",
    kinds.SUPPLIER: "Suppliers", kinds.STREAM: "Value streams", MEASURE: "Measures", SOURCE: "Sources", FINDING: "Findings",
    BLUEPRINT: "Blueprints", FEEDBACK: "What people say", IMPROVEMENT: "Improvements", ITEM: "Items of work",
}  # fmt: skip
"""What each kind is called on the page, in the order of groups that match equally well."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found. `also` is the other name it was found by, where its title does not show why."""

    title: str
    address: str
    within: str
    also: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind, best first; `n` counts those that are not shown, too."""

    kind: str
    name: str
    n: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was asked for and found. `meant` is what was looked for instead, where nothing is called what was typed."""

    query: str
    kind: str
    title: str
    meant: str | None
    n_found: int
    groups: tuple[Group, ...]
    counts: tuple[tuple[str, str, int], ...]  # (kind, its name, how many there are) of all that can be found
    snapshot: str


def build(data: Data, *, q: str = "", kind: str = "") -> SearchPage:
    """Return what matches every word of *q*; *kind* keeps one kind and shows more of it. Without words: what there is."""
    query, entries = " ".join(q[:MOST_LETTERS].split()), entries_of(data)
    kind = kind if kind in NAMES else ""
    words = spaced(query).split()[:MOST_WORDS]
    found, meant = _found(entries, words), None
    if not found and words:
        mended = _mended(entries, words)
        found, meant = _found(entries, mended), " ".join(mended) if mended else None
    if kind and not words:
        found = sorted(entries.all, key=lambda each: (each.title.casefold(), each.address))
    groups = _groups((each for each in found if kind in ("", each.kind)), MOST_OF_ONE if kind else PER_KIND, words)
    n_found = sum(each.n for each in groups)
    return SearchPage(query, kind, _title(query, kind, n_found, meant), meant, n_found, groups, _counts(entries), data.snapshot)


def _found(entries: Entries, words: list[str]) -> list[Entry]:
    """Return what holds every word, best first: its name as typed, then short names before long ones."""
    ranked = ((_rank(named, words), entry) for entry, named in zip(entries.all, entries.words, strict=True)) if words else ()
    kept = [(rank, len(each.title), each.title.casefold(), each.address, each) for rank, each in ranked if rank is not None]
    return [each[-1] for each in sorted(kept, key=lambda each: each[:4])]


def _rank(names: Words, words: list[str]) -> int | None:
    """0 is called so, 1 begins so, 2 and 3 have words that begin so, 4 holds them, 5 some, the rest is what it belongs to."""
    if any(word not in names.whole for word in words) or not any(word in names.named for word in words):
        return None
    title = names.called[0]
    phrase = "".join(f" {word}" for word in words)
    if phrase in names.called:
        return 0
    if title.startswith(phrase):
        return 1
    for rank, text in ((2, title), (3, names.named)):
        if all(f" {word}" in text for word in words):
            return rank
    return 4 if all(word in names.named for word in words) else 5


def _mended(entries: Entries, words: list[str]) -> list[str]:
    """Put the nearest known word for each that nothing holds; nothing when one has none, or no word was wrong."""
    texts = [each.whole for each in entries.words]
    known = [word if any(word in text for text in texts) else suggest(word, entries.vocabulary) for word in words]
    return [word for word in known if word] if None not in known and known != words else []


def _groups(entries: Iterable[Entry], most: int, words: list[str]) -> tuple[Group, ...]:
    groups = by_kind(entries)  # the kind of the best hit comes first
    return tuple(
        Group(kind, NAMES.get(kind, kind), len(each), tuple(_hit(entry, words) for entry in each[:most]))
        for kind, each in groups.items()
    )


def _hit(entry: Entry, words: list[str]) -> Hit:
    shown = spaced(f"{entry.title} {entry.within}")
    unseen = [word for word in words if word not in shown]
    also = next((name for name in entry.names if any(word in spaced(name) for word in unseen)), None) if unseen else None
    return Hit(entry.title, entry.address, entry.within, also)


def _counts(entries: Entries) -> tuple[tuple[str, str, int], ...]:
    groups = by_kind(entries.all)
    return tuple((kind, name, len(groups[kind])) for kind, name in NAMES.items() if kind in groups)


def _title(query: str, kind: str, n_found: int, meant: str | None) -> str:
    of = f" among {NAMES[kind].lower()}" if kind else ""
    if not query:
        return f"All {NAMES[kind].lower()}" if kind else "Find anything by its name"
    if meant and n_found:
        return f"Nothing is called “{query}”{of}; this is near: “{meant}”"
    if not n_found:
        return f"Nothing is called “{query}”{of}, and no name is near"
    return f"{plural(n_found, 'thing')} for “{query}”{of}"


def _sheet(data: Data, page: SearchPage) -> Sheet:
    rows = [(each.name, hit.title, hit.within or None, hit.also, hit.address) for each in page.groups for hit in each.hits]
    return Sheet(("kind", "name", "belongs to", "also called", "page"), tuple(rows))


PAGE = Page(path="/search", name="search", template="search.html", build=build, sheet=_sheet)
