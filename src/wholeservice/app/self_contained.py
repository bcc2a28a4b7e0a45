"""A page as one file: style, letters and pictures inside, no script, and nothing that asks anybody for anything.

What only works on a server goes: a link to another page becomes plain text, a form or a button leaves no trace. A link to a
place on the same page stays. The policy in its head forbids whatever else a browser might load.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

from wholeservice.app.pictures import letters
from wholeservice.draw.svg import Markup

_GONE = re.compile(r'<form\b.*?</form>|<button\b.*?</button>|<nav class="(?:steps|pager)".*?</nav>', re.DOTALL)
_ONLY_A_LINK = re.compile(r'<p(?: class="(?:lead|soft)")?><a href="/[^"]*">[^<]*</a></p>')
_TAG = re.compile(r"<svg\b|</svg>|<a\b[^>]*>|</a>")
_PICKED = re.compile(r"<g\b[^>]*\bdata-box=[^>]*>")
_HERE = re.compile(r'\bhref="#')
_NAME = re.compile(r'\saria-label="[^"]*"')
_FONT_FILE = "url(inter.woff2)"
PICKING = " Pick a box to see only its paths."


def without_server(markup: str) -> Markup:
    """
    Return the markup of a page without all that needs a server or a script.

    >>> without_server('<p><a href="/owner/a">A</a>, <a href="#needs">needs</a></p><form>x</form>')
    '<p><span>A</span>, <a href="#needs">needs</a></p>'
    """
    kept = _ONLY_A_LINK.sub("", _GONE.sub("", markup)).replace(PICKING, "")
    return Markup(_PICKED.sub(lambda found: _unpicked(found[0]), _without_links(kept)))


def _without_links(markup: str) -> str:
    """A link to elsewhere becomes a span, or a group within a picture; links never stand in each other."""
    depth, closing = 0, "</a>"

    def changed(found: re.Match[str]) -> str:
        nonlocal depth, closing
        tag = found[0]
        if tag in ("<svg", "</svg>"):
            depth += 1 if tag == "<svg" else -1
            return tag
        if tag == "</a>":
            return closing
        if _HERE.search(tag):
            closing = "</a>"
            return tag
        closing = "</g>" if depth else "</span>"
        name = _NAME.search(tag) if depth else None
        return (f'<g role="img"{name[0]}>' if name else "<g>") if depth else "<span>"

    return _TAG.sub(changed, markup)


def _unpicked(tag: str) -> str:
    """A box that could be picked is an image with a name, since nothing would answer."""
    return re.sub(r'\s(?:tabindex|aria-pressed)="[^"]*"', "", tag).replace('role="button"', 'role="img"')


def style_for(words: str, css: str) -> Markup:
    """Return a style sheet with the letters of Inter that *words* use inside it."""
    return Markup(css.replace(_FONT_FILE, f"url({letters(words + '~')})"))


def policy(style: str) -> str:
    """Return the content security policy of a file with this one style sheet: nothing else runs, loads or is sent."""
    allowed = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    style = f"style-src 'sha256-{allowed}'"
    return f"default-src 'none'; {style}; font-src data:; img-src data:; base-uri 'none'; form-action 'none'"


@cache
def style_sheet(*, is_board: bool = False) -> str:
    """Return the style of the pages as it stands in the package; that of the board sheet stands after it."""
    package = files("wholeservice.app")
    pages = (package / "static" / "app.css").read_text(encoding="utf-8")
    return pages + (package / "templates" / "board.css").read_text(encoding="utf-8") if is_board else pages
