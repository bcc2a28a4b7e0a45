"""The web face: every registered page as HTML and, at the same address with `.json` and `.csv`, as data. Pages never write.

One request builds one page from results that are already in memory, or gives the one that was built before. Nothing is fetched
from outside the machine: the style sheet, the font and a few lines of script come from this package, under an address that
changes with their content.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

from wholeservice import __version__
from wholeservice.app.earlier import Earlier
from wholeservice.app.failures import report
from wholeservice.app.kept import keep, kept_of, seen_at, split
from wholeservice.app.kept_pages import Again, KeptPages, Printed, printed
from wholeservice.app.records import to_plain
from wholeservice.app.sheets import as_csv
from wholeservice.app.turning import Turning
from wholeservice.app.view import CannotShow, Seen, View, data_of, seen_by, view_of
from wholeservice.draw import (
    ageing,
    blueprint,
    channel_matrix,
    cumulative_flow,
    cycle_scatter,
    day_strip,
    drop_out,
    emotion,
    follows_map,
    forest,
    gap,
    interrupted,
    journey,
    leaderboard,
    life,
    loss_map,
    open_time,
    spark,
    svg,
    trend,
    value_stream,
)
from wholeservice.errors import WholeserviceError
from wholeservice.measures.asked import Of
from wholeservice.pages import PAGES
from wholeservice.pages.base import Data, Missing, Page
from wholeservice.pages.entries import nearest_entries

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

HERE = Path(__file__).parent
STATIC, TEMPLATES = HERE / "static", HERE / "templates"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
A_YEAR = "public, max-age=31536000, immutable"
HTML, JSON, CSV = "", ".json", ".csv"
TYPES = {HTML: "text/html", JSON: "application/json", CSV: "text/csv"}

LoadData = Callable[[], Data]
NOTHING_EARLIER = Earlier()


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the snapshots come from: the newest, which may change between requests, and those of earlier runs."""

    newest: LoadData
    earlier: Earlier


def create_app(
    load_data: LoadData, *, earlier: Earlier = NOTHING_EARLIER, hosts: tuple[str, ...] = LOOPBACK, more: Sequence[Route] = ()
) -> Starlette:
    """
    Return the web application over what *load_data* returns: the newest snapshot, which may change between requests.

    Shape    *load_data* must be cheap to call; *earlier* gives what was known before. *hosts* are the names the server
             answers to; "*" is any. *more* are routes that come before those of the pages
    Errors   none reach a reader as a traceback: a problem becomes a page that says what to do
    """
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.gzip import GZipMiddleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.routing import Route

    routes, kept = [Route("/static/{version}/{name}", _static), *more], KeptPages()
    shelf = Shelf(Turning(load_data, kept, lambda newest: Shelf(lambda: newest, earlier)), earlier)
    for page in PAGES:
        routes += [Route(path, _endpoint(page, shelf, form, kept)) for path, form in _paths(page)]
    return Starlette(
        routes=routes,
        lifespan=_warmed(load_data),
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts)),
            Middleware(GZipMiddleware, minimum_size=1024),
        ],
        exception_handlers={404: lambda request, error: _not_found(request, shelf)},
    )


def _warmed(load_data: LoadData) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Build the first page beside the start, so that the first reader need not wait for what is worked out once a snapshot."""

    def build_first() -> None:
        with suppress(Exception):  # whoever asks for the page is told what is wrong
            render(PAGES[0], PAGES[0].build(load_data()), path=PAGES[0].path)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        threading.Thread(target=build_first, daemon=True).start()
        yield

    return lifespan


def render(page: Page, built: Any, *, path: str = "", query: str = "", view: View | None = None) -> str:
    """Return a built page as HTML. *path* and *query* are the address it is shown at, *view* is what it shows of what."""
    asked = f"?{query}" if query else ""
    address = _with_form(path, JSON), _with_form(path, CSV) if page.sheet else ""
    shown = {name: quote(each) + asked if each else "" for name, each in zip(("json_path", "csv_path"), address, strict=True)}
    whole = _templates().get_template(page.template).render(page=built, name=page.name, path=path, view=view, **shown)
    return keep(str(whole), kept_of(parse_qsl(query)))


def as_json(built: Any) -> str:
    """Return a built page as JSON: the same numbers as the HTML."""
    return json.dumps(to_plain(built), ensure_ascii=False, indent=1)


def _paths(page: Page) -> list[tuple[str, str]]:
    """The addresses with `.json` and `.csv` come first, since an id may hold dots; ids may hold slashes."""
    path = page.path.replace("}", ":path}")
    return [(_with_form(path, form), form) for form in (JSON, CSV) if form == JSON or page.sheet] + [(path, HTML)]


def _with_form(path: str, form: str) -> str:
    return f"{path.rstrip('/') or '/index'}{form}"


def _endpoint(page: Page, shelf: Shelf, form: str, kept: KeptPages) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        try:
            newest = shelf.newest()
            now = Shelf(lambda: newest, shelf.earlier)
            tag = _tag(_data(page, now, _seen_by(now, request), request), request)
            if tag in request.headers.get("if-none-match", ""):
                return _respond("", 304, tag=tag)
            if (known := kept.get(newest, tag)) is not None:
                return _sent(known, request)
            made = _made(page, now, request, form)
            if not isinstance(made, Printed):
                return _not_found(request, now, made)
            kept.put(newest, tag, made, _again(page, request, form))
            return _sent(made, request)
        except CannotShow as error:
            return _cannot_show(error, request)
        except WholeserviceError as error:
            return _trouble(503, "The numbers cannot be read just now", [each.what for each in error.problems])
        except Exception as error:
            report(error)
            return _trouble(
                500, "This page could not be made", ["The mistake is ours, and it was written down. Your data is safe."]
            )

    return answer


def _made(page: Page, shelf: Shelf, request: Request, form: str) -> Printed | Missing | None:
    """Build and print what was asked for; None or what is missing where there is no such page."""
    asked = {name.removesuffix("_"): name for name in inspect.signature(page.build).parameters}
    seen = _seen_by(shelf, request)
    data = _data(page, shelf, seen, request)
    query = request.query_params.items()
    given = {asked[name]: value for name, value in query if name in asked} | request.path_params
    built, shown = page.build(data, **given), form
    if built is None and form and request.path_params:  # the name itself may end like that
        last = list(request.path_params)[-1]
        built, shown = page.build(data, **given | {last: request.path_params[last] + form}), HTML
    if built is None or isinstance(built, Missing):
        return built
    answer = _printed(page, (seen, data), built, request, form=shown, tag=_tag(data, request))
    return printed(bytes(answer.body), dict(answer.headers))


def _again(page: Page, request: Request, form: str) -> Again:
    """Say how to print the same address of another snapshot."""
    from starlette.requests import Request as Asked

    names = ("type", "method", "scheme", "server", "path", "query_string", "path_params")
    scope = {name: request.scope[name] for name in names if name in request.scope} | {"headers": []}

    def again(shelf: Shelf) -> tuple[str, Printed] | None:
        asked = Asked(scope)
        made = _made(page, shelf, asked, form)
        tag = _tag(_data(page, shelf, _seen_by(shelf, asked), asked), asked)
        return (tag, made) if isinstance(made, Printed) else None

    return again


def _data(page: Page, shelf: Shelf, seen: Seen, request: Request) -> Data:
    """Return what a page is built from; one about now lists what can be seen, whatever day is looked at."""
    if page.is_of_now:
        return replace(shelf.newest(), measured=shelf.earlier.measured())
    return data_of(page, seen, _of(request))


def _of(request: Request) -> Of:
    """What the page is about, where it is about an entity or a step of one."""
    return request.path_params.get("entity"), request.path_params.get("step")


def _seen_by(shelf: Shelf, request: Request) -> Seen:
    return seen_by(shelf.newest(), shelf.earlier, request.scope["path"], request.query_params.multi_items())


def _printed(page: Page, seen: tuple[Seen, Data], built: Any, request: Request, *, form: str, tag: str) -> Response:
    """Print a built page in the form that was asked for."""
    if form == JSON:
        return _respond(as_json(built), tag=tag, kind=TYPES[JSON])
    if form == CSV and page.sheet:
        answer = _respond(as_csv(page.sheet(seen[1], built)), tag=tag, kind=TYPES[CSV])
        named = re.sub(r"[^A-Za-z0-9]+", "-", str(request.scope["path"]).removesuffix(CSV)).strip("-") or page.name
        answer.headers["Content-Disposition"] = f'attachment; filename="{named[:80]}.csv"'
        return answer
    path, query = request.scope["path"], request.query_params.multi_items()
    view = view_of(page, seen[0], _of(request), path, query)
    return _respond(render(page, built, path=path, query=request.url.query, view=view), tag=tag)


def _sent(answer: Printed, request: Request) -> Response:
    """Send a printed page, packed where the reader can unpack it."""
    from starlette.responses import Response

    if answer.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(answer.packed, headers={**answer.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
    return Response(answer.plain, headers=dict(answer.headers))


def _respond(text: str, status: int = 200, *, tag: str | None = None, kind: str = "text/html") -> Response:
    from starlette.responses import Response

    headers = {**HEADERS, "Cache-Control": "no-cache"} | ({"ETag": tag} if tag else {})
    return Response(text, status, headers, media_type=f"{kind}; charset=utf-8")


def _tag(data: Data, request: Request) -> str:
    """Name a page by its snapshot, its address and the version of what draws it."""
    of_page = request.url.path, request.url.query, __version__, static_version()
    words = "\n".join((data.snapshot, data.log_mark, *sorted(data.measured), *of_page))
    return f'W/"{hashlib.sha256(words.encode()).hexdigest()[:24]}"'


def _not_found(request: Request, shelf: Shelf, missing: Missing | None = None) -> Response:
    """Say that there is no such page, and which names come near."""
    path, query = str(request.scope["path"]), request.query_params.multi_items()
    bare = path.removesuffix(JSON).removesuffix(CSV)
    if missing is not None:
        return _respond(keep(fill("missing", word=missing.word, nearest=missing.nearest, view=None), kept_of(query)), 404)
    try:
        seen = _seen_by(shelf, request)
        nearest, view = nearest_entries(seen.data, bare), view_of(None, seen, (None, None), path, query)
    except WholeserviceError:
        nearest, view = (), None
    page = fill("missing", word=bare.rsplit("/", 1)[-1], nearest=nearest, view=view)
    return _respond(keep(page, kept_of(query)), 404)


def _cannot_show(error: CannotShow, request: Request) -> Response:
    """Say why what was asked for cannot be seen, and where to go from here."""
    problem = error.problems[0]
    page = fill("not_seen", problem=problem, nearest=error.nearest)
    kept = {name: each for name, each in kept_of(request.query_params.multi_items()).items() if name != "as_of"}
    return _respond(keep(page, kept), error.status)


def _trouble(status: int, title: str, says: list[str]) -> Response:
    return _respond(fill("trouble", title=title, says=says), status)


def fill(name: str, **words: Any) -> str:
    """Render a template that is no registered page: what it shows are its *words*."""
    bare = {"path": "", "json_path": "", "csv_path": "", "view": None}
    return str(_templates().get_template(f"{name}.html").render(name=name, **bare | words))


def _static(request: Request) -> Response:
    from starlette.responses import Response

    asset = _assets().get(request.path_params["name"])
    if asset is None:
        return _respond("there is no such file", 404, kind="text/plain")
    return Response(asset.content, headers={**HEADERS, "Cache-Control": A_YEAR}, media_type=asset.kind)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file the pages load."""

    content: bytes
    kind: str


@cache
def _assets() -> Mapping[str, Asset]:
    return {
        path.name: Asset(path.read_bytes(), KINDS[path.suffix]) for path in sorted(STATIC.iterdir()) if path.suffix in KINDS
    }


@cache
def static_version() -> str:
    """Return a short hash over everything the pages load, so that a browser may keep it for a year."""
    return hashlib.sha256(b"".join(name.encode() + each.content for name, each in _assets().items())).hexdigest()[:12]


_NUMBER_AND_UNIT = re.compile(r"(?<=\d) (?=(?:pp|%|k|m|bn|ms|s|min|h|d|of)\b)")


def _unbroken(value: Any) -> Any:
    """Keep a number and its unit on one line."""
    return _NUMBER_AND_UNIT.sub("\N{NO-BREAK SPACE}", value) if type(value) is str else value


@cache
def _templates() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        auto_reload=False, finalize=_unbroken,
    )  # fmt: skip
    environment.globals.update(
        trend=trend, gap=gap, journey=journey, loss_map=loss_map, open_time=open_time,
        spark=spark, day_strip=day_strip, patterns=svg.patterns,
        blueprint=blueprint, drop_out=drop_out, channel_matrix=channel_matrix, emotion=emotion, forest=forest,
        value_stream=value_stream, cumulative_flow=cumulative_flow, ageing=ageing, cycle_scatter=cycle_scatter, life=life,
        follows_map=follows_map, interrupted=interrupted, leaderboard=leaderboard,
        static=lambda name: f"/static/{static_version()}/{name}", split=split, seen_at=seen_at,
    )  # fmt: skip
    return environment
