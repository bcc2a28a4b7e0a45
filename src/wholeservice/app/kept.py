"""What a reader asked to see survives navigation: every link and every form of a page carries it along.

It is done once, on the finished page, so that no template, picture or later page can forget it. What a template writes is
escaped, so that `href="/` and `<form` stand in tags only. A link or a form that chooses itself what is seen says `data-view`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, quote, urlencode

KEPT = ("as_of", "period", "against")

_PLACE = re.compile(r'(?<!data-view )\bhref="(/(?!static/)[^"#]*)|<form\b(?! data-view)[^>]*>')


def kept_of(query: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what is kept of the parameters of an address; the first of each name counts.

    >>> kept_of([("q", "spa"), ("period", "2026-06"), ("against", "")])
    {'period': '2026-06'}
    """
    given: dict[str, str] = {}
    for name, value in query:
        given.setdefault(name, value)
    return {name: given[name] for name in KEPT if given.get(name)}


def with_words(address: str, words: Mapping[str, str]) -> str:
    """Return an address with parameters added, those it names itself left as they are.

    >>> with_words("/service/stay?period=2026-05#needs", {"as_of": "2026-06-01", "period": "2026-04"})
    '/service/stay?period=2026-05&as_of=2026-06-01#needs'
    """
    plain, mark, anchor = address.partition("#")
    named = {name for name, _ in parse_qsl(plain.partition("?")[2], keep_blank_values=True)}
    added = urlencode([each for each in words.items() if each[0] not in named], quote_via=quote)
    joined = f"{plain}{'&' if '?' in plain else '?'}{added}" if added else plain
    return joined + mark + anchor


def split(address: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the path of an address and what it asks, but for the day.

    >>> split("/?q=spa&as_of=2026-05-03")
    ('/', (('q', 'spa'),))
    """
    path, _, query = address.partition("#")[0].partition("?")
    return path, tuple(each for each in parse_qsl(query) if each[0] != "as_of")


def seen_at(address: str, run: str | None) -> str:
    """Return an address as known at a run; None is now.

    >>> seen_at("/?q=spa&as_of=2026-05-03", "0001-ab"), seen_at("/?as_of=2026-05-03", None)
    ('/?q=spa&as_of=0001-ab', '/')
    """
    path, asked = split(address)
    return with_words(path, {**dict(asked), **({"as_of": run} if run else {})})


def keep(page: str, words: Mapping[str, str]) -> str:
    """
    Return a page whose links and forms carry *words* along.

    >>> keep('<a href="/owner/a#b">A</a><a data-view href="/">now</a>', {"period": "2026"})
    '<a href="/owner/a?period=2026#b">A</a><a data-view href="/">now</a>'
    """
    if not words:
        return page
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(value, quote=True)}">' for name, value in words.items()
    )

    def carried(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0] + hidden
        return f'href="{html.escape(with_words(html.unescape(found[1]), words), quote=True)}'

    return _PLACE.sub(carried, page)
