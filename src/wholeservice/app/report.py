"""A report: the page of a service, or its board sheet, as one HTML file that can be sent to anybody and needs nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from wholeservice.app import web
from wholeservice.app.board import board_of
from wholeservice.app.self_contained import policy, style_for, style_sheet, without_server
from wholeservice.draw.svg import Markup
from wholeservice.errors import InputError, Problem
from wholeservice.facts.quality import SourceQuality
from wholeservice.pages import service
from wholeservice.pages.base import Data
from wholeservice.pages.service import ServicePage

MOST_BYTES = 5_000_000
_MAIN = '<main id="main">'


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself: of which organisation, which snapshot, known when, from which sources."""

    organisation: str
    snapshot: str
    known: str
    zone: str
    sources: tuple[str, ...]


def report_of(data: Data, page: ServicePage) -> str:
    """Return the page of an entity as one HTML file. Raises InputError REP002 when it is too large."""
    whole = web.render(service.PAGE, page)
    main = whole.partition(_MAIN)[2].partition("</main>")[0]
    return _file("report", page.title, without_server(main.strip()), about=about(data))


def board_sheet(data: Data, page: ServicePage) -> str:
    """Return one sheet A4 across about an entity as one HTML file."""
    return _file("board", page.title, Markup(""), about=about(data), board=board_of(page))


def _file(template: str, title: str, main: Markup, **words: object) -> str:
    """Fill a template twice: the letters it uses are known, and its style can be named, once its words are."""
    css = style_sheet(is_board=template == "board")
    first = web.fill(template, title=title, main=main, style=Markup(""), policy="", **words)
    style = style_for(first, css)
    whole = web.fill(template, title=title, main=main, style=style, policy=policy(style), **words)
    if len(whole.encode("utf-8")) > MOST_BYTES:
        raise InputError(_too_large(len(whole.encode("utf-8"))))
    return whole


def about(data: Data) -> About:
    """Return what a file of this snapshot says of itself."""
    newest = data.runs[0].get("committed_at") if data.runs else None
    moment = dt.datetime.fromisoformat(newest) if isinstance(newest, str) else newest
    known = f"{moment.astimezone(ZoneInfo(data.zone)):%-d %b %Y, %H:%M}" if isinstance(moment, dt.datetime) else "not recorded"
    sources = tuple(_source(each) for each in data.sources)
    return About(data.organisation.name, data.snapshot, known, data.zone, sources)


def _source(quality: SourceQuality) -> str:
    last = max((each.after_on for each in quality.spans), default=None)
    return f"{quality.source} ({f'facts to {last - dt.timedelta(days=1):%-d %b %Y}' if last else 'no dated facts'})"


def _too_large(size: int) -> Problem:
    return Problem("REP002", f"the report would be {size / 1e6:.1f} MB", expected=f"at most {MOST_BYTES / 1e6:.0f} MB",
                   next_step="ask for something inside of it, or for one sheet: --board")  # fmt: skip
