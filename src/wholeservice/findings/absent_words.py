"""Put texts together by the telling words they share. Counted are people, never rows: who writes five times is one person.

A word that at least half of its people use together with a commoner one goes under that; so each word has a root. A text
belongs to the root of most of its words, of several the rarest; where fewer than five people are left with a root, their texts
go to the next. The order of the rows has no part in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

FEWEST_PEOPLE = 5
"""Below this nothing is shown: not a cluster, not a word of one, not a month of one."""

TOGETHER = 0.5  # of the people of a word use it with another one: it goes under that
A_NAME = 0.5  # of the texts with a word write it like a name: it is never told
MOST_LABEL = 3
MOST_LINKED = 16  # words of one text, commonest first, that are looked at in pairs


@dataclass(frozen=True, slots=True)
class Text:
    """The telling words of one row, and the person; None: not known. `names` are words that may name somebody."""

    words: tuple[str, ...]
    person: str | None
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cluster:
    """The words that tell it, in the order in which people put them, and the places of its texts."""

    label: tuple[str, ...]
    texts: tuple[int, ...]


def clusters(texts: Sequence[Text]) -> list[Cluster]:
    """Return the clusters of texts in which at least five people share a word, each text in one at most; most people first."""
    n_people = {word: len(who) for word, who in _people_of(texts).items()}
    roots = _roots(n_people, texts)
    wanted = [_wanted(text, roots, n_people) for text in texts]
    left = set(roots.values())
    while True:
        by_root: dict[str, list[int]] = {}
        for at, each in enumerate(wanted):
            if mine := next((root for root in each if root in left), None):
                by_root.setdefault(mine, []).append(at)
        labels = {root: _label(texts, places) for root, places in by_root.items()}
        kept = {root for root, label in labels.items() if label and len(persons(texts, by_root[root])) >= FEWEST_PEOPLE}
        if kept == left:
            found = [Cluster(labels[root], tuple(by_root[root])) for root in kept]
            return sorted(found, key=lambda each: (-len(persons(texts, each.texts)), each.label))
        left = kept  # what is too small gives its texts to the next of their roots


def _wanted(text: Text, roots: Mapping[str, str], n_people: Mapping[str, int]) -> list[str]:
    """The roots of a text: that of most of its words first, then the rarest."""
    of = Counter(roots[word] for word in text.words if word in roots)
    return sorted(of, key=lambda root: (-of[root], n_people[root], root))


def persons(texts: Sequence[Text], places: Iterable[int]) -> set[str]:
    """Return the people who are known behind some texts."""
    return {person for at in places if (person := texts[at].person) is not None}


def _people_of(texts: Iterable[Text]) -> dict[str, set[str]]:
    """The people who use each word; only words that enough people share."""
    found: dict[str, set[str]] = {}
    for text in texts:
        if text.person is not None:
            for word in text.words:
                found.setdefault(word, set()).add(text.person)
    return {word: who for word, who in found.items() if len(who) >= FEWEST_PEOPLE}


def _roots(n_people: Mapping[str, int], texts: Iterable[Text]) -> dict[str, str]:
    """The commonest word that each word goes under, step by step; itself where it goes under none."""
    order = sorted(n_people, key=lambda word: (-n_people[word], word))
    rank = {word: at for at, word in enumerate(order)}
    above: dict[str, tuple[float, int, str]] = {}
    for (common, rare), n in _together(rank, texts).items():
        share = n / n_people[rare]
        if share >= TOGETHER:
            above[rare] = min(above.get(rare, (0.0, 0, "")), (-share, rank[common], common))
    roots: dict[str, str] = {}
    for word in order:  # commonest first: what a word goes under has its root already
        roots[word] = roots[above[word][2]] if word in above else word
    return roots


def _together(rank: Mapping[str, int], texts: Iterable[Text]) -> Counter[tuple[str, str]]:
    """How many people use two words in one text; the commoner word stands first."""
    by_person: dict[str, list[Text]] = {}
    for text in texts:
        if text.person is not None:
            by_person.setdefault(text.person, []).append(text)
    found: Counter[tuple[str, str]] = Counter()
    for mine in by_person.values():
        known = (sorted((word for word in text.words if word in rank), key=rank.__getitem__) for text in mine)
        found.update({pair for words in known for pair in combinations(words[:MOST_LINKED], 2)})
    return found


def _label(texts: Sequence[Text], places: Sequence[int]) -> tuple[str, ...]:
    """The words most people of a cluster share, three at most, in the order in which they put them; none that is a name."""
    who: dict[str, set[str]] = {}
    stands: dict[str, list[int]] = {}
    named: Counter[str] = Counter()
    for at in places:
        text = texts[at]
        for place, word in enumerate(text.words):
            stands.setdefault(word, []).append(place)
            named[word] += word in text.names
            if text.person is not None:
                who.setdefault(word, set()).add(text.person)
    shared = [word for word, people in who.items() if len(people) >= FEWEST_PEOPLE and named[word] < A_NAME * len(stands[word])]
    kept = sorted(shared, key=lambda word: (-len(who[word]), word))[:MOST_LABEL]
    return tuple(sorted(kept, key=lambda word: (sum(stands[word]) / len(stands[word]), word)))
