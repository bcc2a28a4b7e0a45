"""The telling words of a text: lower case, without stop words, plurals as their singular. English; other words stay whole.

>>> telling_words("Can I leave my suitcases there? My guest's batteries [phone number]")
('leave', 'suitcase', 'guest', 'battery')
"""

from __future__ import annotations

import re

MOST_WORDS = 40  # of one text: a letter is told by its beginning

_MASKED = re.compile(r"\[[^\]]*\]")  # what was personal, as the mapping masks it
_TAIL = re.compile(r"['’]\w*")  # of I'm, can't, guest's
_NAME = re.compile(r"(?<=[\w,;:] )[^\W\d_a-z][a-zß-ÿ]{2,}")  # after a word or a comma: no sentence begins there
_WORD = re.compile(r"[^\W\d_]{3,}")

_STOP = """
about above after again against all also although always and any anyone anything anyway anywhere are aren around ask asked
asking away back because been before being below best better between both but call called can cannot cant come comes coming
could couldn dear did didn does doesn doing don done dont down during each either else ever every everything everywhere few
find for found from further gave get gets getting give given gives goes going gone good got great had hadn happen happened has
hasn have haven having hello help her here hers herself him himself his how however its itself just keep kind know last least
less let like little long look looking lot made make makes making many may maybe might mine more most much must myself need
needed needs neither never next nice nobody none nor not nothing now nowhere off often once one only onto other others ought
our ours ourselves out over own per perhaps please possible put quite rather really regards same say says see seem seems seen
several shall she should shouldn show since some somehow someone something sometimes somewhere soon sorry still such sure take
taken tell than thank thanks that the their theirs them themselves then there these they thing things think this those though
through time today told tomorrow too took tried try trying two under until upon use used using very via want wanted wants was
wasn way well went were weren what when where whether which while who whole whom whose why will wish with within without won
work would wouldn yes yesterday yet you your yours yourself
"""
STOP_WORDS = frozenset(_STOP.split())


def telling_words(text: str, also_stop: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Return the telling words of a text in the order in which they come first; *also_stop* is left out, too."""
    found = (singular(word) for word in words_of(text) if word not in STOP_WORDS)
    kept = dict.fromkeys(word for word in found if word not in STOP_WORDS and word not in also_stop)
    return tuple(kept)[:MOST_WORDS]


def names_in(text: str) -> frozenset[str]:
    """
    Return the words that are written like a name: with a capital inside a sentence, and small letters after it.

    >>> sorted(names_in("Luggage? Please ask Mister Okafor or Ana. Thanks, MY bags"))
    ['ana', 'mister', 'okafor']
    """
    found = _NAME.findall(_TAIL.sub("", _MASKED.sub(" ", text)))
    return frozenset(singular(word.casefold()) for word in found)


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, short ones and what was masked left out."""
    return _WORD.findall(_TAIL.sub("", _MASKED.sub(" ", text.casefold())))


def singular(word: str) -> str:
    """Return the singular of an English plural, as far as its letters tell it.

    >>> [singular(word) for word in ("bags", "batteries", "boxes", "glass", "bus", "luggage")]
    ['bag', 'battery', 'box', 'glass', 'bus', 'luggage']
    """
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses", "zes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
